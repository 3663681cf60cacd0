"""What could stand at the end of code that somebody types.

Nothing of the application's is run but ``__dir__``: attributes are looked up where they are stored, so that no
property is computed and no ``__getattr__`` asked.

What is returned are words: each takes the place of as much of the end of the code as it begins with.
``d["na`` may end in ``"name"]``, ``os.pa`` in ``path``.
"""

from __future__ import annotations

import builtins
import keyword
import os
import re
import sys
from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Tuple

WORDS = 200
"""Words that are returned at the most."""

SECONDS = 0.05
"""Time to look for them."""

_CODE = 20000
"""Characters of code, at its end, that are looked at."""

_NAME = r"[^\W\d]\w*"
_STRING = r"'[^'\\\n]*'|\"[^\"\\\n]*\""
_PATH = r"(?P<path>%s(?:\.%s|\[(?:-?\d+|%s)\])*)" % (_NAME, _NAME, _STRING)
_ATTRIBUTE = re.compile(r"(?<![\w.\])}'\"])%s\s*\.\s*(?P<word>(?:%s)?)$" % (_PATH, _NAME))
_KEY = re.compile(r"(?<![\w.\])}'\"])%s\[\s*(?P<word>(?:['\"][^'\"\\\n]*|-?\d*))$" % _PATH)
_STEP = re.compile(r"\.?(?P<name>%s)|\[(?P<key>-?\d+|%s)\]" % (_NAME, _STRING))
_FROM = re.compile(
    r"(?:^|[\n;])\s*from\s+(?P<module>%s(?:\.%s)*)\s+import\b[\w\s,(]*?(?P<word>\w*)$" % (_NAME, _NAME)
)
_IMPORT = re.compile(
    r"(?:^|[\n;])\s*(?:from\s+|import\s+(?:[\w. ]+,\s*)*)(?P<package>(?:%s\.)*)(?P<word>\w*)$" % _NAME
)
_WORD = re.compile(r"(?<![\w.])(?P<word>(?:%s)?)$" % _NAME)

_MISSING = object()


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
        return _keys(_value(key["path"], names), key["word"], search)
    if quoted >= 0:
        return []
    imported = _FROM.search(code)
    if imported is not None:
        return search.matching(imported["word"], _importable(imported["module"], True, search))
    imported = _IMPORT.search(code)
    if imported is not None:
        return search.matching(imported["word"], _importable(imported["package"].rstrip("."), False, search))
    attribute = _ATTRIBUTE.search(code)
    if attribute is not None:
        value = _value(attribute["path"], names)
        return [] if value is _MISSING else search.matching(attribute["word"], _dir(value))
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


# -- values, without running anything ------------------------------------------------------------


def _value(path: str, names: Mapping[str, Any]) -> Any:
    """Return what ``name.attribute["key"]`` is, or _MISSING where that cannot be known without running code."""
    value: Any = _MISSING
    for number, step in enumerate(_STEP.finditer(path)):
        if number == 0:
            value = names.get(step["name"], vars(builtins).get(step["name"], _MISSING))
        elif step["name"]:
            value = _stored(value, step["name"])
        else:
            value = _item(value, step["key"])
        if value is _MISSING:
            break
    return value


def _stored(value: Any, name: str) -> Any:
    """Return an attribute as it is stored."""
    kind = type(value)
    owners = type.__dict__["__mro__"].__get__(value) if issubclass(kind, type) else ()
    own: Any = _MISSING
    for owner in owners:
        own = _namespace(owner).get(name, _MISSING)
        if own is not _MISSING:
            break
    if own is _MISSING:
        try:
            attributes = object.__getattribute__(value, "__dict__")
        except AttributeError:
            attributes = {}
        if issubclass(type(attributes), dict):
            own = dict.get(attributes, name, _MISSING)
    shared: Any = _MISSING
    for owner in type.__dict__["__mro__"].__get__(kind):
        shared = _namespace(owner).get(name, _MISSING)
        if shared is not _MISSING:
            break
    if type(shared) is _SlotType:
        try:
            return shared.__get__(value, kind)
        except AttributeError:
            return _MISSING
    found = shared if own is _MISSING else own
    # A property that has computed nothing yet, a method: to ask it would run something.
    return found if found is _MISSING or not _is_computed(found) else _MISSING


class _Slotted:
    __slots__ = ("slot",)


_SlotType = type(_Slotted.__dict__["slot"])
_namespace = type.__dict__["__dict__"].__get__
_FUNCTION = type(lambda: None)


def _is_computed(found: Any) -> bool:
    if type(found) is _FUNCTION or issubclass(type(found), type):
        return False
    return any("__get__" in _namespace(owner) for owner in type.__dict__["__mro__"].__get__(type(found)))


def _item(value: Any, key: str) -> Any:
    index: Any = key[1:-1] if key[0] in "'\"" else int(key)
    if issubclass(type(value), dict):
        return dict.get(value, index, _MISSING)
    if type(value) in (list, tuple) and type(index) is int and -len(value) <= index < len(value):
        return value[index]
    return _MISSING


def _dir(value: Any) -> Iterable[Any]:
    try:
        return list(dir(value))
    except Exception:
        return list(object.__dir__(value))


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


# -- modules -------------------------------------------------------------------------------------


def _importable(package: str, with_names: bool, search: _Search) -> List[str]:
    """Return what can be imported from a package, or at all; nothing is imported to find out."""
    if not package:
        names = [*list(sys.modules), *sys.builtin_module_names, *getattr(sys, "stdlib_module_names", ())]
        known = {name.partition(".")[0] for name in names}
        return [*known, *_modules_in(sys.path, search)]
    module = sys.modules.get(package)
    if module is None:
        return []
    attributes: Dict[str, Any] = getattr(module, "__dict__", {})
    folders = attributes.get("__path__", ())
    found = [name[len(package) + 1 :] for name in list(sys.modules) if name.startswith(package + ".")]
    found = [name for name in found if "." not in name]
    return [*found, *_modules_in(list(folders), search), *(list(attributes) if with_names else ())]


def _modules_in(folders: List[Any], search: _Search) -> List[str]:
    found: List[str] = []
    for folder in folders:
        if search.is_over():
            break
        try:
            entries = list(os.scandir(folder or "."))
        except (OSError, TypeError):
            continue
        for entry in entries:
            name, dot, ending = entry.name.partition(".")
            is_module = ending == "py" or ending.endswith(("so", "pyd"))
            if name.isidentifier() and (is_module if dot else name != "__pycache__" and entry.is_dir()):
                found.append(name)
    return found
