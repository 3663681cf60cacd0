"""What is in a container, past whatever its class does when it is asked."""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, UserDict, UserList, defaultdict, deque
from gc import get_referents
from itertools import islice
from types import FunctionType, MappingProxyType, MemberDescriptorType, SimpleNamespace
from typing import NamedTuple

from .stored import instance_variables
from .text import ancestors, exact, lookup, namespace, short_name, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

    Items = List[Tuple[object, object]]


class Container(NamedTuple):
    """A container that can be walked: ``take`` returns its first items, with their keys or names."""

    opening: str
    closing: str
    size: int
    #: ``sequence``: the keys mean nothing. ``mapping``: they are objects. ``fields``: they are names.
    keys: str
    take: Callable[[int], Items]


class _Base(NamedTuple):
    opening: str
    closing: str
    keys: str
    size: Callable[[Any], int]
    iterate: Callable[[Any], Iterable[Any]]


_MAPPING = ("{", "}", "mapping", dict.__len__, dict.items)

# Asked by their own functions: those of a subclass are the application's, and may do anything.
_BASES: Dict[type, _Base] = {
    list: _Base("[", "]", "sequence", list.__len__, list.__iter__),
    tuple: _Base("(", ")", "sequence", tuple.__len__, tuple.__iter__),
    dict: _Base(*_MAPPING),
    set: _Base("{", "}", "sequence", set.__len__, set.__iter__),
    frozenset: _Base("{", "}", "sequence", frozenset.__len__, frozenset.__iter__),
    deque: _Base("[", "]", "sequence", deque.__len__, deque.__iter__),
    Counter: _Base(*_MAPPING),
    defaultdict: _Base(*_MAPPING),
    # Has an order of its own, which that of ``dict`` need not be.
    OrderedDict: _Base(*_MAPPING[:4], OrderedDict.items),
    type({}.keys()): _Base("[", "]", "sequence", len, iter),
    type({}.values()): _Base("[", "]", "sequence", len, iter),
    type({}.items()): _Base("[", "]", "sequence", len, iter),
}
#: A metaclass may compare its classes as it likes, and have no hash for them.
_BY_ID = {id(cls): cls for cls in _BASES}
_PLAIN_REPR = object.__dict__["__repr__"]
#: Those whose ``repr()`` does not begin with their name.
_UNNAMED = [id(cls) for cls in (list, tuple, dict, set)]


def open_container(obj: object, own_repr_items: int) -> Optional[Container]:
    """Return what is needed to show an object as a container; None if its ``repr()`` shows it better.

    That of a subclass does if it has one of its own, unless there are more than ``own_repr_items`` in it:
    it may take forever then, and all memory.
    """
    cls = type(obj)
    if cls is MappingProxyType:
        return _open_proxy(obj)
    for ancestor in ancestors(cls):
        if id(ancestor) in _BY_ID:
            return _open(obj, cls, _BY_ID[id(ancestor)], own_repr_items)
    return _open_attributes(obj, cls)


def open_plain(obj: object) -> Optional[Container]:
    """Open an object whose ``repr()`` would tell its class and its address only; None if it holds nothing."""
    cls = type(obj)
    if lookup(cls, "__repr__") is not _PLAIN_REPR:
        return None
    pairs = [*instance_variables(obj).items(), *_slots(obj, cls)]
    return _fields(f"<{type_name(cls)} object: ", pairs)._replace(closing=">") if pairs else None


def _slots(obj: object, cls: type) -> Iterator[Tuple[str, object]]:
    for ancestor in ancestors(cls):
        for name, slot in list(namespace(ancestor).items()):
            if type(slot) is MemberDescriptorType:
                try:
                    yield name, slot.__get__(obj, cls)
                except AttributeError:
                    pass  # it holds nothing yet


def open_stored(obj: object) -> Optional[Container]:
    """Open what an object holds, where its ``repr()`` would do more than look at that; None if it is nothing."""
    pairs = list(_public(instance_variables(obj)))
    opened = _fields(f"{short_name(type(obj))}(", pairs)
    return opened._replace(closing=")  # its repr() would ask the database") if pairs else None


def _open(obj: object, cls: type, base: type, own_repr_items: int) -> Optional[Container]:
    opening, closing, keys, measure, iterate = _BASES[base]
    size = measure(obj)
    own_repr = cls is not base and lookup(cls, "__repr__") is not lookup(base, "__repr__")
    if own_repr:
        fields = _tuple_fields(cls)
        if base is tuple and len(fields) == size:
            take = _taker(lambda: zip(fields, tuple.__iter__(obj)))  # type: ignore[arg-type]
            return Container(f"{short_name(cls)}(", ")", size, "fields", take)
        if size <= own_repr_items:
            return None
    if base is tuple and size == 1:
        closing = ",)"
    if id(cls) not in _UNNAMED or (cls is set and size == 0):
        if (cls is set or cls is frozenset) and size == 0:
            opening = closing = ""
        factory = f"{_factory_name(obj)}, " if base is defaultdict else ""
        opening, closing = f"{short_name(cls)}({factory}{opening}", f"{closing})"
    if keys == "mapping":
        return Container(opening, closing, size, keys, _taker(lambda: iterate(obj)))
    return Container(opening, closing, size, keys, _taker(lambda: ((None, item) for item in iterate(obj))))


