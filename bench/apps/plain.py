"""The smallest WSGI application: what is measured is the server."""

from __future__ import annotations

from typing import Any, Callable

HEADERS = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "11")]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer `Hello World` to everything."""
    start_response("200 OK", HEADERS[:])
    return [b"Hello World"]
