"""A worker process with the debugger, and the gateway's end of its connections: no tests."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Callable, Dict, List, Optional, Tuple

from support import WORKER_ROOT

from highball.worker import protocol

ENTRY = os.path.join(WORKER_ROOT, "highball", "worker", "__main__.py")
#: Seconds after which something that has not happened never will.
DEADLINE = 30.0

Said = Tuple[int, int, bytes]
"""Type, id and payload of a frame."""


class DebuggedWorker:
    """Serves an application of one file, ``app.py``; closed by the test that has made it."""

    def __init__(self, test: unittest.TestCase, source: str, target: str = "app", **settings: Any) -> None:
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="highball-"))
        test.addCleanup(shutil.rmtree, self.folder, True)
        with open(os.path.join(self.folder, "app.py"), "w", encoding="utf-8") as file:
            file.write(source)
        self.ledger = os.path.join(self.folder, "ledger")
        with open(self.ledger, "wb") as ledger:
            ledger.truncate(65536)
        self._listener = socket.socket(socket.AF_UNIX)
        address = os.path.join(self.folder, "gateway.sock")
        self._listener.bind(address)
        self._listener.listen(4)
        self._listener.settimeout(DEADLINE)
        load = {
            "target": target,
            "directory": self.folder,
            "pythonPath": [],
            "threads": 2,
            "workers": 1,
            "serverSoftware": "Highball",
            "argv0": "highball",
            "reloads": False,
            "verbose": False,
            "debugs": True,
            **settings,
        }
        self._boot, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-u", ENTRY, str(theirs.fileno())],
                cwd=self.folder,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        test.addCleanup(self.close)
        invitation = {"token": "", "path": address, "ledger": self.ledger}
        self._boot.sendall("".join(json.dumps(line) + "\n" for line in (load, invitation)).encode("utf-8"))
        self._sockets: List[socket.socket] = [self._boot, self._listener]
        self._readers: Dict[str, protocol.FrameReader] = {}
        self._heard: Dict[str, List[Said]] = {"control": [], "data": []}
        self._connections: Dict[str, socket.socket] = {}
        self._number = 0

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        for own in self._sockets:
            own.close()

    # -- frames ------------------------------------------------------------------------------

    def hear(self, connection: str, wanted: Callable[[Said], bool]) -> Said:
        """Return the next frame that is wanted; others wait for whoever asks."""
        while True:
            for said in self._heard[connection]:
                if wanted(said):
                    self._heard[connection].remove(said)
                    return said
            data = self._connection(connection).recv(65536)
            if not data:
                raise AssertionError("the worker has hung up: %s" % self.printed())
            frames = self._readers[connection].feed(data)
            self._heard[connection] += [(kind, ident, payload) for kind, _, ident, payload in frames]

    def heard(self, connection: str) -> List[Said]:
        """Return the frames that have come and that nobody has asked for."""
        return self._heard[connection]

    def told(self, kind: int) -> Dict[str, Any]:
        """Return the content of the next frame of this type on the control connection."""
        found: Dict[str, Any] = json.loads(self.hear("control", lambda said: said[0] == kind)[2])
        return found

    def ready(self) -> DebuggedWorker:
        """Return when the application is loaded."""
        self.told(protocol.READY)
        return self

    def printed(self) -> str:
        """Return all that the process has printed; it is ended for that."""
        self.process.kill()
        assert self.process.stdout is not None
        return self.process.stdout.read().decode("utf-8", "replace")

    def _connection(self, purpose: str) -> socket.socket:
        while purpose not in self._connections:
            connection, hello = welcome(self._listener)
            self._sockets.append(connection)
            self._connections[hello["connection"]] = connection
            self._readers[hello["connection"]] = protocol.FrameReader()
        return self._connections[purpose]

    # -- requests ----------------------------------------------------------------------------

    def send(self, path: str = "/", method: str = "GET", **environ: str) -> int:
        """Send a request and return its id."""
        self._number += 1
        fields = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "REQUEST_URI": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost:8000",
            "wsgi.url_scheme": "http",
            **environ,
        }
        block = "\0".join(part for item in fields.items() for part in item).encode("latin-1")
        payload = protocol.U32.pack(len(block)) + block
        self._connection("data").sendall(protocol.frame(protocol.REQUEST, 0, self._number, payload))
        return self._number

    def answer(self, ident: int) -> Tuple[int, bytes]:
        """Return the type of the first frame that answers a request, and its payload."""
        kind, _, payload = self.hear("data", lambda said: said[1] == ident)
        return kind, payload

    def failure(self, path: str = "/", **environ: str) -> Dict[str, Any]:
        """Send a request that fails; return what FAIL says."""
        kind, payload = self.answer(self.send(path, **environ))
        assert kind == protocol.FAIL, (kind, payload)
        found: Dict[str, Any] = json.loads(payload)
        return found

    def body(self, path: str = "/", **environ: str) -> bytes:
        """Send a request that is answered by one frame, and return the body of the response."""
        kind, payload = self.answer(self.send(path, **environ))
        assert kind == protocol.RESPONSE, payload
        return payload[4 + protocol.U32.unpack_from(payload)[0] :]

    # -- the debugger ------------------------------------------------------------------------

    def ask(self, kind: int, frame: str, code: str) -> int:
        """Send EVALUATE or SUGGEST and return its number."""
        self._number += 1
        self.say(kind, self._number, json.dumps({"frame": frame, "code": code}).encode("utf-8"))
        return self._number

    def say(self, kind: int, ident: int, payload: bytes = b"") -> None:
        """Send a frame on the control connection."""
        self._connection("control").sendall(protocol.frame(kind, 0, ident, payload))

    def outcome(self, number: int) -> Any:
        """Return the answer to what was asked."""
        answers = (protocol.EVALUATED, protocol.SUGGESTED)
        return json.loads(self.hear("control", lambda said: said[0] in answers and said[1] == number)[2])

    def evaluate(self, frame: str, code: str) -> Dict[str, Any]:
        found: Dict[str, Any] = self.outcome(self.ask(protocol.EVALUATE, frame, code))
        return found

    def value(self, frame: str, code: str) -> str:
        """Return the text of an expression's value."""
        found = self.evaluate(frame, code)
        assert found.get("value"), found
        return str(found["value"]["text"])

    def suggest(self, frame: str, code: str) -> List[str]:
        found: List[str] = self.outcome(self.ask(protocol.SUGGEST, frame, code))
        return found

    def interrupt(self, number: int) -> None:
        self.say(protocol.INTERRUPT, number)


def welcome(listener: socket.socket) -> Tuple[socket.socket, Dict[str, Any]]:
    """Return the next connection of a worker, and what its HELLO says."""
    connection, _ = listener.accept()
    connection.settimeout(DEADLINE)
    reader = protocol.FrameReader()
    frames: List[protocol.Frame] = []
    while not frames:
        data = connection.recv(1)  # not more than this frame
        assert data, "the worker has hung up"
        frames = reader.feed(data)
    kind, _, _, payload = frames[0]
    assert kind == protocol.HELLO, kind
    return connection, json.loads(payload)


def frame_of(error: Dict[str, Any], function: str) -> str:
    """Return the id of the last frame of a function in an ErrorModel."""
    found: Optional[str] = None
    for frame in error["exception"]["frames"]:
        if frame["function"].rpartition(".")[2] == function:
            found = frame["id"]
    assert found, [frame["function"] for frame in error["exception"]["frames"]]
    return found
