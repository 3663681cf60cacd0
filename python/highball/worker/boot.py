"""From an empty interpreter to a worker that serves."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys

# Everything the worker needs is imported before the application can change sys.path.
from . import protocol
from .control import Control, die_with_gateway, die_with_parent
from .failure import LoadFailure
from .import_path import Shadowed
from .ledger import Ledger
from .loader import load
from .native import Socket
from .runners import Runners, base_environ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO, Callable, Dict, Iterable, List, NoReturn, Optional, Sequence, Set, Tuple

    from .debugger.worker_debugger import WorkerDebugger
    from .imported import Imported
    from .loader import Loaded
    from .preload import Preload
    from .terminal_claims import Claims


def main(boot_descriptor: int, role: Sequence[str] = ()) -> None:
    """Load the application, connect, serve until told to stop."""
    die_with_gateway(boot_descriptor)
    _leave_signals_to_the_gateway()
    del sys.argv[1:]  # not for libraries that are imported ahead
    if role:
        _be_zygote(boot_descriptor)
        return
    boot = os.fdopen(boot_descriptor, "rb")
    settings = _read(boot)
    preload = None
    if "prepare" in settings:  # a spare interpreter: it is told later what to load
        from .preload import Preload

        own = set(sys.modules)
        preload = Preload()
        unfit = preload.take(settings["prepare"], lambda: bool(select.select([boot], [], [], 0)[0]))
        said: Dict[str, Any] = {"unfit": unfit} if unfit else {"prepared": len(settings["prepare"])}
        os.write(boot_descriptor, json.dumps(said).encode("utf-8") + b"\n")
        preloaded = _get_ready(set(sys.modules) - own)
        settings = {**_read(boot), "preloaded": preloaded, "isFit": not unfit}
    control = Control(lambda: _accept_invitation(boot))
    control.start()
    _work(settings, control, preload)


def _be_zygote(descriptor: int) -> None:
    from .private_pages import copy_pages
    from .zygote import serve_forks

    parent = os.getpid()
    forked = serve_forks(descriptor)
    # From here on this is a child.
    die_with_parent()
    if os.getppid() != parent:
        os._exit(1)
    invitation = forked.invitation
    control = Control(lambda: (invitation, connect(invitation, "control")), invitation)
    control.start()
    try:
        data = connect(invitation, "data")
    except OSError:  # the gateway ends
        os._exit(0)
    preloaded = _get_ready(forked.ahead)
    boot = os.fdopen(forked.boot, "rb")
    copy_pages(lambda: bool(select.select([boot], [], [], 0)[0]))
    settings = {**_read(boot), "preloaded": preloaded}
    _work(settings, control, forked.preload, data)


def _get_ready(ahead: Set[str]) -> List[str]:
    """Do what takes time before there is something to load; return what ``ahead`` begins with."""
    from importlib import invalidate_caches

    # Nothing is looked up while this process waits: what is then will be as it is on disk.
    invalidate_caches()
    return top_levels(ahead)


def _work(
    settings: Dict[str, Any],
    control: Control,
    preload: Optional[Preload],
    data: Optional[socket.socket] = None,
) -> None:
    if preload is not None:
        # This process was started a while ago, and the folder may be a link to another release by now.
        os.chdir(settings["directory"])
    sys.argv = [settings["argv0"]]
    origin = os.getcwd(), dict(os.environ)
    if not settings.pop("isFit", True):
        _start_afresh(settings, control.wait_until_connected(), origin)
    debugger = _debug(settings, control)
    imported = _watch_imports(settings, sys.modules if preload is not None else ())
    if imported is not None and os.isatty(0):
        from .prompt import attend

        control.claims = attend(control)
    failure: Optional[LoadFailure] = None
    try:
        loaded = _load(settings, control.claims)
    except Shadowed:
        _start_afresh(settings, control.wait_until_connected(), origin)
    except LoadFailure as exc:
        failure = exc
    unfit = preload.contradicted() if preload else settings.get("unfit", ())
    if unfit and preload:
        _start_afresh({**settings, "unfit": unfit}, control.wait_until_connected(), origin)
    if failure is not None:
        described = {**_describe(failure, imported), "unfit": unfit}
        if debugger is not None:
            described.update(debugger.load_failed(failure))
        control.send(protocol.FAILED, 0, json.dumps(described).encode("utf-8"))
        _exit(0)
    invitation = control.wait_until_connected()
    runners = Runners(
        data or connect(invitation, "data"),
        loaded.application,
        base_environ(settings),
        settings["threads"],
        Ledger(invitation["ledger"]),
    )
    if debugger is not None:
        debugger.loaded(loaded.application, loaded.name)
        runners.debugger = debugger
    control.runners = runners
    ready: Dict[str, Any] = {"application": loaded.name, "python": _python_version(), "unfit": unfit}
    if imported is not None:
        ready["imports"] = _imports(imported)
        runners.after_request = lambda: _after_request(imported, control)
    control.send(protocol.READY, 0, json.dumps(ready).encode("utf-8"))
    runners.run()
    _exit(0)


def _load(settings: Dict[str, Any], claims: Optional[Claims]) -> Loaded:
    try:
        return load(
            settings["target"],
            directory=settings["directory"],
            python_path=settings["pythonPath"],
            preloaded=settings.get("preloaded", ()),
        )
    finally:
        if claims is not None:
            claims.ended()


def _debug(settings: Dict[str, Any], control: Control) -> Optional[WorkerDebugger]:
    if not settings.get("debugs"):
        return None
    from .debugger.worker_debugger import WorkerDebugger

    debugger = WorkerDebugger(settings, control.send)
    debugger.start()
    control.attach(debugger)
    return debugger


def _start_afresh(
    settings: Dict[str, Any], invitation: Dict[str, Any], origin: Tuple[str, Dict[str, str]]
) -> NoReturn:
    """Become a new interpreter that has imported nothing ahead, with the folder and environment of old."""
    folder, environment = origin
    ours, theirs = socket.socketpair()
    settings.pop("preloaded")
    theirs.sendall(b"".join(json.dumps(line).encode("utf-8") + b"\n" for line in (settings, invitation)))
    ours.set_inheritable(True)
    # Kept open: its end would mean that the gateway has gone.
    theirs.set_inheritable(True)
    entry = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py")
    os.chdir(folder)
    os.execve(sys.executable, [sys.executable, "-u", entry, str(ours.fileno())], environment)


def top_levels(names: Iterable[str]) -> List[str]:
    """Return the names up to their first dot, each once.

    >>> top_levels(["flask", "flask.app", "jinja2.loaders"])
    ['flask', 'jinja2']
    """
    return sorted({name.partition(".")[0] for name in names})


# -- what the code is made of, where it may change -----------------------------------------------


def _watch_imports(settings: Dict[str, Any], ahead: Iterable[str]) -> Optional[Imported]:
    if not settings["reloads"]:
        return None
    from .fresh_source import distrust_recent_bytecode
    from .imported import Imported

    imported = Imported(settings["directory"], settings["target"], ahead)
    distrust_recent_bytecode(imported.begins)
    if settings["verbose"]:
        from .import_times import measure_imports

        measure_imports()
    return imported


def _imports(imported: Imported) -> Dict[str, Any]:
    from .imported import library_folders

    times = sys.modules.get(f"{__package__}.import_times")
    return {
        **imported.take(),
        "folders": library_folders(),
        "slowest": [] if times is None else times.slowest(),
    }


def _after_request(imported: Imported, control: Control) -> None:
    if control.claims is not None:
        control.claims.ended()
    _tell_imports(imported, control)


def _tell_imports(imported: Imported, control: Control) -> None:
    """Report what a request has imported."""
    if not imported.changed():
        return
    new = imported.take()
    if new["files"] or new["modules"]:
        control.send(protocol.IMPORTED, 0, json.dumps(new).encode("utf-8"))


def _accept_invitation(boot: BinaryIO) -> Tuple[Dict[str, Any], socket.socket]:
    with boot:
        invitation = _read(boot)
    return invitation, connect(invitation, "control")


def _exit(status: int) -> NoReturn:
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
        connection = Socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(invitation["path"])
    else:  # an interpreter or a platform without Unix sockets
        connection = Socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.connect(("127.0.0.1", invitation["port"]))
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


def _describe(failure: LoadFailure, imported: Optional[Imported]) -> Dict[str, Any]:
    described: Dict[str, Any] = {
        "code": failure.code,
        "message": failure.message,
        "hint": failure.hint,
        "traceback": failure.traceback,
        "ofSystem": isinstance(failure.cause, OSError),
    }
    if imported is not None:
        from .imported import traceback_files

        imports = _imports(imported)
        imports["files"] += traceback_files(failure.cause)
        described["imports"] = imports
    return described


def _python_version() -> str:
    name = "PyPy" if sys.implementation.name == "pypy" else "Python"
    return "%s %d.%d.%d" % ((name,) + sys.version_info[:3])
