"""An error is described as it is, to the frame and the character, whatever kind of exception it is."""

from __future__ import annotations

import builtins
import importlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile
from typing import Any, Callable, Dict, List, Optional, Tuple

import evil
import support
from debugger_shapes import described, sent
from support import WORKER_ROOT, LoadingTestCase

from highball.worker.debugger.hiding import hidden
from highball.worker.debugger.limits import LIMITS
from highball.worker.debugger.model import describe, plain_title

HERE = os.path.abspath(__file__)
SEED = 20261120
HAS_GROUPS = sys.version_info >= (3, 11)
HAS_RANGES = sys.version_info >= (3, 11) and sys.implementation.name == "cpython"
Model = Dict[str, Any]


class Outer:
    class Inner(Exception):
        pass


def raised(function: Callable[..., Any], *arguments: Any) -> BaseException:
    """Return what a function raises, with the frames of its own only."""
    return without_first_frame(support.raised(function, *arguments))


def without_first_frame(exc: BaseException) -> BaseException:
    exc.__traceback__ = exc.__traceback__ and exc.__traceback__.tb_next
    return exc


def functions(model: Model) -> List[str]:
    return [frame["function"].rpartition(".")[2] for frame in model["frames"]]


def names(frame: Model) -> List[str]:
    return [variable["name"] for variable in frame["variables"]]


def values(frame: Model) -> Dict[str, str]:
    return {variable["name"]: variable["value"].get("text") for variable in frame["variables"]}


def marked(frame: Model) -> Optional[str]:
    """Return the text in the range of a frame, if it is in one line."""
    place, source = frame["range"], frame["source"]
    if place is None or place["startLine"] != place["endLine"]:
        return None
    line: str = source["lines"][place["startLine"] - source["first"]]
    return line[place["startColumn"] : place["endColumn"]]


class ModelTestCase(LoadingTestCase):
    def module(self, text: str, name: str = "shop", folder: str = "") -> Any:
        """Write a module into a folder of its own, and import it."""
        root = self.tree({f"{folder}{name}.py": text})
        sys.path.insert(0, os.path.join(root, folder))
        return importlib.import_module(name)


class Exceptions(ModelTestCase):
    def test_what_it_is(self) -> None:
        def fail() -> None:
            raise Outer.Inner("several\nlines")

        model = described(raised(fail))
        name = "" if __name__ == "__main__" else f"{__name__}."
        self.assertEqual((model["type"], model["message"]), (f"{name}Outer.Inner", "several\nlines"))
        self.assertEqual(described(KeyError("a"))["type"], "KeyError")
        self.assertEqual(described(json.JSONDecodeError("a", "", 0))["type"], "json.decoder.JSONDecodeError")
        self.assertRegex(describe(ValueError())["python"], r"^Python 3\.\d+\.\d+( \(pypy\))?$")

    def test_one_that_was_never_raised_has_no_frames(self) -> None:
        model = described(ValueError("bare"))
        self.assertEqual((model["frames"], model["omitted"]), ([], []))

    def test_notes(self) -> None:
        exc: Any = ValueError("noted")
        exc.__notes__ = ["one", "two\nlines", 3]
        self.assertEqual(described(exc)["notes"], ["one", "two\nlines", "3"])
        exc.__notes__ = [str(number) for number in range(1000)]
        model = described(exc)
        self.assertEqual((len(model["notes"]), model["omitted"]), (10, ["990 more notes were left out."]))

    def test_notes_that_are_none(self) -> None:
        class Broken(Exception):
            @property
            def __notes__(self) -> Any:
                raise ValueError("no notes")

        self.assertEqual(described(Broken())["notes"], [])
        exc: Any = ValueError()
        for notes in ("text", 7, {}, [evil.RaisingError(), "one"], evil.EvilList("a")):
            with self.subTest(type(notes).__name__):
                exc.__notes__ = notes
                described(exc)
        exc.__notes__ = "text"
        self.assertEqual(described(exc)["notes"], ["text"])

    def test_causes_and_contexts(self) -> None:
        def cause() -> None:
            try:
                [].pop()
            except IndexError as error:
                raise ValueError("effect") from error

        def context() -> None:
            try:
                cause()
            except ValueError:
                {}["missing"]

        model = described(raised(context))
        self.assertEqual((model["type"], model["cause"], functions(model)), ("KeyError", None, ["context"]))
        model = model["context"]
        self.assertEqual((model["type"], functions(model)), ("ValueError", ["context", "cause"]))
        self.assertIsNone(model["context"])
        model = model["cause"]
        self.assertEqual((model["type"], model["context"], functions(model)), ("IndexError", None, ["cause"]))

    def test_a_suppressed_context(self) -> None:
        def suppressed() -> None:
            try:
                {}["hidden"]
            except KeyError:
                raise ValueError("shown") from None

        self.assertNotIn(b"hidden", sent(described(raised(suppressed))["context"]))
        self.assertIsNone(described(raised(suppressed))["context"])

    def test_a_circle_is_cut(self) -> None:
        one, two, three = ValueError("one"), ValueError("two"), ValueError("three")
        one.__cause__, two.__cause__, three.__cause__ = two, three, two
        model = described(one)["cause"]["cause"]
        self.assertEqual((model["message"], model["cause"]), ("three", None))
        self.assertEqual(model["omitted"], ["What led to this one is shown elsewhere: ValueError: two"])

    def test_a_long_chain_keeps_its_ends(self) -> None:
        exc: BaseException = ValueError("0")
        for number in range(1, 5000):
            following = ValueError(str(number))
            following.__context__ = exc
            exc = following
        messages, omitted = [], []
        model: Optional[Model] = described(exc)
        while model is not None:
            messages.append(int(model["message"]))
            omitted += model["omitted"]
            model = model["context"]
        self.assertEqual(messages, [*range(4999, 4987, -1), 3, 2, 1, 0])
        self.assertEqual(omitted, ["4984 exceptions before this one were left out."])

    def test_a_long_message(self) -> None:
        model = described(ValueError("x" * 100_000))
        self.assertEqual(model["message"], "x" * 16_000)
        self.assertEqual(model["omitted"], ["The last 84000 characters of the message were left out."])

    def test_titles(self) -> None:
        self.assertEqual(plain_title(ValueError(" a\nb")), "ValueError: a")
        self.assertEqual(plain_title(ValueError()), "ValueError")
        self.assertEqual(plain_title(Outer.Inner("\udcff")), "Inner: \\udcff")
        self.assertEqual(plain_title(evil.RaisingError()), "RaisingError: <its __str__ failed>")
        self.assertLess(len(plain_title(ValueError("x" * 10**6))), 400)


