"""Applications that break PEP 3333 or HTTP, or raise; each mistake may cost only its own request."""

from __future__ import annotations

import sys

import stage
from routing import Routes

app = Routes()

TEXT = [("Content-Type", "text/plain")]


@app.add
def no_start_response(environ, start_response):
    return [b"no head"]


@app.add
def no_start_response_and_no_body(environ, start_response):
    return []


@app.add
def start_response_twice(environ, start_response):
    start_response("200 OK", TEXT)
    start_response("201 Created", TEXT)
    return [b"twice"]


@app.add
def start_response_twice_with_no_headers(environ, start_response):
    start_response("200 OK", [])
    start_response("201 Created", [])
    return [b"twice"]


@app.add
def write_before_start_response(environ, start_response):
    def body():
        yield b"body before the head"
        start_response("200 OK", TEXT)

    return body()


@app.add
def exc_info_after_headers(environ, start_response):
    start_response("200 OK", TEXT)
    yield b"partial"
    try:
        raise ValueError("too late for another status")
    except ValueError:
        # PEP 3333: the headers are out, so this call must raise what it was given.
        start_response("500 Late", TEXT, sys.exc_info())
    yield b"never sent"


@app.add
def raises(environ, start_response):
    raise ValueError("before start_response")


@app.add
def raises_after_start_response(environ, start_response):
    start_response("200 OK", [*TEXT, ("X-First", "1")])
    raise ValueError("after start_response")


@app.add
def raises_before_first_block(environ, start_response):
    start_response("200 OK", TEXT)
    raise ValueError("before the first block")
    yield b"never"


@app.add
def raises_after_empty_block(environ, start_response):
    start_response("200 OK", TEXT)
    yield b""
    raise ValueError("after an empty block")


@app.add
def raises_after_first_block(environ, start_response):
    start_response("200 OK", TEXT)
    yield b"partial"
    raise ValueError("after the first block")


@app.add
def raises_after_first_block_with_length(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "100")])
    yield b"partial"
    raise ValueError("after the first block")


@app.add
def raises_after_write(environ, start_response):
    start_response("200 OK", TEXT)(b"partial")
    raise ValueError("after write()")


