"""Looks for what no application may ever see, and says what it was given in few words."""

from __future__ import annotations

import json


def wrong_with(environ):
    """The names whose values, or which themselves, break PEP 3333 or the gateway's own promises."""
    for name, value in environ.items():
        if type(name) is not str or not name.isascii():
            yield "name %r" % (name,)
        if "." in name:
            continue  # wsgi.* and highball.*
        if type(value) is not str or any(ord(character) > 255 for character in value):
            yield "%s: %r" % (name, value)
            continue
        seen = value
        if name == "PATH_INFO":
            # The only one that is decoded: a line end in it was %0D or %0A.
            target = environ["REQUEST_URI"].lower()
            seen = value.replace("\r", "" if "%0d" in target else "\r")
            seen = seen.replace("\n", "" if "%0a" in target else "\n")
        if any(character in seen for character in "\0\r\n"):
            yield "%s: %r" % (name, value)
    for name in ("REQUEST_METHOD", "PATH_INFO", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"):
        if name not in environ:
            yield "no %s" % name
    if environ.get("HTTP_CONTENT_LENGTH") or environ.get("HTTP_CONTENT_TYPE"):
        yield "HTTP_CONTENT_*"


def app(environ, start_response):
    given = environ["wsgi.input"].read()
    answer = {
        "wrong": list(wrong_with(environ)),
        "target": environ["REQUEST_URI"],
        "length": environ.get("CONTENT_LENGTH"),
        "body": given.decode("latin-1"),
    }
    body = json.dumps(answer).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        # To HEAD there is no body that could say it.
        ("X-Method", environ["REQUEST_METHOD"]),
    ]
    start_response("200 OK", headers)
    return [body]
