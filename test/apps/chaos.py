"""Says who it is and counts what it runs: every request names itself in its path."""

from __future__ import annotations

import os
import time


def app(environ, start_response):
    """Append the request's name to the file in $LEDGER before anything else, then answer with it."""
    name = environ["PATH_INFO"][1:]
    with open(os.environ["LEDGER"], "ab", buffering=0) as ledger:
        ledger.write(name.encode("latin-1") + b"\n")
    body = environ["wsgi.input"].read()
    pause = environ.get("HTTP_X_PAUSE")
    if pause:
        time.sleep(float(pause))
    answer = name.encode("latin-1") + b" " + body
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
