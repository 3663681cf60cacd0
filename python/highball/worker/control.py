"""The control connection: what must work while the application is busy.

A daemon thread sleeps on it. When it ends the gateway has gone, however that happened, and so
does this process.
"""

from __future__ import annotations

import os
import select
import socket
import sys

from . import protocol
from .native import Signal, allocate_lock, start_new_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

    from .debugger.worker_debugger import WorkerDebugger
    from .runners import Runners
    from .terminal_claims import Claims

DEBUGGING = (protocol.EVALUATE, protocol.SUGGEST, protocol.INTERRUPT, protocol.POSTMORTEM)


class Control:
    """One thread, one connection, a handler for each type of frame.

    ``accept`` waits for the invitation and connects; ``invitation`` is that where it has come already.
    """

    def __init__(
        self,
        accept: Callable[[], Tuple[Dict[str, Any], socket.socket]],
        invitation: Optional[Dict[str, Any]] = None,
    ) -> None:
        self._accept = accept
        self._reader = protocol.FrameReader()
        self._connected = Signal()
        self._connection: socket.socket
        self._invitation: Dict[str, Any] = invitation or {}
        # What an evaluation shows is larger than the socket takes at once.
        self._send_lock = allocate_lock()
        self.runners: Optional[Runners] = None
        self.claims: Optional[Claims] = None
        self.debugger: Optional[WorkerDebugger] = None

    def start(self) -> None:
        """Wait for the invitation, connect and listen, in a daemon thread."""
        # None of ``threading``: gevent mends the import locks that are held only if that knows of no other.
        start_new_thread(self._listen, ())

    def wait_until_connected(self) -> Dict[str, Any]:
        """Return the invitation, once it has come and the gateway has been reached."""
        self._connected.wait()
        return self._invitation

    def send(self, kind: int, ident: int = 0, payload: bytes = b"", flags: int = 0) -> None:
        """Send one frame to the gateway."""
        self._connected.wait()
        with self._send_lock:
            self._connection.sendall(protocol.frame(kind, flags, ident, payload))

    def attach(self, debugger: WorkerDebugger) -> None:
        """Have the gateway's questions answered by ``debugger``, which is told the invitation."""
        self.debugger = debugger
        if self._invitation:
            debugger.invited(self._invitation)

    def _listen(self) -> None:
        try:
            self._invitation, self._connection = self._accept()
            if self.debugger is not None:
                self.debugger.invited(self._invitation)  # before it says READY: it may crash in its first request
            self._connected.set()
            while True:
                data = self._connection.recv(65536)
                if not data:
                    os._exit(1)
                for frame in self._reader.feed(data):
                    self._handle(frame)
        except OSError:
            os._exit(1)
        except BaseException:  # without this thread nobody can reach the process
            sys.excepthook(*sys.exc_info())
            os._exit(1)

    def _handle(self, frame: protocol.Frame) -> None:
        kind, flags, ident, payload = frame
        if kind == protocol.PING:
            self.send(protocol.PONG, ident)
            return
        if kind == protocol.PROMPT:
            if self.claims is not None:
                self.claims.heard()
            return
        if self.debugger is not None and kind in DEBUGGING:
            self.debugger.handle(kind, ident, payload, self.claims)
            return
        runners = self.runners
        if runners is None:
            if kind == protocol.QUIT:  # still importing: nothing to finish
                os._exit(0)
            return
        if kind == protocol.WAKE:
            runners.wake(ident)
        elif kind == protocol.CREDIT:
            runners.credit(ident, protocol.U32.unpack(payload)[0])
        elif kind == protocol.CANCEL:
            self._hand_back(runners.cancel(ident))
        elif kind == protocol.RECALL:
            wanted = [value for (value,) in protocol.U32.iter_unpack(payload)]
            self._hand_back(runners.recall(wanted))
        elif kind == protocol.OPENED:
            runners.opened(ident, bool(flags & protocol.ACCEPTED))
        elif kind == protocol.QUIT:
            runners.quit()

    def _hand_back(self, idents: List[int]) -> None:
        payload = b"".join(protocol.U32.pack(ident) for ident in idents)
        self.send(protocol.RECALLED, 0, payload)


def die_with_parent() -> bool:
    """Ask Linux to kill this process when its parent dies; tell whether that was possible."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        import ctypes

        PR_SET_PDEATHSIG, SIGKILL = 1, 9
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        return False
    return True


def die_with_gateway(descriptor: int) -> None:
    """Ask Linux to kill this process when the gateway dies, even while C code holds the GIL.

    The gateway holds the other end of ``descriptor``: if that is closed, it had gone before it could
    be asked. To be called in the main thread, which lives as long as the process: Linux keeps the
    wish per thread. Elsewhere the end of the control connection is what tells.
    """
    if not die_with_parent():
        return
    ends = select.poll()
    ends.register(descriptor, 0)
    if ends.poll(0):  # asked for nothing, it tells of a closed end only
        os._exit(1)
