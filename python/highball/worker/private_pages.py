"""Takes a forked process its own copies of the memory that it shares with the process it was forked from.

Python counts references in the objects themselves, so that even code that changes nothing writes to the pages
they lie in; each first write is a fault, in which the kernel copies the page. Loading and answering a first
request are some 1,500 of them, 3 milliseconds of 7 for a small Flask application in a virtual machine. To have the
pages copied while nothing waits for the process takes as long, but nobody's time.
"""

from __future__ import annotations

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


def copy_pages(is_wanted: Callable[[], bool]) -> int:
    """Copy this process's writable memory, until it ``is_wanted`` for something else; return the bytes.

    Does nothing where the system cannot (older Linux, other systems).
    """
    try:
        import ctypes

        with open("/proc/self/smaps", encoding="utf-8", errors="replace") as file:
            ranges = list(writable_ranges(file.read()))
        madvise = ctypes.CDLL(None).madvise
    except (ImportError, OSError, AttributeError):
        return 0
    madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    copied = 0
    for start, length in ranges:
        for offset in range(0, length, _PORTION):
            portion = min(_PORTION, length - offset)
            if copied + portion > MOST or is_wanted():
                return copied
            if madvise(start + offset, portion, _MADV_POPULATE_WRITE) != 0:
                return copied
            copied += portion
    return copied


def writable_ranges(smaps: str) -> Iterator[Range]:
    """Read the text of ``/proc/self/smaps``: private and writable memory that is used for the most part.

    What is merely reserved, as a thread's stack or a library's buffers are, would be given memory.

    >>> list(writable_ranges("1000-3000 rw-p 0 00:00 0\\nRss: 8 kB\\n3000-9000 rw-p 0 00:00 0\\nRss: 4 kB\\n"))
    [(4096, 8192)]
    """
    start = length = 0
    for line in smaps.splitlines():
        first, _, rest = line.partition(" ")
        if first == "Rss:":
            if int(rest.split()[0]) * 1024 * 2 > length > 0:
                yield start, length
        elif not first.endswith(":"):
            low, _, high = first.partition("-")
            start = int(low, 16)
            length = int(high, 16) - start if rest.startswith("rw-p") else 0
