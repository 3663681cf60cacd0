"""Tells the gateway while the application waits for somebody at the terminal.

The terminal is shared: the gateway reads keys from it, and a debugger in a worker reads commands. So
the gateway is told before a worker reads, and keeps its hands off until it is told that nobody does.
What reads is known by name (``INTERACTIVE``, and ``input()``), since the system has no event for it.

A claim begins with the first prompt of a thread. While a debugger goes on from line to line it is kept,
although nothing is read between two prompts: to the end of the exchange, or of the thread. After that
(``continue``, the answer to an ``input()``) it ends once the thread has been quiet for a moment, so that
a stream without an end that was debugged once does not put off reloads for ever.
"""

from __future__ import annotations

import builtins
import os
import signal
import sys

# Taken now: gevent may put others in their place, which would wait for the thread that is debugged.
from _thread import allocate_lock, get_ident, start_new_thread
from functools import wraps
from threading import Event
from time import monotonic, sleep

from . import protocol

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional

    from .control import Control
    from .prompt_hooks import Hooks

QUIET = 1.0
"""Seconds without a prompt after which another thread gets its turn, and a claim may end."""

LOOK = 0.2
"""Seconds between two looks at claims, while there are any."""

HEARD = 2.0
"""Seconds that the gateway gets to take its hands off the terminal."""

INTERACTIVE = {
    "IPython.terminal.embed": "InteractiveShellEmbed.mainloop",
    "code": "InteractiveConsole.interact",
    "getpass": "getpass",
    # breakpoint(), ipdb and post_mortem() come by here too.
    "pdb": "Pdb.interaction",
    "pudb.debugger": "Debugger.interaction",
}
"""By module, what waits for somebody at the terminal as long as it runs."""
