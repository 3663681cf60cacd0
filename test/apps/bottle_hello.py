"""Bottle: a page, a form, a streamed answer, an error and a file."""

from __future__ import annotations

from wsgiref.validate import validator

import bottle

app = bottle.Bottle()


@app.get("/hello/<name>")
def hello(name):
    return f"Hello, {name}!"


@app.post("/form")
def form():
    bottle.response.set_cookie("last", bottle.request.forms.word)
    return {"word": bottle.request.forms.word}


@app.get("/stream")
def stream():
    bottle.response.content_type = "text/plain"
    yield "one "
    yield "two"


@app.get("/error")
def error():
    raise ValueError("expected")


@app.get("/file")
def file():
    return bottle.static_file("hello.py", root=".", mimetype="text/plain")


validated = validator(app)
