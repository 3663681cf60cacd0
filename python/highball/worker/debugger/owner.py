"""Whose code a frame runs: the application's, a library's or Python's."""

from __future__ import annotations

import os

from ..imported import foreign_folders, library_folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Literal

    Owner = Literal["application", "library", "standard"]

_INSTALLED = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))


def absolute(path: str) -> str:
    """Return a path from the root, or as it is where the working directory has been removed."""
    try:
        return os.path.abspath(path)
    except OSError:
        return path


class Owners:
    """Tells whose a file is.

    Those in ``directory`` are the application's, even among installed libraries, and so is the module that
    ``target`` names, which the command line calls APP.
    """

    def __init__(self, directory: str = "", target: str = "") -> None:
        self._foreign = foreign_folders()
        self._libraries = tuple(os.path.join(folder, "") for folder in library_folders())
        self._directory = os.path.join(absolute(directory), "") if directory else ""
        # An environment may be in the application's folder.
        self._foreign_within = tuple(
            folder for folder in self._foreign if not self._directory.startswith(folder)
        )
        name = target.partition(":")[0].partition(".")[0]
        self._installed = tuple(
            folder + name + end for folder in self._foreign if name for end in (os.sep, ".py")
        )
        self._known: Dict[str, Owner] = {}

    def of(self, file: str, module_file: str) -> Owner:
        """Return the owner of a frame; ``module_file`` counts where ``file`` is none, as ``<string>``."""
        if file.startswith("<frozen "):
            return "standard"
        if file.startswith("<console "):
            return "application"  # whatever frame the developer has chosen
        path = module_file if file.startswith("<") else file
        if not path or path.startswith("<"):
            return "application"
        if path not in self._known:
            self._known[path] = self._find(absolute(path))
        return self._known[path]

    def _find(self, path: str) -> Owner:
        within = self._directory and path.startswith(self._directory)
        if path.startswith(self._installed) or (within and not path.startswith(self._foreign_within)):
            return "application"
        if path.startswith(self._libraries) or any(folder in path for folder in _INSTALLED):
            return "library"
        return "standard" if path.startswith(self._foreign) else "application"
