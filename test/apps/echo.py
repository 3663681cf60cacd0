"""Answers with what it was given: the environ, and the length and SHA-256 of the body."""

from __future__ import annotations

import hashlib
import json


def app(environ, start_response):
    digest = hashlib.sha256()
    length = 0
    while True:
        block = environ["wsgi.input"].read(65536)
        if not block:
            break
        digest.update(block)
        length += len(block)
    answer = {
        "environ": {
            name: value if isinstance(value, (str, bool, int, tuple)) else repr(value)
            for name, value in environ.items()
        },
        "body": {"length": length, "sha256": digest.hexdigest()},
    }
    body = json.dumps(answer).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
