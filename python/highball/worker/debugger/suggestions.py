"""What somebody may have meant who has misspelt a name, a key or a module.

Python says so of names when it prints a traceback itself, since 3.10, but neither in ``str()`` of the error nor
to those that print tracebacks in its place. Nothing of the application's runs to find out.
"""

from __future__ import annotations

import builtins
import os
import re
import sys
from time import perf_counter

from .stack import innermost
from .stored import instance_variables
from .text import ancestors, namespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Iterable, List, Optional

#: So many names are compared at the most, each with so many characters: it is done for every error.
_MOST, _LONGEST = 2_000, 60
#: What is less alike is not what was meant.
_LIKENESS = 0.7
_OTHER_LETTERS = 4
#: Dictionaries that are looked into.
_DICTIONARIES = 20
#: Seconds to look for modules in.
_PATIENCE = 0.05

#: Since Python 3.10.
_OBJECT = getattr(AttributeError.__dict__.get("obj"), "__get__", None)
_ARGUMENTS = BaseException.__dict__["args"].__get__

_NAME = re.compile(r"^(?:global )?name '(\w+)' is not defined$")
_ATTRIBUTE = re.compile(r"^(?:'[\w.]+' object|type object '[\w.]+'|module '[\w.]+') has no attribute '(\w+)'")
_FROM = re.compile(r"^cannot import name '(\w+)' from '([\w.]+)'")
_MODULE = re.compile(r"^No module named '([\w.]+)'")


def suggestion(exc: BaseException, message: str) -> str:
    """Return a sentence as Python has it, such as ``Did you mean: 'user'?``, or an empty string; never raises.

    ``message`` is ``str()`` of the exception: errors that do not say what Python says are left alone.
    """
    try:
        return _suggestion(exc, message)
    except Exception:  # of an object that is not what it looks like
        return ""


def _suggestion(exc: BaseException, message: str) -> str:
    kind = type(exc)
    if issubclass(kind, KeyError):
        return _key(exc)
    if issubclass(kind, NameError):
        found = _NAME.match(message)
        return _name(exc, found.group(1)) if found else ""
    if issubclass(kind, AttributeError):
        found = _ATTRIBUTE.match(message)
        owner = _OBJECT(exc) if _OBJECT and found else None
        # Whoever raises it himself may not say of what.
        is_said = owner is not None or message.startswith("'NoneType'")
        return _meant(found.group(1), _attributes(owner)) if found and is_said else ""
    if issubclass(kind, ImportError):
        return _imported(message)
    return ""


def _meant(wrong: str, names: Iterable[Any], shown: str = "%s") -> str:
    right = _closest(wrong, names)
    return "Did you mean: '%s'?" % (shown % right) if right else ""


def _closest(wrong: str, names: Iterable[Any]) -> Optional[str]:
    from difflib import SequenceMatcher

    best, likeness = None, _LIKENESS
    matcher, letters = SequenceMatcher(None, b=wrong.lower()), {*wrong.lower()}
    for name in list(names)[:_MOST]:
        if type(name) is not str or name == wrong or abs(len(name) - len(wrong)) > len(wrong) // 2:
            continue
        # Nobody leaves out the underscore of what is not meant for everybody.
        if len(name) > _LONGEST or name.startswith("_") != wrong.startswith("_"):
            continue
        # Takes a tenth of the time, and most names end here.
        if len(letters ^ {*name.lower()}) > _OTHER_LETTERS:
            continue
        matcher.set_seq1(name.lower())
        ratio = matcher.ratio()
        if ratio > likeness:
            best, likeness = name, ratio
    return best


def _name(exc: BaseException, wrong: str) -> str:
    frame = innermost(exc)
    if frame is None:
        return ""
    found = _meant(wrong, [*frame.f_locals, *frame.f_globals, *vars(builtins)])
    owner = frame.f_locals.get("self")
    if wrong in instance_variables(owner):
        return "Did you mean: 'self.%s'?" % wrong
    if wrong in getattr(sys, "stdlib_module_names", ()):
        return "%s you forget to import '%s'?" % (found + " Or did" if found else "Did", wrong)
    return found


def _attributes(owner: Any) -> List[Any]:
    """Return the names of what an object has, by its own dictionary and those of its classes."""
    names = list(instance_variables(owner))
    for each in ancestors(owner if issubclass(type(owner), type) else type(owner)):
        names += namespace(each)
    return names


def _imported(message: str) -> str:
    found = _FROM.match(message)
    if found:
        return _meant(found.group(1), instance_variables(sys.modules.get(found.group(2))))
    found = _MODULE.match(message)
    if not found:
        return ""
    from .importables import importable

    package, _, wrong = found.group(1).rpartition(".")
    deadline = perf_counter() + _PATIENCE
    names = importable(package, False, lambda: perf_counter() > deadline)
    return _meant(wrong, sorted(set(names)), "%s" if not package else package + ".%s")


def _key(exc: BaseException) -> str:
    arguments = _ARGUMENTS(exc)
    frame = innermost(exc)
    if frame is None or len(arguments) != 1 or type(arguments[0]) is not str:
        return ""
    wrong = arguments[0]
    if frame.f_code.co_name in ("__getitem__", "__missing__", "pop") and frame.f_code.co_argcount:
        # Of a kind of dictionary that is not Python's own, as the form of a request is.
        owner: Any = frame.f_locals.get(frame.f_code.co_varnames[0])
        if owner is os.environ:
            return _meant(wrong, list(os.environ))
        return _meant(wrong, dict.keys(owner)) if issubclass(type(owner), dict) else ""
    # It is not known which dictionary was asked, so that only one may have what was meant.
    meant = {_meant(wrong, keys) for keys in _dictionaries(frame) if wrong not in keys} - {""}
    return meant.pop() if len(meant) == 1 else ""


def _dictionaries(frame: FrameType) -> List[List[str]]:
    """Return the keys of the dictionaries that a function has a name for, and of those within them."""
    named = [*frame.f_locals.values(), *map(frame.f_globals.get, frame.f_code.co_names)]
    found = [value for value in named if type(value) is dict][:_DICTIONARIES]
    for each in list(found):
        found += [value for value in list(each.values())[:_DICTIONARIES] if type(value) is dict]
    return [[key for key in list(each) if type(key) is str] for each in found[:_DICTIONARIES]]
