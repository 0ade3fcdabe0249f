from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from forex_elite.domain.paging import Page
from forex_elite.domain.people import SessionInfo
from forex_elite.domain.signals import SignalCounts
from forex_elite.domain.terminals import AgentInfo, AgentKind
from forex_elite.errors import DatabaseUnavailable, InvalidInput
from forex_elite.services import accounts as accounts_service
from forex_elite.services import agents, onboarding, overview, people, series, sessions, signals, strategies
from forex_elite.services.overview import Overview
from forex_elite.ui.pages.agents.rows import KEY_MARK
from forex_elite.ui.pages.agents.state import AgentsState
from forex_elite.ui.pages.onboarding.state import OnboardingState
from forex_elite.ui.pages.overview.state import OverviewState
from forex_elite.ui.pages.settings.state import SettingsState
from forex_elite.ui.pages.signals.state import PAGE, SignalsState
from forex_elite.ui.shell.state import ShellState, silent_agents
from tests.ui.conftest import DELTA_LIMIT, NOW, run, size_of_delta, told
from tests.ui.test_overview_rows import account, trade
from tests.ui.test_signal_rows import detail, execution, signal

COUNTS = SignalCounts(3, {"executed": 3}, {}, 86.0, 141.0)


def agent(name: str = "vps-ldn-01", **values) -> AgentInfo:
    given = {
        "id": uuid4(),
        "user_id": uuid4(),
        "kind": AgentKind.DEDICATED,
        "key_prefix": "fe_a1b2c",
        "created_at": NOW,
        "last_heartbeat_at": NOW,
        "version": "0.1.0",
        "is_online": True,
        "cpu_percent": 14.0,
        "memory_percent": 48.0,
        "account_count": 3,
        **values,
    }
    return AgentInfo(name=name, **given)


@pytest.fixture
def fleet(monkeypatch) -> list[AgentInfo]:
    known = [agent()]

    async def listed(_actor):
        return tuple(known)

    async def create(_actor, name, _kind):
        if not name:
            raise InvalidInput("Use 1 to 80 printable characters.", field="name")
        known.append(agent(name))
        return known[-1], "fe_the-secret-key"

    async def delete(_actor, agent_id):
        known[:] = [one for one in known if one.id != agent_id]

    monkeypatch.setattr(agents, "list_agents", listed)
    monkeypatch.setattr(agents, "create", create)
    monkeypatch.setattr(agents, "delete", delete)
    return known


@pytest.fixture
def feed(monkeypatch) -> list:
    """The stored signals, newest first; a test may put new ones in front."""
    stored = [signal(executions=[execution() for _ in range(5)]) for _ in range(2 * PAGE)]

    async def listed(_actor, *, strategy_id, statuses, cursor, limit):
        start = 1 + next((n for n, one in enumerate(stored) if one.id == cursor), -1)
        items = [one for one in stored[start:] if not statuses or one.status in statuses]
        more = len(items) > limit
        return Page(tuple(items[:limit]), str(items[limit - 1].id) if more else None)

    async def get(_actor, signal_id):
        return detail(next(one for one in stored if one.id == signal_id), body='{"action": "buy"}' * 2000)

    async def summary(_actor, *, strategy_id=None):
        return COUNTS

    async def none(_actor):
        return ()

    monkeypatch.setattr(signals, "list_signals", listed)
    monkeypatch.setattr(signals, "get_signal", get)
    monkeypatch.setattr(signals, "summary", summary)
    monkeypatch.setattr(strategies, "list_strategies", none)
    return stored


async def test_a_new_agents_key_is_handed_to_the_page_and_kept_in_no_state(signed_in, preferences, fleet) -> None:
    state = AgentsState()

    events = await run(state, "create", {"name": "vps-ny-02", "kind": "dedicated"})
    assert "fe_the-secret-key" in told(events)
    assert KEY_MARK in state.command
    assert (state.dialog, state.is_busy) == ("key", False)
    assert "fe_the-secret-key" not in str(state.dict())

    gone = await run(state, "close_dialog")
    assert "pairing_key" in told(gone)
    assert "fe_the-secret-key" not in str(state.dict())


async def test_a_refused_name_is_said_at_its_field_and_nothing_stays_busy(signed_in, preferences, fleet) -> None:
    state = AgentsState()

    await run(state, "create", {"name": ""})

    assert state.errors == {"name": "Use 1 to 80 printable characters."}
    assert not state.is_busy


async def test_deleting_asks_first_and_names_what_depends_on_it(signed_in, preferences, fleet) -> None:
    state = AgentsState()
    await run(state, "load")

    await run(state, "ask_delete", state.rows[0].id)
    assert (state.dialog, state.subject_name, state.subject_accounts) == ("delete", "vps-ldn-01", "3 accounts")
    assert len(fleet) == 1

    events = await run(state, "delete")
    assert fleet == []
    assert "vps-ldn-01 deleted" in told(events)


