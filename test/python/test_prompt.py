"""Who is told, and when, while an application waits for somebody at the terminal.

Each test runs a script on a real pseudo-terminal, as a worker whose gateway is a pipe.
"""

from __future__ import annotations

import importlib.util
import os
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from typing import List

from support import WORKER_ROOT

try:
    import fcntl
    import pty
    import termios
except ImportError:  # Windows
    pty = None  # type: ignore[assignment]

PREAMBLE = """
import builtins, os, signal, sys, threading
sys.dont_write_bytecode = True
sys.path.insert(0, os.environ["WORKER_ROOT"])
from highball.worker import prompt, protocol
from highball.worker.control import Control
sys.path.remove(os.environ["WORKER_ROOT"])

def tell(what):
    os.write(int(os.environ["TELL"]), what.encode() + b"\\n")

class Gateway(Control):
    def send(self, kind, ident=0, payload=b"", flags=0):
        assert (kind, ident, payload) == (protocol.PROMPT, 0, b"")
        tell("opened" if flags & protocol.OPEN else "closed")
        claims.heard()

def leave_it(signum, frame):
    tell("SIGINT is left")

signal.signal(signal.SIGINT, leave_it)
claims = prompt.attend(Gateway(lambda: ({}, None)))
"""

LIMIT = 30.0
"""Seconds: a machine that is busy, not a part of any expectation."""


