"""What is said when there is no application to serve: what, where, and what to type next."""

from __future__ import annotations

import gc
import os
import re
import sys
import unittest
import warnings

from support import FIXTURES, REPOSITORY, WORKER_ROOT, LoadingTestCase

from highball.worker.failure import LoadFailure

PLAIN = os.path.join(FIXTURES, "plain")
PACKAGE = os.path.join(FIXTURES, "package")


class NotFound(LoadingTestCase):
    def test_a_module_that_does_not_exist(self) -> None:
        folder = self.tree({"server.py": ""})
        failure = self.refused("nothing_like_it", folder)
        self.assertEqual(failure.code, "APPLICATION_NOT_FOUND")
        self.assertEqual(
            failure.message,
            f"There is no module 'nothing_like_it' in '{folder}', nor elsewhere on the Python path.",
        )
        self.assertEqual((failure.hint, failure.traceback), ("", ""))

    def test_the_nearest_name_with_the_line_to_type(self) -> None:
        for target, directory, hint in [
            ("ap", "plain", "Did you mean 'app'? Type: highball app"),
            ("ap:application", "plain", "Did you mean 'app'? Type: highball app:application"),
            ("ap.py", "plain", "Did you mean 'app.py'? Type: highball app.py"),
            ("plain/ap.py", "", "Did you mean 'plain/app.py'? Type: highball plain/app.py"),
            ("./app", "plain", "Did you mean the file? Type: highball ./app.py"),
            ("shop.wsgy", "package", "Did you mean 'shop.wsgi'? Type: highball shop.wsgi"),
            ("shopp.wsgi", "package", "Did you mean 'shop.wsgi'? Type: highball shop.wsgi"),
            ("store", "src_layout", "It is in 'src'; type: highball --pythonpath src store"),
            ("store:app", "src_layout", "It is in 'src'; type: highball --pythonpath src store:app"),
            ("shop.wsgi", "", "It is in 'package'; type: highball --chdir package shop.wsgi"),
            ("app.py", "", "It is in 'plain'; type: highball plain/app.py"),
            ("unheard_of", "plain", "There is 'app.py'; type: highball app.py"),
            ("unheard_of.py", "plain", "There is 'app.py'; type: highball app.py"),
        ]:
            with self.case(target):
                failure = self.refused(target, directory)
                self.assertEqual(failure.code, "APPLICATION_NOT_FOUND")
                self.assertEqual(failure.hint.replace("\\", "/"), hint)
                self.assertIn(repr(target.partition(":")[0].split(".")[0])[:-1], failure.message)

    def test_a_missing_part_of_a_package_is_named(self) -> None:
        failure = self.refused("shop.tools.web:app", "package")
        self.assertEqual(failure.message, "There is no module 'shop.tools' in the package 'shop'.")

    def test_a_dot_typed_for_the_colon(self) -> None:
        failure = self.refused("app.application")
        self.assertEqual(failure.code, "APPLICATION_NOT_FOUND")
        self.assertIn("'app' (" + os.path.join(PLAIN, "app.py") + ") is a module, not a package", failure.message)
        self.assertEqual(failure.hint, "Did you mean the attribute? Type: highball app:application")
        self.assertEqual(self.refused("app.nothing").hint, "")

    def test_a_folder_without_an_application(self) -> None:
        failure = self.refused("package/", "")
        self.assertEqual(failure.code, "APPLICATION_NOT_FOUND")
        self.assertIn(f"{PACKAGE!r}: it has no wsgi.py, app.py, main.py or manage.py", failure.message)

    def test_dots_that_name_nothing(self) -> None:
        for target in (".app", "app.", "shop..wsgi", "..app:app"):
            with self.case(target):
                self.assertEqual(self.refused(target).code, "APPLICATION_SYNTAX")

    def test_a_file_that_another_module_hides(self) -> None:
        application = "def app(environ, start_response): return []"
        folder = self.tree(
            {
                "sys.py": application,
                "unittest.py": application,
                "both.py": application,
                "both/__init__.py": application,
                "json/web.py": application,
                "json/__init__.py": "",
            }
        )
        for target, whose in {
            "sys.py": "a module that is part of Python",
            "sys": "a module that is part of Python",
            "unittest": f"the module '{unittest.__file__}'",
            "unittest.py:app": f"the module '{unittest.__file__}'",
            "both.py": f"the package '{folder}",
            "json.web": f"the module '{sys.modules['json'].__file__}'",
            "json/web.py": f"the module '{sys.modules['json'].__file__}'",
        }.items():
            with self.case(target):
                failure = self.refused(target, folder)
                self.assertEqual(failure.code, "APPLICATION_NOT_FOUND")
                self.assertIn(f"{whose}", failure.message)
                self.assertRegex(failure.hint, "^Rename it, .* type: highball my_")
        self.assertEqual(self.load("both", folder).name, "both:app")

    def test_a_file_that_a_module_of_python_hides_although_nobody_imported_that_yet(self) -> None:
        unused = set(sys.builtin_module_names) - set(sys.modules)
        if not unused:
            self.skipTest("every builtin module is imported")
        name = min(unused)
        folder = self.tree({f"{name}.py": "def app(environ, start_response): return []"})
        self.addCleanup(sys.modules.pop, name, None)
        self.assertIn("a module that is part of Python has the same name", self.refused(name, folder).message)


