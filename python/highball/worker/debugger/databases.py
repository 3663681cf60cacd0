"""Nothing that is shown of an error asks a database.

``repr()`` of Django's lazy queries runs them, that of a model may follow a foreign key. None of it has the
failing request done: it would take its time, fail in a broken transaction, and wait for a database that has gone.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, NoReturn, Tuple

    Before = Tuple[Any, str, Any]
    """A connection, the name of one of its ways, and what it had itself under that name."""

#: What all of Django's ways to a database go through, and what opens it.
_WAYS = ("_cursor", "ensure_connection")

_NOTHING = object()


class QueryRefused(Exception):
    """An object wants to ask a database while it is shown."""


def without_queries(act: Callable[[], object]) -> None:
    """Call ``act`` while Django's connections of this thread refuse."""
    before: List[Before] = []
    try:
        for connection in _connections():
            for name in _WAYS:
                before.append((connection, name, vars(connection).get(name, _NOTHING)))
                setattr(connection, name, _refuse)
        act()
    finally:
        # An interrupt may come between any two steps: what it has cut short is done again.
        try:
            _restore(before)
        finally:
            _restore(before)


def _restore(before: List[Before]) -> None:
    while before:
        connection, name, value = before[-1]
        if value is _NOTHING:
            connection.__dict__.pop(name, None)
        else:
            setattr(connection, name, value)
        before.pop()


def _connections() -> List[Any]:
    database, configuration = sys.modules.get("django.db"), sys.modules.get("django.conf")
    try:
        # Settings that are not read yet are not read now: it may be they that fail.
        if database is None or configuration is None or not configuration.settings.configured:
            return []
        # Each thread has its own; that they are made opens nothing.
        return [database.connections[alias] for alias in database.connections]
    except BaseException:  # without a driver, in the midst of an import
        return []


def _refuse(*arguments: object, **keywords: object) -> NoReturn:
    raise QueryRefused("it would ask the database")
