"""The last lines that were printed, whoever printed them, and at what cost."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
import unittest
from typing import Iterator, List

from support import WORKER_ROOT

assert WORKER_ROOT in sys.path

from highball.worker.debugger import output  # noqa: E402
from highball.worker.debugger.output import KeptStream, keep_output, last_lines  # noqa: E402
from highball.worker.wsgi import report  # noqa: E402


class OutputTestCase(unittest.TestCase):
    def setUp(self) -> None:
        output._pieces.clear()
        self.addCleanup(output._pieces.clear)

    @contextlib.contextmanager
    def streams(self) -> Iterator[List[io.BytesIO]]:
        """Put the streams of a process in place, and return what is written to them."""
        raw = [io.BytesIO(), io.BytesIO()]
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = (io.TextIOWrapper(each, "utf-8", write_through=True) for each in raw)
        first = sys.stdout, sys.stderr
        try:
            keep_output()
            yield raw
        finally:
            own = sys.stdout, sys.stderr
            sys.stdout, sys.stderr = before
            for stream in (*own, *first):
                with contextlib.suppress(ValueError):
                    stream.detach()


class Lines(OutputTestCase):
    def test_of_both_streams_in_order(self) -> None:
        with self.streams() as (out, err):
            print("one", 1)
            print("two", file=sys.stderr)
            sys.stdout.write("three\nfour\nfi")
            sys.stdout.write("ve")
        self.assertEqual(last_lines(), ["one 1", "stderr: two", "three", "four", "five"])
        self.assertEqual(out.getvalue(), b"one 1\nthree\nfour\nfive")
        self.assertEqual(err.getvalue(), b"two\n")

    def test_are_the_last_ones_and_of_bounded_size(self) -> None:
        with self.streams():
            for number in range(500):
                print(number)
            self.assertEqual(last_lines(), [str(number) for number in range(400, 500)])
            print("x" * 1000000)
            sys.stdout.write("many\n" * 1000000)
        lines = last_lines()
        self.assertEqual(len(lines), output.LINES)
        self.assertLessEqual(max(map(len, lines)), output.WIDTH + len(output.MARK))
        self.assertLess(sum(len(piece[2]) for piece in output._pieces), output.PIECES * output.PIECE + 1)

    def test_are_not_the_server_s_own(self) -> None:
        with self.streams() as (_, err):
            print("before", file=sys.stderr)
            report("Error on request GET /", ValueError("of another request"))
            print("after", file=sys.stderr)
        self.assertEqual(last_lines(), ["stderr: before", "stderr: after"])
        self.assertIn(b"ValueError: of another request\nafter\n", err.getvalue())

    def test_of_threads_do_not_mix(self) -> None:
        barrier = threading.Barrier(4)

        def work(name: str) -> None:
            barrier.wait()
            for _ in range(20):
                print(name, name, name)

        with self.streams():
            threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(sorted(last_lines()), sorted(["%s %s %s" % (n, n, n) for n in "abcd"] * 20))

    def test_can_be_sent(self) -> None:
        with self.streams():
            sys.stdout.reconfigure(errors="surrogateescape")  # type: ignore[attr-defined]
            print("\udc80")
            print("a\rb\r")
        self.assertEqual(last_lines(), ["\\udc80", "a\rb"])

    def test_what_cannot_be_written_is_not_kept_and_raises_as_ever(self) -> None:
        with self.streams():
            with self.assertRaises(TypeError):
                sys.stdout.write(1)  # type: ignore[arg-type]
            with self.assertRaises(UnicodeEncodeError):
                sys.stdout.write("\udc80")
        self.assertEqual(last_lines(), [])

    def test_printing_in_the_midst_of_printing_does_not_lock(self) -> None:
        class Loud:
            def __str__(self) -> str:
                print("inner")
                return "outer"

            def __del__(self) -> None:
                print("deleted")

        with self.streams():
            print(Loud())
        self.assertEqual(last_lines()[0], "inner")
        self.assertIn("outer", last_lines())


class Streams(OutputTestCase):
    def test_stay_what_they_were(self) -> None:
        with self.streams() as (out, _):
            self.assertIsInstance(sys.stdout, io.TextIOWrapper)
            self.assertIsInstance(sys.stdout, KeptStream)
            self.assertIs(sys.stdout.buffer, out)
            self.assertEqual((sys.stdout.encoding, sys.stdout.errors), ("utf-8", "strict"))

    def test_that_are_not_the_interpreter_s_are_left_alone(self) -> None:
        own = io.StringIO()
        with contextlib.redirect_stdout(own), contextlib.redirect_stderr(None):  # type: ignore[arg-type,type-var]
            keep_output()
            self.assertIs(sys.stdout, own)
            self.assertIsNone(sys.stderr)

    def test_closed_ones_are_left_alone(self) -> None:
        closed = io.TextIOWrapper(io.BytesIO())
        closed.close()
        with contextlib.redirect_stdout(closed), contextlib.redirect_stderr(closed):
            keep_output()
            self.assertIs(sys.stdout, closed)

    def test_line_buffering_is_kept(self) -> None:
        reader, writer = os.pipe()
        with open(writer, "w", buffering=1, encoding="utf-8") as stream, open(reader, "rb") as read:
            with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(io.StringIO()):
                keep_output()
                print("at once")
                self.assertEqual(read.readline(), b"at once\n")
                sys.stdout.detach()  # type: ignore[attr-defined]


if __name__ == "__main__":
    unittest.main()
