"""How an application is named, and which one is found when only its module is."""

from __future__ import annotations

import os
import sys
import unittest

from support import FIXTURES, WORKER_ROOT, LoadingTestCase

from highball.worker.loader import load


class Named(LoadingTestCase):
    def test_every_form(self) -> None:
        for target, directory, name, body in [
            ("app", "plain", "app:app", b"app"),
            ("app:app", "plain", "app:app", b"app"),
            ("app.py", "plain", "app:app", b"app"),
            ("./app.py:app", "plain", "app:app", b"app"),
            ("plain/app.py", "", "app:app", b"app"),
            ("factories:build()", "plain", "factories:build()", b"app"),
            ("factories:registry.make()", "plain", "factories:registry.make()", b"app"),
            ("shop.wsgi", "package", "shop.wsgi:application", b"parts"),
            ("shop.parts:app", "package", "shop.parts:app", b"parts"),
            ("shop/wsgi.py", "package", "shop.wsgi:application", b"parts"),
            ("package/shop/wsgi.py", "", "shop.wsgi:application", b"parts"),
            ("package/shop/parts/__init__.py", "", "shop.parts:app", b"parts"),
            ("package/shop/parts", "", "shop.parts:app", b"parts"),
            ("folder", "", "wsgi:app", b"folder"),
            ("folder:app", "", "wsgi:app", b"folder"),
            (".", "folder", "wsgi:app", b"folder"),
            ("./folder/", "", "wsgi:app", b"folder"),
        ]:
            with self.case(target):
                loaded = self.load(target, directory)
                self.assertEqual((loaded.name, self.body(loaded)), (name, body))

    def test_an_absolute_path(self) -> None:
        self.assertEqual(self.load(os.path.join(FIXTURES, "plain", "app.py"), "folder").name, "app:app")

    def test_arguments_of_a_factory(self) -> None:
        loaded = self.load('factories:create_app("x", debug=True, size=3)')
        self.assertEqual(loaded.name, 'factories:create_app("x", debug=True, size=3)')
        self.assertEqual(self.body(loaded), b"('x', True, {'size': 3})")

    def test_a_factory_of_the_usual_name_needs_no_parentheses(self) -> None:
        loaded = self.load("factories:create_app")
        self.assertEqual(loaded.name, "factories:create_app()")
        self.assertEqual(self.body(loaded), b"('hello', False, {})")

    def test_a_wsgi_callable_may_have_the_name_of_a_factory(self) -> None:
        folder = self.tree({"web.py": "def create_app(environ, start_response): return [b'callable']"})
        self.assertEqual(self.body(self.load("web:create_app", folder)), b"callable")

    def test_an_attribute_that_the_module_makes_when_asked(self) -> None:
        self.assertEqual(self.body(self.load("lazy:app")), b"app")
        self.assertEqual(self.body(self.load("lazy")), b"app")

    def test_a_class_is_an_application_if_its_instances_are_iterables(self) -> None:
        loaded = self.load("class_style:Page")
        self.assertEqual(self.body(loaded), b"class")

    def test_a_callable_that_does_not_show_its_parameters_is_taken(self) -> None:
        folder = self.tree({"web.py": "app = lambda *anything: [b'taken']"})
        self.assertEqual(self.body(self.load("web", folder)), b"taken")

    def test_callables_of_every_make(self) -> None:
        folder = self.tree(
            {
                "web.py": "import functools\n"
                "class Static:\n"
                "    @staticmethod\n"
                "    def __call__(environ, start_response): return [b'static']\n"
                "class Class:\n"
                "    @classmethod\n"
                "    def __call__(cls, environ, start_response): return [b'class']\n"
                "    def method(self, environ, start_response): return [b'method']\n"
                "class Child(Static): pass\n"
                "class Delegate: __call__ = Static()\n"
                "class Singleton:\n"
                "    def __new__(cls, environ, start_response): return [b'new']\n"
                "def three(prefix, environ, start_response): return [prefix]\n"
                "static, klass, child, delegate = Static(), Class(), Child(), Delegate()\n"
                "partial = functools.partial(three, b'partial')\n"
                "make_app = functools.lru_cache(None)(lambda: static)\n"
            }
        )
        for attribute, body in {
            "static": b"static",
            "klass": b"class",
            "klass.method": b"method",
            "child": b"static",
            "delegate": b"static",
            "Singleton": b"new",
            "partial": b"partial",
            "make_app": b"static",
        }.items():
            with self.case(attribute):
                self.assertEqual(self.body(self.load(f"web:{attribute}", folder)), body)

    def test_a_module_that_puts_an_object_in_its_own_place(self) -> None:
        folder = self.tree(
            {
                "web.py": "import sys\n"
                "class Site:\n"
                "    __name__ = 'web'\n"
                "    def app(self, environ, start_response): return [b'object']\n"
                "sys.modules[__name__] = Site()\n"
            }
        )
        self.assertEqual(self.body(self.load("web:app", folder)), b"object")
        del sys.modules["web"]

    def test_a_script_file_of_mod_wsgi(self) -> None:
        loaded = self.load("site.wsgi", "mod_wsgi")
        self.assertEqual(loaded.name, "site_wsgi:application")
        self.assertEqual(self.body(loaded), os.path.join(FIXTURES, "mod_wsgi").encode())
        self.assertEqual(self.load("mod_wsgi/site.wsgi:application", "").name, "site_wsgi:application")

    def test_a_script_file_is_run_as_its_author_wrote_it(self) -> None:
        # Nothing of Highball's own ``from __future__`` may leak into it.
        text = "x: int = 1\ndef application(*_): return [__annotations__['x'].__name__.encode()]"
        self.assertEqual(self.body(self.load("typed.wsgi", self.tree({"typed.wsgi": text}))), b"int")

    def test_the_wsgi_module_of_a_package_comes_before_a_script_file(self) -> None:
        folder = self.tree(
            {
                "shop.wsgi": "def application(environ, start_response): return [b'script']",
                "shop/__init__.py": "",
                "shop/wsgi.py": "def application(environ, start_response): return [b'module']",
            }
        )
        self.assertEqual(self.body(self.load("shop.wsgi", folder)), b"module")
        self.assertEqual(self.body(self.load("./shop.wsgi", folder)), b"script")

    def test_file_names_that_no_import_statement_could_hold(self) -> None:
        folder = self.tree(
            {
                "my-site.py": "def app(environ, start_response): return [b'dash']",
                "v1.2.py": "def app(environ, start_response): return [b'dots']",
                "с пробелом.py": "def app(environ, start_response): return [b'cyrillic']",
                "release-1.0/__init__.py": "",
                "release-1.0/pkg/__init__.py": "",
                "release-1.0/pkg/web.py": "def app(environ, start_response): return [b'release']",
            }
        )
        self.assertEqual(self.body(self.load("my-site.py", folder)), b"dash")
        self.assertEqual(self.body(self.load("v1.2.py", folder)), b"dots")
        self.assertEqual(self.body(self.load("с пробелом.py", folder)), b"cyrillic")
        self.assertEqual(self.load("release-1.0/pkg/web.py", folder).name, "pkg.web:app")

    def test_odd_encodings(self) -> None:
        folder = self.tree({"marked.py": "", "cyrillic.py": "", "crlf.py": ""})
        for name, text in {
            "marked.py": b"\xef\xbb\xbfdef app(environ, start_response): return ['\xc3\xa9'.encode()]",
            "cyrillic.py": b"# coding: koi8-r\ndef app(environ, start_response): return ['\xc1'.encode()]",
            "crlf.py": b"def app(environ, start_response):\r\n    return [b'crlf']\r\n",
        }.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(text)
        self.assertEqual(self.body(self.load("marked", folder)), "é".encode())
        self.assertEqual(self.body(self.load("cyrillic", folder)), "а".encode())
        self.assertEqual(self.body(self.load("crlf", folder)), b"crlf")


