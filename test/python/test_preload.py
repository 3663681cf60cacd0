"""Which libraries are imported ahead of the application, which are not, and who is blamed for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Dict, List, Set

from support import WORKER_ROOT

PROGRAM = """
import json, os, sys
sys.path[0] = os.environ.pop("WORKER_ROOT")
from highball.worker.preload import Preload
del sys.path[0]
preload = Preload()
unfit = []
for modules in json.loads(os.environ.pop("MODULES")):
    unfit += preload.take(modules)
os.environ.update(json.loads(os.environ.pop("CHANGES")))
print(json.dumps({"unfit": unfit, "contradicted": preload.contradicted(), "imported": list(sys.modules)}))
sys.stdout.flush()
os._exit(0)
"""

CHANGES = "import os\nos.environ[{name!r}] = 'yes'\n"


@unittest.skipUnless(sys.platform.startswith("linux"), "elsewhere there is less to see")
class Preloads(unittest.TestCase):
    def setUp(self) -> None:
        self.root = os.path.realpath(tempfile.mkdtemp(prefix="highball-"))
        self.addCleanup(shutil.rmtree, self.root)
        self.libraries = os.path.join(self.root, "site-packages")
        self.project = os.path.join(self.root, "project")
        os.mkdir(self.libraries)
        os.mkdir(self.project)

    def write(self, folder: str = "", **modules: str) -> None:
        """Write modules: libraries unless said otherwise."""
        folder = folder or self.libraries
        os.makedirs(folder, exist_ok=True)
        for name, text in modules.items():
            with open(os.path.join(folder, f"{name}.py"), "w", encoding="utf-8") as file:
                file.write(text)

    def run_program(self, *modules: List[str], **changes: str) -> Dict[str, Any]:
        environment = {
            **os.environ,
            "MODULES": json.dumps(modules),
            "CHANGES": json.dumps(changes),
            "PYTHONPATH": os.pathsep.join([self.libraries, self.project]),
            "WORKER_ROOT": WORKER_ROOT,
        }
        command = [sys.executable, "-B", "-c", PROGRAM]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, timeout=60)
        found: Dict[str, Any] = json.loads(done.stdout)
        return found

    def take(self, *modules: str) -> List[Any]:
        """Return what was unfit: chains of imports, each with the problem."""
        unfit = self.run_program(list(modules))["unfit"]
        return [(one["importing"], one["problem"]) for one in unfit]

    # -- who it was --------------------------------------------------------------------------

    def test_modules_are_imported(self) -> None:
        self.write(library="import inner", inner="import wave")
        found = self.run_program(["library", "os"])
        self.assertEqual(found["unfit"], [])
        self.assertLessEqual({"library", "inner", "wave"}, set(found["imported"]))

    def test_the_innermost_is_to_blame_with_those_that_import_it(self) -> None:
        self.write(
            outer="import fine, middle",
            middle="import fine, guilty\nimport calendar",
            guilty="import fine\n" + CHANGES.format(name="GUILTY") + "import wave",
            fine="",
        )
        self.assertEqual(
            self.take("outer", "middle", "guilty", "fine"),
            [(["outer", "middle", "guilty"], "it changed the environment (GUILTY)")],
        )

    def test_what_happens_before_a_nested_import_is_not_the_nested_one_s(self) -> None:
        self.write(outer=CHANGES.format(name="OUTER") + "import inner", inner="")
        self.assertEqual(self.take("outer"), [(["outer"], "it changed the environment (OUTER)")])

    def test_what_happens_after_a_nested_import_is_not_the_nested_one_s(self) -> None:
        self.write(outer="import inner\n" + CHANGES.format(name="OUTER"), inner="")
        self.assertEqual(self.take("outer"), [(["outer"], "it changed the environment (OUTER)")])

    def test_a_module_of_a_package(self) -> None:
        self.write(os.path.join(self.libraries, "library"), __init__="", part=CHANGES.format(name="PART"))
        self.write(user="import library.part")
        self.assertEqual(
            self.take("library", "user"), [(["user", "library.part"], "it changed the environment (PART)")]
        )

    def test_all_are_found_at_once(self) -> None:
        self.write(
            first="import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
            second="file = open(__file__)",
            third="import os\nos.chdir('/')",
            fourth="1 / 0",
            fine="",
        )
        found = self.take("first", "fine", "second", "third", "fourth")
        self.assertEqual([chain for chain, _ in found], [["first"], ["second"], ["third"], ["fourth"]])
        self.assertIn("it runs threads", found[0][1])
        self.assertEqual(
            found[3][1], "its import fails outside of the application (ZeroDivisionError: division by zero)"
        )

    def test_what_does_not_last_is_no_problem(self) -> None:
        self.write(
            library="""
import os, sys, tempfile
folder = os.getcwd()
os.chdir("/")
sys.path.insert(0, "/vendored")
os.environ["VENDORED"] = "1"
with open(__file__) as file:
    import inner