class Groups(ModelTestCase):
    class Backport(Exception):
        """What the ``exceptiongroup`` package has for Pythons without groups."""

        def __init__(self, message: str, exceptions: List[BaseException]) -> None:
            super().__init__(message)
            self._exceptions = exceptions

        @property
        def exceptions(self) -> Any:
            return tuple(self._exceptions)

    kinds: List[Any] = [Backport] + ([getattr(builtins, "ExceptionGroup")] if HAS_GROUPS else [])

    def test_members_have_frames_chains_and_members(self) -> None:
        def member() -> None:
            {}["member"]

        def other() -> None:
            raise OSError("of it") from raised(member)

        for group in self.kinds:
            with self.subTest(group.__name__):

                def several(group: Any = group) -> None:
                    raise group("several", [raised(member), group("inner", [raised(other)])])

                model = described(raised(several))
                first, second = model["members"]
                self.assertEqual((first["type"], functions(first)), ("KeyError", ["member"]))
                inner = second["members"][0]
                self.assertEqual((inner["type"], functions(inner)), ("OSError", ["other"]))
                self.assertEqual((inner["cause"]["type"], functions(inner["cause"])), ("KeyError", ["member"]))

    def test_many_members_and_many_levels(self) -> None:
        for group in self.kinds:
            with self.subTest(group.__name__):
                model = described(group("many", [ValueError(str(number)) for number in range(100)]))
                self.assertEqual(len(model["members"]), 16)
                self.assertEqual(model["omitted"], ["84 of 100 members were left out."])
                exc: Any = ValueError("innermost")
                for _ in range(50):
                    exc = group("level", [exc])
                self.assertIn(b"1 of 1 members were left out.", sent(described(exc)))

    def test_a_member_twice_and_a_group_in_itself(self) -> None:
        once = ValueError("once")
        group: Any = self.Backport("twice", [once, once])
        first, second = described(group)["members"]
        self.assertEqual((first["omitted"], second["message"]), ([], "once"))
        self.assertEqual(second["omitted"], ["The rest of this one is shown elsewhere."])
        group._exceptions.append(group)
        self.assertEqual(len(described(group)["members"]), 3)

    def test_attributes_of_that_name_that_are_none(self) -> None:
        for exceptions in ("text", [1, 2], {"a": ValueError()}, None, evil.EvilList([ValueError()])):
            exc: Any = ValueError("plain")
            exc.exceptions = exceptions
            self.assertEqual(described(exc)["members"], [])


