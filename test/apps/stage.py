"""How an application and its test meet: the application waits for a cue, or tells that something happened.

The test listens on the Unix socket that the environment variable STAGE names (test/support/stage.ts).
"""

from __future__ import annotations

import os
import socket


def tell(event: str) -> None:
    """Let the test know that `event` has happened; returns once the test has heard it."""
    _send("tell", event)


def wait(event: str) -> None:
    """Let the test know that `event` is reached, and block until the test gives the cue."""
    _send("wait", event)


def _send(verb: str, event: str) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ["STAGE"])
        connection.sendall(f"{verb} {event}\n".encode())
        if connection.recv(1) != b"!":
            raise RuntimeError(f"the test has left while the application was at {event!r}")
