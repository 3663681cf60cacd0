"""An exception from outside leaves nothing behind for what the thread does next."""

from __future__ import annotations

import sys
import types
import unittest
from typing import Any
from unittest import mock

from support import WORKER_ROOT

assert WORKER_ROOT in sys.path

from highball.worker.debugger import databases, interrupts  # noqa: E402
from highball.worker.debugger.interrupts import Overdue, Watch  # noqa: E402
from highball.worker.debugger.limits import Budget  # noqa: E402


class Connection:
    """Is struck when an attribute was set so many times, once."""

    def __init__(self, left: int, **own: Any) -> None:
        self.__dict__.update(own)
        self.__dict__["left"] = left

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value
        self.__dict__["left"] -= 1
        if self.__dict__["left"] == 0:
            raise KeyboardInterrupt


class Databases(unittest.TestCase):
    def test_are_there_again_whenever_an_interrupt_comes(self) -> None:
        own = {"_cursor": object(), "ensure_connection": object()}
        configuration = types.SimpleNamespace(settings=types.SimpleNamespace(configured=True))
        for left in range(1, 5):
            wrapped, plain = Connection(left, **own), types.SimpleNamespace()
            database = types.SimpleNamespace(connections={"default": plain, "other": wrapped})
            modules: Any = {"django.db": database, "django.conf": configuration}
            with mock.patch.dict(sys.modules, modules), self.assertRaises(KeyboardInterrupt):
                databases.without_queries(int)
            self.assertEqual({name: vars(wrapped)[name] for name in own}, own, left)
            self.assertEqual(vars(plain), {}, left)


class Watches(unittest.TestCase):
    def test_strike_nothing_after_what_they_watch(self) -> None:
        for error in (Overdue, KeyboardInterrupt):
            budget = Budget()
            with Watch(60.0) as budget.watch:
                end = budget.watch.end
                with mock.patch.object(budget.watch, "end", side_effect=[error, end]):
                    budget.ask(repr, 7)
            self.assertFalse(budget.watch._is_asking)

    def test_are_done_without_where_no_thread_can_be_started(self) -> None:
        budget = Budget()
        with mock.patch.object(interrupts, "start_new_thread", side_effect=RuntimeError):
            with Watch(60.0) as budget.watch:
                self.assertEqual(budget.ask(repr, 7), ("7", ""))


if __name__ == "__main__":
    unittest.main()
