"""Werkzeug's development server, threaded, with keep-alive on and its line per request off.

    python werkzeug_server.py MODULE:NAME PORT
"""

from __future__ import annotations

import importlib
import logging
import os
import sys

from werkzeug.serving import WSGIRequestHandler, run_simple


class KeepAliveHandler(WSGIRequestHandler):
    """HTTP/1.1, so that connections are kept, and no access log: as the others are run."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


def main() -> None:
    """Serve the application that the command line names."""
    module, name = sys.argv[1].split(":")
    sys.path.insert(0, os.getcwd())
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    run_simple(
        "127.0.0.1",
        int(sys.argv[2]),
        getattr(importlib.import_module(module), name),
        threaded=True,
        request_handler=KeepAliveHandler,
    )


main()
