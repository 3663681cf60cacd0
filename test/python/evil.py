"""Objects that do their worst when they are looked at, by the harm that they do."""

from __future__ import annotations

import sys
from typing import Any, Dict, List


class RaisingRepr:
    def __repr__(self) -> str:
        raise ValueError("no repr")


class ExitingRepr:
    def __repr__(self) -> str:
        sys.exit(3)


class InterruptedRepr:
    def __repr__(self) -> str:
        raise KeyboardInterrupt


class RecursingRepr:
    def __repr__(self) -> str:
        return f"<{self!r}>"


class PrintingRepr:
    def __repr__(self) -> str:
        print("printed by a repr", file=sys.stderr)
        return "<printed>"


class NoTextRepr:
    def __repr__(self) -> str:
        return 3  # type: ignore[return-value]


class SurrogateRepr:
    def __repr__(self) -> str:
        return "<\udcff>"


class HugeRepr:
    def __repr__(self) -> str:
        return "\U0001f600" * 100_000


class OtherText(str):
    """A ``str`` that every function has been taken from."""

    def __repr__(self) -> str:
        raise ValueError("no repr")

    def __str__(self) -> str:
        raise ValueError("no str")

    def __len__(self) -> int:
        raise ValueError("no length")

    def __eq__(self, other: object) -> bool:
        raise ValueError("no comparison")

    __hash__ = str.__hash__

    def encode(self, *arguments: Any, **more: Any) -> bytes:
        raise ValueError("no bytes")

    def __getitem__(self, index: Any) -> str:
        raise ValueError("no characters")


class TextRepr:
    def __repr__(self) -> str:
        return OtherText("<other>")


class RaisingError(Exception):
    def __str__(self) -> str:
        raise self

    __repr__ = __str__


class RaisingErrorRepr:
    def __repr__(self) -> str:
        raise RaisingError()


class Liar:
    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return dict

    def __repr__(self) -> str:
        return "<liar>"


class RaisingClass:
    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise ValueError("no class")


class RaisingAttributes:
    def __getattribute__(self, name: str) -> Any:
        raise ValueError(name)


class EndlessAttributes:
    def __getattr__(self, name: str) -> Any:
        return EndlessAttributes()


class Endless:
    """A sequence that never ends."""

    def __len__(self) -> int:
        return 1 << 60

    def __getitem__(self, index: int) -> int:
        return index

    def __iter__(self) -> Any:
        while True:
            yield 1


class EvilMeta(type):
    def __repr__(cls) -> str:
        raise ValueError("no repr of the class")

    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise ValueError("no name")

    @property
    def __mro__(cls) -> Any:  # type: ignore[override]
        raise ValueError("no order")

    def __instancecheck__(cls, instance: object) -> bool:
        raise ValueError("no instances")

    def __subclasscheck__(cls, subclass: type) -> bool:
        raise ValueError("no subclasses")

    def __eq__(cls, other: object) -> bool:
        raise ValueError("no comparison")

    def __hash__(cls) -> int:
        raise ValueError("no hash")


class OddModule:
    __module__ = OtherText("odd")


class NoModule:
    __module__ = 7  # type: ignore[assignment]


class EvilList(list):  # type: ignore[type-arg]
    def __iter__(self) -> Any:
        raise ValueError("no items")

    def __len__(self) -> int:
        raise ValueError("no length")

    def __getitem__(self, index: Any) -> Any:
        raise ValueError("no item")


class EvilDict(dict):  # type: ignore[type-arg]
    def items(self) -> Any:
        raise ValueError("no items")

    def __iter__(self) -> Any:
        raise ValueError("no keys")

    def __len__(self) -> int:
        raise ValueError("no length")


class EvilKey:
    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        raise ValueError("no comparison")

    __repr__ = RaisingRepr.__repr__


def circle() -> List[Any]:
    made: List[Any] = [1]
    made.append(made)
    made.append({"again": made})
    return made


def deep() -> List[Any]:
    made: List[Any] = []
    for _ in range(100_000):
        made = [made]
    return made


def objects() -> Dict[str, Any]:
    """Return one of each, by name."""
    evil_class: Any = EvilMeta("EvilClass", (), {})
    found: Dict[str, Any] = {
        cls.__name__: cls()
        for cls in (
            RaisingRepr,
            ExitingRepr,
            RecursingRepr,
            PrintingRepr,
            NoTextRepr,
            SurrogateRepr,
            HugeRepr,
            OtherText,
            TextRepr,
            RaisingError,
            RaisingErrorRepr,
            Liar,
            RaisingClass,
            RaisingAttributes,
            EndlessAttributes,
            Endless,
            OddModule,
            NoModule,
        )
    }
    found.update(
        text=OtherText("long" * 10_000),
        evil_class=evil_class,
        evil_instance=evil_class(),
        evil_list=EvilList([1, 2, 3]),
        evil_dict=EvilDict(a=1),
        evil_keys={EvilKey(): 1},
        circle=circle(),
        deep=deep(),
        surrogates="\ud800 and \udcff",
        huge_number=7 ** (1 << 17),
        huge_text="\U0001f600" * 1_000_000,
        huge_bytes=b"\0" * 1_000_000,
        huge_list=list(range(1_000_000)),
        huge_dict=dict.fromkeys(range(100_000)),
        wide={str(number): list(range(number)) for number in range(300)},
        bushy=[[[[["x" * 100] * 100] * 100] * 100] * 100],
    )
    return found
