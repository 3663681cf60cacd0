"""Prints: what an application writes must appear at once, on the stream it chose."""

from __future__ import annotations

import logging
import sys

import stage
from routing import Routes

app = Routes()


def answer(start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "7")])
    return [b"printed"]


@app.add
def stdout(environ, start_response):
    print("to stdout, no newline yet:", end=" ")
    stage.wait("printed")
    print("now there is")
    return answer(start_response)


@app.add
def stderr(environ, start_response):
    print("to stderr", file=sys.stderr)
    stage.wait("printed")
    return answer(start_response)


@app.add
def errors(environ, start_response):
    environ["wsgi.errors"].write("to wsgi.errors\n")
    environ["wsgi.errors"].writelines(["one line\n", "and another\n"])
    environ["wsgi.errors"].flush()
    stage.wait("printed")
    return answer(start_response)


@app.add
def logs(environ, start_response):
    logging.getLogger("application").warning("through logging")
    stage.wait("printed")
    return answer(start_response)


@app.add
def unicode(environ, start_response):
    print("caf\xe9 \u20ac \U0001f40d")
    stage.wait("printed")
    return answer(start_response)
