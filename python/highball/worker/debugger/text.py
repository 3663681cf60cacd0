"""Text of an application's, however its objects lie, in a form that can be sent."""

from __future__ import annotations

from json import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Tuple

# Of ``type`` itself: a metaclass may say anything, or raise.
_qualname = type.__dict__["__qualname__"].__get__
_name = type.__dict__["__name__"].__get__
_module = type.__dict__["__module__"].__get__
_mro = type.__dict__["__mro__"].__get__
_own = type.__dict__["__dict__"].__get__


def type_name(cls: type) -> str:
    """Return the name of a class as Python prints it before an exception."""
    name = encodable(_qualname(cls))[:200]
    try:
        module = _module(cls)
    except Exception:  # AttributeError; there need not be one
        return name
    # It is a variable of the class's body: anything.
    prefix = encodable(module)[:200] if issubclass(type(module), str) else ""
    return name if prefix in ("", "builtins", "__main__") else f"{prefix}.{name}"


def short_name(cls: type) -> str:
    """Return the name of a class alone."""
    return encodable(_name(cls))[:200]


def ancestors(cls: type) -> Tuple[type, ...]:
    """Return the classes in which Python looks for a method."""
    found: Tuple[type, ...] = _mro(cls)
    return found


def namespace(cls: type) -> Mapping[str, Any]:
    """Return what stands in a class itself, and not in those that it derives from."""
    found: Mapping[str, Any] = _own(cls)
    return found


def lookup(cls: type, name: str, missing: object = None) -> Any:
    """Return what a class has under a name, as it stands there; ``missing`` if it has nothing."""
    for ancestor in _mro(cls):
        found = _own(ancestor)
        if name in found:
            return found[name]
    return missing


def plain_title(exc: BaseException) -> str:
    """Return ``Type: text`` of an exception in one short line. Never raises."""
    name = short_name(type(exc))
    try:
        text = exact(str(exc))
    except BaseException:
        text = "<its __str__ failed>"
    first = clip(text[:2000].strip().split("\n", 1)[0].strip(), 300, 600)[0]
    return f"{name}: {first}" if first else name


def encodable(text: str) -> str:
    """Return text that is exactly a ``str``, and can be written as UTF-8."""
    try:
        str.encode(text, "utf-8")
    except UnicodeEncodeError:
        # File names that are not UTF-8 carry lone surrogates.
        return str.encode(text, "utf-8", "backslashreplace").decode("utf-8")
    return exact(text)


def exact(text: str) -> str:
    """Return a text as a ``str``, no function of which is the application's; raises TypeError if it is none."""
    # ``str.__str__`` asks for its length on PyPy.
    return str.__getitem__(text, slice(None))


def json_size(value: object) -> int:
    """Return how many bytes a value has as JSON in ASCII, which is never less than in UTF-8."""
    return len(dumps(value))


def clip(text: str, characters: int, size: int) -> Tuple[str, int]:
    """Return the beginning of a text, within so many characters and bytes of JSON, and what is cut off."""
    length = str.__len__(text)
    shown = encodable(str.__getitem__(text, slice(0, max(0, characters))))
    cut = max(0, length - max(0, characters))
    taken = json_size(shown) - 2
    while shown and taken > size:
        fewer = min(len(shown) - 1, len(shown) * size // taken)
        cut += len(shown) - fewer
        shown = shown[:fewer]
        taken = json_size(shown) - 2
    return shown, cut
