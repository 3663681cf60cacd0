"""What the import of a library must not change if a fork is to be as good as a new process."""

from __future__ import annotations

import os
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, FrozenSet, List, Set, Tuple

#: Threads that come to life again in a child, by the name the kernel knows them by: jemalloc's.
_HARMLESS_THREADS = frozenset(["jemalloc_bg_thd"])
#: Files without a position or a state that two processes could disturb.
_HARMLESS_FILES = frozenset(["/dev/null", "/dev/random", "/dev/urandom", "/dev/zero"])
#: Variables that a library sets for its own OpenMP runtime.
_HARMLESS_VARIABLES = ("KMP_",)
_signals = tuple(signal.valid_signals())
# The module of this name without the underscore takes twenty times as long.
_handler = sys.modules["_signal"].getsignal
#: Of threads that outlived a fork: to try again would tell nothing new.
_lasting_names: Set[str] = set()
#: Seconds that a child gets to come to life.
_TRIAL = 2.0


class Fingerprint:
    """The state of this process, as far as a child would inherit it, or miss it.

    Threads, descriptors and processes only on Linux: elsewhere nothing is forked.
    """

    __slots__ = ("children", "descriptors", "environment", "threads", "values")

    def __init__(self) -> None:
        """Look at the process; some 100 microseconds."""
        self.threads = frozenset(_entries("/proc/self/task"))
        self.descriptors = _descriptors()
        self.children = _children()
        self.environment = dict(os.environ)
        self.values: Dict[str, Any] = {
            "changed the current folder": os.getcwd(),
            "changed sys.path": tuple(sys.path),
            "changed how signals are handled": tuple(map(_handler, _signals)),
            "set up logging": _logging(),
            "made a temporary file": _temporary(),
        }


def differences(before: Fingerprint, after: Fingerprint) -> str:
    """Say what has changed, or return an empty string."""
    names = _lasting(after.threads - before.threads)
    if names:
        return f"it runs threads ({', '.join(names)})"
    # Those that are open still: glibc opens libgcc for as long as the first thread of a process takes to end.
    lasting = (after.descriptors - before.descriptors) & _descriptors()
    opened = {target for _, target in lasting} - _HARMLESS_FILES
    if opened:
        return f"it opened {', '.join(sorted(opened))}"
    if after.children - before.children:
        return "it started another process"
    variables = [
        name
        for name in sorted({*before.environment, *after.environment})
        if before.environment.get(name) != after.environment.get(name)
        and not name.startswith(_HARMLESS_VARIABLES)
    ]
    if variables:
        return f"it changed the environment ({', '.join(variables)})"
    for what, value in after.values.items():
        if value != before.values[what]:
            return f"it {what}"
    return ""


def _lasting(threads: FrozenSet[str]) -> Tuple[str, ...]:
    """Return the names of those that end neither by themselves nor when the process forks."""
    names = _alive(threads, 0.005)
    if names and _lasting_names.isdisjoint(names):
        # OpenBLAS, numpy's, ends its threads before a fork, and starts others when it needs them.
        _fork_for_trial()
        names = _alive(threads, 0.05)
        # Without a name of its own a thread has the main thread's.
        _lasting_names.update({*names} - {*_names(frozenset([str(os.getpid())]))})
    return names


def _alive(threads: FrozenSet[str], patience: float) -> Tuple[str, ...]:
    deadline = time.monotonic() + patience
    names = _names(threads)
    while names and time.monotonic() < deadline:
        time.sleep(0.001)
        names = _names(threads)
    return names


def _names(threads: FrozenSet[str]) -> Tuple[str, ...]:
    names = set()
    for thread in threads:
        try:
            with open(f"/proc/self/task/{thread}/comm", encoding="utf-8", errors="replace") as file:
                names.add(file.read().strip())
        except OSError:
            pass  # it has ended
    return tuple(sorted(names - _HARMLESS_THREADS))


def _fork_for_trial() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    deadline = time.monotonic() + _TRIAL
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if time.monotonic() > deadline:  # what the library does in a child does not come to an end
            os.kill(pid, signal.SIGKILL)
            deadline = float("inf")
        time.sleep(0.001)


def _entries(folder: str) -> List[str]:
    try:
        return os.listdir(folder)
    except OSError:  # not Linux
        return []


def _descriptors() -> FrozenSet[Tuple[int, str]]:
    found = set()
    for name in _entries("/proc/self/fd"):
        try:
            found.add((int(name), os.readlink(f"/proc/self/fd/{name}")))
        except OSError:
            pass  # the one that read the folder
    return frozenset(found)


def _children() -> FrozenSet[str]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            return frozenset(file.read().split())
    except OSError:  # a kernel without CONFIG_PROC_CHILDREN
        return frozenset()


def _logging() -> Any:
    # To an application that calls it later, ``logging.basicConfig`` would do nothing.
    root = getattr(sys.modules.get("logging"), "root", None)
    return ((), 30) if root is None else (tuple(root.handlers), root.level)


def _temporary() -> bool:
    # Whoever makes such a file at import has it removed at exit: the first child would take it from all.
    return getattr(sys.modules.get("tempfile"), "_name_sequence", None) is not None
