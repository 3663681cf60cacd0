"""The system's own threads, locks and sockets.

An application may put others in their place (``gevent.monkey.patch_all()``, eventlet): locks that belong to
greenlets, threads that are none. The worker's must go on as they are, so they are taken here, before the
application is imported.
"""

from __future__ import annotations

import select
import socket
import threading
from _thread import allocate_lock, get_ident, start_new_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

__all__ = [
    "Signal",
    "Socket",
    "allocate_lock",
    "get_ident",
    "is_readable",
    "start_new_thread",
    "start_thread",
    "wait_for",
]

Socket = socket.socket
_Thread = threading.Thread
_poll = getattr(select, "poll", None)
_POLLIN = getattr(select, "POLLIN", 0)
_select = select.select
#: What ``threading.Thread`` starts its threads with: under another name since Python 3.13.
_STARTERS = ("_start_joinable_thread", "_start_new_thread")
_starters = [getattr(threading, name, None) for name in _STARTERS]


class Signal:
    """What ``threading.Event`` is, for something that happens once."""

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._lock.acquire()

    def set(self) -> None:
        """It has happened; to be called once."""
        self._lock.release()

    def wait(self) -> None:
        """Return when it has happened."""
        self._lock.acquire()
        self._lock.release()


def start_thread(run: Callable[[], None], name: str) -> None:
    """Start a daemon thread of the system, with a name if ``threading`` still makes such threads."""
    if [getattr(threading, starter, None) for starter in _STARTERS] == _starters:
        _Thread(target=run, name=name, daemon=True).start()
    else:
        start_new_thread(run, ())


def is_readable(connection: socket.socket) -> bool:
    """Tell whether there is something to read."""
    return bool(_select([connection], [], [], 0)[0])


def wait_for(connection: socket.socket) -> Callable[[], Any]:
    """Return what waits until there is something to read."""
    if _poll is None:
        return lambda: _select([connection], [], [])
    poll = _poll()
    poll.register(connection, _POLLIN)
    wait: Callable[[], Any] = poll.poll
    return wait
