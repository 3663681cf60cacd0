"""The head of a response as it travels to the gateway: status and header lines, joined by LF.

What the application says is checked here, where its traceback still shows the call.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, List, Tuple

_STATUS = re.compile(r"[2-5][0-9][0-9](?: [\t\x20-\x7e\x80-\xff]*)?\Z")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")

# What has been checked once need not be checked again; both sets stay small.
_known_statuses = {"200 OK"}
_known_names = {"Content-Type", "Content-Length"}


class InvalidResponse(Exception):
    """The application broke PEP 3333 or HTTP: the client gets a 500 and the log says why."""


def build_head(status: str, headers: List[Tuple[str, str]]) -> Tuple[bytes, int]:
    """Return the head and the Content-Length in it, -1 if there is none.

    >>> build_head("200 OK", [("Content-Length", "2"), ("X-A", "b")])
    (b'200 OK\\nContent-Length: 2\\nX-A: b', 2)
    """
    length = -1
    lines = [status]
    try:
        for name, value in headers:
            lines.append(name + ": " + value)
            if name not in _known_names:
                _check_name(name)
            if len(name) == 14 and name.lower() == "content-length":
                if not (value.isascii() and value.isdigit()):
                    raise InvalidResponse("Content-Length must be a number, not %r" % value)
                length = int(value)
        head = _join(lines)
    except (TypeError, ValueError):
        raise InvalidResponse(
            "start_response takes a str and a list of (str, str) tuples, not %.200r, %.400r"
            % (status, headers)
        ) from None
    if status not in _known_statuses:
        if _STATUS.match(status) is None:
            raise InvalidResponse("the status must be like '200 OK', not %.100r" % status)
        if len(_known_statuses) < 64:
            _known_statuses.add(status)
    return head, length


def build_lines(headers: Iterable[Tuple[str, str]]) -> bytes:
    """Join header lines without a status, for an early hint."""
    lines = []
    for name, value in headers:
        _check_name(name)
        lines.append(name + ": " + value)
    return _join(lines)


def _join(lines: List[str]) -> bytes:
    head = "\n".join(lines)
    # RFC 9110 §5.5: no CR, LF or NUL. One count finds an LF that the join did not make.
    if head.count("\n") != len(lines) - 1 or "\r" in head or "\0" in head:
        raise InvalidResponse("a header or the status holds CR, LF or NUL: %.400r" % lines)
    try:
        return head.encode("latin-1")
    except UnicodeEncodeError:
        raise InvalidResponse("headers must be latin-1 (PEP 3333): %.400r" % lines) from None


def _check_name(name: str) -> None:
    # RFC 9110 §5.1: a token. A colon in it would shift the border between name and value.
    if _TOKEN.match(name) is None:
        raise InvalidResponse("the name of a header is not a token: %.100r" % name)
    if len(_known_names) < 256:
        _known_names.add(name)
