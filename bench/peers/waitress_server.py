"""Waitress with as many processes as the others: it has one, so fork over one listening socket.

    python waitress_server.py MODULE:NAME PORT PROCESSES THREADS
"""

from __future__ import annotations

import importlib
import logging
import os
import signal
import socket
import sys

from waitress import create_server


def main() -> None:
    """Fork the workers, then wait for a signal to end them."""
    module, name = sys.argv[1].split(":")
    port, processes, threads = (int(argument) for argument in sys.argv[2:5])
    sys.path.insert(0, os.getcwd())
    # Its warning of a task queue longer than 0 would be written at every measurement.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(2048)

    children: list[int] = []
    for _ in range(processes):
        child = os.fork()
        if child == 0:
            create_server(
                getattr(importlib.import_module(module), name),
                sockets=[listener],
                threads=threads,
                backlog=2048,
                # Defaults that the rows with many connections would run into: 100 connections, select().
                connection_limit=4000,
                asyncore_use_poll=True,
                channel_timeout=75,
                max_request_body_size=1 << 40,
            ).run()
            os._exit(0)
        children.append(child)

    def end(number: int, frame: object) -> None:
        for child in children:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while True:
        signal.pause()


main()
