"""The shapes of ``src/error-model.ts``, held to the letter: no tests, but what the debugger's tests ask."""

from __future__ import annotations

import json
import sys
from typing import Any, Callable, Dict, List

from support import WORKER_ROOT

from highball.worker.debugger.limits import LIMITS
from highball.worker.debugger.model import describe

assert WORKER_ROOT in sys.path

Check = Callable[[Any], None]


def described(exc: BaseException, **arguments: Any) -> Dict[str, Any]:
    """Return what ``describe`` says of an exception, once it is known to be a model that can be sent."""
    model = describe(exc, **arguments)
    error(model)
    assert len(sent(model)) <= arguments.get("limits", LIMITS).total
    exception: Dict[str, Any] = model["exception"]
    return exception


def sent(value: Any) -> bytes:
    """Return a value as a frame has it; fails where that cannot be written."""
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return json.dumps(value).encode("ascii")


def error(model: Any) -> None:
    _fields(model, python=_text, exception=_exception)


def value(model: Any) -> None:
    """Fail unless it is a ``ValueModel``."""
    plain = {"kind": _text, "type": _text, "text": _text, "cut": _count}
    if model["kind"] == "items":
        items = _list(lambda item: _fields(item, key=_key, value=value))
        _fields(model, kind=_text, type=_text, opening=_text, items=items, more=_count, closing=_text)
        return
    assert model["kind"] in ("plain", "text", "literal", "broken"), model
    _fields(model, **plain)
    assert model["kind"] != "broken" or model["cut"] == 0


def variables(models: Any) -> None:
    """Fail unless it is a list of ``VariableModel``."""
    _list(lambda model: _fields(model, name=_text, value=value))(models)


def _exception(model: Any) -> None:
    _fields(
        model,
        type=_text,
        message=_text,
        notes=_list(_text),
        cause=_optional(_exception),
        context=_optional(_exception),
        members=_list(_exception),
        syntax=_optional(_syntax),
        frames=_list(_frame),
        omitted=_list(_text),
    )
    assert model["cause"] is None or model["context"] is None


def _frame(model: Any) -> None:
    _fields(
        model,
        id=_text,
        file=_text,
        line=_positive,
        function=_text,
        module=_text,
        owner=_owner,
        hidden=_boolean,
        info=_text,
        range=_optional(_range),
        source=_optional(_source),
        variables=variables,
        recursion=_optional(lambda found: _fields(found, length=_positive, times=_positive)),
    )
    source, place = model["source"], model["range"]
    if source is not None:
        assert source["first"] <= model["line"] < source["first"] + len(source["lines"])
    if place is not None:
        line = source["lines"][place["startLine"] - source["first"]]
        assert place["startColumn"] <= len(line) or len(line) in (LIMITS.line, LIMITS.running_line)


def _syntax(model: Any) -> None:
    _fields(model, file=_text, line=_count, columns=_optional(_columns), source=_optional(_source))


def _source(model: Any) -> None:
    _fields(model, first=_positive, lines=_list(_text))
    assert all("\n" not in line for line in model["lines"])


def _range(model: Any) -> None:
    _fields(model, startLine=_positive, startColumn=_count, endLine=_positive, endColumn=_count)
    assert (model["startLine"], model["startColumn"]) <= (model["endLine"], model["endColumn"])


def _columns(model: Any) -> None:
    _list(_count)(model)
    assert len(model) == 2 and model[0] < model[1], model


def _fields(model: Any, **checks: Check) -> None:
    assert type(model) is dict and list(model) == list(checks), model
    for name, check in checks.items():
        check(model[name])


def _list(check: Check) -> Check:
    def every(models: List[Any]) -> None:
        assert type(models) is list, models
        for model in models:
            check(model)

    return every


def _optional(check: Check) -> Check:
    return lambda model: None if model is None else check(model)


def _text(model: Any) -> None:
    assert type(model) is str, model
    model.encode("utf-8")


def _key(model: Any) -> None:
    if type(model) is dict:
        value(model)
    else:
        assert model is None or type(model) is str, model


def _count(model: Any) -> None:
    assert type(model) is int and model >= 0, model


def _positive(model: Any) -> None:
    assert type(model) is int and model >= 1, model


def _boolean(model: Any) -> None:
    assert type(model) is bool, model


def _owner(model: Any) -> None:
    assert model in ("application", "library", "standard"), model
