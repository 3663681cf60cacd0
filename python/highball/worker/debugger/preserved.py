"""What a framework had for a request, so that ``request`` and ``session`` mean something in a console.

Flask hands its contexts to whatever stands under ``werkzeug.debug.preserve_context`` in the environ when the
request ends, and they can be entered again, as often as is wished.
"""

from __future__ import annotations

import sys
from contextvars import copy_context
from sys import exc_info
from time import monotonic

from ..native import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from contextvars import Context
    from typing import Any, Callable, Dict, Optional, Sequence, TypeVar

    Result = TypeVar("Result")

FLASK_NAMES = ("current_app", "g", "request", "session", "url_for")

PATIENCE = 5.0
"""Seconds that an evaluation waits for another one of the same request."""


class Preserved:
    """The context managers of one request that has failed, and what was in force with them."""

    __slots__ = ("_lock", "_managers", "_snapshot")

    def __init__(self, managers: Sequence[Any] = (), snapshot: Optional[Context] = None) -> None:
        self._managers = managers
        self._snapshot = snapshot
        self._lock = allocate_lock()

    def add(self, manager: Any) -> None:
        """Take one more; it is in force at this moment."""
        if manager is not None:
            self._managers = (*self._managers, manager)
        if exc_info()[0] is not None and self._snapshot is None:
            self._snapshot = copy_context()

    def names(self) -> Dict[str, Any]:
        """Return what Flask's context is asked through, for frames whose module has not imported it."""
        flask = sys.modules.get("flask") if self._managers else None
        return {name: getattr(flask, name) for name in FLASK_NAMES if hasattr(flask, name)}

    def run(self, function: Callable[[], Result]) -> Result:
        """Call ``function`` with what the managers set up, and have them clear up after it.

        One call at a time, since they note what was before them. What cannot be entered is said, where
        ``print`` goes, and done without.
        """
        if not self._managers:
            return function()
        from contextlib import ExitStack

        if not _acquire(self._lock):
            print("Another evaluation of this request still runs: this one is done without its context.")
            return function()
        raised: Optional[BaseException] = None
        try:
            with ExitStack() as stack:
                for manager in self._managers:
                    try:
                        stack.enter_context(manager)
                    except Exception as error:
                        print("Its context could not be entered: %s: %s" % (type(error).__name__, error))
                try:
                    return function()
                except BaseException as error:
                    raised = error
                    raise
            raise raised  # a manager has taken it for its own
        finally:
            raised = None  # it refers to this frame
            self._lock.release()

    def look(self, function: Callable[[], Result]) -> Result:
        """Call ``function`` with what the request saw at its end; nothing is set up or cleared up."""
        return function() if self._snapshot is None else self._snapshot.copy().run(function)


def _acquire(lock: LockType) -> bool:
    # A bit at a time: an exception from outside strikes between two bits of waiting only.
    deadline = monotonic() + PATIENCE
    while not lock.acquire(timeout=0.05):
        if monotonic() > deadline:
            return False
    return True
