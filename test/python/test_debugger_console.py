"""What code in a console sees, what it changes, and what is shown of it."""

from __future__ import annotations

import contextlib
import gettext
import io
import linecache
import sys
import threading
import unittest
import unittest.mock
import weakref
from typing import Any, Callable, Dict, Iterator, List, Optional

import evil
from support import WORKER_ROOT, raised

assert WORKER_ROOT in sys.path

from highball.worker.debugger import capture, evaluation, exhibits, kept_errors, parsing  # noqa: E402
from highball.worker.debugger.console import Console  # noqa: E402
from highball.worker.debugger.evaluation import Evaluation  # noqa: E402
from highball.worker.debugger.kept_errors import KeptError, KeptErrors, KeptFrame  # noqa: E402
from highball.worker.debugger.model import describe  # noqa: E402
from highball.worker.debugger.preserved import Preserved  # noqa: E402

LIMIT = 3
GATE = threading.Lock()
CPYTHON = sys.implementation.name == "cpython"


def view(total: int) -> None:
    cart = {"apples": total}
    hidden = 5

    def inner() -> int:
        return hidden

    raise ValueError(cart, inner)


def make(act: Callable[[], Any], preserved: Optional[Preserved] = None) -> Console:
    """Return a console in the innermost frame of what ``act`` raises."""
    error = raised(act)
    chain = error.__traceback__
    assert chain is not None
    while chain.tb_next is not None:
        chain = chain.tb_next
    return Console.of_frame(KeptError(1, error, preserved), chain.tb_frame, describe)


