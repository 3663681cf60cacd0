"""Where a template of Django's went wrong.

Django renders templates without compiling them: no frame of Python's stands for one, as does for those of
Jinja2. What Django knows of the place it leaves in the exception, for its own page, when it debugs templates.
"""

from __future__ import annotations

from typing import NamedTuple

from .source import excerpt
from .text import clip, encodable
from .variables import is_definition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from .limits import Limits
    from .owner import Owners
    from .stack import Entry
    from .variables import Variables

#: The function of ``django.template.base.Node`` that each node of a template is rendered by.
_RENDERS = "render_annotated"
#: Every context has them.
_CONSTANTS = ("True", "False", "None")


class TemplateFrame(NamedTuple):
    """What is shown as a frame: behind so many real ones, those with which Django came to the template."""

    behind: int
    made: Dict[str, Any]
    variables: Variables


def template_frame(
    exc: BaseException, entries: List[Entry], owners: Owners, limits: Limits
) -> Optional[TemplateFrame]:
    """Return the place in a template that an exception tells of; None if it tells of none."""
    try:
        told: Any = getattr(exc, "template_debug", None)
        if type(told) is not dict:
            return None
        return _frame(told, entries, owners, limits)
    except BaseException:  # The attribute of another library, or a context of the application's own.
        return None


def _frame(
    told: Dict[str, Any], entries: List[Entry], owners: Owners, limits: Limits
) -> Optional[TemplateFrame]:
    file, line = told["name"], told["line"]
    if not issubclass(type(file), str) or type(line) is not int or line < 1:
        return None
    lines = {number: text for number, text in told["source_lines"] if type(text) is str}
    first = min(lines)
    source = excerpt(list(lines.values()), line - first + 1, line - first + 1, limits.wide_context, limits)
    if source is None:
        return None
    source["first"] += first - 1
    start, width = len(told["before"]), len(told["during"])
    place = {"startLine": line, "startColumn": start, "endLine": line, "endColumn": start + width}
    rendering = [index for index, entry in enumerate(entries) if entry.frame.f_code.co_name == _RENDERS]
    made = {
        "id": "",
        "file": clip(file, limits.name, limits.name)[0],
        "line": line,
        "function": "template",
        "module": "",
        "owner": owners.of(encodable(file), ""),
        "hidden": False,
        "info": "",
        "range": place,
        "source": source,
        "variables": [],
        "recursion": None,
    }
    if not rendering:
        return TemplateFrame(len(entries), made, [])
    context = entries[rendering[-1]].frame.f_locals.get("context")
    return TemplateFrame(rendering[-1] + 1, made, _variables(context))


def _variables(context: object) -> Variables:
    """Return the variables of a template; those of its loops have gone with the loops."""
    found: Dict[str, object] = {}
    try:
        namespaces = list(object.__getattribute__(context, "dicts"))
    except (AttributeError, TypeError):
        namespaces = []
    for namespace in namespaces:
        if issubclass(type(namespace), dict):
            found.update(dict.items(namespace))
    return [
        (encodable(name), obj)
        for name, obj in found.items()
        if issubclass(type(name), str) and name not in _CONSTANTS and not is_definition(obj)
    ]
