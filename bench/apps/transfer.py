"""Bodies too large for memory: count what is uploaded, generate what is downloaded."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Iterator

PIECE = b"\x2a" * 65536


def pieces(size: int) -> Iterator[bytes]:
    """Yield `size` bytes, 64 KiB at a time."""
    whole, rest = divmod(size, len(PIECE))
    for _ in range(whole):
        yield PIECE
    if rest:
        yield PIECE[:rest]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """`POST /` answers the number of bytes that came; `GET /?N` answers N bytes."""
    if environ["REQUEST_METHOD"] == "POST":
        stream = environ["wsgi.input"]
        remaining = int(environ["CONTENT_LENGTH"])
        received = 0
        while remaining:
            piece = stream.read(min(65536, remaining))
            if not piece:
                break
            received += len(piece)
            remaining -= len(piece)
        body = str(received).encode("ascii")
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]
    size = int(environ["QUERY_STRING"] or 0)
    start_response(
        "200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(size))]
    )
    return pieces(size)
