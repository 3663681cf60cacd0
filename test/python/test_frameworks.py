"""Applications of real frameworks, as many as the interpreter that runs this has installed."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Callable, Dict, Optional, Type

from support import FIXTURES

PROBE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "probe.py")
FRAMEWORKS = os.path.join(FIXTURES, "frameworks")
DJANGO = os.path.join(FIXTURES, "django_site")


def needs(module: str) -> Callable[[Type[unittest.TestCase]], Type[unittest.TestCase]]:
    found = importlib.util.find_spec(module) is not None
    return unittest.skipUnless(found, f"{module} is not installed for {sys.executable}")


def probe(target: str, directory: str, environment: Optional[Dict[str, str]] = None) -> Dict[str, Any]:
    """Load an application in a process of its own, because frameworks keep state in their modules."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
    done = subprocess.run(
        [sys.executable, "-B", PROBE, target, directory],
        env={**inherited, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode("utf-8", "replace"))
    answer: Dict[str, Any] = json.loads(done.stdout.decode("utf-8").rstrip().rpartition("\n")[2])
    return answer


class Process(unittest.TestCase):
    """Nothing but the standard library: what a process of its own shows."""

    def test_the_application_sees_its_own_folder_and_no_variables_of_the_worker(self) -> None:
        directory = os.path.join(FIXTURES, "plain")
        answer = probe("app", directory)
        self.assertEqual((answer["name"], answer["body"]), ("app:app", "app"))
        self.assertEqual(answer["path"][0], directory)
        self.assertNotIn(os.path.dirname(PROBE), answer["path"])
        self.assertEqual(answer["environment"], [])


@needs("flask")
class Flask(unittest.TestCase):
    def test_an_instance_of_any_name(self) -> None:
        answer = probe("flask_site", FRAMEWORKS)
        self.assertEqual((answer["name"], answer["body"]), ("flask_site:web", "flask"))
        self.assertEqual(probe("flask_site:web.wsgi_app", FRAMEWORKS)["body"], "flask")

    def test_a_factory(self) -> None:
        for target in ("flask_factory", "flask_factory:create_app", "flask_factory:create_app({'TESTING': True})"):
            with self.subTest(target):
                self.assertEqual(probe(target, FRAMEWORKS)["body"], "flask factory")


@needs("bottle")
class Bottle(unittest.TestCase):
    def test_an_instance(self) -> None:
        answer = probe("bottle_instance", FRAMEWORKS)
        self.assertEqual((answer["name"], answer["body"]), ("bottle_instance:web", "bottle"))

    def test_the_default_application(self) -> None:
        answer = probe("bottle_site", FRAMEWORKS)
        self.assertEqual((answer["name"], answer["body"]), ("bottle_site:bottle.default_app()", "bottle default"))


@needs("falcon")
class Falcon(unittest.TestCase):
    def test_an_instance(self) -> None:
        answer = probe("falcon_site", FRAMEWORKS)
        self.assertEqual((answer["name"], answer["body"]), ("falcon_site:web", "falcon"))

    def test_its_asgi_application_is_refused(self) -> None:
        answer = probe("falcon_asgi", FRAMEWORKS)
        self.assertEqual(answer["code"], "APPLICATION_IS_ASGI")
        self.assertIn("(falcon.asgi.app.App)", answer["message"])


@needs("pyramid")
class Pyramid(unittest.TestCase):
    def test_a_router(self) -> None:
        answer = probe("pyramid_site", FRAMEWORKS)
        self.assertEqual((answer["name"], answer["body"]), ("pyramid_site:web", "pyramid"))

    def test_a_configurator_taken_for_the_application(self) -> None:
        answer = probe("pyramid_configurator", FRAMEWORKS)
        self.assertEqual(answer["code"], "APPLICATION_NOT_CALLABLE")
        self.assertEqual(answer["hint"], 'Type: highball "pyramid_configurator:app.make_wsgi_app()"')
        self.assertNotIn("code", probe("pyramid_configurator:app.make_wsgi_app()", FRAMEWORKS))


@needs("starlette")
class Starlette(unittest.TestCase):
    def test_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "main.py"), "w") as file:
                file.write("from starlette.applications import Starlette\napp = Starlette()\n")
            answer = probe("main", folder)
        self.assertEqual(answer["code"], "APPLICATION_IS_ASGI")
        self.assertIn("(starlette.applications.Starlette)", answer["message"])


