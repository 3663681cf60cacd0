"""One exchange: the environ, ``start_response``, the iterable, and the frames they become.

PEP 3333 is the contract; what HTTP makes of it (framing, hop-by-hop headers, HEAD) is decided in
the gateway, in one place. Nothing here may let one application's fault reach another exchange.
"""

from __future__ import annotations

import json
import os
import sys
from io import BytesIO

from . import protocol
from .failure import format_exception
from .file_wrapper import FileWrapper
from .native import allocate_lock
from .response_head import InvalidResponse, build_head, build_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from types import TracebackType
    from typing import Any, Callable, Collection, Dict, Iterable, List, Optional, Protocol, Tuple, Type

    ExcInfo = Tuple[Type[BaseException], BaseException, Optional[TracebackType]]
    from .debugger.preserved import Preserved
    from .debugger.worker_debugger import WorkerDebugger

    Environ = Dict[str, Any]
    Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

    class Outlet(Protocol):
        """Where frames to the gateway go."""

        def send(self, data: bytes) -> None:
            """Send a frame now."""

        def post(self, data: bytes) -> None:
            """Send a whole response, perhaps together with the next one."""


WINDOW = 262144
"""Bytes of a response that may be on their way to a slow client before its iterable waits."""

PIECE = 131072
"""Largest DATA payload: keeps one exchange from holding the connection that all share."""

INLINE_FILE = 65536
"""Files up to this size are sent as data: cheaper than asking the gateway to open them."""

PRESERVE = "werkzeug.debug.preserve_context"
"""Where in the environ frameworks look for what takes their context managers when a request ends."""

_NO_ENVIRON: Environ = {}


