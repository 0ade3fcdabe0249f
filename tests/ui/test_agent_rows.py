from __future__ import annotations

import shlex
from uuid import uuid4

import pytest

from agent import config
from forex_elite.ui.pages.agents.rows import StartForm, agent_row, is_in_clear, start_command
from forex_elite.ui.pages.strategies.rows import is_local
from tests.ui.conftest import NOW
from tests.ui.test_state_handlers import agent

AGENT_ID = str(uuid4())


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({}, "Online"),
        ({"is_online": False}, "Offline"),
        ({"is_online": False, "last_heartbeat_at": None}, "Not paired yet"),
    ],
)
def test_the_list_says_where_an_agent_stands(values, word) -> None:
    assert agent_row(agent(**values), "UTC").word == word


def test_an_agent_that_is_away_shows_no_load() -> None:
    row = agent_row(agent(is_online=False, last_heartbeat_at=NOW), "UTC")

    assert (row.cpu, row.memory, row.terminals) == ("\u2013", "\u2013", "\u2013")


def test_the_list_counts_the_terminals_that_answer() -> None:
    terminals = ({"state": "ready"}, {"state": "trading_off"}, {"state": "unreachable"})

    assert agent_row(agent(terminals=terminals), "UTC").terminals == "2 of 3 connected"


@pytest.mark.parametrize(
    "form",
    [StartForm("simulator"), StartForm("mt5", "51204418", "ICMarketsSC-Live07"), StartForm("mt5", "1", "A B.c_d-1")],
)
def test_the_agent_itself_understands_the_start_command(form, tmp_path) -> None:
    export, command = start_command("http://127.0.0.1:3000", AGENT_ID, "fe_key", form).split("\n")
    name, *flags = shlex.split(command)

    read = config._parser().parse_args(flags)

    assert name == "forex-elite-agent"
    assert "FOREX_ELITE_AGENT_KEY" in export
    assert "fe_key" in export
    assert (read.server, read.agent_id, read.terminal) == ("http://127.0.0.1:3000", AGENT_ID, form.kind)
    assert read.login > 0


@pytest.mark.parametrize("hostile", ['"; rm -rf ~; "', "$(id)", "a`id`", "x\ny", "", "'"])
def test_what_would_not_survive_a_shell_stays_out_of_the_command(hostile) -> None:
    command = start_command("https://fx.example", AGENT_ID, "fe_key", StartForm("mt5", hostile, hostile))

    assert command.endswith('--login ACCOUNT --broker-server "BROKER-SERVER"')


def test_installing_on_windows_is_one_line_that_fetches_the_servers_script() -> None:
    line = start_command("https://fx.example", AGENT_ID, "fe_key", StartForm())

    assert line == (
        "$env:FOREX_ELITE_AGENT_KEY = 'fe_key'; "
        f"irm 'https://fx.example/api/agent/install.ps1?agent_id={AGENT_ID}' | iex"
    )


def test_a_command_that_sends_its_key_in_clear_says_so() -> None:
    assert is_in_clear("http://192.168.1.5:3000")
    assert not is_in_clear("http://localhost:3000")
    assert not is_in_clear("https://fx.example")
    assert "--insecure" in start_command("http://192.168.1.5:3000", AGENT_ID, "k", StartForm("mt5"))


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:3000/webhooks/tv/x", True),
        ("http://192.168.1.5/webhooks/tv/x", True),
        ("http://vps/webhooks/tv/x", True),
        ("https://fx.example.com/webhooks/tv/x", False),
        ("https://8.8.8.8/webhooks/tv/x", False),
    ],
)
def test_an_address_tradingview_cannot_reach_is_recognised(url, local) -> None:
    assert is_local(url) is local
