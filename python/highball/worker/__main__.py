"""Entry point of a worker process: ``python __main__.py FD [zygote]``.

The gateway writes one line of JSON to descriptor FD (where to connect, and a token), so that
neither the command line nor the environment, which the application can see, carries a secret.
"""

from __future__ import annotations

import sys


def _start() -> None:
    # This file's folder must not be on the application's sys.path, nor the package's parent.
    import os

    here = os.path.dirname(os.path.abspath(__file__))
    package_root = os.path.dirname(os.path.dirname(here))
    if sys.path and os.path.abspath(sys.path[0]) == here:
        del sys.path[0]
    sys.path.insert(0, package_root)
    try:
        from highball.worker.boot import main
    finally:
        sys.path.remove(package_root)
    main(int(sys.argv[1]), sys.argv[2:])


if __name__ == "__main__":
    _start()
