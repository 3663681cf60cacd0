"""What ``dump()`` and ``help()`` show in a console."""

from __future__ import annotations

from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    WrapperDescriptorType,
)

from .containers import open_container
from .limits import LIMITS, Budget
from .stored import attributes, instance_variables
from .text import clip, exact, plain_title, type_name
from .values import describe_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, List, Mapping, Tuple

    from .containers import Container

    Exhibit = Dict[str, Any]

VARIABLES = 200
"""Variables that are shown of one object."""

TEXT = 65536
"""Characters of help that are shown."""

SIZE = 262144
"""Bytes of JSON that the variables of one exhibit may take, about."""

SHOWN = 20
"""Exhibits of one evaluation."""

INTRODUCTION = """\
This console runs Python in the frame you have chosen. Names are those of the frame; what you assign stays
here and changes nothing in the application.

  dump()        the variables of this frame
  dump(object)  what an object holds
  help(object)  its documentation
  _             the last value
"""

SECONDS = 1.0
"""That the variables of one exhibit may take to say what they are."""

_NOTHING = object()

_ROUTINES = (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    WrapperDescriptorType,
)


class Exhibits:
    """The two functions of one console, and what they were asked to show."""

    def __init__(self, variables: Callable[[], Mapping[str, Any]]) -> None:
        self._variables = variables
        self.shown: List[Exhibit] = []

    def dump(self, obj: Any = _NOTHING) -> None:
        """Show the variables of this frame, or what an object holds."""
        if obj is _NOTHING:
            self._show(_variables("Variables of this frame", self._variables().items()))
            return
        name = type_name(type(obj))
        container = open_container(obj, 0)
        if container is not None and container.keys != "fields":
            self._show(_variables("Contents of %s" % name, _contents(container)))
            if not instance_variables(obj):
                return
        self._show(_variables("Attributes of %s" % name, _attributes(obj)))

    def help(self, obj: Any = _NOTHING) -> None:
        """Show the documentation of an object."""
        if obj is _NOTHING:
            self._show({"kind": "text", "title": "The console", "text": INTRODUCTION})
            return
        import pydoc

        try:
            text = pydoc.plain(pydoc.render_doc(obj, "Help on %s"))
        except ImportError as error:  # of a name that there is no documentation for
            text = str(error)
        cut = "" if len(text) <= TEXT else "\n… and %d characters more\n" % (len(text) - TEXT)
        title = obj if isinstance(obj, str) else getattr(obj, "__name__", None)
        title = title if isinstance(title, str) else type_name(type(obj))
        text = _encodable(text[:TEXT]) + cut
        self._show({"kind": "text", "title": _encodable("Help on %s" % title), "text": text})

    def _show(self, exhibit: Exhibit) -> None:
        if len(self.shown) < SHOWN:
            self.shown.append(exhibit)


def _variables(title: str, items: Any) -> Exhibit:
    from json import dumps

    described: List[Dict[str, Any]] = []
    budget = Budget(LIMITS._replace(seconds=SECONDS))
    size = 0
    for name, value in items:
        if len(described) >= VARIABLES or size > SIZE:
            title += ": the first %d" % len(described)
            break
        one = {"name": _encodable(str(name)), "value": describe_value(value, LIMITS, budget)}
        size += len(dumps(one))
        described.append(one)
    return {"kind": "variables", "title": title, "variables": described}


def _contents(container: Container) -> Iterator[Tuple[str, Any]]:
    for index, (key, value) in enumerate(container.take(VARIABLES + 1)):
        if container.keys == "sequence":
            yield str(index), value
        else:
            yield (exact(key) if type(key) is str else _written(key)), value


def _written(key: object) -> str:
    text, problem = Budget().ask(repr, key)
    return clip(problem or text, 200, 800)[0]


def _attributes(obj: Any) -> Iterator[Tuple[str, Any]]:
    """Yield what an object holds: no methods, and nothing that has a name of Python's own.

    Properties are asked for: that is what somebody wants who dumps an object.
    """
    for name in attributes(obj):
        if type(name) is not str or name.startswith("__") and name.endswith("__"):
            continue
        try:
            value = getattr(obj, name)
        except (Exception, SystemExit, GeneratorExit) as error:
            value = _Failed(plain_title(error))
        if not _is_routine(value):
            yield name, value


def _is_routine(value: Any) -> bool:
    # Not asked for its class: a proxy without anything behind it would raise.
    return issubclass(type(value), _ROUTINES)


class _Failed:
    """In place of an attribute that raises when it is asked for."""

    def __init__(self, problem: str) -> None:
        self._problem = problem

    def __repr__(self) -> str:
        return "<%s>" % self._problem


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
