"""Who has misspelt a name is told which one is there, whatever the version of Python."""

from __future__ import annotations

import collections
import os
import sys
import types
import unittest
import unittest.mock
from typing import Any, Callable, Dict, List

import support  # noqa: F401

from highball.worker.debugger.model import describe

HAS_OWNERS = sys.version_info >= (3, 10)
customers: List[str] = []
SETTINGS = {"database": {"password": "secret"}}


def message(function: Callable[[], Any]) -> str:
    """Return the message of what a function raises, as it is shown."""
    try:
        function()
    except BaseException as exc:
        text: str = describe(exc)["exception"]["message"]
        return text
    raise AssertionError("nothing was raised")


class Form(Dict[str, str]):
    """As those of Werkzeug."""

    def __getitem__(self, key: str) -> str:
        raise KeyError(key)


class Account:
    kind = "savings"
    __slots__ = ("__dict__", "balance")

    def __init__(self) -> None:
        self.owner = "ada"

    def total(self) -> Any:
        return owner  # type: ignore[name-defined]  # noqa: F821


class Hostile:
    asked: List[str] = []

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        self.asked.append("__dict__")
        raise SystemExit

    def __dir__(self) -> Any:
        self.asked.append("__dir__")
        raise SystemExit

    @property
    def total(self) -> Any:
        self.asked.append("total")
        raise SystemExit


class Names(unittest.TestCase):
    def test_of_a_function_of_its_module_and_of_python(self) -> None:
        def local() -> Any:
            quantity = 1
            return quantiy  # type: ignore[name-defined]  # noqa: F821

        self.assertEqual(message(local), "name 'quantiy' is not defined. Did you mean: 'quantity'?")
        found = message(lambda: custmers)  # type: ignore[name-defined]  # noqa: F821
        self.assertEqual(found, "name 'custmers' is not defined. Did you mean: 'customers'?")
        found = message(lambda: pritn(1))  # type: ignore[name-defined]  # noqa: F821
        self.assertEqual(found, "name 'pritn' is not defined. Did you mean: 'print'?")

    def test_of_the_object_whose_method_runs(self) -> None:
        found = message(Account().total)
        self.assertEqual(found, "name 'owner' is not defined. Did you mean: 'self.owner'?")

    @unittest.skipUnless(HAS_OWNERS, "does not know what Python has")
    def test_of_a_module_that_was_not_imported(self) -> None:
        found = message(lambda: wsgiref)  # type: ignore[name-defined]  # noqa: F821
        self.assertEqual(found, "name 'wsgiref' is not defined. Did you forget to import 'wsgiref'?")

    def test_that_are_like_none(self) -> None:
        found = message(lambda: zzyzx)  # type: ignore[name-defined]  # noqa: F821
        self.assertEqual(found, "name 'zzyzx' is not defined")

    def test_are_left_alone_in_messages_that_are_not_pythons(self) -> None:
        def own() -> None:
            quantity = 1  # noqa: F841
            raise NameError("quantiy is no good")

        self.assertEqual(message(own), "quantiy is no good")


@unittest.skipUnless(HAS_OWNERS, "the error does not say of what")
class Attributes(unittest.TestCase):
    def test_of_an_object_and_of_its_classes(self) -> None:
        for asked, meant in [("ownr", "owner"), ("blance", "balance"), ("kidn", "kind"), ("totel", "total")]:
            found = message(lambda asked=asked: getattr(Account(), asked))  # type: ignore[misc]
            self.assertEqual(found, f"'Account' object has no attribute '{asked}'. Did you mean: '{meant}'?")

    def test_of_a_class_and_of_a_module(self) -> None:
        found = message(lambda: Account.totl)  # type: ignore[attr-defined]
        self.assertEqual(found, "type object 'Account' has no attribute 'totl'. Did you mean: 'total'?")
        found = message(lambda: os.getcdw())  # type: ignore[attr-defined]
        self.assertEqual(found, "module 'os' has no attribute 'getcdw'. Did you mean: 'getcwd'?")

    def test_that_are_private_are_not_offered(self) -> None:
        found = message(lambda: None.init)  # type: ignore[attr-defined]
        self.assertEqual(found, "'NoneType' object has no attribute 'init'")

    def test_are_found_without_asking_the_object(self) -> None:
        hostile = Hostile()
        found = message(lambda: hostile.totel)  # type: ignore[attr-defined]
        self.assertEqual(found, "'Hostile' object has no attribute 'totel'. Did you mean: 'total'?")
        self.assertEqual(Hostile.asked, [])

    def test_of_an_error_that_does_not_say_of_what(self) -> None:
        def own() -> None:
            raise AttributeError("'Account' object has no attribute '_ne__'")

        self.assertEqual(message(own), "'Account' object has no attribute '_ne__'")