class ConsoleTestCase(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.console = make(lambda: view(41))

    def run_code(self, code: str) -> Dict[str, Any]:
        """Run code and return the outcome."""
        caught = capture.Capture()
        capture.begin(caught)
        try:
            return self.console.evaluate(code, caught.text)
        finally:
            capture.end()

    def value(self, code: str) -> Any:
        """Return the text of an expression's value; None if there is none."""
        found = self.run_code(code)
        self.assertEqual((found["status"], found["error"]), ("done", None))
        return None if found["value"] is None else found["value"]["text"]

    def printed(self, code: str) -> str:
        found = self.run_code(code)
        self.assertEqual((found["status"], found["error"]), ("done", None))
        return str(found["output"])

    def error(self, code: str) -> Dict[str, Any]:
        found = self.run_code(code)
        self.assertIsNotNone(found.get("error"), found)
        exception: Dict[str, Any] = found["error"]["exception"]
        return exception


class Names(ConsoleTestCase):
    def test_locals_hide_globals_and_globals_hide_builtins(self) -> None:
        self.assertEqual(self.value("total"), "41")
        self.assertEqual(self.value("LIMIT"), "3")
        self.assertEqual(self.value("hidden"), "5")
        self.assertEqual(self.value("len(cart)"), "1")

    def test_scopes_within_scopes_see_them_too(self) -> None:
        self.run_code("more = 1")
        for code in (
            "[total + more + LIMIT for _ in range(1)][0]",
            "(lambda: total + more + LIMIT)()",
            "next(total + more + LIMIT for _ in range(1) if hidden)",
            "{n: total + more + LIMIT for n in range(1)}[0]",
        ):
            self.assertEqual(self.value(code), "45", code)
        self.run_code("def add():\n    return total + more + LIMIT\n")
        self.assertEqual(self.value("add()"), "45")

    def test_assignments_stay_and_change_neither_frame_nor_module(self) -> None:
        self.run_code("total = 1")
        self.run_code("LIMIT = 2")
        self.run_code("def change():\n    global LIMIT\n    LIMIT += 1\n")
        self.run_code("change()")
        self.assertEqual((self.value("total"), self.value("LIMIT")), ("1", "3"))
        self.assertEqual(LIMIT, 3)

    def test_globals_are_those_of_now(self) -> None:
        scope = globals()
        self.addCleanup(scope.pop, "changing", None)
        scope["changing"] = 1
        self.assertEqual(self.value("changing"), "1")
        scope["changing"] = 2
        self.assertEqual(self.value("changing"), "2")
        del scope["changing"]
        self.assertEqual(self.error("changing")["type"], "NameError")

    def test_what_is_deleted_is_gone(self) -> None:
        self.run_code("del total")
        self.assertEqual(self.error("total")["type"], "NameError")

    def test_the_last_value_is_an_underscore_unless_the_application_has_one(self) -> None:
        self.value("total + 1")
        self.assertEqual(self.value("_ + 1"), "43")
        self.assertIsNone(self.value("None"))
        self.assertEqual(self.value("_"), "43")

        def translated() -> None:
            _ = gettext.gettext
            raise ValueError(_)

        self.console = make(translated)
        self.value("1")
        self.assertEqual(self.value("_('text')"), "'text'")

    def test_a_module_s_frame_has_its_names_once(self) -> None:
        code = compile("first = 1\nsecond = first + 1\n1 / 0\n", "module.py", "exec")
        scope: Dict[str, Any] = {"__name__": "module"}
        self.console = make(lambda: exec(code, scope))
        self.assertEqual(self.value("second"), "2")
        self.run_code("second = 5")
        self.assertEqual((self.value("second"), scope["second"]), ("5", 2))

    def test_a_class_body_s_frame(self) -> None:
        def body() -> None:
            class Broken:
                field = 7
                raise ValueError(field)

        self.console = make(body)
        self.assertEqual(self.value("[field for _ in '1'][0]"), "7")

    def test_a_frame_that_runs_in_a_mapping_of_its_own(self) -> None:
        class Leaving(Dict[str, Any]):
            def __iter__(self) -> Any:
                sys.exit(1)

            keys = items = __iter__

        class Lost:
            def __getitem__(self, name: str) -> Any:
                raise KeyError(name)

            def items(self) -> Any:
                sys.exit(1)

            keys = items

        self.console = make(lambda: exec("1 / 0", {}, Leaving(field=7)))
        self.assertEqual(self.value("field"), "7")
        self.console = make(lambda: exec("1 / 0", {"field": 8}, Lost()))
        self.assertEqual(self.value("field"), "8")


class Input(ConsoleTestCase):
    def test_a_block_goes_on_until_an_empty_line(self) -> None:
        loops = ("for n in range(2):", "for n in range(2):\n    n", "if total:", "@f")
        for code in (*loops, "call(", "'''", "x = [", "1 + \\"):
            self.assertEqual(self.run_code(code), {"status": "incomplete"}, code)
        self.assertEqual(self.printed("for n in range(2):\n    print(n)\n"), "0\n1\n")
        self.assertEqual(self.printed("for n in range(2): print(n)\n"), "0\n1\n")

    def test_several_statements_at_once_and_the_value_of_the_last(self) -> None:
        self.assertEqual(self.value("a = 1\nb = 2\na + b"), "3")
        self.assertEqual(self.value("a = 1; a + 4"), "5")
        self.assertEqual(self.printed("a = 1\nif a:\n    print(a)"), "1\n")
        self.assertEqual(self.value("(1 +\n 2)"), "3")

    def test_nothing_is_nothing(self) -> None:
        for code in ("", "   ", "\n", "# a remark"):
            self.assertIsNone(self.value(code))

    def test_what_cannot_be_read_says_where(self) -> None:
        found = self.error("total = = 1")
        self.assertEqual(found["type"], "SyntaxError")
        self.assertEqual((found["frames"], found["context"]), ([], None))
        self.assertEqual(found["syntax"]["line"], 1)
        self.assertEqual(found["syntax"]["source"]["lines"][0], "total = = 1")
        self.assertEqual(self.error("a = 1\nb = = 2")["syntax"]["line"], 2)
        self.assertEqual(self.error("  x = 1")["type"], "IndentationError")
        self.assertIn(self.error("a\0b")["type"], ("ValueError", "SyntaxError"))
        self.assertIn(self.error("(" * 500 + ")" * 500)["type"], ("SyntaxError", "MemoryError", "RecursionError"))

    @unittest.skipUnless(parsing.AWAIT, "this Python has no await outside of functions")
    def test_await(self) -> None:
        self.run_code("import asyncio, contextlib\nasync def price(n): return n * total\n")
        self.assertEqual(self.value("await price(2)"), "82")
        self.assertEqual(self.value("_ + 1"), "83")
        self.assertEqual(self.value("a = await price(1)\nb = 1\na + b"), "42")
        self.assertEqual(self.value("a"), "41")
        self.assertEqual(self.value("x = 1\n(await asyncio.gather(price(0), price(1)))[1]"), "41")
        self.assertEqual(self.value("[await price(n) for n in (1, 2)][1]"), "82")
        self.assertEqual(self.run_code("async for n in price:"), {"status": "incomplete"})
        self.run_code("async def numbers():\n    yield 5\n")
        self.assertEqual(self.printed("async for n in numbers():\n    print(n)\n"), "5\n")
        frames = self.error("await price(None)")["frames"]
        self.assertEqual([f["function"] for f in frames if f["owner"] != "standard"], ["<module>", "price"])
        self.assertIn("outside", self.error("def f(): await price(1)\n")["message"])
        self.assertEqual(self.error("await")["type"], "SyntaxError")

    def test_text_that_is_no_unicode_is_harmless(self) -> None:
        found = self.run_code("'\udc80'")
        self.assertEqual(found["status"], "done")

    def test_future_imports_hold_for_what_follows(self) -> None:
        plain = {"__name__": "plain"}
        self.console = make(lambda: exec(compile("1 / 0", "plain.py", "exec", dont_inherit=True), plain))
        self.run_code("def before(n: nowhere.to_be_found = 1): pass\n")
        if sys.version_info < (3, 14):
            self.assertEqual(self.error("before")["type"], "NameError")
        self.run_code("from __future__ import annotations")
        self.run_code("def after(n: nowhere.to_be_found = 1): pass\n")
        self.assertEqual(self.value("after.__annotations__['n']"), "'nowhere.to_be_found'")

    def test_lines_of_old_inputs_are_let_go_of(self) -> None:
        names = [parsing.remember("line %d" % number) for number in range(parsing.SOURCES + 5)]
        self.assertNotIn(names[0], linecache.cache)
        linecache.checkcache()
        self.assertEqual(linecache.getline(names[-1], 1), "line %d\n" % (parsing.SOURCES + 4))


class Outcomes(ConsoleTestCase):
    def test_an_error_shows_the_line_that_was_typed_and_no_frame_of_the_console_s_own(self) -> None:
        found = self.error("1 + 1\ntotal / 0")
        (frame,) = found["frames"]
        self.assertEqual((frame["line"], frame["source"]["lines"][1]), (2, "total / 0"))
        self.assertIn("<console", frame["file"])
        self.assertTrue(frame["id"])
        self.assertEqual((found["cause"], found["context"]), (None, None))

    def test_an_error_asks_none_of_the_frame_s_variables(self) -> None:
        self.run_code("asked = []\nclass Slow:\n    def __repr__(self): return asked.append(1) or ''\n")
        self.run_code("slow = Slow()")
        self.assertEqual(self.error("1 / 0")["frames"][0]["variables"], [])
        self.assertEqual(self.value("len(asked)"), "0")

    def test_values_fold(self) -> None:
        found = self.run_code("cart")["value"]
        self.assertEqual((found["kind"], found["opening"]), ("items", "{"))

    def test_a_value_that_cannot_be_shown_is_told(self) -> None:
        self.run_code("class Evil:\n    def __repr__(self): 1 / 0\n")
        self.assertEqual(self.run_code("Evil()")["value"]["kind"], "broken")

    def test_what_it_printed_is_bounded(self) -> None:
        found = self.printed("print('x' * 1000000)")
        self.assertLess(len(found), 2 * capture.LIMIT)
        self.assertTrue(found.endswith("… and %d characters more\n" % (1000001 - capture.LIMIT)))

    def test_both_streams_are_caught_in_order(self) -> None:
        code = "import sys\nprint(1)\nprint(2, file=sys.stderr)\n"
        code += "sys.stdout.write('3')\nsys.stdout.writelines(['4', '5'])"
        self.assertEqual(self.printed(code), "1\n2\n345")

    def test_dump_shows_the_frame_s_variables_and_what_was_assigned(self) -> None:
        self.run_code("more = 1")
        (shown,) = self.run_code("dump()")["shown"]
        names = [variable["name"] for variable in shown["variables"]]
        self.assertEqual(sorted(names), ["cart", "hidden", "inner", "more", "total"])

    def test_dump_shows_what_an_object_holds(self) -> None:
        self.run_code(
            "class Basket:\n"
            "    size = 3\n"
            "    def __init__(self): self.items = [1]\n"
            "    def method(self): pass\n"
            "    @property\n"
            "    def broken(self): return 1 / 0\n"
        )
        (shown,) = self.run_code("dump(Basket())")["shown"]
        found = {variable["name"]: variable["value"] for variable in shown["variables"]}
        self.assertEqual(sorted(found), ["broken", "items", "size"])
        self.assertIn("ZeroDivisionError", found["broken"]["text"])
        (shown,) = self.run_code("dump(cart)")["shown"]
        self.assertEqual(shown["variables"][0]["name"], "apples")

    def test_dump_shows_what_a_container_holds(self) -> None:
        self.run_code("class Cart(list):\n    owner = 'Ada'\n")
        self.run_code("mine = Cart('a'); mine.paid = False")
        for code, expected in {
            "[5, 6]": [["0", "1"]],
            "{1: 2, ('a', 2): 3, 'b': 4}": [["1", "('a', 2)", "b"]],
            "{7}": [["0"]],
            "mine": [["0"], ["owner", "paid"]],
        }.items():
            shown = self.run_code("dump(%s)" % code)["shown"]
            self.assertEqual([[v["name"] for v in one["variables"]] for one in shown], expected, code)

    def test_dump_and_help_of_objects_that_do_their_worst(self) -> None:
        self.run_code("import evil; objects = evil.objects()")
        for name in evil.objects():
            with contextlib.redirect_stderr(io.StringIO()):
                found = self.run_code("dump(objects[%r])" % name)
            self.assertEqual((found["error"], len(found["shown"])), (None, 1), name)
        self.run_code(
            "class Leaving:\n"
            "    fine = 1\n"
            "    __name__ = (1, 2)\n"
            "    @property\n"
            "    def left(self): raise SystemExit\n"
            "    @property\n"
            "    def proxy(self): return evil.RaisingClass()\n"
            "    def __dir__(self): raise ValueError\n"
        )
        (shown,) = self.run_code("dump(Leaving())")["shown"]
        self.assertEqual([variable["name"] for variable in shown["variables"]], ["fine", "left", "proxy"])
        self.assertIn("Leaving", self.run_code("help(Leaving())")["shown"][0]["title"])

    def test_dump_is_bounded(self) -> None:
        (shown,) = self.run_code("dump({str(n): 'x' * 5000 for n in range(5000)})")["shown"]
        self.assertLessEqual(len(shown["variables"]), 200)
        self.assertIn("the first", shown["title"])
        self.assertEqual(len(self.run_code("for n in range(100): dump(cart)\n")["shown"]), 20)
        with unittest.mock.patch.object(exhibits, "SECONDS", 0.0):
            (shown,) = self.run_code("dump([GATE, GATE])")["shown"]
        self.assertEqual([variable["value"]["kind"] for variable in shown["variables"]], ["plain", "broken"])

    def test_help_is_text(self) -> None:
        for code in ("help(len)", "help('len')", "help(help)", "help()", "help('no such thing')", "help(3)"):
            (shown,) = self.run_code(code)["shown"]
            self.assertEqual(shown["kind"], "text", code)
            self.assertNotIn("\b", shown["text"])
        self.assertIn("Return the number of items", self.run_code("help(len)")["shown"][0]["text"])

    def test_names_of_the_application_s_own_come_before_dump_and_help(self) -> None:
        def own() -> None:
            dump = "mine"
            raise ValueError(dump)

        self.console = make(own)
        self.assertEqual(self.value("dump"), "'mine'")


class Terminal(ConsoleTestCase):
    def test_nobody_answers_input(self) -> None:
        for code in ("input('name? ')", "import sys; sys.stdin.readline()", "import sys; list(sys.stdin)"):
            self.assertIn("has no input", self.error(code)["message"], code)

    def test_no_debugger_takes_the_terminal(self) -> None:
        self.assertIn("terminal", self.error("breakpoint()")["message"])
        self.assertIn("no input", self.error("import pdb; pdb.set_trace()")["message"])

    def test_everything_is_back_in_place_afterwards(self) -> None:
        before = sys.stdin, sys.stdout, sys.stderr, sys.breakpointhook
        self.run_code("input()")
        self.assertEqual((sys.stdin, sys.stdout, sys.stderr, sys.breakpointhook), before)

    def test_what_the_application_has_put_there_meanwhile_stays(self) -> None:
        own = io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()):
            caught = capture.Capture()
            capture.begin(caught)
            sys.stdout = own
            capture.end()
            self.assertIs(sys.stdout, own)

    def test_other_threads_have_their_streams(self) -> None:
        elsewhere = io.StringIO()
        caught = capture.Capture()
        with contextlib.redirect_stdout(elsewhere):
            capture.begin(caught)
            thread = threading.Thread(target=lambda: print("from a thread", sys.stdout.isatty()))
            thread.start()
            thread.join()
            print("here")
            capture.end()
        self.assertEqual((elsewhere.getvalue(), caught.text()), ("from a thread False\n", "here\n"))


