"""Read the request's body and send it back."""

from __future__ import annotations

from typing import Any, Callable


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer with the bytes that came."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response(
        "200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(body)))]
    )
    return [body]
