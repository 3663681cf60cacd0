"""How much of an error is described, and what is left of it while that is done."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple, Tuple

from .databases import QueryRefused
from .interrupts import Overdue
from .text import exact, plain_title, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional

    from .interrupts import Watch


class Limits(NamedTuple):
    """Sizes are those of JSON in ASCII, in bytes, unless they say otherwise."""

    #: Of all. A frame of the protocol may have 64 MiB; a page with more than this is no help to anybody.
    total: int = 512 * 1024
    #: Seconds that the application's ``__repr__`` and ``__str__`` may take together. The one that takes
    #: too long is the last that is asked.
    seconds: float = 0.25
    #: Seconds after which one is interrupted, where that is possible, and twice as many at the most.
    patience: float = 1.0

    #: Exceptions, of all chains and groups.
    exceptions: int = 40
    #: Exceptions of one chain: those raised last, and the few with which it began.
    chain: int = 16
    first_of_chain: int = 4
    #: Members of one group, and groups within groups.
    members: int = 16
    nesting: int = 8

    #: ``str()`` of the exception itself, and of each that led to it.
    message: int = 16_000
    other_message: int = 2_000
    notes: int = 10
    note: int = 1_000

    #: Frames of one exception: the outermost and the innermost.
    frames: int = 200
    outermost_frames: int = 50
    #: A path, or a name. Paths of 4096 bytes exist, but nobody reads them.
    name: int = 1_500
    info: int = 1_000
    #: Frames that a recursion may go round through, and rounds that are shown as they are.
    cycle: int = 10
    rounds: int = 3

    #: Lines of source on either side of what runs, the same where the application's code ended, and lines
    #: that run themselves: calls over hundreds of lines exist.
    context: int = 6
    wide_context: int = 15
    running_lines: int = 20
    #: Characters of a line: minified sources exist.
    line: int = 1_000
    #: Of the one that was running: what failed in it should be there.
    running_line: int = 6_000

    #: Variables of one frame, by number and by size; the second for a library's.
    variables: int = 200
    frame_variables: int = 96 * 1024
    library_variables: int = 16 * 1024
    #: One variable with all that is in it, about.
    value: int = 16 * 1024
    #: Characters of a string or a ``repr()``: of the value itself, and of those within it.
    text: int = 2_000
    inner_text: int = 300
    #: Items of a container, of those within it, and so on: below that only their number is told.
    items: Tuple[int, ...] = (60, 20, 10, 5)
    #: A subclass of ``list`` or ``dict`` with a ``__repr__`` of its own is asked for it up to so many items.
    own_repr_items: int = 60


LIMITS = Limits()

REFUSED = "QueryRefused: it would ask the database"
"""What ``Budget.ask`` says of an object that is not shown because of that."""

#: Of the total, for the sentences on what was left out, which are added when all else is there.
_FOR_SENTENCES = 1 / 8


class Budget:
    """What is left of the size and of the time that one description may have."""

    # Those that freeze time look for the clock in modules.
    _clock = staticmethod(perf_counter)

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.left = int(limits.total * (1 - _FOR_SENTENCES))
        self._seconds = limits.seconds
        #: Interrupts what takes far too long.
        self.watch: Optional[Watch] = None
        #: Why there is no more time, for people; empty as long as there is.
        self.culprit = ""

    def take(self, size: int, reserve: int = 0) -> bool:
        """Take so many bytes if as many as ``reserve`` are left then, and tell whether."""
        if self.left - size < reserve:
            return False
        self.left -= size
        return True

    def ask(self, function: Callable[[object], object], obj: object) -> Tuple[str, str]:
        """Return what ``repr`` or ``str`` says, or else why it says nothing. Never raises.

        SystemExit is none of the worker's business here, nor is KeyboardInterrupt: whoever asks for that
        waits too long, and has no other object asked.
        """
        text, problem = "", ""
        start = self._clock()
        try:
            text = exact(self._ask(function, obj))  # type: ignore[arg-type]  # or it raises TypeError
        except KeyboardInterrupt as error:
            if self.watch is not None:
                self.watch.end()  # it may have come before that was done
            if issubclass(type(error), Overdue):
                problem = "KeyboardInterrupt: it took too long"
            else:
                problem = "KeyboardInterrupt"
                self.stop("KeyboardInterrupt came")
        except QueryRefused:
            problem = REFUSED
        except BaseException as error:
            problem = plain_title(error)
        taken = self._clock() - start
        self._seconds -= taken
        if self._seconds < 0:
            asked = "str" if function is str else "repr"
            self.stop(f"{asked}() of a {type_name(type(obj))} took {taken:.2f} s")
        return text, problem

    def _ask(self, function: Callable[[object], object], obj: object) -> object:
        if self.watch is None:
            return function(obj)
        try:
            self.watch.begin()
            return function(obj)
        finally:
            self.watch.end()

    def stop(self, culprit: str) -> None:
        """Have no other object asked."""
        self.culprit = self.culprit or culprit
