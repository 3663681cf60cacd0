"""The WSGI application of a Django project, as ``manage.py runserver`` finds it."""

from __future__ import annotations

import os
import sys

from .failure import LoadFailure, import_failed, place
from .importing import attempt, import_named
from .picking import check
from .target import command_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any, Optional, Tuple

VARIABLE = "DJANGO_SETTINGS_MODULE"


def settings_module(manage: str) -> str:
    """Return the settings module that a ``manage.py`` uses, or '' if it is not Django's.

    It is read, never run. As when it runs, DJANGO_SETTINGS_MODULE in the environment wins over
    ``os.environ.setdefault``. Raises LoadFailure if the file computes the name, or has several.
    """
    try:
        with open(manage, "rb") as file:
            source = file.read()
    except OSError:
        return ""
    if VARIABLE.encode("ascii") not in source:
        return ""
    import ast

    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""  # to import it shows what is wrong with it
    if not any(_text(node) == VARIABLE for node in nodes):
        return ""
    names = list(dict.fromkeys(name for name in map(_assigned, nodes) if name))
    if not names:
        if os.environ.get(VARIABLE):
            return os.environ[VARIABLE]
        names = list(dict.fromkeys(name for name in map(_default, nodes) if name))
    if len(names) == 1:
        return names[0]
    listed = " and ".join(repr(name) for name in names)
    raise LoadFailure(
        "APPLICATION_AMBIGUOUS",
        f"{manage!r} does not say plainly which settings Django is to use"
        + (f": it names {listed}." if names else "."),
        f"Choose: highball --env {VARIABLE}={names[0] if names else 'package.settings'} "
        + command_line(manage).partition(" ")[2],
    )


def django_application(settings: str, manage: str, directory: str) -> Tuple[Any, str]:
    """Return the application of a project and the name it is shown by.

    That is what WSGI_APPLICATION in its settings names, else what Django itself makes. Raises
    LoadFailure, also if Django is not installed for this interpreter.
    """
    os.environ[VARIABLE] = settings
    try:
        project = __import__("django.conf").conf.settings
    except BaseException as exc:
        if not isinstance(exc, ModuleNotFoundError) or exc.name != "django" or place(exc):
            raise import_failed("Importing Django", exc) from None
        raise LoadFailure(
            "APPLICATION_IMPORT_FAILED",
            f"{manage!r} belongs to a Django project, but {sys.executable} has no Django.",
            f"Type: {sys.executable} -m pip install django; or choose another Python: --python PATH",
        ) from None
    try:
        import_named(settings, "", directory)
    except LoadFailure as failure:
        if failure.code != "APPLICATION_NOT_FOUND":
            raise
        raise LoadFailure(
            failure.code,
            f"{manage!r} names the settings {settings!r}: {failure.message}",
            f"Choose other settings: highball --env {VARIABLE}=package.settings "
            + command_line(manage).partition(" ")[2],
        ) from None
    name = attempt(f"Reading the settings {settings!r}", lambda: project.WSGI_APPLICATION)
    if name is None:
        wsgi = import_named("django.core.wsgi", "", directory)
        application = attempt("Setting up Django", lambda: wsgi.get_wsgi_application())
        return application, "django.core.wsgi:get_wsgi_application()"
    module_name, _, attribute = str(name).rpartition(".")
    module = import_named(module_name, "", directory)
    if not hasattr(module, attribute):
        raise LoadFailure(
            "APPLICATION_ATTRIBUTE_NOT_FOUND",
            f"WSGI_APPLICATION in the settings {settings!r} is {name!r}, but the module {module_name!r}"
            f" ({module.__file__}) has no attribute {attribute!r}.",
            "Django's own: WSGI_APPLICATION = 'PROJECT.wsgi.application'",
        )
    application = getattr(module, attribute)
    shown = f"{module_name}:{attribute}"
    check(application, shown, module_name, called=False)
    return application, shown


def _default(node: ast.AST) -> str:
    """``os.environ.setdefault("DJANGO_SETTINGS_MODULE", "…")``."""
    import ast

    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 2:
        if node.func.attr == "setdefault" and _text(node.args[0]) == VARIABLE:
            return _text(node.args[1]) or ""
    return ""


def _assigned(node: ast.AST) -> str:
    """``os.environ["DJANGO_SETTINGS_MODULE"] = "…"``."""
    import ast

    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
        # Python 3.8 wraps the index in an ast.Index.
        index = node.targets[0].slice
        if _text(getattr(index, "value", index)) == VARIABLE or _text(index) == VARIABLE:
            return _text(node.value) or ""
    return ""


def _text(node: object) -> Optional[str]:
    import ast

    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None
