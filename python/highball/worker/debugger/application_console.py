"""The console that belongs to no error: the application's module, within the framework's context."""

from __future__ import annotations

import sys

from .preserved import Preserved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional


def application_scope(name: str) -> Dict[str, Any]:
    """Return the names of the module that ``name`` (``pkg.mod:app``) says."""
    module = sys.modules.get(name.partition(":")[0])
    return {"__name__": "__console__"} if module is None else vars(module)


def application_context(application: Any, scope: Dict[str, Any]) -> Optional[Preserved]:
    """Return what enters the context of a Flask application: of this one, or of what a middleware hides."""
    flask = getattr(sys.modules.get("flask"), "Flask", None)
    if not isinstance(flask, type):
        return None
    for candidate in (application, *list(scope.values())):
        if issubclass(type(candidate), flask):
            return Preserved([_AppContext(candidate)])
    return None


class _AppContext:
    """A new context of the application for each command: what it opens is closed with it."""

    def __init__(self, application: Any) -> None:
        self._application = application

    def __enter__(self) -> Any:
        self._context = self._application.app_context()
        return self._context.__enter__()

    def __exit__(self, *raised: Any) -> Any:
        return self._context.__exit__(*raised)
