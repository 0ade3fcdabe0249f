"""What files a project may hold: their names as Windows and MetaEditor take them, and how large they may be."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from forex_elite.errors import InvalidInput, Refused

SOURCES = (".mq5", ".mqh")
SUFFIXES = (*SOURCES, ".set", ".txt", ".md", ".csv", ".bmp", ".wav")
"""Sources, presets, notes, and what `#resource` takes in."""

MAX_FILES = 200
MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_PROJECT_BYTES = 16 * 1024 * 1024
MAX_PATH = 180
"""MetaEditor opens paths of at most 260 characters, and the terminal's data folder comes before ours."""
MAX_DEPTH = 8
MAX_SEGMENT = 80

_SIGNS = frozenset(" _-.+()[]{}@&=,'!#")
"""What names may hold besides letters and digits of any script: nothing with a meaning to Windows or to a shell, and
no `~`, by which Windows calls long names short. The agent checks the same once more, and the studio while one types."""
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]) *(?:\..*)?", re.IGNORECASE)


class ProjectTooLarge(Refused):
    """The project would hold more than it may; the message says which limit. Nothing was stored."""

    code = "ea-project-too-large"
    status = 413


def check_path(path: str) -> str:
    """The path as it is stored: with forward slashes, and each letter with its marks as one character (NFC).

    Raises InvalidInput for what could leave the project's folder, what Windows cannot name, and unknown kinds of file.
    """
    parts = unicodedata.normalize("NFC", path).replace("\\", "/").split("/")
    problem = _path_problem(parts)
    if problem:
        raise InvalidInput(f'"{path[:80]}" {problem}', field="path")
    return "/".join(parts)


def _path_problem(parts: list[str]) -> str:
    sizes = [len(part.encode("utf-16-le", "surrogatepass")) // 2 for part in parts]
    if sum(sizes) + len(parts) - 1 > MAX_PATH or len(parts) > MAX_DEPTH or max(sizes) > MAX_SEGMENT:
        return f"is too long: at most {MAX_PATH} characters, {MAX_DEPTH} folders deep, {MAX_SEGMENT} for each name"
    if any(part in {"", ".", ".."} for part in parts):
        return "is not a path inside the project"
    if not all(map(_is_written, parts)):
        signs = " ".join(sorted(_SIGNS - {" "}))
        return f"holds other characters than names may have: letters, digits, spaces and {signs}"
    if any(part != part.strip(". ") for part in parts):
        return "has a name that begins or ends with a dot or blank"
    if any(_DEVICE.fullmatch(part) for part in parts):
        return "is the name of a device of Windows"
    if not parts[-1].lower().endswith(SUFFIXES):
        return f"is not a kind of file a project holds: {', '.join(SUFFIXES)}"
    return ""


def _is_written(part: str) -> bool:
    return all(sign in _SIGNS or unicodedata.category(sign)[0] in "LM" or sign.isdecimal() for sign in part)


def twin_key(path: str) -> str:
    """What two paths share that are one file to Windows, which does not tell capitals apart."""
    return unicodedata.normalize("NFC", path).casefold()


def check_room(sizes: Mapping[str, int]) -> None:
    """Refuse a set of files (size in bytes by path) beyond what one project may hold. Raises ProjectTooLarge."""
    if len(sizes) > MAX_FILES:
        raise ProjectTooLarge(f"A project holds at most {MAX_FILES} files, this would be {len(sizes)}.")
    largest = max(sizes, key=lambda path: sizes[path], default=None)
    if largest is not None and sizes[largest] > MAX_FILE_BYTES:
        raise ProjectTooLarge(f"{largest} has {_mib(sizes[largest])}; a file may have {_mib(MAX_FILE_BYTES)}.")
    if (total := sum(sizes.values())) > MAX_PROJECT_BYTES:
        raise ProjectTooLarge(f"The files have {_mib(total)} together; a project may have {_mib(MAX_PROJECT_BYTES)}.")


def _mib(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MiB"


def is_source(path: str) -> bool:
    """Whether the compiler reads it."""
    return path.lower().endswith(SOURCES)


def is_program(path: str) -> bool:
    """Whether the compiler can start with it."""
    return path.lower().endswith(".mq5")


def find_entry(paths: Iterable[str], wanted: str = "") -> str:
    """The program the compiler starts with: the wanted one if it is there, else the first `.mq5`; empty for none."""
    programs = sorted(filter(is_program, paths), key=lambda path: (path.count("/"), path))
    by_name = {path.lower(): path for path in programs}
    return by_name.get(wanted.lower(), programs[0] if programs else "")


def manifest_hash(files: Mapping[str, str], entry: str) -> str:
    """SHA-256 of a whole version: of its entry, and of every path with its content's hash, by path."""
    digest = hashlib.sha256(entry.encode() + b"\n")
    for path in sorted(files):
        digest.update(f"{files[path]} {path}\n".encode())
    return digest.hexdigest()
