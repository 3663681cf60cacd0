"""Werkzeug's development server with its reloader: what `flask run --debug` comes down to.

    python werkzeug_reloader.py PORT stat|watchdog
"""

from __future__ import annotations

import importlib
import os
import sys

from werkzeug.serving import run_simple


def main() -> None:
    """Serve `app` of app.py in the current folder."""
    sys.path.insert(0, os.getcwd())
    run_simple(
        "127.0.0.1",
        int(sys.argv[1]),
        importlib.import_module("app").app,
        use_reloader=True,
        reloader_type=sys.argv[2],
        threaded=True,
    )


main()
