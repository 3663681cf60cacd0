"""The frames of the exceptions of one description, and what they are filled with: source, variables."""

from __future__ import annotations

import os
from typing import NamedTuple

from .hiding import hidden
from .owner import absolute
from .ranges import running_range
from .source import excerpt
from .stack import stack_of
from .templates import template_frame
from .text import clip, json_size
from .variables import describe_variables, direction, globals_named, variables_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable, Dict, List, Optional

    from .limits import Budget, Limits
    from .owner import Owners
    from .source import Sources
    from .stack import Entry
    from .variables import Variables

#: Shares of the whole that frames must leave to their sources, and those to the variables.
_FOR_SOURCES, _FOR_VARIABLES = 0.5, 0.25


#: Lines of what runs that are looked through for names.
_RUNNING = 20


class _Shown(NamedTuple):
    made: Dict[str, Any]
    #: None of a template, which has its source already.
    entry: Optional[Entry]
    variables: Variables
    #: Of the exception that the frame belongs to.
    exception: int
    omitted: List[str]


class Frames:
    """Describes frames, as far as there is room for them."""

    def __init__(
        self,
        keep: Callable[[FrameType], str],
        owners: Owners,
        sources: Sources,
        budget: Budget,
        limits: Limits,
    ) -> None:
        self._keep = keep
        self._owners = owners
        self._sources = sources
        self._budget = budget
        self._limits = limits
        self._shown: List[_Shown] = []
        self._exceptions = 0

    def of(self, exc: BaseException, omitted: List[str]) -> List[Dict[str, Any]]:
        """Return the frames of an exception without source and variables; what is left out is told."""
        blocks, left_out = stack_of(exc, self._limits)
        entries: List[Entry] = []
        recursions = {}
        for block in blocks:
            if block.repeated:
                recursions[len(entries)] = {"length": len(block.entries), "times": block.repeated}
            entries += block.entries
        hides = hidden([direction(entry.frame, "__traceback_hide__") for entry in entries])
        found: List[Dict[str, Any]] = []
        # The innermost frames tell most, so they are the ones for which there is room.
        for index in range(len(entries) - 1, -1, -1):
            made = self._describe(entries[index], hides[index], recursions.get(index))
            if not self._budget.take(json_size(made) + 32, int(self._limits.total * _FOR_SOURCES)):
                left_out += index + 1
                break
            found.append(made)
        found.reverse()
        for made, entry in zip(found, entries[len(entries) - len(found) :]):
            made["id"] = self._keep(entry.frame)
            self._shown.append(_Shown(made, entry, [], self._exceptions, omitted))
        self._add_template(exc, entries[len(entries) - len(found) :], found, omitted)
        self._exceptions += 1
        if left_out:
            omitted.append(f"{left_out} frames were left out.")
        return found

    def _add_template(
        self, exc: BaseException, entries: List[Entry], found: List[Dict[str, Any]], omitted: List[str]
    ) -> None:
        template = template_frame(exc, entries, self._owners, self._limits)
        if template is None or not self._budget.take(json_size(template.made)):
            return
        behind = template.behind
        for start, frame in enumerate(found):
            recursion = frame["recursion"]
            if recursion and start < behind < start + recursion["length"]:
                behind = start + recursion["length"]
        shown = _Shown(template.made, None, template.variables, self._exceptions, omitted)
        self._shown.insert(len(self._shown) - len(found) + behind, shown)
        found.insert(behind, template.made)

    def add_sources(self) -> None:
        """Add the lines around what was running to each frame, and its place in them."""
        reserve = int(self._limits.total * _FOR_VARIABLES)
        ended = set()
        for shown in self._by_importance():
            made, entry = shown.made, shown.entry
            if entry is None:
                continue
            lines = self._sources.of(entry.frame)
            place = running_range(entry, lines)
            last = place["endLine"] if place else entry.line
            is_wide = made["owner"] == "application" and shown.exception not in ended
            if is_wide:
                ended.add(shown.exception)
            context = self._limits.wide_context if is_wide else self._limits.context
            source = excerpt(lines, entry.line, last, context, self._limits)
            if source and self._budget.take(json_size(source) + json_size(place), reserve):
                made["source"], made["range"] = source, place

    def add_variables(self) -> None:
        """Add the variables of each frame, as far as there is room and time."""
        left_out: Dict[int, int] = {}
        for shown in self._by_importance():
            is_own = shown.made["owner"] == "application"
            room = self._limits.frame_variables if is_own else self._limits.library_variables
            pairs = self._variables_of(shown)
            variables, fewer = describe_variables(pairs, self._budget, room, self._limits)
            shown.made["variables"] = variables
            left_out[shown.exception] = left_out.get(shown.exception, 0) + fewer
        for exception, omitted in {shown.exception: shown.omitted for shown in self._shown}.items():
            if left_out[exception]:
                omitted.append(f"{left_out[exception]} variables were left out to keep this short.")

    def _variables_of(self, shown: _Shown) -> Variables:
        entry, made = shown.entry, shown.made
        if entry is None:
            return shown.variables
        pairs = variables_of(entry.frame)
        if made["owner"] != "application":
            return pairs
        last = made["range"]["endLine"] if made["range"] else entry.line
        lines = self._sources.of(entry.frame)[entry.line - 1 : min(last, entry.line + _RUNNING)]
        names = {name for name, _ in pairs}
        running = globals_named(entry.frame, "\n".join(lines))
        return [*pairs, *(pair for pair in running if pair[0] not in names)]

    def _describe(self, entry: Entry, hides: bool, recursion: Any) -> Dict[str, Any]:
        code, namespace = entry.frame.f_code, entry.frame.f_globals
        module = namespace.get("__name__")
        module = module if type(module) is str and module != code.co_filename else ""
        module_file = namespace.get("__file__")
        limit = self._limits.name
        return {
            "id": "",
            "file": clip(_path(code.co_filename), limit, limit)[0],
            "line": entry.line,
            "function": clip(_function(code), limit, limit)[0],
            "module": clip(module, limit, limit)[0],
            "owner": self._owners.of(code.co_filename, module_file if type(module_file) is str else ""),
            "hidden": hides,
            "info": self._info(entry.frame),
            "range": None,
            "source": None,
            "variables": [],
            "recursion": recursion,
        }

    def _info(self, frame: FrameType) -> str:
        info = direction(frame, "__traceback_info__")
        if info is None or self._budget.culprit:
            return ""
        return clip(self._budget.ask(str, info)[0], self._limits.info, self._limits.info)[0]

    def _by_importance(self) -> List[_Shown]:
        """Return the application's own frames first, the innermost of the exception itself at the head."""
        order = range(len(self._shown) - 1, -1, -1)

        def importance(index: int) -> Any:
            shown = self._shown[index]
            is_minor = shown.made["owner"] != "application" or shown.made["hidden"]
            return is_minor, shown.exception

        return [self._shown[index] for index in sorted(order, key=importance)]


def _function(code: CodeType) -> str:
    """Return the name of a function with its class, where Python knows it and nobody has given it another."""
    qualified: str = getattr(code, "co_qualname", code.co_name)  # since Python 3.11
    return qualified if qualified.rpartition(".")[2] == code.co_name else code.co_name


def _path(file: str) -> str:
    """Return a path by which an editor finds the file."""
    # Relative ones come from relative entries of sys.path, and from template folders.
    path = absolute(file)
    return file if file.startswith("<") or not os.path.isfile(path) else path