@needs("django")
class Django(unittest.TestCase):
    def test_a_project_by_its_folder_or_its_manage_py(self) -> None:
        for target, directory in [
            ("django_site", FIXTURES),
            ("manage.py", DJANGO),
            (".", DJANGO),
            (os.path.join(DJANGO, "manage.py"), FRAMEWORKS),
        ]:
            with self.subTest(target):
                answer = probe(target, directory)
                self.assertEqual(answer.get("message"), None)
                self.assertEqual((answer["name"], answer["body"]), ("site_settings.wsgi:application", "django"))
                self.assertEqual(answer["path"][0], DJANGO)
                # Django itself sets TZ.
                self.assertEqual(set(answer["environment"]) - {"TZ"}, {"DJANGO_SETTINGS_MODULE"})

    def test_its_wsgi_module(self) -> None:
        answer = probe("site_settings.wsgi", DJANGO)
        self.assertEqual((answer["name"], answer["body"]), ("site_settings.wsgi:application", "django"))
        self.assertEqual(probe("site_settings.wsgi:application", DJANGO)["body"], "django")
        self.assertEqual(probe("site_settings/wsgi.py", DJANGO)["body"], "django")

    def test_its_inner_package_is_pointed_to_its_wsgi_module(self) -> None:
        hint = probe("site_settings", DJANGO)["hint"]
        self.assertEqual(hint, "Did you mean 'wsgi' in it? Type: highball site_settings.wsgi")

    def test_settings_from_the_environment_win(self) -> None:
        settings = {"DJANGO_SETTINGS_MODULE": "site_settings.without_application"}
        answer = probe("manage.py", DJANGO, settings)
        self.assertEqual(answer["name"], "django.core.wsgi:get_wsgi_application()")
        self.assertEqual((answer["kind"], answer["body"]), ("django.core.handlers.wsgi.WSGIHandler", "django"))

    def test_settings_that_do_not_exist(self) -> None:
        answer = probe("manage.py", DJANGO, {"DJANGO_SETTINGS_MODULE": "site_settings.setting"})
        self.assertEqual(answer["code"], "APPLICATION_NOT_FOUND")
        manage = os.path.join(DJANGO, "manage.py")
        self.assertEqual(
            answer["message"],
            f"'{manage}' names the settings 'site_settings.setting': "
            "There is no module 'site_settings.setting' in the package 'site_settings'.",
        )

    def test_settings_that_raise(self) -> None:
        answer = probe("manage.py", DJANGO, {"DJANGO_SETTINGS_MODULE": "site_settings.failing"})
        self.assertEqual(answer["code"], "APPLICATION_IMPORT_FAILED")
        self.assertIn("failing.py, line 1: KeyError: 'SECRET_KEY'", answer["message"])

    def test_an_application_that_does_not_exist(self) -> None:
        answer = probe("manage.py", DJANGO, {"DJANGO_SETTINGS_MODULE": "site_settings.wrong_application"})
        self.assertEqual(answer["code"], "APPLICATION_ATTRIBUTE_NOT_FOUND")
        self.assertIn("is 'site_settings.wsgi.aplication'", answer["message"])

    def test_asgi_is_refused(self) -> None:
        answer = probe("site_settings.asgi", DJANGO, {"DJANGO_SETTINGS_MODULE": "site_settings.settings"})
        self.assertEqual(answer["code"], "APPLICATION_IS_ASGI")
        self.assertEqual(answer["hint"], "Type: highball site_settings.wsgi")
        settings = {"DJANGO_SETTINGS_MODULE": "site_settings.asgi_application"}
        self.assertEqual(probe("manage.py", DJANGO, settings)["code"], "APPLICATION_IS_ASGI")


class ManagePy(unittest.TestCase):
    """What can be read from a ``manage.py`` without Django."""

    def settings(self, source: str) -> str:
        from highball.worker.django_project import settings_module

        folder = tempfile.mkdtemp(prefix="highball-")
        self.addCleanup(shutil.rmtree, folder)
        path = os.path.join(folder, "manage.py")
        with open(path, "w") as file:
            file.write(source)
        return settings_module(path)

    def test_how_settings_are_named(self) -> None:
        name = "DJANGO_SETTINGS_MODULE"
        for source, expected in {
            f'import os\nos.environ.setdefault("{name}", "a.b")': "a.b",
            f"from os import environ\nenviron.setdefault('{name}', 'a.b')": "a.b",
            f'os.environ["{name}"] = "a.b"': "a.b",
            f'os.environ.setdefault("{name}", "a.b"); os.environ["{name}"] = "c.d"': "c.d",
            f'def main():\n  if True:\n    os.environ.setdefault("{name}", "a.b")': "a.b",
            f"{name} = (": "",
            f"# {name}": "",
            "print('no Django')": "",
        }.items():
            with self.subTest(source):
                self.assertEqual(self.settings(source), expected)

    def test_settings_that_cannot_be_read_are_asked_for(self) -> None:
        from highball.worker.failure import LoadFailure

        name = "DJANGO_SETTINGS_MODULE"
        for source, message, hint in [
            (
                f'if x:\n  os.environ.setdefault("{name}", "a.test")\nos.environ.setdefault("{name}", "a.live")',
                "does not say plainly which settings Django is to use: it names 'a.live' and 'a.test'.",
                f"Choose: highball --env {name}=a.live ",
            ),
            (
                f'os.environ.setdefault("{name}", choose())',
                "does not say plainly which settings Django is to use.",
                f"Choose: highball --env {name}=package.settings ",
            ),
        ]:
            with self.subTest(source):
                with self.assertRaises(LoadFailure) as caught:
                    self.settings(source)
                self.assertEqual(caught.exception.code, "APPLICATION_AMBIGUOUS")
                self.assertIn(message, caught.exception.message)
                self.assertRegex(caught.exception.hint, f"^{hint}.*manage.py$")
                os.environ[name] = "chosen.settings"
                try:
                    self.assertEqual(self.settings(source), "chosen.settings")
                finally:
                    del os.environ[name]

    @unittest.skipIf(importlib.util.find_spec("django") is not None, "Django is installed")
    def test_a_project_without_django(self) -> None:
        answer = probe("manage.py", DJANGO)
        self.assertEqual(answer["code"], "APPLICATION_IMPORT_FAILED")
        self.assertEqual(
            answer["message"],
            f"'{os.path.join(DJANGO, 'manage.py')}' belongs to a Django project, but {sys.executable} has no Django.",
        )
        self.assertIn("-m pip install django; or choose another Python: --python PATH", answer["hint"])

    def test_a_manage_py_that_is_not_djangos_is_a_file_like_any_other(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "manage.py"), "w") as file:
                file.write("def app(environ, start_response): return [b'plain']")
            self.assertEqual(probe("manage.py", folder)["body"], "plain")
            self.assertEqual(probe(".", folder)["name"], "manage:app")


if __name__ == "__main__":
    unittest.main()
