"""Requests that take their worker along; every run of one is a line in the file LEDGER."""

from __future__ import annotations

import os
import signal

from routing import Routes

app = Routes()


def runs(environ) -> int:
    """Write down that this request runs, and return how often it has by now."""
    name = "%s %s\n" % (environ["REQUEST_METHOD"], environ["REQUEST_URI"])
    with open(os.environ["LEDGER"], "a+") as ledger:
        ledger.write(name)
        ledger.flush()
        ledger.seek(0)
        return ledger.readlines().count(name)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()


@app.add
def dies_once(environ, start_response):
    if runs(environ) == 1:
        die()
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


@app.add
def dies_always(environ, start_response):
    runs(environ)
    die()


@app.add
def dies_after_its_first_block(environ, start_response):
    runs(environ)
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"first block"
    die()
