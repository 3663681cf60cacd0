"""An object as it is shown: ``ValueModel`` of ``src/error-model.ts``."""

from __future__ import annotations

from .containers import open_container, open_plain, open_stored
from .limits import LIMITS, REFUSED, Budget
from .text import ancestors, clip, encodable, json_size, lookup, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    from .containers import Container
    from .limits import Limits

# By identity: a metaclass may compare its classes as it likes.
_LITERALS = [id(cls) for cls in (bool, float, complex, type(None), type(Ellipsis), type(NotImplemented))]
_TEXTS = [id(cls) for cls in (str, bytes, bytearray)]
#: Larger numbers are shown in hexadecimal: the decimal digits take quadratic time, and Python refuses to
#: write more of them than ``sys.set_int_max_str_digits`` says, which is never less than 640.
_DECIMAL_BITS = 2048
#: Objects that have no ``repr()`` of their own are opened so deep: behind ``self`` may be all of an application.
_PLAIN_DEPTH = 3


def describe_value(obj: object, limits: Limits = LIMITS, budget: Optional[Budget] = None) -> Dict[str, Any]:
    """Return an object as JSON of at most about ``limits.value`` bytes. Never raises.

    Only containers of Python's own are walked, and by their own functions; everything else is asked for its
    ``repr()``, as long as ``budget`` has time for that.
    """
    budget = budget or Budget(limits)
    try:
        return _Description(limits, budget).value(obj, 0)
    except BaseException as error:  # no memory; KeyboardInterrupt, by which a developer stops waiting
        budget.stop(f"{type_name(type(error))} came")
        return _broken(type(obj), f"not described: {type_name(type(error))}")


class _Description:
    def __init__(self, limits: Limits, budget: Budget) -> None:
        self._limits = limits
        self._budget = budget
        self._left = limits.value
        #: The containers that the object is in.
        self._above: List[int] = []

    def value(self, obj: object, depth: int) -> Dict[str, Any]:
        cls = type(obj)
        if id(cls) in _LITERALS:
            return self._leaf("literal", cls, repr(obj), depth)
        if cls is int:
            return self._integer(obj, depth)  # type: ignore[arg-type]
        text = self._text_base(obj, cls)
        if text is not None:
            return self._text(obj, cls, text, depth)
        container = open_container(obj, self._limits.own_repr_items)
        if container is None and depth < _PLAIN_DEPTH:
            container = open_plain(obj)
        if container is None:
            return self._plain(obj, depth)
        if id(obj) in self._above:
            return self._leaf("plain", cls, f"{container.opening}...{container.closing}", depth)
        self._above.append(id(obj))
        try:
            return self._items(container, cls, depth)
        finally:
            self._above.pop()

    def _items(self, container: Container, cls: type, depth: int) -> Dict[str, Any]:
        items: List[Dict[str, Any]] = []
        made = {
            "kind": "items",
            "type": type_name(cls),
            "opening": container.opening,
            "items": items,
            "more": 0,
            "closing": container.closing,
        }
        self._left -= json_size(made) + 8
        wanted = self._limits.items[depth] if depth < len(self._limits.items) else 0
        for key, item in container.take(wanted):
            if self._left <= 0:
                break
            shown = self._key(container.keys, key, depth + 1)
            items.append({"key": shown, "value": self.value(item, depth + 1)})
            self._left -= 24
        made["more"] = max(0, container.size - len(items))
        return made

    def _key(self, keys: str, key: object, depth: int) -> Any:
        if keys == "mapping":
            return self.value(key, depth)
        if keys == "sequence" or not issubclass(type(key), str):
            return None
        name = clip(key, 200, 200)[0]  # type: ignore[arg-type]
        self._left -= len(name)
        return name

    def _integer(self, number: int, depth: int) -> Dict[str, Any]:
        bits = number.bit_length()
        if bits <= _DECIMAL_BITS:
            return self._leaf("literal", int, repr(number), depth)
        digits = (bits + 3) // 4
        shown = min(digits, self._characters(depth))
        # What is cut off is not computed either: it may be most of the memory.
        leading = abs(number) >> (4 * (digits - shown))
        text = f"{'-' if number < 0 else ''}{leading:#x}"
        return self._leaf("literal", int, text, depth, digits - shown)

    def _text_base(self, obj: object, cls: type) -> Any:
        """Return ``str``, ``bytes`` or ``bytearray`` if the object is to be shown as one of them."""
        for ancestor in ancestors(cls):
            if id(ancestor) in _TEXTS:
                if cls is ancestor or lookup(cls, "__repr__") is lookup(ancestor, "__repr__"):
                    return ancestor
                # A ``repr()`` of its own, as an enum's or ``Markup('…')``, is not asked what is too long.
                size: int = lookup(ancestor, "__len__")(obj)
                return ancestor if size > self._limits.text else None
        return None

    def _text(self, obj: Any, cls: type, base: Any, depth: int) -> Dict[str, Any]:
        content = base.__getitem__(obj, slice(0, self._characters(depth)))
        if base is bytearray:
            content = bytes(content)
        cut = base.__len__(obj) - len(content)
        text = repr(content)
        # Quotes belong around what is shown, so what is too large once it is escaped is cut before that.
        room = max(self._left, 64)
        taken = json_size(text)
        while len(content) and taken > room:
            fewer = min(len(content) - 1, len(content) * room // taken)
            cut += len(content) - fewer
            content = content[:fewer]
            text = repr(content)
            taken = json_size(text)
        return self._leaf("text", cls, text, depth, cut)

    def _plain(self, obj: object, depth: int) -> Dict[str, Any]:
        if self._budget.culprit:
            self._left -= 100
            return _broken(type(obj), "not asked for its repr(): there was no time left")
        text, problem = self._budget.ask(repr, obj)
        stored = open_stored(obj) if problem is REFUSED and id(obj) not in self._above else None
        if stored is not None:
            self._above.append(id(obj))
            try:
                return self._items(stored, type(obj), depth)
            finally:
                self._above.pop()
        if problem:
            self._left -= 100 + json_size(problem)
            return _broken(type(obj), f"its repr() raised {problem}")
        return self._leaf("plain", type(obj), text, depth)

    def _leaf(self, kind: str, cls: type, text: str, depth: int, cut: int = 0) -> Dict[str, Any]:
        shown, clipped = (encodable(text), 0) if kind == "text" else self._clip(text, depth)
        made = {"kind": kind, "type": type_name(cls), "text": shown, "cut": cut + clipped}
        self._left -= json_size(made)
        return made

    def _clip(self, text: str, depth: int) -> Tuple[str, int]:
        return clip(text, self._characters(depth) + 3, max(self._left, 64))

    def _characters(self, depth: int) -> int:
        return self._limits.inner_text if depth else self._limits.text


def _broken(cls: type, text: str) -> Dict[str, Any]:
    return {"kind": "broken", "type": type_name(cls), "text": text, "cut": 0}
