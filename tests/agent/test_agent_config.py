"""What the agent accepts to be told, and what it refuses before anything starts."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from agent.command import _warn_of_orphans
from agent.config import ConfigInvalid, TerminalSetup, parse
from agent.journal import Intent, Journal, Settlement
from agent.protocol import ResultStatus

AGENT_ID = str(uuid4())
TERMINAL = ["--terminal", "simulator", "--login", "5001", "--broker-server", "Sim-Demo"]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FOREX_ELITE_AGENT_KEY", "fe_key")
    monkeypatch.chdir(tmp_path)


def told(*arguments: str, server: str = "https://trade.example.com") -> list[str]:
    return ["--server", server, "--agent-id", AGENT_ID, *arguments]


def test_one_simulated_terminal_by_flags(tmp_path: Path) -> None:
    config = parse(told(*TERMINAL, "--state-dir", str(tmp_path)))
    (setup,) = config.terminals
    assert (setup.terminal.kind, setup.terminal.login, setup.terminal.server) == ("simulator", 5001, "Sim-Demo")
    assert setup.terminal.state_file.startswith(str(tmp_path))
    assert setup.journal_file.startswith(str(tmp_path))


def test_several_terminals_by_file_and_the_rest_by_environment(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(
        'server = "https://file.example.com"\n'
        '[[terminal]]\nkind = "mt5"\nlogin = 1\nserver = "A"\npath = "C:\\\\mt5\\\\terminal64.exe"\nsettle_s = 5\n'
        '[[terminal]]\nkind = "simulator"\nlogin = 1\nserver = "B"\n[terminal.simulation]\nbalance = 500.0\n'
    )
    environment = {"FOREX_ELITE_AGENT_ID": AGENT_ID, "FOREX_ELITE_SERVER": "https://environment.example.com"}
    config = parse(["--config", str(file)], environment)
    assert config.server == "https://environment.example.com"
    real, simulated = config.terminals
    assert (real.settle_s, real.terminal.path) == (5.0, "C:\\mt5\\terminal64.exe")
    assert simulated.terminal.simulation.balance == 500.0
    assert real.journal_file != simulated.journal_file


def test_a_setup_crosses_into_the_child_unchanged() -> None:
    (setup,) = parse(told(*TERMINAL)).terminals
    assert TerminalSetup.from_json(setup.as_json()) == setup


@pytest.mark.parametrize("server", ["http://trade.example.com", "http://10.0.0.5:3000", "http://127.0.0.1.example.com"])
def test_the_key_is_not_sent_in_clear_to_another_machine(server: str) -> None:
    with pytest.raises(ConfigInvalid, match="clear"):
        parse(told(*TERMINAL, server=server))
    assert parse(told(*TERMINAL, "--insecure", server=server)).server == server


@pytest.mark.parametrize("server", ["http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]:3000"])
def test_the_own_machine_may_be_called_without_encryption(server: str) -> None:
    assert parse(told(*TERMINAL, server=server)).server == server


@pytest.mark.parametrize("server", ["", "trade.example.com", "ftp://x", "https://user:secret@x.example.com"])
def test_a_server_that_is_no_plain_address_is_refused(server: str) -> None:
    with pytest.raises(ConfigInvalid):
        parse(told(*TERMINAL, server=server))


@pytest.mark.parametrize(
    "table",
    [
        "",
        '[[terminal]]\nkind = "mt9"\nlogin = 1\nserver = "A"',
        '[[terminal]]\nlogin = "1"\nserver = "A"',
        "[[terminal]]\nlogin = 1",
        '[[terminal]]\nlogin = 1\nserver = "A"\npassword = "secret"',
        '[[terminal]]\nlogin = 1\nserver = "A"\ncolour = "red"',
        '[[terminal]]\nlogin = 1\nserver = "A"\npassword_file = "/no/such/file"',
        '[[terminal]]\nlogin = 1\nserver = "A"\n[[terminal]]\nlogin = 1\nserver = "a"',
        "not toml at all [",
    ],
)
def test_terminals_that_cannot_work_are_refused(tmp_path: Path, table: str) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(table)
    with pytest.raises(ConfigInvalid):
        parse(told("--config", str(file)))


def test_passwords_come_from_the_environment_or_a_file_and_are_not_shown(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n")
    file = tmp_path / "agent.toml"
    file.write_text(
        f'[[terminal]]\nlogin = 1\nserver = "A"\npassword_file = "{secret}"\n[[terminal]]\nlogin = 2\nserver = "A"\n'
    )
    config = parse(told("--config", str(file)), {"FOREX_ELITE_MT5_PASSWORD_2": "hunter3"})
    assert [setup.terminal.password for setup in config.terminals] == ["hunter2", "hunter3"]
    assert "hunter" not in repr(config)


def test_the_key_is_read_anew_each_time(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("first\n")
    config = parse(told(*TERMINAL, "--key-file", str(file)))
    assert config.read_key() == "first"
    file.write_text("second")
    assert config.read_key() == "second"


@pytest.mark.parametrize("content", ["", "  \n", "schlüssel"])
def test_a_key_file_without_a_key_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "key"
    file.write_text(content)
    with pytest.raises(ConfigInvalid):
        parse(told(*TERMINAL, "--key-file", str(file)))


def test_a_missing_key_or_agent_id_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigInvalid, match="agent-id"):
        parse(["--server", "https://x.example.com", "--agent-id", "5", *TERMINAL])
    monkeypatch.delenv("FOREX_ELITE_AGENT_KEY")
    with pytest.raises(ConfigInvalid, match="pairing key"):
        parse(told(*TERMINAL))


def test_accounts_whose_terminal_is_gone_but_not_their_work_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = parse(told(*TERMINAL, "--state-dir", str(tmp_path)))
    (tmp_path / "journal").mkdir()
    for name, is_settled in (("9@Gone", False), ("8@Done", True)):
        journal = Journal(tmp_path / "journal" / f"{name}.sqlite3")
        journal.begin(Intent("j", {}, 7, "FE-1", "t"), 1, {"do": "open"}, at=1.0)
        if is_settled:
            journal.settle("j", Settlement(ResultStatus.COMPLETED))
            journal.delivered("j")
        journal.close()
    (tmp_path / "journal" / "7@Damaged.sqlite3").write_bytes(b"no database at all " * 40)
    _warn_of_orphans(config)
    assert "9@Gone" in caplog.text
    assert "8@Done" not in caplog.text
    assert "7@Damaged" in caplog.text
