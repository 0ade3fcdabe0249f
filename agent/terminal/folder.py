r"""Where things lie in a portable MetaTrader 5 folder; with `/portable` the data folder is the installation itself."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

PROFILE: Final = "ForexElite"
"""The chart profile that belongs to the agent; a trader's own profiles are never touched."""
OWN: Final = "ForexElite"
"""The agent's own folder under Experts and Files."""
_SIGNS: Final = frozenset(" _-.+()[]{}@&=,'!#")
"""What names may hold besides letters and digits of any script; the server has the same list, and is not trusted."""
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]) *(?:\..*)?", re.IGNORECASE)
_LONGEST: Final = 200


class NameRefused(Exception):
    """A file's name from outside may not become a place on disk; it would leave its folder or mean a device."""


def safe_path(name: str) -> Path:
    r"""A relative path made of plain names only, from one with `/` or `\`; raises NameRefused.

    Refused are absolute paths, drives, `..`, hidden names, device names, dots and spaces at the ends, and characters
    with a meaning to a shell, to Windows or to the terminal's own files. A letter with its mark is one character.
    """
    whole = unicodedata.normalize("NFC", name)
    parts = whole.replace("\\", "/").split("/")
    if not all(map(_is_plain, parts)):
        signs = " ".join(sorted(_SIGNS - {" "}))
        raise NameRefused(f"{name[:100]!r} is not a plain file name: letters, digits, spaces and {signs}")
    if len(whole.encode("utf-16-le")) // 2 > _LONGEST:
        raise NameRefused(f"{name[:40]!r}… is too long for a path on Windows")
    return Path(*parts)


def _is_plain(part: str) -> bool:
    is_written = all(sign in _SIGNS or unicodedata.category(sign)[0] in "LM" or sign.isdecimal() for sign in part)
    return is_written and part != "" and part == part.strip(" .") and _RESERVED.fullmatch(part) is None


def twin_key(name: str) -> str:
    """What two names share that are one file to Windows, which does not tell capitals apart."""
    return unicodedata.normalize("NFC", name).casefold()


@dataclass(frozen=True, slots=True)
class TerminalFolder:
    """The folder of one portable terminal."""

    root: Path

    @property
    def program(self) -> Path:
        """The terminal itself."""
        return self.root / "terminal64.exe"

    @property
    def metaeditor(self) -> Path:
        """The compiler; older and newer builds differ in capitals, Windows does not care."""
        return self.root / "MetaEditor64.exe"

    @property
    def mql5(self) -> Path:
        """What MetaEditor's `/include:` wants: the MQL5 folder, not its Include."""
        return self.root / "MQL5"

    @property
    def experts(self) -> Path:
        """Compiled experts."""
        return self.mql5 / "Experts"

    @property
    def own_experts(self) -> Path:
        """Experts put here by the agent."""
        return self.experts / OWN

    @property
    def files(self) -> Path:
        """The only place experts may read and write, and so the bridge's letter box."""
        return self.mql5 / "Files" / OWN

    @property
    def charts(self) -> Path:
        """Chart profiles."""
        return self.mql5 / "Profiles" / "Charts"

    @property
    def profile(self) -> Path:
        """The agent's own profile."""
        return self.charts / PROFILE

    @property
    def presets(self) -> Path:
        """Presets for live charts."""
        return self.mql5 / "Presets"

    @property
    def tester_presets(self) -> Path:
        """Presets for the Strategy Tester."""
        return self.mql5 / "Profiles" / "Tester"

    def journal(self, day: date) -> Path:
        """The terminal's journal of a day (of the machine's clock)."""
        return self.root / "logs" / f"{day:%Y%m%d}.log"

    def experts_log(self, day: date) -> Path:
        """What experts printed on a day."""
        return self.mql5 / "Logs" / f"{day:%Y%m%d}.log"
