"""Memory that a forked process takes for itself."""

from __future__ import annotations

import doctest
import os
import sys
import unittest
from unittest import mock

import support  # noqa: F401 -- puts the worker on sys.path

from highball.worker import private_pages
from highball.worker.private_pages import copy_pages, shared_runs, writable_ranges

MAPS = """\
00400000-00500000 r-xp 00000000 08:01 1                                  /usr/bin/python3
00600000-00700000 rw-p 00000000 00:00 0                                  [heap]
7f0000000000-7f0000800000 rw-p 00000000 00:00 0 
7f0001000000-7f0001800000 rw-s 00000000 00:01 5                          /dev/shm/a name
7f0002000000-7f0002001000 rw-p 00000000 08:01 9                          /usr/lib/a name (deleted)
"""


class Ranges(unittest.TestCase):
    def test_what_is_private_and_writable(self) -> None:
        expected = [(0x600000, 0x100000), (0x7F0000000000, 0x800000), (0x7F0002000000, 0x1000)]
        self.assertEqual(list(writable_ranges(MAPS)), expected)

    def test_pages_that_are_in_memory_and_that_others_have_too(self) -> None:
        present, own, soft_dirty = 1 << 63, 1 << 56, 1 << 55
        pages = [0, present, present | soft_dirty, present | own, present | 7, 0]
        text = b"".join(page.to_bytes(8, "little") for page in pages)
        self.assertEqual(list(shared_runs(text)), [(1, 3), (4, 5)])

    def test_examples(self) -> None:
        self.assertEqual(doctest.testmod(private_pages).failed, 0)


@unittest.skipUnless(sys.platform.startswith("linux"), "only Linux can be told to copy pages")
class Copies(unittest.TestCase):
    def test_nothing_once_the_process_is_wanted(self) -> None:
        self.assertEqual(copy_pages(lambda: True), 0)

    def test_what_is_shared_with_a_child_and_no_more_than_the_limit(self) -> None:
        large = bytearray(os.urandom(8 << 20))
        before = bytes(large)
        reading, writing = os.pipe()
        child = os.fork()  # which has the same pages for as long as it lives
        if child == 0:
            os.close(writing)
            os.read(reading, 1)
            os._exit(0)
        try:
            with mock.patch.object(private_pages, "MOST", 3 << 20):
                some = copy_pages(lambda: False)
            with mock.patch.object(private_pages, "MOST", 1 << 40):
                everything = copy_pages(lambda: False)
                again = copy_pages(lambda: False)
        finally:
            os.close(writing)
            os.close(reading)
            os.waitpid(child, 0)
        self.assertEqual(bytes(large), before)
        self.assertGreater(some, 2 << 20)
        self.assertLessEqual(some, 3 << 20)
        self.assertGreater(some + everything, 8 << 20)
        self.assertLess(again, 1 << 20)


if __name__ == "__main__":
    unittest.main()
