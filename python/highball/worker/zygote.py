"""A process that has imported an application's libraries, and forks a worker for each load of its code.

It never owns a thread and never imports the application's own code, so that a fork of it is as good as a
new interpreter. It speaks lines of JSON with the gateway on the descriptor it was started with
(docs/reference/protocol.md, "The zygote").
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys

from .preload import Preload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

    Job = Tuple[Dict[str, Any], Dict[str, Any], Preload]
    """What to load, the invitation, and what was imported ahead."""


def serve_forks(descriptor: int) -> Job:
    """Serve the gateway until it hangs up. Returns in each child, with what that shall do."""
    return Zygote(descriptor).run()


class Zygote:
    """One thread, one connection, and a child for each load."""

    def __init__(self, descriptor: int) -> None:
        self._gateway = socket.socket(fileno=descriptor)
        self._rest = b""
        self._messages: List[Dict[str, Any]] = []
        self._children: Set[int] = set()
        self._own = set(sys.modules)
        self._is_fit = True
        self._preload = Preload()
        # A child's end interrupts ``select`` through this.
        self._alarm, bell = socket.socketpair()
        self._alarm.setblocking(False)
        bell.setblocking(False)
        signal.set_wakeup_fd(bell.fileno(), warn_on_full_buffer=False)
        self._bell = bell
        signal.signal(signal.SIGCHLD, lambda signum, frame: None)

    def run(self) -> Job:
        """Do what the gateway says; returns in a child."""
        while True:
            ready = select.select([self._gateway, self._alarm], [], [])[0]
            if self._alarm in ready:
                self._reap()
            if self._gateway not in ready:
                continue
            self._messages += self._receive()
            while self._messages:
                message = self._messages.pop(0)
                if "fork" in message:
                    job = self._fork(message)
                    if job is not None:
                        return job
                elif "prepare" in message:
                    self._prepare(message["prepare"])

    # -- the gateway -------------------------------------------------------------------------

    def _receive(self) -> List[Dict[str, Any]]:
        data = self._gateway.recv(65536)
        if not data:
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
        unfit = self._preload.take(modules, self._is_wanted)
        if unfit:
            self._is_fit = False
        self._say({"unfit": unfit} if unfit else {"prepared": len(modules)})

    def _is_wanted(self) -> bool:
        """Tell whether the gateway has said something more: a load may wait."""
        return bool(self._messages or select.select([self._gateway], [], [], 0)[0])

    # -- children ----------------------------------------------------------------------------

    def _fork(self, message: Dict[str, Any]) -> Optional[Job]:
        number = message["fork"]
        if not self._is_fit:  # it was asked before it was known
            self._say({"failed": number, "problem": ""})
            return None
        sys.stdout.flush()
        sys.stderr.flush()
        # The child collects only what it makes itself: else its first collection copies all pages.
        if hasattr(gc, "freeze"):  # PyPy has none
            gc.freeze()
        try:
            pid = os.fork()
        except OSError as exc:
            self._say({"failed": number, "problem": str(exc)})
            return None
        if pid == 0:
            self._become_worker()
            load = {**message["load"], "preloaded": self._preloaded()}
            return load, message["invitation"], self._preload
        self._children.add(pid)
        self._say({"forked": number, "pid": pid})
        return None

    def _become_worker(self) -> None:
        """Leave behind what belongs to the zygote."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for own in (self._gateway, self._alarm, self._bell):
            own.close()
        from importlib import invalidate_caches

        invalidate_caches()
        random = sys.modules.get("numpy.random")
        if random is not None:
            random.seed()

    def _preloaded(self) -> List[str]:
        """Return the names, without dots, of what a worker without a zygote would not have yet."""
        return sorted({name.partition(".")[0] for name in sys.modules if name not in self._own})

    def _reap(self) -> None:
        try:
            while self._alarm.recv(4096):
                pass
        except BlockingIOError:
            pass
        for pid in list(self._children):
            try:
                ended, status = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                ended, status = pid, 0
            if ended:
                self._children.discard(pid)
                self._say({"exited": pid, "status": status})