class ImportFailed(LoadingTestCase):
    """The module is there; what it raised is shown as its author would see it."""

    def test_an_import_inside_it(self) -> None:
        failure = self.refused("imports_missing")
        self.assertEqual(failure.code, "APPLICATION_IMPORT_FAILED")
        file = os.path.join(PLAIN, "imports_missing_too.py")
        self.assertEqual(
            failure.message,
            f"Importing 'imports_missing' failed at {file}, line 1: "
            "ModuleNotFoundError: No module named 'a_distribution_nobody_has'",
        )
        self.assertEqual(
            failure.hint,
            f"Is 'a_distribution_nobody_has' installed for this Python? Type: {sys.executable} -m pip install "
            "a_distribution_nobody_has; or choose another Python: --python PATH",
        )
        self.assertEqual(
            [line for line in failure.traceback.split("\n") if "^" not in line],
            [
                "Traceback (most recent call last):",
                f'  File "{os.path.join(PLAIN, "imports_missing.py")}", line 1, in <module>',
                "    import imports_missing_too  # noqa: F401",
                f'  File "{file}", line 1, in <module>',
                "    import a_distribution_nobody_has.part  # noqa: F401",
                "ModuleNotFoundError: No module named 'a_distribution_nobody_has'",
                "",
            ],
        )

    def test_an_import_that_another_folder_would_answer(self) -> None:
        folder = self.tree(
            {
                "src/models_of_the_site.py": "",
                "web.py": "import models_of_the_site",
                "pkg/__init__.py": "",
                "pkg/inside.py": "import pkg.models",
                "loose/relative.py": "from . import models",
            }
        )
        for target, directory, hint in [
            ("web:app", "", "'models_of_the_site' is in 'src'; type: highball --pythonpath src web:app"),
            ("inside", "pkg", "'pkg' is in '..'; type: highball --pythonpath .. inside"),
            (
                "relative:app",
                "loose",
                "It must be imported as part of a package; type: highball --chdir .. loose.relative:app",
            ),
            (
                "loose/relative.py",
                "",
                "It must be imported as part of a package; type: highball loose.relative",
            ),
        ]:
            with self.case(target):
                self.assertEqual(self.refused(target, os.path.join(folder, directory)).hint, hint)

    def test_an_import_of_its_own_package_inside_it(self) -> None:
        # The missing name begins with the package of the target; it is an import inside all the same.
        failure = self.refused("shop.imports_itself", "package")
        self.assertEqual(failure.code, "APPLICATION_IMPORT_FAILED")
        self.assertIn("import shop.gone", failure.traceback)
        self.assertEqual(self.refused("shop.broken", "package").code, "APPLICATION_IMPORT_FAILED")

    def test_a_module_that_imports_a_missing_one_of_its_own_name(self) -> None:
        folder = self.tree({"web/__init__.py": "import web.app\n"})
        failure = self.refused("web.app", folder)
        self.assertEqual(failure.code, "APPLICATION_IMPORT_FAILED")
        self.assertIn("import web.app", failure.traceback)

    def test_an_import_by_importlib_shows_no_frames_of_it(self) -> None:
        folder = self.tree({"web.py": "import importlib\nimportlib.import_module('a_distribution_nobody_has')\n"})
        failure = self.refused("web", folder)
        self.assertEqual(failure.code, "APPLICATION_IMPORT_FAILED")
        self.assertIn("importlib.import_module('a_distribution_nobody_has')", failure.traceback)
        self.assertNotIn("_bootstrap", failure.traceback)

    def test_an_exception_with_its_cause(self) -> None:
        failure = self.refused("raises")
        self.assertEqual(failure.code, "APPLICATION_IMPORT_FAILED")
        file = os.path.join(PLAIN, "raises.py")
        self.assertEqual(
            failure.message, f"Importing 'raises' failed at {file}, line 5: RuntimeError: no database"
        )
        self.assertIn("KeyError: 'url'", failure.traceback)
        self.assertIn("direct cause", failure.traceback)

    def test_a_syntax_error_shows_file_line_and_caret(self) -> None:
        file = os.path.join(PLAIN, "syntax.py")
        for target in ("syntax", "syntax.py", "uses_syntax"):
            with self.case(target):
                failure = self.refused(target)
                self.assertEqual(failure.code, "APPLICATION_IMPORT_FAILED")
                self.assertRegex(failure.message, f"failed: SyntaxError in .*syntax.py, line [12]: .+[.]$")
                self.assertIn(f'File "{file}", line ', failure.traceback)
                self.assertRegex(failure.traceback, r"\n +\^\n")
        self.assertIn("import syntax", self.refused("uses_syntax").traceback)
        self.assertNotIn("most recent call last", self.refused("syntax").traceback)

    def test_source_that_is_not_text(self) -> None:
        folder = self.tree({"binary.py": "", "latin.py": ""})
        for name, content in {"binary.py": b"app = 1\0\n", "latin.py": b"app = '\xe9'\n"}.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        for target in ("binary", "latin"):
            with self.case(target):
                failure = self.refused(target, folder)
                self.assertEqual(failure.code, "APPLICATION_IMPORT_FAILED")
                self.assertNotEqual(failure.traceback, "")

    def test_sys_exit(self) -> None:
        failure = self.refused("exits")
        self.assertEqual(failure.code, "APPLICATION_IMPORT_FAILED")
        file = os.path.join(PLAIN, "exits.py")
        self.assertEqual(
            failure.message,
            f"Importing 'exits' ended in sys.exit('SECRET_KEY is not set') at {file}, line 3.",
        )
        self.assertIn('if __name__ == "__main__"', failure.hint)
        for call, shown in {"sys.exit()": "sys.exit()", "sys.exit(3)": "sys.exit(3)", "quit": "sys.exit()"}.items():
            with self.case(call):
                folder = self.tree({"leaves.py": f"import sys\n{'raise SystemExit' if call == 'quit' else call}"})
                self.assertIn(f"ended in {shown} at", self.refused("leaves", folder).message)

    def test_what_is_no_exception_class(self) -> None:
        failure = self.refused("interrupts")
        self.assertEqual(failure.code, "APPLICATION_IMPORT_FAILED")
        self.assertRegex(failure.message, "line 5: Stop$")

    def test_recursion(self) -> None:
        folder = self.tree({"deep.py": "def f():\n    f()\nf()\n"})
        failure = self.refused("deep", folder)
        self.assertIn("RecursionError", failure.message)
        self.assertLess(len(failure.traceback), 5000)

    def test_an_exception_that_cannot_be_shown(self) -> None:
        folder = self.tree(
            {"mute.py": "class E(Exception):\n    def __str__(self): raise ValueError\nraise E\n"}
        )
        failure = self.refused("mute", folder)
        self.assertRegex(failure.message, "mute.py, line 3: E: <its __str__ failed>$")
        self.assertIn("line 3, in <module>", failure.traceback)

    def test_text_that_no_stream_would_take(self) -> None:
        folder = self.tree({"surrogate.py": "raise ValueError('\\udcff')\n"})
        failure = self.refused("surrogate", folder)
        self.assertIn("\\udcff", failure.message)
        failure.traceback.encode("utf-8")

    def test_a_module_getattr_that_raises(self) -> None:
        failure = self.refused("lazy:broken")
        self.assertEqual(failure.code, "APPLICATION_IMPORT_FAILED")
        self.assertIn("Looking up 'lazy:broken' failed at", failure.message)
        self.assertIn("RuntimeError: no database", failure.message)

    def test_a_script_file_of_mod_wsgi(self) -> None:
        folder = self.tree({"site.wsgi": "import os\nos.nothing\n"})
        failure = self.refused("site.wsgi", folder)
        self.assertEqual(failure.code, "APPLICATION_IMPORT_FAILED")
        self.assertIn(f"Running '{os.path.join(folder, 'site.wsgi')}' failed at", failure.message)
        self.assertIn("os.nothing", failure.traceback)