class Keys(unittest.TestCase):
    def test_of_a_dictionary_that_the_function_knows(self) -> None:
        def local() -> Any:
            person = {"name": "ada", 1: 2}
            return person["nmae"]

        self.assertEqual(message(local), "'nmae'. Did you mean: 'name'?")
        self.assertEqual(message(lambda: SETTINGS["databse"]), "'databse'. Did you mean: 'database'?")
        found = message(lambda: SETTINGS["database"]["pasword"])
        self.assertEqual(found, "'pasword'. Did you mean: 'password'?")

    def test_of_one_of_two_that_could_be_meant(self) -> None:
        def local() -> Any:
            first, second = {"name": 1}, {"nmes": 1}
            return first["nme"], second

        self.assertEqual(message(local), "'nme'")

    def test_of_a_form_and_of_the_environment(self) -> None:
        form = Form(email="ada@example.com")
        self.assertEqual(message(lambda: form["emial"]), "'emial'. Did you mean: 'email'?")
        with unittest.mock.patch.dict(os.environ, DATABASE_ADDRESS="x"):
            found = message(lambda: os.environ["DATABSE_ADDRESS"])
        self.assertEqual(found, "'DATABSE_ADDRESS'. Did you mean: 'DATABASE_ADDRESS'?")

    def test_that_are_no_text_or_are_there(self) -> None:
        numbers = {"name": 1}
        for wrong in (1, None, ("nmae",), ""):
            self.assertEqual(message(lambda wrong=wrong: numbers[wrong]), repr(wrong))  # type: ignore[misc]

    def test_of_ten_thousand(self) -> None:
        counted = collections.Counter({"customer_%d" % number: 1 for number in range(10_000)})
        plain = dict(counted)
        self.assertIn("Did you mean: 'customer_1'?", message(lambda: plain["custmer_1"]))


class Modules(unittest.TestCase):
    def test_that_are_installed(self) -> None:
        def imports() -> None:
            import jsno  # type: ignore[import-not-found]  # noqa: F401

        self.assertEqual(message(imports), "No module named 'jsno'. Did you mean: 'json'?")

        def within() -> None:
            import json.decodr  # type: ignore[import-not-found]  # noqa: F401

        self.assertEqual(message(within), "No module named 'json.decodr'. Did you mean: 'json.decoder'?")

    def test_have_names(self) -> None:
        def imports() -> None:
            from collections import OrderdDict  # type: ignore[attr-defined]  # noqa: F401

        self.assertRegex(
            message(imports), r"^cannot import name 'OrderdDict' .*\. Did you mean: 'OrderedDict'\?$"
        )

    def test_that_are_not_what_they_look_like(self) -> None:
        sys.modules["highball_odd"] = types.SimpleNamespace(total=1)  # type: ignore[assignment]
        self.addCleanup(sys.modules.pop, "highball_odd")

        def imports() -> None:
            from highball_odd import totl  # type: ignore[import-not-found]  # noqa: F401

        self.assertIn("cannot import name 'totl'", message(imports))


if __name__ == "__main__":
    unittest.main()