class SyntaxErrors(ModelTestCase):
    def test_its_message_leaves_the_place_to_what_shows_it(self) -> None:
        exc = raised(compile, "a = 1\nb = )\n", "shop.py", "exec")
        message = described(exc)["message"]
        self.assertEqual(str(exc), f"{message} (shop.py, line 2)")
        self.assertEqual(described(SyntaxError("bare (as it is)"))["message"], "bare (as it is)")

    def syntax(self, exc: BaseException) -> Model:
        found = described(exc)["syntax"]
        self.assertIsNotNone(found)
        model: Model = found
        return model

    def at_mark(self, model: Model) -> str:
        start, end = model["columns"]
        source = model["source"]
        line: str = source["lines"][model["line"] - source["first"]]
        return line[start:end]

    def test_of_a_file(self) -> None:
        root = self.tree({"broken.py": "\n" * 20 + "good = 1\nné = 'ü' )\nmore = 2\n"})
        sys.path.insert(0, root)
        exc = raised(importlib.import_module, "broken")
        model = self.syntax(exc)
        self.assertEqual((model["file"], model["line"]), (os.path.join(root, "broken.py"), 22))
        self.assertEqual(self.at_mark(model), ")")
        self.assertEqual(model["source"]["lines"][-2:], ["né = 'ü' )", "more = 2"])
        self.assertEqual(model["source"]["first"], 16)
        self.assertEqual(described(exc)["frames"], [])

    @unittest.skipUnless(sys.version_info >= (3, 10), "the end is known since Python 3.10")
    def test_a_mark_has_an_end(self) -> None:
        model = self.syntax(raised(compile, "a = f(b c)\n", "nowhere.py", "exec"))
        self.assertEqual(self.at_mark(model), "b c")

    def test_text_from_the_exception_where_there_is_no_file(self) -> None:
        model = self.syntax(raised(compile, "a = 1\nb = )\n", "<string>", "exec"))
        self.assertEqual((model["file"], model["line"]), ("<string>", 2))
        self.assertEqual(model["source"], {"first": 2, "lines": ["b = )"]})
        self.assertEqual(self.at_mark(model), ")")

    def test_a_file_that_was_saved_since(self) -> None:
        root = self.tree({"saved.py": "mended = 1\n"})
        model = self.syntax(raised(compile, "b = )\n", os.path.join(root, "saved.py"), "exec"))
        self.assertEqual(model["source"], {"first": 1, "lines": ["b = )"]})

    def test_indentation_and_what_never_ends(self) -> None:
        endless = ["f(\n", "'''\n", "f'{a b}'\n", "\0"]
        for text in ("if 1:\npass\n", "  a\n b\n", "# coding: none\n", "return\n", *endless):
            with self.subTest(text):
                try:
                    compile(text, "<string>", "exec")
                except (SyntaxError, ValueError) as exc:
                    described(exc)

    def test_one_that_is_made_by_hand(self) -> None:
        self.assertIsNone(described(SyntaxError("bare"))["syntax"])
        for details in (
            (None, None, None, None),
            ("a.py", 3, None, None),
            ("a.py", -3, -5, "text"),
            ("a.py", 10**9, 10**9, "text\nmore"),
            (evil.OtherText("a.py"), True, 2, evil.OtherText("text")),
            (b"a.py", "3", "4", b"text"),
            ("\udcff.py", 1, 1, "\udcff"),
            ("nul\0.py", 1, 1, "x" * 100_000),
        ):
            with self.subTest(repr(details[1:3])):
                described(SyntaxError("by hand", details))

    def test_attributes_that_raise(self) -> None:
        class Broken(SyntaxError):
            @property
            def text(self) -> Any:  # type: ignore[override]
                raise ValueError("no text")

            @property
            def lineno(self) -> Any:  # type: ignore[override]
                raise ValueError("no line")

        described(Broken("broken", ("a.py", 1, 1, "text")))


class Frames(ModelTestCase):
    def through_the_worker(self, function: Callable[[], Any]) -> Any:
        from highball.worker.importing import attempt

        folder = os.path.dirname(attempt.__code__.co_filename)
        scope = {"function": function}
        exec(compile("def call():\n  return function()", os.path.join(folder, "runners.py"), "exec"), scope)
        return scope["call"]

    def test_a_frame(self) -> None:
        class Cart:
            def total(self) -> None:
                {}["price"]

        model = described(raised(Cart().total))
        (frame,) = model["frames"]
        line = Cart.total.__code__.co_firstlineno + 1
        qualified = "Frames.test_a_frame.<locals>.Cart.total"
        self.assertEqual((frame["file"], frame["line"], frame["module"]), (HERE, line, __name__))
        self.assertEqual(frame["function"], qualified if HAS_GROUPS else "total")
        self.assertEqual((frame["owner"], frame["hidden"], frame["info"]), ("application", False, ""))
        self.assertEqual(frame["source"]["lines"][line - frame["source"]["first"]].strip(), '{}["price"]')

    def test_frames_of_the_worker_and_of_imports_are_left_out(self) -> None:
        inner = self.through_the_worker(lambda: importlib.import_module("a_distribution_nobody_has"))

        def application() -> None:
            inner()

        model = described(raised(self.through_the_worker(application)))
        self.assertEqual(functions(model), ["application", "<lambda>"])

    def test_ids_are_asked_for_once_a_frame_outermost_first(self) -> None:
        def inner() -> None:
            {}["a"]

        def outer() -> None:
            inner()

        asked = []

        def keep(frame: Any) -> str:
            asked.append(frame.f_code.co_name)
            return f"1.{len(asked)}"

        model = described(raised(outer), keep=keep)
        self.assertEqual(asked, ["outer", "inner"])
        self.assertEqual([frame["id"] for frame in model["frames"]], ["1.1", "1.2"])

    def test_whose_they_are(self) -> None:
        def standard() -> None:
            json.loads("{")

        owners = [frame["owner"] for frame in described(raised(standard))["frames"]]
        self.assertEqual(owners[0], "application")
        self.assertEqual(set(owners[1:]), {"standard"})
        text = "import dataclasses\n@dataclasses.dataclass\nclass A:\n  def __post_init__(self): 1 / 0\n"
        library = self.module(text, "installed_library", "lib/site-packages/")
        self.assertEqual([f["owner"] for f in described(raised(library.A))["frames"]], ["library", "library"])
        own = self.module(text, "own_module")
        self.assertEqual([f["owner"] for f in described(raised(own.A))["frames"]], ["application"] * 2)
        scope: Dict[str, Any] = {}
        exec("def f(): 1 / 0", scope)
        self.assertEqual([f["owner"] for f in described(raised(scope["f"]))["frames"]], ["application"])

    def test_an_application_among_installed_libraries(self) -> None:
        installed = self.module("def f(): 1 / 0\n", "installed_application", "lib/site-packages/")
        exc = raised(installed.f)
        folder = os.path.dirname(installed.__file__)
        self.assertEqual(described(exc, directory=folder)["frames"][0]["owner"], "application")
        self.assertEqual(described(exc, target="installed_application:f")["frames"][0]["owner"], "application")
        # An environment in the application's folder is none of its own.
        above = os.path.dirname(os.path.dirname(folder))
        self.assertEqual(described(exc, directory=above)["frames"][0]["owner"], "library")

    def test_a_working_directory_that_was_removed(self) -> None:
        before = os.getcwd()
        folder = tempfile.mkdtemp()
        os.chdir(folder)
        self.addCleanup(os.chdir, before)
        os.rmdir(folder)
        code = compile("1 / 0", "relative.py", "exec")
        (frame,) = described(raised(exec, code, {"__file__": "relative.py"}), directory=".")["frames"][-1:]
        self.assertEqual((frame["file"], frame["owner"]), ("relative.py", "application"))

    def test_relative_paths_are_made_absolute(self) -> None:
        root = self.tree({"a.py": "1 / 0\n"})
        before = os.getcwd()
        os.chdir(root)
        try:
            exc = raised(exec, compile("1 / 0\n", "a.py", "exec"), {})
            (frame,) = described(exc)["frames"]
        finally:
            os.chdir(before)
        self.assertEqual(frame["file"], os.path.join(root, "a.py"))
        self.assertEqual(frame["source"]["lines"], ["1 / 0"])


