"""Responses that take their time: the test holds the cues, so nothing here sleeps but /sleep."""

from __future__ import annotations

import time

import stage
from routing import Routes

app = Routes()

TEXT = [("Content-Type", "text/plain")]


@app.add
def steps(environ, start_response):
    """Yields a block, waits for the cue, yields the next: a server that buffers never gets there."""
    start_response("200 OK", TEXT)
    for number in (1, 2, 3):
        yield f"block {number}\n".encode()
        stage.wait(f"after block {number}")


@app.add
def steps_with_length(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "24")])
    for number in (1, 2, 3):
        yield f"block {number}\n".encode()
        stage.wait(f"after block {number}")


@app.add
def write_steps(environ, start_response):
    write = start_response("200 OK", TEXT)
    for number in (1, 2, 3):
        write(f"block {number}\n".encode())
        stage.wait(f"after block {number}")
    return []


@app.add
def head_first(environ, start_response):
    """An empty block sends nothing: PEP 3333 keeps the head back until a non-empty one."""
    start_response("200 OK", TEXT)
    yield b""
    stage.wait("after the empty block")
    yield b"body"


@app.add
def ticks(environ, start_response):
    """Every block carries the time it was yielded at, CLOCK_MONOTONIC in nanoseconds."""
    start_response("200 OK", TEXT)
    for _ in range(50):
        yield f"{time.monotonic_ns()}\n".encode()
        time.sleep(0.005)


@app.add
def sleep(environ, start_response):
    time.sleep(float(environ["QUERY_STRING"] or "0.5"))
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    return [b"slept"]


@app.add
def hold(environ, start_response):
    """Occupies its runner until the cue; the query names the event."""
    event = environ["QUERY_STRING"] or "held"
    stage.wait(event)
    body = event.encode()
    start_response("200 OK", [*TEXT, ("Content-Length", str(len(body)))])
    return [body]


@app.add
def tell(environ, start_response):
    """Tells the test that it ran."""
    stage.tell(environ["QUERY_STRING"])
    start_response("200 OK", [*TEXT, ("Content-Length", "4")])
    return [b"told"]


class Endless:
    """Never ends by itself; close() tells the test."""

    def __init__(self, block, pause=0.001):
        self.block = block
        self.pause = pause
        self.begun = False

    def __iter__(self):
        return self

    def __next__(self):
        if not self.begun:
            self.begun = True
            stage.tell("begun")
        elif self.pause:
            time.sleep(self.pause)
        return self.block

    def close(self):
        stage.tell("closed")


@app.add
def endless(environ, start_response):
    start_response("200 OK", TEXT)
    return Endless(b"more\n")


@app.add
def endless_large(environ, start_response):
    """Faster than any client reads."""
    start_response("200 OK", TEXT)
    return Endless(b"x" * 65536, 0)


@app.add
def endless_nothing(environ, start_response):
    """Yields only b"" for ever: there is never a byte whose sending could fail."""
    start_response("200 OK", TEXT)
    return Endless(b"")


@app.add
def endless_generator(environ, start_response):
    """A generator learns of close() by GeneratorExit."""
    start_response("200 OK", TEXT)
    try:
        stage.tell("begun")
        while True:
            yield b"more\n"
            time.sleep(0.001)
    finally:
        stage.tell("closed")


@app.add
def endless_write(environ, start_response):
    write = start_response("200 OK", TEXT)
    stage.tell("begun")
    try:
        while True:
            write(b"more\n")
            time.sleep(0.001)
    finally:
        stage.tell("closed")
