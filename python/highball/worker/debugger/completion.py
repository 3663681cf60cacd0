"""What could stand at the end of code that somebody types.

Nothing of the application's is run but ``__dir__``: attributes are looked up where they are stored, so that no
property is computed and no ``__getattr__`` asked.

What is returned are words: each takes the place of as much of the end of the code as it begins with.
``d["na`` may end in ``"name"]``, ``os.pa`` in ``path``.
"""

from __future__ import annotations

import builtins
import keyword
import re
from time import perf_counter

from .importables import importable
from .stored import MISSING, NAME, PATH, attributes, value_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, List, Mapping

WORDS = 200
"""Words that are returned at the most."""

SECONDS = 0.05
"""Time to look for them."""

_CODE = 20000
"""Characters of code, at its end, that are looked at."""

_ATTRIBUTE = re.compile(r"(?<![\w.\])}'\"])%s\s*\.\s*(?P<word>(?:%s)?)$" % (PATH, NAME))
_KEY = re.compile(r"(?<![\w.\])}'\"])%s\[\s*(?P<word>(?:['\"][^'\"\\\n]*|-?\d*))$" % PATH)
_FROM = re.compile(
    r"(?:^|[\n;])\s*from\s+(?P<module>%s(?:\.%s)*)\s+import\b[\w\s,(]*?(?P<word>\w*)$" % (NAME, NAME)
)
_IMPORT = re.compile(
    r"(?:^|[\n;])\s*(?:from\s+|import\s+(?:[\w. ]+,\s*)*)(?P<package>(?:%s\.)*)(?P<word>\w*)$" % NAME
)
_WORD = re.compile(r"(?<![\w.])(?P<word>(?:%s)?)$" % NAME)


def complete(code: str, names: Mapping[str, Any], clock: Callable[[], float] = perf_counter) -> List[str]:
    """Return words that could end ``code`` where ``names`` are known, sorted; never raises."""
    try:
        return _complete(code[-_CODE:], names, _Search(clock))
    except Exception:  # whatever ``__dir__`` or a dictionary that changes meanwhile raises
        return []


class _Search:
    """Takes words until there are enough, or the time is over."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._end = clock() + SECONDS

    def is_over(self) -> bool:
        return self._clock() > self._end

    def matching(self, word: str, candidates: Iterable[Any]) -> List[str]:
        """Return those that begin with ``word``; private ones only if it does so itself."""
        found = set()
        for number, candidate in enumerate(candidates):
            if number % 256 == 255 and self.is_over():
                break
            if type(candidate) is not str or not candidate.startswith(word):
                continue
            if candidate.startswith("_") and not word.startswith("_"):
                continue
            found.add(candidate)
        return sorted(found)[:WORDS]


def _complete(code: str, names: Mapping[str, Any], search: _Search) -> List[str]:
    quoted = _open_string(code)
    key = _KEY.search(code)
    if key is not None and (quoted < 0 or quoted == key.start("word")):
        return _keys(value_of(key["path"], names), key["word"], search)
    if quoted >= 0:
        return []
    imported = _FROM.search(code)
    if imported is not None:
        return search.matching(imported["word"], importable(imported["module"], True, search.is_over))
    imported = _IMPORT.search(code)
    if imported is not None:
        return search.matching(imported["word"], importable(imported["package"].rstrip("."), False, search.is_over))
    attribute = _ATTRIBUTE.search(code)
    if attribute is not None:
        value = value_of(attribute["path"], names)
        return [] if value is MISSING else search.matching(attribute["word"], attributes(value))
    word = _WORD.search(code)
    if word is None:
        return []
    known = [*list(names), *vars(builtins)]
    return search.matching(word["word"], [*known, *keyword.kwlist] if word["word"] else list(names))


def _open_string(code: str) -> int:
    """Return where the string or comment begins in which the code ends, or -1."""
    index, length = 0, len(code)
    while index < length:
        character = code[index]
        if character == "#":
            end = code.find("\n", index)
            if end < 0:
                return index
            index = end
        elif character in "'\"":
            quote = character * 3 if code.startswith(character * 3, index) else character
            end = _end_of_string(code, index + len(quote), quote)
            if end < 0:
                return index
            index = end
            continue
        index += 1
    return -1


def _end_of_string(code: str, index: int, quote: str) -> int:
    while index < len(code):
        if code[index] == "\\":
            index += 2
        elif code.startswith(quote, index):
            return index + len(quote)
        elif code[index] == "\n" and len(quote) == 1:
            return index  # an error of syntax; what follows is no string
        else:
            index += 1
    return -1


def _keys(value: Any, word: str, search: _Search) -> List[str]:
    if not issubclass(type(value), dict):
        return []
    quote = word[:1] if word[:1] in ("'", '"') else '"'
    found: List[str] = []
    for key in list(dict.keys(value))[:5000]:
        if search.is_over():
            break
        shown = str(key) if type(key) is int else _quoted(key, quote) if type(key) is str else ""
        if shown and shown.startswith(word):
            found.append(shown + "]")
    return sorted(found)[:WORDS]


def _quoted(key: str, quote: str) -> str:
    if len(key) > 200 or not key.isprintable() or quote in key or "\\" in key:
        return ""
    return quote + key + quote
