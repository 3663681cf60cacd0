"""Raises errors of many kinds, and writes each as the worker describes it, and as Python prints it.

Run as `python tracebacks.py FOLDER_OF_HIGHBALL`: a JSON list of {name, model, traceback}.
"""

import json
import sys
import traceback

sys.path.insert(0, sys.argv[1])

from highball.worker.debugger.model import describe  # noqa: E402


class Cart:
    prices = {"tea": 3}

    def total(self, *names):
        return sum(
            self.price(name)
            for name in names
        )

    def price(self, name):
        return self.prices[name]

    def share(self, people):
        return self.total("tea") / len(people)


def identity(value, *more, key=None):
    return value


def fail(*args, **kwargs):
    raise ValueError("failed")


def call(function):
    function()


def down(n):
    return down(n - 1)


def even(n):
    if n == 0:
        raise ValueError("nothing left")
    return odd(n - 1)


def odd(n):
    return even(n - 1)


def few(n):
    if n == 0:
        raise ValueError("nothing left")
    return few(n - 1)


def chained():
    try:
        try:
            Cart().share([])
        except ZeroDivisionError as error:
            raise KeyError("people") from error
    except KeyError:
        Cart().total("cake")


def suppressed():
    try:
        fail()
    except ValueError:
        raise RuntimeError("from nothing") from None


def many_lines():
    fail(
        1,
        identity(
            2
        ),
        key=3,
    )


def operator_over_lines():
    nothing = None
    return (
        identity(1)
        +
        nothing
    )


def long_call():
    fail(
        1,
        2,
        3,
        4,
        5,
        6,
    )


def assigned():
    x = fail(1)
    return x


def returned():
    return fail(1)


def returned_method():
    return Cart().price("x")


def with_comment():
    return fail(1)  # it does


def subscripts():
    value = {"a": {"b": [1]}}
    return value["a"]["b"][2] + 1


def formatted():
    zero = 0
    return f"{1 / zero:>{10}} and {zero}" + "more"


def wide():
    größe, 名前 = 0, "茶"
    return 名前 * 2 + "茶" + 1 / größe if 名前 else "\U0001F600"


def astral():
    return "\U0001F600" + "茶" + [].pop() + "\U0001F600"


def powers():
    a, b = 0, -1
    return 1 + -a ** b * 2


def unary():
    return -[1]


def matrix():
    return 1 @ 2 if True else 0


def comparison():
    return 1 < "a" < 2


def attribute():
    return Cart().colour.name


def called_twice():
    return identity(identity)(1)()


def shift():
    a = "a"
    return 1 | 2 ^ 3 & 4 << a


def lambdas():
    return (lambda x: x / 0)(1)


def comprehended():
    return [1 / n for n in (1, 0)]


def with_tab():
	x = identity(1) + None
	return x


def empty_message():
    assert not Cart


def lines_of_message():
    raise ValueError("first\n  second\n\nfourth")


def broken_source():
    compile("def f(:\n  pass\n", "<some code>", "exec")


def broken_indentation():
    compile("def f():\n    x = 1\n      y = 2\n", "shop/cart.py", "exec")


def broken_call():
    compile("\n\nx = (1,\n  2\n", "shop/cart.py", "exec")


def broken_keyword():
    compile("x = 1\n    for = 'größe' + 2\n", "shop/cart.py", "exec")


def in_string():
    exec("x = 1\ny = x / 0\n", {})


def never_raised():
    pass


def sends_error():
    raise OSError(2, "No such file", "x.txt")


ERRORS = [
    Cart().total, call, chained, suppressed, many_lines, operator_over_lines, long_call, assigned, returned,
    returned_method, with_comment, subscripts, formatted, wide, astral, powers, unary, matrix, comparison, attribute,
    called_twice, shift, lambdas, comprehended, with_tab, empty_message, lines_of_message, broken_source,
    broken_indentation, broken_call, broken_keyword, in_string, sends_error,
]  # fmt: skip


def caught(function, *args):
    try:
        function(*args)
    except BaseException as error:
        error.__traceback__ = error.__traceback__.tb_next
        return error
    raise AssertionError("it has to raise")


def noted(error, *notes):
    if hasattr(error, "add_note"):
        for note in notes:
            error.add_note(note)
    return error


def grouped():
    if sys.version_info < (3, 11):
        return {}
    inner = ExceptionGroup("inner", [caught(chained), OSError("never raised")])
    outer = ExceptionGroup("outer", [noted(caught(fail), "a note"), noted(caught(raises, inner), "two\nlines")])
    with_cause = caught(fail)
    with_cause.__cause__ = caught(raises, ExceptionGroup("cause", [ValueError(1)]))
    nested = ExceptionGroup("0", [ValueError(0)])
    for depth in range(4):
        nested = ExceptionGroup(str(depth), [nested])
    return {
        "group": caught(raises, outer),
        "group never raised": outer,
        "group in a chain": with_cause,
        "chain in a group": ExceptionGroup("last", [OSError(), with_cause]),
        "many members": ExceptionGroup("many", [ValueError(n) for n in range(14)]),
        "deep group": nested,
    }


def raises(error):
    raise error


def errors():
    yield from ((function.__name__, caught(function, *(["cake"] if function == ERRORS[0] else []))) for function in ERRORS)
    yield "recursion", caught(down, 1)
    yield "three times", caught(few, 2)
    yield "four times", caught(few, 3)
    yield "five times", caught(few, 4)
    yield "cycle", caught(even, 30)
    yield "noted", noted(caught(fail), "one", "two\nlines", "")
    yield "never raised", ValueError("never raised")
    yield from grouped().items()


def written(name, error):
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return {"name": name, "model": describe(error), "traceback": "".join(lines)}


if __name__ == "__main__":
    sys.setrecursionlimit(200)
    json.dump([written(name, error) for name, error in errors()], sys.stdout)
