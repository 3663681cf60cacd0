"""Responses that tell how much of them has been asked for."""

from __future__ import annotations

from routing import Routes

app = Routes()

BLOCK = b"0123456789abcdef" * 4096

TEXT = [("Content-Type", "text/plain")]

asked = 0


@app.add
def blocks(environ, start_response):
    """Yields `?N` blocks of 64 KiB."""
    global asked
    start_response("200 OK", TEXT)
    for _ in range(int(environ["QUERY_STRING"])):
        asked += 1
        yield BLOCK


@app.add
def asked_for(environ, start_response):
    """How many blocks all clients together have had made so far."""
    body = str(asked).encode()
    start_response("200 OK", [*TEXT, ("Content-Length", str(len(body)))])
    return [body]
