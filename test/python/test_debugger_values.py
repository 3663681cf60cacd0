"""Values are shown as far as they help, whatever they are, and looking at them costs little and never fails."""

from __future__ import annotations

import array
import collections
import contextlib
import dataclasses
import decimal
import enum
import io
import random
import sqlite3
import sys
import types
import unittest
from typing import Any, Dict, List, NamedTuple

import debugger_shapes as shapes
import evil

from highball.worker.debugger.limits import LIMITS, Budget
from highball.worker.debugger.text import clip, encodable, json_size
from highball.worker.debugger.values import describe_value

SEED = 20261120


class Point(NamedTuple):
    x: int
    y: int


class Named(Point):
    def __repr__(self) -> str:
        return "<here>"


@dataclasses.dataclass
class Account:
    name: str
    friends: List[Any]
    password: str = dataclasses.field(default="secret", repr=False)


@dataclasses.dataclass
class OwnRepr:
    name: str

    def __repr__(self) -> str:
        return "<own>"


@dataclasses.dataclass
class Slotted:
    __slots__ = ("left", "right")
    left: int
    right: int


class Line:
    """Has no ``repr()``, as most classes of applications."""

    __slots__ = ("__dict__", "count", "never")

    def __init__(self, item: Any) -> None:
        self.item = item
        self.count = 3
        self._price = 2.5


class Colour(enum.Enum):
    RED = 1


class Number(enum.IntEnum):
    ONE = 1


class Safe(str):
    def __repr__(self) -> str:
        return f"Safe({str.__str__(self)!r})"


class PlainText(str):
    pass


class Basket(list):  # type: ignore[type-arg]
    pass


class Many(dict):  # type: ignore[type-arg]
    def __repr__(self) -> str:
        return f"<Many {dict(self)}>"


def shown(obj: Any) -> str:
    """Return a description as a page would write it."""
    model = describe_value(obj)
    shapes.value(model)
    return written(model)


def written(model: Any) -> str:
    if model is None or type(model) is str:
        return model or ""
    if model["kind"] != "items":
        return model["text"] + (f"<{model['cut']} more>" if model["cut"] else "")
    items = [
        written(item["value"]) if item["key"] is None else f"{written(item['key'])}: {written(item['value'])}"
        for item in model["items"]
    ]
    if model["more"]:
        items.append(f"<{model['more']} more>")
    return f"{model['opening']}{', '.join(items)}{model['closing']}"


