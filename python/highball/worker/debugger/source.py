"""Lines of source, as they were when the code was read."""

from __future__ import annotations

import os

from . import began
from .limits import LIMITS
from .text import encodable, exact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Dict, List, Mapping, Optional, Set, Tuple

    from .limits import Limits

#: File systems count time in steps, and a clock may be set.
_MARGIN = 3.0
#: Characters of a source that is compiled once more to see whether it is the one that runs: some 100 ms.
_COMPARED = 500_000


class Sources:
    """Reads files for one description, each once.

    ``linecache`` knows where: on disk, or from the ``__loader__`` of the module, as in an archive. If a file
    was saved after this process began, it is compiled once more, and its lines are shown only if the code
    that runs is still in it. That is wrong in two cases: a module that an import hook has rewritten is never
    found again, and files that are no Python (templates) are believed, as are very large ones.
    """

    def __init__(self) -> None:
        self._lines: Dict[str, List[str]] = {}
        self._codes: Dict[str, Optional[Set[Any]]] = {}
        #: Files of which no lines were shown, because they were saved later.
        self.saved_since: Dict[str, None] = {}

    def of(self, frame: FrameType) -> List[str]:
        """Return the lines of the file that a frame runs; none if they are not known."""
        file = frame.f_code.co_filename
        lines = self.lines(file, frame.f_globals)
        if lines and self._is_changed(file, frame.f_code, lines):
            self.saved_since[encodable(file)] = None
            return []
        return lines

    def lines(self, file: str, namespace: Optional[Dict[str, Any]] = None) -> List[str]:
        """Return the lines of a file as it is now, with their ends; none if it cannot be read."""
        if file not in self._lines:
            self._lines[file] = _read(file, namespace)
        return self._lines[file]

    def _is_changed(self, file: str, code: CodeType, lines: List[str]) -> bool:
        if not file.endswith((".py", ".pyw")) or _changed(file) < began() - _MARGIN:
            return False
        if file not in self._codes:
            self._codes[file] = _signatures(file, "".join(lines))
        codes = self._codes[file]
        return codes is not None and _signature(code) not in codes


def excerpt(
    lines: List[str], first: int, last: int, context: int, limits: Limits = LIMITS
) -> Optional[Dict[str, Any]]:
    """Return the lines ``first`` to ``last``, counted from 1, and some around them; None if there are none."""
    if not 1 <= first <= len(lines):
        return None
    last = min(max(first, last), first + limits.running_lines)
    start = max(1, first - context)
    shown = [
        encodable(line.rstrip("\r\n"))[: limits.running_line if number == first else limits.line]
        for number, line in enumerate(lines[start - 1 : last + context], start)
    ]
    return {"first": start, "lines": shown}


def _read(file: str, namespace: Optional[Mapping[str, Any]]) -> List[str]:
    try:
        import linecache

        linecache.checkcache(file)
        lines = linecache.getlines(file, namespace)  # type: ignore[arg-type]
        # An empty file has one line since Python 3.13.
        return [exact(line) for line in lines] if lines != ["\n"] else []
    except BaseException:  # A loader, or a ``linecache.py``, of the application's own.
        return []


def _changed(file: str) -> float:
    """Return when a file was last saved or put in its place."""
    try:
        status = os.stat(file)
    except (OSError, ValueError):
        return 0.0  # in an archive
    return max(status.st_mtime, status.st_ctime)


def _signatures(file: str, text: str) -> Optional[Set[Any]]:
    """Return the signatures of all the code in a file; None if it would take too long to know them."""
    if len(text) > _COMPARED:
        return None
    try:
        # Its warnings are not caught: that would be for all threads.
        pending = [compile(text, file, "exec", dont_inherit=True)]
    except BaseException:
        return set()
    found = set()
    while pending:
        code = pending.pop()
        found.add(_signature(code))
        pending += [constant for constant in code.co_consts if isinstance(constant, type(code))]
    return found


def _signature(code: CodeType) -> Tuple[Any, ...]:
    """Return what differs if what a code does differs, or the lines and columns where it stands."""
    # Code objects compare with what tracers and the interpreter's own caches have written into them.
    places = getattr(code, "co_linetable", None)  # since Python 3.10
    constants = tuple(
        _signature(constant) if isinstance(constant, type(code)) else (type(constant), constant)
        for constant in code.co_consts
    )
    return (
        code.co_name,
        code.co_firstlineno,
        code.co_code,
        code.co_names,
        code.co_varnames,
        places if places is not None else code.co_lnotab,
        constants,
    )
