"""What Tab offers, and that nothing is run to find it out."""

from __future__ import annotations

import collections
import os
import random
import sys
import tempfile
import types
import unittest
from typing import Any, Dict, List

from support import WORKER_ROOT

assert WORKER_ROOT in sys.path

from highball.worker.debugger import completion  # noqa: E402
from highball.worker.debugger.completion import complete  # noqa: E402


class Slotted:
    __slots__ = ("inner", "unset")

    def __init__(self) -> None:
        self.inner = {"key": 1}


class Traps:
    """Whatever of it is run is noted."""

    run: List[str] = []
    shared = {"one": 1}

    def __init__(self) -> None:
        self.stored = {"two": 2}

    @property
    def computed(self) -> Any:
        self.run.append("property")
        return {}

    def method(self) -> Any:
        self.run.append("method")

    def __getattr__(self, name: str) -> Any:
        self.run.append("getattr")
        return {}

    def __getitem__(self, name: str) -> Any:
        self.run.append("getitem")
        return {}


class CompletionTestCase(unittest.TestCase):
    def setUp(self) -> None:
        self.names: Dict[str, Any] = {
            "total": 41,
            "totals": [1, {"deep": Slotted()}],
            "_private": 1,
            "cart": {"apples": 1, "pears": 2, 7: 3, 'with "quotes"': 4, "it's": 5},
            "slotted": Slotted(),
            "traps": Traps(),
            "os": os,
        }

    def offers(self, code: str, *words: str) -> None:
        self.assertEqual(complete(code, self.names), list(words), code)

    def includes(self, code: str, *words: str) -> None:
        found = complete(code, self.names)
        self.assertEqual([word for word in words if word not in found], [], (code, found))


class Words(CompletionTestCase):
    def test_names(self) -> None:
        self.offers("tota", "total", "totals")
        self.offers("print(tota", "total", "totals")
        self.offers("x = 1\ny = tota", "total", "totals")
        self.includes("is", "isinstance", "issubclass", "is")
        self.offers("nothing_like_it")
        self.includes("", "total", "cart")

    def test_private_names_once_they_are_asked_for(self) -> None:
        self.assertNotIn("_private", complete("", self.names))
        self.includes("_pri", "_private")

    def test_attributes(self) -> None:
        self.includes("cart.", "keys", "items")
        self.offers("cart.ke", "keys")
        self.offers("cart . ke", "keys")
        self.offers("f(cart.ke", "keys")
        self.offers("not_there.ke")
        self.offers("os.path.splite", "splitext")
        self.includes("cart.__cl", "__class__")

    def test_attributes_of_what_is_within(self) -> None:
        self.offers("totals[1]['deep'].inn", "inner")
        self.offers('totals[1]["deep"].inner.ke', "keys")
        self.offers("totals[-1]['deep'].inner['", "'key']")
        self.offers("totals[7].")
        self.offers("slotted.unset.")
        self.offers("traps.stored.ke", "keys")
        self.offers("traps.shared.ke", "keys")

    def test_keys(self) -> None:
        self.offers('cart["', '"apples"]', '"it\'s"]', '"pears"]')
        self.offers("cart['", "'apples']", "'pears']", "'with \"quotes\"']")
        self.offers("cart['ap", "'apples']")
        self.offers("cart[", '"apples"]', '"it\'s"]', '"pears"]', "7]")
        self.offers("cart[7", "7]")
        self.offers("len(cart['ap", "'apples']")
        self.offers("total['")

    def test_modules(self) -> None:
        self.includes("import ", "json")
        self.includes("import sy", "sys")
        self.includes("import js", "json")
        self.includes("import os, js", "json")
        self.includes("from os import pa", "path", "pardir")
        self.includes("from os import (path, get", "getcwd", "getenv")
        self.includes("import os.pa", "path")
        self.offers("from no_such_thing import a")

    def test_modules_that_are_not_imported_yet_are_found_and_not_imported(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("zz_module.py", "zz_data.txt", "zz-none.py"):
                with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                    file.write("1 / 0\n")
            os.mkdir(os.path.join(folder, "zz_package"))
            sys.path.append(folder)
            try:
                self.offers("import zz_", "zz_module", "zz_package")
            finally:
                sys.path.remove(folder)

    def test_nothing_within_text_or_remarks(self) -> None:
        for code in ("'tota", '"cart.', "# tota", "'''\ntota", "x = 'a' + \"tota", "1.", "f().", "(total).", "'abc'."):
            self.offers(code)
        self.offers("'text' + tota", "total", "totals")
        self.offers("# remark\ntota", "total", "totals")


class Safety(CompletionTestCase):
    def test_nothing_of_the_application_s_is_run(self) -> None:
        for end in (".", ".comp", ".computed.", ".method.", ".other.", "['", "[0]."):
            complete("traps" + end, self.names)
        self.assertEqual(Traps.run, [])
        self.includes("traps.", "computed", "method", "shared", "stored")

    def test_objects_that_lie_are_no_danger(self) -> None:
        class Liar:
            @property
            def __class__(self) -> Any:
                raise ValueError

            @property
            def __dict__(self) -> Any:
                raise ValueError

            def __dir__(self) -> Any:
                raise ValueError

        class Odd:
            def __dir__(self) -> Any:
                return ["fine", "_hidden"]

        self.names.update(liar=Liar(), odd=Odd(), module=types.ModuleType("module"))
        for code in ("liar.", "liar.a", "liar.a.b", "liar['", "module.", "module.a."):
            complete(code, self.names)
        self.offers("odd.", "fine")

    def test_keys_of_a_dictionary_that_is_none_of_python_s(self) -> None:
        class Own(Dict[str, int]):
            def keys(self) -> Any:
                raise ValueError

        self.names["own"] = Own(key=1)
        self.names["ordered"] = collections.OrderedDict(key=1)
        self.offers("own['", "'key']")
        self.offers("ordered['", "'key']")

    def test_there_is_an_end_to_it(self) -> None:
        self.names.update({"name%05d" % number: 1 for number in range(20000)})
        self.names["large"] = {"key%d" % number: 1 for number in range(100000)}
        self.assertEqual(len(complete("name", self.names)), completion.WORDS)
        self.assertEqual(len(complete("large['", self.names)), completion.WORDS)
        now = iter(range(1000000))
        self.assertLess(len(complete("large['", self.names, clock=lambda: next(now))), completion.WORDS)

    def test_whatever_is_typed_it_neither_raises_nor_takes_long(self) -> None:
        chance = random.Random(20261120)
        pieces = [*self.names, *".[]'\"#\n ()\\é\x000,", "import ", "from ", "'''"]
        for _ in range(3000):
            code = "".join(chance.choice(pieces) for _ in range(chance.randrange(12)))
            for word in complete(code, self.names):
                self.assertTrue(_fits(code, word), (code, word))
        for piece in ("a.", "a[", "'", "a, ", "a ", "a.b "):
            for beginning in ("", "import ", "from a import "):
                complete(beginning + piece * 5001, self.names)


def _fits(code: str, word: str) -> bool:
    """Tell whether a word goes on with the end of the code, or may stand behind it."""
    if any(code.endswith(word[:length]) for length in range(1, len(word) + 1)):
        return True
    return not code or not (code[-1].isalnum() or code[-1] == "_")


if __name__ == "__main__":
    unittest.main()
