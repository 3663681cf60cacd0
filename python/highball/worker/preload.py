"""Imports libraries ahead of the application, and tells which of them cannot be."""

from __future__ import annotations

import os
import sys

from .failure import summarize
from .fingerprint import Fingerprint, differences
from .imported import foreign_folders, variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Sequence, Set

    Unfit = Dict[str, Any]
    """``importing``: modules, each of which imports the next; ``problem``: what the last of them did."""


#: Variables that a library in C looks up, which Python does not see.
_unseen = {"numpy": ("GOTO_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}


class Preload:
    """What was imported ahead in this process, and what it went by."""

    def __init__(self) -> None:
        self._foreign = foreign_folders()
        #: Each imports the next.
        self._importing: List[str] = []
        self._wanted: Set[str] = set()
        self._unfit: List[Unfit] = []
        self._suspects: List[Unfit] = []
        self._seen: Fingerprint
        self._looking = False
        #: Variables that were looked up, with the modules that were being imported.
        self._consulted: Dict[str, List[str]] = {}
        self._environment: Dict[str, str] = {}

    def take(self, modules: Sequence[str], hurry: Callable[[], bool] = lambda: False) -> List[Unfit]:
        """Import modules in this order; return what happened that no library's import ought to do.

        If that is not empty, the process is of no use any more: the next one has to do without the
        modules that it names. To find all of them takes time, and ends when there is a ``hurry``.
        """
        self._wanted.update(modules)
        self._unfit = []
        self._seen = Fingerprint()
        with _Watched(self):
            for name in modules:
                if self._unfit and hurry():
                    break
                if name not in sys.modules:
                    self._import(name)
        self._environment = dict(os.environ)
        return self._unfit

    def contradicted(self) -> List[Unfit]:
        """Return what may have been imported otherwise with the environment as it is now."""
        return [
            {"importing": modules, "problem": f"it looked up {name!r}, which the application sets"}
            for name, modules in self._consulted.items()
            if os.environ.get(name) != self._environment.get(name)
        ]

    # -- what happens meanwhile --------------------------------------------------------------

    def entered(self, name: str) -> None:
        if self._importing:
            self._look()
        self._importing.append(name)
        for variable in _unseen.get(name, ()):
            self.consulted(variable)

    def left(self, name: str, failed: bool) -> None:
        self._look()
        if failed and name in self._wanted and len(self._importing) > 1:
            # What imports it goes on without it, which it does not within the application.
            self._unfit.append(self._blame("its import fails outside of the application"))
        file = variables(sys.modules.get(name)).get("__file__")
        if isinstance(file, str) and not os.path.abspath(file).startswith(self._foreign):
            self._unfit.append(self._blame(f"{file!r} is no installed library"))
        self._importing.pop()

    def consulted(self, variable: object) -> None:
        if isinstance(variable, str) and not self._looking:
            modules = self._consulted.setdefault(variable, [])
            modules += [name for name in self._importing if name not in modules]

    def _import(self, name: str) -> None:
        before = self._seen
        self._suspects = []
        try:
            __import__(name)
        except BaseException as exc:
            problem = f"its import fails outside of the application ({summarize(exc)})"
            self._unfit.append({"importing": [name], "problem": problem})
        # A file that was closed again, say, was no problem.
        if self._suspects and differences(before, self._seen):
            self._unfit += self._suspects

    def _look(self) -> None:
        """Compare with the last look: what has changed was done by the modules that are being imported."""
        self._looking = True
        before, self._seen = self._seen, Fingerprint()
        problem = differences(before, self._seen)
        if problem:
            self._suspects.append(self._blame(problem))
        self._looking = False

    def _blame(self, problem: str) -> Unfit:
        return {"importing": list(dict.fromkeys(self._importing)), "problem": problem}


class _Watched:
    """A ``with`` block in which ``preload`` is told of each import and each variable that is looked up."""

    def __init__(self, preload: Preload) -> None:
        from importlib import _bootstrap

        self._preload = preload
        self._machinery: Any = _bootstrap
        self._find_and_load = self._machinery._find_and_load
        self._environ: Any = type(os.environ)
        self._look_up = self._environ.__getitem__

    def __enter__(self) -> None:
        preload, find_and_load, look_up = self._preload, self._find_and_load, self._look_up

        def watched_import(name: str, import_: Any) -> Any:
            preload.entered(name)
            failed = True
            try:
                module = find_and_load(name, import_)
                failed = False
                return module
            finally:
                preload.left(name, failed)

        def watched_look_up(environ: Any, variable: Any) -> Any:
            preload.consulted(variable)
            return look_up(environ, variable)

        self._machinery._find_and_load = watched_import
        self._environ.__getitem__ = watched_look_up

    def __exit__(self, *exc: object) -> None:
        self._machinery._find_and_load = self._find_and_load
        self._environ.__getitem__ = self._look_up
