"""The good applications, watched by the standard library's PEP 3333 checker."""

from __future__ import annotations

from wsgiref.validate import validator

import echo
import hello
import streaming
from routing import Routes

app = Routes()
app.functions.update(
    {
        "hello": validator(hello.app),
        "echo": validator(echo.app),
        "steps": validator(streaming.steps),
    }
)


def _read_every_way(environ, start_response):
    stream = environ["wsgi.input"]
    blocks = [stream.read(2), stream.readline(), *stream.readlines(), *stream]
    environ["wsgi.errors"].write("validated\n")
    environ["wsgi.errors"].flush()
    body = b"".join(blocks)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


app.functions["input"] = validator(_read_every_way)
