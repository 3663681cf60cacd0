"""What a worker with the debugger tells the gateway of errors, and does when it is asked."""

from __future__ import annotations

import json
import os
import sys
import unittest
from typing import Any, Dict

from debugged_worker import DebuggedWorker, frame_of

from highball.worker import protocol

CPYTHON = sys.implementation.name == "cpython"

APPLICATION = """
import os, sys, threading

LIMIT = 3
held = threading.Event()

def view(environ):
    total = 41
    cart = {"apples": 2, "pears": [1, 2]}
    raise ValueError("out of %d" % total)

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/early":
        return view(environ)
    start_response("200 OK", [])
    return globals()[path[1:]](environ)

def fail(environ):
    print("to stdout")
    print("to stderr", file=sys.stderr)
    view(environ)

def fine(environ):
    return [b"fine"]

def stream(environ):
    yield b"first"
    view(environ)

class Closing:
    def __init__(self, items):
        self.items = items
    def __iter__(self):
        return iter(self.items)
    def close(self):
        raise OSError("cannot close")

def close(environ):
    return Closing([b"a body"])

def text(environ):
    return ["no bytes"]

def thread(environ):
    def work():
        job = 7
        raise KeyError(job)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return [b"started"]

def leave(environ):
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    return [b"left"]

def wait(environ):
    held.wait()
    return [b"waited"]

def crash(environ):
    os.abort()
"""


