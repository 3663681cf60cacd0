"""Keeps Python from running the code of an earlier save.

Python trusts a ``.pyc`` file that notes the source's size and its time, in whole seconds (PEP 552 describes
the check). Two saves of the same size within one second differ in neither, nor does a file that ``cp -p``
or ``rsync -a`` put in the place of one of the same time and size: the code of the earlier one would run.
"""

from __future__ import annotations

import os
import sys
import time
from importlib import _bootstrap_external
from importlib.machinery import SourceFileLoader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping

#: A ``.pyc`` is trusted if it was written this much later, in seconds, than its source was last changed.
#: Longer than it takes to compile a module, and than the steps in which file systems count time.
MARGIN = 2.0


def distrust_recent_bytecode(begins: Callable[[str, str], bool]) -> None:
    """Have modules compiled from their source where the ``.pyc`` may be that of an earlier save.

    ``begins`` is told the name and the path of each source that is about to be imported. Where it returns
    false (libraries) the check remains Python's own.
    """
    trusting = SourceFileLoader.path_stats

    def path_stats(self: SourceFileLoader, path: str) -> Mapping[str, Any]:
        if not begins(self.name, path):
            return trusting(self, path)
        source = os.stat(path)
        _refuse_doubtful(path, _changed(source))
        return {"mtime": source.st_mtime, "size": source.st_size}

    SourceFileLoader.path_stats = path_stats  # type: ignore[method-assign]


def _refuse_doubtful(path: str, changed: float) -> None:
    """Raise OSError, which has a module compiled, where its ``.pyc`` can neither be trusted nor replaced.

    One that is merely doubtful is removed: the import system then compiles the source and writes another,
    which can be trusted the next time, so that a large application is not compiled at each load.
    """
    if time.time() < changed + MARGIN:
        # A time in the future too. Nothing is written either: it could not be told from an older one.
        raise OSError("the source has just been saved")
    try:
        # Looked up at each call: import hooks that change what is compiled have names of their own.
        compiled = _bootstrap_external.cache_from_source(path)
        written = os.stat(compiled).st_mtime
    except (NotImplementedError, OSError):
        return  # there is none
    if written < changed + MARGIN:
        if sys.dont_write_bytecode:
            raise OSError("the compiled file may be older than the source")
        os.remove(compiled)


def _changed(status: os.stat_result) -> float:
    # When the file was changed or put in its place, whatever time it claims; Windows means its creation.
    return status.st_mtime if os.name == "nt" else status.st_ctime