def _open_proxy(obj: object) -> Optional[Container]:
    """Open the mapping behind a proxy, whose own functions would ask it, if it is a ``dict``."""
    for mapping in get_referents(obj):
        if issubclass(type(mapping), dict):
            take = _taker(lambda: dict.items(mapping))
            return Container("mappingproxy({", "})", dict.__len__(mapping), "mapping", take)
    return None


def _open_attributes(obj: object, cls: type) -> Optional[Container]:
    if cls is SimpleNamespace:
        attributes = instance_variables(obj)
        return _fields("namespace(", list(attributes.items()))
    if any(lookup(cls, "__repr__") is lookup(base, "__repr__") for base in (UserDict, UserList)):
        # Their ``repr()`` is that of a ``dict`` or a ``list`` of any size.
        return _fields(f"{short_name(cls)}(", list(instance_variables(obj).items()))
    names = _dataclass_fields(cls)
    if names is None and "_sa_instance_state" in instance_variables(obj):
        return _open_row(obj, cls)
    if names is None:
        return _open_sqlite_row(obj, cls)
    values = ((name, _field(obj, cls, name)) for name in names)
    return _fields(f"{short_name(cls)}(", [(name, value[0]) for name, value in values if value])


def _open_row(obj: object, cls: type) -> Container:
    """Open what SQLAlchemy has loaded of a row: its ``repr()`` may ask for the rest, as after each commit."""
    attributes = instance_variables(obj)
    pairs = list(_public(attributes))
    key = getattr(attributes["_sa_instance_state"], "key", None)
    if not pairs and type(key) is tuple and len(key) > 1:
        pairs = [("identity", key[1])]
    return _fields(f"{short_name(cls)}(", pairs)


def _open_sqlite_row(obj: Any, cls: type) -> Optional[Container]:
    """Open a row of ``sqlite3``, whose ``repr()`` tells its address only; None if it is none."""
    row: Any = getattr(sys.modules.get("sqlite3"), "Row", None)
    if lookup(cls, "__repr__") is not _PLAIN_REPR or all(base is not row for base in ancestors(cls)):
        return None
    size = row.__len__(obj)
    # By position: PyPy's has no ``__iter__``, and of two columns of one name the second could not be had.
    take = _taker(lambda: zip(row.keys(obj), (row.__getitem__(obj, index) for index in range(size))))
    return Container(f"{short_name(cls)}({{", "})", size, "mapping", take)


def _public(attributes: Dict[str, object]) -> Iterator[Tuple[str, object]]:
    for name, value in list(attributes.items()):
        if issubclass(type(name), str) and not name.startswith("_"):
            yield name, value


def _fields(opening: str, pairs: List[Tuple[str, object]]) -> Container:
    return Container(opening, ")", len(pairs), "fields", _taker(lambda: iter(pairs)))


def _taker(iterate: Callable[[], Iterable[Tuple[object, object]]]) -> Callable[[int], Items]:
    def take(count: int) -> Items:
        try:
            return list(islice(iterate(), count))
        except BaseException:  # Another thread changes it, or a proxy's mapping is the application's.
            return []

    return take


def _factory_name(obj: Any) -> str:
    factory = defaultdict.__dict__["default_factory"].__get__(obj)
    if issubclass(type(factory), type):
        return f"<class '{type_name(factory)}'>"
    return "None" if factory is None else f"<{type_name(type(factory))}>"


def _tuple_fields(cls: type) -> Tuple[str, ...]:
    """Return the names of a named tuple's fields if its ``repr()`` is the one that ``namedtuple`` made."""
    function = lookup(cls, "__repr__")
    names = lookup(cls, "_fields")
    if type(function) is not FunctionType or function.__globals__ is not vars(sys.modules["collections"]):
        return ()
    return names if type(names) is tuple and all(type(name) is str for name in names) else ()


def _dataclass_fields(cls: type) -> Optional[List[str]]:
    """Return the names of a dataclass's fields if its ``repr()`` is the one that ``dataclass`` made."""
    dataclasses = sys.modules.get("dataclasses")
    if dataclasses is None or lookup(cls, "__dataclass_fields__") is None:
        return None
    made = getattr(lookup(cls, "__repr__"), "__wrapped__", None)
    if type(made) is not FunctionType or made.__code__.co_filename != "<string>":
        return None
    try:
        # Without those of which the author says that they are not to be shown.
        return [exact(field.name) for field in dataclasses.fields(cls) if field.repr]
    except BaseException:
        return None


def _field(obj: object, cls: type, name: str) -> Tuple[object, ...]:
    """Return the value of a field in a tuple, or none where only code of the application's could tell."""
    attributes = instance_variables(obj)
    if name in attributes:
        return (attributes[name],)
    slot = lookup(cls, name)
    if type(slot) is MemberDescriptorType:
        try:
            return (slot.__get__(obj, cls),)
        except AttributeError:
            return ()
    return ()
