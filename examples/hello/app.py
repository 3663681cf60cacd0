"""A WSGI application (PEP 3333) with nothing but the standard library."""

from __future__ import annotations

import html
import time
from typing import Any, Callable, Dict, Iterable, Iterator
from urllib.parse import parse_qs

Environ = Dict[str, Any]
StartResponse = Callable[..., Any]

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hello from Highball</title>
<style>
  body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }}
  input, button {{ font: inherit; padding: .2rem .6rem; }}
</style>
<h1>Hello, {name}!</h1>
<p>This page comes from <code>examples/hello/app.py</code>, a WSGI application without any framework.</p>
<form method="post" action="/"><input name="name" placeholder="Your name" autofocus> <button>Greet</button></form>
<p><a href="/clock">A clock</a> that streams its answer, and <a href="/environ">what the server passed</a>.</p>
"""


def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    page = {"/": greeting, "/clock": clock, "/environ": show_environ}.get(environ["PATH_INFO"], not_found)
    return page(environ, start_response)


def greeting(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    form = parse_qs(environ["wsgi.input"].read().decode("utf-8", "replace"))
    name = form.get("name", ["World"])[0]
    body = PAGE.format(name=html.escape(name)).encode()
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


def clock(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    # Every line reaches the browser when it is yielded, not when the generator ends.
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")])
    for _ in range(10):
        yield time.strftime("%H:%M:%S\n").encode()
        time.sleep(1)


def show_environ(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    body = "".join(f"{name} = {environ[name]!r}\n" for name in sorted(environ)).encode()
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


def not_found(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    body = b"There is nothing here.\n"
    start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
