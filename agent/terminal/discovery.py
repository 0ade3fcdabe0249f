r"""Which MetaTrader 5 terminals are installed on this machine, and which account each is logged in to.

A terminal that ran once as installed has a data folder `%APPDATA%\\MetaQuotes\\Terminal\<hash>` whose `origin.txt`
(UTF-16) names the folder of its program; a portable one keeps everything beside the program. Both write the last
log-in to `config\common.ini` (UTF-16, `[Common]` Login, Server).
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

PROGRAM: Final = "terminal64.exe"
_DEPTH: Final = 2


@dataclass(frozen=True, slots=True)
class FoundTerminal:
    """An installed terminal. `login` 0 and an empty `server`: it was never logged in, or hides it."""

    program: Path
    data_folder: Path
    is_portable: bool
    login: int = 0
    server: str = ""


def find_terminals(
    environment: Mapping[str, str] = os.environ, running: Iterable[str] | None = None
) -> list[FoundTerminal]:
    """Terminals by their data folders, by the usual program folders, and by what runs now; each once."""
    found: dict[str, FoundTerminal] = {}
    for data_folder in _data_folders(environment):
        program = _read_text(data_folder / "origin.txt").strip()
        if program and (Path(program) / PROGRAM).is_file():
            _add(found, Path(program) / PROGRAM, data_folder, is_portable=False)
    programs = [*_installed(environment), *map(Path, _running() if running is None else running)]
    for program_file in programs:
        if program_file.is_file() and (program_file.parent / "MQL5").is_dir():
            _add(found, program_file, program_file.parent, is_portable=True)
    return sorted(found.values(), key=lambda terminal: str(terminal.program).casefold())


def _add(found: dict[str, FoundTerminal], program: Path, data_folder: Path, *, is_portable: bool) -> None:
    login, server = last_login(data_folder)
    found.setdefault(str(program).casefold(), FoundTerminal(program, data_folder, is_portable, login, server))


def last_login(data_folder: Path) -> tuple[int, str]:
    """Account number and server of the last log-in of a terminal; (0, "") where it does not tell."""
    reader = configparser.ConfigParser(interpolation=None, strict=False)
    for name in ("config", "Config"):
        text = _read_text(data_folder / name / "common.ini")
        try:
            reader.read_string(text)
        except configparser.Error:
            continue
        login, server = reader.get("Common", "Login", fallback=""), reader.get("Common", "Server", fallback="")
        if login.strip().isdecimal():
            return int(login), server.strip()
    return 0, ""


def _data_folders(environment: Mapping[str, str]) -> Iterator[Path]:
    roaming = environment.get("APPDATA", "")
    if roaming:
        yield from sorted(_folders(Path(roaming) / "MetaQuotes" / "Terminal"))


def _installed(environment: Mapping[str, str]) -> Iterator[Path]:
    r"""Program files, and folders such as `C:\MT5-one` at the top of the drive, where portable copies are kept."""
    drive = environment.get("SYSTEMDRIVE", "")
    places: Sequence[str] = (
        environment.get("PROGRAMFILES", ""),
        environment.get("PROGRAMFILES(X86)", ""),
        f"{drive}\\" if drive.endswith(":") else drive,
    )
    for place in filter(None, places):
        for depth in range(1, _DEPTH + 1):
            try:
                yield from Path(place).glob("/".join(["*"] * depth) + f"/{PROGRAM}")
            except OSError:
                continue


def _running() -> Iterator[str]:
    for process in psutil.process_iter(["name", "exe"]):
        if (process.info["name"] or "").casefold() == PROGRAM and process.info["exe"]:
            yield process.info["exe"]


def _folders(place: Path) -> list[Path]:
    try:
        return [entry for entry in place.iterdir() if entry.is_dir()]
    except OSError:
        return []


def _read_text(path: Path) -> str:
    """A file a terminal wrote: UTF-16 with a byte order mark as a rule, else UTF-8; empty where there is none."""
    try:
        content = path.read_bytes()
    except OSError:
        return ""
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    return content.decode(encoding, "replace")
