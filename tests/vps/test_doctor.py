"""What the doctor says of each fault, on simulated terminals and against a server over HTTP."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from agent.simulator import Fault, FaultKind
from agent.simulator.opening import open_simulator
from agent.terminal.config import TerminalConfig
from agent.terminal.gateway import TerminalUnavailable
from agent.terminal.mt5 import Mt5Terminal
from agent.vps import doctor
from agent.vps.finding import Finding, Grade, remedy_for
from tests.agent.fake_server import FakeServer


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


async def findings(server: FakeServer, folder: Path, *more: str, key: str = "") -> dict[str, Finding]:
    (folder / "key").write_text(key or server.key)
    arguments = ["--server", server.url, "--agent-id", str(server.agent_id), "--key-file", str(folder / "key")]
    arguments += ["--state-dir", str(folder / "state"), "--terminal", "simulator", "--login", "77"]
    arguments += ["--broker-server", "Sim", *more]
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
        found = await findings(server, tmp_path, key="fe_wrong")

    assert found[f"server {server.url}"].grade is Grade.FAULT
    assert "Rotate the key" in found[f"server {server.url}"].remedy


async def test_a_server_that_is_away_is_told_and_the_terminals_are_looked_at_all_the_same(tmp_path) -> None:
    async with FakeServer() as server:
        url = server.url
    found = await findings(server, tmp_path)

    assert found[f"server {url}"].grade is Grade.FAULT
    assert "cannot be reached" in found[f"server {url}"].words
    assert found["terminal 77 at Sim"].grade is not Grade.FAULT


async def test_a_clock_that_is_off_is_a_warning(tmp_path) -> None:
    async with FakeServer() as server:
        server.shift = timedelta(minutes=3)
        found = await findings(server, tmp_path)

    assert found["clock"].grade is Grade.WARNING
    assert found["clock"].words.startswith("180.0 s behind")


async def test_without_a_configuration_it_lists_what_is_missing(tmp_path, capsys) -> None:
    code = await asyncio.to_thread(doctor.doctor, ["--agent-id", "x", "--server", "https://fx.example"])

    printed = capsys.readouterr().out
    assert code == 1
    assert "FAULT    configuration: --agent-id is missing or is no agent id" in printed
    assert "no MetaTrader 5 terminal was found" in printed


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
        ("something new", -77, "journal"),
    ],
)
def test_every_way_a_terminal_fails_has_a_remedy(words: str, code: int, remedy: str) -> None:
    assert remedy in remedy_for(words, code)
