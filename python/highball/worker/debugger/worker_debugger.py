"""The debugger's side in the worker: what the rest of the worker, and the gateway, have to do with it.

It is made with the worker and costs next to nothing until there is an error: what describes errors and runs
code is imported then. Nothing here raises into the application.
"""

from __future__ import annotations

import json
import sys
from time import monotonic

from .. import protocol
from ..failure import format_exception
from . import begin
from .output import keep_output, last_lines
from .questions import Questions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Dict, List, Literal, Optional, Tuple

    from ..failure import LoadFailure
    from ..terminal_claims import Claims
    from .preserved import Preserved

    Place = Literal["stream", "close", "thread"]
    Send = Callable[[int, int, bytes], None]

BURST = 20
"""ERROR frames within ``PERIOD`` seconds at the most: a thread that fails in a loop shall not fill the pages."""

PERIOD = 10.0


class WorkerDebugger:
    """Describes errors to the gateway, and answers what is asked of them.

    ``send`` sends a frame on the control connection: its type, its id and its payload.
    """

    def __init__(self, settings: Dict[str, Any], send: Send) -> None:
        self.shows: bool = settings.get("shows", False)
        """The gateway shows in the terminal what it is told of: it need not be printed here."""
        self._send = send
        self._place: Tuple[str, str] = settings["directory"], settings["target"]
        self._questions = Questions(self._describe, self._say, settings.get("evaluates", True))
        self._told: List[float] = []
        self.modules = 0
        """How many there were at the last look at them; when there are others, it is time for one."""
        self._crash_file: Any = None

    def start(self) -> None:
        """Begin to note what is printed and what threads raise; before the application is imported."""
        begin()
        keep_output()
        self._watch_threads()

    def loaded(self, application: Any, name: str) -> None:
        """The application is there; ``name`` is what it is shown by."""
        self._questions.application = application, name
        self.look()

    def invited(self, invitation: Dict[str, Any]) -> None:
        """The gateway has said where the ledger is: beside it goes the stack if the process crashes."""
        try:
            import faulthandler

            # Whoever has it on already wants to read that elsewhere.
            if self._crash_file is None and not faulthandler.is_enabled():
                self._crash_file = open(invitation["ledger"] + ".crash", "wb")
                faulthandler.enable(self._crash_file)
        except Exception:
            pass  # it tells less then

    # -- errors ------------------------------------------------------------------------------

    def look(self) -> None:
        """Have the errors of frameworks come through that have been imported meanwhile."""
        from .frameworks import adapt

        self.modules = len(sys.modules)
        adapt()

    def raised(self, error: BaseException) -> List[str]:
        """Make an error ready to be reported, and return the last lines that were printed before it."""
        from .frameworks import trim

        trim(error)
        return self._output()

    def _output(self) -> List[str]:
        try:
            return last_lines()
        except Exception:
            return []

    def describe(self, error: Optional[BaseException], preserved: Optional[Preserved] = None) -> Any:
        """Return the ErrorModel of an error and keep its frames; None if that is not possible."""
        if error is None:
            return None
        try:
            return self._describe(error, self._questions.errors().begin(error, preserved).keep)
        except Exception:  # no memory; an application's own ``ast.py``
            return None

    def tell(
        self,
        place: Place,
        ident: int,
        error: BaseException,
        output: List[str],
        preserved: Optional[Preserved] = None,
        thread: str = "",
    ) -> bool:
        """Tell the gateway of an error that no response can tell of; return whether it was told.

        ``thread`` is the name of the application's thread that it came up in.
        """
        if self._is_flood():
            return False
        self._say(
            protocol.ERROR,
            ident,
            {
                "place": place,
                "thread": thread,
                "traceback": format_exception(error)[-65536:],
                "error": self.describe(error, preserved),
                "output": output,
            },
        )
        return True

    def load_failed(self, failure: LoadFailure) -> Dict[str, Any]:
        """Return what FAILED says beside the failure; no frame is kept, since the process ends."""
        try:
            error = None if failure.cause is None else self._describe(failure.cause, lambda frame: "")
        except Exception:
            error = None
        return {"error": error, "output": self._output()}

    # -- the gateway ---------------------------------------------------------------------------

    def handle(self, kind: int, ident: int, payload: bytes, claims: Optional[Claims] = None) -> None:
        """Take a question of the gateway's; returns at once."""
        self._questions.handle(kind, ident, payload, claims)

    def _say(self, kind: int, ident: int, message: Any) -> None:
        try:
            self._send(kind, ident, json.dumps(message).encode("utf-8"))
        except OSError:
            pass  # the gateway has gone: the control thread ends this process

    def _describe(self, error: BaseException, keep: Callable[[FrameType], str]) -> Dict[str, Any]:
        from .model import describe

        return describe(error, keep, *self._place)

    def _is_flood(self) -> bool:
        now = monotonic()
        self._told = [moment for moment in self._told if moment > now - PERIOD]
        if len(self._told) >= BURST:
            return True
        self._told.append(now)
        return False

    def _watch_threads(self) -> None:
        import threading

        before = threading.excepthook
        # What somebody else has put there does more than to print.
        only_prints = before.__module__ in ("_thread", "threading")

        def excepthook(raised: Any) -> None:
            output = self._output()
            error = raised.exc_value
            leaves = self.shows and only_prints
            if not leaves:
                before(raised)
            told = False
            if error is not None and not isinstance(error, SystemExit):
                thread = getattr(raised.thread, "name", "")
                told = self.tell("thread", 0, error, output, thread=thread)
            if leaves and not told:
                before(raised)

        threading.excepthook = excepthook
