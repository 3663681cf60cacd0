"""An application that waits: 10 ms at `/`, 500 ms at `/slow`, not at all at `/fast`."""

from __future__ import annotations

import time
from typing import Any, Callable

SECONDS = {"/": 0.010, "/slow": 0.500, "/fast": 0.0}
HEADERS = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "11")]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Sleep as long as the path says, as a database or another service would make it wait."""
    seconds = SECONDS[environ["PATH_INFO"]]
    if seconds:
        time.sleep(seconds)
    start_response("200 OK", HEADERS[:])
    return [b"Hello World"]
