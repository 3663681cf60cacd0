"""The last lines that the application has printed, and where those go that a console prints."""

from __future__ import annotations

import io
import sys
from collections import deque

from ..native import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Deque, Dict, List, Optional, TextIO, Tuple

    from .capture import Capture

LINES = 100
"""Lines that are kept."""

WIDTH = 1000
"""Characters of one that are kept."""

PIECES = 1000
"""What was written in so many calls is looked at: ``print`` makes two of a line."""

PIECE = 8192
"""Characters of one call that are kept, the last ones."""

MARK = "stderr: "
"""Begins the lines that were written to sys.stderr."""

captures: Dict[int, Capture] = {}
"""What takes in the output of a thread, by the thread: those of evaluations."""

_pieces: Deque[Tuple[str, int, str]] = deque(maxlen=PIECES)
_note = _pieces.append
_write = io.TextIOWrapper.write

_streams: List[KeptStream] = []
"""Never let go of: an application that puts another stream over the same buffer would have it closed with this one."""


class KeptStream(io.TextIOWrapper):
    """A standard stream that notes what is written to it.

    No lock guards the notes: a signal handler, or ``__del__`` when memory is collected, may print in the midst
    of it. ``deque.append`` is one step.
    """

    mark = ""
    mode = "w"

    def write(self, text: str) -> int:
        """Write, and remember the end of it."""
        if captures:
            capture = captures.get(get_ident())
            if capture is not None:
                return capture.write(text)
        length = _write(self, text)
        _note((self.mark, get_ident(), text if length <= PIECE else text[-PIECE:]))
        return length

    def write_apart(self, text: str) -> int:
        """Write what is not the application's: the next error need not show the traceback of this one."""
        return _write(self, text)


def keep_output() -> None:
    """Note from now on what sys.stdout and sys.stderr print.

    Both stay what they were in all that can be asked of them, over the same buffers. Those that are not the
    interpreter's own any more are left alone.
    """
    sys.stdout = _kept(sys.stdout, "")
    sys.stderr = _kept(sys.stderr, MARK)


def last_lines() -> List[str]:
    """Return the last lines, oldest first."""
    lines: Deque[str] = deque(maxlen=LINES)
    begun: Dict[Tuple[str, int], str] = {}
    for mark, thread, text in _snapshot():
        # Of threads that print at the same time no line holds another's.
        *whole, rest = (begun.pop((mark, thread), "") + text).split("\n")
        lines.extend(mark + line[:WIDTH].rstrip("\r") for line in whole)
        if rest:
            begun[mark, thread] = rest[-WIDTH:]
    lines.extend(mark + rest for (mark, _), rest in begun.items())
    return [line.encode("utf-8", "backslashreplace").decode("utf-8") for line in lines]


def _snapshot() -> List[Tuple[str, int, str]]:
    for _ in range(10):
        try:
            return list(_pieces)
        except RuntimeError:  # somebody printed meanwhile
            pass
    return []


def _kept(stream: Optional[TextIO], mark: str) -> Any:
    # Of this very type only: what stands in its place does more than a wrapper knows.
    if type(stream) is not io.TextIOWrapper:
        return stream
    try:
        stream.flush()
        kept = KeptStream(
            stream.buffer,
            stream.encoding,
            stream.errors,
            None if sys.platform == "win32" else "\n",
            stream.line_buffering,
            getattr(stream, "write_through", False),
        )
    except (OSError, ValueError):  # closed
        return stream
    kept.mark = mark
    _streams.append(kept)
    return kept