class Errors(unittest.TestCase):
    def setUp(self) -> None:
        self.worker = DebuggedWorker(self, APPLICATION).ready()

    def told(self) -> Dict[str, Any]:
        return self.worker.told(protocol.ERROR)

    def test_of_a_request_come_with_their_frames_and_what_was_printed(self) -> None:
        failure = self.worker.failure("/fail")
        self.assertEqual(failure["kind"], "raised")
        self.assertIn("ValueError: out of 41", failure["traceback"])
        exception = failure["error"]["exception"]
        self.assertEqual((exception["type"], exception["message"]), ("ValueError", "out of 41"))
        self.assertEqual([frame["function"] for frame in exception["frames"]], ["app", "fail", "view"])
        self.assertEqual(len({frame["id"] for frame in exception["frames"]}), 3)
        self.assertEqual(failure["output"], ["to stdout", "stderr: to stderr"])

    def test_after_the_head_are_told_beside_the_broken_response(self) -> None:
        ident = self.worker.send("/stream")
        kind, _ = self.worker.answer(ident)
        self.assertEqual(kind, protocol.RESPONSE)
        kind, payload = self.worker.answer(ident)
        self.assertEqual((kind, json.loads(payload)["kind"]), (protocol.FAIL, "raised"))
        self.assertNotIn("error", json.loads(payload))
        _, exchange, told = self.worker.hear("control", lambda said: said[0] == protocol.ERROR)
        self.assertEqual(exchange, ident)
        error = json.loads(told)
        self.assertEqual(error["place"], "stream")
        self.assertIn("ValueError: out of 41", error["traceback"])
        self.assertEqual(self.worker.value(frame_of(error["error"], "view"), "total"), "41")

    def test_that_the_client_has_gone_is_none_but_what_fails_then_is(self) -> None:
        source = (
            "def app(environ, start_response):\n"
            "    write = start_response('200 OK', [])\n"
            "    write(b'first')\n"
            "    while not environ['highball.client_disconnected'](): pass\n"
            "    if environ['PATH_INFO'] == '/write': write(b'more')\n"
            "    raise FileNotFoundError('lost')\n"
        )
        worker = DebuggedWorker(self, source).ready()
        for path in ("/write", "/lost"):
            ident = worker.send(path)
            kind, payload = worker.answer(ident)
            self.assertEqual(kind, protocol.RESPONSE, payload)
            worker.say(protocol.CANCEL, ident)
        error = worker.told(protocol.ERROR)
        self.assertEqual(error["error"]["exception"]["type"], "FileNotFoundError")
        self.assertNotIn("ConnectionAbortedError", worker.printed())

    def test_of_close_are_told_although_the_response_is_whole(self) -> None:
        self.assertEqual(self.worker.body("/close"), b"a body")
        error = self.told()
        self.assertEqual(error["place"], "close")
        self.assertEqual(self.worker.value(frame_of(error["error"], "close"), "self.items[0]"), "b'a body'")

    def test_of_threads_are_told_and_printed_as_ever(self) -> None:
        self.assertEqual(self.worker.body("/thread"), b"started")
        error = self.told()
        self.assertEqual(error["place"], "thread")
        self.assertEqual(self.worker.value(frame_of(error["error"], "work"), "job"), "7")
        self.assertIn("KeyError: 7", self.worker.printed())

    def test_a_thread_that_leaves_has_none(self) -> None:
        self.assertEqual(self.worker.body("/leave"), b"left")
        self.worker.body("/thread")
        self.assertEqual(self.told()["error"]["exception"]["type"], "KeyError")

    def test_of_responses_that_are_none_name_what_is_wrong(self) -> None:
        failure = self.worker.failure("/text")
        self.assertEqual(failure["kind"], "invalid-response")
        self.assertIn("must yield bytes", failure["error"]["exception"]["message"])

    def test_that_break_off_a_load_are_described_without_ids(self) -> None:
        source = "import sys\nprint('loading')\nlimit = 3\n1 / 0\n"
        failed = DebuggedWorker(self, source).told(protocol.FAILED)
        self.assertEqual(failed["code"], "APPLICATION_IMPORT_FAILED")
        exception = failed["error"]["exception"]
        self.assertEqual(exception["type"], "ZeroDivisionError")
        self.assertEqual([frame["id"] for frame in exception["frames"]], [""])
        self.assertEqual(failed["output"], ["loading"])

    def test_of_syntax_have_the_place(self) -> None:
        failed = DebuggedWorker(self, "limit = 3\nif limit\n").told(protocol.FAILED)
        self.assertEqual(failed["error"]["exception"]["syntax"]["line"], 2)

    def test_a_load_that_fails_without_an_exception_has_no_model(self) -> None:
        failed = DebuggedWorker(self, "", "app:nothing").told(protocol.FAILED)
        self.assertEqual((failed["error"], failed["output"]), (None, []))

    @unittest.skipUnless(CPYTHON, "PyPy's faulthandler names no functions")
    def test_that_end_the_process_leave_its_stack_beside_the_ledger(self) -> None:
        self.worker.send("/crash")
        self.worker.process.wait(30)
        with open(self.worker.ledger + ".crash", encoding="utf-8") as file:
            self.assertIn("in crash", file.read())

    def test_a_thread_that_fails_in_a_loop_does_not_flood_the_gateway(self) -> None:
        for _ in range(30):
            self.worker.body("/thread")
        self.worker.evaluate("console", "1")
        told = [said for said in self.worker.heard("control") if said[0] == protocol.ERROR]
        self.assertEqual(len(told), 20)