class Frameworks(ConsoleTestCase):
    """Context managers that a framework has left for the console."""

    def setUp(self) -> None:
        self.entered: List[str] = []
        self.managers = [self.context("application"), self.context("request"), None]
        self.console = make(lambda: view(41), Preserved(self.managers))

    @contextlib.contextmanager
    def once(self, name: str) -> Iterator[None]:
        self.entered.append(name)
        yield
        self.entered.append("-" + name)

    def context(self, name: str) -> Any:
        test = self

        class Context:
            def __enter__(self) -> None:
                test.entered.append(name)

            def __exit__(self, *raised: Any) -> bool:
                test.entered.append("-" + name)
                return True  # takes what is raised for its own

        return Context()

    def test_are_entered_for_each_command_in_their_order(self) -> None:
        self.assertEqual(self.value("total"), "41")
        self.assertEqual(self.entered, ["application", "request", "-request", "-application"])
        self.value("total")
        self.assertEqual(len(self.entered), 8)

    def test_hide_no_error(self) -> None:
        self.assertEqual(self.error("1 / 0")["type"], "ZeroDivisionError")
        self.assertEqual(self.entered[-2:], ["-request", "-application"])

    def test_one_that_cannot_be_entered_is_done_without(self) -> None:
        self.console = make(lambda: view(41), Preserved([*self.managers, self.once("once")]))
        self.value("1")
        found = self.run_code("total")
        self.assertEqual(found["value"]["text"], "41")
        self.assertIn("could not be entered", found["output"])

    def test_completion_enters_nothing(self) -> None:
        self.assertEqual(self.console.complete("tot"), ["total"])
        self.assertEqual(self.entered, [])


