"""Requests that take their thread or their whole process with them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading

import stage
from routing import Routes

app = Routes()


def armed(environ):
    """`?armed` waits for the cue, so that the test can queue other requests behind this one."""
    if environ["QUERY_STRING"] == "armed":
        stage.wait("armed")


@app.add
def sys_exit(environ, start_response):
    armed(environ)
    sys.exit(7)


@app.add
def sys_exit_after_head(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"partial"
    sys.exit(7)


@app.add
def os_exit(environ, start_response):
    armed(environ)
    os._exit(7)


@app.add
def os_exit_after_head(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"partial"
    # The cue makes sure that the block has reached the client before the process ends.
    stage.wait("sent")
    os._exit(7)


@app.add
def kill(environ, start_response):
    armed(environ)
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()


@app.add
def terminate(environ, start_response):
    """An application may be told to end by others: `kill PID` at a worker."""
    os.kill(os.getpid(), signal.SIGTERM)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "0")])
    return []


@app.add
def segfault(environ, start_response):
    armed(environ)
    ctypes.string_at(0)


@app.add
def abort(environ, start_response):
    armed(environ)
    os.abort()


@app.add
def recursion(environ, start_response):
    armed(environ)

    def descend():
        return descend()

    return descend()


@app.add
def deep_recursion_in_generator(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])

    def descend(depth):
        return descend(depth + 1)

    yield b""
    descend(0)


def raise_in_thread(identity):
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(identity), ctypes.py_object(SystemExit))


@app.add
def thread_dies(environ, start_response):
    """An exception from outside, as timeouts and debuggers raise it, ends the thread in mid-request."""
    armed(environ)
    raise_in_thread(threading.get_ident())
    while True:
        pass


@app.add
def thread_dies_later(environ, start_response):
    """The exception strikes once the thread has gone back to the server's own code."""
    threading.Timer(0.05, raise_in_thread, [threading.get_ident()]).start()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


@app.add
def memory(environ, start_response):
    armed(environ)
    raise MemoryError("pretended")


@app.add
def background_thread_dies(environ, start_response):
    thread = threading.Thread(target=lambda: 1 / 0, name="background")
    thread.start()
    thread.join()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


@app.add
def pid(environ, start_response):
    body = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


@app.add
def close_standard_streams(environ, start_response):
    sys.stdout.close()
    sys.stderr.close()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


@app.add
def close_every_descriptor(environ, start_response):
    """The worker's own connections go with the others."""
    armed(environ)
    os.closerange(3, 256)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
