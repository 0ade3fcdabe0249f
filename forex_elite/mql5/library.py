"""Where `#include` finds files: the files at hand, folders on disk, and our own standard library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from forex_elite.mql5.source import decode

STANDARD = "<library>"


@dataclass(frozen=True, slots=True)
class Found:
    """A file that an include means; `trusted` for our own library, whose bodies need no check."""

    path: str
    text: str
    trusted: bool = False


def _normal(path: str) -> str:
    """A path with forward slashes and without `.` and `..`."""
    parts: list[str] = []
    for part in path.replace("\\", "/").split("/"):
        if part == ".." and parts and parts[-1] not in {"..", ""}:
            parts.pop()
        elif part and part != ".":
            parts.append(part)
        elif part == "" and not parts:
            parts.append("")
    return "/".join(parts)


@cache
def standard_files() -> Mapping[str, str]:
    """Our standard library by lower-case path, read once."""
    root = Path(str(files(__package__))) / "include"
    return {
        str(path.relative_to(root)).replace("\\", "/").lower(): path.read_text("utf-8") for path in root.rglob("*.mqh")
    }


class Library:
    """Finds includes in a mapping of texts, in include folders on disk, and in our standard library, in this order."""

    def __init__(self, texts: Mapping[str, str] | None = None, folders: tuple[Path, ...] = ()) -> None:
        self._texts = {_normal(name).lower(): (name, text) for name, text in (texts or {}).items()}
        self._folders = folders
        self._disk: dict[str, Found | None] = {}

    def find(self, written: str, *, quoted: bool, including: str) -> Found | None:
        """The file an include means, or None."""
        if quoted:
            base = _normal(including).rpartition("/")[0]
            path = _normal(f"{base}/{written}" if base else written)
            if including.startswith(STANDARD):
                path = path.removeprefix(f"{STANDARD}/")
                return self._standard(path)
            return self._text(path) or self._file(path)
        for folder in ("", "include/", "mql5/include/"):
            found = self._text(folder + _normal(written))
            if found is not None:
                return found
        for root in self._folders:
            found = self._file(_normal(f"{root}/{written}"))
            if found is not None:
                return found
        return self._standard(_normal(written))

    def _text(self, path: str) -> Found | None:
        entry = self._texts.get(path.lower())
        return Found(entry[0], entry[1]) if entry is not None else None

    def _standard(self, path: str) -> Found | None:
        text = standard_files().get(path.lower())
        return Found(f"{STANDARD}/{path}", text, trusted=True) if text is not None else None

    def _file(self, path: str) -> Found | None:
        if not self._folders:
            return None
        if path not in self._disk:
            self._disk[path] = self._read(path)
        return self._disk[path]

    def _read(self, path: str) -> Found | None:
        """A file on disk below one of the folders, whatever the case of its name."""
        target = Path(path)
        inside = any(target.resolve().is_relative_to(root.resolve()) for root in self._folders)
        if not inside:
            return None
        if not target.is_file():
            resolved = _any_case(target)
            if resolved is None:
                return None
            target = resolved
        return Found(str(target), decode(target.read_bytes()))


def _any_case(path: Path) -> Path | None:
    """The existing path that differs only in case."""
    here = Path(path.anchor) if path.is_absolute() else Path()
    for part in path.parts[1 if path.is_absolute() else 0 :]:
        exact = here / part
        if exact.exists():
            here = exact
            continue
        if not here.is_dir():
            return None
        match = next((entry for entry in here.iterdir() if entry.name.lower() == part.lower()), None)
        if match is None:
            return None
        here = match
    return here if here.is_file() else None
