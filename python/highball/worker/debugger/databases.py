"""Nothing that is shown of an error asks a database.

``repr()`` of Django's lazy queries runs them, that of a model may follow a foreign key. None of it has the
failing request done: it would take its time, fail in a broken transaction, and wait for a database that has gone.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, NoReturn, Tuple

#: What all of Django's ways to a database go through, and what opens it.
_WAYS = ("_cursor", "ensure_connection")

_NOTHING = object()


class QueryRefused(Exception):
    """An object wants to ask a database while it is shown."""


class NoQueries:
    """While this is entered Django's connections of this thread refuse."""

    def __init__(self) -> None:
        self._before: List[Tuple[Any, str, Any]] = []

    def __enter__(self) -> None:
        for connection in _connections():
            for name in _WAYS:
                self._before.append((connection, name, vars(connection).get(name, _NOTHING)))
                setattr(connection, name, _refuse)

    def __exit__(self, *raised: object) -> None:
        while self._before:
            connection, name, before = self._before.pop()
            if before is _NOTHING:
                vars(connection).pop(name, None)
            else:
                setattr(connection, name, before)


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
