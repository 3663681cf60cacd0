"""APP is taken apart, never evaluated."""

from __future__ import annotations

import os
import unittest

from support import LoadingTestCase

from highball.worker.failure import LoadFailure
from highball.worker.target import command_line, parse_target


class Forms(LoadingTestCase):
    def test_sources_and_attributes(self) -> None:
        for text, expected in {
            "pkg.mod": ("pkg.mod", None, ""),
            "pkg.mod:attr": ("pkg.mod", "attr", "attr"),
            "pkg.mod:obj.attr": ("pkg.mod", "obj.attr", "obj.attr"),
            " pkg.mod : attr ": ("pkg.mod", "attr", "attr"),
            "path/to/file.py": ("path/to/file.py", None, ""),
            "path/to/file.py:attr": ("path/to/file.py", "attr", "attr"),
            "C:\\site\\app.py": ("C:\\site\\app.py", None, ""),
            "C:\\site\\app.py:attr": ("C:\\site\\app.py", "attr", "attr"),
            "c:/site/app.py:attr": ("c:/site/app.py", "attr", "attr"),
            "/srv/a:b/app.py:attr": ("/srv/a:b/app.py", "attr", "attr"),
            "mod:größe": ("mod", "größe", "größe"),
        }.items():
            with self.subTest(text):
                target = parse_target(text, "/")
                self.assertEqual((target.source, target.attribute, target.expression), expected)
                self.assertIsNone(target.call)

    def test_factories(self) -> None:
        for expression, attribute, positional, keywords in [
            ("create_app()", "create_app", (), {}),
            ("create_app( )", "create_app", (), {}),
            ("obj.make()", "obj.make", (), {}),
            ('create_app("x", debug=True)', "create_app", ("x",), {"debug": True}),
            ("f('a:b', \"c)\", 'd(')", "f", ("a:b", "c)", "d("), {}),
            ("f(-1, 2.5, None, b'\\xff')", "f", (-1, 2.5, None, b"\xff"), {}),
            (
                "f([1, (2, 3)], {'a': {4}}, key={'b': []})",
                "f",
                ([1, (2, 3)], {"a": {4}}),
                {"key": {"b": []}},
            ),
            ("f(1,\n  2)", "f", (1, 2), {}),
        ]:
            with self.subTest(expression):
                target = parse_target(f"mod:{expression}", "/")
                self.assertEqual((target.source, target.attribute), ("mod", attribute))
                call = target.call
                assert call is not None
                self.assertEqual((call.positional, call.keywords), (positional, keywords))

    def test_a_file_whose_name_holds_a_colon(self) -> None:
        folder = self.tree({"a:b": ""}) if os.name != "nt" else self.skipTest("no such names on Windows")
        self.assertEqual(parse_target("a:b", folder).source, "a:b")
        self.assertEqual(parse_target("a:b", "/").source, "a")


class Refusals(unittest.TestCase):
    def test_what_is_no_name_is_quoted_and_explained(self) -> None:
        for text, reason in {
            "": "does not say in which module",
            ":app": "does not say in which module",
            "mod:": "nothing stands after the colon",
            "mod::app": "':app' is neither a name nor a call",
            "mod:1app": "'1app' is neither a name nor a call",
            "mod:a b": "'a b' is neither a name nor a call",
            "mod:apps['x']": "is neither a name nor a call",
            "mod:create_app(": "'create_app(' is neither a name nor a call",
            "mod:f(1": "is neither a name nor a call",
            "mod:a;b()": "is neither a name nor a call",
            "mod:f(1)(2)": "is more than one call",
            "mod:f() + g()": "is more than one call",
            "mod:f(,)": "is not valid Python",
            "mod:f(1 2)": "is not valid Python",
            "mod:f(\0)": "is not valid Python",
            "mod:f(x)": "may only be literals",
            "mod:f(*[1])": "may only be literals",
            "mod:f(g())": "may only be literals",
            "mod:f(f'{1}')": "may only be literals",
            "mod:f(__import__('os').system('true'))": "may only be literals",
            "mod:f(**{'a': 1})": "'**' is not a literal",
            "mod:f(" + "[" * 2000 + "]" * 2000 + ")": "",
        }.items():
            with self.subTest(text[:60]):
                with self.assertRaises(LoadFailure) as caught:
                    parse_target(text, "/")
                failure = caught.exception
                self.assertEqual(failure.code, "APPLICATION_SYNTAX")
                self.assertIn(repr(text), failure.message)
                self.assertIn(reason, failure.message)
                self.assertRegex(failure.hint, "^Type: highball .+")


class Lines(unittest.TestCase):
    def test_a_line_to_type_is_quoted_as_far_as_a_shell_needs_it(self) -> None:
        self.assertEqual(command_line("src/app.py:web"), "highball src/app.py:web")
        self.assertEqual(command_line("app:create_app()"), 'highball "app:create_app()"')
        self.assertEqual(command_line('app:f("x")'), "highball 'app:f(\"x\")'")


if __name__ == "__main__":
    unittest.main()
