"""Responses that PEP 3333 allows, in every shape that an application may give them."""

from __future__ import annotations

import sys

from routing import Routes

app = Routes()

TEXT = [("Content-Type", "text/plain")]


@app.add
def one_block(environ, start_response):
    start_response("200 OK", TEXT)
    return [b"one block"]


@app.add
def blocks(environ, start_response):
    start_response("200 OK", TEXT)
    return [b"first, ", b"second, ", b"third"]


@app.add
def nothing(environ, start_response):
    start_response("200 OK", TEXT)
    return []


@app.add
def write(environ, start_response):
    send = start_response("200 OK", TEXT)
    send(b"written ")
    send(b"twice")
    return []


@app.add
def write_then_iterate(environ, start_response):
    send = start_response("200 OK", TEXT)
    send(b"written, ")
    return [b"then ", b"iterated"]


@app.add
def write_while_iterating(environ, start_response):
    send = start_response("200 OK", TEXT)

    def body():
        yield b"1"
        send(b"2")
        yield b"3"

    return body()


@app.add
def write_with_length(environ, start_response):
    send = start_response("200 OK", [*TEXT, ("Content-Length", "7")])
    send(b"written")
    return []


@app.add
def write_nothing(environ, start_response):
    send = start_response("200 OK", TEXT)
    send(b"")
    send(b"")
    return []


@app.add
def generator(environ, start_response):
    start_response("200 OK", TEXT)
    return (f"{number} ".encode() for number in range(5))


@app.add
def start_response_in_generator(environ, start_response):
    # PEP 3333: the call may wait until the iterable is asked for its first bytestring.
    start_response("203 Late", [*TEXT, ("X-Late", "yes")])
    yield b"late"


@app.add
def start_response_after_empty_block(environ, start_response):
    yield b""
    start_response("203 Late", TEXT)
    yield b"after an empty block"


@app.add
def start_response_by_keyword(environ, start_response):
    start_response(status="201 Created", headers=TEXT, exc_info=None)
    return [b"created"]


@app.add
def empty_blocks(environ, start_response):
    start_response("200 OK", TEXT)
    return [b"", b"between ", b"", b"", b"empty blocks", b""]


@app.add
def only_empty_blocks(environ, start_response):
    start_response("200 OK", TEXT)
    return [b"", b"", b""]


@app.add
def sequence_without_len(environ, start_response):
    class Body:
        def __getitem__(self, index):
            return [b"by ", b"index"][index]

    start_response("200 OK", TEXT)
    return Body()


@app.add
def with_length(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "11")])
    return [b"Hello ", b"World"]


@app.add
def with_body(environ, start_response):
    """A body and its length whatever the method and the status: for HEAD, 204, 205 and 304."""
    status = environ["QUERY_STRING"].replace("+", " ") or "200 OK"
    start_response(status, [*TEXT, ("Content-Length", "11")])
    return [b"Hello World"]


@app.add
def with_body_unknown(environ, start_response):
    status = environ["QUERY_STRING"].replace("+", " ") or "200 OK"
    start_response(status, TEXT)
    return iter([b"Hello ", b"World"])


@app.add
def short(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "100")])
    return [b"only this"]


@app.add
def short_generator(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "100")])
    yield b"only "
    yield b"this"


@app.add
def short_without_body(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "100")])
    return []


@app.add
def long(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    return [b"Hello, and too much"]


@app.add
def long_generator(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    yield b"Hel"
    yield b"lo, and"
    yield b" too much"


@app.add
def long_write(environ, start_response):
    send = start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    send(b"Hello, and")
    send(b" too much")
    return []


@app.add
def zero_length(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "0")])
    return [b"unexpected"]


@app.add
def large(environ, start_response):
    """As many bytes as the query says, in blocks of 64 KiB."""
    size = int(environ["QUERY_STRING"])
    start_response("200 OK", [*TEXT, ("Content-Length", str(size))])
    block = b"x" * 65536
    return (block[: min(65536, size - start)] for start in range(0, size, 65536))


@app.add
def large_unknown(environ, start_response):
    size = int(environ["QUERY_STRING"])
    start_response("200 OK", TEXT)
    return [b"y" * size]


@app.add
def replaced(environ, start_response):
    """exc_info before anything is sent: the second head counts, and nothing of the first."""
    start_response("200 OK", [*TEXT, ("X-First", "1")])
    try:
        raise ValueError("expected")
    except ValueError:
        start_response("503 Replaced", [*TEXT, ("X-Second", "2")], sys.exc_info())
    return [b"replaced"]


@app.add
def replaced_in_generator(environ, start_response):
    start_response("200 OK", [*TEXT, ("X-First", "1")])
    yield b""
    try:
        raise ValueError("expected")
    except ValueError:
        start_response("503 Replaced", [*TEXT, ("X-Second", "2")], sys.exc_info())
    yield b"replaced"


@app.add
def headers(environ, start_response):
    start_response(
        "200 OK",
        [
            *TEXT,
            ("Set-Cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("X-Latin-1", "caf\xe9"),
            ("X-Empty", ""),
            ("X-Many", "1"),
            ("X-Many", "2"),
        ],
    )
    return [b"headers"]


@app.add
def own_date_and_server(environ, start_response):
    start_response("200 OK", [*TEXT, ("Date", "Thu, 01 Jan 1970 00:00:00 GMT"), ("Server", "mine/1")])
    return [b"own"]


@app.add
def hop_by_hop(environ, start_response):
    # PEP 3333, "Other HTTP Features": an application must not send these; they are the server's.
    start_response(
        "200 OK",
        [
            *TEXT,
            ("Connection", "X-Listed"),
            ("X-Listed", "stays or goes"),
            ("Keep-Alive", "timeout=1"),
            ("Transfer-Encoding", "chunked"),
            ("Trailer", "X-Trailer"),
            ("Upgrade", "websocket"),
            ("Proxy-Authenticate", "Basic"),
            ("TE", "trailers"),
            ("X-Kept", "kept"),
        ],
    )
    return [b"hop by hop"]


@app.add
def reason(environ, start_response):
    start_response("299 A Reason Of My Own", TEXT)
    return [b"reason"]


@app.add
def reason_missing(environ, start_response):
    start_response("200 ", TEXT)
    return [b"no reason"]


@app.add
def early_hints(environ, start_response):
    environ["wsgi.early_hints"]([("Link", "</a.css>; rel=preload; as=style")])
    environ["wsgi.early_hints"]([("Link", "</b.js>; rel=preload; as=script"), ("X-Hint", "2")])
    start_response("200 OK", TEXT)
    return [b"hinted"]


@app.add
def early_hints_bad(environ, start_response):
    environ["wsgi.early_hints"]([("Link", "</a.css>\r\nX-Forged: 1")])
    start_response("200 OK", TEXT)
    return [b"hinted"]