class Shown(unittest.TestCase):
    maxDiff = None

    def check(self, obj: Any, text: str, kind: str, type_name: str) -> None:
        with self.subTest(text):
            model = describe_value(obj)
            shapes.value(model)
            self.assertEqual((written(model), model["kind"], model["type"]), (text, kind, type_name))

    def test_literals(self) -> None:
        for literal in (None, True, 0, -17, 1.5, float("nan"), 2j, ..., NotImplemented):
            self.check(literal, repr(literal), "literal", type(literal).__name__)

    def test_text_is_its_repr_with_quotes(self) -> None:
        self.check("a\n'b'", repr("a\n'b'"), "text", "str")
        self.check(b"\0a", r"b'\x00a'", "text", "bytes")
        self.check(bytearray(b"ab"), "b'ab'", "text", "bytearray")
        self.check("x" * 2001, repr("x" * 2000) + "<1 more>", "text", "str")
        self.check(["x" * 301], "[" + repr("x" * 300) + "<1 more>]", "items", "list")

    def test_subclasses_of_text(self) -> None:
        name = f"{__name__}." if __name__ != "__main__" else ""
        self.check(PlainText("a"), "'a'", "text", f"{name}PlainText")
        self.check(Safe("a"), "Safe('a')", "plain", f"{name}Safe")
        self.check(Safe("x" * 5000), repr("x" * 2000) + "<3000 more>", "text", f"{name}Safe")

    def test_a_row_of_sqlite_is_what_is_in_it_unless_its_class_says_it_better(self) -> None:
        class Own(sqlite3.Row):
            def __repr__(self) -> str:
                return "<own>"

        connection = sqlite3.connect(":memory:")
        self.addCleanup(connection.close)
        rows = []
        for cls in (sqlite3.Row, Own):
            connection.row_factory = cls
            rows.append(connection.execute("select 1 as id, 'tea' as name, 2 as id").fetchone())
        self.assertEqual(shown(rows), "[Row({'id': 1, 'name': 'tea', 'id': 2}), <own>]")

    def test_containers(self) -> None:
        counter = collections.Counter("aab")
        ordered = collections.OrderedDict(a=1, b=2)
        ordered.move_to_end("a")
        cases: Dict[str, Any] = {
            "[1, [2]]": [1, [2]],
            "(1,)": (1,),
            "()": (),
            "{'a': (1, 2)}": {"a": (1, 2)},
            "{(1, 2): 3}": {(1, 2): 3},
            "{1}": {1},
            "set()": set(),
            "frozenset({1})": frozenset([1]),
            "frozenset()": frozenset(),
            "deque([1, 2])": collections.deque([1, 2], 5),
            "Counter({'a': 2, 'b': 1})": counter,
            "OrderedDict({'b': 2, 'a': 1})": ordered,
            "defaultdict(<class 'list'>, {'a': [1]})": collections.defaultdict(list, a=[1]),
            "defaultdict(None, {})": collections.defaultdict(None),
            "mappingproxy({'a': 1})": types.MappingProxyType({"a": 1}),
            "dict_keys(['a'])": {"a": 1}.keys(),
            "dict_items([('a', 1)])": {"a": 1}.items(),
            "Point(x: 1, y: 2)": Point(1, 2),
            "Account(name: 'ann', friends: [1])": Account("ann", [1]),
            "Slotted(left: 1, right: 2)": Slotted(1, 2),
            "namespace(a: 1)": types.SimpleNamespace(a=1),
            "Basket([1])": Basket([1]),
            "UserList(data: [1])": collections.UserList([1]),
        }
        for text, obj in cases.items():
            with self.subTest(text):
                self.assertEqual(shown(obj), text)
                self.assertEqual(describe_value(obj)["kind"], "items")

    def test_everything_else_is_its_repr(self) -> None:
        number = decimal.Decimal("1.5")
        for obj in (Colour.RED, Number.ONE, number, Named(1, 2), OwnRepr("a"), range(9), len, int):
            with self.subTest(repr(obj)):
                self.assertEqual((shown(obj), describe_value(obj)["kind"]), (repr(obj), "plain"))
        self.assertEqual(shown(Many(a=1)), "<Many {'a': 1}>")

    def test_a_row_of_sqlalchemy_is_what_is_loaded_of_it(self) -> None:
        class User:
            def __repr__(self) -> str:
                raise AssertionError("this asks the database")

        row: Any = User()
        row.__dict__.update(_sa_instance_state=Point(1, 2), id=7, name="Ada")
        self.assertEqual(shown(row), "User(id: 7, name: 'Ada')")
        # After a commit nothing is.
        row.__dict__.update(_sa_instance_state=type("State", (), {"key": (User, (7,), None)})())
        del row.id, row.name
        self.assertEqual(shown(row), "User(identity: (7,))")

    def test_a_subclass_with_a_repr_of_its_own_is_not_asked_when_it_is_large(self) -> None:
        large = describe_value(Many.fromkeys(range(100_000)))
        self.assertEqual((large["opening"], large["more"]), ("Many({", 100_000 - LIMITS.items[0]))

    def test_a_container_in_itself(self) -> None:
        self.assertEqual(shown(evil.circle()), "[1, [...], {'again': [...]}]")
        account = Account("ann", [])
        account.friends.append(account)
        self.assertEqual(shown(account), "Account(name: 'ann', friends: [Account(...)])")

    def test_the_same_object_twice_is_no_recursion(self) -> None:
        once = [1]
        self.assertEqual(shown([once, once]), "[[1], [1]]")

    def test_what_is_deep_ends_in_a_number(self) -> None:
        self.assertEqual(shown([[[[[[[1]]]]]]]), "[[[[[<1 more>]]]]]")

    def test_what_is_long_ends_in_a_number(self) -> None:
        model = describe_value(list(range(1_000_000)))
        self.assertEqual((len(model["items"]), model["more"]), (60, 999_940))

    def test_numbers_that_python_does_not_write(self) -> None:
        number = 16 ** 5000 + 5
        model = describe_value(-number)
        self.assertEqual((model["kind"], model["type"], model["cut"]), ("literal", "int", 5001 - 2000))
        self.assertEqual(model["text"], "-0x1" + "0" * 1999)
        self.assertEqual(shown(10**600), "1" + "0" * 600)
        if hasattr(sys, "set_int_max_str_digits"):
            before = sys.get_int_max_str_digits()
            sys.set_int_max_str_digits(640)
            try:
                self.assertEqual(shown(2**2048 - 1), str(2**2048 - 1))
                self.assertEqual(describe_value(2**2048)["text"][:4], "0x10")
            finally:
                sys.set_int_max_str_digits(before)


