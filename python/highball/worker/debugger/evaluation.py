"""One evaluation, in a thread of its own, and its end: by itself, by an interrupt, or by being left behind."""

from __future__ import annotations

import sys
from time import monotonic

from ..native import allocate_lock, get_ident, start_thread
from . import capture
from .interrupts import can_interrupt, interrupt_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Callable, Dict, Optional

    from .console import Console

    Tell = Callable[[Dict[str, Any]], None]
    """Takes the result, once."""

DEADLINE = 30.0
"""Seconds after which an evaluation is interrupted."""

GRACE = 2.0
"""Seconds that it has to end after that."""

ATTEMPTS = 5


class Evaluation:
    """Code that runs in a console.

    ``tell`` is called with its result, from another thread than it runs in; ``ended`` when its thread is free.
    """

    def __init__(self, console: Console, source: str, tell: Tell, ended: Callable[[], object]) -> None:
        self._console = console
        self._source = source
        self._tell = tell
        self._ended = ended
        self._capture = capture.Capture()
        self._lock = allocate_lock()
        self._bell = allocate_lock()
        self._bell.acquire()
        self._thread = 0
        self._is_open = False
        """It may be interrupted."""
        self._is_asked = False
        self._is_late = False
        self._result: Optional[Dict[str, Any]] = None

    def start(self) -> None:
        """Begin; returns at once."""
        start_thread(self._run, "highball-console")
        start_thread(self._watch, "highball-console-watch")

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in it, as Ctrl+C does."""
        self._strike()

    # -- the thread that evaluates -----------------------------------------------------------

    def _run(self) -> None:
        capture.begin(self._capture)
        raised: Optional[BaseException] = None
        result: Optional[Dict[str, Any]] = None
        attempts = 0
        while result is None:
            # An interrupt strikes anywhere between two instructions, here too.
            try:
                attempts += 1
                result = self._attempt(raised, attempts)
            except BaseException as error:
                raised = error
        capture.end()
        self._result = result
        self._ended()
        self._ring()

    def _attempt(self, raised: Optional[BaseException], attempts: int) -> Dict[str, Any]:
        if attempts == 1:
            with self._lock:
                self._thread = get_ident()
                self._is_open = True
            if self._is_asked:  # before it could be struck
                raise KeyboardInterrupt
            result = self._console.evaluate(self._source, self._capture.text)
            self._close()
            return result
        self._close()
        if attempts > ATTEMPTS:
            return {"status": "gone", "reason": "What the evaluation raised cannot be described."}
        return self._console.outcome(self._capture.text(), raised)

    def _close(self) -> None:
        with self._lock:
            self._is_open = False
        if self._is_asked:
            interrupt_thread(self._thread, None)  # it may not have struck yet

    # -- the thread that watches -------------------------------------------------------------

    def _watch(self) -> None:
        deadline = monotonic() + DEADLINE
        asked = False
        while self._result is None:
            if self._is_asked and not asked:
                asked = True
                deadline = monotonic() + (GRACE if can_interrupt() else 0.0)
            left = deadline - monotonic()
            if left > 0:
                self._bell.acquire(timeout=left)
            elif not asked:
                self._is_late = True
                self._strike()
            else:
                break
        self._tell(self._noted(self._result or self._left_behind()))

    def _left_behind(self) -> Dict[str, Any]:
        why = "it waits outside of Python's own code, or does not let itself be interrupted"
        if not can_interrupt():
            why = "this interpreter cannot interrupt a thread"
        text = "This still runs: %s. Its thread is left behind, and what comes of it is not shown." % why
        frame = sys._current_frames().get(self._thread)
        waiting = TimeoutError(text).with_traceback(_stack(frame))
        return self._console.outcome(self._capture.text(), waiting)

    def _noted(self, result: Dict[str, Any]) -> Dict[str, Any]:
        error = result.get("error")
        if self._is_late and error is not None:
            error["exception"]["notes"].append("Interrupted after %d s." % DEADLINE)
        return result

    def _strike(self) -> None:
        with self._lock:
            self._is_asked = True
            if self._is_open:
                interrupt_thread(self._thread, KeyboardInterrupt)
        self._ring()

    def _ring(self) -> None:
        try:
            self._bell.release()
        except RuntimeError:
            pass  # it rings already


def _stack(frame: Any) -> Optional[TracebackType]:
    """Return a traceback of where a thread is, as far as the console's own code."""
    from types import TracebackType

    chain: Optional[TracebackType] = None
    while frame is not None and frame.f_code is not Evaluation._attempt.__code__:
        try:
            chain = TracebackType(chain, frame, frame.f_lasti, frame.f_lineno)
        except TypeError:
            return None
        frame = frame.f_back
    return chain
