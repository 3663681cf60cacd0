"""Looks back at an error on the terminal: what the key ``p`` of ``highball dev`` begins."""

from __future__ import annotations

import os
import sys

from ..failure import is_application_file
from ..native import start_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any, Callable, Iterator, List, Optional, Set

    from ..terminal_claims import Claims
    from .kept_errors import KeptErrors


def begin(kept: KeptErrors, ident: str, claims: Optional[Claims]) -> None:
    """Start a debugger at a kept frame, in a thread of its own: whoever asks must not wait for it."""
    start_thread(lambda: _look(kept, ident, claims), "highball-post-mortem")


def _look(kept: KeptErrors, ident: str, claims: Optional[Claims]) -> None:
    try:
        found = kept.find(ident)
        if isinstance(found, str):
            _say(found)
            return
        chain = traceback_with(found.error.exception, found.frame)
        if chain is None:
            _say("This error has no traceback any more.")
            return
        preserved = found.error.preserved
        begun = debugger()
        if preserved is None:
            begun(chain)
        else:  # so that Flask's request means something there
            preserved.run(lambda: begun(chain))
    except BaseException as error:  # of the debugger's own, and what ``quit`` raises there
        if type(error).__name__ != "BdbQuit":
            _say("The debugger failed: %r" % (error,))
    finally:
        if claims is not None:
            claims.ended()


def debugger() -> Callable[[Any], Any]:
    """Return ``post_mortem`` of the debugger that ``breakpoint()`` opens (PEP 553), else pdb's."""
    name = os.environ.get("PYTHONBREAKPOINT", "").rpartition(".")[0]
    if name:
        try:
            __import__(name)
            chosen: Optional[Callable[[Any], Any]] = getattr(sys.modules[name], "post_mortem", None)
            if chosen is not None:
                return chosen
        except Exception:
            pass  # one that is not installed here is none that was chosen
    from pdb import post_mortem

    return post_mortem


def traceback_with(exception: Optional[BaseException], frame: FrameType) -> Optional[TracebackType]:
    """Return the traceback that ``frame`` stands in, of an exception or whatever led to it.

    It begins with the application: nobody wants to go up into the worker.
    """
    for each in _related(exception):
        chain = each.__traceback__
        if any(part.tb_frame is frame for part in _parts(chain)):
            while chain is not None and not is_application_file(chain.tb_frame.f_code.co_filename):
                chain = chain.tb_next
            return chain
    return None


def _parts(chain: Optional[TracebackType]) -> Iterator[TracebackType]:
    while chain is not None:
        yield chain
        chain = chain.tb_next


def _related(exception: Optional[BaseException]) -> Iterator[BaseException]:
    pending: List[Optional[BaseException]] = [exception]
    seen: Set[int] = set()
    while pending:
        each = pending.pop()
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        members = getattr(each, "exceptions", ())  # since Python 3.11
        pending += [each.__context__, each.__cause__, *(members if isinstance(members, tuple) else ())]


def _say(text: str) -> None:
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except Exception:
        pass  # a closed or broken stderr
