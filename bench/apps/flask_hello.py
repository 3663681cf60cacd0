"""Flask's own first example."""

from __future__ import annotations

from flask import Flask, Response

app = Flask(__name__)


@app.get("/")
def hello() -> Response:
    """Answer `Hello World`."""
    return Response("Hello World", mimetype="text/plain")