async def test_an_id_the_browser_made_up_changes_nothing(signed_in, preferences, fleet) -> None:
    state = AgentsState()
    await run(state, "load")

    events = await run(state, "ask_delete", "not-an-id")

    assert "not-found" in told(events)
    assert state.dialog == ""


async def test_a_list_that_cannot_be_loaded_keeps_its_rows_and_says_the_code(
    signed_in, preferences, fleet, monkeypatch
) -> None:
    state = AgentsState()
    await run(state, "load")

    async def fail(_actor):
        raise DatabaseUnavailable("The database does not answer.")

    monkeypatch.setattr(agents, "list_agents", fail)
    await run(state, "changed", ["agents"], False)

    assert state.error_code == "database-unavailable"
    assert len(state.rows) == 1


async def test_the_feed_sends_one_page_and_one_alert_within_the_limit(signed_in, preferences, feed) -> None:
    state = SignalsState()

    await run(state, "load")

    assert len(state.rows) == PAGE
    assert state.has_next
    assert not state.has_previous
    assert state.view.id == str(feed[0].id)
    assert size_of_delta(state) < DELTA_LIMIT


async def test_the_feed_pages_forth_and_back(signed_in, preferences, feed) -> None:
    state = SignalsState()
    await run(state, "load")
    first = [row.id for row in state.rows]

    await run(state, "next_page")
    assert state.words == f"{PAGE + 1} to {2 * PAGE}"
    assert state.has_previous
    assert not state.has_next
    assert not set(first) & {row.id for row in state.rows}

    await run(state, "previous_page")
    assert [row.id for row in state.rows] == first


async def test_new_alerts_wait_while_rows_are_held_and_appear_when_asked(signed_in, preferences, feed) -> None:
    state = SignalsState()
    await run(state, "load")
    before = [row.id for row in state.rows]
    feed[:0] = [signal(), signal(), signal()]

    await run(state, "changed", ["signals"], True)
    assert [row.id for row in state.rows] == before
    assert state.new_count == 3

    await run(state, "show_new")
    assert state.rows[0].id == str(feed[0].id)
    assert state.new_count == 0


async def test_new_alerts_appear_at_once_when_nobody_holds_the_rows(signed_in, preferences, feed) -> None:
    state = SignalsState()
    await run(state, "load")
    feed.insert(0, signal())

    await run(state, "changed", ["signals"], False)

    assert state.rows[0].id == str(feed[0].id)
    assert state.new_count == 0


async def test_the_trade_of_a_fill_is_linked_once_the_terminal_has_told_it(signed_in, preferences, feed) -> None:
    state = SignalsState()
    await run(state, "load")
    assert state.execution.trade_id == ""
    before = [row.id for row in state.rows]
    filled, trade = feed[0].executions[0], uuid4()
    feed[0] = replace(feed[0], executions=(replace(filled, trade_id=trade), *feed[0].executions[1:]))
    feed.insert(0, signal())

    await run(state, "changed", ["trades"], False)

    assert state.execution.trade_id == str(trade)
    assert [row.id for row in state.rows] == before  # the list hears of signals by themselves


async def test_the_alert_that_is_open_stays_open_when_others_come_in(signed_in, preferences, feed) -> None:
    state = SignalsState()
    await run(state, "load")
    await run(state, "open_signal", state.rows[3].id)
    feed.insert(0, signal())

    await run(state, "changed", ["signals"], False)

    assert state.view.id == str(feed[4].id)


@pytest.mark.parametrize("wanted", ["", "no-uuid", "'; drop table tv_signals --"])
async def test_a_malformed_id_is_not_found(signed_in, preferences, feed, wanted) -> None:
    assert "not-found" in told(await run(SignalsState(), "open_signal", wanted))


async def test_an_unknown_filter_shows_all(signed_in, preferences, feed) -> None:
    state = SignalsState()

    await run(state, "choose_tab", "__class__")

    assert state.tab == "all"


@pytest.fixture
def everything(monkeypatch) -> Overview:
    accounts = tuple(account(id=UUID(int=n), name=f"Account {n}") for n in range(50))
    seen = Overview(
        accounts=accounts,
        positions=tuple(trade(account_id=accounts[n % 50].id) for n in range(500)),
        signals=tuple(signal(executions=[execution()]) for _ in range(12)),
        today=COUNTS,
        agents=tuple(agent(f"vps-{n}") for n in range(10)),
    )

    async def load(_actor):
        return seen

    async def none(_actor):
        return ()

    async def curves(_actor, wanted):
        return {account_id: tuple(Decimal(25_000 + (n * 37) % 1000) for n in range(48)) for account_id in wanted}

    async def listed(_actor):
        return accounts

    monkeypatch.setattr(overview, "load", load)
    monkeypatch.setattr(accounts_service, "list_accounts", listed)
    monkeypatch.setattr(series, "equity_curves", curves)
    monkeypatch.setattr(strategies, "list_strategies", none)
    return seen


