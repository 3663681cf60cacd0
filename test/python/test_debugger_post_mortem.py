"""Looking back at an error on the terminal: which traceback, in which debugger, and what if there is none."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
import types
import unittest
from typing import Any, Callable, Dict, Iterator, List, Optional
from unittest import mock

from support import WORKER_ROOT, raised

assert WORKER_ROOT in sys.path

from highball.worker.debugger import post_mortem  # noqa: E402
from highball.worker.debugger.kept_errors import KeptErrors  # noqa: E402

LIMIT = 30.0


def pay(price: int) -> None:
    raise ValueError("no coins for %d" % price)


def wrapped() -> None:
    try:
        pay(1)
    except ValueError as error:
        raise RuntimeError("payment") from error


def innermost(error: BaseException) -> types.TracebackType:
    chain = error.__traceback__
    assert chain is not None
    while chain.tb_next is not None:
        chain = chain.tb_next
    return chain


class ATraceback(unittest.TestCase):
    def test_is_the_one_that_the_frame_stands_in(self) -> None:
        error = raised(wrapped)
        cause = error.__cause__
        assert cause is not None
        self.assertIs(post_mortem.traceback_with(error, innermost(error).tb_frame), error.__traceback__)
        self.assertIs(post_mortem.traceback_with(error, innermost(cause).tb_frame), cause.__traceback__)

    def test_may_be_that_of_a_member_of_a_group(self) -> None:
        if sys.version_info < (3, 11):
            self.skipTest("there are no groups before Python 3.11")
        member = raised(lambda: pay(2))
        group = raised(lambda: _raise(ExceptionGroup("both", [KeyError(1), member])))  # type: ignore[name-defined,unused-ignore]  # noqa: F821
        self.assertIs(post_mortem.traceback_with(group, innermost(member).tb_frame), member.__traceback__)

    def test_begins_with_the_application(self) -> None:
        namespace: Dict[str, Any] = {"pay": pay}
        source = (
            "def run():\n    try:\n        pay(3)\n    except ValueError as error:\n        return error\n"
        )
        # Code of a file of the worker's.
        exec(compile(source, post_mortem.__file__, "exec"), namespace)
        error: Any = namespace["run"]()
        chain = post_mortem.traceback_with(error, innermost(error).tb_frame)
        assert chain is not None
        self.assertEqual(error.__traceback__.tb_frame.f_code.co_name, "run")
        self.assertEqual(chain.tb_frame.f_code.co_name, "pay")

    def test_is_not_there_for_a_frame_of_another_error(self) -> None:
        other = innermost(raised(lambda: pay(4))).tb_frame
        self.assertIsNone(post_mortem.traceback_with(raised(wrapped), other))
        self.assertIsNone(post_mortem.traceback_with(None, other))

    def test_is_found_in_a_circle_of_causes(self) -> None:
        one, other = raised(lambda: pay(5)), raised(lambda: pay(6))
        one.__cause__, other.__cause__ = other, one
        self.assertIs(post_mortem.traceback_with(one, innermost(other).tb_frame), other.__traceback__)


class TheDebugger(unittest.TestCase):
    def test_is_pdb(self) -> None:
        import pdb

        for variable in ("", "0", "nowhere.set_trace", "os.path.join"):
            with self.subTest(variable), mock.patch.dict(os.environ, {"PYTHONBREAKPOINT": variable}):
                self.assertIs(post_mortem.debugger(), pdb.post_mortem)

    def test_is_the_one_that_breakpoint_opens(self) -> None:
        with chosen_debugger(lambda chain: None) as module:
            self.assertIs(post_mortem.debugger(), module.post_mortem)


class Claims:
    """Notes when the terminal is let go of."""

    def __init__(self) -> None:
        self.done = threading.Event()

    def ended(self) -> None:
        self.done.set()


class LookingBack(unittest.TestCase):
    def look(self, kept: KeptErrors, ident: str) -> str:
        """Look, and return what was said on standard error once the terminal is free again."""
        claims = Claims()
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            post_mortem.begin(kept, ident, claims)  # type: ignore[arg-type]
            self.assertTrue(claims.done.wait(LIMIT))
        return said.getvalue()

    def test_opens_the_debugger_in_a_thread_of_its_own(self) -> None:
        kept = KeptErrors()
        error = raised(wrapped)
        ident = kept.begin(error).keep(innermost(error).tb_frame)
        seen: List[Any] = []
        with chosen_debugger(lambda chain: seen.append((chain, threading.current_thread()))):
            self.assertEqual(self.look(kept, ident), "")
        [(chain, thread)] = seen
        self.assertIs(chain, error.__traceback__)
        self.assertIsNot(thread, threading.current_thread())

    def test_says_why_there_is_nothing_to_look_at(self) -> None:
        self.assertEqual(self.look(KeptErrors(), "7.1"), "This worker has no frame '7.1'.\n")

    def test_ends_quietly_by_quit_and_says_what_went_wrong_in_the_debugger(self) -> None:
        import bdb

        kept = KeptErrors()
        error = raised(lambda: pay(8))
        ident = kept.begin(error).keep(innermost(error).tb_frame)
        with chosen_debugger(lambda chain: _raise(bdb.BdbQuit())):
            self.assertEqual(self.look(kept, ident), "")
        with chosen_debugger(lambda chain: _raise(SystemExit(3))):
            self.assertEqual(self.look(kept, ident), "The debugger failed: SystemExit(3)\n")


def _raise(error: BaseException) -> None:
    raise error


@contextlib.contextmanager
def chosen_debugger(look: Callable[[Optional[types.TracebackType]], Any]) -> Iterator[Any]:
    """Have ``look`` be the debugger that ``breakpoint()`` opens."""
    module: Any = types.ModuleType("chosen_debugger")
    module.post_mortem = look
    environment = mock.patch.dict(os.environ, {"PYTHONBREAKPOINT": "chosen_debugger.set_trace"})
    with environment, mock.patch.dict(sys.modules, {"chosen_debugger": module}):
        yield module


if __name__ == "__main__":
    unittest.main()
