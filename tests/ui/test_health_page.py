"""What the health page says of accounts, runs and alerts, and that it stays small however much there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from forex_elite.domain.health import AccountHealth, AgentHealth, AlertInfo, Health, SyncRunInfo
from forex_elite.domain.terminals import DataAge
from forex_elite.services import account_health, alerts, sync
from forex_elite.ui.components.sparkline import HEIGHT, WIDTH, curve
from forex_elite.ui.pages.health.rows import account_health_row, agent_health_row, alert_row, run_row, run_words
from forex_elite.ui.pages.health.state import HealthState
from forex_elite.ui.pages.overview.rows import balance_notice, equity_curve
from tests.ui.conftest import DELTA_LIMIT, NOW, run, size_of_delta, told
from tests.ui.test_overview_rows import account
from tests.ui.test_state_handlers import agent

RUN = SyncRunInfo(uuid4(), "trades", "partial", NOW, 1240, 499, 1, "profit: is out of range")


def alert(**values) -> AlertInfo:
    given = {
        "id": uuid4(),
        "code": "agent-gone",
        "severity": "critical",
        "message": "Agent vps-ldn-01 has not been heard of for 11 min.",
        "agent_id": uuid4(),
        "account_id": None,
        "is_standing": True,
        "times": 1,
        "raised_at": NOW,
        "closed_at": None,
        "acknowledged_at": None,
        "agent_name": "vps-ldn-01",
        **values,
    }
    return AlertInfo(**given)


def health(number: int, issues: tuple[str, ...] = ()) -> AccountHealth:
    shown = account(id=UUID(int=number), name=f"Account {number}", data_age=DataAge.DEGRADED)
    return AccountHealth(shown, is_reachable=False, failures=3, last_error="IPC timeout", last_run=RUN, issues=issues)


def test_a_run_says_what_it_was_how_it_went_and_how_long_it_took() -> None:
    row = run_row(RUN, 0, {str(RUN.account_id): "Prime"}, "UTC")

    assert (row.account, row.kind, row.word, row.stored, row.refused, row.duration) == (
        "Prime",
        "Trades",
        "In part",
        "499",
        "1",
        "1.24 s",
    )
    assert run_words(RUN) == "Trades, in part · 1.24 s"
    assert run_words(None) == "none in 7 days"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "vps-ldn-01 · Open"),
        ({"acknowledged_at": NOW}, "vps-ldn-01 · Acknowledged, not over yet"),
        ({"closed_at": NOW}, "vps-ldn-01 · Over since 20 Mar, 14:32:06"),
        ({"times": 4}, "vps-ldn-01 · 4 times · Open"),
    ],
)
def test_an_alert_says_whether_it_still_stands(changes, state) -> None:
    assert alert_row(alert(**changes), "UTC").state == state


def test_an_account_without_an_agent_cannot_be_synced() -> None:
    orphan = replace(health(1), account=account(agent_id=None))

    assert (account_health_row(orphan).word, account_health_row(orphan).can_sync) == ("No agent", False)
    assert account_health_row(health(1)).word == "Not reachable"


def test_a_feed_is_live_silent_or_away() -> None:
    words = [
        agent_health_row(AgentHealth(agent(is_online=online), tick, is_feed_silent=silent)).feed_word
        for online, tick, silent in ((True, NOW, False), (True, NOW, True), (False, NOW, False), (True, None, False))
    ]

    assert words == ["Live", "Silent", "Away", "No price yet"]


def test_the_balance_difference_names_amount_way_and_first_day() -> None:
    differing = account(balance_difference=Decimal("-250.5"), balance_differs_since=NOW)

    assert balance_notice(differing) == "Balance is 250.50 USD less than its deals add up to, since 20 Mar 2026 UTC."
    assert balance_notice(account()) == ""


def test_a_curve_fits_its_box_and_leaves_a_far_base_out() -> None:
    drawn = curve([100.0, 110.0, 90.0], base=95.0)
    points = [tuple(map(int, point.split(","))) for point in drawn.points.split()]

    assert [x for x, _ in points] == [0, WIDTH // 2, WIDTH]
    assert all(0 <= y <= HEIGHT for _, y in points)
    assert points[1][1] < points[0][1] < points[2][1]
    assert points[0][1] < drawn.base < points[2][1]
    assert curve([100.0, 100.0], base=5_000.0).base == -1
    assert curve([1.0]).points == ""
    assert equity_curve(account(), ()).points == ""


@pytest.fixture
def much(monkeypatch) -> Health:
    words = tuple("Its agent or terminal is not reachable; figures are the last ones reported." for _ in range(3))
    found = Health(
        agents=tuple(AgentHealth(agent(f"vps-{n}"), NOW, is_feed_silent=False) for n in range(20)),
        accounts=tuple(health(n, words) for n in range(50)),
        runs=tuple(replace(RUN, started_at=NOW - timedelta(seconds=n)) for n in range(account_health.RUNS_LISTED)),
        alerts=tuple(alert() for _ in range(account_health.ALERTS_LISTED)),
        unread=7,
    )

    async def load(_actor):
        return found

    monkeypatch.setattr(account_health, "load", load)
    return found


async def test_the_page_of_fifty_accounts_stays_within_the_limit(signed_in, preferences, much) -> None:
    state = HealthState()

    await run(state, "load")

    assert state.words == "0 of 50 accounts reachable"
    assert size_of_delta(state) < DELTA_LIMIT


@pytest.mark.parametrize("handler", ["sync_now", "acknowledge"])
async def test_a_malformed_id_is_not_found(signed_in, preferences, much, handler) -> None:
    assert "not-found" in told(await run(HealthState(), handler, "'; drop table alerts --"))


async def test_what_is_asked_for_is_asked_of_the_service(signed_in, preferences, much, monkeypatch) -> None:
    asked: list[UUID | None] = []

    async def request(_actor, account_id):
        asked.append(account_id)
        return uuid4()

    async def acknowledge(_actor, alert_id=None):
        asked.append(alert_id)
        return 7

    monkeypatch.setattr(sync, "request", request)
    monkeypatch.setattr(alerts, "acknowledge", acknowledge)
    state = HealthState()

    asked_for = await run(state, "sync_now", str(UUID(int=3)))
    assert "It is not reachable now" in told(asked_for)
    assert "on its way" not in told(asked_for)
    events = await run(state, "acknowledge_all")

    assert asked == [UUID(int=3), None]
    assert "7 alerts acknowledged" in told(events)
