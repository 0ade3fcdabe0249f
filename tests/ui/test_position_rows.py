"""Positions, history and analytics as the browser may see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from forex_elite.domain.history import Analytics, Choices, HistoryFilter, Ratios, Slice, Source, Totals, TradeResult
from forex_elite.domain.orders import OrderReceipt
from forex_elite.domain.paging import Page
from forex_elite.domain.positions import FloatingGroup, OpenPosition
from forex_elite.domain.protection import BreakEven, Protection, Trailing
from forex_elite.domain.signals import ExecutionStatus
from forex_elite.domain.ticket import OrderState, TicketStages
from forex_elite.errors import InvalidInput
from forex_elite.services import accounts, analytics, history, orders, positions
from forex_elite.ui.pages.analytics.rows import MOST_POINTS, curve_of, figures_of, slice_rows, weeks_of
from forex_elite.ui.pages.analytics.state import AnalyticsState
from forex_elite.ui.pages.history.rows import Wanted, export_address, hold, read_filter, trade_row, wanted_of
from forex_elite.ui.pages.history.state import HistoryState
from forex_elite.ui.pages.positions.awaited import in_place
from forex_elite.ui.pages.positions.bulk_state import BulkState
from forex_elite.ui.pages.positions.rows import bulk_rows, outcome_words, position_row, protection_form
from forex_elite.ui.pages.positions.state import PAGE, PositionsState
from forex_elite.ui.shell.state import ShellState
from tests.ui.conftest import DELTA_LIMIT, NOW, run, size_of_delta, told
from tests.ui.test_overview_rows import account, trade

ACCOUNT = UUID(int=7)


def held(**values) -> OpenPosition:
    given = {
        "id": uuid4(), "account_id": ACCOUNT, "agent_id": uuid4(), "login": 7001, "margin_mode": 2, "ticket": 1,
        "symbol": "EURUSD", "side": "buy", "volume": Decimal("0.5"), "result": Decimal(3), "is_closed": False, **values,
    }  # fmt: skip
    return OpenPosition(**given)


def ordered(status: str, **values) -> OrderState:
    given = {
        "id": UUID(int=900), "job_id": UUID(int=900), "account_id": ACCOUNT, "account_login": 7001, "currency": "USD",
        "action": "close", "symbol": "EURUSD", "side": "", "order_type": "market", "stages": TicketStages(NOW),
        "status": ExecutionStatus(status), **values,
    }  # fmt: skip
    return OrderState(**given)


def worth(**values):
    return trade(tick_size=0.00001, tick_value=1.0, pip=0.0001, digits=5, **values)


@pytest.mark.parametrize(("side", "now", "later", "pips"), [("buy", "1.1", 1.1012, 12), ("sell", "1.1", 1.0988, 12)])
def test_the_browsers_formula_starts_from_the_terminals_own_figure(side, now, later, pips) -> None:
    row = position_row(
        worth(
            side=side, volume=Decimal("0.5"), open_price=Decimal("1.1"), current_price=Decimal(now),
            profit=Decimal(-3), swap=Decimal(-1), commission=Decimal(0),
        ),
        {}, "UTC",
    )  # fmt: skip

    assert row.base + row.per_price * float(now) == pytest.approx(-4)
    assert row.base + row.per_price * later == pytest.approx(-4 + 0.5 * 10 * pips)
    assert row.pips_base + row.pips_per_price * later == pytest.approx(pips)
    assert row.quote == ("bid" if side == "buy" else "ask")


def test_without_the_worth_of_a_tick_the_terminals_figure_stands() -> None:
    row = position_row(trade(), {}, "UTC")

    assert row.per_price == 0
    assert row.base == pytest.approx(float(trade().net))


def test_a_floating_price_alone_is_no_news() -> None:
    one = worth()
    moved = replace(one, current_price=one.current_price + 1, profit=one.profit + 5)

    assert position_row(one, {}, "UTC").firm() == position_row(moved, {}, "UTC").firm()
    assert position_row(one, {}, "UTC").firm() != position_row(replace(one, sl=Decimal("1.05")), {}, "UTC").firm()


def test_rows_under_the_pointer_stay_where_they_are() -> None:
    first, second, third = (position_row(worth(id=uuid4()), {}, "UTC") for _ in range(3))

    kept = in_place([first, second], [second, third], "Closed")

    assert [row.id for row in kept] == [first.id, second.id, third.id]
    assert [row.doing for row in kept] == ["Closed", "", ""]


def test_a_protection_is_told_in_short_and_in_full() -> None:
    both = Protection(break_even=BreakEven(trigger=10), trailing=Trailing(distance=15, step=5))
    row = position_row(worth(protection=both), {}, "UTC")

    assert (row.protection, row.protection_words) == ("BE + Trail", "break-even at 10 pips; trailing 15 pips, step 5")
    assert protection_form(both).trail_distance == "15"
    assert protection_form(None).trail_distance == ""


def test_a_bulk_close_counts_by_account_and_asks_for_a_number_that_means_all_of_it() -> None:
    other = UUID(int=8)
    found = [held(), held(result=Decimal(-10)), held(account_id=other, login=7002)]

    rows, proof = bulk_rows(found, {str(ACCOUNT): "Alpha"}, {str(ACCOUNT): "USD", str(other): "EUR"})

    assert [(row.account, row.count, row.currency) for row in rows] == [("Alpha 7001", 2, "USD"), ("7002", 1, "EUR")]
    assert rows[0].result.endswith("7.00")
    assert proof == "3"
    assert bulk_rows(found[:2], {}, {})[1] == "7001"


@pytest.mark.parametrize(
    ("values", "kind", "words"),
    [
        (
            {"status": "executed", "filled_lots": Decimal("0.5"), "fill_price": Decimal("100.10")},
            "ok", "closed 0.50 lots at 100.1",
        ),
        ({"status": "executed", "action": "close_many", "closed": 3}, "ok", "closed 3 positions"),
        ({"status": "partial", "action": "modify", "reason": "x: no"}, "warn", "done in part"),
        ({"status": "failed", "reason": "Market closed (10018)"}, "crit", "not done"),
        ({"status": "expired"}, "crit", "not done"),
        ({"status": "unknown"}, "warn", "no answer yet"),
    ],
)  # fmt: skip
def test_an_orders_end_is_told_in_words(values, kind, words) -> None:
    told_kind, title, _ = outcome_words(ordered(**values))

    assert told_kind == kind
    assert words in title


@pytest.mark.parametrize(
    ("seconds", "words"), [(4, "4 s"), (720, "12 min"), (11_100, "3 h 5 min"), (273_600, "3 d 4 h"), (-1, "0 s")]
)
def test_a_hold_has_two_units_at_most(seconds, words) -> None:
    assert hold(seconds) == words


def test_days_are_those_of_the_persons_zone_and_the_last_one_counts() -> None:
    asked = read_filter(Wanted(since="2026-03-20", until="2026-03-20", result="win", source="7"), "", "Europe/Berlin")

    assert asked.since is not None
    assert asked.until is not None
    assert (asked.since.isoformat(), asked.until.isoformat()) == (
        "2026-03-19T23:00:00+00:00", "2026-03-20T23:00:00+00:00",
    )  # fmt: skip
    assert (asked.result, asked.magic) == (TradeResult.WIN, 7)
    assert "from=2026-03-19T23%3A00%3A00.000Z" in export_address(asked)
    with pytest.raises(InvalidInput):
        read_filter(Wanted(since="yesterday"), "", "UTC")
    with pytest.raises(InvalidInput, match="From is later than To"):
        read_filter(Wanted(since="2026-03-21", until="2026-03-20"), "", "UTC")


def test_the_address_of_the_history_names_its_filters_and_nothing_else_is_read_from_it() -> None:
    wanted = Wanted(symbol="EURUSD", side="buy", since="2026-03-20")

    assert wanted_of(wanted.query) == wanted
    assert wanted_of({"side": "both", "result": "draw", "trade": "7", "symbol": "X" * 99}) == Wanted(symbol="X" * 32)


def test_a_trade_whose_exit_is_not_told_yet_shows_no_result() -> None:
    row = trade_row(worth(is_closed=True, close_price=None, close_time=NOW), {}, "UTC")

    assert row.is_incomplete
    assert row.net == row.swap == "–"  # noqa: RUF001


def part(key: str, net: float = 10.0, count: int = 2) -> Slice:
    gain, loss = max(net, 0), min(net, 0)
    return Slice(key, count, 1, Decimal(str(net)), Decimal(str(gain)), Decimal(str(loss)), 60.0)


def examined(days: int = 400, currency: str = "USD") -> Analytics:
    by_day = tuple(part((NOW - timedelta(days=days - n)).date().isoformat(), (-1) ** n * n) for n in range(days))
    slices = tuple(part(f"SYMBOL{n}", n - 20) for n in range(40))
    hours = tuple(part(str(n)) for n in range(24))
    return Analytics(
        currency, Decimal(10_000), part("", 90, 9), 3, Decimal(12), Ratios(1.2, 2.3, 4.5, 6.7, 99),
        slices, hours, tuple(part(str(n)) for n in range(1, 8)), slices, by_day,
    )  # fmt: skip


def test_every_figure_stands_beside_its_formula() -> None:
    found = figures_of(examined())

    assert all(figure.formula for figure in found)
    assert {"Sharpe ratio", "Sortino ratio", "Profit factor", "Expectancy", "Win rate"} <= {one.label for one in found}


def test_the_curve_is_thinned_and_keeps_its_ends() -> None:
    one = examined(1000)
    points = curve_of(one)

    assert len(points) <= MOST_POINTS + 1
    assert points[0].value == 10_000
    assert points[-1].value == pytest.approx(10_000 + float(sum(day.net for day in one.by_day)))


def test_bars_are_measured_by_the_largest_of_their_table() -> None:
    assert [row.share for row in slice_rows([part("a", 50), part("b", -100)], "USD")] == [50.0, -100.0]


def test_a_month_has_whole_weeks_and_sums() -> None:
    one = replace(examined(), by_day=(part("2026-03-02", 5), part("2026-03-04", -2)))
    weeks = weeks_of(one, "2026-03")

    assert all(len(week.days) == 7 for week in weeks)
    monday = next(week for week in weeks if week.days[0].day == "2")
    assert (monday.days[0].net, monday.days[2].tone, monday.net) == ("+5.00", "down", "+3.00")
    assert weeks[0].days[0].day == ""


# --- states -----------------------------------------------------------------------------------------------------------


class Desk:
    """Five hundred open positions on fifty accounts; remembers what was sent, and says how it ended."""

    def __init__(self) -> None:
        self.stored = [
            worth(id=UUID(int=n + 1), ticket=n + 1, symbol=f"SYMBOL{n % 40:02d}.suffix", source="Signal · " + "S" * 40)
            for n in range(500)
        ]
        self.sent: list[tuple] = []
        self.ended: list[OrderState] = []

    async def list_open(self, _actor, *, account_id=None, symbol=None, cursor=None, limit=PAGE):
        start = 0 if cursor is None else cursor.int
        items = self.stored[start : start + limit]
        return Page(tuple(items), str(items[-1].id) if start + limit < len(self.stored) else None)

    async def floating(self, _actor, account_id=None):
        return tuple(
            FloatingGroup("USD", f"SYMBOL{n:02d}.suffix", quote, count, Decimal(1), Decimal(1), Decimal(1))
            for n in range(40)
            for quote, count in (("bid", 6), ("ask", 7))
        )

    async def list_accounts(self, _actor):
        return [account() for _ in range(50)]

    async def close(self, _actor, trade_id, *, volume_lots=None, percent=None):
        if percent == 75.0:
            raise InvalidInput("Less than the smallest volume.", field="percent")
        self.sent.append((trade_id, volume_lots, percent))
        return OrderReceipt(account_id=ACCOUNT, job_id=UUID(int=900))

    async def modify(self, _actor, trade_id, *, sl=None, tp=None):
        self.sent.append((trade_id, sl, tp))
        return OrderReceipt(account_id=ACCOUNT, job_id=UUID(int=901))

    async def list_matching(self, _actor, *, account_ids=None, symbol=None, which="all"):
        return tuple(held(ticket=n) for n in range(3))

    async def close_many(self, _actor, **asked):
        self.sent.append(tuple(asked.items()))
        return (OrderReceipt(account_id=ACCOUNT, job_id=UUID(int=902)),)

    async def find_all(self, _actor, job_ids):
        return tuple(one for one in self.ended if one.id in job_ids)


@pytest.fixture
def desk(monkeypatch, signed_in, preferences):
    """The page's state over a desk, with what the desk was sent and how orders end."""
    made = Desk()
    for name in ("list_open", "floating", "close", "modify", "list_matching", "close_many"):
        monkeypatch.setattr(positions, name, getattr(made, name))
    monkeypatch.setattr(orders, "find_all", made.find_all)
    monkeypatch.setattr(accounts, "list_accounts", made.list_accounts)
    shell, state = ShellState(), PositionsState()

    async def get_state(_self, kind):
        return shell if kind is ShellState else state

    for kind in (PositionsState, BulkState, HistoryState, AnalyticsState):
        monkeypatch.setattr(kind, "get_state", get_state)
    return state, made.sent, made.ended


