"""Runs code in a frame, and tells what came of it."""

from __future__ import annotations

from .completion import complete
from .exhibits import Exhibits
from .namespace import Namespace
from .parsing import begins_with, parse, remember
from .values import describe_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Dict, List, Optional

    from .kept_errors import KeptError
    from .parsing import Command

    Describe = Callable[[BaseException, Callable[[FrameType], str]], Dict[str, Any]]
    """``model.describe``, told where the application is."""

    Evaluation = Dict[str, Any]
    """See ``src/debuggee.ts``."""


class Console:
    """One frame's console: what is typed later sees what was typed before."""

    def __init__(self, error: KeptError, describe: Describe, namespace: Namespace, flags: int = 0) -> None:
        self._error = error
        self._describe = describe
        self._namespace = namespace
        self._flags = begins_with(flags)
        if error.preserved is not None:
            namespace.offer(**error.preserved.names())

    @classmethod
    def of_frame(cls, error: KeptError, frame: FrameType, describe: Describe) -> Console:
        """Return a console for a frame that is kept."""
        namespace = Namespace(frame.f_globals, frame.f_locals)
        return cls(error, describe, namespace, frame.f_code.co_flags)

    def evaluate(self, source: str, printed: Callable[[], str]) -> Evaluation:
        """Run code and return the outcome; ``printed`` tells what it has printed."""
        exhibits = Exhibits(self._namespace.assigned)
        name = remember(source)
        value: Optional[Dict[str, Any]] = None
        raised: Optional[BaseException] = None
        try:
            try:
                command = parse(source, name, self._flags)
            except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as error:
                # Where the compiler was called from tells nothing.
                error.__context__ = None
                raised = error.with_traceback(None)
            else:
                if command is None:
                    return {"status": "incomplete"}
                value = self._run(command, exhibits)
        except BaseException as error:  # SystemExit too: it ends the evaluation and nothing else
            raised = error
        return self.outcome(printed(), raised, value, exhibits.shown)

    def outcome(
        self,
        output: str,
        raised: Optional[BaseException] = None,
        value: Optional[Dict[str, Any]] = None,
        shown: Optional[List[Dict[str, Any]]] = None,
    ) -> Evaluation:
        """Return how an evaluation is told to have ended. The frames of what it raised are kept."""
        error = None if raised is None else self._describe(raised, self._error.nested())
        return {"status": "done", "output": output, "value": value, "shown": shown or [], "error": error}

    def complete(self, code: str) -> List[str]:
        """Return words that could end ``code`` here."""

        def look() -> List[str]:
            return complete(code, self._namespace.refresh())

        preserved = self._error.preserved
        return look() if preserved is None else preserved.look(look)

    def _run(self, command: Command, exhibits: Exhibits) -> Optional[Dict[str, Any]]:
        def run() -> Optional[Dict[str, Any]]:
            self._namespace.offer(dump=exhibits.dump, help=exhibits.help)
            scope = self._namespace.refresh()
            self._flags = command.flags
            value = command.run(scope)
            if value is None:
                return None
            self._namespace.result(value)
            return describe_value(value)

        preserved = self._error.preserved
        return run() if preserved is None else preserved.run(run)
