"""Where the source of an application is: an importable module, a file, or a Django project."""

from __future__ import annotations

import os

from .failure import LoadFailure
from .import_path import StandardLibraryFirst
from .target import command_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional, Sequence

STARTUP_FILES = ("wsgi.py", "app.py", "main.py", "manage.py")
"""What a folder is searched for, in this order."""


class Location:
    """What to import.

    ``module`` is its dotted name; ``folder`` what must be first on ``sys.path`` for it, or None;
    ``file`` where its top-level module must come from, or None when any will do; ``by_name`` is
    false for a file that no ``import`` statement would find; ``manage`` is the path of the
    ``manage.py`` that was named or found, or an empty string.
    """

    __slots__ = ("by_name", "file", "folder", "manage", "module")

    def __init__(
        self,
        module: str,
        folder: Optional[str] = None,
        file: Optional[str] = None,
        by_name: bool = True,
        manage: str = "",
    ) -> None:
        self.module = module
        self.folder = folder
        self.file = file
        self.by_name = by_name
        self.manage = manage


def locate(source: str, directory: str, python_path: Sequence[str]) -> Location:
    """Find out what the part of APP before the colon means.

    Raises LoadFailure (APPLICATION_NOT_FOUND) for a file or folder that does not exist. Whether a
    module exists is known only when it is imported.
    """
    path = os.path.normpath(os.path.join(directory, source))
    if os.path.isdir(path) and (_is_path(source) or _is_plain_folder(path)):
        return _folder(path)
    top = source.partition(".")[0]
    # ``site.wsgi`` is mod_wsgi's file, unless it is the module ``wsgi`` of the package ``site``.
    script = source.endswith(".wsgi") and not module_file(directory, top)
    if os.path.isfile(path) and (script or _is_path(source)):
        return _file(path)
    if _is_path(source):
        raise LoadFailure(
            "APPLICATION_NOT_FOUND",
            f"There is no file or folder {source!r} in {directory!r}.",
            _nearest_file(source, path, directory),
        )
    if not all(source.split(".")):
        raise LoadFailure(
            "APPLICATION_SYNTAX",
            f"{source!r} is not the name of a module: there is nothing before, after or between dots.",
            f"Type: {command_line('package.module:attribute')}",
        )
    for folder in (*python_path, directory):
        found = module_file(folder, top)
        if found:
            return Location(source, file=found)
    return Location(source)


def module_file(folder: str, name: str) -> str:
    """Return the file of a top-level module in a folder, a package before a file, or ''."""
    for candidate in (os.path.join(folder, name, "__init__.py"), os.path.join(folder, f"{name}.py")):
        if os.path.isfile(candidate):
            return candidate
    return ""


def nearest_module(module: str, missing: str, directory: str, package_path: Sequence[str]) -> str:
    """Return a module that exists and is spelled much like ``module``, or ''.

    ``missing`` is the part of it that could not be found, ``package_path`` the folders of the
    package that it was looked for in, empty for a top-level module.
    """
    parent, dot, name = missing.rpartition(".")
    names = [found for folder in package_path or [directory] for found in _modules(folder)]
    near = nearest(name, names)
    return parent + dot + near + module[len(missing) :] if near else ""


def folder_with(name: str, directory: str) -> str:
    """Return the folder within ``directory`` that holds the top-level module ``name``, or ''."""
    for folder in ("src", *_folders(directory)):
        if module_file(os.path.join(directory, folder), name):
            return folder
    return ""


def startup_file(directory: str) -> str:
    """Return a hint at a file in ``directory`` that could be served, or ''."""
    for name in STARTUP_FILES:
        if os.path.isfile(os.path.join(directory, name)):
            return f"There is {name!r}; type: {command_line(name)}"
    return ""


def nearest(name: str, names: Sequence[str]) -> str:
    """Return the name that is spelled most like ``name``, or '' when none is near."""
    with StandardLibraryFirst():
        from difflib import get_close_matches
    return (get_close_matches(name, names, 1, 0.6) or [""])[0]


def _is_path(source: str) -> bool:
    return (
        "/" in source
        or os.sep in source
        or source in (".", "..")
        or source.endswith((".py", ".pyw"))
    )


def _is_plain_folder(path: str) -> bool:
    if os.path.isfile(os.path.join(path, "__init__.py")) or os.path.isfile(f"{path}.py"):
        return False
    return any(os.path.isfile(os.path.join(path, name)) for name in STARTUP_FILES)


def _folder(path: str) -> Location:
    package = os.path.join(path, "__init__.py")
    # A package is the module of its name, unless it is also the root of a Django project.
    for name in ("manage.py",) if os.path.isfile(package) else STARTUP_FILES:
        if os.path.isfile(os.path.join(path, name)):
            return _file(os.path.join(path, name))
    if os.path.isfile(package):
        return _file(package)
    names = ", ".join(STARTUP_FILES[:-1])
    raise LoadFailure(
        "APPLICATION_NOT_FOUND",
        f"There is no application in the folder {path!r}: it has no {names} or {STARTUP_FILES[-1]}.",
        f"Name the file: {command_line('path/to/file.py')}",
    )


def _file(path: str) -> Location:
    folder, name = os.path.split(path)
    stem, suffix = os.path.splitext(name)
    if suffix != ".py" or "." in stem:
        # mod_wsgi's ``site.wsgi``: Python runs it, but its name is none that can be imported.
        module = "".join(letter if letter.isalnum() else "_" for letter in name)
        return Location(module, folder, path, by_name=False)
    parts = [] if stem == "__init__" else [stem]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        parent, package = os.path.split(folder)
        if not package or "." in package:
            break
        parts.insert(0, package)
        folder = parent
    top = path if len(parts) == 1 and stem != "__init__" else os.path.join(folder, parts[0], "__init__.py")
    return Location(".".join(parts), folder, top, manage=path if name == "manage.py" else "")


def _nearest_file(source: str, path: str, directory: str) -> str:
    if os.path.isfile(f"{path}.py"):
        return f"Did you mean the file? Type: {command_line(f'{source}.py')}"
    folder, name = os.path.split(path)
    stem, suffix = os.path.splitext(name)
    if not os.path.dirname(source):
        for inner in ("src", *_folders(directory)):
            if os.path.isfile(os.path.join(directory, inner, name)):
                return f"It is in {inner!r}; type: {command_line(os.path.join(inner, name))}"
    entries = [os.path.splitext(entry) for entry in _entries(folder)]
    near = nearest(stem, [other for other, kind in entries if kind == suffix])
    if near:
        shown = os.path.relpath(os.path.join(folder, near + suffix), directory)
        return f"Did you mean {shown!r}? Type: {command_line(shown)}"
    return startup_file(directory)


def _modules(directory: str) -> List[str]:
    names = [entry[:-3] for entry in _entries(directory) if entry.endswith(".py")]
    names += [
        entry for entry in _folders(directory) if os.path.isfile(os.path.join(directory, entry, "__init__.py"))
    ]
    return names


def _folders(directory: str) -> List[str]:
    return [
        entry
        for entry in _entries(directory)
        if not entry.startswith((".", "_")) and os.path.isdir(os.path.join(directory, entry))
    ]


def _entries(directory: str) -> List[str]:
    try:
        return sorted(os.listdir(directory))
    except OSError:
        return []
