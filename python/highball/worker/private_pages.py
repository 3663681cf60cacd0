"""Takes a forked process its own copies of the memory that it shares with the process it was forked from.

Python counts references in the objects themselves, so that even code that changes nothing writes to the pages
they lie in; each first write is a fault, in which the kernel copies the page. Loading and answering a first
request are some 1,500 of them, 3 milliseconds of 7 for a small Flask application in a virtual machine. To have the
pages copied while nothing waits for the process takes as long, but nobody's time.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Iterator, Tuple

    Range = Tuple[int, int]
    """Address and length."""

#: madvise(2): since Linux 5.14.
_MADV_POPULATE_WRITE = 23

#: Bytes that are copied at the most: what is large is data, most of which is never written to.
MOST = 64 << 20

#: Bytes that are copied before it is looked whether the process is wanted: half a millisecond.
_PORTION = 1 << 20

#: Of pages in memory (bit 63) that other processes have too (not bit 56), the first byte of what
#: ``/proc/self/pagemap`` says (Documentation/admin-guide/mm/pagemap.rst of Linux).
_SHARED = re.compile(b"[" + b"".join(b"\\x%02x" % byte for byte in range(0x80, 0x100, 2)) + b"]+")


def copy_pages(is_wanted: Callable[[], bool]) -> int:
    """Copy this process's writable memory, until it ``is_wanted`` for something else; return the bytes.

    Does nothing where the system cannot (older Linux, other systems).
    """
    copied = 0
    try:
        import ctypes
        from mmap import PAGESIZE

        madvise = ctypes.CDLL(None).madvise
        madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
            ranges = list(writable_ranges(file.read()))
        with open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
            for start, length in ranges:
                pagemap.seek(start // PAGESIZE * 8)
                pages = pagemap.read(length // PAGESIZE * 8)
                for first, end in shared_runs(pages):
                    for page in range(first, end, _PORTION // PAGESIZE):
                        portion = min(_PORTION, (end - page) * PAGESIZE)
                        if copied + portion > MOST or is_wanted():
                            return copied
                        if madvise(start + page * PAGESIZE, portion, _MADV_POPULATE_WRITE) != 0:
                            return copied
                        copied += portion
    except (ImportError, OSError, AttributeError):
        pass
    return copied


def writable_ranges(maps: str) -> Iterator[Range]:
    """Read the text of ``/proc/self/maps``: what is private and can be written to.

    >>> list(writable_ranges("1000-3000 rw-p 0 00:00 0\\n3000-9000 r--p 0 08:01 7 /usr/bin/python3\\n"))
    [(4096, 8192)]
    """
    for line in maps.splitlines():
        place, mode = line.split(" ", 2)[:2]
        if mode == "rw-p":
            low, _, high = place.partition("-")
            start = int(low, 16)
            yield start, int(high, 16) - start


def shared_runs(pages: bytes) -> Iterator[Range]:
    """Read entries of ``/proc/self/pagemap``: numbers of the first page of each run and of that after it.

    >>> list(shared_runs(bytes(8) + (1 << 63).to_bytes(8, "little") * 2 + (1 << 63 | 1 << 56).to_bytes(8, "little")))
    [(1, 3)]
    """
    for run in _SHARED.finditer(pages[7::8]):
        yield run.span()
