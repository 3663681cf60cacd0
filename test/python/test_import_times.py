"""What each module costs to import, without the modules that it imports itself.

Each case is a process whose clock goes on only when a module says so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from typing import List

from support import WORKER_ROOT

PREAMBLE = """
import json, os, sys, threading
sys.path[0] = os.environ["WORKER_ROOT"]
from highball.worker import import_times
sys.path[0] = os.getcwd()
import clock
import_times.time.perf_counter = lambda: clock.now
import_times.measure_imports()
"""

EPILOGUE = """
print(json.dumps([[name, cost] for name, cost in import_times.slowest(COUNT) if cost]))
"""


class ImportTimes(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="highball-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.write(clock="now = 0.0\ndef pass_(seconds):\n  global now\n  now += seconds")

    def write(self, **modules: str) -> None:
        for name, text in modules.items():
            with open(os.path.join(self.folder, f"{name}.py"), "w", encoding="utf-8") as file:
                file.write(text)

    def slowest(self, program: str, count: int = 10) -> List[List[object]]:
        done = subprocess.run(
            [sys.executable, "-B", "-c", PREAMBLE + program + EPILOGUE.replace("COUNT", str(count))],
            cwd=self.folder,
            env={**os.environ, "WORKER_ROOT": WORKER_ROOT},
            stdout=subprocess.PIPE,
            check=True,
        )
        found: List[List[object]] = json.loads(done.stdout)
        return found

    def test_a_module_costs_what_it_does_itself(self) -> None:
        self.write(
            outer="import clock\nclock.pass_(1)\nimport middle\nclock.pass_(2)\nimport inner",
            middle="import clock\nimport inner\nclock.pass_(0.5)",
            inner="import clock\nclock.pass_(4)",
        )
        self.assertEqual(
            self.slowest("import outer, inner"), [["inner", 4000.0], ["outer", 3000.0], ["middle", 500.0]]
        )

    def test_only_the_slowest(self) -> None:
        self.write(**{f"module{number}": f"import clock\nclock.pass_({number})" for number in range(1, 6)})
        program = "import module1, module3, module5, module2, module4"
        self.assertEqual(self.slowest(program, 2), [["module5", 5000.0], ["module4", 4000.0]])

    def test_imports_that_fail_and_are_tried_again(self) -> None:
        self.write(
            outer="import clock\ntry:\n  import broken\nexcept KeyError:\n  clock.pass_(1)\n",
            broken="import clock\nclock.pass_(3)\nraise KeyError",
        )
        again = "import outer\ntry:\n  import broken\nexcept KeyError:\n  pass"
        self.assertEqual(self.slowest(again), [["broken", 6000.0], ["outer", 1000.0]])

    def test_imports_that_libraries_ask_for(self) -> None:
        self.write(outer="import importlib\nimportlib.import_module('inner')")
        self.write(inner="import clock\nclock.pass_(1)")
        self.assertEqual(self.slowest("__import__('outer')"), [["inner", 1000.0]])

    def test_another_thread_has_an_account_of_its_own(self) -> None:
        self.write(
            here="""
import clock, threading
clock.pass_(1)
def run():
    import there
thread = threading.Thread(target=run)
thread.start()
thread.join()
""",
            there="import clock\nclock.pass_(4)",
        )
        # The one that waits spends that time itself.
        self.assertEqual(self.slowest("import here"), [["here", 5000.0], ["there", 4000.0]])


if __name__ == "__main__":
    unittest.main()
