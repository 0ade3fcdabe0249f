"""Which terminals the setup finds, in folders as MetaTrader 5 leaves them."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.terminal.discovery import find_terminals, last_login

COMMON = "[Common]\r\nLogin={login}\r\nServer={server}\r\nProxyEnable=0\r\n[Experts]\r\nAllowLiveTrading=1\r\n"


def installed(root: Path, name: str, *, login: int = 0, server: str = "", encoding: str = "utf-16") -> Path:
    """A terminal in program files with its data folder in the roaming profile."""
    program = root / "Program Files" / name
    program.mkdir(parents=True)
    (program / "terminal64.exe").write_bytes(b"MZ")
    data = root / "Roaming" / "MetaQuotes" / "Terminal" / name.encode().hex().upper()
    (data / "config").mkdir(parents=True)
    (data / "origin.txt").write_bytes(str(program).encode("utf-16"))
    if login:
        (data / "config" / "common.ini").write_bytes(COMMON.format(login=login, server=server).encode(encoding))
    return program / "terminal64.exe"


def portable(root: Path, name: str, *, login: int = 0, server: str = "") -> Path:
    folder = root / name
    (folder / "MQL5").mkdir(parents=True)
    (folder / "Config").mkdir()
    (folder / "terminal64.exe").write_bytes(b"MZ")
    (folder / "Config" / "common.ini").write_text(COMMON.format(login=login, server=server), encoding="utf-16")
    return folder / "terminal64.exe"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "APPDATA": str(tmp_path / "Roaming"),
        "PROGRAMFILES": str(tmp_path / "Program Files"),
        "SYSTEMDRIVE": str(tmp_path),
    }


def test_an_installed_terminal_is_found_with_the_account_it_was_last_logged_in_to(tmp_path, environment) -> None:
    program = installed(tmp_path, "ICMarkets MT5", login=51204418, server="ICMarketsSC-Live07")

    (found,) = find_terminals(environment, running=[])

    assert (found.program, found.is_portable) == (program, False)
    assert (found.login, found.server) == (51204418, "ICMarketsSC-Live07")


def test_portable_copies_at_the_top_of_the_drive_are_found_each_once(tmp_path, environment) -> None:
    one = portable(tmp_path, "MT5-one", login=1, server="A-Demo")
    two = portable(tmp_path, "MT5-two", login=2, server="B-Demo")

    found = find_terminals(environment, running=[str(one), str(two)])

    assert [(each.program, each.login, each.is_portable) for each in found] == [(one, 1, True), (two, 2, True)]


def test_a_terminal_that_was_never_logged_in_is_found_without_an_account(tmp_path, environment) -> None:
    installed(tmp_path, "Fresh")

    (found,) = find_terminals(environment, running=[])

    assert (found.login, found.server) == (0, "")


def test_a_data_folder_whose_program_is_gone_is_left_out(tmp_path, environment) -> None:
    installed(tmp_path, "Gone", login=5, server="X").unlink()

    assert find_terminals(environment, running=[]) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig"])
def test_the_last_login_is_read_in_every_encoding_terminals_write(tmp_path, encoding) -> None:
    (tmp_path / "config").mkdir()
    text = COMMON.format(login=77, server="Брокер-Demo")
    (tmp_path / "config" / "common.ini").write_bytes(text.encode(encoding))

    assert last_login(tmp_path) == (77, "Брокер-Demo")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"no section", b"[Common]\nLogin=abc\n", b"\x00" * 64])
def test_a_damaged_configuration_names_no_account(tmp_path, content) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "common.ini").write_bytes(content)

    assert last_login(tmp_path) == (0, "")