class Recursion(ModelTestCase):
    def test_one_function(self) -> None:
        def deeper() -> None:
            deeper()

        model = described(raised(deeper))
        self.assertEqual((model["type"], model["omitted"]), ("RecursionError", []))
        self.assertLess(len(model["frames"]), 10)
        (found,) = [frame["recursion"] for frame in model["frames"] if frame["recursion"]]
        self.assertEqual(found["length"], 1)
        self.assertGreater(found["times"], 100)

    def test_some_in_a_circle(self) -> None:
        def one(depth: int) -> None:
            two(depth)

        def two(depth: int) -> None:
            three(depth)

        def three(depth: int) -> None:
            one(depth - 1 // (depth and 1))

        frames = described(raised(one, 50))["frames"]
        self.assertEqual([frame["function"][-3:] for frame in frames], ["one", "two", "ree"])
        self.assertEqual([frame["recursion"] for frame in frames], [{"length": 3, "times": 50}, None, None])

    def test_three_rounds_are_shown_as_they_are(self) -> None:
        def down(depth: int) -> Any:
            return down(depth - 1) if depth else {}["end"]

        # The last round ends in another place of the same line: that is a round too.
        for depth, expected in ((2, [None] * 3), (3, [{"length": 1, "times": 3}])):
            frames = described(raised(down, depth))["frames"]
            self.assertEqual([frame["recursion"] for frame in frames], expected)

    def test_a_deep_stack_loses_its_middle(self) -> None:
        text = "".join(f"def f{number}(): f{number + 1}()\n" for number in range(300)) + "def f300(): 1 / 0\n"
        model = described(raised(self.module(text).f0))
        expected = [f"f{number}" for number in (*range(50), *range(151, 301))]
        self.assertEqual(functions(model), expected)
        self.assertEqual(model["omitted"], ["101 frames were left out."])

    @unittest.skipIf(sys.implementation.name == "pypy", "its stack ends earlier")
    def test_a_very_deep_one_is_described_in_time(self) -> None:
        def down(depth: int) -> Any:
            return down(depth - 1) if depth else {}["end"]

        before = sys.getrecursionlimit()
        sys.setrecursionlimit(9000)
        try:
            exc = raised(down, 5000)
        finally:
            sys.setrecursionlimit(before)
        self.assertEqual(described(exc)["frames"][0]["recursion"]["times"], 5000)


class Ranges(ModelTestCase):
    def marks(self, text: str) -> List[Optional[str]]:
        scope = self.module(text)
        return [marked(frame) for frame in described(raised(scope.main))["frames"]]

    @unittest.skipUnless(HAS_RANGES, "since Python 3.11")
    def test_what_was_running(self) -> None:
        self.assertEqual(self.marks("def main():\n    return 1 + len({}['a']) + 2\n"), ["{}['a']"])

    @unittest.skipUnless(HAS_RANGES, "since Python 3.11")
    def test_characters_and_not_bytes(self) -> None:
        text = "def main():\n    return 'é漢\U0001f600' + {}['ü'] + 'é'\n"
        self.assertEqual(self.marks(text), ["{}['ü']"])

    @unittest.skipUnless(HAS_RANGES, "since Python 3.11")
    def test_several_lines(self) -> None:
        scope = self.module("def main():\n    int(\n        'a',\n        10,\n    )\n")
        (frame,) = described(raised(scope.main))["frames"]
        expected = {"startLine": 2, "startColumn": 4, "endLine": 5, "endColumn": 5}
        self.assertEqual(frame["range"], expected)

    @unittest.skipIf(HAS_RANGES, "since Python 3.11 they are")
    def test_where_python_does_not_know_them(self) -> None:
        self.assertEqual(self.marks("def main():\n    {}['a']\n"), [None])


class Source(ModelTestCase):
    def test_more_lines_where_the_application_ended(self) -> None:
        text = "\n" * 40 + "def inner(): 1 / 0\ndef main(): inner()\n" + "\n" * 40
        outer, inner = described(raised(self.module(text).main))["frames"]
        self.assertEqual((outer["source"]["first"], len(outer["source"]["lines"])), (42 - 6, 13))
        self.assertEqual((inner["source"]["first"], len(inner["source"]["lines"])), (41 - 15, 31))

    def test_long_lines_are_cut_but_far_to_the_right_of_what_failed(self) -> None:
        text = "def main():\n    x = [%s]; 1 / 0\n    x = [%s]\n" % (", ".join("0" * 1600), "0, " * 1600)
        (frame,) = described(raised(self.module(text).main))["frames"]
        lines = frame["source"]["lines"]
        self.assertTrue(lines[1].endswith("]; 1 / 0"))
        self.assertEqual(len(lines[2]), 1000)
        if frame["range"]:
            self.assertEqual(lines[1][frame["range"]["startColumn"] : frame["range"]["endColumn"]], "1 / 0")

    def test_none_where_there_is_none(self) -> None:
        for name in ("<string>", "/nowhere/missing.py", "nul\0.py", "\udcff.py", "", "/", "/dev/null"):
            with self.subTest(name):
                try:
                    code = compile("1 / 0", name, "exec")
                except ValueError:  # NUL, before Python 3.12 also within a name
                    continue
                (frame,) = described(raised(exec, code, {}))["frames"]
                self.assertEqual((frame["source"], frame["range"]), (None, None))

    def test_from_an_archive(self) -> None:
        root = self.tree({})
        path = os.path.join(root, "archive.zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("zipped_shop.py", "def main():\n    1 / 0  # in the archive\n")
        sys.path.insert(0, path)
        (frame,) = described(raised(importlib.import_module("zipped_shop").main))["frames"]
        self.assertEqual(frame["source"]["lines"], ["def main():", "    1 / 0  # in the archive"])
        del sys.modules["zipped_shop"]

    def test_from_a_loader(self) -> None:
        class Loader:
            def __init__(self, answer: Callable[[], str]) -> None:
                self.answer = answer

            def get_source(self, name: str) -> str:
                return self.answer()

        def broken() -> str:
            raise SystemExit

        for answer, lines in ((lambda: "1 / 0\n", ["1 / 0"]), (broken, None)):
            scope = {"__name__": "loaded", "__loader__": Loader(answer)}
            name = f"/nowhere/{'good' if lines else 'bad'}.py"
            (frame,) = described(raised(exec, compile("1 / 0", name, "exec"), scope))["frames"]
            self.assertEqual(frame["source"] and frame["source"]["lines"], lines)

    def test_a_file_saved_since_shows_no_wrong_lines(self) -> None:
        text = "A = 1\ndef main():\n    return 1 / 0\n"
        module = self.module(text)
        exc = raised(module.main)
        other = [f"\n{text}", text.replace("1 / 0", "2 / 0"), text.replace("return", "return "), "("]
        same = [text, text.replace("A = 1", "A = 2"), f"{text}\n"]
        for saved in (*other, *same):
            with self.subTest(saved):
                with open(module.__file__, "w", encoding="utf-8") as file:
                    file.write(saved)
                model = described(exc)
                (frame,) = model["frames"]
                # Before Python 3.11 nothing of the code depends on the columns.
                if saved == other[2] and not HAS_RANGES:
                    continue
                self.assertEqual(frame["source"] is None, saved in other)
                sentence = f"The source of {module.__file__} was left out: it was saved after it was loaded."
                self.assertEqual(model["omitted"], [sentence] if saved in other else [])

    def test_long_lines_and_lone_surrogates(self) -> None:
        module = self.module("def main(): 1 / 0 #" + "x" * 100_000 + "\n")
        (frame,) = described(raised(module.main))["frames"]
        self.assertEqual(len(frame["source"]["lines"][0]), 6000)

    def test_an_application_with_a_linecache_of_its_own(self) -> None:
        exc = raised(self.module("def main(): 1 / 0\n").main)
        for name in ("linecache", "traceback"):
            original = importlib.import_module(name)
            sys.modules[name] = type(sys)(name)
            try:
                (frame,) = described(exc)["frames"]
            finally:
                sys.modules[name] = original
            self.assertEqual(frame["source"] is None, name == "linecache")

    def test_templates(self) -> None:
        try:
            jinja2 = importlib.import_module("jinja2")
        except ImportError:
            self.skipTest("jinja2 is not installed")
        text = "<p>é</p>\n<ul>\n  {{ row(1) }}\n  {% set item = 2 %}{{ item.x.y }}\n</ul>\n"
        root = self.tree({"page.html": text})
        environment = jinja2.Environment(loader=jinja2.FileSystemLoader(root), autoescape=True)

        def render() -> None:
            environment.get_template("page.html").render(row=str, title="shop")

        model = described(raised(render))
        (template,) = [frame for frame in model["frames"] if frame["file"].startswith(root)]
        self.assertEqual((template["file"], template["line"]), (os.path.join(root, "page.html"), 4))
        self.assertEqual(template["function"], "top-level template code")
        self.assertEqual((template["owner"], template["module"], template["range"]), ("application", "", None))
        self.assertEqual(template["source"]["lines"][3], "  {% set item = 2 %}{{ item.x.y }}")
        self.assertEqual(values(template)["title"], "'shop'")
        others = [frame for frame in model["frames"][1:] if frame is not template]
        self.assertEqual({frame["owner"] for frame in others}, {"library"})

        with open(os.path.join(root, "page.html"), "w", encoding="utf-8") as file:
            file.write("\n{% endif %}\n")
        template = described(raised(render))["frames"][-1]
        self.assertEqual((template["line"], template["source"]["lines"][1]), (2, "{% endif %}"))

    def test_templates_that_are_not_compiled(self) -> None:
        try:
            from django.template import Context, Engine
        except ImportError:
            self.skipTest("django is not installed")

        class Order:
            def total(self) -> None:
                raise ValueError("no total")

        page = "<h1>{{ title }}</h1>\n{% for order in orders %}\n  <p>é {{ order.total }}</p>\n{% endfor %}\n"
        root = self.tree({"page.html": page, "broken.html": "\n<p>{% nothing %}</p>\n"})
        engine = Engine(dirs=[root], debug=True)

        def render(name: str) -> None:
            engine.get_template(name).render(Context({"title": "shop", "orders": [Order()]}))

        frames = described(raised(render, "page.html"))["frames"]
        own = [frame["function"] for frame in frames if frame["owner"] == "application"]
        self.assertEqual([name.rpartition(".")[2] for name in own], ["render", "template", "total"])
        (template,) = [frame for frame in frames if frame["file"] == os.path.join(root, "page.html")]
        self.assertEqual((template["line"], marked(template)), (3, "{{ order.total }}"))
        self.assertEqual(names(template), ["title", "orders"])

        template = described(raised(render, "broken.html"))["frames"][-1]
        self.assertEqual((template["line"], marked(template)), (2, "{% nothing %}"))

    def test_what_only_looks_like_a_template(self) -> None:
        exc: Any = ValueError()
        good = {"name": "a.html", "line": 2, "source_lines": [(2, "{{ a }}\n")], "before": "", "during": "{{"}
        exc.template_debug = good
        self.assertEqual(described(exc)["frames"][0]["source"], {"first": 2, "lines": ["{{ a }}"]})
        for change in ({"name": None}, {"line": "2"}, {"line": 9}, {"source_lines": []}, {"before": 1}):
            with self.subTest(str(change)):
                exc.template_debug = {**good, **change}
                self.assertEqual(described(exc)["frames"], [])
        for told in (True, {}, evil.EvilDict(good), evil.RaisingAttributes()):
            exc.template_debug = told
            self.assertEqual(described(exc)["frames"], [])


class Variables(ModelTestCase):
    def test_of_a_function_as_written(self) -> None:
        def function(first: int, *rest: int, **more: int) -> None:
            zebra = [first]
            apple = {"a": zebra}
            apple["b"]

        (frame,) = described(raised(function, 1, 2))["frames"]
        self.assertEqual(names(frame), ["first", "rest", "more", "zebra", "apple"])

    def test_of_its_module_those_that_the_running_lines_name(self) -> None:
        text = (
            "import json\nrecent, others, count, total = [None], [], 1, 2\n"
            "def helper(): pass\nclass Shop: count = 3\n"
            "def view(count):\n  shop = Shop\n"
            "  return helper, json, shop.total, recent[0].price, others, count, missing\n"
        )
        module = self.module(text)
        frame = described(raised(module.view, 5))["frames"][-1]
        self.assertEqual(names(frame), ["count", "shop", "recent", "others"])
        self.assertEqual(values(frame)["count"], "5")

    def test_of_a_module_what_it_has_and_not_what_it_defines(self) -> None:
        text = (
            "from __future__ import annotations\nimport os, json as other\nfrom typing import List, Optional\n"
            "from collections import OrderedDict\nNumbers = List[int]\n"
            "__version__ = '1'\nzebra = 1\nclass A: pass\ndef f(): pass\napple = A()\nprinting = print\n"
            "vars(os.sys.modules[__name__])[1] = 2\nzebra.missing\n"
        )
        root = self.tree({"at_import.py": text})
        sys.path.insert(0, root)
        frame = described(raised(importlib.import_module, "at_import"))["frames"][-1]
        self.assertEqual((frame["function"], names(frame)), ("<module>", ["zebra", "apple"]))

    def test_of_a_class_and_of_names_that_run_in_a_mapping(self) -> None:
        text = "def main():\n  class A:\n    one = 1\n    def method(self): pass\n    one.missing\n"
        frame = described(raised(self.module(text).main))["frames"][-1]
        self.assertEqual(values(frame), {"one": "1"})

        class Mapping:
            def __getitem__(self, name: str) -> Any:
                return {"a": 1}[name]

            def items(self) -> Any:
                return {"a": 1}.items()

        (frame,) = described(raised(exec, "a.missing", {}, Mapping()))["frames"]
        self.assertEqual(values(frame), {"a": "1"})
        (frame,) = described(raised(exec, "1 / 0", {}, BrokenMapping()))["frames"]
        self.assertEqual(frame["variables"], [])

    def test_directions_to_the_debugger_are_none(self) -> None:
        def function() -> None:
            __traceback_hide__ = False
            __traceback_info__ = "row 7"
            kept = 1
            [1 / 0 for number in (kept,)]

        frame = described(raised(function))["frames"][0]
        self.assertEqual((frame["info"], frame["hidden"]), ("row 7", False))
        for frame in described(raised(function))["frames"]:
            self.assertLessEqual(set(names(frame)), {"kept", "number"})

    def test_those_that_are_too_many(self) -> None:
        assignments = "".join(f"    v{number} = {number}\n" for number in range(1000))
        model = described(raised(self.module(f"def main():\n{assignments}    1 / 0\n").main))
        self.assertEqual(names(model["frames"][0]), [f"v{number}" for number in range(200)])
        self.assertEqual(model["omitted"], ["800 variables were left out to keep this short."])

    def test_the_application_is_asked_first_and_the_rest_only_while_there_is_time(self) -> None:
        class Slow:
            def __repr__(self) -> str:
                start = time.perf_counter()
                while time.perf_counter() < start + 0.25:
                    pass
                return "<slow>"

        def inner(value: Any) -> None:
            later = Slow()
            later.missing

        def outer(value: Any) -> None:
            inner(value)

        model = described(raised(outer, Slow()), limits=LIMITS._replace(seconds=0.2))
        outer_frame, inner_frame = model["frames"]
        self.assertEqual(values(inner_frame)["value"], "<slow>")
        for left in (values(inner_frame)["later"], values(outer_frame)["value"]):
            self.assertEqual(left, "not asked for its repr(): there was no time left")
        (sentence,) = model["omitted"]
        self.assertRegex(sentence, r"^Some values were left out: repr\(\) of a .*Slow took \d\.\d\d s\.$")

    @unittest.skipUnless(sys.implementation.name == "cpython", "PyPy cannot interrupt a thread")
    def test_one_that_never_ends_is_interrupted(self) -> None:
        class Endless:
            def __repr__(self) -> str:
                caught = 0
                while True:
                    try:
                        while True:
                            pass
                    except KeyboardInterrupt:
                        caught += 1
                        if caught == 2:
                            raise

        class EndlessError(Exception):
            __str__ = Endless.__repr__

        def fail(value: Any) -> None:
            later = 5  # noqa: F841
            raise ValueError

        for exc in (raised(fail, Endless()), EndlessError()):
            model = described(exc, limits=LIMITS._replace(patience=0.02, seconds=0.01))
            self.assertRegex(" ".join(model["omitted"]), r"left out: (repr|str)\(\) of a .*Endless\w* took \d\.\d\d s\.$")
            for frame in model["frames"]:
                self.assertEqual(values(frame)["later"], "5")
                self.assertEqual(values(frame)["value"], "its repr() raised KeyboardInterrupt: it took too long")

    @unittest.skipUnless(sys.implementation.name == "cpython", "PyPy cannot interrupt a thread")
    def test_an_interrupt_at_any_moment_strikes_what_it_is_meant_for(self) -> None:
        class Slow:
            def __repr__(self) -> str:
                end = time.perf_counter() + 0.0015
                while time.perf_counter() < end:
                    pass
                return "<slow>"

        def fail(first: Any) -> None:
            raise ValueError("message")

        for _ in range(200):
            model = described(raised(fail, Slow()), limits=LIMITS._replace(patience=0.0005))
            self.assertEqual(model["message"], "message")
            self.assertEqual(len(model["frames"]), 1, model["omitted"])
            self.assertIn(values(model["frames"][0])["first"][:8], ("<slow>", "its repr"))

    def test_messages_of_what_led_to_it_only_while_there_is_time(self) -> None:
        class Slow(Exception):
            def __str__(self) -> str:
                time.sleep(0.01)
                return "slow"

        exc: BaseException = Slow()
        for _ in range(3):
            following = Slow()
            following.__cause__ = exc
            exc = following
        model = described(exc, limits=LIMITS._replace(seconds=0.005))
        self.assertEqual((model["message"], model["cause"]["message"]), ("slow", ""))
        self.assertIn("no time left", model["cause"]["omitted"][0])


class BrokenMapping:
    def __getitem__(self, name: str) -> Any:
        raise KeyError(name)

    def items(self) -> Any:
        sys.exit(1)


class Hiding(ModelTestCase):
    def test_what_each_value_hides(self) -> None:
        cases: List[Tuple[str, List[Any]]] = [
            ("...", [None, None, None]),
            (".x.", [None, True, None]),
            (".x.", [None, 1, 0]),
            ("xx.", [None, None, "before"]),
            ("xxx.", [None, None, "before_and_this", None]),
            (".xx", ["after", None, None]),
            ("xxx.", ["after_and_this", None, "reset_and_this", None]),
            (".x..", ["after", None, "reset", None]),
            ("x.x", [None, "before", True]),
            (".x.x", ["after", None, "after", None]),
        ]
        for expected, said in cases:
            with self.subTest(str(said)):
                self.assertEqual("".join("x" if hides else "." for hides in hidden(said)), expected)

    def test_what_would_hide_all_hides_none(self) -> None:
        self.assertEqual(hidden([True, "after_and_this", None]), [False] * 3)
        self.assertEqual(hidden([]), [])

    def test_values_that_cannot_be_told_true_from_false(self) -> None:
        class Broken:
            def __bool__(self) -> bool:
                raise ValueError("neither")

        self.assertEqual(hidden([Broken(), evil.OtherText("before"), True, None]), [False, False, True, False])

    def test_of_frames(self) -> None:
        def inner() -> None:
            {}["a"]

        def helper() -> None:
            __traceback_hide__ = True  # noqa: F841
            inner()

        def outer() -> None:
            helper()

        frames = described(raised(outer))["frames"]
        self.assertEqual([frame["hidden"] for frame in frames], [False, True, False])


class NeverFails(ModelTestCase):
    def test_exceptions_that_do_their_worst(self) -> None:
        class NoCause(Exception):
            @property
            def __cause__(self) -> Any:  # type: ignore[override]
                raise ValueError("no cause")

            @property
            def __context__(self) -> Any:  # type: ignore[override]
                raise ValueError("no context")

            @property
            def __traceback__(self) -> Any:  # type: ignore[override]
                raise ValueError("no traceback")

            @property
            def exceptions(self) -> Any:
                sys.exit(1)

            def __getattribute__(self, name: str) -> Any:
                raise ValueError(name)

        body = {"__name__": property(lambda cls: 1 / 0), "__eq__": lambda *arguments: 1 / 0}
        meta: Any = type("Meta", (type,), body)
        nameless = meta("Nameless", (Exception,), {"__hash__": None})

        class Exits(Exception):
            def __str__(self) -> str:
                sys.exit(1)

        class NoText(Exception):
            def __str__(self) -> str:
                return evil.OtherText("other text")

        for cls in (NoCause, nameless, Exits, NoText, evil.RaisingError):

            def fail(cls: Any = cls) -> None:
                raise cls("a")

            model = described(support.raised(fail))
            with self.subTest(model["type"]):
                self.assertIn("fail", functions(model))
        self.assertEqual(described(NoText())["message"], "other text")
        (sentence,) = described(Exits())["omitted"]
        self.assertEqual(sentence, "There is no message: its str() raised SystemExit: 1")

    def test_variables_that_do_their_worst(self) -> None:
        def fail(objects: Dict[str, Any]) -> None:
            one = objects["RaisingRepr"]  # noqa: F841
            __traceback_info__ = objects["RaisingError"]  # noqa: F841
            locals_of_it = list(objects.values())
            locals_of_it[1000]

        text = "objects = __import__('evil').objects()\nglobals().update(objects)\n1 / 0\n"
        from contextlib import redirect_stderr
        from io import StringIO

        with redirect_stderr(StringIO()):
            described(raised(fail, evil.objects()))
            sys.path.insert(0, self.tree({"evil_module.py": text}))
            frame = described(raised(importlib.import_module, "evil_module"))["frames"][-1]
        self.assertIn("RaisingRepr", names(frame))

    def test_an_interrupt_ends_it_and_is_described_too(self) -> None:
        def keep(frame: Any) -> str:
            raise KeyboardInterrupt

        def fail() -> None:
            raise ValueError("message")

        model = described(raised(fail), keep=keep)
        self.assertEqual((model["type"], model["message"]), ("ValueError", "message"))
        (sentence,) = model["omitted"]
        self.assertEqual(sentence, "All else was left out: describing it ended in KeyboardInterrupt.")

    def test_random_errors_are_within_bounds(self) -> None:
        chance = random.Random(SEED)
        for number in range(40):
            limits = LIMITS._replace(total=chance.choice([64 * 1024, 128 * 1024, LIMITS.total]))
            exc = random_error(chance, 4)
            with self.subTest(seed=SEED, number=number):
                described(exc, limits=limits)

    def test_the_largest_one_is_within_bounds(self) -> None:
        line = "    a = argument" + "".join(f"; b{number} = TEXT" for number in range(30))
        text = "TEXT = '\U0001f600漢' * 1000\n" + "".join(
            f"def f{number}(argument):\n{line}\n    f{number + 1}(argument)\n" for number in range(190)
        )
        module = self.module(text + "def f190(argument): raise ValueError('\\U0001f600' * 100_000)\n")
        exc = raised(module.f0, {str(number): "漢" * 1000 for number in range(1000)})
        for _ in range(10):
            following = raised(module.f0, ["\0" * 10_000] * 1000)
            following.__cause__ = exc
            exc = following
        model = described(exc)
        self.assertGreater(len(sent(model)), LIMITS.total // 4)
        self.assertTrue(model["frames"][-1]["source"])
        self.assertTrue(model["frames"][-1]["variables"])

    def test_nothing_heavy_is_imported(self) -> None:
        code = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "import highball.worker.native  # every worker has it\n"
            "before = set(sys.modules)\n"
            "import highball.worker.debugger\n"
            "print(sorted(name for name in set(sys.modules) - before if not name.startswith('highball')))\n"
            "from highball.worker.debugger.model import describe\n"
            "try: 1 / 0\n"
            "except Exception as exc: describe(exc)\n"
            "print(sorted({'inspect', 'ast', 'traceback', 'dis', 'logging'} & set(sys.modules) - before))\n"
        )
        command = [sys.executable, "-I", "-S", "-B", "-c", code, WORKER_ROOT]
        at_start, at_error = subprocess.check_output(command, timeout=60).decode().split("\n")[:2]
        self.assertIn(at_start, ("[]", "['__future__']"))
        self.assertEqual(at_error, "[]")


def random_error(chance: random.Random, depth: int) -> BaseException:
    """Return an exception that was raised through some frames, with chains and members of any kind."""
    from test_debugger_values import random_object, random_text

    leaves = [None, 1, "text", evil.RaisingRepr(), evil.SurrogateRepr(), evil.OtherText("a")]

    def some(counts: List[int]) -> List[BaseException]:
        return [random_error(chance, depth - 1) for _ in range(chance.choice(counts))] if depth else []

    def go(frames: int, argument: Any) -> None:
        if frames:
            go(frames - 1, random_object(chance, leaves, 2))
        kinds = [ValueError, OSError, evil.RaisingError, SyntaxError, KeyError, UnicodeError]
        members = some([0, 0, 1, 3])
        if members and chance.random() < 0.5:
            raise Groups.Backport(random_text(chance), members)
        raise chance.choice(kinds)(random_text(chance) * chance.choice([1, 100]))

    exc: Any = raised(go, chance.randrange(6), None)
    exc.__cause__ = next(iter(some([0, 0, 1])), None)
    exc.__context__ = next(iter(some([0, 0, 1])), None)
    exc.__suppress_context__ = chance.random() < 0.3
    exc.__notes__ = [random_text(chance) for _ in range(chance.randrange(20))]
    return without_first_frame(exc)


if __name__ == "__main__":
    unittest.main()
