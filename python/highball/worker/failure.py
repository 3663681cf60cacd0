"""Why an application could not be loaded, and tracebacks that show its author's code only."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # ``typing`` costs milliseconds of every start; type checkers know this name.
if TYPE_CHECKING:
    from traceback import TracebackException
    from types import TracebackType
    from typing import Iterator, Literal, Optional, Tuple

    Code = Literal[
        "APPLICATION_NOT_FOUND",
        "APPLICATION_ATTRIBUTE_NOT_FOUND",
        "APPLICATION_FACTORY_ARGUMENTS",
        "APPLICATION_IMPORT_FAILED",
        "APPLICATION_AMBIGUOUS",
        "APPLICATION_NOT_CALLABLE",
        "APPLICATION_IS_ASGI",
        "APPLICATION_SYNTAX",
    ]


class LoadFailure(Exception):
    """The application cannot be loaded; everything in it is for its author to read.

    ``code`` is one of ``src/errors.ts``, ``message`` says what happened and where with the value
    quoted, ``hint`` is what to type next and ``traceback`` the application's own; either of the last
    two may be empty.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        hint: str = "",
        traceback: str = "",
        cause: Optional[BaseException] = None,
    ) -> None:
        super().__init__(_encodable(message))
        self.code: Code = code
        self.message: str = _encodable(message)
        self.hint: str = _encodable(hint)
        self.traceback: str = _encodable(traceback)
        self.cause = cause


def format_exception(exc: BaseException) -> str:
    """Return the traceback of an exception without the frames of this package or of ``import``.

    The same holds for its causes, its contexts and the members of exception groups. Never raises,
    whatever the exception does when it is asked for its text.
    """
    try:
        import traceback

        summary = traceback.TracebackException(type(exc), exc, exc.__traceback__)
        for part in _parts(summary):
            part.stack = traceback.StackSummary.from_list(
                [frame for frame in part.stack if is_application_file(frame.filename)]
            )
        return _encodable("".join(summary.format()))
    except BaseException:  # A chain too deep, no memory, an application's own loader that calls sys.exit().
        return _encodable(_plain_traceback(exc))


def summarize(exc: BaseException) -> str:
    """Return ``Type: text`` of an exception in one line, even if it cannot be turned into text."""
    try:
        text = str(exc)
    except BaseException:  # sys.exit() too: whoever asks for a summary must go on
        text = "<its __str__ failed>"
    first = text.strip().split("\n", 1)[0]
    return f"{type(exc).__name__}: {first}" if first else type(exc).__name__


def import_failed(action: str, exc: BaseException) -> LoadFailure:
    """Return the failure for whatever the application raised while it was loaded.

    ``action`` begins the message: ``Importing 'app'``, ``Calling 'app:create_app()'``.
    """
    where = place(exc)
    at = f" at {where}" if where else ""
    hint = ""
    if isinstance(exc, SystemExit):
        code = "" if exc.code is None else repr(exc.code)
        message = f"{action} ended in sys.exit({code}){at}."
        hint = 'Put what only a script should do below: if __name__ == "__main__":'
    elif isinstance(exc, SyntaxError) and exc.filename:
        line = "" if exc.lineno is None else f", line {exc.lineno}"
        message = f"{action} failed: {type(exc).__name__} in {exc.filename}{line}: {exc.msg}."
    else:
        message = f"{action} failed{at}: {summarize(exc)}"
        if isinstance(exc, ModuleNotFoundError) and exc.name:
            package = exc.name.partition(".")[0]
            python = sys.executable or "python"
            hint = (
                f"Is {package!r} installed for this Python? Type: {python} -m pip install {package}"
                "; or choose another Python: --python PATH"
            )
    return LoadFailure("APPLICATION_IMPORT_FAILED", message, hint, format_exception(exc), exc)


def place(exc: BaseException) -> str:
    """Return ``FILE, line N`` of the innermost frame outside the worker, or an empty string."""
    found = ""
    for filename, line, _ in frames(exc.__traceback__):
        found = f"{filename}, line {line}"
    return found


def frames(chain: Optional[TracebackType]) -> Iterator[Tuple[str, int, str]]:
    """Yield file, line and function of the frames outside the worker, outermost first."""
    while chain is not None:
        code = chain.tb_frame.f_code
        if is_application_file(code.co_filename):
            yield code.co_filename, chain.tb_lineno, code.co_name
        chain = chain.tb_next


# Relative entries of sys.path make relative file names on CPython 3.8, hence both spellings.
_here = os.path.dirname(summarize.__code__.co_filename) + os.sep
_import_module = os.sep + os.path.join("importlib", "__init__.py")
_own_folders = (_here, os.path.abspath(_here) + os.sep)


def is_application_file(filename: str) -> bool:
    """Tell whether a frame of ``filename`` is neither the worker's nor the import machinery's."""
    # CPython says ``<frozen importlib._bootstrap>``, PyPy ``<builtin>/frozen importlib._bootstrap``.
    if "frozen importlib." in filename or filename.endswith(_import_module):
        return False
    return not filename.startswith(_own_folders)


def _parts(summary: TracebackException) -> Iterator[TracebackException]:
    pending = [summary]
    while pending:
        part = pending.pop()
        yield part
        group = getattr(part, "exceptions", None) or ()  # since Python 3.11
        for other in (part.__cause__, part.__context__, *group):
            if other is not None:
                pending.append(other)


def _plain_traceback(exc: BaseException) -> str:
    chain = BaseException.__dict__["__traceback__"].__get__(exc)  # a class may do anything with its attributes
    lines = [f'  File "{file}", line {line}, in {name}' for file, line, name in frames(chain)]
    # The innermost frames tell most, and a recursion error has a thousand.
    return "\n".join(["Traceback (most recent call last):", *lines[-50:], summarize(exc)]) + "\n"


def _encodable(text: str) -> str:
    # File names that are not UTF-8 carry lone surrogates, which no stream would take.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
