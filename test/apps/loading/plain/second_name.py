"""``app`` is here, but it is a module; ``application`` is what is meant."""

import app  # noqa: F401


def application(environ, start_response):
    start_response("200 OK", [])
    return [b"application"]