class Evaluations(unittest.TestCase):
    def setUp(self) -> None:
        self.worker = DebuggedWorker(self, APPLICATION).ready()
        self.frame = frame_of(self.worker.failure("/fail")["error"], "view")

    def test_see_the_frame_and_what_was_typed_before(self) -> None:
        self.assertEqual(self.worker.value(self.frame, "total + LIMIT"), "44")
        self.assertEqual(self.worker.evaluate(self.frame, "more = total + 1\nprint(more)")["output"], "42\n")
        self.assertEqual(self.worker.value(self.frame, "sum(more for _ in range(2))"), "84")
        self.assertEqual(self.worker.value(self.frame, "_ + 1"), "85")

    def test_work_while_every_runner_is_busy(self) -> None:
        waiting = [self.worker.send("/wait"), self.worker.send("/wait")]
        self.assertEqual(self.worker.value(self.frame, "total"), "41")
        self.worker.evaluate(self.frame, "held.set()")
        for ident in waiting:
            self.assertEqual(self.worker.answer(ident)[0], protocol.RESPONSE)

    def test_several_run_at_once(self) -> None:
        first = self.worker.ask(protocol.EVALUATE, self.frame, "held.wait()")
        self.assertEqual(self.worker.evaluate(self.frame, "held.set()")["error"], None)
        self.assertEqual(self.worker.outcome(first)["value"]["text"], "True")

    def test_sys_exit_ends_nothing_but_the_evaluation(self) -> None:
        for code in ("exit()", "import sys; sys.exit(3)", "raise SystemExit", "raise KeyboardInterrupt", "quit()"):
            with self.subTest(code):
                found = self.worker.evaluate(self.frame, code)
                kind = "KeyboardInterrupt" if "Interrupt" in code else "SystemExit"
                self.assertEqual(found["error"]["exception"]["type"], kind)
        self.assertEqual(self.worker.body("/fine"), b"fine")

    @unittest.skipUnless(CPYTHON, "PyPy cannot interrupt a thread")
    def test_an_interrupt_ends_a_loop(self) -> None:
        number = self.worker.ask(protocol.EVALUATE, self.frame, "print('begun')\nheld.set()\nwhile True: pass\n")
        self.worker.evaluate(self.frame, "held.wait()")
        self.worker.interrupt(number)
        found = self.worker.outcome(number)
        self.assertEqual(found["error"]["exception"]["type"], "KeyboardInterrupt")
        self.assertEqual(found["output"], "begun\n")

    @unittest.skipUnless(CPYTHON, "PyPy cannot interrupt a thread")
    def test_an_interrupt_that_comes_at_once_is_not_lost(self) -> None:
        worker = DebuggedWorker(self, APPLICATION).ready()  # that has to import the console yet
        number = worker.ask(protocol.EVALUATE, "console", "while True: pass\n")
        worker.interrupt(number)
        self.assertEqual(worker.outcome(number)["error"]["exception"]["type"], "KeyboardInterrupt")

    def test_what_cannot_be_interrupted_is_left_behind(self) -> None:
        code = "import threading\nlocked = threading.Lock()\nlocked.acquire()\nheld.set()\nlocked.acquire()"
        number = self.worker.ask(protocol.EVALUATE, self.frame, code)
        self.worker.evaluate(self.frame, "held.wait()")
        self.worker.interrupt(number)
        exception = self.worker.outcome(number)["error"]["exception"]
        self.assertEqual(exception["type"], "TimeoutError")
        self.assertIn("still runs", exception["message"])
        if CPYTHON:
            self.assertEqual(exception["frames"][-1]["line"], 5)
        self.assertEqual(self.worker.value(self.frame, "total"), "41")

    @unittest.skipUnless(CPYTHON, "PyPy cannot interrupt a thread")
    def test_completions_that_do_not_end_are_interrupted(self) -> None:
        self.worker.evaluate(
            self.frame,
            "def spin():\n"
            "    while True: pass\n"
            "class Endless:\n"
            "    def __dir__(self):\n"
            "        try: spin()\n"
            "        finally: held.set()\n"
            "endless = Endless()",
        )
        self.assertEqual(self.worker.suggest(self.frame, "endless."), [])
        self.assertEqual(self.worker.value(self.frame, "held.wait(20)"), "True")

    def test_what_they_raise_can_be_looked_into(self) -> None:
        found = self.worker.evaluate(self.frame, "def half(n):\n    rest = n % 2\n    return n / 0\n\nhalf(total)")
        frames = found["error"]["exception"]["frames"]
        self.assertEqual([frame["function"] for frame in frames], ["<module>", "half"])
        self.assertEqual(frames[1]["source"]["lines"][2], "    return n / 0")
        self.assertEqual(self.worker.value(frames[1]["id"], "n + rest"), "42")

    def test_what_other_threads_print_is_not_theirs(self) -> None:
        code = (
            "import threading\n"
            "thread = threading.Thread(target=print, args=('elsewhere',))\n"
            "thread.start()\nthread.join()\nprint('here')"
        )
        self.assertEqual(self.worker.evaluate(self.frame, code)["output"], "here\n")
        self.assertIn("elsewhere", self.worker.printed())

    def test_a_frame_that_never_was_is_gone(self) -> None:
        for ident in ("77.1", "1.99", "nonsense", "", "-1.1", "1", "0.5"):
            found = self.worker.evaluate(ident, "1")
            self.assertEqual(found["status"], "gone", ident)
            self.assertTrue(found["reason"].endswith("."))

    def test_the_oldest_errors_are_let_go_of(self) -> None:
        for _ in range(20):
            self.worker.failure("/fail")
        found = self.worker.evaluate(self.frame, "total")
        self.assertEqual(found["status"], "gone")
        self.assertIn("last 20 errors", found["reason"])
        self.assertEqual(self.worker.suggest(self.frame, "tot"), [])

    def test_the_console_has_the_application_s_module(self) -> None:
        self.assertEqual(self.worker.value("console", "LIMIT"), "3")
        self.assertEqual(self.worker.value("console", "app.__name__"), "'app'")
        self.worker.evaluate("console", "mine = LIMIT + 1")
        self.assertEqual(self.worker.value("console", "mine"), "4")
        self.assertEqual(self.worker.suggest("console", "min"), ["min", "mine"])
        nested = self.worker.evaluate("console", "view({})")["error"]
        self.assertEqual(self.worker.value(frame_of(nested, "view"), "total"), "41")

    def test_what_does_not_fit_the_protocol_is_answered_too(self) -> None:
        self.worker.say(protocol.EVALUATE, 4000, b"nonsense")
        self.assertEqual(self.worker.outcome(4000)["status"], "gone")
        self.worker.say(protocol.SUGGEST, 4001, b"{}")
        self.assertEqual(self.worker.outcome(4001), [])
        self.worker.interrupt(4002)
        self.assertEqual(self.worker.value(self.frame, "total"), "41")


