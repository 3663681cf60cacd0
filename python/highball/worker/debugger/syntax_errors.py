"""Where a file could not be read as Python."""

from __future__ import annotations

from .source import excerpt
from .text import clip, encodable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from .limits import Limits
    from .source import Sources


def describe_syntax(exc: SyntaxError, sources: Sources, limits: Limits) -> Optional[Dict[str, Any]]:
    """Return ``SyntaxModel``; None if the error tells of no file and no line."""
    file = _attribute(exc, "filename", str)
    line = max(0, _attribute(exc, "lineno", int) or 0)
    text = _attribute(exc, "text", str)
    if file is None and not line:
        return None
    lines = sources.lines(file) if file else []
    shown: Optional[str] = lines[line - 1] if 1 <= line <= len(lines) else None
    source = excerpt(lines, line, line, limits.context, limits)
    # What the parser has seen: the file may have been saved since, or be another one, of which it is a part.
    seen = None if text is None else text.split("\n", 1)[0]
    if seen is not None and (shown is None or shown.strip() != seen.strip()):
        shown = seen
        source = {"first": max(1, line), "lines": [encodable(shown.rstrip("\r\n"))[: limits.line]]}
    return {
        "file": clip(file or "", limits.name, limits.name)[0],
        "line": line,
        "columns": None if shown is None else _columns(exc, line, shown.rstrip("\r\n")),
        "source": source,
    }


def without_place(message: str, exc: SyntaxError) -> str:
    """Leave out ``(app.py, line 1)``, as Python does where it prints one: both are told beside the message."""
    said = _attribute(exc, "msg", str)
    is_followed = said and message.startswith(f"{said} (") and message.endswith(")")
    return said if is_followed else message


def _columns(exc: SyntaxError, line: int, text: str) -> Optional[List[int]]:
    """Return where the mark begins and ends, one character wide at least; the line may end before it."""
    offset = _attribute(exc, "offset", int)
    if offset is None or offset < 1:
        return None
    start = min(offset - 1, len(text))
    end = _attribute(exc, "end_offset", int) or 0  # since Python 3.10; may be 0 or -1
    if (_attribute(exc, "end_lineno", int) or line) > line:
        end = len(text) + 1
    return [start, max(start + 1, min(end - 1, len(text)))]


def _attribute(exc: SyntaxError, name: str, cls: type) -> Any:
    """Return an attribute if it is of a class or of one that inherits from it, as exactly that; else None."""
    try:
        found = getattr(exc, name)
        return cls.__add__(found, cls()) if issubclass(type(found), cls) else None  # type: ignore[operator]
    except BaseException:
        return None
