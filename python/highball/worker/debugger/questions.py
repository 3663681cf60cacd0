"""What the gateway asks of a worker that debugs, on its way to what can answer; none of it waits."""

from __future__ import annotations

import json
from collections import deque

from .. import protocol
from ..native import allocate_lock, start_new_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Deque, Optional, Tuple

    from ..terminal_claims import Claims
    from .answers import Answers
    from .console import Describe
    from .kept_errors import KeptErrors

    Say = Callable[[int, int, Any], None]
    """Sends a frame of JSON: its type, its id and its content."""


class Questions:
    """Imports what answers at the first question, and has each answered in a thread of its own."""

    def __init__(self, describe: Describe, say: Say, evaluates: bool) -> None:
        self.application: Tuple[Any, str] = None, ""
        """The application and the name it is shown by, once it is loaded."""
        self._describe = describe
        self._say = say
        self._evaluates = evaluates
        self._lock = allocate_lock()
        self._errors: Optional[KeptErrors] = None
        self._answers: Optional[Answers] = None
        self._interrupted: Deque[int] = deque(maxlen=20)

    def errors(self) -> KeptErrors:
        """Return the errors whose frames are kept."""
        from .kept_errors import KeptErrors

        with self._lock:
            if self._errors is None:
                self._errors = KeptErrors()
            return self._errors

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
        except BaseException as error:  # a frame's own mapping may call sys.exit(); whoever asks waits for an answer
            reason = "The worker could not do it: %s: %s" % (type(error).__name__, error)
            self._say(answered, ident, [] if kind == protocol.SUGGEST else {"status": "gone", "reason": reason})

    def _look_back(self, payload: bytes, claims: Optional[Claims]) -> None:
        from . import post_mortem

        post_mortem.begin(self.errors(), str(json.loads(payload)["frame"]), claims)

    def _answering(self) -> Answers:
        from .answers import Answers

        errors = self.errors()
        with self._lock:
            if self._answers is None:
                self._answers = Answers(errors, self._describe, lambda: self.application, self._evaluates)
            return self._answers