class Patched(unittest.TestCase):
    def test_threads_that_the_application_has_replaced_are_not_used(self) -> None:
        # As gevent does it, whose threads are greenlets that would wait for each other.
        source = APPLICATION + (
            "def patch(environ):\n"
            "    import _thread\n"
            "    real = _thread.get_ident\n"
            "    def broken(*arguments, **keywords): raise RuntimeError('not for the worker')\n"
            "    for name in 'start_new_thread', 'start_joinable_thread':\n"
            "        setattr(_thread, name, broken)\n"
            "        setattr(threading, '_' + name, broken)\n"
            "    _thread.get_ident = threading.get_ident = lambda: real() + 1\n"
            "    return [b'']\n"
        )
        worker = DebuggedWorker(self, source).ready()
        worker.body("/patch")
        frame = frame_of(worker.failure("/fail")["error"], "view")
        self.assertEqual(worker.evaluate(frame, "print(total)")["output"], "41\n")
        self.assertEqual(worker.suggest(frame, "tot"), ["total"])
        if CPYTHON:
            number = worker.ask(protocol.EVALUATE, frame, "while True: pass\n")
            worker.interrupt(number)
            self.assertEqual(worker.outcome(number)["error"]["exception"]["type"], "KeyboardInterrupt")


class Settings(unittest.TestCase):
    def test_without_evaluation_errors_are_described_and_no_code_is_run(self) -> None:
        worker = DebuggedWorker(self, APPLICATION, evaluates=False).ready()
        frame = frame_of(worker.failure("/fail")["error"], "view")
        found = worker.evaluate(frame, "held.set()")
        self.assertEqual(found["status"], "gone")
        self.assertIn("evalex", found["reason"])
        self.assertEqual(worker.suggest(frame, "tot"), [])

    def test_without_the_debugger_none_of_it_is_there(self) -> None:
        source = APPLICATION + (
            "def modules(environ):\n"
            "    names = [name for name in sys.modules if name.startswith('highball.worker.debugger')]\n"
            "    names += [key for key in environ if key.startswith('werkzeug')]\n"
            "    names += [type(sys.stdout).__name__, sys.modules['threading'].excepthook.__module__]\n"
            "    return [' '.join(names).encode()]\n"
        )
        worker = DebuggedWorker(self, source, debugs=False).ready()
        failure = worker.failure("/fail")
        self.assertEqual(set(failure), {"kind", "traceback"})
        names = worker.body("/modules").decode().split()
        self.assertEqual(names[0], "TextIOWrapper")
        self.assertFalse([name for name in names if "debugger" in name])
        self.assertFalse(os.path.exists(worker.ledger + ".crash"))

    def test_nothing_heavy_is_imported_before_there_is_an_error(self) -> None:
        source = APPLICATION + (
            "def modules(environ):\n"
            "    heavy = ('ast', 'codeop', 'inspect', 'linecache', 'pydoc', 'traceback', 'typing', 'dataclasses')\n"
            "    return [' '.join(name for name in heavy if name in sys.modules).encode()]\n"
        )
        with_debugger = DebuggedWorker(self, source).ready().body("/modules")
        without = DebuggedWorker(self, source, debugs=False).ready().body("/modules")
        self.assertEqual(with_debugger, without)