class Exchange:
    """One request and its response, inside the worker."""

    # The usual values stand on the class: an exchange sets only what it changes.
    cancelled = False
    complete = False
    acknowledged = 0
    _head: Optional[bytes] = None
    _head_sent = False
    _length = -1
    _sent = 0
    _overrun = False
    _bell: Optional[LockType] = None
    _opened: Optional[bool] = None
    _kept: Optional[Preserved] = None

    def __init__(
        self,
        ident: int,
        environ: Environ,
        outlet: Outlet,
        debugger: Optional[WorkerDebugger] = None,
        contexts: Collection[Any] = (),
    ) -> None:
        """``debugger`` is told of errors, with the ``contexts`` that the framework has handed over by then."""
        self.ident = ident
        self._environ = environ
        self._outlet = outlet
        self._debugger = debugger
        self._contexts = contexts

    # -- what the application calls ----------------------------------------------------------

    def start_response(
        self, status: str, headers: List[Tuple[str, str]], exc_info: Optional[ExcInfo] = None
    ) -> Callable[[bytes], None]:
        """PEP 3333's callable. The head is built here, so that its errors show the caller's line."""
        if exc_info is not None:
            try:
                if self._head_sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # PEP 3333: avoid a circle through the traceback's frames
        elif self._head is not None:
            raise AssertionError("start_response was called twice without exc_info (PEP 3333)")
        self._head, self._length = build_head(status, headers)
        return self.write

    def write(self, data: bytes) -> None:
        """PEP 3333's ``write()``: the data is on its way when this returns.

        Raises ConnectionAbortedError once the client has gone: nothing else would end the loop of
        an application that only writes.
        """
        if self.cancelled:
            raise ConnectionAbortedError("the client has gone")
        if data or not self._head_sent:
            self._transmit(data)

    def early_hints(self, headers: List[Tuple[str, str]]) -> None:
        """``wsgi.early_hints``: send a 103 response with these headers (RFC 8297)."""
        if self._head_sent or self.cancelled:
            return
        block = build_lines(headers)
        self._outlet.send(protocol.frame(protocol.HINT, 0, self.ident, block))

    def client_disconnected(self) -> bool:
        """``highball.client_disconnected``: True once nobody waits for this response."""
        return self.cancelled

    # -- what the runner calls ---------------------------------------------------------------

    def run(self, application: Application) -> None:
        """Call the application and send what it gives; never raises."""
        iterable: Any = None
        try:
            iterable = application(self._environ, self.start_response)
            kind = type(iterable)
            if kind is list or kind is tuple:
                self._send_all(iterable)
            elif kind is FileWrapper and self._send_file(iterable):
                pass
            else:
                self._send_each(iterable)
        except BaseException as error:  # SystemExit and KeyboardInterrupt cost this request only
            self._fail(error)
        if iterable is not None and hasattr(iterable, "close"):
            try:
                iterable.close()
            except BaseException as error:
                self._close_failed(error)
        # The environ holds methods of this object: without the circle, neither waits for the
        # garbage collector.
        self._environ = _NO_ENVIRON
        if self.cancelled and not self.complete:
            # Nobody listens, but the gateway must know that this runner is free.
            self.complete = True
            self._outlet.send(protocol.frame(protocol.DATA, protocol.COMPLETE, self.ident))

    def _send_all(self, chunks: Any) -> None:
        """A list or tuple runs no code when it is read, so it can leave as one frame."""
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        if type(body) is not bytes:
            raise InvalidResponse("the application must yield bytes, not %.100r" % (body,))
        if self._length < 0 and not self._head_sent and len(body) <= PIECE:
            self._transmit(body, last=True)
            return
        if body:
            self._transmit(body)
        self._finish()

    def _send_each(self, iterable: Iterable[bytes]) -> None:
        # PEP 3333: a block is transmitted before the next one is asked for.
        for chunk in iterable:
            if chunk:
                self._transmit(chunk)
            if self.cancelled:
                return
        self._finish()

    def _finish(self) -> None:
        if self._overrun:
            report("The application sent more than its Content-Length of %d: cut" % self._length)
        if self.complete or self.cancelled:
            return
        self._transmit(b"", last=True)

    def _transmit(self, data: bytes, last: bool = False) -> None:
        if type(data) is not bytes:
            if not isinstance(data, (bytes, bytearray, memoryview)):
                raise InvalidResponse("the application must yield bytes, not %.100r" % (data,))
            data = bytes(data)
        if self._length >= 0:
            room = self._length - self._sent
            if len(data) >= room:
                self._overrun = self._overrun or len(data) > room
                if self.complete:
                    return
                data = data[:room]
                last = True
        size = len(data)
        if size > PIECE:
            for start in range(0, size, PIECE):
                if self.cancelled:
                    return
                self._transmit_piece(data[start : start + PIECE], last and start + PIECE >= size)
        else:
            self._transmit_piece(data, last)

    def _transmit_piece(self, data: bytes, last: bool) -> None:
        size = len(data)
        head = self._head
        if head is None:
            raise InvalidResponse("the application did not call start_response before its first bytes")
        if self._sent - self.acknowledged > WINDOW:
            self._wait_for_room()
        self._sent += size
        self.complete = last
        flags = protocol.COMPLETE if last else 0
        if self._head_sent:
            self._outlet.send(protocol.HEADER.pack(size, protocol.DATA, flags, 0, self.ident) + data)
            return
        self._head_sent = True
        length = len(head)
        frame = (
            protocol.RESPONSE_HEADER.pack(
                4 + length + size, protocol.RESPONSE, flags, 0, self.ident, length
            )
            + head
            + data
        )
        if last:
            self._outlet.post(frame)
        else:
            self._outlet.send(frame)

    # -- files -------------------------------------------------------------------------------

    def _send_file(self, wrapper: FileWrapper) -> bool:
        """Let the gateway send a regular file; False where the iterable must do it."""
        found = wrapper.regular_file()
        if found is None or self._head_sent or self._head is None:
            return False
        descriptor, offset, length = found
        if self._length < 0:
            self._length = length
            self._head += b"\nContent-Length: %d" % length
        length = min(length, self._length)
        if length <= INLINE_FILE or not sys.platform.startswith("linux"):
            return False
        self._transmit_piece(b"", False)
        # The link in /proc opens the very file, even one without a name (tempfile).
        path = "/proc/%d/fd/%d" % (os.getpid(), descriptor)
        self._outlet.send(
            protocol.frame(
                protocol.FILE,
                protocol.COMPLETE,
                self.ident,
                protocol.FILE_RANGE.pack(offset, length) + os.fsencode(path),
            )
        )
        if not self._wait_for_gateway():
            return False
        self.complete = True
        return True

    def _wait_for_gateway(self) -> bool:
        bell = allocate_lock()
        bell.acquire()
        self._bell = bell
        while self._opened is None and not self.cancelled:
            bell.acquire()
        return bool(self._opened) or self.cancelled

    # -- what the control thread calls -------------------------------------------------------

    def credit(self, count: int) -> None:
        """The client has taken ``count`` more bytes."""
        self.acknowledged += count
        self._ring()

    def opened(self, accepted: bool) -> None:
        """The gateway's answer to a FILE frame."""
        self._opened = accepted
        self._ring()

    def cancel(self) -> None:
        """The client has gone."""
        self.cancelled = True
        self._ring()

    def _ring(self) -> None:
        bell = self._bell
        if bell is not None and bell.locked():
            try:
                bell.release()
            except RuntimeError:
                pass  # released meanwhile by the other side

    def _wait_for_room(self) -> None:
        bell = allocate_lock()
        bell.acquire()
        self._bell = bell
        while self._sent - self.acknowledged > WINDOW and not self.cancelled:
            bell.acquire()
        self._bell = None

    # -- failure -----------------------------------------------------------------------------

    def _fail(self, error: BaseException) -> None:
        if self.cancelled and isinstance(error, (ConnectionError, GeneratorExit)):
            return  # that is how write() ends an application whose client has gone
        debugger = self._debugger
        output = [] if debugger is None else debugger.raised(error)
        where = "%s %s" % (self._environ.get("REQUEST_METHOD"), self._environ.get("REQUEST_URI"))
        payload: Dict[str, Any]
        if isinstance(error, InvalidResponse):
            text = str(error)
            report("Invalid response to %s: %s" % (where, text))
            payload = {"kind": "invalid-response", "message": text}
        else:
            shown = debugger is not None and debugger.shows and (self._head_sent or not self.cancelled)
            text = format_exception(error) if shown else report("Error on request %s" % where, error)
            payload = {"kind": "raised", "traceback": text[-65536:]}
        if debugger is not None:
            if self._head_sent:
                told = debugger.tell("stream", self.ident, error, output, self._preserved())
                if debugger.shows and not told:
                    report("Error on request %s" % where, error)
            elif not self.cancelled:
                payload["error"] = debugger.describe(error, self._preserved())
                payload["output"] = output
        if self.complete or self.cancelled:
            return
        self.complete = True
        self._outlet.send(
            protocol.frame(protocol.FAIL, 0, self.ident, json.dumps(payload).encode("utf-8"))
        )

    def _preserved(self) -> Preserved:
        if self._kept is None:
            from .debugger.preserved import Preserved

            self._kept = Preserved(self._contexts)
            # Frames keep this environ. Who calls the application with it again, in a console, hands over nothing
            # to the request that this runner is at by then.
            self._environ.pop(PRESERVE, None)
        return self._kept

    def _close_failed(self, error: BaseException) -> None:
        debugger = self._debugger
        output = [] if debugger is None else debugger.raised(error)
        if debugger is None or not debugger.shows:
            report("Error in close() of the application's iterable", error)
        if debugger is not None:
            told = debugger.tell("close", self.ident, error, output, self._preserved())
            if debugger.shows and not told:
                report("Error in close() of the application's iterable", error)


def report(message: str, error: Optional[BaseException] = None) -> str:
    """Write a line, and a traceback without the worker's frames, where ``wsgi.errors`` goes."""
    text = "" if error is None else format_exception(error)
    line = "".join(c if c.isprintable() else "\\x%02x" % ord(c) for c in message)
    try:
        write = getattr(sys.stderr, "write_apart", sys.stderr.write)
        write(line + ("\n" if error is None else ":\n" + text))
        sys.stderr.flush()
    except Exception:
        pass  # a closed or broken stderr must not cost a response
    return text


def body_stream(payload: bytes, start: int, spooled: bool) -> Any:
    """``wsgi.input``: the bytes in the frame, or the file it names, unlinked once it is open."""
    if not spooled:
        return BytesIO(payload[start:])
    path = os.fsdecode(payload[start:])
    stream = open(path, "rb")
    os.unlink(path)
    return stream
