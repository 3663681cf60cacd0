"""The debugger's part in a worker: describes errors, keeps their frames, runs code in them.

Importing this package costs nothing. What it has is imported at the first error.
"""

from __future__ import annotations

from time import time

_began = time()


def begin() -> None:
    """Note that the application is read from now on; a zygote imports this long before its children do so."""
    global _began
    _began = time()


def began() -> float:
    """Return when no code that this process runs can have been read yet.

    Of a file that was saved later it is not known whether its lines are those that run.
    """
    return _began
