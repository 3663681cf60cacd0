"""What a framework had for a request, so that ``request`` and ``session`` mean something in a console.

Flask hands its contexts to whatever stands under ``werkzeug.debug.preserve_context`` in the environ when the
request ends, and they can be entered again, as often as is wished.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar, copy_context
from time import monotonic

from ..native import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from typing import Any, Callable, Collection, Dict, Optional, TypeVar

    Result = TypeVar("Result")

FLASK_NAMES = ("current_app", "g", "request", "session", "url_for")

FLASK_VARIABLES = {"AppContext": "_cv_app", "RequestContext": "_cv_request"}
"""By the class in flask.ctx, the variable in flask.globals that holds the context in force (Flask 2.2 and later)."""

PATIENCE = 5.0
"""Seconds that an evaluation waits for another one of the same request."""


class Preserved:
    """The context managers of one request that has failed; those that are None are no managers."""

    __slots__ = ("_lock", "_managers")

    def __init__(self, managers: Collection[Any]) -> None:
        self._managers = tuple(manager for manager in managers if manager is not None)
        self._lock = allocate_lock()

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
        """Call ``function`` where ``request`` is this request; nothing is set up or cleared up."""
        return copy_context().run(self._look, function)

    def _look(self, function: Callable[[], Result]) -> Result:
        flask = sys.modules.get("flask.globals")
        for manager in self._managers:
            # An application's own kind of context derives from Flask's.
            for kind in type(manager).__mro__:
                name = FLASK_VARIABLES.get(kind.__name__, "") if kind.__module__ == "flask.ctx" else ""
                variable = getattr(flask, name, None)
                if isinstance(variable, ContextVar):
                    variable.set(manager)
        return function()


def _acquire(lock: LockType) -> bool:
    # A bit at a time: an exception from outside strikes between two bits of waiting only.
    deadline = monotonic() + PATIENCE
    while not lock.acquire(timeout=0.05):
        if monotonic() > deadline:
            return False
    return True
