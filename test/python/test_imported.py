"""Files of the project are files, everything else is modules, and nothing of the worker's shows.

Each case is a process of its own that imports real files as a worker does, in the layouts that exist: virtual
environments, links to them, editable installs, archives, namespace packages, Debian's and users' folders.
"""

from __future__ import annotations

import glob
import importlib.machinery
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import unittest
import zipfile
from typing import Any, Dict, List

from support import WORKER_ROOT

from highball.worker.imported import traceback_files

PREAMBLE = """
import json, os, sys
sys.path[0] = os.environ["WORKER_ROOT"]
from highball.worker import boot
from highball.worker.fresh_source import distrust_recent_bytecode
from highball.worker.imported import Imported
imported = Imported(os.getcwd(), os.environ["TARGET"])
distrust_recent_bytecode(imported.begins)
sys.path[0] = os.getcwd()
told = []
def tell():
    told.append(imported.take())
"""

EPILOGUE = """
tell()
print(json.dumps(told))
"""

VARIABLES = ("PYTHONPATH", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONSTARTUP")


class Layouts(unittest.TestCase):
    def setUp(self) -> None:
        self.root = os.path.realpath(tempfile.mkdtemp(prefix="highball-"))
        self.addCleanup(shutil.rmtree, self.root)
        self.project = os.path.join(self.root, "project")
        os.mkdir(self.project)
        self.python = sys.executable

    def write(self, files: Dict[str, str], folder: str = "") -> None:
        """Write files by their paths, relative to a folder of the test, the project unless said otherwise."""
        for name, text in files.items():
            path = os.path.join(folder or self.project, *name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

    def environment(self, name: str = "environment") -> str:
        """Make a virtual environment, use it, and return where its libraries are."""
        folder = os.path.join(self.root, name)
        make = [self.python, "-m", "venv", "--without-pip", folder]
        if subprocess.run(make, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no virtual environments (on Debian: apt-get install python3-venv)")
        self.python = os.path.join(folder, "bin", "python")
        asked = [self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
        return subprocess.run(asked, stdout=subprocess.PIPE, check=True).stdout.decode().strip()

    def run_program(self, program: str, target: str = "app", **variables: str) -> List[Dict[str, List[str]]]:
        inherited = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        done = subprocess.run(
            [self.python, "-B", "-c", PREAMBLE + program + EPILOGUE],
            cwd=self.project,
            env={**inherited, "WORKER_ROOT": WORKER_ROOT, "TARGET": target, **variables},
            stdout=subprocess.PIPE,
            check=True,
        )
        last = done.stdout.decode("utf-8").rstrip().rpartition("\n")[2]
        told: List[Dict[str, List[str]]] = json.loads(last)
        for part in told:
            for name in part["modules"]:
                self.assertNotIn(name.partition(".")[0], ("highball", "__main__"))
            for path in part["files"]:
                self.assertTrue(os.path.isabs(path), path)
                self.assertFalse(path.startswith(WORKER_ROOT), path)
        return told

    def take(self, program: str, target: str = "app", **variables: str) -> Dict[str, Any]:
        """Return what was told: files relative to the folder of the test, and modules."""
        (told,) = self.run_program(program, target, **variables)
        return {**told, "files": [os.path.relpath(path, self.root) for path in told["files"]]}

    # -- whose a file is ---------------------------------------------------------------------

    def test_the_standard_library_is_no_file_of_the_project(self) -> None:
        self.write({"app.py": "import calendar, email.message, shop.parts"})
        self.write({"shop/__init__.py": "", "shop/parts.py": ""})
        told = self.take("import app")
        self.assertEqual(
            told["files"], ["project/app.py", "project/shop/__init__.py", "project/shop/parts.py"]
        )
        for name in ("calendar", "email", "email.message", "json"):
            self.assertIn(name, told["modules"])

    def test_a_virtual_environment_in_the_project(self) -> None:
        libraries = self.environment("project/.venv")
        self.write({"library/__init__.py": "from . import inner", "library/inner.py": ""}, libraries)
        self.write({"app.py": "import library"})
        told = self.take("import app")
        self.assertEqual(told["files"], ["project/app.py"])
        self.assertEqual(told["modules"][:2], ["library", "library.inner"])

    def test_a_link_to_a_virtual_environment(self) -> None:
        libraries = self.environment("real")
        self.write({"library.py": ""}, libraries)
        self.write({"app.py": "import library"})
        link = os.path.join(self.project, "venv")
        os.symlink(os.path.join(self.root, "real"), link)
        for python in (self.python, os.path.join(link, "bin", "python")):
            self.python = python
            told = self.take("import app")
            self.assertEqual((told["files"], told["modules"][0]), (["project/app.py"], "library"))

    def test_an_editable_install_by_a_path(self) -> None:
        libraries = self.environment()
        source = os.path.join(self.root, "checkout", "src")
        self.write({"edited/__init__.py": "from . import inner", "edited/inner.py": ""}, source)
        self.write({"__editable__.edited-1.0.pth": source + "\n"}, libraries)
        self.write({"app.py": "import edited"})
        told = self.take("import app")
        self.assertEqual(
            told["files"],
            ["project/app.py", "checkout/src/edited/__init__.py", "checkout/src/edited/inner.py"],
        )
        self.assertNotIn("edited", told["modules"])

    def test_an_editable_install_by_an_import_hook(self) -> None:
        libraries = self.environment()
        source = os.path.join(self.root, "checkout", "edited")
        self.write({"__init__.py": "from . import inner", "inner.py": ""}, source)
        # As setuptools writes it where a path would bring more than the package.
        finder = f"""
import sys
from importlib.util import spec_from_file_location
class EditableFinder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name == "edited":
            return spec_from_file_location(name, {os.path.join(source, "__init__.py")!r})
def install():
    sys.meta_path.append(EditableFinder)
"""
        hook = "import __editable___edited_1_0_finder; __editable___edited_1_0_finder.install()\n"
        self.write({"__editable___edited_1_0_finder.py": finder}, libraries)
        self.write({"__editable__.edited-1.0.pth": hook}, libraries)
        self.write({"app.py": "import edited"})
        told = self.take("import app")
        self.assertEqual(
            told["files"], ["project/app.py", "checkout/edited/__init__.py", "checkout/edited/inner.py"]
        )
        self.assertIn("__editable___edited_1_0_finder", told["modules"])

    def test_folders_of_libraries_on_the_path(self) -> None:
        for name in ("dist-packages", "site-packages"):
            with self.subTest(name):
                folder = os.path.join(self.root, "usr", name)
                self.write({"packaged.py": ""}, folder)
                self.write({"app.py": "import packaged"})
                told = self.take("import app", PYTHONPATH=folder + os.sep)
                self.assertEqual((told["files"], told["modules"][0]), (["project/app.py"], "packaged"))

    def test_other_folders_on_the_path_are_the_project_s(self) -> None:
        folder = os.path.join(self.root, "shared")
        self.write({"common.py": ""}, folder)
        self.write({"app.py": "import common"})
        told = self.take("import app", PYTHONPATH=folder)
        self.assertEqual(told["files"], ["project/app.py", "shared/common.py"])

    @unittest.skipIf(sys.prefix != sys.base_prefix, "a virtual environment has no folder of the user's own")
    def test_the_folder_of_a_user(self) -> None:
        base = os.path.join(self.root, "user")
        code = "import site; print(site.getusersitepackages())"
        environment = {**os.environ, "PYTHONUSERBASE": base}
        asked = subprocess.run([self.python, "-c", code], env=environment, stdout=subprocess.PIPE, check=True)
        self.write({"mine.py": ""}, asked.stdout.decode().strip())
        self.write({"app.py": "import mine"})
        told = self.take("import app", PYTHONUSERBASE=base)
        self.assertEqual((told["files"], told["modules"][0]), (["project/app.py"], "mine"))

    def test_an_archive_is_one_file(self) -> None:
        archive = os.path.join(self.root, "bundle.zip")
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("packed/__init__.py", "from . import inner")
            file.writestr("packed/inner.py", "")
        self.write({"app.py": "import packed"})
        told = self.take("import app", PYTHONPATH=archive)
        self.assertEqual(told["files"], ["project/app.py", "bundle.zip"])
        self.assertNotIn("packed", told["modules"])

    def test_an_archive_among_libraries(self) -> None:
        folder = os.path.join(self.root, "site-packages")
        os.mkdir(folder)
        archive = os.path.join(folder, "packed-1.0.egg")
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("packed.py", "")
        self.write({"app.py": "import packed"})
        told = self.take("import app", PYTHONPATH=os.pathsep.join([folder, archive]))
        self.assertEqual(told["files"], ["project/app.py"])
        self.assertIn("packed", told["modules"])

    def test_a_namespace_that_the_project_shares_with_libraries(self) -> None:
        folder = os.path.join(self.root, "site-packages")
        self.write({"company/library.py": ""}, folder)
        self.write({"company/shop.py": "", "app.py": "import company.shop, company.library"})
        told = self.take("import app", PYTHONPATH=folder)
        self.assertEqual(told["files"], ["project/app.py", "project/company/shop.py"])
        self.assertEqual(told["modules"][0], "company.library")
        self.assertNotIn("company", told["modules"])

    def test_a_compiled_module_of_the_project(self) -> None:
        suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
        folder = sysconfig.get_config_var("DESTSHARED") or ""
        found = sorted(glob.glob(os.path.join(folder, "_*" + suffix)))
        names = [os.path.basename(path)[: -len(suffix)] for path in found]
        name = next((name for name in names if name in ("_crypt", "_curses", "_lsprof", "_xxtestfuzz")), "")
        if not name:
            self.skipTest("this interpreter has no module in C that could be copied")
        shutil.copy(os.path.join(folder, name + suffix), self.project)
        self.write({"app.py": f"import {name}"})
        self.assertEqual(self.take("import app")["files"], ["project/app.py", f"project/{name}{suffix}"])

    def test_a_module_without_its_source(self) -> None:
        import py_compile

        self.write({"hidden.py": "", "app.py": "import hidden"})
        source = os.path.join(self.project, "hidden.py")
        py_compile.compile(source, cfile=source + "c", doraise=True)
        os.remove(source)
        self.assertEqual(self.take("import app")["files"], ["project/app.py", "project/hidden.pyc"])

    def test_an_application_that_is_installed_as_libraries_are(self) -> None:
        folder = os.path.join(self.root, "site-packages")
        self.write({"shop/__init__.py": "", "shop/wsgi.py": "import library, shopping"}, folder)
        self.write({"single.py": "", "library.py": "", "shopping.py": ""}, folder)
        for target in ("shop.wsgi", "shop.wsgi:app", "shop:create_app('x/y')"):
            with self.subTest(target):
                told = self.take("import shop.wsgi", target, PYTHONPATH=folder)
                self.assertEqual(
                    told["files"], ["site-packages/shop/__init__.py", "site-packages/shop/wsgi.py"]
                )
                self.assertEqual(told["modules"][:2], ["library", "shopping"])
        told = self.take("import single", "single", PYTHONPATH=folder)
        self.assertEqual(told["files"], ["site-packages/single.py"])

    def test_a_project_that_lives_among_libraries(self) -> None:
        folder = os.path.join(self.root, "dist-packages")
        self.project = os.path.join(folder, "graphs")
        self.write({"app.py": "import library, deep"})
        self.write({"library.py": ""}, folder)
        self.write({"deep.py": ""}, os.path.join(self.project, "site-packages"))
        path = os.pathsep.join([folder, os.path.join(self.project, "site-packages")])
        told = self.take("import app", PYTHONPATH=path)
        self.assertEqual(told["files"], ["dist-packages/graphs/app.py"])
        self.assertEqual(told["modules"][:2], ["library", "deep"])

    def test_names_that_begin_like_the_worker_s(self) -> None:
        self.write({"app.py": "import highball_demo, highballs"})
        self.write({"highball_demo.py": "", "highballs/__init__.py": ""})
        self.assertEqual(
            self.take("import app")["files"],
            ["project/app.py", "project/highball_demo.py", "project/highballs/__init__.py"],
        )

    # -- what else a module may be -----------------------------------------------------------

    def test_files_whose_import_failed_and_was_caught(self) -> None:
        self.write(
            {
                "app.py": "try:\n  import local_settings\nexcept ImportError:\n  pass\n"
                "try:\n  import broken\nexcept SyntaxError:\n  pass\n",
                "local_settings.py": "import inner",
                "inner.py": "import does_not_exist",
                "broken.py": "def",
            }
        )
        self.assertEqual(
            self.take("import app")["files"],
            ["project/app.py", "project/local_settings.py", "project/inner.py", "project/broken.py"],
        )

    def test_modules_that_are_objects(self) -> None:
        self.write(
            {
                "app.py": "import settings, jealous, slim, sys; sys.modules['absent'] = None",
                "settings.py": "import sys\nclass Settings: pass\nsys.modules[__name__] = Settings()",
                "jealous.py": "def __getattr__(name):\n  import asyncore_of_old\n",
                "slim.py": "import sys\nclass Slim:\n  __slots__ = ()\nsys.modules[__name__] = Slim()",
            }
        )
        told = self.take("import app")
        self.assertEqual(
            told["files"], ["project/app.py", "project/settings.py", "project/jealous.py", "project/slim.py"]
        )
        self.assertNotIn("absent", told["modules"])

    def test_to_look_does_not_load_what_is_lazy(self) -> None:
        self.write({"lazy.py": "raise RuntimeError('loaded')"})
        told = self.take(
            """
import importlib.util
spec = importlib.util.find_spec("lazy")
spec.loader = importlib.util.LazyLoader(spec.loader)
sys.modules["lazy"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["lazy"])
"""
        )
        self.assertEqual(told["files"], ["project/lazy.py"])

    def test_modules_are_in_the_order_in_which_their_import_began(self) -> None:
        folder = os.path.join(self.root, "site-packages")
        # ``sys.modules`` has them in the order in which they ended: features, base, alpha, zeta.
        self.write({"base.py": "import features", "features.py": "import base"}, folder)
        self.write({"zeta.py": "import alpha", "alpha.py": ""}, folder)
        told = self.take("import base, zeta", PYTHONPATH=folder)
        self.assertEqual(told["modules"][:4], ["base", "features", "zeta", "alpha"])

    def test_only_what_is_new_is_told(self) -> None:
        self.write({"app.py": "", "late.py": "import wave"})
        first, second, third, last = self.run_program(
            """
import app
assert imported.changed()
tell()
assert not imported.changed()
tell()
import late
assert imported.changed()
tell()
import app, late
assert not imported.changed()
"""
        )
        self.assertEqual([os.path.basename(path) for path in first["files"]], ["app.py"])
        self.assertEqual(second, {"files": [], "modules": []})
        self.assertEqual([os.path.basename(path) for path in third["files"]], ["late.py"])
        self.assertIn("wave", third["modules"])
        self.assertEqual(last, {"files": [], "modules": []})

    def test_a_failed_import_is_news(self) -> None:
        self.write({"late.py": "import does_not_exist"})
        (_, told) = self.run_program(
            """
tell()
try:
    import late
except ImportError:
    pass
assert imported.changed()
"""
        )
        self.assertEqual([os.path.basename(path) for path in told["files"]], ["late.py"])

    def test_a_module_that_patches_others_is_told_of_when_it_has_done_so(self) -> None:
        folder = os.path.join(self.root, "site-packages")
        self.write({"gevent/__init__.py": "", "gevent/monkey.py": "saved = {}"}, folder)
        before, after = self.run_program(
            "import gevent.monkey\ntell()\ngevent.monkey.saved['socket'] = {}", PYTHONPATH=folder
        )
        self.assertIn("gevent", before["modules"])
        self.assertNotIn("gevent.monkey", before["modules"])
        self.assertEqual(after["modules"], ["gevent.monkey"])


class Tracebacks(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="highball-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def run_file(self, name: str, text: str, **scope: Any) -> BaseException:
        path = os.path.join(self.folder, name)
        try:
            exec(compile(text, path, "exec"), scope)
        except BaseException as exc:
            return exc
        raise AssertionError("nothing was raised")

    def files(self, exc: BaseException) -> List[str]:
        return sorted(os.path.relpath(path, self.folder) for path in traceback_files(exc))

    def test_frames_without_those_of_libraries(self) -> None:
        exc = self.run_file("a.py", "import json\njson.loads('{')")
        self.assertEqual([path for path in self.files(exc) if "test_imported" not in path], ["a.py"])

    def test_causes_contexts_and_members_of_groups(self) -> None:
        exc = self.run_file(
            "outer.py",
            "try:\n  raise context\nexcept KeyError:\n  raise ValueError from cause",
            context=self.run_file("context.py", "raise KeyError"),
            cause=self.run_file("cause.py", "raise OSError"),
        )
        exc.exceptions = (self.run_file("member.py", "raise IndexError"), 3)  # type: ignore[attr-defined]
        found = [path for path in self.files(exc) if "test_imported" not in path]
        self.assertEqual(found, ["cause.py", "context.py", "member.py", "outer.py"])

    def test_a_file_that_does_not_parse(self) -> None:
        for text in ("def", "if True:\nx = 1", "\tx\n    y"):
            exc = self.run_file("broken.py", text)
            self.assertIsInstance(exc, SyntaxError)
            self.assertIn("broken.py", self.files(exc))

    def test_code_without_a_file(self) -> None:
        self.assertEqual(traceback_files(SyntaxError("bad", ("<string>", 1, 1, "x"))), [])
        self.assertEqual(traceback_files(SyntaxError("bad")), [])
        self.assertEqual(traceback_files(None), [])

    def test_a_circle(self) -> None:
        exc = self.run_file("a.py", "raise KeyError")
        exc.__context__ = OSError()
        exc.__context__.__context__ = exc
        self.assertIn("a.py", self.files(exc))


if __name__ == "__main__":
    unittest.main()
