"""Which objects are WSGI applications, told by how they can be called; nothing is called here.

Attributes are read from an object's type only: to ask a proxy (``flask.request``, Django's lazy
objects) for anything may run, or break, code of the application.
"""

from __future__ import annotations

import sys

from .import_path import StandardLibraryFirst

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any, List, Optional, Tuple

_Function = type(lambda: None)
_Method = type(StandardLibraryFirst().__enter__)
_Module = type(sys)
_COROUTINE = 0x80  # inspect.CO_COROUTINE, without importing inspect
_VARIADIC = 0x04  # inspect.CO_VARARGS


class Parameters:
    """The positional parameters of a callable, without ``self``."""

    __slots__ = ("asynchronous", "names", "required", "variadic")

    def __init__(self, names: Tuple[str, ...], required: int, variadic: bool, asynchronous: bool) -> None:
        self.names = names
        self.required = required
        self.variadic = variadic
        self.asynchronous = asynchronous

    def take(self, count: int) -> bool:
        """Tell whether ``count`` positional arguments fit."""
        return self.required <= count and (self.variadic or count <= len(self.names))

    def __str__(self) -> str:
        return "({})".format(", ".join([*self.names, *(["*args"] if self.variadic else [])]))


def is_class(value: Any) -> bool:
    """Tell whether a value is a class, without asking the value itself."""
    return issubclass(type(value), type)


def is_module(value: Any) -> bool:
    """Tell whether a value is a module, without asking the value itself."""
    return issubclass(type(value), _Module)


def parameters(value: Any) -> Optional[Parameters]:
    """Return what a callable takes, or None if that cannot be known."""
    try:
        if type(value) is _Function:
            return _of_function(value, 0)
        if type(value) is _Method:
            return _of_function(getattr(value, "__func__"), 1)
        if is_class(value):
            constructor = value.__init__
            if type(constructor) is _Function and type(value) is type:
                return _of_function(constructor, 1)
            return _by_inspection(value, 0)
        # builtin functions and methods; partial objects, cached functions
        if type(value).__module__ in ("builtins", "functools"):
            return _by_inspection(value, 0)
        return _of_instance(value)
    except Exception:  # whatever a descriptor or a ``__signature__`` of the application raises
        return None


def is_asgi(value: Any) -> bool:
    """Tell whether a callable is an ASGI application, of version 3 or 2, beyond doubt."""
    if not callable(value):
        return False
    taken = parameters(value)
    if taken is None:
        return False
    if taken.names == ("scope",) and taken.required == 1:
        return True  # ASGI 2: called with the scope, it returns what takes receive and send
    if is_class(value):
        return False
    if taken.names == ("scope", "receive", "send"):
        return True
    return taken.asynchronous and taken.required == 3


def looks_like_wsgi(value: Any) -> bool:
    """Tell whether a callable declares itself a WSGI application by the names of its parameters.

    For callables nobody named: two parameters alone are what many a helper has. A class counts if
    its instances are iterables, as in PEP 3333's own example.
    """
    if not callable(value) or (is_class(value) and not hasattr(value, "__iter__")):
        return False
    taken = parameters(value)
    if taken is None or taken.asynchronous or not taken.take(2) or len(taken.names) < 2:
        return False
    first = taken.names[0].lower()
    second = taken.names[1].lower().replace("_", "")
    return (
        second in ("startresponse", "startresp")
        or first == "environ"
        or (first == "env" and second.startswith("start"))
    )


def wsgi_names(module: ModuleType) -> List[str]:
    """Return the names of the WSGI applications a module holds, each object once.

    Classes and plain functions count where they are defined only; an instance, or a function that
    another one made, wherever it is visible.
    """
    names: List[str] = []
    seen: List[Any] = []
    for name, value in list(vars(module).items()):
        if name.startswith("_") or any(value is other for other in seen):
            continue
        if is_class(value) or type(value) is _Function:
            made = "<locals>" in value.__qualname__ and not is_class(value)
            if value.__module__ != module.__name__ and not made:
                continue
        if looks_like_wsgi(value):
            names.append(name)
            seen.append(value)
    return names


def _of_instance(value: Any) -> Optional[Parameters]:
    for owner in type(value).__mro__:
        call = vars(owner).get("__call__")
        if call is None:
            continue
        if type(call) is staticmethod:
            return parameters(call.__func__)
        if type(call) is _Function:
            return _of_function(call, 1)
        if type(call) is classmethod:
            return _of_function(call.__func__, 1)
        # A compiled method is bound like a function; what has no __get__ gets no ``self``.
        return _by_inspection(call, 1) if hasattr(type(call), "__get__") else parameters(call)
    return None


def _of_function(function: Any, skip: int) -> Parameters:
    # ``__wrapped__`` tells what the function takes that a decorator's ``(*args)`` hides.
    if function.__dict__ and "__wrapped__" in function.__dict__:
        found = _by_inspection(function, skip)
        if found is not None:
            return found
    code: CodeType = function.__code__
    names = code.co_varnames[skip : code.co_argcount]
    required = code.co_argcount - skip - len(function.__defaults__ or ())
    return Parameters(
        names, max(required, 0), bool(code.co_flags & _VARIADIC), bool(code.co_flags & _COROUTINE)
    )


def _by_inspection(value: Any, skip: int) -> Optional[Parameters]:
    with StandardLibraryFirst():
        import inspect
    try:
        found = list(inspect.signature(value).parameters.values())
    except (TypeError, ValueError):
        return None
    positional = [
        parameter
        for parameter in found
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ][skip:]
    function = getattr(value, "func", value)  # functools.partial
    return Parameters(
        tuple(parameter.name for parameter in positional),
        sum(parameter.default is parameter.empty for parameter in positional),
        any(parameter.kind is parameter.VAR_POSITIONAL for parameter in found),
        inspect.iscoroutinefunction(function),
    )
