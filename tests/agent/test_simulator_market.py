"""The simulated market: prices by seed and time, server time, bars and ticks, stop-out, replay of recordings."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.simulator.bars import seconds_of
from agent.simulator.instruments import CATALOGUES, EURUSD, STANDARD, Instrument
from agent.simulator.noise import BrownianPath, gauss, grid_start, key
from agent.simulator.pricing import SeededPrices
from agent.simulator.replay import ReplayUnreadable, read_recording
from agent.simulator.server_time import ServerZone, weekday
from tests.agent.paper import TUESDAY, Clock, market_order, paper, pending_order, quotes, sum_of_deals

NOW_MS = int(TUESDAY.timestamp() * 1000)
HOUR_MS = 3_600_000
BY_NAME = {each.name: each for each in STANDARD}


def utc_ms(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)


# --- prices ---------------------------------------------------------------------------------------------------------


def test_a_path_has_the_same_value_whatever_window_it_is_read_through() -> None:
    path = BrownianPath(key("any"), 0.1)
    whole = path.values(1_000_000, 1_001_000)
    part = path.values(1_000_300, 1_000_400)
    assert np.array_equal(part, whole[300:401])
    coarse = path.values(1_000_000, 1_001_000, 3)
    start = grid_start(1_000_000, 3)
    assert coarse[(1_000_008 - start) // 8] == whole[8]


def test_increments_have_the_asked_volatility_at_every_scale() -> None:
    year = 365 * 86_400
    path = BrownianPath(key("scale"), 0.1)
    for level in (8, 12):
        steps = np.diff(path.values(0, 40 * year if level == 12 else 3 * year, level))
        assert steps.std() * np.sqrt(year / 2**level) == pytest.approx(0.1, rel=0.05)


def test_random_numbers_are_standard() -> None:
    numbers = gauss(key("n"), np.arange(100_000, dtype=np.int64))
    assert (numbers.mean(), numbers.std()) == (pytest.approx(0, abs=0.02), pytest.approx(1, abs=0.02))


@pytest.mark.parametrize(
    "instrument", [each for group in CATALOGUES.values() for each in group], ids=lambda each: each.name
)
def test_ticks_are_proper_quotes(instrument: Instrument) -> None:
    ticks = SeededPrices(3).ticks(instrument, NOW_MS - HOUR_MS // 4, NOW_MS)
    assert 300 < len(ticks) < 6000
    assert np.all(np.diff(ticks.at_ms) > 0)
    assert np.all(ticks.ask > ticks.bid)
    assert np.all(np.abs(ticks.bid - np.round(ticks.bid, instrument.digits)) < instrument.point / 1000)
    spread = (ticks.ask - ticks.bid) / instrument.point
    assert spread.mean() == pytest.approx(instrument.spread_points, rel=0.35)


def test_a_seed_is_a_market_and_another_seed_another() -> None:
    one, again, other = (SeededPrices(seed).ticks(EURUSD, NOW_MS - HOUR_MS, NOW_MS) for seed in (3, 3, 4))
    assert np.array_equal(one.bid, again.bid)
    assert len(one) != len(other) or not np.array_equal(one.bid, other.bid)


def test_ticks_do_not_depend_on_how_often_one_looks() -> None:
    whole = SeededPrices(5).ticks(EURUSD, NOW_MS - HOUR_MS, NOW_MS)
    market = SeededPrices(5)
    edges = range(NOW_MS - HOUR_MS, NOW_MS + 1, 7_200)
    parts = [market.ticks(EURUSD, start, end) for start, end in pairwise(edges)]
    assert np.array_equal(np.concatenate([part.at_ms for part in parts]), whole.at_ms)
    assert market.last(EURUSD, NOW_MS) == (whole.at_ms[-1], whole.bid[-1], whole.ask[-1])


def test_majors_move_together_and_crosses_agree_with_their_legs() -> None:
    market = SeededPrices(11)
    end = NOW_MS // 1000
    bids = {
        name: market.sampled(BY_NAME[name], end - 300 * 86_400, end, 12)[1] for name in ("EURUSD", "GBPUSD", "USDCHF")
    }
    moves = {name: np.diff(np.log(series)) for name, series in bids.items()}
    assert np.corrcoef(moves["EURUSD"], moves["GBPUSD"])[0, 1] > 0.35
    assert np.corrcoef(moves["EURUSD"], moves["USDCHF"])[0, 1] < -0.35
    euro, yen, cross = (market.last(BY_NAME[name], NOW_MS) for name in ("EURUSD", "USDJPY", "EURJPY"))
    assert euro is not None
    assert yen is not None
    assert cross is not None
    assert cross.bid == pytest.approx(euro.bid * yen.bid, rel=3e-4)


def test_the_market_never_closes_unless_told_to() -> None:
    sunday = utc_ms(2026, 3, 15, 6)
    assert len(SeededPrices(1).ticks(EURUSD, sunday, sunday + HOUR_MS)) > 1000
    closing = SeededPrices(1, closes_at_weekends=True)
    assert len(closing.ticks(EURUSD, sunday, sunday + HOUR_MS)) == 0
    last = closing.last(EURUSD, sunday)
    assert last is not None
    assert utc_ms(2026, 3, 13, 20, 55) < last.at_ms < utc_ms(2026, 3, 13, 21)


def test_a_closed_market_refuses_orders() -> None:
    clock = Clock(datetime(2026, 3, 15, 6, tzinfo=UTC))
    assert market_order(paper(clock, closes_at_weekends=True)).retcode == 10018
    assert market_order(paper(clock)).retcode == 10009


# --- server time ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "moment", "hours"),
    [
        ("NY+7", (2026, 3, 8, 6), 2),
        ("NY+7", (2026, 3, 8, 7), 3),  # New York changes at 02:00 its own time
        ("NY+7", (2026, 11, 1, 5), 3),
        ("NY+7", (2026, 11, 1, 6), 2),
        ("Europe/Athens", (2026, 3, 20, 0), 2),
        ("+03:00", (2026, 1, 1, 0), 3),
        ("-05:30", (2026, 1, 1, 0), -5.5),
    ],
)
def test_server_time_knows_daylight_saving(zone: str, moment: tuple[int, ...], hours: float) -> None:
    assert ServerZone(zone).offset_ms(utc_ms(*moment)) == hours * HOUR_MS


def test_server_time_and_back() -> None:
    zone = ServerZone()
    for at in range(utc_ms(2026, 10, 31), utc_ms(2026, 11, 3), HOUR_MS // 2):
        if not utc_ms(2026, 11, 1, 5) <= at < utc_ms(2026, 11, 1, 6):  # the hour that happens twice
            assert zone.to_utc(zone.to_server(at)) == at
    assert weekday(utc_ms(2026, 3, 15, 12)) == 0
    assert zone.next_midnight(utc_ms(2026, 3, 17, 10)) == utc_ms(2026, 3, 17, 21)


def test_everything_the_api_shows_is_in_server_time() -> None:
    api = paper(Clock())
    server = int((TUESDAY + timedelta(hours=3)).timestamp())
    assert server - 5 < api.symbol_info_tick("EURUSD").time <= server
    assert api.history_deals_get(0, 4e9)[0].time == server
    market_order(api)
    assert api.positions_get()[0].time == server
    assert api.copy_rates_from_pos("EURUSD", api.TIMEFRAME_M1, 0, 1)["time"][0] == server - 60  # none begun yet


# --- bars and ticks -------------------------------------------------------------------------------------------------


def test_bars_are_made_of_their_ticks() -> None:
    api = paper(Clock())
    minute = int(api.copy_rates_from_pos("EURUSD", api.TIMEFRAME_M1, 3, 1)["time"][0])
    ticks = api.copy_ticks_range("EURUSD", minute, minute + 59.999, api.COPY_TICKS_ALL)
    bar = api.copy_rates_range("EURUSD", api.TIMEFRAME_M1, minute, minute)[0]
    bids = ticks["bid"]
    assert (bar["open"], bar["high"], bar["low"], bar["close"]) == (bids[0], bids.max(), bids.min(), bids[-1])
    assert bar["tick_volume"] == len(ticks)


def test_hours_are_made_of_their_minutes() -> None:
    api = paper(Clock())
    hour = api.copy_rates_from_pos("EURUSD", api.TIMEFRAME_H1, 1, 1)[0]
    minutes = api.copy_rates_range("EURUSD", api.TIMEFRAME_M1, int(hour["time"]), int(hour["time"]) + 3599)
    assert len(minutes) == 60
    assert (hour["high"], hour["low"]) == (minutes["high"].max(), minutes["low"].min())
    assert hour["tick_volume"] == minutes["tick_volume"].sum()


@pytest.mark.parametrize("name", [name for name in dir(paper()) if name.startswith("TIMEFRAME_")])
def test_every_timeframe_has_a_past_up_to_the_forming_bar(name: str) -> None:
    clock = Clock()
    api = paper(clock)
    timeframe = getattr(api, name)
    rates = api.copy_rates_from_pos("EURUSD", timeframe, 0, 30)
    assert len(rates) == 30
    assert np.all(np.diff(rates["time"]) > 0)
    assert np.all(rates["high"] >= np.maximum(rates["open"], rates["close"]))
    assert np.all(rates["low"] <= np.minimum(rates["open"], rates["close"]))
    tick = api.symbol_info_tick("EURUSD")
    assert rates["close"][-1] == pytest.approx(tick.bid, abs=0.0002)
    assert tick.time - rates["time"][-1] < seconds_of(timeframe) + 86_400


def test_weeks_begin_on_sunday_and_days_at_the_servers_midnight() -> None:
    api = paper(Clock())
    weeks = api.copy_rates_from_pos("EURUSD", api.TIMEFRAME_W1, 0, 5)["time"]
    days = api.copy_rates_from_pos("EURUSD", api.TIMEFRAME_D1, 0, 5)["time"]
    assert {weekday(int(at) * 1000) for at in weeks} == {0}
    assert set(days % 86_400) == {0}


def test_positions_in_the_past_and_dates_choose_the_same_bars() -> None:
    api = paper(Clock())
    five = api.copy_rates_from_pos("EURUSD", api.TIMEFRAME_M5, 0, 5)
    assert np.array_equal(api.copy_rates_from_pos("EURUSD", api.TIMEFRAME_M5, 1, 4), five[:4])
    assert np.array_equal(api.copy_rates_from("EURUSD", api.TIMEFRAME_M5, int(five["time"][3]), 2), five[2:4])
    between = api.copy_rates_range("EURUSD", api.TIMEFRAME_M5, int(five["time"][1]), int(five["time"][3]))
    assert np.array_equal(between, five[1:4])


@pytest.mark.parametrize(("timeframe", "count"), [(7, 10), (1, 0), (1, -1)])
def test_bars_that_cannot_be_are_refused(timeframe: int, count: int) -> None:
    api = paper()
    assert api.copy_rates_from_pos("EURUSD", timeframe, 0, count) is None
    assert api.last_error()[0] == -2


def test_ticks_by_count_and_by_kind() -> None:
    api = paper(Clock())
    start = api.symbol_info_tick("EURUSD").time - 3600
    ticks = api.copy_ticks_from("EURUSD", start, 700, api.COPY_TICKS_INFO)
    assert len(ticks) == 700
    assert ticks["time_msc"][0] >= start * 1000
    assert len(api.copy_ticks_from("EURUSD", start, 10, api.COPY_TICKS_TRADE)) == 0


def test_the_depth_of_market_stands_around_the_quote() -> None:
    api = paper(Clock())
    assert api.market_book_get("EURUSD") is None
    assert api.market_book_add("EURUSD") is True
    book, tick = api.market_book_get("EURUSD"), api.symbol_info_tick("EURUSD")
    assert min(each.price for each in book if each.type == api.BOOK_TYPE_SELL) == tick.ask
    assert max(each.price for each in book if each.type == api.BOOK_TYPE_BUY) == tick.bid
    assert api.market_book_release("EURUSD") is True


# --- the course of things -------------------------------------------------------------------------------------------


def test_stops_hit_while_nobody_looked_are_booked_at_their_time() -> None:
    looked, absent = Clock(), Clock()
    watched, left = paper(looked), paper(absent)
    for api in (watched, left):
        tick = api.symbol_info_tick("EURUSD")
        assert market_order(api, sl=round(tick.bid - 0.0006, 5), tp=round(tick.bid + 0.0006, 5)).retcode == 10009
        assert pending_order(api, api.ORDER_TYPE_BUY_LIMIT, round(tick.bid - 0.0008, 5)).retcode == 10009
    for _ in range(120):
        looked.forward(minutes=5)
        watched.positions_get()
    absent.forward(hours=10)
    assert left.positions_get() == watched.positions_get()
    assert left.history_deals_get(0, 4e9) == watched.history_deals_get(0, 4e9)
    assert len(left.history_deals_get(0, 4e9)) > 2


def test_a_month_of_absence_is_played_too() -> None:
    clock = Clock()
    api = paper(clock)
    tick = api.symbol_info_tick("EURUSD")
    market_order(api, volume=0.01, sl=round(tick.bid - 0.01, 5), tp=round(tick.bid + 0.01, 5))
    clock.forward(days=45)
    closing = api.history_deals_get(0, 4e9)[-1]
    assert closing.reason in (4, 5)
    assert closing.swap != 0


def test_stop_out_closes_the_largest_loss_first_and_pending_orders_before() -> None:
    clock = Clock()
    fall = quotes((0, 1.1, 1.1001), (60, 1.0925, 1.0926), (120, 1.08, 1.0801))
    api = paper(clock, prices={"EURUSD": fall}, balance=1000.0, stop_out=50.0)
    large = market_order(api, volume=0.7)
    small = market_order(api, volume=0.1)
    pending_order(api, api.ORDER_TYPE_BUY_LIMIT, 1.05)
    clock.forward(seconds=61)
    assert [each.ticket for each in api.positions_get()] == [small.order]
    assert api.orders_get() == ()
    out = api.history_deals_get(position=large.order)[-1]
    assert (out.reason, out.comment[:3], out.price) == (api.DEAL_REASON_SO, "[so", 1.0925)
    assert api.account_info().balance == sum_of_deals(api)


def test_stop_out_by_money_closes_at_the_amount() -> None:
    clock = Clock()
    fall = quotes((0, 1.1, 1.1001), (60, 1.0999, 1.1))
    api = paper(clock, prices={"EURUSD": fall}, balance=1000.0, stop_out_mode=1, stop_out=100.0)
    market_order(api, volume=0.8)
    assert api.positions_total() == 1
    clock.forward(seconds=61)
    assert api.positions_total() == (0 if api.account_info().margin_free <= 100 else 1)


# --- replay ---------------------------------------------------------------------------------------------------------

BARS = """,Open,High,Low,Close,Volume
2017-04-19 09:00:00,1.10,1.20,1.05,1.15,1413
2017-04-19 10:00:00,1.15,1.18,1.02,1.04,1241
2017-04-21 10:00:00,1.04,1.06,1.03,1.05,9
"""
ISO_BARS = "timestamp,open,high,low,close\n2012-02-01 00:00:00+00:00,1,2,0.5,1.5\n2012-02-01 00:01:00+00:00,1.5,3,1,2\n"
TICKS = "time_msc,bid,ask\n1000,1.1,1.2\n2500,1.3,1.4\n"
EXPORT = "<DATE>\t<TIME>\t<BID>\t<ASK>\n2024.01.02\t00:00:01.500\t1.1\t1.2\n2024.01.02\t00:00:02.000\t\t1.25\n"


def test_bars_are_replayed_as_open_extremes_close_without_their_gaps(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv.gz"
    path.write_bytes(gzip.compress(BARS.encode()))
    recording = read_recording(path)
    assert recording.bid.tolist() == [1.1, 1.05, 1.2, 1.15, 1.15, 1.18, 1.02, 1.04, 1.04, 1.03, 1.06, 1.05]
    assert recording.at_ms[4] == HOUR_MS
    assert recording.at_ms[8] == 2 * HOUR_MS
    assert recording.length_ms == 3 * HOUR_MS


@pytest.mark.parametrize(
    ("text", "bids", "asks"),
    [(TICKS, [1.1, 1.3], [1.2, 1.4]), (EXPORT, [1.1, 1.1], [1.2, 1.25])],
    ids=["plain", "terminal export"],
)
def test_ticks_are_replayed(tmp_path: Path, text: str, bids: list[float], asks: list[float]) -> None:
    path = tmp_path / "ticks.csv"
    path.write_text(text)
    recording = read_recording(path)
    assert (recording.bid.tolist(), recording.ask.tolist()) == (bids, asks)
    assert recording.at_ms.tolist() == [0, 1500 if text is TICKS else 500]


def test_bids_and_asks_may_come_from_two_files(tmp_path: Path) -> None:
    bid, ask = tmp_path / "bid.csv", tmp_path / "ask.csv"
    bid.write_text(ISO_BARS)
    ask.write_text(ISO_BARS.replace(",1,2,0.5,1.5", ",1.1,2.1,0.6,1.6"))
    recording = read_recording(bid, ask)
    assert recording.ask[:4].tolist() == [1.1, 0.6, 2.1, 1.6]
    assert np.all(recording.ask >= recording.bid)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n3,4\n", "time,bid,ask\nyesterday,1,2\ntoday,1,2\n", BARS[:60]])
def test_an_unreadable_recording_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(ReplayUnreadable):
        read_recording(path)


def test_a_replay_plays_forward_faster_and_again_from_the_start() -> None:
    clock = Clock()
    script = quotes((0, 1.0, 1.1), (100, 2.0, 2.1), days=1)
    api = paper(clock, prices={"EURUSD": script})
    assert api.symbol_info_tick("EURUSD").bid == 1.0
    clock.forward(seconds=100)
    assert api.symbol_info_tick("EURUSD").bid == 2.0
    clock.forward(days=1)
    assert api.symbol_info_tick("EURUSD").bid == 2.0
    clock.forward(seconds=-50)
    assert api.symbol_info_tick("EURUSD").bid == 1.0


def test_other_symbols_go_on_beside_a_replay() -> None:
    api: Any = paper(Clock(), prices={"EURUSD": quotes((0, 1.0, 1.1))})
    assert api.symbol_info_tick("GBPUSD").bid > 1.2
    assert len(api.copy_rates_from_pos("EURUSD", api.TIMEFRAME_H1, 0, 5)) > 0
