"""``sys.path`` as ``python file.py`` would make it: the application's folder, nothing of Highball's."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import FrozenSet, List, Optional, Sequence, Type

_worker = os.path.dirname(os.path.abspath(__file__))
_application_folders: List[str] = []


class Shadowed(Exception):
    """A library that was imported ahead has the name of something of the application's own."""


def put_first(folders: Sequence[str], preloaded: Sequence[str] = ()) -> None:
    """Put folders first on ``sys.path``, in this order, and take what is the worker's off it.

    Raises Shadowed when one of them holds a module or package named in ``preloaded``: an interpreter
    that had nothing imported ahead would find that one first.
    """
    wanted: List[str] = []
    for folder in folders:
        if folder not in wanted:
            wanted.append(folder)
    if preloaded:
        _refuse_shadowed(wanted, frozenset(preloaded))
    _application_folders.extend(wanted)
    sys.path[:] = wanted + [entry for entry in sys.path if entry not in wanted and not _is_own(entry)]


class StandardLibraryFirst:
    """A ``with`` block in which the application's folders cannot hide the standard library.

    For modules that Highball imports late: an application may well have a ``types.py``. Only for
    the time before requests are served, because ``sys.path`` belongs to every thread.
    """

    def __enter__(self) -> None:
        self._path = sys.path[:]
        sys.path[:] = [entry for entry in self._path if entry not in _application_folders]

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        chain: Optional[TracebackType],
    ) -> None:
        sys.path[:] = self._path


def _refuse_shadowed(folders: Sequence[str], preloaded: FrozenSet[str]) -> None:
    for folder in folders:
        try:
            entries = os.listdir(folder)
        except OSError:
            continue
        for entry in entries:
            path = os.path.join(folder, entry)
            if entry.partition(".")[0] in preloaded and _is_module(path):
                raise Shadowed(path)


def _is_module(path: str) -> bool:
    # A folder without __init__.py gives way to a package of that name anywhere on the path (PEP 420).
    return path.endswith((".py", ".so", ".pyd")) or os.path.isfile(os.path.join(path, "__init__.py"))


def _is_own(entry: str) -> bool:
    if not entry:  # ``python -c`` puts the current folder there
        return True
    folder = os.path.abspath(entry)
    package = os.path.dirname(_worker)
    root = os.path.dirname(package)
    if os.path.basename(root) in ("site-packages", "dist-packages"):
        return folder in (_worker, package)  # installed by pip: applications need this root
    return folder in (_worker, package, root)