async def test_a_page_of_open_positions_fits_one_message(desk) -> None:
    state, _, _ = desk
    await run(state, "load")

    assert (len(state.rows), len(state.groups), state.total) == (PAGE, 80, 520)
    assert size_of_delta(state) < DELTA_LIMIT
    await run(state, "next_page")
    assert (state.rows[0].ticket, state.has_previous) == (str(PAGE + 1), True)


async def test_what_merely_floats_is_not_sent_again(desk) -> None:
    state, _, _ = desk
    await run(state, "load")
    state._clean()
    await run(state, "changed", ["trades"], False)

    assert "rows" not in str(state.get_delta())


async def test_a_partial_close_is_awaited_and_told(desk) -> None:
    state, sent, ended = desk
    await run(state, "load")
    await run(state, "ask_close", state.rows[0].id)
    await run(state, "choose_portion", "75")
    await run(state, "close")
    assert (state.dialog, state.errors) == ("close", {"volume_lots": "Less than the smallest volume."})
    await run(state, "choose_portion", "50")
    await run(state, "close")

    assert (sent, state.dialog, state.rows[0].doing) == ([(UUID(int=1), None, 50.0)], "", "Closing")
    ended.append(ordered("failed", code="refused", reason="Market closed (10018)"))
    events = await run(state, "changed", ["jobs"], False)
    assert "Market closed" in told(events)
    assert (state.rows[0].doing, state.rows[0].fault) == ("", "Market closed (10018)")


