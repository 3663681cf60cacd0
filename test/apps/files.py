"""`wsgi.file_wrapper` in the ways it is used; the file is the one that X_FILE in the environment names."""

from __future__ import annotations

import io
import os

import stage
from routing import Routes

app = Routes()

TYPE = [("Content-Type", "application/octet-stream")]


def wrap(environ, start_response, file, headers=TYPE, block_size=8192):
    start_response("200 OK", headers)
    return environ["wsgi.file_wrapper"](file, block_size)


def opened():
    return open(os.environ["X_FILE"], "rb")


def size():
    return os.path.getsize(os.environ["X_FILE"])


@app.add
def whole(environ, start_response):
    return wrap(environ, start_response, opened())


@app.add
def whole_with_length(environ, start_response):
    return wrap(environ, start_response, opened(), [*TYPE, ("Content-Length", str(size()))])


@app.add
def default_block_size(environ, start_response):
    start_response("200 OK", TYPE)
    return environ["wsgi.file_wrapper"](opened())


@app.add
def offset(environ, start_response):
    file = opened()
    file.seek(1000)
    return wrap(environ, start_response, file)


@app.add
def offset_after_read(environ, start_response):
    """A buffered reader is ahead of what it has given: its own position counts, not the descriptor's."""
    file = opened()
    file.read(10)
    return wrap(environ, start_response, file)


@app.add
def part(environ, start_response):
    """Content-Length ends the response before the file does, as for a Range request."""
    file = opened()
    file.seek(1000)
    return wrap(environ, start_response, file, [*TYPE, ("Content-Length", "500")])


@app.add
def too_short(environ, start_response):
    return wrap(environ, start_response, opened(), [*TYPE, ("Content-Length", str(size() + 100))])


@app.add
def at_the_end(environ, start_response):
    file = opened()
    file.seek(0, os.SEEK_END)
    return wrap(environ, start_response, file)


@app.add
def empty(environ, start_response):
    return wrap(environ, start_response, open(os.devnull, "rb"))


@app.add
def empty_file(environ, start_response):
    return wrap(environ, start_response, open(os.environ["X_EMPTY_FILE"], "rb"))


@app.add
def empty_file_with_length(environ, start_response):
    return wrap(environ, start_response, open(os.environ["X_EMPTY_FILE"], "rb"), [*TYPE, ("Content-Length", "0")])


@app.add
def in_memory(environ, start_response):
    return wrap(environ, start_response, io.BytesIO(b"no file descriptor"))


@app.add
def unbuffered(environ, start_response):
    return wrap(environ, start_response, open(os.environ["X_FILE"], "rb", buffering=0))


@app.add
def pipe(environ, start_response):
    reading, writing = os.pipe()
    os.write(writing, b"through a pipe")
    os.close(writing)
    return wrap(environ, start_response, os.fdopen(reading, "rb"))


@app.add
def unlinked(environ, start_response):
    """The file has no name any more when the response begins."""
    path = os.environ["X_FILE"] + ".unlinked"
    with open(path, "wb") as file:
        file.write(b"gone but open")
    file = open(path, "rb")
    os.unlink(path)
    return wrap(environ, start_response, file)


@app.add
def write_then_file(environ, start_response):
    write = start_response("200 OK", TYPE)
    write(b"before the file: ")
    return environ["wsgi.file_wrapper"](opened())


@app.add
def hidden_in_a_generator(environ, start_response):
    """Middleware may iterate over the wrapper instead of returning it."""
    start_response("200 OK", TYPE)
    for block in environ["wsgi.file_wrapper"](opened(), 1000):
        yield block


class Closing(io.FileIO):
    def close(self):
        was_open = not self.closed
        super().close()
        if was_open:
            stage.tell("file closed")


@app.add
def closes(environ, start_response):
    """PEP 3333: close() of the wrapper closes the file."""
    return wrap(environ, start_response, Closing(os.environ["X_FILE"]))


class FileLike:
    """Has read() and nothing else: PEP 3333 asks no more."""

    def __init__(self):
        self.blocks = [b"only ", b"read()"]

    def read(self, size):
        return self.blocks.pop(0) if self.blocks else b""


@app.add
def file_like(environ, start_response):
    return wrap(environ, start_response, FileLike())
