"""What the stop of a server must neither lose nor leave behind.

With IMPORT_STUCK in the environment the import itself never ends, and holds the interpreter's lock.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import re
import threading
import time

import stage
from routing import Routes

app = Routes()

TEXT = [("Content-Type", "text/plain")]


def backtrack() -> None:
    """Run for longer than anybody waits, in C, without ever giving the interpreter's lock away."""
    re.match(r"(a+)+\Z", "a" * 64 + "b")


if "IMPORT_STUCK" in os.environ:
    backtrack()


@atexit.register
def leave() -> None:
    """Write down that this worker ended as a Python program does."""
    if "LEFT" in os.environ:
        with open(os.environ["LEFT"], "a") as left:
            left.write("%d\n" % os.getpid())


@app.add
def hello(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    return [b"hello"]


@app.add
def length(environ, start_response):
    body = str(len(environ["wsgi.input"].read())).encode()
    start_response("200 OK", [*TEXT, ("Content-Length", str(len(body)))])
    return [body]


@app.add
def hold(environ, start_response):
    stage.wait("held")
    start_response("200 OK", [*TEXT, ("Content-Length", "4")])
    return [b"held"]


@app.add
def halves(environ, start_response):
    start_response("200 OK", TEXT)
    yield b"one "
    stage.wait("half")
    yield b"two"


@app.add
def large(environ, start_response):
    """More than all the buffers between here and the client hold."""
    stage.tell("large")
    start_response("200 OK", TEXT)
    return (b"x" * 65536 for _ in range(400))


@app.add
def large_file(environ, start_response):
    stage.tell("large")
    file = open(os.environ["LARGE_FILE"], "rb")
    start_response("200 OK", TEXT)
    return environ["wsgi.file_wrapper"](file)


@app.add
def sleep(environ, start_response):
    stage.tell("stuck")
    time.sleep(60)


@app.add
def loop(environ, start_response):
    stage.tell("stuck")
    while True:
        pass


@app.add
def regular_expression(environ, start_response):
    stage.tell("stuck")
    backtrack()


@app.add
def sleep_in_c(environ, start_response):
    stage.tell("stuck")
    ctypes.PyDLL(None).sleep(60)


@app.add
def linger(environ, start_response):
    """Starts a thread that keeps Python from exiting."""
    threading.Thread(target=time.sleep, args=(60,)).start()
    start_response("200 OK", [*TEXT, ("Content-Length", "7")])
    return [b"started"]
