"""The terminal's text files: UTF-16LE with a byte order mark and CRLF, put in place whole."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

_NEW = ".new"


def encode(text: str) -> bytes:
    """Text as the terminal writes it: FF FE, UTF-16LE, CRLF."""
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
    return codecs.BOM_UTF16_LE + lines.encode("utf-16-le", "surrogatepass")


def decode(raw: bytes) -> str:
    """Text the terminal or MetaEditor wrote: UTF-16 by its mark or its look, else UTF-8, else Windows-1252.

    A file still being written may end in half a character; that half is left out.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16-le" if raw.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        text = raw[2 : len(raw) - len(raw) % 2].decode(encoding, "replace")
    elif raw.startswith(codecs.BOM_UTF8):
        text = raw[3:].decode("utf-8", "replace")
    elif b"\0" in raw[:400]:
        text = raw[: len(raw) - len(raw) % 2].decode("utf-16-le", "replace")
    else:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
    return text.replace("\r\n", "\n")


def read(path: Path) -> str:
    """The text of a file; raises OSError."""
    return decode(path.read_bytes())


def write(path: Path, text: str) -> None:
    """Put a UTF-16 text file in place in one step; raises OSError."""
    write_bytes(path, encode(text))


def write_bytes(path: Path, content: bytes) -> None:
    """Put a file in place in one step: the old one or the new one is there, never a part. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + _NEW)
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
