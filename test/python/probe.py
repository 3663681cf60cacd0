"""A process that loads an application as a worker does, asks it for ``/`` and prints what came of it.

``python probe.py APP DIRECTORY``; the answer is one line of JSON.
"""

import json
import os
import sys

sys.dont_write_bytecode = True
sys.path[0] = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python")

from highball.worker.failure import LoadFailure, format_exception  # noqa: E402
from highball.worker.loader import load  # noqa: E402


def main() -> None:
    before = set(os.environ)
    target, directory = sys.argv[1:]
    os.chdir(directory)
    try:
        loaded = load(target, directory=directory)
    except LoadFailure as failure:
        return say(code=failure.code, message=failure.message, hint=failure.hint, traceback=failure.traceback)
    from wsgiref.util import setup_testing_defaults

    environ = {"HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    try:
        body = b"".join(loaded.application(environ, lambda status, headers, exc_info=None: None))
    except Exception as exc:
        return say(raised=format_exception(exc))
    say(
        name=loaded.name,
        kind=type(loaded.application).__module__ + "." + type(loaded.application).__qualname__,
        body=body.decode("utf-8"),
        path=sys.path[:2],
        environment=sorted(set(os.environ) - before),
    )


def say(**answer: object) -> None:
    print("\n" + json.dumps(answer))


if __name__ == "__main__":
    main()
