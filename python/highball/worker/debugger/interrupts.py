"""Exceptions from outside: what ends code that does not end by itself."""

from __future__ import annotations

import sys

from ..native import allocate_lock, get_ident, start_new_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


def can_interrupt() -> bool:
    """Tell whether a thread can be made to raise; PyPy has no way to."""
    return sys.implementation.name == "cpython"


def interrupt_thread(thread: int, error: Optional[type]) -> None:
    """Have a thread raise ``error`` as soon as it runs Python's code; None takes back one that waits."""
    if not can_interrupt():
        return
    try:
        import ctypes
    except ImportError:  # an interpreter that was built without it
        return
    raised = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)


class Overdue(KeyboardInterrupt):
    """Raised in what takes too long. As by Ctrl+C, ``except Exception`` does not hold it up."""


class Watch:
    """While this is entered, what this thread does between ``begin`` and ``end`` is interrupted if it takes too long.

    It has ``seconds`` at least, and twice as many at the most. What waits in C, as for a lock, cannot be
    interrupted. ``Overdue`` may come as late as in ``end`` itself, which is to be called again then.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._thread = get_ident()
        self._lock = allocate_lock()
        self._left = allocate_lock()
        self._left.acquire()
        self._asked = 0
        self._is_asking = False
        self._is_struck = False

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *raised: object) -> None:
        try:
            self.end()
        except Overdue:
            pass
        finally:
            # Whatever came before that was done: nothing may strike what this thread does next.
            self.end()
            self._left.release()

    def begin(self) -> None:
        """Something begins that may take too long."""
        with self._lock:
            self._asked += 1
            self._is_asking = True
            if self._asked == 1 and can_interrupt():
                try:
                    start_new_thread(self._watch, ())
                except RuntimeError:
                    pass  # there is no room for a thread, or Python is ending: nothing is interrupted then

    def end(self) -> None:
        """It has ended."""
        with self._lock:
            self._is_asking = False
            if self._is_struck:
                interrupt_thread(self._thread, None)  # it may not have come yet
                self._is_struck = False

    def _watch(self) -> None:
        seen = 0
        while not self._left.acquire(timeout=self._seconds):
            with self._lock:
                # The same as a while ago; or once more, if that was caught.
                if self._is_asking and self._asked == seen:
                    self._is_struck = True
                    interrupt_thread(self._thread, Overdue)
                seen = self._asked