class WithoutARepr(unittest.TestCase):
    """Objects that would tell their class and their address only."""

    def test_show_what_they_hold(self) -> None:
        self.assertEqual(
            shown(Line("tea")), f"<{__name__}.Line object: item: 'tea', _price: 2.5, count: 3>"
        )
        self.assertIn("item: 'tea'", shown([Line("tea")]))

    def test_that_hold_each_other_end(self) -> None:
        line = Line(None)
        line.item = line
        self.assertIn(f"item: <{__name__}.Line object: ...>", shown(line))
        inner = Line(Line(Line(Line("deep"))))
        self.assertRegex(shown(inner), r"object: item: <.*Line object: item: <.*Line object at 0x\w+>, _price")
        self.assertNotIn("deep", shown(inner))

    def test_that_hold_nothing_show_their_address(self) -> None:
        self.assertRegex(shown(object()), r"^<object object at 0x\w+>$")

    def test_are_not_asked_for_anything(self) -> None:
        class Asked:
            def __getattribute__(self, name: str) -> Any:
                raise SystemExit(name)

        asked = Asked()
        object.__getattribute__(asked, "__dict__")["total"] = 1
        self.assertIn("total: 1", shown(asked))


class Broken(unittest.TestCase):
    """Whatever an object does, it is described, and the others as well."""

    def describe(self, obj: Any) -> Dict[str, Any]:
        with contextlib.redirect_stderr(io.StringIO()):
            model = describe_value(obj)
        shapes.value(model)
        size = len(shapes.sent(model))
        self.assertLess(size, LIMITS.value + 4096)
        return model

    def test_objects_that_do_their_worst(self) -> None:
        for name, obj in evil.objects().items():
            for place, within in enumerate((obj, [obj], {"key": obj}, Point(obj, obj), Account("a", [obj]))):
                with self.subTest(name, place=place):
                    self.describe(within)

    def test_what_is_said_of_them(self) -> None:
        cases = {
            "RaisingRepr": ("broken", "its repr() raised ValueError: no repr"),
            "ExitingRepr": ("broken", "its repr() raised SystemExit: 3"),
            "RaisingErrorRepr": ("broken", "its repr() raised RaisingError: <its __str__ failed>"),
            "SurrogateRepr": ("plain", r"<\udcff>"),
            "TextRepr": ("plain", "<other>"),
            "Liar": ("plain", "<liar>"),
        }
        objects = evil.objects()
        for name, expected in cases.items():
            with self.subTest(name):
                model = self.describe(objects[name])
                self.assertEqual((model["kind"], model["text"]), expected)
        for name, problem in {"NoTextRepr": "TypeError", "RecursingRepr": "RecursionError"}.items():
            self.assertIn(f"its repr() raised {problem}", self.describe(objects[name])["text"])

    def test_types_are_named_past_what_they_say(self) -> None:
        objects = evil.objects()
        self.assertEqual(self.describe(objects["evil_instance"])["type"], "evil.EvilClass")
        self.assertEqual(self.describe(objects["evil_class"])["type"], "evil.EvilMeta")
        self.assertEqual(self.describe(objects["OddModule"])["type"], "odd.OddModule")
        self.assertEqual(self.describe(objects["NoModule"])["type"], "NoModule")
        self.assertEqual(self.describe(objects["Liar"])["type"], "evil.Liar")

    def test_containers_are_walked_past_their_own_functions(self) -> None:
        objects = evil.objects()
        self.assertEqual(written(self.describe(objects["evil_list"])), "EvilList([1, 2, 3])")
        self.assertEqual(written(self.describe(objects["evil_dict"])), "EvilDict({'a': 1})")

    def test_classes_are_told_apart_past_what_their_metaclass_says(self) -> None:
        class Meta(type):
            def __eq__(cls, other: object) -> Any:
                return "an expression"

        Column: Any = Meta("Column", (), {"__repr__": lambda self: "<column>"})
        self.assertEqual(self.describe(Column())["kind"], "plain")
        self.assertEqual(self.describe(Meta("Columns", (list,), {})([1]))["opening"], "Columns([")
        self.assertIn("EvilClass object", self.describe(evil.objects()["evil_instance"])["text"])

    def test_one_that_breaks_does_not_hide_its_neighbours(self) -> None:
        model = self.describe([1, evil.RaisingRepr(), 2])
        self.assertEqual([item["value"]["kind"] for item in model["items"]], ["literal", "broken", "literal"])


