"""Runners on demand: the threads that call the application.

One runner is awake while requests are fast: it reads the data connection, runs what it read, and
reads again, so nothing is handed from thread to thread. Another one is woken only when that one
is held up: by a WAKE from the gateway, or before a request that carries the FOLLOW flag.

Exactly one thread at a time may read the connection (``_reading``); everything else that threads
share is guarded by one lock, which is free whenever only one of them is awake.
"""

from __future__ import annotations

import socket
import sys
from collections import deque
from sys import modules

from . import protocol
from .file_wrapper import FileWrapper
from .native import allocate_lock, is_readable, start_thread, wait_for
from .wsgi import PRESERVE, Exchange, body_stream, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Deque, Dict, Iterable, List, Optional, Tuple

    from .debugger.worker_debugger import WorkerDebugger
    from .ledger import Ledger
    from .wsgi import Application, Environ

    Request = Tuple[int, int, bytes]
    """Id, flags, payload of a REQUEST frame."""

RECEIVE = 65536

POSTED = 16
"""Responses that wait for company at the most."""


class _Runner:
    """What one runner is at, so that it can be put right after an exception from outside."""

    __slots__ = ("base", "bell", "contexts", "reading", "request")

    def __init__(self, base: Environ) -> None:
        self.base = base
        self.contexts: Deque[Any] = deque()
        self.bell = allocate_lock()
        self.bell.acquire()
        self.reading = False
        self.request: Optional[Request] = None


