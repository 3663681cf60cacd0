"""Tracebacks show the application's frames only, and formatting one never fails."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
import unittest
from typing import Any, Callable, Dict

from support import LoadingTestCase, raised

from highball.worker.failure import format_exception

EMPTY: Dict[str, int] = {}
HERE = os.path.abspath(__file__)


class Broken(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


class Frames(LoadingTestCase):
    def through_the_worker(self, function: Callable[[], Any]) -> Any:
        """Call a function from a frame that belongs to the worker's folder."""
        from highball.worker.importing import attempt

        folder = os.path.dirname(attempt.__code__.co_filename)
        scope = {"function": function}
        exec(compile("def call():\n  return function()", os.path.join(folder, "runners.py"), "exec"), scope)
        return scope["call"]

    def test_frames_of_the_worker_are_left_out_wherever_they_are(self) -> None:
        inner = self.through_the_worker(lambda: EMPTY["inner"])

        def application() -> None:
            inner()

        exc = raised(self.through_the_worker(application))
        self.assertIn("runners.py", "".join(traceback.format_exception(type(exc), exc, exc.__traceback__)))
        text = format_exception(exc)
        self.assertNotIn("runners.py", text)
        self.assertIn("in application", text)
        self.assertIn("inner()", text)
        self.assertTrue(text.startswith("Traceback (most recent call last):\n"))
        self.assertTrue(text.endswith("\nKeyError: 'inner'\n"))

    def test_causes_and_contexts(self) -> None:
        def cause() -> None:
            try:
                self.through_the_worker(lambda: EMPTY["cause"])()
            except KeyError as error:
                raise ValueError("effect") from error

        def context() -> None:
            try:
                self.through_the_worker(cause)()
            except ValueError:
                self.through_the_worker(lambda: [].pop())()

        text = format_exception(raised(self.through_the_worker(context)))
        self.assertNotIn("runners.py", text)
        self.assertEqual(
            [line for line in text.split("\n") if line and not line.startswith((" ", "Traceback"))],
            [
                "KeyError: 'cause'",
                "The above exception was the direct cause of the following exception:",
                "ValueError: effect",
                "During handling of the above exception, another exception occurred:",
                "IndexError: pop from empty list",
            ],
        )

    def test_a_suppressed_context_stays_so(self) -> None:
        def suppressed() -> None:
            try:
                EMPTY["hidden"]
            except KeyError:
                raise ValueError("shown") from None

        self.assertNotIn("hidden'", format_exception(raised(suppressed)).split("ValueError: shown")[1])
        self.assertNotIn("KeyError:", format_exception(raised(suppressed)))

    @unittest.skipIf(sys.version_info < (3, 11), "exception groups came with Python 3.11")
    def test_exception_groups(self) -> None:
        group = getattr(__import__("builtins"), "ExceptionGroup")

        def several() -> None:
            member = raised(self.through_the_worker(lambda: EMPTY["member"]))
            raise group("several", [member, group("inner", [raised(self.through_the_worker(cause_of_it))])])

        def cause_of_it() -> None:
            raise OSError("of it") from raised(self.through_the_worker(lambda: 1 // 0))

        text = format_exception(raised(several))
        self.assertNotIn("runners.py", text)
        for part in ("several (2 sub-exceptions)", "KeyError: 'member'", "OSError: of it", "ZeroDivisionError"):
            self.assertIn(part, text)

    def test_frames_of_the_import_machinery_are_left_out(self) -> None:
        def late_import() -> None:
            importlib.import_module("a_distribution_nobody_has")

        exc = raised(late_import)
        self.assertIn("_bootstrap", "".join(traceback.format_exception(type(exc), exc, exc.__traceback__)))
        text = format_exception(exc)
        self.assertIn("in late_import", text)
        self.assertNotIn("_bootstrap", text)
        self.assertNotIn("_gcd_import", text)

    def test_an_exception_without_frames(self) -> None:
        self.assertEqual(format_exception(ValueError("bare")), "ValueError: bare\n")
        exc = raised(self.through_the_worker(int), "x")
        self.assertNotIn("runners.py", format_exception(exc))

    def test_only_frames_of_the_worker(self) -> None:
        # A server that could not even call the application shows no header over nothing.
        try:
            self.through_the_worker(int)("one too many")
        except TypeError as exc:
            exc.__traceback__ = exc.__traceback__ and exc.__traceback__.tb_next
            self.assertRegex(format_exception(exc), "^TypeError: .*\n$")


class NeverFails(unittest.TestCase):
    def test_an_exception_without_text(self) -> None:
        def fail() -> None:
            raise Broken

        text = format_exception(raised(fail))
        self.assertIn("in fail", text)
        self.assertIn("Broken", text)

    def test_a_long_chain(self) -> None:
        exc: BaseException = ValueError("first")
        for number in range(3000):
            following = ValueError(f"number {number}")
            following.__cause__ = exc
            exc = following
        self.assertIn("ValueError: number 2999", format_exception(exc))

    def test_a_chain_that_is_a_circle(self) -> None:
        one, two = ValueError("one"), ValueError("two")
        one.__cause__, two.__cause__ = two, one
        self.assertIn("ValueError: one", format_exception(one))

    def test_recursion(self) -> None:
        def deeper() -> None:
            deeper()

        text = format_exception(raised(deeper))
        self.assertIn("RecursionError: maximum recursion depth exceeded", text)
        self.assertIn("in deeper", text)
        self.assertLess(len(text), 5000)

    def test_a_broken_traceback_module(self) -> None:
        def fail() -> None:
            raise ValueError("shown all the same")

        exc = raised(fail)
        original = sys.modules["traceback"]
        sys.modules["traceback"] = type(sys)("traceback")  # an application's own traceback.py
        try:
            text = format_exception(exc)
        finally:
            sys.modules["traceback"] = original
        line = fail.__code__.co_firstlineno + 1
        self.assertTrue(text.startswith("Traceback (most recent call last):\n"))
        self.assertIn(f'  File "{HERE}", line {line}, in fail\n', text)
        self.assertTrue(text.endswith("\nValueError: shown all the same\n"))

    def test_objects_that_leave_the_process_when_they_are_asked(self) -> None:
        class Loader:
            def get_source(self, name: str) -> str:
                sys.exit(1)

        class Leaving(Exception):
            def __getattribute__(self, name: str) -> Any:
                sys.exit(2)

            def __str__(self) -> str:
                sys.exit(3)

        def fail() -> None:
            raise Leaving

        code = compile("act()", "no-such-file.py", "exec")
        for act in (lambda: EMPTY["a"], fail):
            text = format_exception(raised(exec, code, {"__name__": "m", "__loader__": Loader(), "act": act}))
            self.assertTrue(text.startswith("Traceback (most recent call last):\n"))
            self.assertIn('File "no-such-file.py", line 1', text)
            self.assertRegex(text.splitlines()[-1], "^(KeyError: 'a'|Leaving: <its __str__ failed>|SystemExit: 2)$")

    def test_text_that_no_stream_would_take(self) -> None:
        self.assertEqual(format_exception(ValueError("\udcff")), "ValueError: \\udcff\n")


if __name__ == "__main__":
    unittest.main()
