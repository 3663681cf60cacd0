"""Which threads have claimed the terminal, and whose turn it is.

A claim begins with a thread's first prompt. While a debugger goes on from line to line it is kept, although
nothing is read between two prompts: to the end of the exchange, or of the thread. After ``continue``, or
the answer to an ``input()``, it ends once the thread has been quiet for a moment, so that a response without
an end that was debugged once does not put off reloads for ever.
"""

from __future__ import annotations

import os
import sys

# Taken now: gevent may put others in their place, which would wait for the thread that is debugged.
from _thread import allocate_lock, get_ident, start_new_thread
from time import monotonic, sleep

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

QUIET = 1.0
"""Seconds without a prompt after which another thread gets its turn, and a claim may end."""

LOOK = 0.2
"""Seconds between two looks at the claims, while there are any."""

HEARD = 2.0
"""Seconds that the gateway gets to take its hands off the terminal."""

NO_TURN = -1


class _Claim:
    """One thread that is at the terminal, or will be again."""

    __slots__ = ("debugger", "left", "prompts", "turn")

    def __init__(self) -> None:
        self.prompts = 0
        """Open ones: a debugger's own, and what is typed there may ask in turn."""
        self.left = 0.0
        self.debugger: Any = None
        """What goes on from line to line, and will prompt again."""
        self.turn = NO_TURN
        """Descriptor of the terminal that holds the lock."""


class Claims:
    """The threads of this process that have claimed the terminal at ``path``."""

    def __init__(self, path: str, tell: Callable[[bool], None]) -> None:
        self._path = path
        self._tell = tell
        self._claims: Dict[int, _Claim] = {}
        self._lock = allocate_lock()
        self._heard = False
        self._watched = False

    def enter(self) -> None:
        """Claim the terminal for this thread; returns when it may be read."""
        with self._lock:
            if not self._claims:
                self._heard = False
                self._tell(True)
            claim = self._claims.setdefault(get_ident(), _Claim())
            claim.prompts += 1
            if not self._watched:
                self._watched = True
                start_new_thread(self._watch, ())
        deadline = monotonic() + HEARD
        while not self._heard and monotonic() < deadline:
            sleep(0.001)
        if claim.turn == NO_TURN:
            claim.turn = self._wait_for_turn()

    def leave(self, debugger: Any = None) -> None:
        """The prompt is closed; ``debugger`` is the one it belonged to, if any."""
        with self._lock:
            claim = self._claims[get_ident()]
            claim.prompts -= 1
            claim.left = monotonic()
            if debugger is not None:
                claim.debugger = debugger if _goes_on(debugger) else None

    def heard(self) -> None:
        """The gateway has taken its hands off the terminal."""
        self._heard = True

    def ended(self) -> None:
        """What this thread was asked to do is done: it lets go of the terminal."""
        if not self._claims:
            return
        ident = get_ident()
        with self._lock:
            claim = self._claims.get(ident)
        if claim is None:
            return
        if claim.debugger is not None:
            try:
                claim.debugger.set_continue()  # else it would stop in this thread's next exchange
            except Exception:
                pass  # a debugger's fault is no other exchange's
        with self._lock:
            self._release(ident)

    def _watch(self) -> None:
        while True:
            sleep(LOOK)
            with self._lock:
                alive = sys._current_frames()
                for ident, claim in list(self._claims.items()):
                    if ident not in alive:
                        self._release(ident)
                    elif claim.prompts == 0 and monotonic() - claim.left > QUIET:
                        _give_up_turn(claim)
                        if claim.debugger is None:
                            self._release(ident)
                if not self._claims:
                    self._watched = False
                    return

    def _release(self, ident: int) -> None:
        """The lock is held."""
        _give_up_turn(self._claims.pop(ident))
        if not self._claims:
            self._tell(False)

    def _wait_for_turn(self) -> int:
        # A lock of the terminal's own: it is shared by the threads of all workers, and dies with each.
        if fcntl is None:
            return NO_TURN
        try:
            turn = os.open(self._path, os.O_RDWR | os.O_NOCTTY)
        except OSError:
            return NO_TURN
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
        except OSError:
            os.close(turn)
            return NO_TURN
        return turn


def _give_up_turn(claim: _Claim) -> None:
    if claim.turn == NO_TURN:
        return
    # Closing it would not do if the application has forked meanwhile.
    fcntl.flock(claim.turn, fcntl.LOCK_UN)
    os.close(claim.turn)
    claim.turn = NO_TURN


def _goes_on(debugger: Any) -> bool:
    """Tell whether a ``bdb.Bdb`` stops again by itself: not after ``continue`` or ``quit``."""
    if debugger.quitting:
        return False
    return bool(debugger.stoplineno != -1 or debugger.stopframe is not debugger.botframe)
