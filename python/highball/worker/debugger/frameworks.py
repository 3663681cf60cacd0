"""Has frameworks that answer errors themselves in development leave them to Highball.

They are looked at after the application has loaded, and again when a request has imported something: so no
import is watched, and what is not used is not touched. Flask and Pyramid let errors pass by themselves.
"""

from __future__ import annotations

import sys
from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType, TracebackType
    from typing import Any, Callable, Dict, List, Optional

_DJANGO = "django.views.debug"
_adapted: Dict[str, bool] = {}
#: Functions that raise again what they were told of.
_passing: List[CodeType] = []


def adapt() -> None:
    """Adapt the frameworks that have been imported by now; never raises."""
    for name, adaptation in _ADAPTATIONS.items():
        module = sys.modules.get(name)
        if module is None or name in _adapted:
            continue
        try:
            _adapted[name] = adaptation(module)
        except Exception:  # another version than those that are known: it answers itself
            _adapted[name] = False


def _adapt_django(views: Any) -> bool:
    """With DEBUG Django shows a page of its own for an error: let the error pass instead."""
    original = views.technical_500_response
    settings = sys.modules["django.conf"].settings

    def raise_again(
        request: Any,
        exc_type: Any,
        exc_value: Any,
        tb: Any,
        status_code: int = 500,
        **options: Any,
    ) -> Any:
        # Without DEBUG it is an application's own that wants the page, and 400 is what the client sent.
        if status_code != 500 or not isinstance(exc_value, BaseException) or not settings.DEBUG:
            return original(request, exc_type, exc_value, tb, status_code, **options)
        raise exc_value.with_traceback(tb)

    _passing.append(raise_again.__code__)
    views.technical_500_response = wraps(original)(raise_again)
    return True


def _adapt_bottle(module: Any) -> bool:
    """Bottle answers errors by a plain page, unless ``catchall`` is off: it is there for debuggers."""
    bottle = module.Bottle
    original = bottle.wsgi

    @wraps(original)
    def wsgi(self: Any, environ: Any, start_response: Any) -> Any:
        # One that has a page of its own for errors shall show it.
        if self.catchall and 500 not in self.error_handler:
            self.catchall = False
        return original(self, environ, start_response)

    bottle.wsgi = wsgi
    return True


def _adapt_falcon(falcon: Any) -> bool:
    """Falcon answers what no handler of the application's takes by a plain 500."""
    original = falcon.App._find_error_handler
    default = falcon.App._python_error_handler

    @wraps(original)
    def find_error_handler(self: Any, error: Any) -> Any:
        found = original(self, error)
        return None if getattr(found, "__func__", None) is default else found

    falcon.App._find_error_handler = find_error_handler
    return True


_ADAPTATIONS: Dict[str, Callable[[Any], bool]] = {
    "bottle": _adapt_bottle,
    _DJANGO: _adapt_django,
    "falcon.app": _adapt_falcon,
}


def trim(error: BaseException) -> None:
    """Take out of a traceback what Django's layers of middleware have added when they passed the error on.

    Each has caught it and raised it again, so that its frame stands twice, with the frames that answer errors
    in between.
    """
    if not _adapted.get(_DJANGO):
        return
    try:
        links: List[TracebackType] = []
        link: Optional[TracebackType] = error.__traceback__
        while link is not None:
            _cut_back(links, link.tb_frame)
            links.append(link)
            link = link.tb_next
        for link, behind in zip(links, [*links[1:], None]):
            if link.tb_next is not behind:
                link.tb_next = behind
        error.__traceback__ = links[0]
    except BaseException:  # an exception may leave the process when it is asked for its attributes
        pass  # it is longer than it could be


def _cut_back(links: List[TracebackType], frame: FrameType) -> None:
    frames = [link.tb_frame for link in links]
    if frame not in frames:
        return
    first = frames.index(frame)
    if any(between.f_code in _passing for between in frames[first:]):
        del links[first:]
