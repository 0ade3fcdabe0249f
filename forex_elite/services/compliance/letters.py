"""Which font writes a text in a PDF: a built-in one where it has all the letters, else Noto Sans or Plex Mono.

The built-in fonts have Western European letters. They are also much the quicker, and most documents need no others. Of
the others only the letters that are used are embedded.
"""

from __future__ import annotations

import functools
from importlib import resources

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

UNKNOWN = "?"
_WIDER = {
    "Helvetica": ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", "NotoSans"),
    "Helvetica-Bold": ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", "NotoSans"),
    "Courier": ("fontpkg_ibm_plex_mono", "IBMPlexMono-Regular.ttf", "IBMPlexMono"),
    "Courier-Bold": ("fontpkg_ibm_plex_mono", "IBMPlexMono-Bold.ttf", "IBMPlexMono-Bold"),
}
_PLAIN = (range(0x20, 0x590), range(0x1E00, 0x2C00))
"""Latin, Greek, Cyrillic and signs: they run from left to right, and no letter changes with its neighbours."""


def fitting(text: str, font: str) -> tuple[str, str]:
    """The text as it can be written, and the font to write it in, beginning from a built-in one.

    Letters that no font of ours has, or that would come out wrongly one by one, are `UNKNOWN`.
    """
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        name, letters = _wider(font)
        return "".join(one if one == "\n" or ord(one) in letters else UNKNOWN for one in text), name
    return text, font


@functools.cache
def _wider(font: str) -> tuple[str, frozenset[int]]:
    """What stands in the place of a built-in font, ready for use: its name, and the letters it writes."""
    package, file, name = _WIDER[font]
    with resources.as_file(resources.files(package) / "files" / file) as path:
        loaded = TTFont(name, str(path))
    pdfmetrics.registerFont(loaded)
    return name, frozenset(code for code in loaded.face.charToGlyph if any(code in part for part in _PLAIN))
