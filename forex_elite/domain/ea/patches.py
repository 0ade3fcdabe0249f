"""Changes to a text as an editor tells them: only what changed travels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forex_elite.errors import InvalidInput

MAX_EDITS = 2_000
MAX_WORK = 200_000_000
"""Edits times code units: every edit copies the text once, and the whole must stay within milliseconds."""


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace `length` UTF-16 code units at `offset` by `text`: offsets as JavaScript counts them."""

    offset: int
    length: int
    text: str


class EditOutOfRange(InvalidInput):
    """An edit reaches beyond the text: the editor's text and the server's differ. Send the whole file instead."""

    code = "edit-out-of-range"


def apply_edits(text: str, edits: Sequence[TextEdit]) -> str:
    """The text after the edits, each applied to what the one before it left. Raises EditOutOfRange and InvalidInput."""
    if len(edits) > MAX_EDITS or len(edits) * len(text) > MAX_WORK:
        raise InvalidInput(f"{len(edits)} edits are too many at once; send the whole file instead.", field="edits")
    units = bytearray(text.encode("utf-16-le"))
    for edit in edits:
        start, end = edit.offset * 2, (edit.offset + edit.length) * 2
        if not 0 <= start <= end <= len(units):
            raise EditOutOfRange(
                f"An edit at {edit.offset} for {edit.length} reaches beyond the text of {len(units) // 2} units."
            )
        units[start:end] = edit.text.encode("utf-16-le", "surrogatepass")
    try:
        return units.decode("utf-16-le")
    except UnicodeDecodeError as broken:
        raise InvalidInput("An edit leaves half of a character behind; send the whole file instead.") from broken
