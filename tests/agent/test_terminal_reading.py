"""What the terminal adapter reads: account, symbols, ticks, deals, closed trades, and the traces of a job."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.protocol import OrderType, Side
from agent.simulator import Fault, FaultKind
from agent.terminal.config import TerminalConfig
from agent.terminal.mt5 import Mt5Terminal
from tests.agent.paper import (
    FLAT,
    TAG,
    TUESDAY,
    Clock,
    Recorder,
    adapter,
    close,
    market_order,
    open_trade,
    paper,
    pips,
    quotes,
)

OTHER_TAG = "FE-AZqW8Kx2d9ZZZZ7f0aBcDe"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(clock: Clock) -> Recorder:
    return Recorder(paper(clock, prices=FLAT))


@pytest.fixture
def terminal(api: Recorder, clock: Clock) -> Mt5Terminal:
    return adapter(api, clock)


# --- reading --------------------------------------------------------------------------------------------------------


def test_the_account_is_reported_as_the_terminal_has_it(clock: Clock) -> None:
    moving = {"EURUSD": quotes((0, 1.1, 1.1001), (60, 1.105, 1.1051))}
    api = paper(clock, prices=moving)
    terminal = adapter(api, clock)
    open_trade(terminal, volume_lots=1.0)
    clock.forward(minutes=2)
    report = terminal.account()
    assert (report.balance, report.profit, report.equity) == (10_000.0, 490.0, 10_490.0)
    assert (report.margin, report.margin_free) == (1100.1, 9389.9)
    assert (report.is_trade_allowed, report.is_connected, report.reported_at) == (True, True, clock.now())


def test_the_days_first_balance_leaves_out_the_days_trades_and_not_its_deposits(clock: Clock) -> None:
    terminal = adapter(paper(clock, prices=FLAT), clock)
    open_trade(terminal, volume_lots=1.0)
    close(terminal, terminal.positions()[0], 1.0)
    assert terminal.account().balance == 9_990.0
    assert terminal.account().day_start_balance == 10_000.0
    clock.forward(days=1)
    assert terminal.account().day_start_balance == 9_990.0


def test_symbols_are_reported_with_their_worth_in_the_account_currency(terminal: Mt5Terminal) -> None:
    found = {each.name: each for each in terminal.symbols([])}
    assert {"EURUSD", "XAUUSD"} <= found.keys()
    assert "NZDUSD" not in found
    euro = found["EURUSD"]
    assert (euro.digits, euro.tick_value, euro.contract_size) == (5, 1.0, 100_000.0)
    assert (euro.volume_min, euro.volume_step, euro.volume_max) == (0.01, 0.01, 100.0)
    assert (euro.stops_level_points, euro.margin_per_lot) == (1, 1100.1)
    named = terminal.symbols(["OANDA:EURJPY", "NOSUCH"])
    assert [each.name for each in named] == ["EURJPY"]


def test_ticks_are_in_utc_and_select_what_was_not(terminal: Mt5Terminal, clock: Clock) -> None:
    ticks = {each.symbol: each for each in terminal.ticks(["EURUSD", "NZDUSD", "NOSUCH"])}
    assert set(ticks) == {"EURUSD", "NZDUSD"}
    assert (ticks["EURUSD"].bid, ticks["EURUSD"].ask) == (1.1, 1.1001)
    assert abs(ticks["NZDUSD"].time_msc - clock.now_ms()) < 5000


@pytest.mark.parametrize("start", [TUESDAY, datetime(2026, 12, 1, tzinfo=UTC)], ids=["summer", "winter"])
def test_deals_are_read_in_utc_whatever_the_servers_zone(start: datetime) -> None:
    clock = Clock(start)
    terminal = adapter(paper(clock, prices=FLAT), clock)
    before = clock.now()
    open_trade(terminal)
    clock.forward(minutes=10)
    close(terminal, terminal.positions()[0], 0.1)
    deals = [each for each in terminal.deals(before) if each.side]
    assert [(each.entry, each.side) for each in deals] == [(0, Side.BUY), (1, Side.SELL)]
    assert [each.done_at for each in deals] == [before, clock.now()]
    assert [each.entry for each in terminal.deals(before, before + timedelta(minutes=5)) if each.side] == [0]
    assert terminal.deals(clock.now() + timedelta(seconds=1)) == []


def test_a_closed_trade_is_one_row_averaged_by_volume(clock: Clock) -> None:
    moving = {"EURUSD": quotes((0, 1.1, 1.1001), (60, 1.102, 1.1021), (120, 1.104, 1.1041))}
    terminal = adapter(paper(clock, prices=moving, commission_per_lot=3.0), clock)
    start = clock.now()
    open_trade(terminal, volume_lots=0.3, sl=pips(50))
    clock.forward(seconds=61)
    close(terminal, terminal.positions()[0], 0.1)
    assert terminal.closed_trades(start) == []
    (part,) = terminal.partial_closes(terminal.positions()[0].ticket)
    assert (part.volume, part.price, part.amount, part.done_at) == (0.1, 1.102, pytest.approx(19.0 - 0.3), clock.now())
    clock.forward(seconds=60)
    close(terminal, terminal.positions()[0], 0.2, magic=9)
    trade = terminal.closed_trades(start)[0]
    assert trade.partial_closes == [part]
    assert (trade.side, trade.volume, trade.open_price) == (Side.BUY, 0.3, 1.1001)
    assert trade.close_price == pytest.approx((0.1 * 1.102 + 0.2 * 1.104) / 0.3)
    assert (trade.profit, trade.commission, trade.swap) == (pytest.approx(19.0 + 78.0), -1.8, 0.0)
    assert (trade.open_time, trade.close_time) == (start, clock.now())
    assert (trade.sl, trade.magic, trade.comment) == (1.0951, 7, TAG)
    assert terminal.closed_trades(clock.now() + timedelta(seconds=1)) == []


def test_a_reversed_netting_position_is_one_row_with_all_its_profit(clock: Clock) -> None:
    terminal = adapter(paper(clock, prices=FLAT, margin_mode=0), clock)
    open_trade(terminal, volume_lots=0.1)
    open_trade(terminal, volume_lots=0.3, side=Side.SELL)
    assert terminal.closed_trades(TUESDAY - timedelta(hours=1)) == []
    open_trade(terminal, volume_lots=0.2)
    trade = terminal.closed_trades(TUESDAY - timedelta(hours=1))[0]
    assert (trade.side, trade.volume, trade.open_price, trade.close_price) == (Side.BUY, 0.1, 1.1001, 1.1)
    assert trade.profit == pytest.approx(-3.0)


# --- traces ---------------------------------------------------------------------------------------------------------


def test_traces_are_found_by_tag(terminal: Mt5Terminal, clock: Clock) -> None:
    before = clock.now()
    opened = open_trade(terminal)
    open_trade(terminal, comment=OTHER_TAG)
    pending = open_trade(terminal, order_type=OrderType.LIMIT, price=1.05)
    clock.forward(hours=2)
    traces = terminal.traces(magic=7, tag=TAG, since=before)
    assert [each.ticket for each in traces.positions] == [opened.position]
    assert [each.ticket for each in traces.orders] == [pending.order]
    assert [each.ticket for each in traces.deals] == [opened.deal]
    assert not traces.is_empty


def test_traces_are_found_by_magic_where_the_broker_replaced_the_comment(
    terminal: Mt5Terminal, api: Recorder, clock: Clock
) -> None:
    open_trade(terminal, magic=7)
    clock.forward(hours=1)
    api.plan(Fault(FaultKind.COMMENT, text="broker 123"))
    lost = open_trade(terminal, magic=7, comment=OTHER_TAG)
    traces = terminal.traces(magic=7, tag=OTHER_TAG, since=clock.now() - timedelta(seconds=5))
    assert [each.ticket for each in traces.positions] == [lost.position]
    assert [each.ticket for each in traces.deals] == [lost.deal]


def test_another_jobs_orders_and_other_magic_numbers_are_no_traces(terminal: Mt5Terminal, clock: Clock) -> None:
    open_trade(terminal, magic=7, comment=OTHER_TAG)
    open_trade(terminal, magic=8, comment="by hand")
    assert terminal.traces(magic=7, tag=TAG, since=clock.now() - timedelta(minutes=1)).is_empty
    assert terminal.traces(magic=0, tag="", since=clock.now() - timedelta(minutes=1)).is_empty


def test_a_stop_of_the_position_is_not_an_order_of_the_job(clock: Clock) -> None:
    fall = {"EURUSD": quotes((0, 1.1, 1.1001), (60, 1.09, 1.0901))}
    api = paper(clock, prices=fall)
    terminal = adapter(api, clock)
    market_order(api, sl=1.095, magic=7, comment="")
    clock.forward(minutes=30)
    assert terminal.traces(magic=7, tag=TAG, since=clock.now() - timedelta(minutes=31)).deals[0].entry == 0
    assert all(each.entry == 0 for each in terminal.traces(magic=7, tag=TAG, since=TUESDAY).deals)


def test_an_old_trade_of_the_same_magic_is_no_trace(terminal: Mt5Terminal, clock: Clock) -> None:
    open_trade(terminal, magic=7, comment="")
    clock.forward(hours=1)
    assert terminal.traces(magic=7, tag=TAG, since=clock.now()).is_empty


def test_before_the_servers_zone_is_known_traces_are_searched_a_day_around(clock: Clock) -> None:
    api = paper(clock, prices=FLAT)
    silent = Mt5Terminal(api, TerminalConfig(), clock.now, lambda _: None)
    silent.connect()
    assert "time zone" in silent.health().detail
    assert silent.account().day_start_balance is None
    opened = open_trade(silent, magic=7)
    found = silent.traces(magic=7, tag=TAG, since=clock.now())
    assert [each.ticket for each in found.deals] == [opened.deal]
