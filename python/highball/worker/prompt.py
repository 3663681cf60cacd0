"""Tells the gateway while the application waits for somebody at the terminal.

The gateway reads keys from the terminal, and a debugger in a worker reads commands from the same one. So
before a worker reads, the gateway is told, and keeps its hands off until it is told that nobody does.
The system has no event for that: what reads is known by its name.
"""

from __future__ import annotations

import builtins
import os
import signal
import sys
from functools import wraps

from . import protocol
from .terminal_claims import Claims

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import Any, Callable, Optional

    from .control import Control

INTERACTIVE = {
    "IPython.terminal.embed": "InteractiveShellEmbed.mainloop",
    "code": "InteractiveConsole.interact",
    "getpass": "getpass",
    # breakpoint(), set_trace() and post_mortem() of pdb and of ipdb.
    "pdb": "Pdb.interaction",
    "pudb.debugger": "Debugger.interaction",
}
"""By module, what waits for somebody at the terminal for as long as it runs; beside ``input()``."""

SKIPPED = ("bdb", "highball.worker.*")
"""Where no debugger stops: nobody wants to see it, and the worker holds locks that other threads need."""


def attend(control: Control) -> Optional[Claims]:
    """Watch over what reads the terminal, from now on; without a terminal there is nothing to do."""
    if not is_terminal(sys.stdin):
        return None

    def tell(opened: bool) -> None:
        try:
            control.send(protocol.PROMPT, flags=protocol.OPEN if opened else 0)
        except OSError:
            pass  # the gateway has gone: the control thread ends this process

    claims = Claims(_terminal_path(), tell)
    builtins.input = _attended(builtins.input, claims)
    sys.meta_path.insert(0, _AfterImport(claims))
    for name in INTERACTIVE:
        if name in sys.modules:
            _attend_module(sys.modules[name], claims)
    return claims


def is_terminal(stream: Any) -> bool:
    """Tell whether somebody may sit at the other end of ``stream``, whatever that is."""
    try:
        return os.isatty(stream.fileno())
    except Exception:  # None, closed, or an object that only looks like a file
        return False


def _terminal_path() -> str:
    try:
        return os.ttyname(sys.stdin.fileno())
    except OSError:  # in a container whose /dev does not have it
        return ""


class _AfterImport:
    """Puts itself around what is interactive in a module, once that has been imported."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Optional[ModuleSpec]:
        """Find what the others find (``importlib.abc.MetaPathFinder``)."""
        if name not in INTERACTIVE:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec: Optional[ModuleSpec] = None if finder is self or find is None else find(name, path, target)
            if spec is not None:
                self._follow(spec.loader)
                return spec
        return None

    def _follow(self, loader: Any) -> None:
        execute = getattr(loader, "exec_module", None)
        if execute is None or isinstance(loader, type):
            return  # one for all modules, as for those that are built in

        def exec_module(module: Any) -> None:
            execute(module)
            _attend_module(module, self._claims)

        loader.exec_module = exec_module


def _attend_module(module: Any, claims: Claims) -> None:
    *path, name = INTERACTIVE[module.__name__].split(".")
    owner = module
    for part in path:
        owner = getattr(owner, part, None)
    function = getattr(owner, name, None)
    if function is not None:  # else another module of that name
        setattr(owner, name, _attended(function, claims))


def _attended(function: Callable[..., Any], claims: Claims) -> Callable[..., Any]:
    """Return ``function`` with the terminal claimed for as long as it runs."""
    process = os.getpid()

    @wraps(function)
    def attended(*args: Any, **kwargs: Any) -> Any:
        debugger = args[0] if args and hasattr(args[0], "set_continue") else None
        stream = getattr(debugger, "stdin", sys.stdin)
        # A debugger may have a terminal of its own; a child that was forked is nobody's worker.
        if not is_terminal(stream) or os.getpid() != process:
            return function(*args, **kwargs)
        if debugger is not None:
            debugger.skip = {*(debugger.skip or ()), *SKIPPED}
        handler = signal.getsignal(signal.SIGINT)
        claims.enter()
        try:
            return function(*args, **kwargs)
        finally:
            # Without a frame it looks back at an exception (post_mortem), and goes on nowhere.
            claims.leave(None if args[1:2] == (None,) else debugger)
            if debugger is not None:
                _take_back_sigint(debugger, handler)

    return attended


def _take_back_sigint(debugger: Any, handler: Any) -> None:
    """Undo what pdb does at ``continue``: Ctrl+C would open a prompt in a server that is told to stop."""
    if getattr(signal.getsignal(signal.SIGINT), "__self__", None) is debugger:
        signal.signal(signal.SIGINT, handler)
