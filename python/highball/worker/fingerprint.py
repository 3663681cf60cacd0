"""What the import of a library must not change if a fork is to be as good as a new process."""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, FrozenSet, Tuple


class Fingerprint:
    """The state of this process, as far as a child would inherit it, or miss it."""

    __slots__ = ("children", "descriptors", "directory", "environment", "handlers", "threads")

    def __init__(
        self,
        threads: int,
        descriptors: FrozenSet[Tuple[int, str]],
        children: FrozenSet[int],
        handlers: Tuple[Any, ...],
        environment: Dict[str, str],
        directory: str,
    ) -> None:
        self.threads = threads
        self.descriptors = descriptors
        self.children = children
        self.handlers = handlers
        self.environment = environment
        self.directory = directory

    @classmethod
    def take(cls) -> Fingerprint:
        """Look at the process; some 50 microseconds on Linux."""
        return cls(
            _threads(), _descriptors(), _children(), _handlers(), dict(os.environ), os.getcwd()
        )


def differences(before: Fingerprint, after: Fingerprint) -> str:
    """Say what has changed, or return an empty string."""
    if after.threads != before.threads:
        return f"it has {after.threads - before.threads} threads running"
    opened = after.descriptors - before.descriptors
    if opened:
        return f"it opened {', '.join(sorted(target for _, target in opened))}"
    if after.children - before.children:
        return "it started another process"
    for number, (old, new) in enumerate(zip(before.handlers, after.handlers), 1):
        if old is not new and old != new:
            return f"it handles {signal.Signals(number).name}"
    if after.environment != before.environment:
        changed = {
            name
            for name in {*before.environment, *after.environment}
            if before.environment.get(name) != after.environment.get(name)
        }
        return f"it changed the environment: {', '.join(sorted(changed))}"
    if after.directory != before.directory:
        return f"it changed the current folder to {after.directory!r}"
    return ""


def _threads() -> int:
    # The kernel's count: a library's own threads are not among Python's.
    return len(os.listdir("/proc/self/task"))


def _descriptors() -> FrozenSet[Tuple[int, str]]:
    found = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            found.add((int(name), os.readlink(f"/proc/self/fd/{name}")))
        except OSError:
            pass  # the one that read the folder
    return frozenset(found)


def _children() -> FrozenSet[int]:
    try:
        with open("/proc/self/task/%d/children" % os.getpid(), encoding="ascii") as file:
            return frozenset(int(pid) for pid in file.read().split())
    except OSError:  # a kernel without CONFIG_PROC_CHILDREN
        return frozenset()


def _handlers() -> Tuple[Any, ...]:
    numbers = range(1, signal.NSIG)
    return tuple(_handler(number) for number in numbers)


def _handler(number: int) -> Any:
    try:
        return signal.getsignal(number)
    except ValueError:
        return None
