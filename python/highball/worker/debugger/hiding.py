"""Which frames an application hides by a variable ``__traceback_hide__``, as Paste has introduced it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence


def hidden(values: Sequence[object]) -> List[bool]:
    """Tell of each frame, outermost first, whether it is hidden, by what each says; None says nothing.

    ``"before"`` hides the frames outside of this one, ``"after"`` those within it, until one says
    ``"reset"``; with ``_and_this`` this one as well. Anything else that is true hides this one. What would
    hide all hides none.
    """
    found: List[bool] = []
    hiding = False
    for value in values:
        word = value if type(value) is str else ""
        direction = word[: -len("_and_this")] if word.endswith("_and_this") else word
        if direction == "before":
            found = [True] * len(found)
        if direction in ("before", "reset", "after"):
            hiding = direction == "after"
            found.append(direction != word)
        else:
            found.append(hiding or _is_true(value))
    return [False] * len(found) if all(found) else found


def _is_true(value: object) -> bool:
    try:
        return bool(value)
    except BaseException:  # The application's own.
        return False
