"""Picks the application out of an imported module, and says why a value cannot be one."""

from __future__ import annotations

import sys

from .callables import is_asgi, is_class, is_module, parameters, wsgi_names
from .failure import LoadFailure, import_failed
from .import_path import StandardLibraryFirst
from .location import module_file, nearest
from .target import command_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, List

    from .target import Call, Target

FACTORIES = ("create_app", "make_app")
"""Factories that are called although APP has no parentheses, as ``flask run`` does."""

MISSING = object()
"""Stands for an attribute that does not exist."""


def attribute(module: ModuleType, name: str) -> Any:
    """Return an attribute of a module, also one that its ``__getattr__`` makes, or ``MISSING``."""
    try:
        return getattr(module, name)
    except AttributeError:
        return MISSING


def resolve(module: ModuleType, target: Target) -> Any:
    """Follow the dotted attribute of APP.

    Raises LoadFailure (APPLICATION_ATTRIBUTE_NOT_FOUND) with near misses.
    """
    value: Any = module
    path = ""
    for part in (target.attribute or "").split("."):
        try:
            value = getattr(value, part)
        except AttributeError:
            raise _no_attribute(module, value, path, part, target) from None
        path = f"{path}.{part}" if path else part
    return value


def call_factory(factory: Any, call: Call, name: str, source: str) -> Any:
    """Call a factory; ``name`` is what the call looks like, ``source`` what APP says before the colon.

    Raises LoadFailure: APPLICATION_FACTORY_ARGUMENTS if it cannot be called like that, and
    APPLICATION_IMPORT_FAILED if it was, and raised.
    """
    called = name.partition("(")[0]
    if not callable(factory):
        raise LoadFailure(
            "APPLICATION_NOT_CALLABLE",
            f"{name!r} cannot be called: {called!r} is {_kind(factory)}.",
            f"Type: {command_line(source + ':' + called.partition(':')[2])}",
        )
    try:
        return factory(*call.positional, **call.keywords)
    except BaseException as exc:
        if not isinstance(exc, TypeError) or not _was_not_entered(factory, call, exc):
            raise import_failed(f"Calling {name!r}", exc) from None
        taken = _signature(factory)
        function = called.rpartition(".")[2].rpartition(":")[2]
        example = source + ":" + called.partition(":")[2] + ("()" if taken == "()" else '("...")')
        raise LoadFailure(
            "APPLICATION_FACTORY_ARGUMENTS",
            f"{name!r} was called with the wrong arguments: {exc}.",
            f"It is {function}{taken}; type, with literals only: {command_line(example)}",
        ) from None


def check(value: Any, name: str, source: str, called: bool) -> None:
    """Raise LoadFailure if a value cannot be a WSGI application.

    A callable whose parameters cannot be known passes.
    """
    expression = name.partition(":")[2]
    shown = f"what {name!r} returned" if called else repr(name)
    if is_asgi(value):
        raise _asgi(value, name, source, shown)
    hint = ""
    if value is None and called:
        problem = "is None: the factory returns nothing"
    elif is_module(value):
        problem = "is a module"
        hint = f"Type: {command_line(value.__name__)}"
    elif not callable(value):
        problem = f"is {_kind(value)}, which cannot be called"
        if hasattr(value, "close") and hasattr(value, "cr_frame"):
            value.close()  # else Python warns that it was never awaited
            problem = "is a coroutine: an asynchronous factory cannot make a WSGI application"
        for method in ("wsgifunc", "make_wsgi_app"):  # web.py, Pyramid's Configurator
            if hasattr(value, method):
                hint = f"Type: {command_line(f'{source}:{expression}.{method}()')}"
    else:
        taken = parameters(value)
        if taken is None:
            return
        if taken.asynchronous:
            problem = "is an asynchronous function; WSGI applications are called without await"
        elif is_class(value) and not _is_application_class(value):
            problem = "is a class whose instances cannot be iterated over"
            hint = f"An instance of it? Type: {command_line(f'{source}:{expression}()')}"
        elif not taken.take(2):
            problem = f"takes {taken}, not (environ, start_response)"
            if taken.required == 0 and not called:
                hint = f"A factory? Type: {command_line(f'{source}:{expression}()')}"
        else:
            return
    others = "" if hint else _others(name, source)
    raise LoadFailure(
        "APPLICATION_NOT_CALLABLE", f"{shown} is not a WSGI application: it {problem}.", hint or others
    )


def bottle_application() -> Any:
    """Return Bottle's default application if routes were added to it, else None."""
    bottle = sys.modules.get("bottle")
    if bottle is None:
        return None
    default = bottle.default_app()
    return default if getattr(default, "routes", None) else None


