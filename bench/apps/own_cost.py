"""What an application costs by itself: call it in a loop, without a server, and count CPU time.

    python own_cost.py flask_hello 1.5

prints one line of JSON: `{"requests": N, "microseconds": CPU a request}`. The loop's own cost,
measured with an application that does nothing, is taken off.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
import time
from typing import Any, Callable, Iterable

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# What a server hands over for `wrk http://127.0.0.1:PORT/`.
ENVIRON: dict[str, Any] = {
    "HTTP_HOST": "127.0.0.1:8000",
    "PATH_INFO": "/",
    "QUERY_STRING": "",
    "RAW_URI": "/",
    "REMOTE_ADDR": "127.0.0.1",
    "REMOTE_PORT": "54321",
    "REQUEST_METHOD": "GET",
    "REQUEST_URI": "/",
    "SCRIPT_NAME": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8000",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "SERVER_SOFTWARE": "own_cost",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.url_scheme": "http",
    "wsgi.version": (1, 0),
}


def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
    """Take the head and drop it."""


def nothing(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The application whose cost is that of the loop."""
    return ()


def cost(application: Application, seconds: float) -> tuple[int, float]:
    """Call the application for so many seconds of CPU time; return calls and seconds a call."""
    calls = 0
    begin = now = time.process_time()
    while now - begin < seconds:
        for _ in range(200):
            environ = dict(ENVIRON)
            environ["wsgi.input"] = io.BytesIO()
            result = application(environ, start_response)
            for _piece in result:
                pass
            close = getattr(result, "close", None)
            if close is not None:
                close()
        calls += 200
        now = time.process_time()
    return calls, (now - begin) / calls


def main() -> None:
    """Read the module and the duration from the command line, print the result."""
    application: Application = importlib.import_module(sys.argv[1]).app
    seconds = float(sys.argv[2])
    _, loop = cost(nothing, 0.1)
    cost(application, seconds / 4)  # warm-up
    calls, total = cost(application, seconds)
    print(json.dumps({"requests": calls, "microseconds": (total - loop) * 1e6}))


main()
