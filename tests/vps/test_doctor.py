"""What the doctor says of each fault, on simulated terminals and against a server over HTTP."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest

from agent import terminal
from agent.client import ServerAway, ServerClient
from agent.lock import FileLock
from agent.simulator import Fault, FaultKind
from agent.simulator.opening import open_simulator
from agent.terminal.config import TerminalConfig
from agent.terminal.gateway import TerminalUnavailable
from agent.terminal.mt5 import Mt5Terminal
from agent.vps import doctor
from agent.vps.finding import _BY_WORDS, Finding, Grade, remedy_for
from tests.agent.fake_server import Failure, FakeServer


def looked_at(config: TerminalConfig | None = None, faults: tuple[Fault, ...] = (), **switches: bool) -> Finding:
    """The finding of a simulated terminal under faults and switches."""

    def open_terminal(wanted: TerminalConfig) -> Mt5Terminal:
        package = open_simulator(wanted)
        package.switch(**switches)
        for fault in faults:
            package.plan(fault)
        return Mt5Terminal(package, wanted)

    return doctor.terminal_finding(config or TerminalConfig(), open_terminal)


def test_a_sound_terminal_may_trade() -> None:
    finding = looked_at()

    assert finding.grade is not Grade.FAULT
    assert "may trade" in finding.words or "time zone" in finding.words


@pytest.mark.parametrize(
    ("switches", "remedy"),
    [
        ({"algo_trading": False}, "Algo Trading button"),
        ({"python_api": False}, "untick"),
        ({"connected": False}, "network and server"),
        ({"investor": True}, "master password"),
        ({"expert_allowed": False}, "Ask the broker"),
    ],
)
def test_a_terminal_that_may_not_trade_is_a_fault_with_its_remedy(switches: dict[str, bool], remedy: str) -> None:
    finding = looked_at(**switches)

    assert finding.grade is Grade.FAULT
    assert remedy in finding.remedy


@pytest.mark.parametrize(("code", "remedy"), [(-6, "refused the log-in"), (-10003, "path"), (-10005, "dialog")])
def test_a_terminal_that_cannot_be_reached_is_a_fault_with_its_remedy(code: int, remedy: str) -> None:
    finding = looked_at(faults=(Fault(FaultKind.FAIL, "initialize", times=None, code=code, text="planned"),))

    assert finding.grade is Grade.FAULT
    assert remedy in finding.remedy


def test_a_package_that_is_not_for_this_system_is_named() -> None:
    def refuse(_: TerminalConfig) -> Mt5Terminal:
        raise TerminalUnavailable("the MetaTrader5 package runs on Windows only; use mt5linux or the simulator here")

    finding = doctor.terminal_finding(TerminalConfig(kind="mt5"), refuse)

    assert finding.grade is Grade.FAULT
    assert "Windows machine of the terminal" in finding.remedy


SIMULATED = ("--terminal", "simulator", "--login", "77", "--broker-server", "Sim")
NO_TERMINAL = ("--assigned",)


async def findings(server: FakeServer, folder: Path, *more: str, key: str = "") -> dict[str, Finding]:
    (folder / "key").write_text(key or server.key)
    arguments = ["--server", server.url, "--agent-id", str(server.agent_id), "--key-file", str(folder / "key")]
    arguments += ["--state-dir", str(folder / "state"), *(more or SIMULATED)]
    found = await asyncio.to_thread(lambda: list(doctor.examine(arguments)))
    return {finding.subject: finding for finding in found}


async def test_a_machine_in_order_has_no_fault(tmp_path) -> None:
    async with FakeServer() as server:
        found = await findings(server, tmp_path)

    assert [finding for finding in found.values() if finding.grade is Grade.FAULT] == []
    assert found[f"server {server.url}"].words == "answers and knows the key"
    assert "terminal 77 at Sim" in found


async def test_a_key_the_server_does_not_know_is_told_with_the_way_out(tmp_path) -> None:
    async with FakeServer() as server:
        found = await findings(server, tmp_path, *NO_TERMINAL, key="fe_wrong")

    assert found[f"server {server.url}"].grade is Grade.FAULT
    assert "Rotate the key" in found[f"server {server.url}"].remedy


async def test_a_server_that_is_away_is_told_and_the_terminals_are_looked_at_all_the_same(tmp_path) -> None:
    async with FakeServer() as server:
        url = server.url
    found = await findings(server, tmp_path)

    assert found[f"server {url}"].grade is Grade.FAULT
    assert "cannot be reached" in found[f"server {url}"].words
    assert found["terminal 77 at Sim"].grade is not Grade.FAULT


@pytest.mark.parametrize(
    ("failure", "words", "remedy"),
    [
        (Failure("/heartbeat", 409, "agent-elsewhere"), "another installation", "create a second agent"),
        (Failure("/heartbeat", 422), "422", "Update the server"),
        (Failure("/heartbeat", 503), "cannot be reached", "firewall"),
        (Failure("/heartbeat", "garbage"), "cannot be reached", "Check the address"),
    ],
)
async def test_a_server_that_will_not_work_with_this_agent_is_a_fault_with_its_remedy(
    tmp_path: Path, failure: Failure, words: str, remedy: str
) -> None:
    async with FakeServer() as server:
        server.failures.append(failure)
        found = await findings(server, tmp_path, *NO_TERMINAL)

    finding = found[f"server {server.url}"]
    assert finding.grade is Grade.FAULT
    assert words in finding.words
    assert remedy in finding.remedy


async def test_a_certificate_that_is_not_trusted_is_told_apart_from_a_server_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise ServerAway("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate")

    monkeypatch.setattr(ServerClient, "heartbeat", refuse)
    async with FakeServer() as server:
        found = await findings(server, tmp_path, *NO_TERMINAL)

    assert "TLS certificate is not trusted" in found[f"server {server.url}"].remedy


async def test_a_running_agent_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    async with FakeServer() as server:
        with FileLock(tmp_path / "state" / "agent.lock"):
            found = await findings(server, tmp_path)
        server_away = server.url
        assert server.heartbeats == [], "a heartbeat of the doctor would speak for the agent at work"
    assert [finding for finding in found.values() if finding.grade is Grade.FAULT] == []
    assert "an agent is running" in found["state folder"].words
    assert "running agent" in found["terminal 77 at Sim"].words

    with FileLock(tmp_path / "state" / "agent.lock"):
        found = await findings(server, tmp_path)
    assert "firewall" in found[f"server {server_away}"].remedy


async def test_a_clock_that_is_off_is_a_warning(tmp_path) -> None:
    async with FakeServer() as server:
        server.shift = timedelta(minutes=3)
        found = await findings(server, tmp_path, *NO_TERMINAL)

    assert found["clock"].grade is Grade.WARNING
    assert found["clock"].words.startswith("180.0 s behind")
    assert "automatic time" in found["clock"].remedy


async def test_faults_of_the_machine_are_told_with_their_remedies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.struct, "calcsize", lambda _: 4)
    monkeypatch.setattr(doctor, "missing_packages", lambda: ["MetaTrader5 5.0.6231 is not installed"])
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=1024**2))
    async with FakeServer() as server:
        found = await findings(server, tmp_path, *NO_TERMINAL)

    faults = {subject: finding.remedy for subject, finding in found.items() if finding.grade is Grade.FAULT}
    assert faults.keys() == {"Python", "packages", "disk"}
    assert "64-bit Python" in faults["Python"]
    assert "it installs them" in faults["packages"]
    assert "no order is sent that cannot be journalled" in faults["disk"]


async def test_a_state_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    async with FakeServer() as server:
        found = await findings(server, tmp_path, *NO_TERMINAL)

    assert found["state folder"].grade is Grade.FAULT
    assert "another --state-dir" in found["state folder"].remedy


@pytest.mark.parametrize(
    ("command", "patience_s", "words", "remedy"),
    [
        ("import sys; sys.exit('the package broke')", 90.0, "the package broke", "journal"),
        ("import sys; sys.stdin.read(); input()", 90.0, "its process ended", "journal"),
        ("import time; time.sleep(60)", 0.05, "no answer within", "dialog"),
    ],
)
async def test_a_terminal_whose_process_breaks_or_hangs_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, patience_s: float, words: str, remedy: str
) -> None:
    monkeypatch.setattr(doctor, "child_command", lambda: [sys.executable, "-c", command, "--child"])
    monkeypatch.setattr(doctor, "TERMINAL_S", patience_s)
    async with FakeServer() as server:
        found = await findings(server, tmp_path)

    finding = found["terminal 77 at Sim"]
    assert finding.grade is Grade.FAULT
    assert words in finding.words
    assert remedy in finding.remedy


async def test_accounts_that_were_assigned_are_looked_at_too(tmp_path: Path) -> None:
    async with FakeServer() as server:
        none = await findings(server, tmp_path, *NO_TERMINAL)
        account = {"id": str(uuid4()), "login": 88, "server": "Sim", "is_assigned": True, "kind": "simulator"}
        (tmp_path / "state" / "assigned.json").write_text(json.dumps({"accounts": [account]}))
        one = await findings(server, tmp_path, *NO_TERMINAL)

    assert none["configuration"].grade is Grade.WARNING
    assert "assign it to this agent" in none["configuration"].remedy
    assert one["configuration"].words.endswith("1 terminal(s)")
    assert one["terminal 88 at Sim"].grade is not Grade.FAULT


async def test_without_a_configuration_it_lists_what_is_missing(tmp_path, capsys) -> None:
    code = await asyncio.to_thread(doctor.doctor, ["--agent-id", "x", "--server", "https://fx.example"])

    printed = capsys.readouterr().out
    assert code == 1
    assert "FAULT    configuration: --agent-id is missing or is no agent id" in printed
    assert "→ Correct it, or run the setup command" in printed
    assert "no MetaTrader 5 terminal was found" in printed
    assert "→ Install one from your broker" in printed


@pytest.mark.parametrize(
    ("words", "code", "remedy"),
    [
        ("Algo Trading is switched off in the terminal: press the Algo Trading button", 0, "Ctrl+E"),
        ("this log-in may not trade: it uses the investor password, or …", 0, "master password"),
        ("the terminal forbids trading from Python: Tools, Options, Expert Advisors", 0, "untick"),
        ("the terminal is logged in at Other-Demo, not at ForexElite-Demo", 0, "server name"),
        ("the terminal could not be reached: Terminal: Authorization failed (-6)", -6, "refused the log-in"),
        (
            "the terminal could not be reached: IPC initialize failed, MetaTrader 5 x64 not found (-10003)",
            -10003,
            "path",
        ),
        ("the terminal could not be reached: IPC timeout (-10005)", -10005, "dialog"),
        ("the terminal is logged in to account 1, not to 2", 0, "Another account is open"),
        ("connected to the terminal in C:/A, not to the one in C:/B", 0, "its own full path"),
        ("the terminal has no connection to its broker", 0, "connection bar"),
        ("no mt5linux server on 127.0.0.1:18812: refused", 0, "Start the mt5linux server"),
        ("no fresh tick yet: the broker's time zone is not known, …", 0, "At the weekend this is normal"),
        ("the broker forbids automated trading on this account", 0, "Ask the broker"),
        ("the MetaTrader5 package runs on Windows only; …", 0, "Windows machine of the terminal"),
        ("refused arguments", -2, "one-time passwords"),
        ("Auto-Trading using Python API disabled in Terminal", -8, "untick"),
        ("No IPC connection", -10004, "Start the terminal"),
        ("something new", -77, "journal"),
    ],
)
def test_every_way_a_terminal_fails_has_a_remedy(words: str, code: int, remedy: str) -> None:
    assert remedy in remedy_for(words, code)


def test_every_sentence_with_a_remedy_is_one_the_adapter_says() -> None:
    said = "\n".join(path.read_text(encoding="utf-8") for path in Path(terminal.__file__).parent.glob("*.py"))

    assert [sentence for sentence, _ in _BY_WORDS if sentence not in said] == []