def nothing_found(module: ModuleType, source: str) -> LoadFailure:
    """Return the failure for a module that holds nothing that could be served."""
    for name, value in list(vars(module).items()):
        if not name.startswith("_") and not is_class(value) and is_asgi(value):
            if getattr(value, "__module__", "") == module.__name__ or not hasattr(value, "__code__"):
                return _asgi(value, f"{module.__name__}:{name}", source, repr(f"{module.__name__}:{name}"))
    hint = ""
    for folder in getattr(module, "__path__", ()):
        for name in ("wsgi", "app", "main"):
            if module_file(folder, name) and not hint:
                hint = f"Did you mean {name!r} in it? Type: {command_line(f'{module.__name__}.{name}')}"
    return LoadFailure(
        "APPLICATION_ATTRIBUTE_NOT_FOUND",
        f"Module {module.__name__!r}{_file(module)} has no WSGI application: neither 'app' nor 'application'"
        ", no other callable with (environ, start_response), no 'create_app' or 'make_app'.",
        hint or _possible_factory(module, source) or f"Name it: {command_line(f'{source}:NAME')}",
    )


def _no_attribute(module: ModuleType, value: Any, path: str, part: str, target: Target) -> LoadFailure:
    owner = f"Module {module.__name__!r}{_file(module)}" if not path else f"{module.__name__}:{path}"
    prefix = f"{target.source}:{path}." if path else f"{target.source}:"
    names = [name for name in dir(value) if not name.startswith("_")]
    near = nearest(part, names)
    hint = ""
    if near:
        rest = target.expression[len(path) + bool(path) + len(part) :]
        hint = f"Did you mean {near!r}? Type: {command_line(prefix + near + rest)}"
    elif not path:
        for folder in getattr(module, "__path__", ()):
            if module_file(folder, part):
                hint = f"Did you mean the module? Type: {command_line(f'{module.__name__}.{part}')}"
        hint = hint or _others(f"{module.__name__}:{part}", target.source)
    return LoadFailure("APPLICATION_ATTRIBUTE_NOT_FOUND", f"{owner} has no attribute {part!r}.", hint)


def _asgi(value: Any, name: str, source: str, shown: str) -> LoadFailure:
    kind = _kind(value)
    hint = f"Serve it with an ASGI server: uvicorn {name}"
    package, dot, last = source.rpartition(".")
    if last == "asgi":  # a Django project has both
        hint = f"Type: {command_line(f'{package}{dot}wsgi')}"
    return LoadFailure(
        "APPLICATION_IS_ASGI",
        f"{shown} is an ASGI application ({kind.partition(' ')[2]}); Highball serves WSGI applications.",
        hint,
    )


def _is_application_class(value: Any) -> bool:
    # PEP 3333: calling the class gives the iterable; a metaclass or __new__ may give anything.
    if hasattr(value, "__iter__") or type(value) is not type:
        return True
    return getattr(value, "__new__") is not getattr(object, "__new__")


def _was_not_entered(factory: Any, call: Call, exc: TypeError) -> bool:
    if exc.__traceback__ is None or exc.__traceback__.tb_next is None:
        return True
    # A decorator's wrapper was entered, but what it wraps may not have been.
    with StandardLibraryFirst():
        import inspect
    try:
        inspect.signature(factory).bind(*call.positional, **call.keywords)
    except TypeError:
        return True
    except ValueError:
        pass
    return False


def _signature(factory: Any) -> str:
    with StandardLibraryFirst():
        import inspect
    try:
        return str(inspect.signature(factory))
    except (TypeError, ValueError):
        return "(...)"


def _kind(value: Any) -> str:
    kind = type(value)
    if kind is type(_kind):
        return "a function"
    if is_class(value):
        return "a class"
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def _file(module: ModuleType) -> str:
    file = getattr(module, "__file__", None)
    if file:
        return f" ({file})"
    folders = list(getattr(module, "__path__", ()))
    return f" (a folder without __init__.py: {folders[0]})" if folders else ""


def _others(name: str, source: str) -> str:
    module = sys.modules.get(name.partition(":")[0])
    names: List[str] = [] if module is None else wsgi_names(module)
    if not names:
        return ""
    return "Its WSGI applications: " + " or ".join(command_line(f"{source}:{other}") for other in names[:5])


def _possible_factory(module: ModuleType, source: str) -> str:
    for name, value in list(vars(module).items()):
        if type(value) is not type(_kind) or value.__module__ != module.__name__ or name.startswith("_"):
            continue
        taken = parameters(value)
        if "app" in name.lower() and taken is not None and taken.required == 0:
            return f"Does {name!r} make the application? Type: {command_line(f'{source}:{name}()')}"
    return ""
