"""A process that has imported an application's libraries, and forks a worker for each load of its code.

It never owns a thread and never imports the application's own code, so that a fork of it is as good as a
new interpreter. A child is forked before it is needed and waits, so that a load begins at once. The zygote
speaks lines of JSON with the gateway on the descriptor it was started with (docs/reference/protocol.md,
"The zygote").
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys

# What every child needs is imported once, here.
from . import fresh_source, imported, private_pages  # noqa: F401
from .debugger import frameworks, worker_debugger  # noqa: F401
from .preload import Preload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

    Invitation = Dict[str, Any]
    """Where a worker connects, and what proves it."""

#: Seconds after a load was begun in which no other child is forked: they would compete for the processors.
REST = 0.05


class Forked:
    """What a child has: where it is told what to load, its invitation, and what was imported ahead."""

    __slots__ = ("ahead", "boot", "invitation", "preload")

    def __init__(self, boot: int, invitation: Invitation, preload: Preload, ahead: Set[str]) -> None:
        self.boot = boot
        self.invitation = invitation
        self.preload = preload
        #: Names of modules that a worker without a zygote would not have yet.
        self.ahead = ahead


def serve_forks(descriptor: int) -> Forked:
    """Serve the gateway until it hangs up. Returns in each child."""
    return Zygote(descriptor).run()


class Zygote:
    """One thread, one connection, and a child for each load."""

    def __init__(self, descriptor: int) -> None:
        self._gateway = socket.socket(fileno=descriptor)
        self._rest = b""
        self._messages: List[Dict[str, Any]] = []
        self._children: Set[int] = set()
        #: The child that waits: its process id, and where it reads what it shall load.
        self._standby: Optional[Tuple[int, socket.socket]] = None
        #: Of that child, or of the next one.
        self._seat: Optional[Invitation] = None
        #: Children that were never told what to load: the gateway does not know them.
        self._dismissed: Set[int] = set()
        self._own = set(sys.modules)
        # Of the first error only: it brings modules that an application may have of the same name.
        from .debugger import console, model, templates  # noqa: F401

        self._is_fit = True
        self._wants_standby = False
        self._preload = Preload()
        # A child's end interrupts ``select`` through this.
        self._alarm, bell = socket.socketpair()
        self._alarm.setblocking(False)
        bell.setblocking(False)
        signal.set_wakeup_fd(bell.fileno(), warn_on_full_buffer=False)
        self._bell = bell
        signal.signal(signal.SIGCHLD, lambda signum, frame: None)

    def run(self) -> Forked:
        """Do what the gateway says; returns in a child."""
        while True:
            rest = REST if self._wants_standby and self._seat else None
            ready = select.select([self._gateway, self._alarm], [], [], rest)[0]
            if self._alarm in ready:
                self._reap()
            if not ready:
                forked = self._try_to_stand_by()
                if forked is not None:
                    return forked
            if self._gateway not in ready:
                continue
            self._messages += self._receive()
            while self._messages:
                message = self._messages.pop(0)
                if "fork" in message:
                    forked = self._fork(message)
                    if forked is not None:
                        return forked
                elif "prepare" in message:
                    self._prepare(message["prepare"])
                elif "seat" in message:
                    self._seat = message["seat"]

    # -- the gateway -------------------------------------------------------------------------

    def _receive(self) -> List[Dict[str, Any]]:
        data = self._gateway.recv(65536)
        if not data:
            self._dismiss()
            self._wait_for_children()
            os._exit(0)
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def _say(self, message: Dict[str, Any]) -> None:
        try:
            self._gateway.sendall(json.dumps(message).encode("utf-8") + b"\n")
        except OSError:
            pass  # the gateway has hung up: the next ``recv`` tells

    def _wait_for_children(self) -> None:
        """Stay for those that still serve: they die with their parent."""
        while self._children:
            try:
                pid, status = os.wait()
            except ChildProcessError:
                return
            if pid in self._children:
                self._children.discard(pid)
                self._say({"exited": pid, "status": status})

    # -- imports -----------------------------------------------------------------------------

    def _prepare(self, modules: Sequence[str]) -> None:
        self._dismiss()
        unfit = self._preload.take(modules, self._is_wanted)
        if unfit:
            self._is_fit = False
        self._wants_standby = self._is_fit
        self._say({"unfit": unfit} if unfit else {"prepared": len(modules)})

    def _is_wanted(self) -> bool:
        """Tell whether the gateway has said something more: a load may wait."""
        return bool(self._messages or select.select([self._gateway], [], [], 0)[0])

    # -- children ----------------------------------------------------------------------------

    def _fork(self, message: Dict[str, Any]) -> Optional[Forked]:
        """Have a child do what the gateway says: the one that waits, or a new one."""
        number = message["fork"]
        if not self._is_fit:  # it was asked before it was known
            self._say({"failed": number, "problem": ""})
            return None
        invitation = message["invitation"]
        if invitation != self._seat:
            self._dismiss()
        orders = json.dumps(message["load"]).encode("utf-8") + b"\n"
        pid = self._hand_over(orders)
        if pid == 0:
            try:
                forked = self._stand_by(invitation)
            except OSError as exc:
                self._say({"failed": number, "problem": str(exc)})
                return None
            if forked is not None:
                return forked
            pid = self._hand_over(orders)
        self._children.add(pid)
        self._seat = None
        self._wants_standby = True
        self._say({"forked": number, "pid": pid})
        return None

    def _hand_over(self, orders: bytes) -> int:
        """Tell the child that waits; return its process id, or 0 if there is none (any more)."""
        if self._standby is None:
            return 0
        pid, boot = self._standby
        self._standby = None
        with boot:
            try:
                boot.sendall(orders)
            except OSError:
                self._dismissed.add(pid)
                return 0
        return pid

    def _try_to_stand_by(self) -> Optional[Forked]:
        self._wants_standby = False
        try:
            return self._stand_by(self._seat or {})
        except OSError:
            return None  # a load that needs a child will try again, and say so

    def _stand_by(self, invitation: Invitation) -> Optional[Forked]:
        """Fork a child that takes its seat and waits. Returns in the child only, with what that is."""
        sys.stdout.flush()
        sys.stderr.flush()
        # The child collects only what it makes itself: else its first collection copies all pages.
        if hasattr(gc, "freeze"):  # PyPy has none
            gc.freeze()
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._become_worker()
            return Forked(theirs.detach(), invitation, self._preload, self._ahead())
        theirs.close()
        self._standby = pid, ours
        return None

    def _ahead(self) -> Set[str]:
        """Return the modules that a worker without a zygote would not have yet; the worker's own are no matter."""
        own = __name__.partition(".")[0] + "."
        return {name for name in sys.modules if name not in self._own and not name.startswith(own)}

    def _dismiss(self) -> None:
        """End the child that waits: it does not have what the next one will have."""
        if self._standby is not None:
            pid, boot = self._standby
            boot.close()
            self._dismissed.add(pid)
            self._standby = None

    def _become_worker(self) -> None:
        """Leave behind what belongs to the zygote."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for own in (self._gateway, self._alarm, self._bell):
            own.close()
        random = sys.modules.get("numpy.random")
        if random is not None:
            random.seed()

    def _reap(self) -> None:
        try:
            while self._alarm.recv(4096):
                pass
        except BlockingIOError:
            pass
        waiting = 0 if self._standby is None else self._standby[0]
        for pid in [*self._children, *self._dismissed, *([waiting] if waiting else [])]:
            try:
                ended, status = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                ended, status = pid, 0
            if not ended:
                continue
            if pid in self._children:
                self._children.discard(pid)
                self._say({"exited": pid, "status": status})
            elif pid == waiting:
                self._dismiss()
            self._dismissed.discard(pid)
