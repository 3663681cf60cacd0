"""What a worker has imported: the application's own files, and the modules of libraries."""

from __future__ import annotations

import os
import sys
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Dict, Iterable, List, Optional, Set, Tuple

#: This package, in which nothing is the application's.
_package = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")

#: Modules that change others when they are asked to, and their record of what they have changed.
_patching = {"gevent.monkey": "saved", "eventlet.patcher": "already_patched"}


class Imported:
    """Keeps book of what was imported, so that only what is new is looked at.

    ``directory`` is the application's and ``target`` what the command line calls APP: a module that it
    names is the application's own even if it is installed as libraries are. Modules ``ahead`` were imported
    for it from what was told by another worker, and are not told again.
    """

    def __init__(self, directory: str = "", target: str = "", ahead: Iterable[str] = ()) -> None:
        self._known: Set[str] = set(ahead) - set(_patching)
        self._count = 0
        self._files: Set[str] = set()
        self._untold: List[str] = []
        self._begun: List[str] = []
        self._foreign = foreign_folders()
        # Applications may live among libraries themselves: in Debian's dist-packages they do.
        self._directory = os.path.join(os.path.abspath(directory), "")
        self._foreign_within = tuple(
            folder for folder in self._foreign if not self._directory.startswith(folder)
        )
        name = target.partition(":")[0].partition(".")[0]
        self._installed = tuple(
            folder + name + end for folder in self._foreign if name for end in (os.sep, ".py")
        )

    def changed(self) -> bool:
        """Tell, at the cost of two comparisons, whether anything may have been imported."""
        return len(sys.modules) != self._count or bool(self._untold)

    def begins(self, name: str, file: str) -> bool:
        """Note that a module is about to be read, and tell whether its source is the application's own.

        So files are known of which ``sys.modules`` says nothing: those that failed and whose exception was
        caught, and those that replace themselves by an object.
        """
        path = os.path.abspath(file)
        if path.startswith(_package):
            return False
        if self._is_foreign(path):
            self._begun.append(name)
            return False
        self._remember(path)
        return True

    def take(self) -> Dict[str, List[str]]:
        """Return ``files`` of the application's own and names of other ``modules``, not told before.

        Modules are in the order in which their import began, as far as that is known: modules that import
        each other may fail in another one. Those that can patch others are told of once they have done so.
        """
        modules = sys.modules.copy()
        self._count = len(modules)
        # ``sys.modules`` is in the order in which imports ended. Modules in C, of which no source is read,
        # are imported by others, and can come last.
        begun, self._begun = self._begun, []
        others: List[str] = []
        for name in [*filter(modules.__contains__, begun), *modules]:
            if name in self._known:
                continue
            values = variables(modules[name])
            if name in _patching and not values.get(_patching[name]):
                continue
            self._known.add(name)
            file = values.get("__file__")
            if not isinstance(file, str):
                continue
            path = file if _is_absolute(file) else os.path.abspath(file)
            if path.startswith(_package):
                continue
            if self._is_foreign(path):
                others.append(name)
            else:
                self._remember(_existing(path))
        files = [self._untold.pop(0) for _ in range(len(self._untold))]
        return {"files": files, "modules": others}

    def _is_foreign(self, path: str) -> bool:
        folders = self._foreign_within if path.startswith(self._directory) else self._foreign
        return path.startswith(folders) and not path.startswith(self._installed)

    def _remember(self, path: str) -> None:
        if path not in self._files:
            self._files.add(path)
            self._untold.append(path)


def foreign_folders() -> Tuple[str, ...]:
    """Return the folders of the standard library and of installed libraries, each with a separator.

    To be called before the application can change ``sys.path``.
    """
    return _with_real_paths(os.path.dirname(os.__file__), *library_folders())


@lru_cache(maxsize=None)  # of a forked process the zygote has asked already
def _with_real_paths(*folders: str) -> Tuple[str, ...]:
    spellings = {os.path.abspath(folder) for folder in folders}
    spellings |= {os.path.realpath(folder) for folder in folders}
    return tuple(sorted(os.path.join(folder, "") for folder in spellings))


def library_folders() -> List[str]:
    """Return where libraries are installed: an environment's, a user's own, Debian's packages."""
    paths = [os.path.abspath(entry) for entry in sys.path if isinstance(entry, str)]
    return [path for path in paths if os.path.basename(path) in ("site-packages", "dist-packages")]


def variables(module: object) -> Dict[str, Any]:
    """Return a module's variables past what it does when it is asked: some import others then."""
    try:
        values: Dict[str, Any] = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return {}
    return values


def traceback_files(exc: Optional[BaseException]) -> List[str]:
    """Return the application's files that an exception names: of its frames, and of a syntax error.

    Those of its causes, its contexts and the members of exception groups too.
    """
    found: Dict[str, None] = {}
    seen: Set[int] = set()
    pending = [exc]
    while pending:
        exc = pending.pop()
        if exc is None or id(exc) in seen:
            continue
        seen.add(id(exc))
        if isinstance(exc, SyntaxError) and exc.filename:
            found[str(exc.filename)] = None
        found.update(dict.fromkeys(_frames(exc.__traceback__)))
        pending += [exc.__cause__, exc.__context__]
        members = getattr(exc, "exceptions", None)  # of a group, since Python 3.11
        if isinstance(members, tuple):
            pending += [member for member in members if isinstance(member, BaseException)]
    foreign = (*foreign_folders(), _package)
    paths = (os.path.abspath(name) for name in found if not name.startswith("<"))
    return [path for path in paths if not path.startswith(foreign)]


def _frames(chain: Optional[TracebackType]) -> Iterable[str]:
    while chain is not None:
        yield chain.tb_frame.f_code.co_filename
        chain = chain.tb_next


def _is_absolute(path: str) -> bool:
    # To ask for it costs a tenth of making it so, of thousands of modules at each load.
    return path.startswith(os.sep) and f"{os.sep}.." not in path


def _existing(path: str) -> str:
    """Return the archive for a module inside one."""
    found = path
    while len(found) > 1 and not os.path.exists(found):
        found = os.path.dirname(found)
    return found if os.path.isfile(found) else path
