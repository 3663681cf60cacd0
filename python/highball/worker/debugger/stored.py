"""What an expression stands for, found out without running any of the application's code.

Attributes are looked up where they are stored: no property is computed, no ``__getattr__`` asked.
"""

from __future__ import annotations

import builtins
import re
from types import GetSetDescriptorType, MemberDescriptorType

from .text import ancestors, lookup, namespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Mapping

NAME = r"[^\W\d]\w*"
_STRING = r"'[^'\\\n]*'|\"[^\"\\\n]*\""
PATH = r"(?P<path>%s(?:\.%s|\[(?:-?\d+|%s)\])*)" % (NAME, NAME, _STRING)
"""A pattern: names, attributes and constant keys of them."""

_STEP = re.compile(r"\.?(?P<name>%s)|\[(?P<key>-?\d+|%s)\]" % (NAME, _STRING))

MISSING = object()
"""In place of a value that cannot be known without running code."""


def value_of(path: str, names: Mapping[str, Any]) -> Any:
    """Return what ``name.attribute["key"]`` is, or MISSING where that cannot be known without running code."""
    value: Any = MISSING
    for number, step in enumerate(_STEP.finditer(path)):
        if number == 0:
            value = names.get(step["name"], vars(builtins).get(step["name"], MISSING))
        elif step["name"]:
            value = _stored(value, step["name"])
        else:
            value = _item(value, step["key"])
        if value is MISSING:
            break
    return value


def attributes(value: Any) -> Iterable[Any]:
    """Return the names of an object's attributes, as it says itself if it can."""
    try:
        return list(dir(value))
    except (Exception, SystemExit, GeneratorExit):
        # object.__dir__() would ask the value for its class.
        found = dict.fromkeys(instance_variables(value))
        for owner in ancestors(type(value)):
            found.update(dict.fromkeys(namespace(owner)))
        return list(found)


def _stored(value: Any, name: str) -> Any:
    """Return an attribute as it is stored, in the object or in its class."""
    kind = type(value)
    if issubclass(kind, type):
        own = lookup(value, name, MISSING)
    else:
        own = dict.get(instance_variables(value), name, MISSING)
    shared = lookup(kind, name, MISSING)
    if type(shared) is MemberDescriptorType:  # of __slots__
        try:
            return shared.__get__(value, kind)
        except AttributeError:
            return MISSING
    found = shared if own is MISSING else own
    # A method, a property that has computed nothing yet: to ask it would run something.
    return MISSING if found is MISSING or _is_computed(found) else found


def instance_variables(value: Any) -> Dict[str, Any]:
    """Return what an object itself has in its ``__dict__``, without asking it."""
    # Some classes have a property of that name.
    own = lookup(type(value), "__dict__")
    if type(own) not in (GetSetDescriptorType, MemberDescriptorType):
        return {}
    try:
        found = own.__get__(value, type(value))
    except Exception:  # of a class in C that is not ready yet
        return {}
    if type(found) is dict:
        return found
    return dict.copy(found) if issubclass(type(found), dict) else {}


def _is_computed(found: Any) -> bool:
    if issubclass(type(found), type):
        return False
    return lookup(type(found), "__get__", MISSING) is not MISSING


def _item(value: Any, key: str) -> Any:
    index: Any = key[1:-1] if key[0] in "'\"" else int(key)
    if issubclass(type(value), dict):
        return dict.get(value, index, MISSING)
    if type(value) in (list, tuple) and type(index) is int and -len(value) <= index < len(value):
        return value[index]
    return MISSING