del sys.path[0], os.environ["VENDORED"]
os.chdir(folder)
""",
            inner="",
        )
        self.assertEqual(self.take("library"), [])

    def test_a_second_round(self) -> None:
        self.write(first="", second=CHANGES.format(name="SECOND"))
        found = self.run_program(["first"], ["first", "second"])
        self.assertEqual([one["importing"] for one in found["unfit"]], [["second"]])

    # -- what needs the application around it ------------------------------------------------

    def test_imports_that_fail_or_end_the_process(self) -> None:
        self.write(broken="def", exits="raise SystemExit(3)", interrupted="raise KeyboardInterrupt", fine="")
        found = self.run_program(["broken", "exits", "interrupted", "fine"])
        self.assertEqual(
            [one["importing"] for one in found["unfit"]], [["broken"], ["exits"], ["interrupted"]]
        )
        self.assertIn("fine", found["imported"])

    def test_a_library_that_goes_on_without_a_module_that_the_application_has(self) -> None:
        # Within the application both can be imported, and ``compatible`` has what it is after.
        self.write(
            models="import app_settings",
            compatible="try:\n  import models\nexcept ImportError:\n  models = None",
        )
        found = self.take("compatible", "models")
        self.assertEqual([chain for chain, _ in found], [["compatible", "models"], ["models"]])

    def test_a_library_that_goes_on_without_a_module_that_nobody_has(self) -> None:
        self.write(library="try:\n  import speedups\nexcept ImportError:\n  speedups = None")
        self.assertEqual(self.take("library"), [])

    def test_a_library_that_imports_the_project(self) -> None:
        self.write(self.project, app_settings="")
        self.write(plugins="import importlib\nimportlib.import_module('app_settings')", user="import plugins")
        path = os.path.join(self.project, "app_settings.py")
        self.assertEqual(
            self.take("user", "plugins"),
            [(["user", "plugins", "app_settings"], f"{path!r} is no installed library")],
        )

    def test_modules_that_are_objects_are_not_asked_for_anything(self) -> None:
        self.write(
            library="""
import sys
class Jealous:
    def __getattr__(self, name):
        raise RuntimeError(name)
sys.modules[__name__] = Jealous()
"""
        )
        self.assertEqual(self.take("library"), [])

    # -- what it went by ---------------------------------------------------------------------

    def contradicted(self, *modules: str, **changes: str) -> Dict[str, Set[str]]:
        found = self.run_program(list(modules), **changes)
        self.assertEqual(found["unfit"], [])
        return {one["problem"]: set(one["importing"]) for one in found["contradicted"]}

    def test_a_variable_that_was_looked_up(self) -> None:
        self.write(
            outer="import inner",
            inner="import os\nvalue = os.environ.get('LEVEL')",
            other="import os\nvalue = os.getenv('LEVEL', 'low')",
            third="import os\nvalue = 'LEVEL' in os.environ",
            fourth="import os\nvalue = os.environ.get('HEIGHT')",
        )
        self.assertEqual(
            self.contradicted("outer", "other", "third", "fourth", LEVEL="high", DEPTH="low"),
            {"it looked up 'LEVEL', which the application sets": {"outer", "inner", "other", "third"}},
        )
        self.assertEqual(self.contradicted("outer", "other", "third", "fourth", DEPTH="low"), {})

    def test_a_variable_that_is_set_to_what_it_was(self) -> None:
        self.write(library="import os\nvalue = os.environ['PATH']")
        self.assertEqual(self.contradicted("library", PATH=os.environ["PATH"]), {})
        self.assertEqual(len(self.contradicted("library", PATH="/other")), 1)

    def test_a_variable_that_a_library_sets_itself(self) -> None:
        self.write(library="import os\nos.environ.setdefault('KMP_INIT_AT_FORK', 'FALSE')")
        self.assertEqual(self.contradicted("library"), {})
        self.assertEqual(len(self.contradicted("library", KMP_INIT_AT_FORK="TRUE")), 1)

    def test_what_is_looked_up_later_is_no_contradiction(self) -> None:
        self.write(library="import os\ndef level():\n  return os.environ.get('LEVEL')")
        self.assertEqual(self.contradicted("library", LEVEL="high"), {})

    def test_variables_that_numpy_looks_up_in_c(self) -> None:
        self.write(numpy="", pandas="import numpy")
        self.assertEqual(
            self.contradicted("pandas", OMP_NUM_THREADS="1"),
            {"it looked up 'OMP_NUM_THREADS', which the application sets": {"numpy", "pandas"}},
        )

    def test_nothing_is_left_behind(self) -> None:
        self.write(
            library="import os, importlib._bootstrap as machinery\n"
            "watched = machinery._find_and_load, type(os.environ).__getitem__"
        )
        found = subprocess.run(
            [
                sys.executable,
                "-B",
                "-c",
                "import os, sys, importlib._bootstrap as machinery\n"
                "before = machinery._find_and_load, type(os.environ).__getitem__\n"
                f"sys.path[0] = {WORKER_ROOT!r}\n"
                "from highball.worker.preload import Preload\n"
                "Preload().take(['library'])\n"
                "import library\n"
                "print(library.watched[0] is before[0], library.watched[1] is before[1],\n"
                "      (machinery._find_and_load, type(os.environ).__getitem__) == before)\n",
            ],
            env={**os.environ, "PYTHONPATH": self.libraries},
            stdout=subprocess.PIPE,
            check=True,
        )
        self.assertEqual(found.stdout.split(), [b"False", b"False", b"True"])


if __name__ == "__main__":
    unittest.main()