@pytest.fixture
def no_frame(monkeypatch) -> ShellState:
    frame = ShellState()

    async def get_state(_self, _cls):
        return frame

    monkeypatch.setattr(OverviewState, "get_state", get_state)
    return frame


async def test_the_overview_of_a_large_book_stays_within_the_limit(
    signed_in, preferences, everything, no_frame
) -> None:
    state = OverviewState()

    (then,) = await run(state, "load")

    assert state.positions_total == 500
    assert then is OverviewState.draw_curves
    assert len(state.positions) < 500
    assert size_of_delta(state) < DELTA_LIMIT
    state._clean()
    await run(state, "draw_curves")
    assert len(state.curves) == 50
    assert size_of_delta(state) < DELTA_LIMIT


async def test_the_account_switch_narrows_the_overview(signed_in, preferences, everything, no_frame) -> None:
    no_frame.account_id = str(everything.accounts[3].id)
    state = OverviewState()

    await run(state, "load")

    assert [card.title for card in state.cards] == ["Account 3"]
    assert state.positions_total == 10


async def test_the_appearance_is_stored_and_refused_when_it_is_none(signed_in, preferences) -> None:
    state = SettingsState()

    await run(state, "choose_appearance", "light", "safe")
    assert (preferences[-1].theme, preferences[-1].pnl_palette) == ("light", "safe")

    events = await run(state, "choose_appearance", "neon", "safe")
    assert "invalid-input" in told(events)
    assert preferences[-1].theme == "light"


@pytest.fixture
def one_session(monkeypatch, who) -> None:
    async def listed(_actor):
        agent_name = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"
        return (SessionInfo(who.session_id, NOW, NOW, NOW, "203.0.113.7", agent_name, is_current=True),)

    monkeypatch.setattr(sessions, "list_sessions", listed)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("max_lots", "-1", "0.01"),
        ("max_lots", "lots", "number"),
        ("daily_loss_percent", "Infinity", "number"),
        ("max_open_positions", "1.5", "whole"),
        ("time_zone", "Mars/Olympus", "time zone"),
    ],
)
async def test_a_limit_out_of_range_is_said_at_its_field(
    signed_in, preferences, one_session, field, value, words
) -> None:
    state = SettingsState()
    form = {
        "default_risk_percent": "1",
        "max_lots": "1",
        "daily_loss_percent": "4",
        "max_open_positions": "10",
        "time_zone": "UTC",
    }

    await run(state, "save_risk", {**form, field: value})

    assert list(state.errors) == [field]
    assert words in state.errors[field]
    assert len(preferences) == 1


async def test_passwords_that_differ_never_reach_the_server(signed_in, monkeypatch) -> None:
    async def never(*_):
        raise AssertionError

    monkeypatch.setattr(people, "change_password", never)
    state = SettingsState()

    await run(state, "change_password", {"current": "old", "new": "one thing", "again": "another"})

    assert list(state.errors) == ["again"]


async def test_no_password_stays_in_the_state(signed_in, one_session, monkeypatch) -> None:
    async def change(_actor, _current, _new):
        return 2

    monkeypatch.setattr(people, "change_password", change)
    state = SettingsState()

    await run(
        state, "change_password", {"current": "the old one!", "new": "a new one, long", "again": "a new one, long"}
    )

    assert "a new one" not in str(state.dict())
    assert "the old one" not in str(state.dict())


async def test_onboarding_goes_on_only_with_the_disclaimer_accepted(signed_in, preferences, who, monkeypatch) -> None:
    signed_in(replace(who, person=replace(who.person, onboarded_at=None)))
    done: list[str] = []

    async def complete(_actor, version, _preferences, *, address=""):
        done.append(version)

    monkeypatch.setattr(onboarding, "complete", complete)
    state = OnboardingState()
    form = {"default_risk_percent": "1", "max_lots": "1", "daily_loss_percent": "4", "max_open_positions": "10"}

    await run(state, "finish", form)
    assert list(state.errors) == ["accept"]
    assert done == []

    events = await run(state, "finish", {**form, "accept": "on"})
    assert len(done) == 1
    assert '"/"' in told(events)


async def test_the_frame_refuses_an_account_that_is_not_the_persons(signed_in) -> None:
    state = ShellState()

    await run(state, "select_account", str(uuid4()))

    assert state.account_id == ""


def test_the_alarm_names_who_has_been_silent_for_ten_minutes() -> None:
    long_ago = NOW.replace(hour=13)

    assert silent_agents([agent(), agent("never", last_heartbeat_at=None)], NOW) == ""
    assert "vps-b" in silent_agents([agent(), agent("vps-b", last_heartbeat_at=long_ago)], NOW)
    assert silent_agents(
        [agent("a", last_heartbeat_at=long_ago), agent("b", last_heartbeat_at=long_ago)], NOW
    ).startswith("2 agents")
