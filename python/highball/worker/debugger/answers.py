"""What the gateway is answered when somebody evaluates code, or presses Tab."""

from __future__ import annotations

from ..native import allocate_lock, start_thread
from .completion import complete
from .console import Console
from .evaluation import Evaluation
from .interrupts import Overdue, Watch
from .kept_errors import KeptError
from .namespace import Namespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple, Union

    from .console import Describe
    from .kept_errors import KeptErrors, KeptFrame

    Answer = Callable[[Any], None]

CONSOLE = "console"
"""The frame of a console that belongs to no error: it has the application's module."""

RUNNING = 20
"""Evaluations that may run at once, those that were left behind included."""

PATIENCE = 0.5
"""Seconds that completions may take. They are bounded themselves, but for a ``__dir__`` of the application's."""


class Answers:
    """The consoles of one worker, and the evaluations that run in them.

    ``application`` returns the application, None before it is loaded, and the name it is shown by.
    """

    def __init__(
        self,
        errors: KeptErrors,
        describe: Describe,
        application: Callable[[], Tuple[Any, str]],
        evaluates: bool,
    ) -> None:
        self._errors = errors
        self._describe = describe
        self._application = application
        self._evaluates = evaluates
        self._lock = allocate_lock()
        self._running: Dict[int, Evaluation] = {}
        self._root: Optional[KeptError] = None
        self._root_console: Optional[Console] = None

    def evaluate(self, ident: int, frame: str, code: str, answer: Answer) -> None:
        """Run code in a frame; ``answer`` is called with the Evaluation, from another thread."""
        console = self._console(frame)
        if isinstance(console, str):
            answer({"status": "gone", "reason": console})
            return
        if len(self._running) >= RUNNING:
            reason = "%d evaluations still run in this worker. Save a file to start a new one." % RUNNING
            answer({"status": "gone", "reason": reason})
            return
        evaluation = Evaluation(console, code, answer, lambda: self._running.pop(ident, None))
        self._running[ident] = evaluation
        evaluation.start()

    def interrupt(self, ident: int) -> None:
        """Raise KeyboardInterrupt in an evaluation, if it still runs."""
        evaluation = self._running.get(ident)
        if evaluation is not None:
            evaluation.interrupt()

    def suggest(self, frame: str, code: str, answer: Answer) -> None:
        """Call ``answer`` with what could stand at the end of ``code``."""
        console = self._console(frame)
        if isinstance(console, str):
            answer([])
            return
        found: List[str] = []
        done = allocate_lock()
        done.acquire()

        def look() -> None:
            try:
                with Watch(PATIENCE) as watch:
                    watch.begin()
                    try:
                        found.extend(console.complete(code))
                    finally:
                        watch.end()
            except Overdue:
                pass  # else it would go on for ever: one more with each key
            finally:
                done.release()

        start_thread(look, "highball-completion")
        answer(list(found) if done.acquire(timeout=PATIENCE) else [])

    def _console(self, ident: str) -> Union[Console, str]:
        """Return the console of a frame, or one sentence that says why there is none."""
        if not self._evaluates:
            return "Evaluation is switched off (--no-evalex): frames can be looked at only."
        found: Optional[KeptFrame] = None
        if ident.partition(".")[0] not in (CONSOLE, "0"):
            kept = self._errors.find(ident)
            if isinstance(kept, str):
                return kept
            found = kept
        with self._lock:
            if found is None:
                root = self._root_of_module()
                if root is None:
                    return "The application is still being loaded."
                if ident == CONSOLE:
                    return root
                found = None if self._root is None else self._root.find(ident)
                if found is None:
                    return "This frame is not kept any more: newer evaluations have failed since."
            if found.console is None:
                found.console = Console.of_frame(found.error, found.frame, self._describe)
            return found.console

    def _root_of_module(self) -> Optional[Console]:
        application, name = self._application()
        if self._root_console is None and application is not None:
            from .application_console import application_context, application_scope

            scope = application_scope(name)
            self._root = KeptError(0, None, application_context(application, scope))
            namespace = Namespace(scope, {})
            namespace.offer(app=application)
            self._root_console = Console(self._root, self._describe, namespace)
        return self._root_console
