"""Frames between the gateway and a worker, as docs/reference/protocol.md lists them.

A frame is a header of twelve bytes, little-endian (``u32`` payload length, ``u8`` type,
``u8`` flags, ``u16`` zero, ``u32`` id), and its payload. The id is the exchange's on the data
connection and on those control frames that speak of one exchange, else zero.
"""

from __future__ import annotations

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:  # to import typing costs some 5 ms at every start
    from typing import List, Tuple

    Frame = Tuple[int, int, int, bytes]
    """Type, flags, id, payload."""

VERSION = 1

# Both connections, first frame, worker to gateway: JSON.
HELLO = 1

# Data connection.
REQUEST = 2
RESPONSE = 3
DATA = 4
HINT = 5
FILE = 6
FAIL = 7

# Control connection.
READY = 17
FAILED = 18
WAKE = 19
RECALL = 20
RECALLED = 21
CANCEL = 22
CREDIT = 23
OPENED = 24
PING = 25
PONG = 26
QUIT = 27
IMPORTED = 28
PROMPT = 29
ERROR = 30
EVALUATE = 31
EVALUATED = 32
SUGGEST = 33
SUGGESTED = 34
INTERRUPT = 35
POSTMORTEM = 36

# Flags of REQUEST: the body is a file's path; wake the next runner before this request runs.
SPOOLED = 1
FOLLOW = 2
# Flag of RESPONSE, DATA and FILE: nothing more will come for this exchange.
COMPLETE = 1
# Flag of PROMPT: it was opened; without it, closed.
OPEN = 1
# Flag of OPENED: the gateway has opened the file and sends it.
ACCEPTED = 1

HEADER = struct.Struct("<IBBHI")
HEADER_LENGTH = HEADER.size
U32 = struct.Struct("<I")
FILE_RANGE = struct.Struct("<QQ")
# A RESPONSE's header and the length of its head, in one go.
RESPONSE_HEADER = struct.Struct("<IBBHII")


def frame(kind: int, flags: int, ident: int, payload: bytes = b"") -> bytes:
    """Make one frame.

    >>> frame(WAKE, 0, 7).hex()
    '000000001300000007000000'
    """
    return HEADER.pack(len(payload), kind, flags, 0, ident) + payload


class FrameReader:
    """Cuts a stream of bytes into frames, whatever the sizes in which it arrives."""

    __slots__ = ("_rest", "missing")

    def __init__(self) -> None:
        self._rest = b""
        self.missing = 0
        """Bytes still needed for the frame that has begun: a hint for the next ``recv``."""

    def feed(self, data: bytes) -> List[Frame]:
        """Take bytes and return the frames they complete."""
        if self._rest:
            data = self._rest + data
        frames: List[Frame] = []
        offset = 0
        end = len(data)
        self.missing = 0
        while end - offset >= HEADER_LENGTH:
            length, kind, flags, _, ident = HEADER.unpack_from(data, offset)
            start = offset + HEADER_LENGTH
            if end - start < length:
                self.missing = length - (end - start)
                break
            offset = start + length
            frames.append((kind, flags, ident, data[start:offset]))
        self._rest = data[offset:] if offset < end else b""
        return frames