class Kept(unittest.TestCase):
    def setUp(self) -> None:
        self.now = 1000.0
        clock = unittest.mock.patch.object(kept_errors, "monotonic", lambda: self.now)
        clock.start()
        self.addCleanup(clock.stop)
        self.kept = KeptErrors()

    def keep(self) -> str:
        error = raised(lambda: view(1))
        assert error.__traceback__ is not None
        return self.kept.begin(error).keep(error.__traceback__.tb_frame)

    def test_a_frame_has_one_id(self) -> None:
        error = raised(lambda: view(1))
        chain = error.__traceback__
        assert chain is not None and chain.tb_next is not None
        kept = self.kept.begin(error)
        first, second = kept.keep(chain.tb_frame), kept.keep(chain.tb_next.tb_frame)
        self.assertNotEqual(first, second)
        self.assertEqual(kept.keep(chain.tb_frame), first)
        found = self.kept.find(first)
        assert isinstance(found, KeptFrame)
        self.assertIs(found.frame, chain.tb_frame)

    def test_errors_go_by_number_and_by_age_with_all_they_held(self) -> None:
        class Held:
            pass

        def hold() -> None:
            held = Held()
            references.append(weakref.ref(held))
            raise ValueError

        references: List[Any] = []
        error = raised(hold)
        assert error.__traceback__ is not None and error.__traceback__.tb_next is not None
        ident = self.kept.begin(error).keep(error.__traceback__.tb_next.tb_frame)
        del error
        others = [self.keep() for _ in range(kept_errors.ERRORS - 1)]
        self.assertIsInstance(self.kept.find(ident), KeptFrame)
        self.keep()
        self.assertIn("not kept any more", str(self.kept.find(ident)))
        import gc

        gc.collect()
        self.assertIsNone(references[0]())
        self.assertIsInstance(self.kept.find(others[0]), KeptFrame)
        self.now += kept_errors.AGE + 1
        self.assertIn("not kept any more", str(self.kept.find(others[0])))

    def test_errors_of_evaluations_never_push_out_the_error_they_were_in(self) -> None:
        error = raised(lambda: view(1))
        assert error.__traceback__ is not None
        kept = self.kept.begin(error)
        first = kept.keep(error.__traceback__.tb_frame)
        idents = []
        for number in range(kept_errors.NESTED + 5):
            nested = raised(lambda: view(number))
            assert nested.__traceback__ is not None
            idents.append(kept.nested()(nested.__traceback__.tb_frame))
            kept.nested()  # of an error without frames, as one of syntax
        self.assertIsInstance(self.kept.find(first), KeptFrame)
        self.assertIn("evaluation", str(self.kept.find(idents[0])))
        for ident in idents[-kept_errors.NESTED :]:
            self.assertIsInstance(self.kept.find(ident), KeptFrame)

    def test_frames_of_one_error_are_bounded(self) -> None:
        def deep(depth: int) -> None:
            if depth == 0:
                raise ValueError
            deep(depth - 1)

        error = raised(lambda: deep(500))
        kept = self.kept.begin(error)
        chain, idents = error.__traceback__, []
        while chain is not None:
            idents.append(kept.keep(chain.tb_frame))
            chain = chain.tb_next
        self.assertEqual(sum(1 for ident in idents if ident), kept_errors.FRAMES)


