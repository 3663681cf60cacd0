"""Imports what APP names, and tells "there is no such module" from "it failed to import"."""

from __future__ import annotations

import os
import sys

from .failure import LoadFailure, frames, import_failed, place
from .location import folder_with, module_file, nearest_module, startup_file
from .target import command_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Callable, TypeVar

    from .location import Location

    Result = TypeVar("Result")


def import_location(location: Location, expression: str, directory: str) -> ModuleType:
    """Import the module of a location; ``expression`` is what APP says after the colon.

    Raises LoadFailure: APPLICATION_NOT_FOUND, or APPLICATION_IMPORT_FAILED with the application's
    own traceback for anything that was raised, ``SystemExit`` included.
    """
    if not location.by_name:
        return attempt(f"Running {location.file!r}", lambda: _run(location))
    _refuse_if_hidden(location, before=True)
    module = import_named(location.module, expression, directory)
    _refuse_if_hidden(location, before=False)
    return module


def import_named(name: str, expression: str, directory: str) -> ModuleType:
    """Import a module by its dotted name; see ``import_location``."""
    try:
        __import__(name)
    except BaseException as exc:
        missing = (exc.name or "") if isinstance(exc, ModuleNotFoundError) else ""
        # With a frame of the application in between it was an import statement there that failed.
        if missing and not place(exc) and (name == missing or name.startswith(f"{missing}.")):
            raise _not_found(name, missing, expression, directory) from None
        failure = import_failed(f"Importing {name!r}", exc)
        if isinstance(exc, ImportError):
            failure.hint = _import_hint(exc, name, expression, directory) or failure.hint
        raise failure from None
    return sys.modules[name]


def attempt(action: str, run: Callable[[], Result]) -> Result:
    """Run code of the application; whatever it raises becomes a LoadFailure that says ``action``."""
    try:
        return run()
    except LoadFailure:
        raise
    except BaseException as exc:
        raise import_failed(action, exc) from None


def _run(location: Location) -> ModuleType:
    # By hand, because importlib would cache ``site.wsgi`` under the name of ``site.py``.
    path = location.file or ""
    module = type(sys)(location.module)
    module.__file__ = path
    sys.modules[location.module] = module
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    exec(code, module.__dict__)
    return module


def _refuse_if_hidden(location: Location, before: bool) -> None:
    """Refuse a module that has the name asked for, but comes from somewhere else."""
    file = location.file
    if file is None:
        return
    top = location.module.partition(".")[0]
    loaded = sys.modules.get(top)
    if loaded is not None:
        other = getattr(loaded, "__file__", None)
        if other is None:
            origin = getattr(getattr(loaded, "__spec__", None), "origin", None)
            if top not in sys.builtin_module_names and origin != "frozen":
                return  # an object that the module put in its own place
        # Only the folder counts: a compiled extension module stands beside its source.
        elif _folder(other) == _folder(file):
            return
        whose = f"the module {other!r}" if other else "a module that is part of Python"
    else:
        other = os.path.join(os.path.dirname(file), top, "__init__.py")
        if not before or other == file or not os.path.isfile(other):
            return
        whose = f"the package {os.path.dirname(other)!r}"
    raise LoadFailure(
        "APPLICATION_NOT_FOUND",
        f"{file!r} cannot be imported: {whose} has the same name.",
        f"Rename it, for example to 'my_{top}', and type: {command_line(f'my_{top}')}",
    )


def _folder(file: str) -> str:
    return os.path.normcase(os.path.realpath(os.path.dirname(file)))


def _import_hint(exc: ImportError, name: str, expression: str, directory: str) -> str:
    """Return a hint for an import in the application that failed because of its folder, or ''."""
    suffix = f":{expression}" if expression else ""
    files = [file for file, _, _ in frames(exc.__traceback__)]
    if "relative import" in str(exc) and len(files) == 1 and "." not in name:
        folder = os.path.relpath(os.path.dirname(files[0]), directory)
        option = " --chdir .." if folder == os.curdir else ""
        package = os.path.basename(directory) if option else folder.replace(os.sep, ".")
        line = command_line(f"{package}.{name}{suffix}").replace("highball", f"highball{option}", 1)
        return f"It must be imported as part of a package; type: {line}"
    if isinstance(exc, ModuleNotFoundError) and exc.name:
        top = exc.name.partition(".")[0]
        folder = folder_with(top, directory)
        if not folder and top not in sys.modules and module_file(os.path.dirname(directory), top):
            folder = ".."
        if folder and top not in sys.modules:
            return f"{top!r} is in {folder!r}; type: {_with_option('--pythonpath', folder, name + suffix)}"
    return ""


def _with_option(option: str, value: str, application: str) -> str:
    return f"highball {option} {value} " + command_line(application).partition(" ")[2]


def _not_found(name: str, missing: str, expression: str, directory: str) -> LoadFailure:
    parent, _, last = missing.rpartition(".")
    package = sys.modules.get(parent)
    suffix = f":{expression}" if expression else ""
    if package is not None and not hasattr(package, "__path__"):
        hint = ""
        if not expression and missing == name and hasattr(package, last):
            hint = f"Did you mean the attribute? Type: {command_line(f'{parent}:{last}')}"
        return LoadFailure(
            "APPLICATION_NOT_FOUND",
            f"There is no module {name!r}: {parent!r} ({package.__file__}) is a module, not a package.",
            hint,
        )
    where = f"in the package {parent!r}" if parent else f"in {directory!r}, nor elsewhere on the Python path"
    message = f"There is no module {missing!r} {where}."
    folder = "" if parent else folder_with(missing, directory)
    if folder:
        option = "--pythonpath" if folder == "src" else "--chdir"
        line = _with_option(option, folder, name + suffix)
        return LoadFailure("APPLICATION_NOT_FOUND", message, f"It is in {folder!r}; type: {line}")
    near = nearest_module(name, missing, directory, [] if package is None else list(package.__path__))
    hint = f"Did you mean {near!r}? Type: {command_line(near + suffix)}" if near else startup_file(directory)
    return LoadFailure("APPLICATION_NOT_FOUND", message, hint)
