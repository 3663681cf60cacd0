"""An exception as it is shown: ``ErrorModel`` of ``src/error-model.ts``."""

from __future__ import annotations

import sys

from .chains import members_of, path_of
from .databases import without_queries
from .frames import Frames
from .interrupts import Watch
from .limits import LIMITS, Budget
from .owner import Owners
from .source import Sources
from .suggestions import suggestion
from .syntax_errors import describe_syntax, without_place
from .text import clip, json_size, plain_title, short_name, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Dict, List, Set, Tuple

    from .limits import Limits

__all__ = ["LIMITS", "describe", "plain_title"]


#: Share of the whole that exceptions leave to sources and variables. Their frames leave half.
_FOR_REST = 0.4
#: Exceptions for which it is found out what was meant.
_GUESSED = 5


def _keeps_none(frame: FrameType) -> str:
    return ""


def describe(
    exc: BaseException,
    keep: Callable[[FrameType], str] = _keeps_none,
    directory: str = "",
    target: str = "",
    limits: Limits = LIMITS,
) -> Dict[str, Any]:
    """Return an exception, and all that led to it, as JSON within ``LIMITS``.

    ``keep`` is asked for the id of each frame that is shown. ``directory`` and ``target`` are those of the
    application, which say what is its own. Never raises, whatever the application's objects do when they are
    asked: KeyboardInterrupt ends what takes too long, and SystemExit is one more exception.
    """
    try:
        exception = _describe(exc, keep, Owners(directory, target), limits)
    except BaseException as error:  # no memory; a KeyboardInterrupt between two objects
        exception = _bare(exc)
        exception["message"] = _first_argument(exc)
        exception["omitted"] = [f"All else was left out: describing it ended in {type_name(type(error))}."]
    return {"python": _python(), "exception": exception}


def _describe(
    exc: BaseException, keep: Callable[[FrameType], str], owners: Owners, limits: Limits
) -> Dict[str, Any]:
    budget = Budget(limits)
    with Watch(limits.patience) as budget.watch:
        return _Description(keep, owners, budget, limits).of(exc)