class Side(ConsoleTestCase):
    def test_names_stay_where_they_are_while_another_evaluation_begins(self) -> None:
        stop = threading.Event()
        missing: List[BaseException] = []

        def look() -> None:
            names = self.console._namespace.refresh()
            while not stop.is_set():
                try:
                    names["LIMIT"], names["total"], names["dump"]
                except KeyError as error:
                    missing.append(error)
                    return

        self.value("1")
        thread = threading.Thread(target=look)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        thread.start()
        for _ in range(300):
            self.console._namespace.refresh()
        stop.set()
        thread.join()
        sys.setswitchinterval(interval)
        self.assertEqual(missing, [])


class Threads(unittest.TestCase):
    """Evaluations from their beginning to their end, as the gateway has them."""

    def evaluate(self, code: str, deadline: float = 30.0, grace: float = 2.0) -> Dict[str, Any]:
        told: List[Dict[str, Any]] = []
        done = threading.Event()
        self.ended = threading.Event()

        def tell(result: Dict[str, Any]) -> None:
            told.append(result)
            done.set()

        with unittest.mock.patch.multiple(evaluation, DEADLINE=deadline, GRACE=grace):
            Evaluation(make(lambda: view(41)), code, tell, self.ended.set).start()
            self.assertTrue(done.wait(30))
        return told[0]

    @unittest.skipUnless(CPYTHON, "PyPy cannot interrupt a thread")
    def test_a_deadline_interrupts(self) -> None:
        for code in ("while True: pass\n", "import asyncio\nawait asyncio.sleep(1000)"):
            exception = self.evaluate(code, deadline=0.05, grace=30.0)["error"]["exception"]
            self.assertEqual(exception["type"], "KeyboardInterrupt")
            self.assertEqual(len(exception["notes"]), 1)
            self.assertIn("Interrupted after", exception["notes"][0])
            self.assertTrue(self.ended.wait(30))

    def test_one_that_does_not_let_itself_be_interrupted_is_left_behind(self) -> None:
        GATE.acquire()
        self.addCleanup(GATE.release)
        found = self.evaluate("print('before')\nGATE.acquire()", deadline=0.3, grace=0.05)
        self.assertEqual(found["error"]["exception"]["type"], "TimeoutError")
        self.assertIn("still runs", found["error"]["exception"]["message"])
        self.assertEqual(found["output"], "before\n")
        self.assertFalse(self.ended.is_set())
        GATE.release()
        self.assertTrue(self.ended.wait(30))

    @unittest.skipUnless(CPYTHON, "PyPy cannot interrupt a thread")
    def test_interrupts_at_any_moment_lose_no_result(self) -> None:
        # The thread is struck while it begins, runs, describes what came of it, and ends.
        console = make(lambda: view(41))
        for _ in range(300):
            told: List[Dict[str, Any]] = []
            done = threading.Event()

            def tell(result: Dict[str, Any]) -> None:
                told.append(result)
                done.set()

            running = Evaluation(console, "sum(range(200))", tell, lambda: None)
            running.start()
            for _ in range(5):
                running.interrupt()
            self.assertTrue(done.wait(30))
            self.assertEqual(len(told), 1)
            self.assertIn(told[0]["status"], ("done", "gone"))
        self.assertEqual(capture.captures, {})


if __name__ == "__main__":
    unittest.main()