class Attributes(LoadingTestCase):
    def test_near_misses(self) -> None:
        failure = self.refused("app:aplication")
        self.assertEqual(failure.code, "APPLICATION_ATTRIBUTE_NOT_FOUND")
        self.assertEqual(
            failure.message, f"Module 'app' ({os.path.join(PLAIN, 'app.py')}) has no attribute 'aplication'."
        )
        self.assertEqual(failure.hint, "Did you mean 'application'? Type: highball app:application")
        hint = self.refused('factories:creat_app("x")').hint
        self.assertEqual(hint, "Did you mean 'create_app'? Type: highball 'factories:create_app(\"x\")'")
        hint = self.refused("factories:registry.mak()").hint
        self.assertEqual(hint, "Did you mean 'make'? Type: highball \"factories:registry.make()\"")

    def test_the_applications_there_are(self) -> None:
        hint = self.refused("only_instance:xyz").hint
        self.assertEqual(hint, "Its WSGI applications: highball only_instance:site")

    def test_a_module_taken_for_an_attribute(self) -> None:
        failure = self.refused("shop:wsgi", "package")
        self.assertEqual(failure.code, "APPLICATION_ATTRIBUTE_NOT_FOUND")
        self.assertEqual(failure.hint, "Did you mean the module? Type: highball shop.wsgi")

    def test_nothing_that_could_be_served(self) -> None:
        failure = self.refused("empty")
        self.assertEqual(failure.code, "APPLICATION_ATTRIBUTE_NOT_FOUND")
        self.assertIn(f"Module 'empty' ({os.path.join(PLAIN, 'empty.py')}) has no WSGI application", failure.message)
        self.assertEqual(failure.hint, 'Does \'get_app\' make the application? Type: highball "empty:get_app()"')
        self.assertEqual(self.refused("shop", "package").hint, "Did you mean 'wsgi' in it? Type: highball shop.wsgi")
        self.assertEqual(self.refused("json").hint, "Name it: highball json:NAME")

    def test_a_folder_that_is_no_package(self) -> None:
        failure = self.refused("package", "")
        self.assertIn("(a folder without __init__.py: " + PACKAGE + ")", failure.message)


