"""From an empty interpreter to a worker that serves."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

# Everything the worker needs is imported before the application can change sys.path.
from . import protocol
from .control import Control, die_with_gateway
from .failure import LoadFailure
from .ledger import Ledger
from .loader import load
from .runners import Runners, base_environ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO, Dict, Tuple


def main(boot_descriptor: int) -> None:
    """Load the application, connect, serve until told to stop."""
    die_with_gateway(boot_descriptor)
    boot = os.fdopen(boot_descriptor, "rb")
    settings = _read(boot)
    _leave_signals_to_the_gateway()
    control = Control(lambda: _accept_invitation(boot))
    control.start()
    sys.argv = [settings["argv0"]]
    try:
        loaded = load(
            settings["target"],
            directory=settings["directory"],
            python_path=settings["pythonPath"],
        )
    except LoadFailure as failure:
        control.send(protocol.FAILED, 0, _describe(failure))
        _exit(0)
        return
    invitation = control.wait_until_connected()
    runners = Runners(
        connect(invitation, "data"),
        loaded.application,
        base_environ(settings),
        settings["threads"],
        Ledger(invitation["ledger"]),
    )
    control.runners = runners
    ready = {"application": loaded.name, "python": _python_version()}
    control.send(protocol.READY, 0, json.dumps(ready).encode("utf-8"))
    runners.run()
    _exit(0)


def _accept_invitation(boot: BinaryIO) -> Tuple[Dict[str, Any], socket.socket]:
    with boot:
        invitation = _read(boot)
    return invitation, connect(invitation, "control")


def _exit(status: int) -> None:
    """Leave as a Python program does: atexit handlers run, streams are flushed."""
    raise SystemExit(status)


def _read(boot: BinaryIO) -> Dict[str, Any]:
    line = boot.readline()
    if not line:  # the gateway ended before it could use this process
        os._exit(0)
    message: Dict[str, Any] = json.loads(line)
    return message


def connect(invitation: Dict[str, Any], purpose: str) -> socket.socket:
    """Open one of the two connections and say hello."""
    if "path" in invitation:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(invitation["path"])
    else:  # an interpreter or a platform without Unix sockets
        connection = socket.create_connection(("127.0.0.1", invitation["port"]))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    hello = {
        "version": protocol.VERSION,
        "token": invitation["token"],
        "connection": purpose,
        "pid": os.getpid(),
    }
    connection.sendall(protocol.frame(protocol.HELLO, 0, 0, json.dumps(hello).encode("utf-8")))
    return connection


def _leave_signals_to_the_gateway() -> None:
    """A terminal or a service manager signals the whole group; the gateway decides what it means.

    A handler that does nothing, not SIG_IGN: programs that the application starts would inherit
    the latter.
    """

    def leave_it(signum: int, frame: Any) -> None:
        pass

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), leave_it)


def _describe(failure: LoadFailure) -> bytes:
    described = {
        "code": failure.code,
        "message": failure.message,
        "hint": failure.hint,
        "traceback": failure.traceback,
    }
    return json.dumps(described).encode("utf-8")


def _python_version() -> str:
    name = "PyPy" if sys.implementation.name == "pypy" else "Python"
    return "%s %d.%d.%d" % ((name,) + sys.version_info[:3])
