"""A whole project as a zip file, and what comes out of one that was sent: bounded, and never outside its folder."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from forex_elite.domain.ea.files import (
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_PROJECT_BYTES,
    ProjectTooLarge,
    check_path,
    twin_key,
)
from forex_elite.errors import InvalidInput, Refused

MAX_ENTRIES = 2_000
_ALWAYS_THE_SAME = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED = 0x1
_UTF8 = 0x800
_OURS = b"ForexElite project"
"""The comment of archives that were packed here: in them, every folder belongs to the project."""
_NOT_OURS = ("__MACOSX/", ".git/", ".svn/")


class ArchiveUnsafe(InvalidInput):
    """The archive names files outside its own folder or is damaged; nothing of it was taken. Pack it again."""

    code = "archive-unsafe"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The files of an archive by path, and what was left out with the reason."""

    files: dict[str, bytes]
    skipped: tuple[tuple[str, str], ...]


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip: the same files always make the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = _OURS
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, _ALWAYS_THE_SAME), files[path], zipfile.ZIP_DEFLATED)
    return made.getvalue()


def unpack(packed: bytes) -> Unpacked:
    """The files of a zip, without the one folder all may lie in (in one packed here, with it).

    Raises ArchiveUnsafe for names that lead outside and for damaged or encrypted archives, ProjectTooLarge when they
    hold more than a project may: what is declared is checked first and what comes out is counted while it comes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            return _read(archive)
    except Refused:
        raise
    except Exception as damaged:  # zipfile raises whatever a damaged directory leads it to
        raise ArchiveUnsafe("This is no zip file that can be read; it may be damaged or encrypted.") from damaged


def _read(archive: zipfile.ZipFile) -> Unpacked:
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    if len(entries) > MAX_ENTRIES:
        raise ProjectTooLarge(f"The archive has {len(entries)} entries; at most {MAX_ENTRIES} are looked at.")
    for entry in entries:
        entry.filename = _name(entry)
        if _leads_outside(entry.filename) or entry.flag_bits & _ENCRYPTED:
            raise ArchiveUnsafe(f'The archive has an entry that is not taken: "{entry.filename[:80]}".')
    ours = [entry for entry in entries if not _is_foreign(entry.filename)]
    top = "" if archive.comment == _OURS else _common_folder([entry.filename for entry in ours])
    files: dict[str, bytes] = {}
    skipped: list[tuple[str, str]] = []
    seen: set[str] = set()
    left = MAX_PROJECT_BYTES
    for entry in ours:
        try:
            path = check_path(entry.filename.replace("\\", "/").removeprefix(top))
        except InvalidInput as refusal:
            skipped.append((entry.filename[:200], refusal.message))
            continue
        if twin_key(path) in seen:
            skipped.append((entry.filename[:200], "is in the archive twice; Windows does not tell names apart by case"))
            continue
        if len(files) >= MAX_FILES:
            raise ProjectTooLarge(f"A project holds at most {MAX_FILES} files.")
        content = _content(archive, entry, min(left, MAX_FILE_BYTES))
        seen.add(twin_key(path))
        files[path] = content
        left -= len(content)
    return Unpacked(files, tuple(skipped))


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's name; macOS writes UTF-8 without saying so, and it is then read as the code page of DOS."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode()
    except UnicodeError:
        return entry.filename


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """An entry's bytes, read no further than allowed: what the archive declares of its size may be a lie."""
    if entry.file_size <= most:
        with archive.open(entry) as stream:
            content = stream.read(most + 1)
        if len(content) <= most:
            return content
    raise ProjectTooLarge(f"{entry.filename[:80]} makes the project larger than it may be.")


def _leads_outside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]


def _is_foreign(name: str) -> bool:
    path = name.replace("\\", "/")
    return any(path.startswith(start) or f"/{start}" in path for start in _NOT_OURS) or path.endswith(".DS_Store")


def _common_folder(names: list[str]) -> str:
    """The folder all names begin with, with its slash; empty when they share none."""
    first = {name.replace("\\", "/").partition("/")[0] for name in names}
    has_folder = all("/" in name.replace("\\", "/") for name in names)
    return f"{first.pop()}/" if len(first) == 1 and has_folder else ""
