"""Files as texts: what an editor may change, and how it is written back byte for byte."""

from __future__ import annotations

from collections.abc import Mapping

from forex_elite.errors import InvalidInput
from forex_elite.mql5.source import decode, encode, encoding_of

BINARY = "binary"
_PICTURES_AND_SOUNDS = (".bmp", ".wav")


class NoText(InvalidInput):
    """The file is no text that could be written back unchanged: a picture, a sound, damaged. Replace it as a whole."""

    code = "ea-no-text"


def classify(path: str, content: bytes) -> str:
    """The encoding of a file: one of `mql5.source.encoding_of`, or `binary` for what is not text to the last byte."""
    if path.lower().endswith(_PICTURES_AND_SOUNDS):
        return BINARY
    encoding = encoding_of(content)
    try:
        return encoding if encode(decode(content), encoding) == content else BINARY
    except UnicodeEncodeError:
        return BINARY


def text_of(path: str, content: bytes, encoding: str) -> str:
    """A file's text. Raises NoText."""
    if encoding == BINARY:
        raise NoText(f"{path} is not a text that could be written back unchanged.", field="path")
    return decode(content)


def bytes_of(text: str, encoding: str = "") -> tuple[bytes, str]:
    """A text as a file, with the encoding used.

    A new file is plain ASCII or UTF-8 with a mark, which MetaEditor needs to read it right. A file in a code page
    becomes UTF-8 with a mark as soon as it holds a character the code page lacks, or would be taken for another one's.
    Raises InvalidInput for half a character.
    """
    wanted = encoding or ("utf-8" if text.isascii() else "utf-8-sig")
    try:
        content = encode(text, wanted)
        if decode(content) == text:
            return content, wanted
    except UnicodeEncodeError:
        pass
    try:
        return encode(text, "utf-8-sig"), "utf-8-sig"
    except UnicodeEncodeError as broken:
        raise InvalidInput("The text holds half a character that cannot be stored.", field="text") from broken


def sources(files: Mapping[str, bytes]) -> dict[str, str]:
    """The texts of the files the language reads, by path."""
    return {path: decode(content) for path, content in files.items() if path.lower().endswith((".mq5", ".mqh"))}