class _Description:
    def __init__(
        self, keep: Callable[[FrameType], str], owners: Owners, budget: Budget, limits: Limits
    ) -> None:
        self._limits = limits
        self._budget = budget
        self._sources = Sources()
        self._frames = Frames(keep, owners, self._sources, self._budget, limits)
        self._seen: Set[int] = set()

    def of(self, exc: BaseException) -> Dict[str, Any]:
        made = self._chain(exc, 0)
        # What an error is and where comes before its source, and that before its variables.
        self._frames.add_sources()
        without_queries(self._frames.add_variables)
        omitted: List[str] = made["omitted"]
        if self._budget.culprit:
            omitted.append(f"Some values were left out: {self._budget.culprit}.")
        for file in list(self._sources.saved_since)[:5]:
            name = clip(file, 300, 600)[0]
            omitted.append(f"The source of {name} was left out: it was saved after it was loaded.")
        return made

    def _chain(self, exc: BaseException, nesting: int) -> Dict[str, Any]:
        """Describe an exception and those that led to it. What led to what is a path, not a tree."""
        path, end = path_of(exc, self._seen)
        limits = self._limits
        skipped = len(path) - limits.chain
        first = previous = self._one(exc, nesting)
        previous_omitted: List[str] = first["omitted"]
        if skipped > 0:
            gap = limits.chain - limits.first_of_chain
            path[gap : gap + skipped] = []
        for number, (relation, following) in enumerate(path[1:], 1):
            if not self._has_room():
                more = len(path) - number
                previous_omitted.append(f"{more} exceptions that led to this one were left out.")
                return first
            if skipped > 0 and number == limits.chain - limits.first_of_chain:
                previous_omitted.append(f"{skipped} exceptions before this one were left out.")
            described = self._one(following, nesting)
            previous[relation] = described
            previous, previous_omitted = described, described["omitted"]
        if end is not None:
            previous_omitted.append(f"What led to this one is shown elsewhere: {plain_title(end)}")
        return first

    def _one(self, exc: BaseException, nesting: int) -> Dict[str, Any]:
        """Describe an exception by itself, and the members of a group."""
        is_first = not self._seen
        self._seen.add(id(exc))
        made = _bare(exc)
        omitted: List[str] = made["omitted"]
        room = self._limits.message if is_first else self._limits.other_message
        made["message"] = self._message(exc, room, omitted)
        if len(self._seen) <= _GUESSED:
            meant = suggestion(exc, made["message"])
            made["message"] = ". ".join(part for part in (made["message"], meant) if part)
        made["notes"] = self._notes(exc, omitted)
        if issubclass(type(exc), SyntaxError):
            syntax = describe_syntax(exc, self._sources, self._limits)  # type: ignore[arg-type]
            if syntax and json_size(syntax) > self._limits.value:
                syntax["source"] = None  # lines of a thousand characters each
            made["syntax"] = syntax
            if syntax:
                made["message"] = without_place(made["message"], exc)  # type: ignore[arg-type]
        self._budget.left -= json_size(made)
        made["frames"] = self._frames.of(exc, omitted)
        made["members"] = self._members(exc, nesting, omitted)
        return made

    def _has_room(self) -> bool:
        """Tell whether one more exception may be described: none takes more than a tenth of the whole."""
        return len(self._seen) < self._limits.exceptions and self._budget.left > self._limits.total * _FOR_REST

    def _message(self, exc: BaseException, room: int, omitted: List[str]) -> str:
        if self._budget.culprit:
            omitted.append("There is no message: there was no time left to ask for it.")
            return ""
        text, problem = self._budget.ask(str, exc)
        if problem:
            omitted.append(f"There is no message: its str() raised {problem}")
            return ""
        shown, cut = clip(text, room, room)
        if cut:
            omitted.append(f"The last {cut} characters of the message were left out.")
        return shown

    def _notes(self, exc: BaseException, omitted: List[str]) -> List[str]:
        try:
            notes = getattr(exc, "__notes__", None)
        except BaseException:
            return []
        if notes is None:
            return []
        # Anything may have been put there; Python prints what is no sequence as it is.
        found = list(notes) if type(notes) in (list, tuple) else [notes]
        shown = []
        for note in found[: self._limits.notes]:
            if self._budget.culprit:
                break
            text, problem = self._budget.ask(str, note)
            text = f"<a note whose str() raised {problem}>" if problem else text
            shown.append(clip(text, self._limits.note, self._limits.note)[0])
        if len(found) > len(shown):
            omitted.append(f"{len(found) - len(shown)} more notes were left out.")
        return shown

    def _members(self, exc: BaseException, nesting: int, omitted: List[str]) -> List[Dict[str, Any]]:
        members = members_of(exc)
        shown: List[Dict[str, Any]] = []
        for member in members:
            is_full = len(shown) >= self._limits.members or not self._has_room()
            if nesting >= self._limits.nesting or is_full:
                omitted.append(f"{len(members) - len(shown)} of {len(members)} members were left out.")
                break
            if id(member) in self._seen:
                repeated = _bare(member)
                repeated["message"] = self._message(member, self._limits.other_message, repeated["omitted"])
                repeated["omitted"].append("The rest of this one is shown elsewhere.")
                self._budget.left -= json_size(repeated)
                shown.append(repeated)
            else:
                shown.append(self._chain(member, nesting + 1))
        return shown


def _bare(exc: BaseException) -> Dict[str, Any]:
    return {
        "type": type_name(type(exc)),
        "message": "",
        "notes": [],
        "cause": None,
        "context": None,
        "members": [],
        "syntax": None,
        "frames": [],
        "omitted": [],
    }


def _first_argument(exc: BaseException) -> str:
    """Return the message that an exception was most likely given, without asking it."""
    arguments: Tuple[object, ...] = BaseException.__dict__["args"].__get__(exc)
    if not arguments or not issubclass(type(arguments[0]), str):
        return ""
    return clip(arguments[0], LIMITS.other_message, LIMITS.other_message)[0]  # type: ignore[arg-type]


def _python() -> str:
    version = ".".join(str(number) for number in sys.version_info[:3])
    name = sys.implementation.name
    return f"Python {version}" if name == "cpython" else f"Python {version} ({name})"
