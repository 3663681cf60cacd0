"""What a worker has imported: the application's own files, and the modules that came with Python."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Dict, Iterable, List, Optional, Set


class Imported:
    """Keeps book of the modules there are, so that only new ones are looked at."""

    def __init__(self) -> None:
        self._known: Set[str] = set()
        self._count = 0
        self._foreign = foreign_folders()

    def changed(self) -> bool:
        """Tell, at the cost of one comparison, whether anything may have been imported."""
        return len(sys.modules) != self._count

    def take(self) -> Dict[str, List[str]]:
        """Return ``files`` of the application's own and names of other ``modules``, not told before."""
        modules = list(sys.modules.items())
        self._count = len(modules)
        files: List[str] = []
        others: List[str] = []
        for name, module in modules:
            if name in self._known:
                continue
            self._known.add(name)
            file = getattr(module, "__file__", None)
            if not isinstance(file, str) or name == "__main__" or name.startswith("highball"):
                continue
            if self._is_foreign(file):
                others.append(name)
            else:
                files.append(_source(file))
        return {"files": files, "modules": others}

    def _is_foreign(self, file: str) -> bool:
        return os.path.abspath(file).startswith(self._foreign)


def foreign_folders() -> Any:
    """Return the folders of the standard library and of installed packages, each with a separator."""
    import sysconfig

    paths = sysconfig.get_paths()
    folders = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    for entry in sys.path:
        # A user's own site-packages, Debian's dist-packages, a zip of the standard library.
        if os.path.basename(entry) in ("site-packages", "dist-packages") or entry.endswith(".zip"):
            folders.add(entry)
    spellings = {os.path.abspath(folder) for folder in folders}
    spellings |= {os.path.realpath(folder) for folder in folders}
    return tuple(sorted(folder + os.sep for folder in spellings))


def traceback_files(exc: Optional[BaseException]) -> List[str]:
    """Return the files that an exception names: those of its frames, and of a syntax error."""
    found: List[str] = []
    seen: Set[int] = set()
    while exc is not None and id(exc) not in seen:
        seen.add(id(exc))
        if isinstance(exc, SyntaxError) and exc.filename:
            found.append(os.path.abspath(exc.filename))
        found.extend(_frames(exc.__traceback__))
        exc = exc.__cause__ or exc.__context__
    return found


def _frames(chain: Optional[TracebackType]) -> Iterable[str]:
    while chain is not None:
        name = chain.tb_frame.f_code.co_filename
        if not name.startswith("<"):
            yield os.path.abspath(name)
        chain = chain.tb_next


def _source(file: str) -> str:
    path = os.path.abspath(file)
    return path[:-1] if path.endswith(".pyc") and os.path.isfile(path[:-1]) else path
