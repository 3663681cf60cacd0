"""Finds, imports and picks the WSGI application that APP names."""

from __future__ import annotations

import os

from .callables import is_asgi, looks_like_wsgi, wsgi_names
from .failure import LoadFailure
from .import_path import put_first
from .importing import attempt, import_location
from .location import locate
from .picking import (
    FACTORIES,
    MISSING,
    attribute,
    bottle_application,
    call_factory,
    check,
    nothing_found,
    resolve,
)
from .target import Call, command_line, parse_target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, Optional, Sequence


class Loaded:
    """An application, and the name it is shown by: ``pkg.mod:attribute``."""

    __slots__ = ("application", "name")

    def __init__(self, application: Callable[..., Any], name: str) -> None:
        self.application = application
        self.name = name


def load(
    target: str, *, directory: str, python_path: Sequence[str] = (), preloaded: Sequence[str] = ()
) -> Loaded:
    """Load the application that ``target`` (APP on the command line) names.

    ``directory`` is what names in it are relative to; it goes first on ``sys.path``, after the
    folders of ``python_path``. Libraries named in ``preloaded`` were imported before the application's
    folders were known. Raises LoadFailure for everything that can go wrong, whatever the
    application raised, so that nothing else has to be expected.
    """
    directory = os.path.abspath(directory)
    parsed = parse_target(target, directory)
    folders = [os.path.abspath(os.path.join(directory, folder)) for folder in python_path]
    location = locate(parsed.source, directory, folders)
    settings = ""
    if location.manage and parsed.attribute is None:
        from .django_project import settings_module

        settings = settings_module(location.manage)
    put_first([*folders, *([location.folder] if location.folder else []), directory], preloaded)
    if settings:
        from .django_project import django_application

        return Loaded(*django_application(settings, location.manage, directory))
    module = import_location(location, parsed.expression, directory)
    if parsed.attribute is None:
        return _found(module, parsed.source)
    name = f"{module.__name__}:{parsed.expression}"
    value = attempt(f"Looking up {name!r}", lambda: resolve(module, parsed))
    call = parsed.call
    if call is None and parsed.attribute.rpartition(".")[2] in FACTORIES and not _is_application(value):
        call = Call((), {})
        name += "()"
    return _checked(value, call, name, parsed.source)


def _found(module: ModuleType, source: str) -> Loaded:
    """Pick an application from a module that was named without an attribute."""
    passed_over: Optional[LoadFailure] = None
    for name in ("app", "application"):
        value = attempt(f"Looking up {name!r}", lambda: attribute(module, name))
        if value is MISSING:
            continue
        label = f"{module.__name__}:{name}"
        try:
            return _checked(value, None, label, source)
        except LoadFailure as failure:
            passed_over = passed_over or failure
    names = wsgi_names(module)
    if len(names) > 1:
        lines = " or ".join(command_line(f"{source}:{name}") for name in names[:5])
        listed = ", ".join(repr(name) for name in names)
        raise LoadFailure(
            "APPLICATION_AMBIGUOUS",
            f"Module {module.__name__!r} has {len(names)} WSGI applications: {listed}.",
            f"Choose one: {lines}",
        )
    if names:
        return Loaded(vars(module)[names[0]], f"{module.__name__}:{names[0]}")
    for name in FACTORIES:
        value = attempt(f"Looking up {name!r}", lambda: attribute(module, name))
        if value is not MISSING and callable(value) and not is_asgi(value):
            return _checked(value, Call((), {}), f"{module.__name__}:{name}()", source)
    if passed_over is None and bottle_application() is not None:
        return Loaded(bottle_application(), f"{module.__name__}:bottle.default_app()")
    raise passed_over or nothing_found(module, source)


def _checked(value: Any, call: Optional[Call], name: str, source: str) -> Loaded:
    if call is not None:
        value = call_factory(value, call, name, source)
    check(value, name, source, called=call is not None)
    return Loaded(value, name)


def _is_application(value: Any) -> bool:
    return looks_like_wsgi(value) or is_asgi(value) or not callable(value)
