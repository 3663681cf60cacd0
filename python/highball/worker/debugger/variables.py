"""The variables of a frame that help to understand it."""

from __future__ import annotations

import re
from itertools import islice
from types import BuiltinFunctionType, FunctionType, ModuleType

from .limits import LIMITS, Budget
from .text import clip, encodable, json_size, type_name
from .values import describe_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Dict, Iterable, List, Mapping, Tuple

    from .limits import Limits

    Variables = List[Tuple[str, object]]

#: Said to the debugger, or by the compiler.
_DIRECTIONS = ("__traceback_hide__", "__traceback_info__", "__tracebackhide__", "__class__")
#: Bytes of a name, and what is the least that a variable takes.
_NAME, _LEAST = 400, 200
#: ``inspect.CO_OPTIMIZED``: the code is a function's. ``inspect`` is slow to import.
_OPTIMIZED = 1
#: Of a module's variables: many lines name a few, none names more.
_GLOBALS = 10
_NAMES = re.compile(r"(?<![\w.])[^\W\d]\w*")
#: Outside of the request they stand for nothing; in the console they do.
_FOR_THE_CONSOLE = ("werkzeug.local.LocalProxy",)


def variables_of(frame: FrameType) -> Variables:
    """Return the variables of a frame that are worth to be shown, in their order."""
    if frame.f_code.co_name == "<module>" and frame.f_code.co_filename.startswith("<console "):
        return []  # those of the frame that the console is in, which are shown there
    pairs = [(name, obj) for name, obj in _variables(frame) if _is_shown(name)]
    if frame.f_code.co_flags & _OPTIMIZED:
        return pairs
    # The body of a module or a class. What it has imported and defined stands in its source and says nothing
    # of its state, and there is so much of it that the few variables that do would not be seen.
    return [(name, obj) for name, obj in pairs if not name.startswith("__") and not is_definition(obj)]


def globals_named(frame: FrameType, source: str) -> Variables:
    """Return the variables of a function's module that the lines in ``source`` name, and that are data."""
    code, namespace = frame.f_code, frame.f_globals
    if not code.co_flags & _OPTIMIZED:
        return []
    found = []
    for name in dict.fromkeys(_NAMES.findall(source)):
        # Attributes are among the names of the code, too.
        obj = namespace.get(name, _definition) if name in code.co_names else _definition
        if not is_definition(obj) and type_name(type(obj)) not in _FOR_THE_CONSOLE:
            found.append((name, obj))
    return found[:_GLOBALS]


def direction(frame: FrameType, name: str) -> object:
    """Return what a frame tells the debugger in a variable; None if it has no such variable."""
    code: CodeType = frame.f_code
    # To ask a frame for its variables copies them all.
    if code.co_flags & _OPTIMIZED and name not in (*code.co_varnames, *code.co_cellvars, *code.co_freevars):
        return None
    return next((obj for found, obj in _variables(frame) if found == name), None)


def describe_variables(
    variables: Iterable[Tuple[str, object]], budget: Budget, room: int = LIMITS.total, limits: Limits = LIMITS
) -> Tuple[List[Dict[str, Any]], int]:
    """Return variables as JSON of at most ``room`` bytes that ``budget`` has, and how many did not fit."""
    shown: List[Dict[str, Any]] = []
    left_out = 0
    for name, obj in variables:
        left = min(room, budget.left) - _NAME
        if len(shown) >= limits.variables or left < _LEAST:
            left_out += 1
            continue
        value = describe_value(obj, limits._replace(value=min(left, limits.value)), budget)
        made = {"name": clip(name, 200, _NAME)[0], "value": value}
        size = json_size(made) + 2
        if size > room or not budget.take(size):
            left_out += 1
            continue
        room -= size
        shown.append(made)
    return shown, left_out


def is_definition(obj: object) -> bool:
    """Tell whether source says all about an object: it is a module, a function, a class or a type."""
    cls = type(obj)
    if issubclass(cls, (ModuleType, FunctionType, BuiltinFunctionType, type)):
        return True
    # ``Optional[int]``, and what ``from __future__ import annotations`` leaves behind.
    return type_name(cls).startswith(("typing.", "__future__."))


def _definition() -> None:
    """Stand for a name that a module does not have."""


def _variables(frame: FrameType) -> Variables:
    found: Mapping[Any, object] = frame.f_locals
    try:
        # A class may have its body run in a mapping of its own, and ``exec()`` takes any.
        is_dict = issubclass(type(found), dict)
        items: Any = dict.items(found) if is_dict else found.items()  # type: ignore[arg-type]
        # Modules may have names that are none: vars(module)[1] = 2.
        pairs = list(islice(items, 10_000))
        return [(encodable(name), obj) for name, obj in pairs if issubclass(type(name), str)]
    except BaseException:
        return []


def _is_shown(name: str) -> bool:
    # ``.0`` is what a comprehension goes through, ``@py_assert1`` is pytest's.
    return name not in _DIRECTIONS and not name.startswith((".", "@"))
