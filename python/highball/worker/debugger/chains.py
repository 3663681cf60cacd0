"""Which exceptions belong to an exception: those that led to it, and the members of a group."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Container, List, Optional, Tuple

    Path = List[Tuple[str, BaseException]]

# What Python itself follows: a subclass may have properties of these names.
_cause = BaseException.__dict__["__cause__"].__get__
_context = BaseException.__dict__["__context__"].__get__
_suppresses = BaseException.__dict__["__suppress_context__"].__get__


def path_of(exc: BaseException, seen: Container[int]) -> Tuple[Path, Optional[BaseException]]:
    """Return an exception, the one that led to it, and so on, each with its relation to the one before.

    ``cause`` or ``context``; empty for the first. The second is where the path goes on to an exception that
    is on it already, or one of which ``seen`` has the id.
    """
    path: Path = [("", exc)]
    on_path = {id(exc)}
    while True:
        relation, following = _before(path[-1][1])
        if following is None:
            return path, None
        if id(following) in on_path or id(following) in seen:
            return path, following
        on_path.add(id(following))
        path.append((relation, following))


def members_of(exc: BaseException) -> List[BaseException]:
    """Return the members of an exception group (PEP 654), or of one of the ``exceptiongroup`` backport."""
    try:
        found: Any = getattr(exc, "exceptions", None)
    except BaseException:
        return []
    members: List[BaseException] = list(found) if type(found) in (tuple, list) else []
    return members if all(issubclass(type(member), BaseException) for member in members) else []


def _before(exc: BaseException) -> Tuple[str, Optional[BaseException]]:
    cause: Optional[BaseException] = _cause(exc)
    if cause is not None:
        return "cause", cause
    context: Optional[BaseException] = None if _suppresses(exc) else _context(exc)
    return "context", context
