"""What the import of a library must not do if a fork is to replace a new process, and what it may do.

Each case is a process of its own that looks at itself, runs some code, and looks again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import WORKER_ROOT

PREAMBLE = """
import json, os, socket, select, signal, subprocess, sys, threading, time
sys.path[0] = os.environ["WORKER_ROOT"]
from highball.worker.fingerprint import Fingerprint, differences
keep = []
before = Fingerprint()
"""

EPILOGUE = """
sys.__stdout__.write(json.dumps(differences(before, Fingerprint())))
sys.__stdout__.flush()
os._exit(0)
"""

NAMED_THREAD = """
import ctypes
def run():
    ctypes.CDLL(None).prctl(15, {name!r}, 0, 0, 0)  # PR_SET_NAME
    started.set()
    time.sleep(1000)
started = threading.Event()
threading.Thread(target=run, daemon=True).start()
started.wait()
"""


@unittest.skipUnless(sys.platform.startswith("linux"), "only on Linux processes are forked from a zygote")
class FingerprintTestCase(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="highball-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def after(self, code: str) -> str:
        """Return what is said of a process that runs this code."""
        done = subprocess.run(
            [sys.executable, "-B", "-c", PREAMBLE + code + EPILOGUE],
            cwd=self.folder,
            env={**os.environ, "WORKER_ROOT": WORKER_ROOT},
            stdout=subprocess.PIPE,
            check=True,
            timeout=60,
        )
        problem: str = json.loads(done.stdout)
        return problem


class Harmful(FingerprintTestCase):
    def test_threads(self) -> None:
        self.assertEqual(self.after(NAMED_THREAD.format(name=b"collector")), "it runs threads (collector)")

    def test_a_thread_that_python_does_not_know(self) -> None:
        if sys.implementation.name == "pypy":
            self.skipTest("ctypes of PyPy cannot run a thread of C's own")
        code = """
import ctypes
libc = ctypes.CDLL(None)
routine = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(("sleep", libc))
assert libc.pthread_create(ctypes.byref(ctypes.c_ulong()), None, routine, ctypes.c_void_p(1000)) == 0
assert threading.active_count() == 1
"""
        self.assertIn("it runs threads (", self.after(code))

    def test_a_thread_that_a_library_starts_again_after_each_fork(self) -> None:
        code = """
def start():
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
os.register_at_fork(after_in_parent=start)
start()
"""
        self.assertIn("it runs threads (", self.after(code))

    def test_a_child_that_does_not_come_to_life_is_not_waited_for(self) -> None:
        code = "os.register_at_fork(after_in_child=lambda: time.sleep(1000))\n"
        code += NAMED_THREAD.format(name=b"stuck")
        self.assertEqual(self.after(code), "it runs threads (stuck)")

    def test_descriptors(self) -> None:
        for code, problem in [
            ("keep.append(open('log.txt', 'w'))", f"it opened {os.path.join(self.folder, 'log.txt')}"),
            ("keep.append(socket.socket())", "it opened socket:["),
            ("keep.append(os.pipe())", "it opened pipe:["),
            ("keep.append(select.epoll())", "it opened anon_inode:[eventpoll]"),
            ("os.close(0); os.open(sys.executable, os.O_RDONLY)", "it opened "),
        ]:
            with self.subTest(code):
                self.assertEqual(self.after(code)[: len(problem)], problem)

    def test_a_process(self) -> None:
        code = "keep.append(subprocess.Popen(['sleep', '1'], stdin=subprocess.PIPE))"
        self.assertIn("it opened pipe:[", self.after(code))
        code = "keep.append(subprocess.Popen(['sleep', '1']))"
        self.assertEqual(self.after(code), "it started another process")

    def test_signals(self) -> None:
        for code in (
            "signal.signal(signal.SIGTERM, lambda number, frame: None)",
            "signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
        ):
            self.assertEqual(self.after(code), "it changed how signals are handled")

    def test_the_environment(self) -> None:
        for code, names in [
            ("os.environ['B'] = os.environ['A'] = ''", "A, B"),
            ("del os.environ['WORKER_ROOT']", "WORKER_ROOT"),
        ]:
            self.assertEqual(self.after(code), f"it changed the environment ({names})")

    def test_what_the_application_could_no_more_change(self) -> None:
        for code, problem in [
            ("os.chdir('/')", "it changed the current folder"),
            ("sys.path.insert(0, '/vendored')", "it changed sys.path"),
            ("import logging; logging.basicConfig()", "it set up logging"),
            ("import logging; logging.root.setLevel('DEBUG')", "it set up logging"),
            ("import tempfile; keep.append(tempfile.mkdtemp(dir='.'))", "it made a temporary file"),
        ]:
            with self.subTest(code):
                self.assertEqual(self.after(code), problem)


class Harmless(FingerprintTestCase):
    def test_nothing(self) -> None:
        self.assertEqual(self.after(""), "")

    def test_threads_that_end(self) -> None:
        code = "thread = threading.Thread(target=int); thread.start(); thread.join()"
        self.assertEqual(self.after(code), "")

    def test_threads_that_end_before_a_fork_and_come_back_when_they_are_needed(self) -> None:
        # As OpenBLAS does with pthread_atfork(3).
        code = """
go = threading.Event()
thread = threading.Thread(target=go.wait, daemon=True)
thread.start()
def end():
    go.set()
    thread.join()
os.register_at_fork(before=end)
"""
        self.assertEqual(self.after(code), "")

    def test_threads_of_jemalloc(self) -> None:
        self.assertEqual(self.after(NAMED_THREAD.format(name=b"jemalloc_bg_thd")), "")

    def test_a_trial_that_one_library_failed_is_held_for_no_other(self) -> None:
        code = """
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
after = Fingerprint()
assert differences(before, after)
before = after
go = threading.Event()
thread = threading.Thread(target=go.wait, daemon=True)
thread.start()
os.register_at_fork(before=lambda: (go.set(), thread.join()))
"""
        self.assertEqual(self.after(code), "")

    def test_descriptors_that_are_closed_or_have_no_state(self) -> None:
        for code in (
            "open(sys.executable, 'rb').close()",
            "keep.append(open('/dev/urandom', 'rb'))",
            "keep.append(open(os.devnull, 'w'))",
            "os.close(0)",
        ):
            with self.subTest(code):
                self.assertEqual(self.after(code), "")

    def test_a_process_that_has_ended(self) -> None:
        self.assertEqual(self.after("subprocess.run([sys.executable, '-c', ''], check=True)"), "")

    def test_variables_of_a_library_s_own(self) -> None:
        self.assertEqual(self.after("os.environ['KMP_INIT_AT_FORK'] = 'FALSE'"), "")

    def test_logging_that_is_the_library_s_own(self) -> None:
        code = "import logging; logging.getLogger('library').addHandler(logging.NullHandler())"
        self.assertEqual(self.after(code), "")

    def test_where_temporary_files_would_be(self) -> None:
        self.assertEqual(self.after("import tempfile; tempfile.gettempdir()"), "")


if __name__ == "__main__":
    unittest.main()
