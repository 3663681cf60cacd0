"""What the tests of the worker's Python share: fixtures, and a clean interpreter after each."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import sys
import tempfile
import unittest
from typing import Any, Callable, Dict, Iterator, List, Sequence
from wsgiref.util import setup_testing_defaults

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORKER_ROOT = os.path.join(REPOSITORY, "python")
FIXTURES = os.path.join(REPOSITORY, "test", "apps", "loading")

sys.dont_write_bytecode = True
if WORKER_ROOT not in sys.path:
    sys.path.insert(0, WORKER_ROOT)

from highball.worker import import_path  # noqa: E402
from highball.worker.failure import LoadFailure  # noqa: E402
from highball.worker.loader import Loaded, load  # noqa: E402


class LoadingTestCase(unittest.TestCase):
    """Loads applications in this process, and takes back what loading changed."""

    maxDiff = None

    def setUp(self) -> None:
        self._before = sys.path[:], set(sys.modules), dict(os.environ)
        self._temporary: List[str] = []
        self.addCleanup(self._remove_trees)
        self.addCleanup(self._restore)

    @contextlib.contextmanager
    def case(self, label: str) -> Iterator[None]:
        """Run one case of a table: a subtest that leaves nothing loaded for the next one."""
        with self.subTest(label):
            try:
                yield
            finally:
                self._restore()

    def _restore(self) -> None:
        path, modules, environment = self._before
        sys.path[:] = path
        os.environ.clear()
        os.environ.update(environment)
        for name in set(sys.modules) - modules:
            if _file(sys.modules[name]).startswith((FIXTURES, *self._temporary)):
                del sys.modules[name]
        del import_path._application_folders[:]

    def _remove_trees(self) -> None:
        for folder in self._temporary:
            shutil.rmtree(folder)

    def tree(self, files: Dict[str, str]) -> str:
        """Write files, by their paths, into a new folder and return its path."""
        folder = os.path.realpath(tempfile.mkdtemp(prefix="highball-"))
        self._temporary.append(folder)
        for name, text in files.items():
            path = os.path.join(folder, *name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        importlib.invalidate_caches()
        return folder

    def load(self, target: str, directory: str = "plain", python_path: Sequence[str] = ()) -> Loaded:
        return load(target, directory=os.path.join(FIXTURES, directory), python_path=python_path)

    def refused(self, target: str, directory: str = "plain", python_path: Sequence[str] = ()) -> LoadFailure:
        """Load what cannot be loaded and return why; what is said must be complete and printable."""
        with self.assertRaises(LoadFailure) as caught:
            self.load(target, directory, python_path)
        failure = caught.exception
        for text in (failure.message, failure.hint):
            self.assertNotIn("\n", text)
            text.encode("utf-8")
        self.assertNotIn(os.path.join("highball", "worker"), failure.traceback)
        self.assertNotIn("frozen importlib", failure.traceback)
        return failure

    def body(self, loaded: Loaded) -> bytes:
        """Ask an application for ``/``."""
        return get(loaded.application)


def get(application: Any) -> bytes:
    """Return the body with which an application answers ``GET /``."""
    environ: Dict[str, Any] = {}
    setup_testing_defaults(environ)
    iterable = application(environ, lambda status, headers, exc_info=None: None)
    body = b"".join(iterable)
    if hasattr(iterable, "close"):
        iterable.close()
    return body


def raised(function: Callable[..., Any], *arguments: Any) -> BaseException:
    """Return what a function raises; the first frame of its traceback is the one of this function."""
    try:
        function(*arguments)
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def _file(module: Any) -> str:
    file = getattr(module, "__file__", None)
    if not file:
        file = next(iter(getattr(module, "__path__", ())), "")
    return str(file)
