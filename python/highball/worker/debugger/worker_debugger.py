"""The debugger's side in the worker: what the rest of the worker, and the gateway, have to do with it.

It is made with the worker and costs next to nothing until there is an error: what describes errors and runs
code is imported then. Nothing here raises into the application.
"""

from __future__ import annotations

import json
import sys
from collections import deque
from time import monotonic

from .. import protocol
from ..failure import format_exception
from ..native import allocate_lock, start_new_thread
from .output import keep_output, last_lines
from .preserved import KEY, Preserved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Deque, Dict, List, Literal, Optional, Tuple

    from ..failure import LoadFailure
    from ..terminal_claims import Claims
    from .answers import Answers
    from .kept_errors import KeptErrors

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
        self._evaluates: bool = settings.get("evaluates", True)
        self._place: Tuple[str, str] = settings["directory"], settings["target"]
        self._lock = allocate_lock()
        self._errors: Optional[KeptErrors] = None
        self._answers: Optional[Answers] = None
        self._told: List[float] = []
        self._interrupted: Deque[int] = deque(maxlen=20)
        self._modules = 0
        self._crash_file: Any = None
        self._application: Tuple[Any, str] = None, ""

    def start(self) -> None:
        """Begin to note what is printed and what threads raise; before the application is imported."""
        keep_output()
        self._watch_threads()

    def loaded(self, application: Any, name: str) -> None:
        """The application is there; ``name`` is what it is shown by."""
        self._application = application, name
        self._adapt_frameworks()

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

    def begin(self, environ: Dict[str, Any]) -> Preserved:
        """Prepare the environ of a request; return what will have its framework's context."""
        if len(sys.modules) != self._modules:
            self._adapt_frameworks()
        preserved = Preserved()
        environ[KEY] = preserved.add
        return preserved

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
            return self._describe(error, self._kept_errors().begin(error, preserved).keep)
        except Exception:  # no memory; an application's own ``ast.py``
            return None

    def tell(
        self,
        place: Place,
        ident: int,
        error: BaseException,
        output: List[str],
        preserved: Optional[Preserved] = None,
    ) -> bool:
        """Tell the gateway of an error that no response can tell of; return whether it was told."""
        if self._is_flood():
            return False
        self._say(
            protocol.ERROR,
            ident,
            {
                "place": place,
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

    # -- the gateway's questions -------------------------------------------------------------

    def handle(self, kind: int, ident: int, payload: bytes, claims: Optional[Claims] = None) -> None:
        """Answer EVALUATE, SUGGEST, INTERRUPT or POSTMORTEM; returns at once."""
        if kind == protocol.INTERRUPT:
            self._interrupted.append(ident)
            if self._answers is not None:
                self._answers.interrupt(ident)
            return
        if kind == protocol.POSTMORTEM:
            start_new_thread(self._look_back, (payload, claims))
            return
        # Imports take time, and may have to wait for one that the application is at.
        start_new_thread(self._answer, (kind, ident, payload))

    def _answer(self, kind: int, ident: int, payload: bytes) -> None:
        answered = protocol.EVALUATED if kind == protocol.EVALUATE else protocol.SUGGESTED
        try:
            asked = json.loads(payload)
            frame, code = str(asked["frame"]), str(asked["code"])

            def say(answer: Any) -> None:
                self._say(answered, ident, answer)

            if kind == protocol.SUGGEST:
                self._answering().suggest(frame, code, say)
            else:
                self._answering().evaluate(ident, frame, code, say)
                if ident in list(self._interrupted):  # before it had begun
                    self._answering().interrupt(ident)
        except Exception as error:
            reason = "The worker could not do it: %s: %s" % (type(error).__name__, error)
            self._say(answered, ident, [] if kind == protocol.SUGGEST else {"status": "gone", "reason": reason})

    def _look_back(self, payload: bytes, claims: Optional[Claims]) -> None:
        from . import post_mortem

        post_mortem.begin(self._kept_errors(), str(json.loads(payload)["frame"]), claims)

    def _say(self, kind: int, ident: int, message: Any) -> None:
        try:
            self._send(kind, ident, json.dumps(message).encode("utf-8"))
        except OSError:
            pass  # the gateway has gone: the control thread ends this process

    # -- what is there once it is needed -----------------------------------------------------

    def _describe(self, error: BaseException, keep: Callable[[FrameType], str]) -> Dict[str, Any]:
        from .model import describe

        return describe(error, keep, *self._place)

    def _kept_errors(self) -> KeptErrors:
        from .kept_errors import KeptErrors

        with self._lock:
            if self._errors is None:
                self._errors = KeptErrors()
            return self._errors

    def _answering(self) -> Answers:
        from .answers import Answers

        errors = self._kept_errors()
        with self._lock:
            if self._answers is None:
                self._answers = Answers(errors, self._describe, lambda: self._application, self._evaluates)
            return self._answers

    def _adapt_frameworks(self) -> None:
        from .frameworks import adapt

        self._modules = len(sys.modules)
        adapt()

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

        def excepthook(raised: Any) -> None:
            output = self._output()
            before(raised)
            if raised.exc_value is not None and not isinstance(raised.exc_value, SystemExit):
                self.tell("thread", 0, raised.exc_value, output)

        threading.excepthook = excepthook
