"""What survives the process: a page of memory that the gateway reads if the worker dies.

Layout: ``u32`` id of the last request that was started, ``u32`` bytes of responses that were made
and not sent yet, those bytes. Both sides know the file; writing to it is no system call.
"""

from __future__ import annotations

import mmap

from .protocol import U32

SIZE = 65536
_START = 8


class Ledger:
    """The worker's side of the page."""

    __slots__ = ("_end", "_page")

    def __init__(self, path: str) -> None:
        with open(path, "r+b") as file:
            self._page = mmap.mmap(file.fileno(), SIZE)
        self._end = _START

    def started(self, ident: int) -> None:
        """Note a request before it is run: the gateway gives it to no other worker."""
        self._page[0:4] = U32.pack(ident)

    def post(self, data: bytes) -> bool:
        """Keep a response until it is sent; False where the page has no room."""
        end = self._end + len(data)
        if end > SIZE:
            return False
        self._page[self._end : end] = data
        # The length last: what it covers is whole at any moment.
        self._page[4:8] = U32.pack(end - _START)
        self._end = end
        return True

    def clear(self) -> None:
        """Forget the responses: they are being sent."""
        self._page[4:8] = b"\0\0\0\0"
        self._end = _START
