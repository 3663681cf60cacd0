"""Whatever a ``.pyc`` file says, the code of the last save runs.

Each load is a process of its own, as it is in a server. Nothing waits: times of files are set, and a process
can be given a clock that is ahead.
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from typing import Dict, List

from support import WORKER_ROOT

PREAMBLE = """
import os, sys, time
sys.path[0] = os.environ["WORKER_ROOT"]
ahead, kind = float(sys.argv[1]), sys.argv[2]
if kind != "python":
    from highball.worker import fresh_source
    now = time.time
    fresh_source.time.time = lambda: now() + ahead
    fresh_source.distrust_recent_bytecode(lambda name, path: kind == "own")
sys.path[0] = os.environ["APPLICATION"]
compiled = []
from importlib.machinery import SourceFileLoader
to_code = SourceFileLoader.source_to_code
def source_to_code(self, data, path, **options):
    if path.startswith(os.environ["APPLICATION"]):
        compiled.append(os.path.relpath(path, os.environ["APPLICATION"]))
    return to_code(self, data, path, **options)
SourceFileLoader.source_to_code = source_to_code
"""

IMPORT = """
import shop, shop.parts, single
print(single.saved, shop.saved, shop.parts.saved, len(compiled))
"""

MODULES = ["single.py", os.path.join("shop", "__init__.py"), os.path.join("shop", "parts.py")]


class FreshSource(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="highball-"))
        self.addCleanup(shutil.rmtree, self.folder)
        os.mkdir(os.path.join(self.folder, "shop"))
        #: What ``save`` gives files as their time.
        self.time = time.time()

    def save(self, text: str) -> None:
        """Save all modules, in a size and with a time that are always the same."""
        for name in MODULES:
            path = os.path.join(self.folder, name)
            with open(path, "w", encoding="ascii") as file:
                file.write(f"saved = {text!r}\n")
            os.utime(path, (self.time, self.time))

    def load(self, kind: str = "own", ahead: float = 0, flags: str = "", program: str = IMPORT) -> List[str]:
        """Return what a process prints that imports the modules: their texts, and how many it compiled."""
        environment: Dict[str, str] = {**os.environ, "APPLICATION": self.folder, "WORKER_ROOT": WORKER_ROOT}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment.pop("PYTHONPYCACHEPREFIX", None)
        command = [sys.executable, *flags.split(), "-c", PREAMBLE + program, str(ahead), kind]
        output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
        return output.decode("ascii").split()

    def compiled_files(self) -> List[str]:
        return sorted(glob.glob(os.path.join(glob.escape(self.folder), "**", "*.pyc"), recursive=True))

    def made_later(self, seconds: float) -> None:
        """Have the compiled files look as if they had been made later than they were."""
        for path in self.compiled_files():
            os.utime(path, (time.time() + seconds,) * 2)

    def test_the_trap_is_there(self) -> None:
        self.save("one")
        self.assertEqual(self.load("python"), ["one", "one", "one", "3"])
        self.save("two")
        # If this fails Python has learnt to tell, and the module under test can go.
        self.assertEqual(self.load("python"), ["one", "one", "one", "0"])

    def test_two_saves_within_a_second(self) -> None:
        for before in ([], ["python"], ["python", "own"]):
            with self.subTest(before=before):
                self.save("old")
                for kind in before:
                    self.load(kind)
                self.assertEqual(len(self.compiled_files()), 3 if before else 0)
                for text in ("one", "two", "six"):
                    self.save(text)
                    self.assertEqual(self.load(), [text, text, text, "3"])

    def test_a_program_that_is_not_watched_compiled_the_first_of_two_saves(self) -> None:
        self.save("one")
        self.load("python")
        self.save("two")
        for ahead in (0, 1, 10, 1000):
            with self.subTest(ahead=ahead):
                self.assertEqual(self.load(ahead=ahead)[:3], ["two", "two", "two"])

    def test_an_older_file_of_the_same_time_and_size_put_in_its_place(self) -> None:
        self.time = 1_600_000_000.0
        for way in ("over it", "renamed"):
            with self.subTest(way):
                for path in self.compiled_files():
                    os.remove(path)
                self.save("one")
                self.load("python")
                self.made_later(-100)
                other = os.path.join(self.folder, "other.txt")
                for name in MODULES:
                    path = os.path.join(self.folder, name)
                    with open(other, "w", encoding="ascii") as file:
                        file.write("saved = 'two'\n")
                    os.utime(other, (self.time, self.time))
                    if way == "renamed":
                        os.replace(other, path)
                    else:
                        shutil.copy2(other, path)
                self.assertEqual(self.load("python")[:3], ["one", "one", "one"])
                for ahead in (0, 1, 10, 1000):
                    self.assertEqual(self.load(ahead=ahead)[:3], ["two", "two", "two"])

    def test_a_time_in_the_future(self) -> None:
        self.time = time.time() + 100_000
        for text in ("one", "two"):
            self.save(text)
            for ahead in (0, 10):
                self.assertEqual(self.load(ahead=ahead)[:3], [text, text, text])

    def test_what_was_compiled_well_after_the_save_is_used_again(self) -> None:
        self.save("one")
        self.assertEqual(self.load(ahead=10)[3], "3")
        self.assertEqual(len(self.compiled_files()), 3)
        self.made_later(10)
        for ahead in (10, 20):
            self.assertEqual(self.load(ahead=ahead), ["one", "one", "one", "0"])

    def test_what_was_compiled_too_early_is_compiled_once_more_and_kept(self) -> None:
        self.save("one")
        self.load("python")
        self.made_later(-100)
        self.assertEqual(self.load(ahead=10)[3], "3")
        self.assertEqual(len(self.compiled_files()), 3)
        for path in self.compiled_files():
            self.assertGreater(os.stat(path).st_mtime, time.time() - 50)
        self.made_later(10)
        self.assertEqual(self.load(ahead=10)[3], "0")

    def test_nothing_is_written_for_a_file_that_has_just_been_saved(self) -> None:
        self.save("one")
        self.assertEqual(self.load(), ["one", "one", "one", "3"])
        self.assertEqual(self.compiled_files(), [])

    def test_nothing_is_written_or_removed_where_python_is_told_not_to(self) -> None:
        self.save("one")
        self.load("python")
        self.save("two")
        before = [os.stat(path).st_mtime_ns for path in self.compiled_files()]
        for ahead in (0, 10):
            self.assertEqual(self.load(ahead=ahead, flags="-B"), ["two", "two", "two", "3"])
        self.assertEqual([os.stat(path).st_mtime_ns for path in self.compiled_files()], before)

    @unittest.skipIf(os.name == "nt" or os.geteuid() == 0, "folders cannot be made read-only for this user")
    def test_a_compiled_file_that_cannot_be_replaced_is_not_used(self) -> None:
        self.save("one")
        self.load("python")
        self.save("two")
        for path in self.compiled_files():
            folder = os.path.dirname(path)
            os.chmod(folder, 0o555)
            self.addCleanup(os.chmod, folder, 0o755)
        self.assertEqual(self.load(ahead=10), ["two", "two", "two", "3"])

    def test_libraries_remain_python_s_own_matter(self) -> None:
        self.save("one")
        self.assertEqual(self.load("library"), ["one", "one", "one", "3"])
        self.assertEqual(self.load("library"), ["one", "one", "one", "0"])

    def test_compiled_files_of_import_hooks_have_names_of_their_own(self) -> None:
        # As typeguard and beartype do it: another name, because other code is in it.
        hooked = """
from importlib import _bootstrap_external
plain = _bootstrap_external.cache_from_source
_bootstrap_external.cache_from_source = lambda path, *rest, **options: plain(path)[:-4] + ".hooked.pyc"
"""
        self.save("one")
        self.load("python", program=hooked + IMPORT)
        self.assertTrue(all(path.endswith(".hooked.pyc") for path in self.compiled_files()))
        self.save("two")
        self.assertEqual(self.load(ahead=10, program=hooked + IMPORT)[:3], ["two", "two", "two"])
        self.assertTrue(all(path.endswith(".hooked.pyc") for path in self.compiled_files()))

    def test_what_cannot_be_imported_fails_as_it_does_without(self) -> None:
        self.save("one")
        with open(os.path.join(self.folder, "broken.py"), "w", encoding="ascii") as file:
            file.write("def\n")
        program = """
for name in ("broken", "missing"):
    try:
        __import__(name)
    except ImportError as exc:
        print(type(exc).__name__)
    except SyntaxError as exc:
        print(type(exc).__name__, exc.lineno)
"""
        self.assertEqual(self.load(program=program), ["SyntaxError", "1", "ModuleNotFoundError"])


if __name__ == "__main__":
    unittest.main()