class Terminal:
    """A script on a pseudo-terminal, and what it has told the gateway."""

    def __init__(self, test: unittest.TestCase, script: str, term: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._told, telling = os.pipe()
        self._folder = tempfile.TemporaryDirectory(prefix="highball-")
        path = os.path.join(self._folder.name, "script.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)
        environment = {
            **os.environ,
            "WORKER_ROOT": WORKER_ROOT,
            "TELL": str(telling),
            "TERM": term,
            "PYTHON_COLORS": "0",
            "PYTHONWARNINGS": "ignore",
            "HOME": self._folder.name,
            "XDG_CONFIG_HOME": self._folder.name,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-u", path],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            pass_fds=[telling],
            env=environment,
        )
        os.close(slave)
        os.close(telling)
        self._shown = ""
        self._lines = ""
        test.addCleanup(self._close)

    def _close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)
        os.close(self._told)
        self._folder.cleanup()

    def expect(self, text: str) -> str:
        """Wait until the terminal shows ``text``; return what stands before it, and forget both."""
        deadline = time.monotonic() + LIMIT
        while text not in self._shown:
            self._shown += self._read(self._master, deadline, f"{text!r} in {self._shown!r}")
        before, _, self._shown = self._shown.partition(text)
        return before

    def type(self, line: str) -> None:
        os.write(self._master, line.encode())

    def answer(self, prompt: str, line: str) -> str:
        before = self.expect(prompt)
        self.type(line + "\n")
        return before

    def step_to(self, line: str) -> None:
        """Answer "n" until the debugger has stopped at ``line``."""
        while line not in self.expect("(Pdb) "):
            self.type("n\n")

    def told(self, *expected: str) -> None:
        """Wait until as many lines have been told; they must be these."""
        deadline = time.monotonic() + LIMIT
        while self._lines.count("\n") < len(expected):
            self._lines += self._read(self._told, deadline, f"{expected} in {self._lines!r}")
        lines: List[str] = self._lines.splitlines(keepends=True)
        self._lines = "".join(lines[len(expected) :])
        assert tuple(line.strip() for line in lines[: len(expected)]) == expected, lines

    def told_until(self, last: str) -> List[str]:
        """Wait until ``last`` has been told; return what was told before it."""
        deadline = time.monotonic() + LIMIT
        while f"{last}\n" not in self._lines:
            self._lines += self._read(self._told, deadline, f"{last!r} in {self._lines!r}")
        before, _, self._lines = self._lines.partition(f"{last}\n")
        return before.splitlines()

    def nothing_told(self) -> None:
        """Nothing has been told by now."""
        assert not select.select([self._told], [], [], 0)[0], os.read(self._told, 4096)
        assert self._lines == "", self._lines

    def ends(self) -> None:
        status = self.process.wait(LIMIT)
        assert status == 0, (status, self._rest())

    def _rest(self) -> str:
        rest = b""
        try:
            while select.select([self._master], [], [], 0)[0]:
                rest += os.read(self._master, 65536)
        except OSError:
            pass
        return self._shown + rest.decode("utf-8", "replace")

    def _read(self, descriptor: int, deadline: float, wanted: str) -> str:
        if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise AssertionError(f"not within {LIMIT} s: {wanted}; the terminal shows {self._rest()!r}")
        try:
            data = os.read(descriptor, 65536)
        except OSError:  # how Linux tells of the last process's end
            data = b""
        if not data:
            raise AssertionError(f"the process ended before {wanted}; the terminal shows {self._rest()!r}")
        return data.decode("utf-8", "replace")


@unittest.skipIf(pty is None, "there are no pseudo-terminals here")
class Prompts(unittest.TestCase):
    def start(self, script: str, before: str = "", term: str = "dumb") -> Terminal:
        return Terminal(self, PREAMBLE.replace("claims =", f"{before}\nclaims =") + script, term)

    # -- what reads the terminal -------------------------------------------------------------

    def test_a_debugger_keeps_its_claim_from_line_to_line_until_the_exchange_ends(self) -> None:
        terminal = self.start(
            """
breakpoint()
tell("one")
tell("two")
claims.ended()
tell("after")
"""
        )
        for line in ("n", "n", "p 6 * 7", "c"):
            terminal.answer("(Pdb) ", line)
        terminal.told("opened", "one", "two", "closed", "after")
        terminal.ends()

    def test_everything_that_reads_the_terminal(self) -> None:
        for what, prompt, answers in [
            ("import pdb; pdb.set_trace(); 1", "(Pdb) ", ["c"]),
            ("answer = input('name: ')", "name: ", ["somebody"]),
            ("import code; code.interact('')", ">>> ", ["6 * 7", "exit()"]),
            ("import getpass; getpass.getpass('secret: ')", "secret: ", ["hush"]),
            (
                "import pdb\ntry: 1 / 0\nexcept Exception as e: pdb.post_mortem(e.__traceback__)",
                "(Pdb)",
                ["q"],
            ),
        ]:
            with self.subTest(what):
                handler = "try:\n  " + what.replace("\n", "\n  ") + "\nexcept SystemExit: pass\n"
                terminal = self.start(f"{handler}tell('answered')\nclaims.ended()\n")
                for answer in answers:
                    terminal.answer(prompt, answer)
                terminal.told("opened", "answered", "closed")
                terminal.ends()

    def test_modules_that_were_imported_before(self) -> None:
        terminal = self.start("pdb.set_trace()\nclaims.ended()\n", before="import pdb")
        terminal.answer("(Pdb) ", "c")
        terminal.told("opened", "closed")
        terminal.ends()

    @unittest.skipUnless(importlib.util.find_spec("ipdb"), "ipdb is not installed")
    def test_ipdb(self) -> None:
        for call in ("import ipdb; ipdb.set_trace()", "breakpoint()"):
            with self.subTest(call):
                choice = "os.environ['PYTHONBREAKPOINT'] = 'ipdb.set_trace'"
                terminal = self.start(f"{choice}\n{call}\ntell('one')\nclaims.ended()\n")
                for line in ("n", "c"):
                    terminal.answer("ipdb> ", line)
                terminal.told("opened", "one", "closed")
                terminal.ends()

    @unittest.skipUnless(importlib.util.find_spec("IPython"), "IPython is not installed")
    def test_a_shell_of_ipython(self) -> None:
        terminal = self.start("import IPython\nIPython.embed()\ntell('one')\nclaims.ended()\n")
        terminal.answer("In [1]: ", "exit")
        terminal.told("opened", "one", "closed")
        terminal.ends()

    @unittest.skipUnless(importlib.util.find_spec("pudb"), "pudb is not installed")
    def test_pudb(self) -> None:
        terminal = self.start(
            """
from pudb.settings import get_save_config_path
with open(os.path.join(get_save_config_path(), "pudb.cfg"), "w") as file:
    file.write("[pudb]\\nseen_welcome = e999\\n")
import pudb
pudb.set_trace()
tell("one")
claims.ended()
""",
            term="xterm",
        )
        terminal.expect("reakpoints:")
        terminal.told("opened")
        terminal.type("n")
        terminal.told("one")
        terminal.expect("106mclaims")  # the line that comes next
        terminal.type("c")
        terminal.told("closed")
        terminal.ends()

    # -- how a claim ends --------------------------------------------------------------------

    def test_a_claim_that_nobody_needs_ends_by_itself(self) -> None:
        for what, prompt, line in [
            ("breakpoint()", "(Pdb) ", "c"),
            ("input('name: ')", "name: ", "somebody"),
        ]:
            with self.subTest(what):
                terminal = self.start(f"{what}\nsignal.pause()\n")
                terminal.answer(prompt, line)
                terminal.told("opened", "closed")
                terminal.nothing_told()

    def test_a_claim_ends_with_its_thread(self) -> None:
        terminal = self.start(
            """
import _thread

def debugged():
    breakpoint()
    tell("one")

_thread.start_new_thread(debugged, ())
signal.pause()
"""
        )
        terminal.step_to("--Return--")
        terminal.type("n\n")
        terminal.told("opened", "one", "closed")

    def test_quitting_raises_and_takes_nothing_else_along(self) -> None:
        # Since Python 3.14 "q" asks whether it is meant.
        for line in ("q\ny", "\x04"):
            with self.subTest(line):
                terminal = self.start(
                    """
try:
    breakpoint()
    tell("not to be reached")
except BaseException as error:
    tell("raised")
claims.ended()
tell("still here")
"""
                )
                terminal.answer("(Pdb) ", line)
                terminal.told("opened", "raised", "closed", "still here")
                terminal.ends()

    def test_no_debugger_goes_on_into_the_worker_or_the_next_exchange(self) -> None:
        terminal = self.start(
            """
import json
sys.path.insert(0, os.environ["WORKER_ROOT"])
from highball.worker.wsgi import Exchange

class Outlet:
    send = post = [].append

def application(environ, start_response):
    if environ["PATH_INFO"] == "/debugged":
        breakpoint()
    start_response("200 OK", [])
    return [b"hello"]

runner = '''
for path in ("/debugged", "/plain"):
    Exchange(1, {"PATH_INFO": path}, Outlet()).run(application)
    claims.ended()
    tell(path)
'''
exec(runner, {**globals(), "__name__": "highball.worker.runners"})
"""
        )
        terminal.step_to("--Return--")
        terminal.type("n\n")
        # Stepped into, as what comes after the exchange would be if it were the application's.
        terminal.told("opened", "closed", "/debugged", "/plain")
        terminal.ends()

    # -- several -----------------------------------------------------------------------------

    def test_threads_take_turns(self) -> None:
        terminal = self.start(
            """
def debugged(name):
    breakpoint()
    tell("passed")
    claims.ended()

threads = [threading.Thread(target=debugged, args=(f"thread-{n}",)) for n in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
tell("all")
"""
        )
        seen = set()
        for _ in range(3):
            terminal.answer("(Pdb) ", "p name")
            name = terminal.expect("(Pdb) ").strip().splitlines()[-1]
            seen.add(name)
            terminal.type("p name\n")
            self.assertIn(name, terminal.expect("(Pdb) "))
            terminal.type("c\n")
        self.assertEqual(len(seen), 3)
        told = terminal.told_until("all")
        self.assertEqual(told.count("passed"), 3)
        # Closed in between only if the next thread was slow to come.
        claims = [line for line in told if line != "passed"]
        self.assertEqual(claims, ["opened", "closed"] * (len(claims) // 2))
        terminal.ends()

    def test_processes_take_turns(self) -> None:
        script = """
import subprocess
name = "CHILD" if "CHILD" in os.environ else "PARENT"
child = None
if name == "PARENT":
    environment = {**os.environ, "CHILD": "1"}
    telling = [int(os.environ["TELL"])]
    child = subprocess.Popen([sys.executable, "-u", __file__], env=environment, pass_fds=telling)
breakpoint()
claims.ended()
if child: child.wait()
"""
        terminal = self.start(script)
        names = []
        for _ in range(2):
            terminal.answer("(Pdb) ", "p name")
            names.append(terminal.expect("(Pdb) ").strip().splitlines()[-1])
            terminal.type("p name\n")
            self.assertIn(names[-1], terminal.expect("(Pdb) "))
            terminal.type("c\n")
        self.assertEqual(sorted(names), ["'CHILD'", "'PARENT'"])
        terminal.ends()

    def test_one_that_waits_for_another_lets_it_have_the_terminal(self) -> None:
        terminal = self.start(
            """
def other():
    inner = "inner"
    breakpoint()
    claims.ended()

def outer():
    name = "outer"
    breakpoint()
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    tell("joined")
    claims.ended()

outer()
"""
        )
        terminal.step_to("thread.join()")
        terminal.type("n\n")
        terminal.answer("(Pdb) ", "p inner")
        terminal.expect("'inner'")
        terminal.answer("(Pdb) ", "c")
        terminal.answer("(Pdb) ", "p name")
        terminal.expect("'outer'")
        terminal.answer("(Pdb) ", "c")
        terminal.told("opened", "joined", "closed")
        terminal.ends()

    # -- signals, children, and no terminal --------------------------------------------------

    def test_continue_leaves_sigint_to_the_gateway(self) -> None:
        terminal = self.start(
            """
for _ in range(2):
    breakpoint()
    claims.ended()
    assert signal.getsignal(signal.SIGINT) is leave_it
    os.kill(os.getpid(), signal.SIGINT)
tell("end")
"""
        )
        for _ in range(2):
            terminal.answer("(Pdb) ", "c")
            terminal.told("opened", "closed", "SIGINT is left")
        terminal.told("end")
        terminal.ends()

    def test_sigint_at_a_prompt_is_left_too(self) -> None:
        terminal = self.start("name = input('name: ')\ntell(name)\nclaims.ended()\n")
        terminal.expect("name: ")
        terminal.process.send_signal(signal.SIGINT)
        terminal.type("somebody\n")
        terminal.told("opened", "SIGINT is left", "somebody", "closed")

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork here")
    def test_a_child_is_nobodys_worker(self) -> None:
        terminal = self.start(
            """
child = os.fork()
if child == 0:
    tell(input("name: "))
    os._exit(0)
os.waitpid(child, 0)
"""
        )
        terminal.answer("name: ", "somebody")
        terminal.told("somebody")
        terminal.ends()

    def test_nothing_is_read_before_the_gateway_has_let_go(self) -> None:
        terminal = self.start(
            """
claims.heard, heard = lambda: None, claims.heard

def let_go():
    tell("let go")
    heard()

threading.Timer(0.1, let_go).start()
input("name: ")
""",
            before="builtins.input = lambda prompt: tell('reads')",
        )
        terminal.told("opened", "let go", "reads")

    def test_a_gateway_that_does_not_answer_holds_up_nobody_for_long(self) -> None:
        terminal = self.start("claims.heard = lambda: None\nname = input('name: ')\ntell(name)\n")
        terminal.answer("name: ", "somebody")
        terminal.told("opened", "somebody")

    def test_without_a_terminal_nothing_is_changed(self) -> None:
        script = (
            PREAMBLE
            + """
assert claims is None
assert builtins.input is input and not hasattr(input, "__wrapped__")
assert all(type(finder).__module__ != "highball.worker.prompt" for finder in sys.meta_path)
print(input())
sys.stdin = None
assert prompt.attend(None) is None
"""
        )
        run = subprocess.run(
            [sys.executable, "-c", script],
            input=b"typed\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "WORKER_ROOT": WORKER_ROOT},
            check=False,
        )
        self.assertEqual((run.returncode, run.stdout.strip(), run.stderr), (0, b"typed", b""))

    def test_a_module_that_is_only_called_like_one(self) -> None:
        script = """
with open(os.path.join(os.path.dirname(__file__), "getpass.py"), "w") as file:
    file.write("secret = 7")
sys.modules.pop("getpass", None)
import getpass
assert getpass.secret == 7
tell("fine")
"""
        terminal = self.start(script)
        terminal.told("fine")
        terminal.ends()


if __name__ == "__main__":
    unittest.main()
