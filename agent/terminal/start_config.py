"""The terminal's command line and the start-up configuration (`/config:`), written by hand as Windows wants them."""

from __future__ import annotations

import ntpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

Sections = Mapping[str, Mapping[str, str | int]]


@dataclass(frozen=True, slots=True)
class LogIn:
    """Who logs in; without a password the terminal uses the one it has saved."""

    login: int
    server: str
    password: str = ""

    def section(self) -> dict[str, str | int]:
        """`[Common]`."""
        values: dict[str, str | int] = {"Login": self.login, "Server": self.server, "KeepPrivate": 1, "NewsEnable": 0}
        return {**values, "Password": self.password} if self.password else values


EXPERTS_ON: Mapping[str, str | int] = {
    "Enabled": 1,
    "AllowLiveTrading": 1,
    "AllowDllImport": 0,
    "Account": 0,
    "Profile": 0,
    "Api": 0,
}
"""Algo Trading on, and not switched off by a change of account or profile; `Api=1` would *disable* Python."""


def configuration(sections: Sections) -> str:
    """The text of an ini file. Raises ValueError for a value that would begin a line of its own."""
    lines: list[str] = []
    for name, values in sections.items():
        lines.append(f"[{name}]")
        for key, value in values.items():
            text = str(value)
            if any(ord(letter) < ord(" ") for letter in text):
                raise ValueError(f"{key} does not fit on one line")
            lines.append(f"{key}={text}")
        lines.append("")
    return "\n".join(lines)


def start_up(expert: str, preset: str, symbol: str, timeframe: str) -> dict[str, str | int]:
    """`[StartUp]`: one expert on a chart of its own, which is not saved at the exit."""
    return {"Expert": expert, "ExpertParameters": preset, "Symbol": symbol, "Period": timeframe}


def quoted(path: PurePath | str) -> str:
    """A path in quotes, for a switch like `/config:"…"`. Windows paths hold no quotes; raises ValueError."""
    text = str(path)
    if '"' in text:
        raise ValueError(f"{text} cannot be quoted")
    return f'"{text}"'


def command_line(program: Path, *, config: Path | None = None, profile: str = "") -> str:
    """The command line of a portable terminal, as one string: list quoting would break `/config:"a b"`."""
    words = [quoted(program), "/portable"]
    if config is not None:
        words.append(f"/config:{quoted(config)}")
    if profile:
        words.append(f"/profile:{quoted(profile) if ' ' in profile else profile}")
    return " ".join(words)


def split_command_line(line: str) -> list[str]:
    """The words of such a command line, quotes taken off wherever they stand (`/config:"a b"` is one word)."""
    words: list[str] = []
    word, is_open, has_begun = "", False, False
    for letter in line:
        if letter == '"':
            is_open, has_begun = not is_open, True
        elif letter == " " and not is_open:
            if has_begun or word:
                words.append(word)
            word, has_begun = "", False
        else:
            word += letter
    return [*words, word] if has_begun or word else words


def switches(words: list[str]) -> dict[str, str]:
    """The `/name:value` switches among the words, names in small letters."""
    found = {}
    for word in words:
        if word.startswith("/") and ntpath.sep not in word.partition(":")[0]:
            name, _, value = word[1:].partition(":")
            found[name.lower()] = value
    return found