class Runners:
    """The threads of one worker and the queue between them and the gateway."""

    def __init__(
        self,
        data: socket.socket,
        application: Application,
        base_environ: Environ,
        threads: int,
        ledger: Ledger,
    ) -> None:
        self._data = data
        self._application = application
        self._base = base_environ
        self._threads = threads
        self._ledger = ledger
        self._reader = protocol.FrameReader()
        self._queue: Deque[Request] = deque()
        self._lock = allocate_lock()
        self._send_lock = allocate_lock()
        self._reading = False
        self._closed = False
        self._started = 1
        self._parked: List[_Runner] = []
        self._leader: Optional[_Runner] = None
        self._running: Dict[int, Exchange] = {}
        self._posted: List[bytes] = []
        self.after_request: Optional[Callable[[], None]] = None
        """Called by the runner that has run a request, where there is something to look after."""
        self.debugger: Optional[WorkerDebugger] = None
        """Told of errors, if there is one."""
        self._wait = wait_for(data)

    # -- the runner --------------------------------------------------------------------------

    def run(self) -> None:
        """Serve until the connection ends. The main thread is the first runner."""
        self._leader = self._runner()
        self._run(self._leader)

    def _run(self, runner: _Runner) -> None:
        while True:
            try:
                self._take_turns(runner)
                return
            except BaseException as error:
                # Struck from outside, as timeouts and debuggers do (PyThreadState_SetAsyncExc).
                self._recover(runner, error)

    def _take_turns(self, runner: _Runner) -> None:
        lock = self._lock
        queue = self._queue
        relieved = False
        while True:
            with lock:
                if relieved and self._leader is not runner and not self._closed:
                    # Another runner was woken while this one was held up, and is in charge now. Two
                    # that are awake would trade the interpreter's lock, five milliseconds at a time.
                    self._parked.append(runner)
                elif queue:
                    runner.request = request = queue.popleft()
                    self._ledger.started(request[0])
                    if request[1] & protocol.FOLLOW and not self._reading:
                        self._wake_one()
                elif self._closed:
                    return
                elif self._reading:
                    self._parked.append(runner)
                else:
                    runner.reading = True
                    self._reading = True
                    self._leader = runner
            if runner.request is not None:
                self._serve(runner, runner.request)
                relieved = not runner.request[1] & protocol.FOLLOW
                runner.request = None
                continue
            relieved = False
            if self._posted:
                self.flush()
            if runner.reading:
                self._read(runner)
            else:
                runner.bell.acquire()

    def _recover(self, runner: _Runner, error: BaseException) -> None:
        """Put things right after an exception in the runner's own code; the runner goes on."""
        with self._lock:
            if runner.reading:
                runner.reading = False
                self._reading = False
            if runner in self._parked:
                self._parked.remove(runner)
        request, runner.request = runner.request, None
        runner.contexts.clear()
        if request is not None:
            self._fail(request[0], error)

    def _serve(self, runner: _Runner, request: Request) -> None:
        debugger = self.debugger
        ident, flags, payload = request
        try:
            (length,) = protocol.U32.unpack_from(payload)
            end = 4 + length
            fields = payload[4:end].decode("latin-1").split("\0")
            environ = runner.base.copy()
            environ.update(zip(fields[::2], fields[1::2]))
            exchange = Exchange(ident, environ, self, debugger, runner.contexts)
            self._running[ident] = exchange
            stream = body_stream(payload, end, bool(flags & protocol.SPOOLED))
            environ["wsgi.input"] = stream
            environ["wsgi.early_hints"] = exchange.early_hints
            environ["highball.client_disconnected"] = exchange.client_disconnected
            # Before the request: somebody who has stepped out of the last one with pdb would step through this.
            if debugger is not None and len(modules) != debugger.modules:
                debugger.look()
            exchange.run(self._application)
            stream.close()
        except BaseException as error:  # whatever it is, it costs this request and not the runner
            self._fail(ident, error)
        self._running.pop(ident, None)
        if debugger is not None:
            runner.contexts.clear()
        if self.after_request is not None:
            self.after_request()

    def _fail(self, ident: int, error: BaseException) -> None:
        report("Error in a runner", error)
        self._running.pop(ident, None)
        self.send(protocol.frame(protocol.FAIL, 0, ident, b'{"kind":"raised","traceback":""}'))

    def _read(self, runner: _Runner) -> None:
        # Waits here and not in recv: a runner that is struck while it waits has no request in hand.
        self._wait()
        try:
            data = self._data.recv(max(RECEIVE, self._reader.missing))
        except OSError:
            data = b""
        frames = self._reader.feed(data) if data else []
        with self._lock:
            self._queue.extend([(f[2], f[1], f[3]) for f in frames])
            self._reading = False
            runner.reading = False
            if not data:
                self._close()

    def _wake_one(self) -> None:
        """Wake or start one more runner, which is in charge from now on; the lock is held."""
        if self._parked:
            self._leader = self._parked.pop()
            self._leader.bell.release()
        elif self._started < self._threads:
            self._started += 1
            self._leader = runner = self._runner()
            name = "highball-runner-%d" % self._started
            start_thread(lambda: self._run_thread(runner), name)

    def _run_thread(self, runner: _Runner) -> None:
        try:
            self._run(runner)
        finally:
            with self._lock:
                self._started -= 1

    def _close(self) -> None:
        self._closed = True
        self._queue.clear()
        while self._parked:
            self._parked.pop().bell.release()

    def _runner(self) -> _Runner:
        if self.debugger is None:
            return _Runner(self._base)
        runner = _Runner(self._base.copy())
        # Flask calls this twice for every request: a method in C costs it a third of what one in Python does,
        # and what only an error needs is made of it for an error.
        runner.base[PRESERVE] = runner.contexts.append
        return runner

    # -- frames to the gateway ---------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Send a frame, after those that wait; frames of several runners never mix."""
        with self._send_lock:
            self._send_after_posted(data)

    def post(self, data: bytes) -> None:
        """Send a whole response; while requests are queued, together with the next few.

        To wake a gateway that sleeps costs more than to make a response (measured with Flask on
        two cores: 14 us of CPU). Nothing is lost if the next request kills the process, since
        what waits stands in the ledger; and if that one blocks, the gateway notices within two
        milliseconds and its WAKE sends what waits.
        """
        with self._send_lock:
            if self._queue and len(self._posted) < POSTED and self._ledger.post(data):
                self._posted.append(data)
            else:
                self._send_after_posted(data)

    def flush(self) -> None:
        """Send the responses that wait for company."""
        with self._send_lock:
            if self._posted:
                self._send_after_posted(b"")

    def _send_after_posted(self, data: bytes) -> None:
        posted = self._posted
        if posted:
            data = b"".join(posted) + data
        try:
            self._data.sendall(data)
        except OSError:
            pass  # the gateway has gone: the control thread ends this process
        if posted:
            # Only now: if the process is killed before, the gateway finds them in the ledger, and
            # takes none of them twice.
            posted.clear()
            self._ledger.clear()

    # -- what the control thread calls -------------------------------------------------------

    def wake(self, ident: int) -> None:
        """Exchange ``ident`` holds up what came after it: let another runner go on.

        No runner is woken if it has ended meanwhile, or if somebody already reads.
        """
        if self._posted:
            self.flush()
        with self._lock:
            if ident in self._running and not self._reading:
                self._wake_one()

    def recall(self, idents: Iterable[int]) -> List[int]:
        """Hand back the given requests that no runner has started."""
        wanted = set(idents)
        with self._lock:
            if not self._reading and not self._closed:
                self._read_waiting()
            kept = [request for request in self._queue if request[0] not in wanted]
            given = [request[0] for request in self._queue if request[0] in wanted]
            if given:
                self._queue.clear()
                self._queue.extend(kept)
        return given

    def _read_waiting(self) -> None:
        """Take what waits in the socket while every runner is busy; the lock is held."""
        while is_readable(self._data):
            data = self._data.recv(RECEIVE)
            if not data:
                return  # the next runner that reads will see the end too
            self._queue.extend((f[2], f[1], f[3]) for f in self._reader.feed(data))

    def cancel(self, ident: int) -> List[int]:
        """The client of ``ident`` has gone: close its iterable, or hand it back unrun."""
        exchange = self._running.get(ident)
        if exchange is not None:
            exchange.cancel()
            return []
        return self.recall([ident])

    def credit(self, ident: int, count: int) -> None:
        """See :meth:`Exchange.credit`."""
        exchange = self._running.get(ident)
        if exchange is not None:
            exchange.credit(count)

    def opened(self, ident: int, accepted: bool) -> None:
        """See :meth:`Exchange.opened`."""
        exchange = self._running.get(ident)
        if exchange is not None:
            exchange.opened(accepted)

    def quit(self) -> None:
        """Let every runner return once it has finished what it runs."""
        with self._lock:
            self._close()
        try:
            self._data.shutdown(socket.SHUT_RD)
        except OSError:
            pass


def base_environ(settings: Dict[str, Any]) -> Environ:
    """The part of the environ that is the same for every request of this worker."""
    return {
        "wsgi.version": (1, 0),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": settings["threads"] > 1,
        "wsgi.multiprocess": settings["workers"] > 1,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": FileWrapper,
        "GATEWAY_INTERFACE": "CGI/1.1",
        "SERVER_SOFTWARE": settings["serverSoftware"],
    }
