"""Responses whose heads are larger than most."""

from __future__ import annotations

from routing import Routes

app = Routes()


@app.add
def many_fields(environ, start_response):
    start_response("200 OK", [("X-Large", "x" * 10)] * 1000)
    return [b"large"]


@app.add
def large_field(environ, start_response):
    start_response("200 OK", [("X-Large", "x" * 1_000_000)])
    return [b"large"]


@app.add
def small(environ, start_response):
    start_response("200 OK", [])
    return [b"small"]
