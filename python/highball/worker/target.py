"""Reads APP, the text that names an application: ``SOURCE[:ATTRIBUTE[(ARGUMENTS)]]``."""

from __future__ import annotations

import os

from .failure import LoadFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any, Dict, NoReturn, Optional, Tuple


class Call:
    """The arguments of a factory, all of them Python literals."""

    __slots__ = ("keywords", "positional")

    def __init__(self, positional: Tuple[Any, ...], keywords: Dict[str, Any]) -> None:
        self.positional = positional
        self.keywords = keywords


class Target:
    """APP, taken apart.

    ``source`` is a module, a file or a folder; ``attribute`` a dotted name or None; ``call`` the
    arguments if APP has parentheses; ``expression`` what stands after the colon, or an empty string.
    """

    __slots__ = ("attribute", "call", "expression", "source")

    def __init__(self, source: str, expression: str, attribute: Optional[str], call: Optional[Call]) -> None:
        self.source = source
        self.expression = expression
        self.attribute = attribute
        self.call = call


def parse_target(text: str, directory: str) -> Target:
    """Take APP apart; nothing of it is evaluated.

    Raises LoadFailure (APPLICATION_SYNTAX) if it is not of one of the documented forms.
    """
    text = text.strip()
    source, expression = _split(text, directory)
    if not source:
        _refuse(text, "it does not say in which module or file the application is")
    if expression is None:
        return Target(source, "", None, None)
    name, parenthesis, _ = expression.partition("(")
    call = _arguments(expression, text) if parenthesis else None
    return Target(source, expression, _dotted(name), call)


def command_line(application: str) -> str:
    """Return the line that serves ``application``, quoted as far as a shell needs it."""
    plain = "._-/:~+@\\" if os.name == "nt" else "._-/:~+@"
    if application and all(character.isalnum() or character in plain for character in application):
        return f"highball {application}"
    # cmd.exe knows double quotes only; a POSIX shell would expand these characters within them.
    quote = "'" if os.name != "nt" and any(mark in application for mark in '"$`\\!') else '"'
    return f"highball {quote}{application}{quote}"


def _split(text: str, directory: str) -> Tuple[str, Optional[str]]:
    if ":" not in text or os.path.exists(os.path.join(directory, text)):
        return text, None
    first = -1
    for position, character in enumerate(text):
        if character != ":" or _is_drive(text, position):
            continue
        # The first colon that can be followed by an attribute: paths may hold colons before it,
        # arguments of a factory may hold colons after it.
        rest = text[position + 1 :].strip()
        if first < 0:
            first = position
        if _is_expression(rest) and text[position - 1 : position] != ":":
            return text[:position].strip(), rest
    if first < 0:
        return text, None
    rest = text[first + 1 :].strip()
    if not rest:
        _refuse(text, "nothing stands after the colon", text[:first])
    _refuse(text, f"{rest!r} is neither a name nor a call with literal arguments", text[:first])


def _is_drive(text: str, position: int) -> bool:
    return position == 1 and text[0].isalpha() and text[2:3] in ("\\", "/")


def _is_expression(text: str) -> bool:
    name, parenthesis, arguments = text.partition("(")
    if parenthesis and not arguments.endswith(")"):
        return False
    return all(part.strip().isidentifier() for part in name.split("."))


def _dotted(name: str) -> str:
    return ".".join(part.strip() for part in name.split("."))


def _arguments(expression: str, text: str) -> Call:
    if expression.partition("(")[2].strip() == ")":
        return Call((), {})
    import ast

    try:
        parsed = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        _refuse(text, f"{expression!r} is not valid Python ({reason})")
    if not isinstance(parsed, ast.Call) or not isinstance(parsed.func, (ast.Name, ast.Attribute)):
        _refuse(text, f"{expression!r} is more than one call")
    keywords: Dict[str, Any] = {}
    for keyword in parsed.keywords:
        if keyword.arg is None:
            _refuse(text, "'**' is not a literal")
        keywords[keyword.arg] = _literal(keyword.value, text)
    return Call(tuple(_literal(argument, text) for argument in parsed.args), keywords)


def _literal(node: ast.expr, text: str) -> Any:
    import ast

    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        _refuse(text, "the arguments of a factory may only be literals, such as \"text\", 1, True, None, [..]")


def _refuse(text: str, reason: str, instead: str = "package.module:attribute") -> NoReturn:
    raise LoadFailure(
        "APPLICATION_SYNTAX",
        f"{text!r} does not name an application: {reason}.",
        f"Type: {command_line(instead)}",
    )
