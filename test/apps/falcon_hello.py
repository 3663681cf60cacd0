"""Falcon: a page, a form, a streamed answer, an error and a file."""

from __future__ import annotations

from wsgiref.validate import validator

import falcon


class Hello:
    def on_get(self, request, response, name):
        response.content_type = "text/plain"
        response.text = f"Hello, {name}!"


class Form:
    def on_post(self, request, response):
        word = request.get_media()["word"]
        response.set_cookie("last", word)
        response.media = {"word": word}


class Stream:
    def on_get(self, request, response):
        response.content_type = "text/plain"
        response.stream = iter([b"one ", b"two"])


class Error:
    def on_get(self, request, response):
        raise ValueError("expected")


class File:
    def on_get(self, request, response):
        response.content_type = "text/plain"
        # Falcon hands an open file to wsgi.file_wrapper by itself.
        response.stream = open("hello.py", "rb")


app = falcon.App()
app.add_route("/hello/{name}", Hello())
app.add_route("/form", Form())
app.add_route("/stream", Stream())
app.add_route("/error", Error())
app.add_route("/file", File())

validated = validator(app)