class Streams(unittest.TestCase):
    def test_standard_streams_are_what_they_were(self) -> None:
        source = (
            "import io, os, sys\n"
            "def app(environ, start_response):\n"
            "    start_response('200 OK', [])\n"
            "    told = []\n"
            "    for name in ('stdout', 'stderr'):\n"
            "        stream, first = getattr(sys, name), getattr(sys, '__%s__' % name)\n"
            "        told.append(isinstance(stream, io.TextIOWrapper) and stream is not first)\n"
            "        for ask in ('encoding', 'errors', 'line_buffering', 'name', 'mode', 'buffer', 'newlines'):\n"
            "            told.append(getattr(stream, ask) == getattr(first, ask))\n"
            "        told.append(stream.fileno() == first.fileno() and stream.isatty() == first.isatty())\n"
            "    told.append(environ['wsgi.errors'] is sys.stderr)\n"
            "    sys.stdout.reconfigure(line_buffering=True)\n"
            "    return [repr(told).encode()]\n"
        )
        told = DebuggedWorker(self, source).ready().body("/")
        self.assertNotIn(b"False", told, told)

    def test_an_application_may_put_its_own_over_their_buffers(self) -> None:
        source = (
            "import gc, io, sys\n"
            "sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8', line_buffering=True)\n"
            "sys.stderr = sys.__stderr__\n"
            "gc.collect()\n"
            "print('own')\n"
            "print('first', file=sys.stderr)\n"
            "app = print\n"
        )
        self.assertEqual(DebuggedWorker(self, source).ready().printed(), "own\nfirst\n")

    def test_what_is_printed_comes_out_at_once_and_in_order(self) -> None:
        source = APPLICATION + (
            "def order(environ):\n"
            "    for number in range(3):\n"
            "        print('out', number)\n"
            "        print('err', number, file=sys.stderr)\n"
            "        os.write(1, b'raw %d\\n' % number)\n"
            "    return [b'']\n"
        )
        worker = DebuggedWorker(self, source).ready()
        worker.body("/order")
        expected = [f"{word} {number}" for number in range(3) for word in ("out", "err", "raw")]
        self.assertEqual(worker.printed().splitlines(), expected)


if __name__ == "__main__":
    unittest.main()
