"""Which font writes a text in a PDF: a built-in one where it has all the letters, else DejaVu, of which what is used is
embedded.

The built-in fonts have Western European letters. They are also much the quicker, and most documents need no others.
"""

from __future__ import annotations

import functools
import unicodedata
from importlib import resources

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

UNKNOWN = "?"
_WIDER = {
    "Helvetica": ("rinoh_typeface_dejavusans", "DejaVuSans"),
    "Helvetica-Bold": ("rinoh_typeface_dejavusans", "DejaVuSans-Bold"),
    "Courier": ("rinoh_typeface_dejavusansmono", "DejaVuSansMono"),
    "Courier-Bold": ("rinoh_typeface_dejavusansmono", "DejaVuSansMono-Bold"),
}
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def fitting(text: str, font: str) -> tuple[str, str]:
    """The text as it can be written, and the font to write it in, beginning from a built-in one.

    What no font of ours has, and scripts that run from right to left (they would come out backwards), is `UNKNOWN`.
    """
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        name, letters = _wider(font)
        return "".join(one if one == "\n" or _is_written(one, letters) else UNKNOWN for one in text), name
    return text, font


def _is_written(letter: str, letters: frozenset[int]) -> bool:
    return ord(letter) in letters and unicodedata.bidirectional(letter) not in _RIGHT_TO_LEFT


@functools.cache
def _wider(font: str) -> tuple[str, frozenset[int]]:
    """DejaVu in the place of a built-in font, ready for use: its name, and the letters it has."""
    package, name = _WIDER[font]
    with resources.as_file(resources.files(package) / f"{name}.ttf") as path:
        loaded = TTFont(name, path)
    pdfmetrics.registerFont(loaded)
    return name, frozenset(loaded.face.charToGlyph)