@pytest.mark.parametrize(("text", "price"), [("1.0864", 1.0864), ("", 0.0), ("4,127.5", 4127.5)])
async def test_a_level_is_changed_in_its_cell_and_removed_by_emptying_it(desk, text, price) -> None:
    state, sent, _ = desk
    await run(state, "load")
    await run(state, "save_level", state.rows[0].id, "sl", text)

    assert sent == [(UUID(int=1), price, None)]


async def test_text_that_is_no_price_changes_nothing(desk) -> None:
    state, sent, _ = desk
    await run(state, "load")
    events = await run(state, "save_level", state.rows[0].id, "tp", "soon")

    assert sent == []
    assert "invalid-input" in told(events)


async def test_several_positions_are_closed_only_with_the_account_number(desk) -> None:
    state, sent, _ = desk
    await run(state, "load")
    bulk = BulkState()
    await run(bulk, "ask")
    assert (bulk.count, bulk.proof, bulk.is_open) == (3, "7001", True)
    await run(bulk, "close")
    await run(bulk, "type_number", "7002")
    await run(bulk, "close")
    assert (sent, bulk.error) == ([], "Type 7001 to confirm.")
    await run(bulk, "type_number", "7001")
    await run(bulk, "close")

    asked = dict(sent[0])
    assert len(asked["trade_ids"]) == 3
    assert not bulk.is_open


