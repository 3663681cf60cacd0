"""Every way to read `wsgi.input` that PEP 3333 names, and reading after its end."""

from __future__ import annotations

import json

from routing import Routes

app = Routes()


def answer(start_response, value):
    body = json.dumps(value).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def text(lines):
    return [line.decode("latin-1") for line in lines]


@app.add
def read(environ, start_response):
    return answer(start_response, text([environ["wsgi.input"].read()]))


@app.add
def read_none(environ, start_response):
    # PEP 3333: read(size) with None is not promised, yet io streams take it and middleware uses it.
    return answer(start_response, text([environ["wsgi.input"].read(None), environ["wsgi.input"].read(-1)]))


@app.add
def read_in_pieces(environ, start_response):
    stream = environ["wsgi.input"]
    return answer(start_response, text([stream.read(3), stream.read(0), stream.read(4), stream.read(1000)]))


@app.add
def readline(environ, start_response):
    stream = environ["wsgi.input"]
    return answer(start_response, text([stream.readline(), stream.readline(2), stream.readline(), stream.readline()]))


@app.add
def readlines(environ, start_response):
    return answer(start_response, text(environ["wsgi.input"].readlines()))


@app.add
def readlines_hint(environ, start_response):
    return answer(start_response, text(environ["wsgi.input"].readlines(1)))


@app.add
def iterate(environ, start_response):
    return answer(start_response, text(environ["wsgi.input"]))


@app.add
def after_the_end(environ, start_response):
    stream = environ["wsgi.input"]
    stream.read()
    return answer(
        start_response,
        text([stream.read(), stream.read(10), stream.readline(), *stream.readlines(), *stream]),
    )


@app.add
def nothing(environ, start_response):
    return answer(start_response, "the body was not read")


@app.add
def a_part(environ, start_response):
    return answer(start_response, text([environ["wsgi.input"].read(3)]))