class Bounds(unittest.TestCase):
    def test_time(self) -> None:
        # No time at all: the first is asked, since nobody knows how long it takes, and no other.
        model = describe_value([Colour.RED, Colour.RED, 1, "a"], LIMITS._replace(seconds=0.0))
        shapes.value(model)
        kinds = [item["value"]["kind"] for item in model["items"]]
        self.assertEqual(kinds, ["plain", "broken", "literal", "text"])
        self.assertIn("there was no time left", model["items"][1]["value"]["text"])

    def test_a_budget_says_who_took_the_time(self) -> None:
        budget = Budget(LIMITS._replace(seconds=0.0))
        describe_value(Colour.RED, LIMITS, budget)
        self.assertRegex(budget.culprit, r"^repr\(\) of a .*Colour took 0\.0\d s$")

    def test_whoever_interrupts_has_waited_long_enough(self) -> None:
        model = describe_value([evil.InterruptedRepr(), Colour.RED])
        self.assertEqual([item["value"]["kind"] for item in model["items"]], ["broken", "broken"])
        self.assertEqual(model["items"][0]["value"]["text"], "its repr() raised KeyboardInterrupt")

    def test_a_container_that_another_thread_changes(self) -> None:
        class Growing:
            def __repr__(self) -> str:
                everything[len(everything)] = 1
                return "<growing>"

        everything: Dict[Any, Any] = {}
        everything.update({number: Growing() for number in range(10)})
        model = describe_value(everything)
        shapes.value(model)
        self.assertEqual(len(model["items"]), 10)

    def test_arrays_of_any_size(self) -> None:
        model = describe_value(array.array("i", range(100_000)))
        self.assertEqual(model["kind"], "plain")
        self.assertLessEqual(len(model["text"]), LIMITS.text + 3)

    def test_random_containers(self) -> None:
        chance = random.Random(SEED)
        objects = list(evil.objects().values())
        for number in range(150):
            obj = random_object(chance, objects, 6)
            with self.subTest(seed=SEED, number=number), contextlib.redirect_stderr(io.StringIO()):
                model = describe_value(obj)
                shapes.value(model)
                self.assertLess(len(shapes.sent(model)), LIMITS.value + 4096)

    def test_text_is_cut_to_its_size(self) -> None:
        chance = random.Random(SEED)
        for number in range(300):
            text = random_text(chance)
            characters, size = chance.randrange(400), chance.randrange(400)
            with self.subTest(seed=SEED, number=number):
                found, cut = clip(text, characters, size)
                found.encode("utf-8")
                self.assertLessEqual(json_size(found) - 2, size)
                self.assertTrue(encodable(text).startswith(found))
                self.assertEqual(cut == 0, found == encodable(text))


def random_text(chance: random.Random) -> str:
    alphabets = ["ab c\n", "é漢\u2028", "\U0001f600\0", "\ud800\udcff\"\\", "a\U0001f600é\udc80"]
    alphabet = chance.choice(alphabets)
    return "".join(chance.choice(alphabet) for _ in range(chance.choice([0, 1, 5, 50, 500])))


def random_object(chance: random.Random, objects: List[Any], depth: int) -> Any:
    """Return a leaf or a container of any kind, and of anything."""

    def some() -> List[Any]:
        return [random_object(chance, objects, depth - 1) for _ in range(chance.choice([0, 1, 2, 5]))]

    def leaf() -> Any:
        number = chance.randrange(-(10**9), 10**9)
        encoded = random_text(chance).encode("utf-8", "replace")
        return chance.choice([number, number / 7, random_text(chance), encoded, None])

    makers = [
        leaf,
        leaf,
        lambda: chance.choice(objects),
        some,
        lambda: tuple(some()),
        lambda: {leaf(): item for item in some()},
        lambda: {leaf() for _ in range(chance.randrange(100))},
        lambda: collections.deque(some()),
        lambda: collections.OrderedDict((leaf(), item) for item in some()),
        lambda: collections.defaultdict(list, {leaf(): item for item in some()}),
        lambda: Point(leaf(), some()),  # type: ignore[arg-type]
        lambda: Account(random_text(chance), some()),
        lambda: types.MappingProxyType({leaf(): item for item in some()}),
        lambda: types.SimpleNamespace(**{f"name{index}": item for index, item in enumerate(some())}),
        lambda: [leaf()] * chance.choice([100, 10_000]),
    ]
    return chance.choice(makers)() if depth else leaf()


if __name__ == "__main__":
    unittest.main()
