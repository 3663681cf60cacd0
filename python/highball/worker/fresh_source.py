"""Keeps Python from running the code of an earlier save.

Python trusts a ``.pyc`` file whose note of the source's time, in whole seconds, and of its size is right.
Two saves of the same size within one second differ in neither (PEP 552 describes the check), so the
second would run the first one's code.
"""

from __future__ import annotations

import time
from importlib.machinery import SourceFileLoader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

#: A source that was saved this recently, in seconds, is compiled anew, and its ``.pyc`` not written.
RECENT = 2.0


def distrust_recent_bytecode() -> None:
    """Have modules whose source has just changed compiled from it, in this process."""
    trusting = SourceFileLoader.path_stats

    def path_stats(self: SourceFileLoader, path: str) -> Mapping[str, Any]:
        stats = trusting(self, path)
        # A time in the future too: it tells nothing.
        if stats["mtime"] > time.time() - RECENT:
            # The import system takes this for "there is nothing to compare with" and reads the source.
            raise OSError("the source is too new to tell its compiled file's age")
        return stats

    SourceFileLoader.path_stats = path_stats  # type: ignore[method-assign,assignment]