@app.add
def raises_after_the_whole_body(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    yield b"whole"
    raise ValueError("after the whole body")


@app.add
def raises_base_exception(environ, start_response):
    class Unusual(BaseException):
        pass

    raise Unusual("not an Exception")


@app.add
def raises_keyboard_interrupt(environ, start_response):
    raise KeyboardInterrupt


@app.add
def raises_generator_exit(environ, start_response):
    raise GeneratorExit


class Body:
    """An iterable whose close() tells the test, and may raise."""

    def __init__(self, blocks, event, error=None):
        self.blocks = blocks
        self.event = event
        self.error = error

    def __iter__(self):
        return iter(self.blocks)

    def close(self):
        if self.event:
            stage.tell(self.event)
        if self.error is not None:
            raise self.error


@app.add
def close_is_called(environ, start_response):
    start_response("200 OK", TEXT)
    return Body([b"closed ", b"after this"], "closed")


@app.add
def close_is_called_after_error(environ, start_response):
    def blocks():
        yield b"partial"
        raise ValueError("while iterating")

    start_response("200 OK", TEXT)
    return Body(blocks(), "closed")


@app.add
def close_is_called_on_head(environ, start_response):
    start_response("200 OK", TEXT)
    return Body([b"a body that HEAD does not get"], "closed")


@app.add
def close_raises(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    return Body([b"whole"], "", ValueError("in close()"))


@app.add
def close_raises_unknown_length(environ, start_response):
    start_response("200 OK", TEXT)
    return Body([b"whole"], "", ValueError("in close()"))


@app.add
def none(environ, start_response):
    start_response("200 OK", TEXT)


@app.add
def none_without_head(environ, start_response):
    return None


@app.add
def text(environ, start_response):
    start_response("200 OK", TEXT)
    return ["a str is not bytes"]


@app.add
def plain_string(environ, start_response):
    start_response("200 OK", TEXT)
    return "a str is not an iterable of bytes"


@app.add
def text_after_bytes(environ, start_response):
    start_response("200 OK", TEXT)
    return iter([b"partial", "text"])


@app.add
def numbers(environ, start_response):
    start_response("200 OK", TEXT)
    return [1, 2, 3]


@app.add
def plain_bytes(environ, start_response):
    """bytes are iterable, and give integers: a mistake that many servers send as nothing or as junk."""
    start_response("200 OK", TEXT)
    return b"iterating over bytes gives integers"


@app.add
def write_text(environ, start_response):
    start_response("200 OK", TEXT)("text")
    return []


@app.add
def status_integer(environ, start_response):
    start_response(200, TEXT)
    return [b"status"]


@app.add
def status_bytes(environ, start_response):
    start_response(b"200 OK", TEXT)
    return [b"status"]


@app.add
def status_empty(environ, start_response):
    start_response("", TEXT)
    return [b"status"]


@app.add
def status_short(environ, start_response):
    start_response("20 OK", TEXT)
    return [b"status"]


@app.add
def status_words(environ, start_response):
    start_response("Fine", TEXT)
    return [b"status"]


@app.add
def status_newline(environ, start_response):
    start_response("200 OK\r\nX-Forged: 1", TEXT)
    return [b"status"]


@app.add
def status_not_latin_1(environ, start_response):
    start_response("200 \u20ac", TEXT)
    return [b"status"]


@app.add
def status_interim(environ, start_response):
    # RFC 9110 section 15.2: a 1xx response is not an answer.
    start_response("100 Continue", TEXT)
    return [b"status"]


@app.add
def header_carriage_return(environ, start_response):
    start_response("200 OK", [*TEXT, ("X-A", "a\rb")])
    return [b"header"]


@app.add
def header_newline(environ, start_response):
    start_response("200 OK", [*TEXT, ("X-A", "a\nX-Forged: 1")])
    return [b"header"]


@app.add
def header_split(environ, start_response):
    start_response("200 OK", [*TEXT, ("X-A", "a\r\nX-Forged: 1\r\n\r\nforged body")])
    return [b"header"]


@app.add
def header_nul(environ, start_response):
    start_response("200 OK", [*TEXT, ("X-A", "a\0b")])
    return [b"header"]


@app.add
def header_not_latin_1(environ, start_response):
    start_response("200 OK", [*TEXT, ("X-A", "\u20ac")])
    return [b"header"]


@app.add
def header_name_newline(environ, start_response):
    start_response("200 OK", [*TEXT, ("X-A\r\nX-Forged", "1")])
    return [b"header"]


@app.add
def header_name_space(environ, start_response):
    start_response("200 OK", [*TEXT, ("X A", "1")])
    return [b"header"]


@app.add
def header_name_colon(environ, start_response):
    start_response("200 OK", [*TEXT, ("X-A:", "1")])
    return [b"header"]


@app.add
def header_name_empty(environ, start_response):
    start_response("200 OK", [*TEXT, ("", "1")])
    return [b"header"]


@app.add
def header_name_not_latin_1(environ, start_response):
    start_response("200 OK", [*TEXT, ("X-\u20ac", "1")])
    return [b"header"]


@app.add
def header_value_integer(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", 6)])
    return [b"header"]


@app.add
def header_value_bytes(environ, start_response):
    start_response("200 OK", [*TEXT, ("X-A", b"bytes")])
    return [b"header"]


@app.add
def header_not_a_pair(environ, start_response):
    start_response("200 OK", [*TEXT, ("X-A",)])
    return [b"header"]


@app.add
def header_in_late_head(environ, start_response):
    """The mistake is made in a generator, once iteration has begun."""
    start_response("200 OK", [*TEXT, ("X-A", "a\r\nb")])
    yield b"header"


@app.add
def content_length_words(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "many")])
    return [b"length"]


@app.add
def content_length_negative(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "-1")])
    return [b"length"]


@app.add
def content_length_twice(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "6"), ("Content-Length", "7")])
    return [b"length"]
