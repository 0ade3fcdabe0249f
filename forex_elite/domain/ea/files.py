"""What files a project may hold: their names as Windows and MetaEditor take them, and how large they may be."""

from __future__ import annotations

import hashlib
import re
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

_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)


class ProjectTooLarge(Refused):
    """The project would hold more than it may; the message says which limit. Nothing was stored."""

    code = "ea-project-too-large"
    status = 413


def check_path(path: str) -> str:
    """The path with forward slashes, as it is stored.

    Raises InvalidInput for what could leave the project's folder, what Windows cannot name, and unknown kinds of file.
    """
    parts = path.replace("\\", "/").split("/")
    problem = _path_problem(path, parts)
    if problem:
        raise InvalidInput(f'"{path[:80]}" {problem}', field="path")
    return "/".join(parts)


def _path_problem(path: str, parts: list[str]) -> str:
    if len(path) > MAX_PATH or len(parts) > MAX_DEPTH or any(len(part) > MAX_SEGMENT for part in parts):
        return f"is too long: at most {MAX_PATH} characters, {MAX_DEPTH} folders deep, {MAX_SEGMENT} for each name"
    if any(part in {"", ".", ".."} for part in parts) or re.match(r"[A-Za-z]:", path):
        return "is not a path inside the project"
    if any(_FORBIDDEN.search(part) or not part.isprintable() for part in parts):
        return 'holds characters Windows does not take in names: < > : " | ? * and unprintable ones'
    if any(part != part.rstrip(". ") or part != part.lstrip() for part in parts):
        return "has a name that begins with a blank or ends with a dot or blank"
    if any(part.split(".")[0].lower() in _DEVICES for part in parts):
        return "is the name of a device of Windows"
    if not parts[-1].lower().endswith(SUFFIXES) or parts[-1].startswith("."):
        return f"is not a kind of file a project holds: {', '.join(SUFFIXES)}"
    return ""


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