class Factories(LoadingTestCase):
    def test_wrong_arguments(self) -> None:
        for target, problem, hint in [
            (
                "factories:needs()",
                "missing 1 required positional argument: 'path'",
                "It is needs(path, mode='r'); type, with literals only: highball 'factories:needs(\"...\")'",
            ),
            ("factories:needs(1, 2, 3)", "takes from 1 to 2 positional arguments but 3 were given", ""),
            ("factories:needs(1, mod=2)", "unexpected keyword argument 'mod'", ""),
            ("factories:decorated()", "missing 1 required positional argument: 'path'", ""),
            (
                "factories:build(1)",
                "takes 0 positional arguments but 1 was given",
                'It is build(); type, with literals only: highball "factories:build()"',
            ),
            ("create_needs_arguments", "missing 1 required positional argument: 'config'", "It is create_app(config)"),
            ("create_needs_arguments:create_app", "missing 1 required positional argument: 'config'", ""),
        ]:
            with self.case(target):
                failure = self.refused(target)
                self.assertEqual(failure.code, "APPLICATION_FACTORY_ARGUMENTS")
                self.assertIn(problem, failure.message)
                self.assertIn(hint, failure.hint)
                self.assertEqual(failure.traceback, "")

    def test_wrong_arguments_for_what_does_not_show_its_parameters(self) -> None:
        folder = self.tree({"web.py": "build = range"})
        self.assertEqual(self.refused("web:build()", folder).code, "APPLICATION_FACTORY_ARGUMENTS")

    def test_a_type_error_inside_it_is_its_own(self) -> None:
        failure = self.refused("factories:type_error_inside()")
        self.assertEqual(failure.code, "APPLICATION_IMPORT_FAILED")
        self.assertIn("Calling 'factories:type_error_inside()' failed at", failure.message)
        self.assertIn("return len(path)", failure.traceback)

    def test_what_it_returns_must_be_an_application(self) -> None:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            for target, problem in {
                "factories:nothing()": "is None: the factory returns nothing",
                "factories:asynchronous()": "is a coroutine: an asynchronous factory",
                "app:settings.copy()": "is a dict, which cannot be called",
            }.items():
                with self.case(target):
                    failure = self.refused(target)
                    self.assertEqual(failure.code, "APPLICATION_NOT_CALLABLE")
                    self.assertIn(f"what {target!r} returned is not a WSGI application", failure.message)
                    self.assertIn(problem, failure.message)
            gc.collect()
        self.assertEqual([str(warning.message) for warning in warned], [])  # "was never awaited"
        self.assertEqual(self.refused("asgi:create()").code, "APPLICATION_IS_ASGI")

    def test_what_cannot_be_called(self) -> None:
        failure = self.refused("app:settings()")
        self.assertEqual(failure.code, "APPLICATION_NOT_CALLABLE")
        self.assertEqual(failure.message, "'app:settings()' cannot be called: 'app:settings' is a dict.")


