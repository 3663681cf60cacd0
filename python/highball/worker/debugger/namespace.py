"""The names that code in a console sees."""

from __future__ import annotations

import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping

_MISSING = object()


def _copied(mapping: Mapping[str, Any]) -> Dict[str, Any]:
    # A class may have its body run in a mapping of its own, and ``exec()`` takes any.
    try:
        items: Any = dict.items(mapping) if issubclass(type(mapping), dict) else mapping.items()  # type: ignore[arg-type]
        return dict(list(items))
    except BaseException:
        return {}


class Namespace:
    """The globals of a frame as they are, and a copy of its locals in which assignments stay.

    One dictionary has both: in a comprehension or a lambda, code looks at nothing but its globals.
    Assignments change neither the frame nor its module; they are what a console is for, not a patch.
    """

    def __init__(self, frame_globals: Dict[str, Any], frame_locals: Mapping[str, Any]) -> None:
        self._globals = frame_globals
        # Of a module they are the same. Python 3.13 gives a view of the frame, earlier ones a copy.
        self.locals: Dict[str, Any] = {} if frame_locals is frame_globals else _copied(frame_locals)
        self.names: Dict[str, Any] = {}
        """What code is run in."""
        self._underneath: Dict[str, Any] = {}
        self._extra: Dict[str, Any] = {}
        self.names.update(self.locals)

    def offer(self, **extra: Any) -> None:
        """Provide names where the application has none of its own."""
        self._extra.update(extra)

    def refresh(self) -> Dict[str, Any]:
        """Bring the globals up to date, and return what code is run in."""
        names, before = self.names, self._underneath
        below = {"__builtins__": builtins, **self._extra, **self._globals.copy()}
        # Another evaluation may be running in it: what stays must not be away for a moment.
        for name in before.keys() - below.keys():
            if names.get(name, _MISSING) is before[name]:
                names.pop(name, None)
        self._underneath = {}
        for name, value in below.items():
            if name not in names or names[name] is before.get(name, _MISSING):
                names[name] = self._underneath[name] = value
        return names

    def assigned(self) -> Dict[str, Any]:
        """Return the frame's variables as they are here, and what was assigned since."""
        found = {name: self.names[name] for name in self.locals if name in self.names}
        for name, value in list(self.names.items()):
            if self._underneath.get(name, _MISSING) is not value:
                found[name] = value
        return found

    def result(self, value: Any) -> None:
        """Set ``_``, unless that is a name of the application's: many a translation is called so."""
        if "_" not in self.locals and "_" not in self._globals:
            self.names["_"] = value