async def test_history_and_analytics_fit_one_message(desk, monkeypatch) -> None:
    rows = [worth(id=uuid4(), is_closed=True, close_price=Decimal("1.1"), close_time=NOW) for _ in range(60)]
    counted: list[HistoryFilter] = []

    async def list_closed(_actor, _wanted, *, cursor=None, limit=50):
        return Page(tuple(rows[:limit]), str(rows[limit - 1].id))

    async def totals(_actor, wanted):
        counted.append(wanted)
        return [Totals("USD", 100_000, 51_000, 49_000, Decimal(7), Decimal(1), Decimal(1), Decimal(9))]

    async def choices(_actor):
        return Choices(tuple(f"SYMBOL{n}" for n in range(60)), (Source(7, None, "EA · magic 7"),))

    async def examine(_actor, _wanted, *, zone):
        return (examined(1500), examined(10, "EUR"))

    monkeypatch.setattr(history, "list_closed", list_closed)
    monkeypatch.setattr(history, "totals", totals)
    monkeypatch.setattr(history, "choices", choices)
    monkeypatch.setattr(analytics, "examine", examine)
    state = HistoryState()
    await run(state, "load")
    assert size_of_delta(state) < DELTA_LIMIT
    assert state.words == "1 to 50 of 100,000"
    await run(state, "changed", ["trades"], False)
    assert len(counted) == 1, "open positions moved: the totals of all trades are not read again"
    await run(state, "choose", "side", "sideways")
    assert state.wanted.side == ""

    found = AnalyticsState()
    await run(found, "load")
    assert size_of_delta(found) < DELTA_LIMIT
    assert found.currencies == ["USD", "EUR"]
    await run(found, "choose_currency", "EUR")
    assert found.currency == "EUR"
