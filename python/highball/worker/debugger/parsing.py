"""What somebody types into a console, as code: complete, to be gone on with, or wrong."""

from __future__ import annotations

import __future__

import ast
import linecache
from codeop import CommandCompiler
from collections import deque
from itertools import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Deque, Dict, Optional

FUTURES = 0
for _name in __future__.all_feature_names:
    FUTURES |= getattr(__future__, _name).compiler_flag

AWAIT = getattr(ast, "PyCF_ALLOW_TOP_LEVEL_AWAIT", 0)
"""Of the compiler: ``await`` stands outside of functions, as in ``python -m asyncio``."""

SOURCES = 200
"""Inputs whose lines tracebacks can show."""

_COROUTINE = 0x80
"""``inspect.CO_COROUTINE``"""

_numbers = count(1)
_shown: Deque[str] = deque()


class Command:
    """Code that can be run: statements, and the expression at their end if there is one."""

    __slots__ = ("awaits", "expression", "flags", "statements")

    def __init__(self, statements: Optional[CodeType], expression: Optional[CodeType], flags: int) -> None:
        self.statements = statements
        self.expression = expression
        self.flags = flags
        """Of the compiler: ``from __future__ import`` holds for what is typed later, too."""
        self.awaits = any(code is not None and code.co_flags & _COROUTINE for code in (statements, expression))

    def run(self, scope: Dict[str, Any]) -> Any:
        """Run it in ``scope`` and return the value of the expression."""
        if self.awaits:
            import asyncio

            return asyncio.run(self._run_awaiting(scope))
        if self.statements is not None:
            exec(self.statements, scope)
        return None if self.expression is None else eval(self.expression, scope)

    async def _run_awaiting(self, scope: Dict[str, Any]) -> Any:
        from asyncio import get_running_loop

        loop = get_running_loop()

        def tick() -> None:
            # An interrupt strikes only what runs: the loop must not wait for long.
            loop.call_later(0.1, tick)

        tick()
        value: Any = None
        for code in (self.statements, self.expression):
            if code is not None:
                value = eval(code, scope)
                if code.co_flags & _COROUTINE:
                    value = await value
        return value if self.expression is not None else None


def remember(source: str) -> str:
    """Return the file name for an input, under which tracebacks find its lines."""
    name = "<console %d>" % next(_numbers)
    lines = [line + "\n" for line in source.split("\n")]
    # Without a time of change linecache believes that it is as it was.
    linecache.cache[name] = (len(source), None, lines, name)
    _shown.append(name)
    if len(_shown) > SOURCES:
        linecache.cache.pop(_shown.popleft(), None)
    return name


def parse(source: str, name: str, flags: int = 0) -> Optional[Command]:
    """Return what an input means, or None if it goes on.

    A single statement goes on as in Python's own console: a block ends with an empty line. Several at once,
    as they are pasted, are complete if they could stand in a file. Raises what the compiler raises.
    """
    try:
        return _parse(source, name, flags)
    except SyntaxError:
        if not AWAIT or ("await" not in source and "async" not in source):
            raise
        awaiting: Optional[Command] = None
        try:
            awaiting = _parse(source, name, flags | AWAIT)
        except SyntaxError:
            pass  # that is not what is wrong with it
        if awaiting is None or not awaiting.awaits:
            raise
        return awaiting


def _parse(source: str, name: str, flags: int) -> Optional[Command]:
    if not _is_complete(source, name, flags):
        return None
    tree = _tree(source, name, flags)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    statements = expression = None
    if tree.body:
        statements = compile(tree, name, "exec", flags, True)
        flags |= statements.co_flags & FUTURES
    if isinstance(last, ast.Expr):
        expression = compile(ast.Expression(last.value), name, "eval", flags, True)
    return Command(statements, expression, flags & ~AWAIT)


def _is_complete(source: str, name: str, flags: int) -> bool:
    compiler = CommandCompiler()
    compiler.compiler.flags |= flags
    try:
        return compiler(source, name, "single") is not None
    except SyntaxError:
        pass
    return compiler(source, name, "exec") is not None


def _tree(source: str, name: str, flags: int) -> ast.Module:
    tree = compile(source, name, "exec", flags | ast.PyCF_ONLY_AST, True)
    assert isinstance(tree, ast.Module)
    return tree


def begins_with(frame_flags: int) -> int:
    """Return the compiler's flags for code that is run in a frame of such code."""
    return frame_flags & FUTURES

