"""Standard streams while evaluations run: theirs are caught, those of all other threads go on as ever."""

from __future__ import annotations

import io
import sys

from ..native import allocate_lock, get_ident
from .output import KeptStream, captures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional, Tuple

LIMIT = 131072
"""Characters of an evaluation's output that are kept."""

NO_INPUT = "The console has no input: put the value into the code in place of input()."
NO_DEBUGGER = (
    "breakpoint() would open its debugger in the terminal, not in the console. To stop there, call the"
    " function from a request instead."
)

_lock = allocate_lock()
_running = 0
_put_in_place: List[Tuple[str, Any, Any]] = []


class Capture:
    """What one evaluation prints."""

    __slots__ = ("_length", "_pieces")

    def __init__(self) -> None:
        self._pieces: List[str] = []
        self._length = 0

    def write(self, text: Any) -> int:
        """Take in what would have been printed."""
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not %s" % type(text).__name__)
        room = LIMIT - self._length
        self._length += len(text)
        if room > 0:
            self._pieces.append(text[:room])
        return len(text)

    def text(self) -> str:
        """Return what was printed so far."""
        text = "".join(self._pieces).encode("utf-8", "backslashreplace").decode("utf-8")
        more = self._length - LIMIT
        return text if more <= 0 else "%s\n… and %d characters more\n" % (text, more)


class _Output(io.TextIOBase):
    """In place of a stream that does not look for captures itself, as one that the application has put there."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        capture = captures.get(get_ident())
        if capture is not None:
            return capture.write(text)
        return len(text) if self._stream is None else int(self._stream.write(text))

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if self._stream is not None:
            self._stream.flush()

    def close(self) -> None:
        pass  # it is not the console's to close

    def __getattribute__(self, name: str) -> Any:
        # TextIOBase has all attributes of a stream itself.
        if name in _OWN or name.startswith("__"):
            return super().__getattribute__(name)
        return getattr(super().__getattribute__("_stream"), name)


_OWN = ("_stream", "close", "flush", "read", "readline", "write", "writelines")


class _Input(_Output):
    """sys.stdin: whoever reads it in an evaluation is told that there is nobody to answer."""

    def __getattribute__(self, name: str) -> Any:
        if name == "isatty" and get_ident() in captures:
            return lambda: False
        if name in _READING and get_ident() in captures:
            # input() asks for the descriptor first, and does without if there is none.
            return _no_descriptor if name == "fileno" else _no_input
        if name in _READING:
            return getattr(object.__getattribute__(self, "_stream"), name)
        return super().__getattribute__(name)

    def __iter__(self) -> Any:
        if get_ident() in captures:
            _no_input()
        return iter(self._stream)

    def __next__(self) -> Any:
        if get_ident() in captures:
            _no_input()
        return next(self._stream)


_READING = ("buffer", "fileno", "read", "readline", "readlines")


def _no_input(*arguments: Any) -> Any:
    raise RuntimeError(NO_INPUT)  # an EOFError would be taken for Ctrl+D, as by pdb


def _no_descriptor() -> int:
    raise io.UnsupportedOperation(NO_INPUT)


def begin(capture: Capture) -> None:
    """Catch what this thread prints."""
    global _running
    with _lock:
        captures[get_ident()] = capture
        _running += 1
        if _running == 1:
            _put_routers()


def end() -> None:
    """Let this thread print as ever."""
    global _running
    with _lock:
        if captures.pop(get_ident(), None) is None:
            return
        _running -= 1
        if _running == 0:
            _take_routers_away()


def _put_routers() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, KeptStream):
            _put(name, _Output(stream))
    _put("stdin", _Input(sys.stdin))
    _put("breakpointhook", _breakpoint(sys.breakpointhook))


def _put(name: str, value: Any) -> None:
    _put_in_place.append((name, getattr(sys, name), value))
    setattr(sys, name, value)


def _take_routers_away() -> None:
    while _put_in_place:
        name, before, value = _put_in_place.pop()
        # Else the application has put something in its place meanwhile.
        if getattr(sys, name, None) is value:
            setattr(sys, name, before)


def _breakpoint(hook: Callable[..., Any]) -> Callable[..., Any]:
    def breakpointhook(*arguments: Any, **keywords: Any) -> Any:
        if get_ident() in captures:
            raise RuntimeError(NO_DEBUGGER)
        return hook(*arguments, **keywords)

    return breakpointhook
