"""The agent's guard as a pure decision: never what a limit forbids, and nothing at all where a figure is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.guards import Entry, Figures, Latch, Memory, is_trading_time, look, refusal, weekend_start
from agent.protocol import AccountConfig, AccountLimits, AlgoSettings, Automation, Limit, LimitAction, Side, Weekend
from agent.terminal.gateway import OpenPosition
from forex_elite.domain.limits import TradingHours, WeekendAction, session_start
from forex_elite.domain.limits import Weekend as ServerWeekend

NOW = datetime(2026, 3, 20, 14, 32, tzinfo=UTC)  # a Friday
DAY = NOW.replace(hour=0, minute=0)
MONDAY = datetime(2026, 3, 16, tzinfo=UTC).replace(tzinfo=None)
ENTRY = Entry(lots=0.5, is_automated=True, loss_at_stop=50.0)
ALL, ONLY, STOP = LimitAction.CLOSE_ALL, LimitAction.CLOSE_ONLY, LimitAction.STOP_ENTRIES


def position(lots: float = 0.5, profit: float = 0.0, swap: float = 0.0) -> OpenPosition:
    return OpenPosition(1, "EURUSD", Side.BUY, lots, 1.1, 1.1, 0.0, 0.0, profit, swap, 7, "", NOW)


FIGURES = Figures(now=NOW, equity=10_000, day=DAY, day_start_balance=10_000, positions=(position(),))


def limit(value: float, action: LimitAction) -> Limit:
    return Limit(value=value, action=action)


def weekend(action: Literal["stop", "flatten"]) -> Weekend:
    return Weekend(action=action, since_day=4, since=time(14), until_day=6, until=time(22))


def config(*, limits: dict[str, Any] | None = None, **changes: Any) -> AccountConfig:
    given = {name: Limit(value=v) if isinstance(v, int | float) else v for name, v in (limits or {}).items()}
    return AccountConfig(id=UUID(int=1), login=1, server="S", limits=AccountLimits(**given), **changes)


@pytest.mark.parametrize(
    ("limits", "figures", "code", "action"),
    [
        ({"daily_loss": 500}, {"equity": 9500.01}, None, None),
        ({"daily_loss": limit(500, ALL)}, {"equity": 9500}, "daily-loss", ALL),
        ({"daily_loss_percent": 5}, {"equity": 9500}, "daily-loss", STOP),
        ({"daily_loss": limit(900, ALL), "daily_loss_percent": 5}, {"equity": 9500}, "daily-loss", STOP),
        ({"daily_loss": 200, "daily_loss_percent": limit(5, ALL)}, {"equity": 9600}, "daily-loss", STOP),
        ({"daily_loss": 200, "daily_loss_percent": limit(5, ALL)}, {"equity": 9500}, "daily-loss", ALL),
        ({"trailing_drawdown": 500}, {"paid": None}, "trailing-drawdown-unknown", STOP),
        ({"daily_loss": 500}, {"equity": None}, "daily-loss-unknown", STOP),
        ({"daily_loss": 500}, {"equity": float("nan")}, "daily-loss-unknown", STOP),
        ({"daily_loss": 500}, {"day_start_balance": None}, "daily-loss-unknown", STOP),
        ({"daily_loss": limit(500, ALL)}, {"day": None}, "daily-loss-unknown", STOP),
        ({"daily_target": 100}, {"equity": 10_100}, "daily-target", STOP),
        ({"daily_target_percent": 2}, {"equity": 10_199}, None, None),
        ({"max_open_positions": 1}, {}, None, None),
        ({"max_open_positions": limit(1, ONLY)}, {"positions": [position()] * 2}, "max-open-positions", ONLY),
        ({"max_open_positions": 1}, {"positions": None}, "positions-unknown", STOP),
        ({"max_lots": limit(0.4, ALL)}, {}, "max-lots", ALL),
        ({"max_lots": 0.4}, {}, None, None),
        ({"max_loss_per_trade": limit(50, ALL)}, {"positions": [position(0.5, -45, -5)]}, "max-loss-per-trade", ALL),
        ({"max_loss_per_trade": limit(50, ALL)}, {"positions": [position(profit=-49)]}, None, None),
        ({"weekend": weekend("flatten")}, {}, "weekend-stop", ALL),
        ({"weekend": weekend("stop")}, {}, "weekend-stop", STOP),
        ({"week": {4: [(time(15), time(20))]}}, {}, "outside-trading-hours", STOP),
        ({"week": {4: [(time(14), time(20))]}}, {}, None, None),
    ],
)  # fmt: skip
def test_what_is_reached_holds_with_its_action(
    limits: dict[str, Any], figures: dict[str, Any], code: str | None, action: LimitAction | None
) -> None:
    ruling = look(config(limits=limits), replace(FIGURES, **figures), Memory())

    assert [(hold.code, hold.action) for hold in ruling.holds] == ([(code, action)] if code else [])
    assert (ruling.demand is not None) is (action in {ALL, ONLY})


@pytest.mark.parametrize(
    ("changes", "entry", "code"),
    [
        ({}, {}, None),
        ({"killed": True}, {}, "kill-switch"),
        ({"killed": True}, {"is_automated": False}, "kill-switch"),
        ({"automation": Automation.PAUSED}, {}, "automation-paused"),
        ({"automation": Automation.STOPPED}, {}, "automation-stopped"),
        ({"automation": Automation.STOPPED}, {"is_automated": False}, None),
        ({"settings": AlgoSettings(safety_mode="red")}, {}, "safety-red"),
        ({"settings": AlgoSettings(safety_mode="red")}, {"is_automated": False}, None),
        ({"settings": AlgoSettings(max_lots=0.4)}, {}, "max-lots"),
        ({"settings": AlgoSettings(max_lots=0.4)}, {"is_automated": False}, None),
        ({"settings": AlgoSettings(max_loss=49.9)}, {}, "max-loss-per-trade"),
        ({"settings": AlgoSettings(max_loss=100)}, {"loss_at_stop": None}, "stop-missing"),
        ({"limits": {"max_lots": 0.4}}, {"is_automated": False}, "max-lots"),
        ({"limits": {"max_lots": 0.5}}, {}, None),
        ({"limits": {"max_lots": 1}}, {"lots": float("nan")}, "max-lots"),
        ({"limits": {"max_open_positions": 1}}, {}, "max-open-positions"),
        ({"limits": {"max_open_positions": 2}}, {}, None),
        ({"limits": {"max_loss_per_trade": 49}}, {}, "max-loss-per-trade"),
        ({"limits": {"max_loss_per_trade": 51}}, {"loss_at_stop": float("inf")}, "stop-missing"),
    ],
)
def test_an_entry_is_refused_by_the_first_rule_it_breaks(
    changes: dict[str, Any], entry: dict[str, Any], code: str | None
) -> None:
    held = refusal(config(**changes), FIGURES, Memory(), replace(ENTRY, **entry))

    assert (held.code if held else None) == code


@pytest.mark.parametrize(("waiting", "code"), [(0, None), (1, "max-open-positions")])
def test_an_order_that_waits_takes_up_the_room_of_a_position(waiting: int, code: str | None) -> None:
    limits = config(limits={"max_open_positions": 2})

    held = refusal(limits, replace(FIGURES, waiting=waiting), Memory(), ENTRY)

    assert (held.code if held else None) == code
    assert look(limits, replace(FIGURES, waiting=waiting), Memory()).holds == (), "nothing is to be done about it"


def test_a_daily_loss_holds_for_the_rest_of_the_brokers_day_even_when_it_is_won_back() -> None:
    told = config(limits={"daily_loss": limit(500, ALL)})
    memory = look(told, replace(FIGURES, equity=9400), Memory()).memory

    later = look(told, replace(FIGURES, now=NOW + timedelta(hours=5)), memory)
    assert [hold.code for hold in later.holds] == ["daily-loss"]
    unknown = look(told, replace(FIGURES, day=None), later.memory)
    assert "daily-loss" in [hold.code for hold in unknown.holds], "a day that is not known is no new day"
    tomorrow = replace(FIGURES, now=NOW + timedelta(days=1), day=DAY + timedelta(days=1))
    assert look(told, tomorrow, unknown.memory).holds == ()


def test_a_trailing_drawdown_follows_the_highest_equity_and_holds_until_the_owner_resumes() -> None:
    told = config(limits={"trailing_drawdown_percent": 5})
    memory = Memory()
    for equity in (10_000, 12_000, 11_401):
        ruling = look(told, replace(FIGURES, equity=equity), memory)
        memory = ruling.memory
        assert ruling.holds == ()
    ruling = look(told, replace(FIGURES, equity=11_400), memory)
    assert [hold.code for hold in ruling.holds] == ["trailing-drawdown"]
    assert look(told, replace(FIGURES, equity=13_000), ruling.memory).holds != ()

    resumed = look(told.model_copy(update={"resumed": 1}), replace(FIGURES, equity=11_400), ruling.memory)
    assert (resumed.holds, resumed.memory.peak) == ((), 11_400)


def test_what_is_reached_already_grows_stronger_with_what_its_owner_asks_for_and_with_a_second_limit() -> None:
    stop = look(config(limits={"daily_loss": 200}), replace(FIGURES, equity=9790), Memory())
    assert stop.demand is None
    for told in ({"daily_loss": limit(200, ALL)}, {"daily_loss": 200, "daily_loss_percent": limit(2.1, ALL)}):
        later = look(config(limits=told), replace(FIGURES, equity=9790, now=NOW + timedelta(hours=1)), stop.memory)
        assert [(hold.action, hold.since) for hold in later.holds] == [(ALL, NOW)]
        back = look(config(limits={"daily_loss": 200}), FIGURES, later.memory)
        assert [hold.action for hold in back.holds] == [ALL], "what was to be closed is not taken back"


@pytest.mark.parametrize(
    ("steps", "is_held"),
    [
        ([(10_000, 0), (8_000, -2_000)], False),
        ([(10_000, 0), (8_000, None), (8_000, -2_000)], False),
        ([(10_000, 0), (8_000, -2_000), (7_000, -2_000)], True),
        ([(10_000, 0), (12_000, 2_000), (11_001, 2_000)], False),
        ([(10_000, 0), (12_000, None), (12_000, 2_000), (11_001, 2_000)], False),
        ([(10_000, 0), (12_000, 2_000), (11_000, 2_000)], True),
    ],
)
def test_what_is_paid_in_or_out_is_no_drawdown(steps: list[tuple[float, float | None]], is_held: bool) -> None:
    told, memory = config(limits={"trailing_drawdown": limit(1000, ALL)}), Memory()
    for equity, paid in steps:
        ruling = look(told, replace(FIGURES, equity=equity, paid=paid), memory)
        memory = ruling.memory
        assert all(hold.code == "trailing-drawdown-unknown" for hold in ruling.holds if paid is None)

    assert ("trailing-drawdown" in memory.latches) is is_held


def test_deals_that_a_broker_takes_away_are_no_payment() -> None:
    told, memory = config(limits={"trailing_drawdown": 1000}), Memory()
    for equity, paid, gap in ((10_000, 10_000, 0.0), (9_500, 2_000, 8_000.0), (9_000, 2_000, 8_000.0)):
        ruling = look(told, replace(FIGURES, equity=equity, paid=paid, gap=gap), memory)
        memory = ruling.memory

    assert [hold.code for hold in ruling.holds] == ["trailing-drawdown"]


def test_a_limit_that_was_lifted_holds_no_longer() -> None:
    memory = look(config(limits={"daily_loss": 100}), replace(FIGURES, equity=9000), Memory()).memory

    assert look(config(), replace(FIGURES, equity=9000), memory).holds == ()


NUMBERS = st.none() | st.floats() | st.floats(8_000, 12_000)
FIGURES_OF = st.builds(
    Figures,
    now=st.datetimes(MONDAY, MONDAY + timedelta(days=6), timezones=st.just(UTC)),
    equity=NUMBERS,
    day=st.sampled_from([None, DAY]),
    day_start_balance=NUMBERS,
    positions=st.none()
    | st.lists(st.builds(position, st.floats(0.01, 3), st.floats(-500, 500)), max_size=4).map(tuple),
)
LIMIT = st.none() | st.builds(Limit, value=st.floats(0, 5), action=st.sampled_from(LimitAction))
MONEY = st.none() | st.builds(Limit, value=st.floats(0, 2_000), action=st.sampled_from(LimitAction))
CONFIGS = st.builds(
    AccountConfig,
    id=st.just(UUID(int=1)),
    login=st.just(1),
    server=st.just("S"),
    automation=st.sampled_from(Automation),
    killed=st.booleans(),
    limits=st.builds(
        AccountLimits,
        max_lots=LIMIT,
        max_open_positions=LIMIT,
        max_loss_per_trade=MONEY,
        daily_loss=MONEY,
        daily_loss_percent=LIMIT,
        daily_target=MONEY,
        trailing_drawdown=MONEY,
    ),
    settings=st.builds(
        AlgoSettings,
        max_lots=st.none() | st.floats(0, 2),
        max_loss=st.none() | st.floats(0, 500),
        safety_mode=st.sampled_from(["green", "orange", "red"]),
    ),
)
MEMORIES = st.builds(Memory, st.none() | st.floats(), st.just(0), st.just({}))
ENTRIES = st.builds(Entry, st.floats(0.01, 5) | st.floats(), st.booleans(), st.none() | st.floats())


@given(CONFIGS, FIGURES_OF, MEMORIES, ENTRIES)
def test_whatever_passes_breaks_no_limit_and_every_figure_was_known(
    told: AccountConfig, figures: Figures, memory: Memory, entry: Entry
) -> None:
    limits, settings = told.limits, told.settings
    if refusal(told, figures, memory, entry) is not None:
        return
    assert not told.killed
    if entry.is_automated:
        assert told.automation is Automation.RUNNING
        assert settings.safety_mode != "red"
        assert settings.max_lots is None or entry.lots <= settings.max_lots + 1e-9
    assert limits.max_lots is None or entry.lots <= limits.max_lots.value + 1e-9
    if limits.max_open_positions is not None:
        assert figures.positions is not None
        assert len(figures.positions) < limits.max_open_positions.value
    if limits.max_loss_per_trade is not None:
        assert entry.loss_at_stop is not None
        assert entry.loss_at_stop <= limits.max_loss_per_trade.value + 0.005
    start, equity = figures.day_start_balance, figures.equity
    for limit in (limits.daily_loss, limits.daily_loss_percent):
        assert limit is None or (figures.day is not None and start is not None and equity is not None)
    if limits.daily_loss is not None:
        assert start - equity < limits.daily_loss.value  # type: ignore[operator]
    if limits.daily_target is not None:
        assert equity - start < limits.daily_target.value  # type: ignore[operator]
    if limits.trailing_drawdown is not None:
        peaks = [one for one in (memory.peak, equity) if one is not None and abs(one) < float("inf")]
        assert max(peaks) - equity < limits.trailing_drawdown.value  # type: ignore[operator]


@given(CONFIGS, FIGURES_OF, MEMORIES)
def test_looking_twice_says_the_same_and_forgets_nothing(told: AccountConfig, figures: Figures, memory: Memory) -> None:
    once = look(told, figures, memory)
    twice = look(told, figures, once.memory)

    assert [hold.code for hold in twice.holds] == [hold.code for hold in once.holds]
    assert once.memory.latches.keys() <= twice.memory.latches.keys()
    assert all(isinstance(latch, Latch) for latch in twice.memory.latches.values())


@given(
    st.datetimes(MONDAY, MONDAY + timedelta(days=365), timezones=st.just(UTC)),
    st.dictionaries(st.integers(0, 6), st.lists(st.tuples(st.times(), st.times()), max_size=3)),
    st.tuples(st.integers(0, 6), st.times(), st.integers(0, 6), st.times()),
)
def test_agent_and_server_read_the_same_clock(
    now: datetime, week: dict[int, list[tuple[time, time]]], ends: tuple[int, time, int, time]
) -> None:
    of_server = {day: tuple(TradingHours(a, b) for a, b in windows) for day, windows in week.items()}
    since_day, since, until_day, until = ends
    told = Weekend(action="stop", since_day=since_day, since=since, until_day=until_day, until=until)

    assert is_trading_time(week, now) is (session_start(of_server, now) is not None)
    assert weekend_start(told, now) == ServerWeekend(WeekendAction.STOP, *ends).began_at(now)