class NotCallable(LoadingTestCase):
    def test_what_a_value_is_instead(self) -> None:
        for target, problem, hint in [
            ("uncallable:app", "it is a dict, which cannot be called", ""),
            ("uncallable:module", "it is a module", "Type: highball app"),
            (
                "uncallable:Handler",
                "it is a class whose instances cannot be iterated over",
                'An instance of it? Type: highball "uncallable:Handler()"',
            ),
            ("uncallable:one", "it takes (environ), not (environ, start_response)", ""),
            (
                "factories:build",
                "it takes (), not (environ, start_response)",
                'A factory? Type: highball "factories:build()"',
            ),
            ("asgi:not_even_asgi", "it is an asynchronous function", ""),
            ("app:settings", "it is a dict", "Its WSGI applications: highball app:app"),
        ]:
            with self.case(target):
                failure = self.refused(target)
                self.assertEqual(failure.code, "APPLICATION_NOT_CALLABLE")
                self.assertIn(f"{target!r} is not a WSGI application: {problem}", failure.message)
                self.assertIn(hint, failure.hint)

    def test_a_submodule_of_the_right_name(self) -> None:
        folder = self.tree({"pkg/__init__.py": "from . import app", "pkg/app.py": ""})
        failure = self.refused("pkg", folder)
        self.assertEqual(failure.code, "APPLICATION_NOT_CALLABLE")
        self.assertEqual(failure.hint, "Type: highball pkg.app")

    def test_what_has_the_right_name_is_said_when_there_is_nothing_else(self) -> None:
        failure = self.refused("uncallable")
        self.assertEqual(failure.code, "APPLICATION_NOT_CALLABLE")
        self.assertIn("'uncallable:app' is not a WSGI application: it is a dict", failure.message)


class Asgi(LoadingTestCase):
    def test_every_shape_is_refused_in_one_line_that_names_it(self) -> None:
        for name, kind in {
            "app": "(function)",
            "instance": "(asgi.Instance)",
            "delegating": "(asgi.Delegating)",
            "Version2": "(class)",
            "bound": "(functools.partial)",
        }.items():
            with self.case(name):
                failure = self.refused(f"asgi:{name}")
                self.assertEqual(failure.code, "APPLICATION_IS_ASGI")
                self.assertEqual(
                    failure.message,
                    f"'asgi:{name}' is an ASGI application {kind}; Highball serves WSGI applications.",
                )

    def test_found_without_being_named(self) -> None:
        self.assertEqual(self.refused("asgi_other_name").code, "APPLICATION_IS_ASGI")
        self.assertIn("'asgi_other_name:api'", self.refused("asgi_other_name").message)
        folder = self.tree({"web.py": "async def app(scope, receive, send): pass"})
        failure = self.refused("web", folder)
        self.assertEqual(failure.code, "APPLICATION_IS_ASGI")
        self.assertEqual(failure.hint, "Serve it with an ASGI server: uvicorn web:app")


class Documented(unittest.TestCase):
    def test_the_reference_lists_every_code(self) -> None:
        with open(os.path.join(WORKER_ROOT, "highball", "worker", "failure.py"), encoding="utf-8") as file:
            codes = set(re.findall('"(APPLICATION_[A-Z_]+)"', file.read()))
        self.assertEqual(len(codes), 8)
        with open(os.path.join(REPOSITORY, "docs", "reference", "application.md"), encoding="utf-8") as file:
            self.assertEqual(codes - set(re.findall("APPLICATION_[A-Z_]+", file.read())), set())


class Shown(unittest.TestCase):
    def test_file_names_that_are_not_utf_8_can_be_printed(self) -> None:
        failure = LoadFailure("APPLICATION_NOT_FOUND", "in '/srv/\udcff'", "cd \udcff", "\udcff")
        self.assertEqual(failure.message, "in '/srv/\\udcff'")
        self.assertEqual((failure.hint, failure.traceback), ("cd \\udcff", "\\udcff"))
        str(failure).encode("utf-8")


if __name__ == "__main__":
    unittest.main()