class Found(LoadingTestCase):
    """Only the module is named."""

    def test_app_then_application(self) -> None:
        self.assertEqual(self.load("app").name, "app:app")
        self.assertEqual(self.load("second_name").name, "second_name:application")

    def test_the_only_wsgi_callable(self) -> None:
        self.assertEqual(self.load("only_instance").name, "only_instance:site")
        self.assertEqual(self.load("class_style").name, "class_style:Page")
        self.assertEqual(self.load("wrapped").name, "wrapped:site")

    def test_a_function_by_the_names_of_its_parameters(self) -> None:
        for head, expected in {
            "def site(environ, start_response)": True,
            "def site(env, start_response)": True,
            "def site(e, start_response)": True,
            "def site(environ, respond)": True,
            "def site(environ, start_response, extra=None)": True,
            "def site(first, second)": False,
            "def site(environ)": False,
            "def site(environ, start_response, extra)": False,
            "async def site(environ, start_response)": False,
            "def _site(environ, start_response)": False,
        }.items():
            with self.case(head):
                folder = self.tree({"web.py": f"{head}: return []"})
                if expected:
                    self.assertEqual(self.load("web", folder).name, "web:site")
                else:
                    self.assertEqual(self.refused("web", folder).code, "APPLICATION_ATTRIBUTE_NOT_FOUND")

    def test_an_imported_instance_counts_and_an_imported_function_does_not(self) -> None:
        folder = self.tree(
            {
                "core.py": "class Site:\n"
                "    def __call__(self, environ, start_response): return [b'core']\n"
                "site = Site()\n"
                "def helper(environ, start_response): return [b'helper']\n",
                "web.py": "from core import Site, helper, site",
            }
        )
        self.assertEqual(self.load("web", folder).name, "web:site")

    def test_factories_come_last(self) -> None:
        self.assertEqual(self.load("factories").name, "factories:create_app()")
        self.assertEqual(self.load("make").name, "make:make_app()")

    def test_a_wsgi_application_beside_an_asgi_one(self) -> None:
        self.assertEqual(self.load("asgi_and_wsgi").name, "asgi_and_wsgi:application")

    def test_several_are_listed_with_the_lines_that_choose(self) -> None:
        failure = self.refused("plain/several.py", "")
        self.assertEqual(failure.code, "APPLICATION_AMBIGUOUS")
        self.assertEqual(failure.message, "Module 'several' has 2 WSGI applications: 'shop', 'admin'.")
        self.assertEqual(
            failure.hint,
            "Choose one: highball plain/several.py:shop or highball plain/several.py:admin",
        )


