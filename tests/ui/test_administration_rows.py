"""What staff are shown of agents and of the installation."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from forex_elite.domain.health import Installation, Stored
from forex_elite.domain.terminals import AgentKind, WatchedAgent
from forex_elite.ui.pages.admin.health.rows import check_rows
from forex_elite.ui.pages.admin.queue.rows import watched_agent_row
from tests.ui.conftest import NOW

AGENT = WatchedAgent(
    id=uuid4(), user_id=uuid4(), email="marta@example.com", is_owner_active=True, name="vps-1",
    kind=AgentKind.DEDICATED, version="1.0", created_at=NOW, last_heartbeat_at=NOW, is_online=True, accounts=2,
    stopped=0, confirmed=0, experts_running=1, jobs_waiting=3, jobs_in_hand=0,
)  # fmt: skip
STORED = Stored(
    version="18.1", size=5 * 2**20, is_led=True, agents=3, agents_online=3, accounts=4, accounts_stale=0,
    jobs_waiting=1, jobs_stuck=0, jobs_unknown=0, alerts_open=0, messages_failed=0,
)  # fmt: skip
FINE = Installation(STORED, 0.0021, is_bus_ready=True, is_bus_shared=False, has_mail_server=True)


@pytest.mark.parametrize(
    ("changes", "rest"),
    [
        ({}, ""),
        ({"stopped": 1}, "Kill switch on 1 of 2"),
        ({"is_owner_active": False, "stopped": 2, "confirmed": 1}, "Owner suspended, not stopped yet"),
        ({"is_owner_active": False, "stopped": 2, "confirmed": 2}, "Owner suspended, not stopped yet"),
        (
            {"is_owner_active": False, "stopped": 2, "confirmed": 2, "experts_running": 0},
            "Owner suspended, all stopped",
        ),
    ],
)
def test_a_suspended_persons_agent_is_called_stopped_only_when_it_said_so(changes, rest) -> None:
    assert watched_agent_row(replace(AGENT, **changes)).rest_word == rest


def test_an_agent_says_whether_it_is_heard_and_what_it_has_to_do() -> None:
    row = watched_agent_row(replace(AGENT, is_online=False, jobs_in_hand=2))

    assert (row.word, row.jobs) == ("Offline", "2 in hand · 3 waiting")
    assert watched_agent_row(replace(AGENT, last_heartbeat_at=None, is_online=False)).word == "Never heard"


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        (FINE, {}),
        (replace(FINE, stored=None), {"Database": "Down"}),
        (replace(FINE, stored=replace(STORED, is_led=False)), {"Timers": "Down"}),
        (replace(FINE, stored=replace(STORED, agents_online=2)), {"Agents": "Look at it"}),
        (replace(FINE, stored=replace(STORED, accounts_stale=1)), {"Accounts": "Look at it"}),
        (replace(FINE, stored=replace(STORED, jobs_unknown=1)), {"Queue": "Look at it"}),
        (replace(FINE, stored=replace(STORED, messages_failed=1)), {"Notifications": "Look at it"}),
        (replace(FINE, is_bus_ready=False), {"Message bus": "Down"}),
        (replace(FINE, has_mail_server=False), {"Mail": "Look at it"}),
    ],
)
def test_what_is_wrong_with_the_installation_is_named_and_nothing_else(found, wrong) -> None:
    assert {row.name: row.word for row in check_rows(found) if row.word != "Working"} == wrong
