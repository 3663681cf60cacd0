"""The frames of errors, kept for a while so that code can be run in them.

A frame keeps alive whatever its variables refer to, directly and by what these refer to in turn. So it is
errors that are counted, and those that are old are let go of whenever there is a new one or somebody asks.
Nothing here takes a lock: dictionaries and counters of Python's are whole at any moment.
"""

from __future__ import annotations

from collections import deque
from itertools import count
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Callable, Deque, Dict, List, Optional, Union

    from .console import Console
    from .preserved import Preserved

ERRORS = 20
"""That many errors of a worker are kept, the newest."""

AGE = 3600.0
"""Seconds that one is kept."""

NESTED = 10
"""Errors of evaluations that are kept with the error in whose frames they ran."""

FRAMES = 400
"""Frames of one error at the most."""


class KeptFrame:
    """One frame, and the console in it once there was an evaluation."""

    __slots__ = ("console", "error", "frame")

    def __init__(self, error: KeptError, frame: FrameType) -> None:
        self.error = error
        self.frame = frame
        self.console: Optional[Console] = None


class KeptError:
    """The frames of one error, and of what was raised while code was run in them."""

    def __init__(
        self,
        number: int,
        exception: Optional[BaseException] = None,
        preserved: Optional[Preserved] = None,
    ) -> None:
        self.number = number
        self.exception = exception
        self.born = monotonic()
        self.preserved = preserved
        """What the framework had for the request."""
        self._frames: Dict[str, KeptFrame] = {}
        self._idents: Dict[FrameType, str] = {}
        self._nested: Deque[List[FrameType]] = deque()
        self._counter = count(1)

    def keep(self, frame: FrameType) -> str:
        """Keep a frame and return its id; an empty one where there are too many."""
        ident = self._idents.get(frame)
        if ident is not None:
            return ident
        if len(self._frames) >= FRAMES:
            return ""
        ident = "%d.%d" % (self.number, next(self._counter))
        self._frames[ident] = KeptFrame(self, frame)
        self._idents[frame] = ident
        return ident

    def nested(self) -> Callable[[FrameType], str]:
        """Return what keeps the frames of an error that an evaluation has raised."""
        own: List[FrameType] = []

        def keep(frame: FrameType) -> str:
            known = frame in self._idents
            ident = self.keep(frame)
            if ident and not known:
                if not own:
                    self._nested.append(own)
                own.append(frame)
                if len(self._nested) > NESTED:
                    self._let_go_of_nested()
            return ident

        return keep

    def _let_go_of_nested(self) -> None:
        for frame in self._nested.popleft():
            self._frames.pop(self._idents.pop(frame, ""), None)

    def find(self, ident: str) -> Optional[KeptFrame]:
        """Return a frame, if it is kept."""
        return self._frames.get(ident)


class KeptErrors:
    """The errors of one worker."""

    def __init__(self) -> None:
        self._errors: Dict[int, KeptError] = {}
        self._counter = count(1)
        self._last = 0

    def begin(self, exception: BaseException, preserved: Optional[Preserved] = None) -> KeptError:
        """Return where the frames of a new error are kept."""
        number = next(self._counter)
        error = KeptError(number, exception, preserved)
        self._errors[number] = error
        self._last = max(self._last, number)
        self._let_go()
        return error

    def find(self, ident: str) -> Union[KeptFrame, str]:
        """Return a frame, or one sentence that says why there is none."""
        self._let_go()
        number = ident.partition(".")[0]
        if not (number.isascii() and number.isdigit()) or not 0 < int(number) <= self._last:
            return "This worker has no frame %r." % ident[:40]
        error = self._errors.get(int(number))
        if error is None:
            return (
                "The frames of this error are not kept any more: a worker keeps those of its last"
                " %d errors, for an hour." % ERRORS
            )
        found = error.find(ident)
        if found is None:
            return "This frame is not kept any more: it belonged to an evaluation, and %d others failed since." % (
                NESTED,
            )
        return found

    def _let_go(self) -> None:
        oldest = monotonic() - AGE
        numbers = sorted(list(self._errors))
        for number in numbers[:-ERRORS]:
            self._errors.pop(number, None)
        for number in numbers:
            error = self._errors.get(number)
            if error is not None and error.born < oldest:
                self._errors.pop(number, None)