class ImportPath(LoadingTestCase):
    """``sys.path`` is what ``python file.py`` would make it."""

    def test_the_folder_comes_first(self) -> None:
        before = [entry for entry in sys.path if entry != WORKER_ROOT]
        folder = os.path.join(FIXTURES, "plain")
        self.load("app")
        self.assertEqual(sys.path[0], folder)
        self.assertEqual(sys.path[1:], [entry for entry in before if entry != folder])

    def test_pythonpath_comes_before_it(self) -> None:
        self.assertEqual(self.load("store", "src_layout", ["src"]).name, "store:app")
        folder = os.path.join(FIXTURES, "src_layout")
        self.assertEqual(sys.path[:2], [os.path.join(folder, "src"), folder])

    def test_the_root_of_a_file_comes_before_the_folder(self) -> None:
        self.load("package/shop/parts/__init__.py", "", ["other"])
        root = FIXTURES + os.sep
        expected = [root + "other", root + "package", FIXTURES]
        self.assertEqual([os.path.normpath(entry) for entry in sys.path[:3]], expected)

    def test_nothing_of_the_worker_stays(self) -> None:
        worker = os.path.join(WORKER_ROOT, "highball", "worker")
        sys.path[:0] = ["", worker, os.path.join(WORKER_ROOT, "highball"), WORKER_ROOT]
        self.load("app")
        own = {"", worker, os.path.join(WORKER_ROOT, "highball"), WORKER_ROOT}
        self.assertEqual(own & set(sys.path), set())

    def test_names_of_the_standard_library_do_not_hurt(self) -> None:
        text = "raise AssertionError('hides the standard library')"
        folder = self.tree(
            {
                **{f"{name}.py": text for name in ("inspect", "ast", "difflib", "heapq", "dis", "opcode")},
                "web.py": "import functools\n"
                "def traced(f):\n"
                "    @functools.wraps(f)\n"
                "    def wrapper(*args): return f(*args)\n"
                "    return wrapper\n"
                "@traced\n"
                "def site(environ, start_response): return [b'web']\n",
            }
        )
        hidden = {name: sys.modules.pop(name, None) for name in ("inspect", "ast", "difflib")}
        try:
            self.assertEqual(self.body(self.load("web", folder)), b"web")
            self.assertIn("Did you mean 'site'", self.refused("web:sit", folder).hint)
        finally:
            sys.modules.update({name: module for name, module in hidden.items() if module is not None})

    def test_main_is_left_alone(self) -> None:
        main = sys.modules["__main__"]
        before = dict(vars(main))
        self.load("app")
        self.assertIs(sys.modules["__main__"], main)
        self.assertEqual(vars(main), before)

    def test_symbolic_links_are_kept_so_that_a_new_release_is_seen(self) -> None:
        folder = self.tree({"releases/1/app.py": "def app(environ, start_response): return [b'1']"})
        current = os.path.join(folder, "current")
        try:
            os.symlink(os.path.join(folder, "releases", "1"), current)
        except (OSError, NotImplementedError) as error:
            self.skipTest(f"no symbolic links here: {error}")
        load("app.py", directory=current)
        self.assertEqual(sys.modules["app"].__file__, os.path.join(current, "app.py"))


if __name__ == "__main__":
    unittest.main()
