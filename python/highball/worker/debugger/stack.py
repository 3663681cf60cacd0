"""The frames of a traceback: which are shown, and how often those of a recursion come again."""

from __future__ import annotations

from typing import NamedTuple

from ..failure import is_application_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import List, Optional, Tuple

    from .limits import Limits

_traceback_of = BaseException.__dict__["__traceback__"].__get__


class Entry(NamedTuple):
    """A frame where it was left."""

    frame: FrameType
    line: int
    #: Index of the instruction.
    at: int


class Block(NamedTuple):
    """Frames that follow each other, and how many times more they do so."""

    entries: List[Entry]
    repeated: int


def innermost(exc: BaseException) -> Optional[FrameType]:
    """Return the frame that an exception was raised in; None of one that was not raised."""
    chain: Optional[TracebackType] = _traceback_of(exc)
    while chain is not None and chain.tb_next is not None:
        chain = chain.tb_next
    return None if chain is None else chain.tb_frame


def stack_of(exc: BaseException, limits: Limits) -> Tuple[List[Block], int]:
    """Return the frames of an exception, outermost first, and how many were left out of the middle."""
    return _shorten(_fold(_entries(_traceback_of(exc)), limits), limits)


def _entries(chain: Optional[TracebackType]) -> List[Entry]:
    found: List[Entry] = []
    while chain is not None:
        code = chain.tb_frame.f_code
        if is_application_file(code.co_filename):
            # No line is that of an instruction that the compiler has added (PEP 626).
            line = chain.tb_lineno or code.co_firstlineno
            found.append(Entry(chain.tb_frame, max(1, line), chain.tb_lasti))
        chain = chain.tb_next
    return found


def _fold(entries: List[Entry], limits: Limits) -> List[Block]:
    places = [(entry.frame.f_code.co_filename, entry.line, entry.frame.f_code.co_name) for entry in entries]
    blocks: List[Block] = []
    index = 0
    while index < len(entries):
        length, rounds = _recursion(places, index, limits)
        blocks.append(Block(entries[index : index + length], rounds - 1))
        index += length * rounds
    return blocks


def _recursion(places: List[Tuple[str, int, str]], start: int, limits: Limits) -> Tuple[int, int]:
    """Return the length of the shortest cycle that begins at ``start``, and how often it is gone through."""
    for length in range(1, limits.cycle + 1):
        end = start + length
        # Equal to what stands one round earlier, for as long as it lasts.
        while end < len(places) and places[end] == places[end - length]:
            end += 1
        rounds = (end - start) // length
        if rounds > limits.rounds:
            return length, rounds
    return 1, 1


def _shorten(blocks: List[Block], limits: Limits) -> Tuple[List[Block], int]:
    if sum(len(block.entries) for block in blocks) <= limits.frames:
        return blocks, 0
    outer = _within(blocks, limits.outermost_frames)
    inner = _within(blocks[::-1], limits.frames - limits.outermost_frames)
    middle = blocks[outer : len(blocks) - inner]
    left_out = sum(len(block.entries) * (block.repeated + 1) for block in middle)
    return blocks[:outer] + blocks[len(blocks) - inner :], left_out


def _within(blocks: List[Block], frames: int) -> int:
    """Return how many blocks have no more frames than that."""
    for count, block in enumerate(blocks):
        frames -= len(block.entries)
        if frames < 0:
            return count
    return len(blocks)
