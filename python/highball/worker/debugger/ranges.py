"""What was running when a frame was left, to the character (PEP 657)."""

from __future__ import annotations

from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from .stack import Entry


def running_range(entry: Entry, lines: List[str]) -> Optional[Dict[str, int]]:
    """Return the range in the file of which these are the lines; None where Python does not know it."""
    code = entry.frame.f_code
    # Since Python 3.11. Jinja2 compiles a statement of its own at the line of the template.
    positions: Any = getattr(code, "co_positions", None)
    if positions is None or entry.at < 0 or "__jinja_exception__" in entry.frame.f_globals:
        return None
    found = next(islice(positions(), entry.at // 2, None), None)
    if found is None or None in found:
        return None  # python -X no_debug_ranges
    first, last, start, end = found
    # The line of a traceback may be another one: libraries make tracebacks up.
    if first != entry.line or not first <= last <= len(lines):
        return None
    start_column = _characters(lines[first - 1], start)
    end_column = _characters(lines[last - 1], end)
    if start_column is None or end_column is None:
        return None
    return {"startLine": first, "startColumn": start_column, "endLine": last, "endColumn": end_column}


def _characters(line: str, offset: int) -> Optional[int]:
    """Return how many characters the first bytes of a line are; None if they end within one, or behind it."""
    encoded = line.rstrip("\r\n").encode("utf-8", "surrogatepass")
    try:
        return len(encoded[:offset].decode("utf-8", "surrogatepass")) if offset <= len(encoded) else None
    except UnicodeDecodeError:
        return None
