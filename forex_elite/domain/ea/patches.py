"""Changes to a text as an editor tells them: only what changed travels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from forex_elite.errors import InvalidInput

MAX_EDITS = 2_000
MAX_WORK = 200_000_000
"""Edits times code units: every edit copies the text once, and the whole must stay within milliseconds."""

NOT_THE_SAME = (
    "The edits do not lead to the text the editor holds. Nothing was taken over; send the whole text instead."
)


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace `length` UTF-16 code units at `offset` by `text`: offsets as JavaScript counts them."""

    offset: int
    length: int
    text: str


class EditOutOfRange(InvalidInput):
    """An edit reaches beyond the text: the editor's text and the server's differ. Send the whole file instead."""

    code = "edit-out-of-range"


def apply_edits(text: str, edits: Sequence[TextEdit], length: int | None = None) -> str:
    """The text after the edits, each applied to what the one before it left.

    `length`, if told, is how many UTF-16 code units must come out. Raises EditOutOfRange and InvalidInput.
    """
    edited = _applied(text, edits)
    if length is not None and length != _units(edited):
        raise InvalidInput(NOT_THE_SAME, field="edits")
    return edited


def _units(text: str) -> int:
    """How long a text is for JavaScript: in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _applied(text: str, edits: Sequence[TextEdit]) -> str:
    if len(edits) > MAX_EDITS or len(edits) * len(text) > MAX_WORK:
        raise InvalidInput(f"{len(edits)} edits are too many at once; send the whole file instead.", field="edits")
    if not edits:
        return text
    if text.isascii() and all(edit.text.isascii() for edit in edits):  # every character is one unit
        for edit in edits:
            end = edit.offset + edit.length
            if not 0 <= edit.offset <= end <= len(text):
                raise _beyond(edit, len(text))
            text = text[: edit.offset] + edit.text + text[end:]
        return text
    units = bytearray(text.encode("utf-16-le"))
    for edit in edits:
        start, end = edit.offset * 2, (edit.offset + edit.length) * 2
        if not 0 <= start <= end <= len(units):
            raise _beyond(edit, len(units) // 2)
        units[start:end] = edit.text.encode("utf-16-le", "surrogatepass")
    try:
        return units.decode("utf-16-le")
    except UnicodeDecodeError as broken:
        raise InvalidInput("An edit leaves half of a character behind; send the whole file instead.") from broken


def _beyond(edit: TextEdit, units: int) -> EditOutOfRange:
    return EditOutOfRange(f"An edit at {edit.offset} for {edit.length} reaches beyond the text of {units} units.")


@dataclass(frozen=True, slots=True)
class WayBack:
    """How to get from a file's new bytes to its old ones: put `part` in place of `length` bytes at `start`."""

    start: int
    length: int
    part: bytes

    def old(self, new: bytes) -> bytes:
        """The old bytes."""
        return new[: self.start] + self.part + new[self.start + self.length :]


def way_back(old: bytes, new: bytes) -> WayBack:
    """The way from `new` to `old`: all between what they have in common at both ends."""
    shorter = min(len(old), len(new))
    start = _common(lambda n: old[:n] == new[:n], shorter)
    end = _common(lambda n: old[len(old) - n :] == new[len(new) - n :], shorter - start)
    return WayBack(start, len(new) - end - start, old[start : len(old) - end])


def _common(is_same: Callable[[int], bool], most: int) -> int:
    """The largest length up to `most` for which both are the same; comparing slices is quicker than stepping."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_same(middle) else (low, middle - 1)
    return low
