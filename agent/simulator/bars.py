"""History: bars of every timeframe and runs of ticks, as the numpy arrays of the API, in server time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.simulator import constants as mt5
from agent.simulator.account import Account
from agent.simulator.instruments import Instrument
from agent.simulator.noise import Floats, Ints
from agent.simulator.pricing import Ticks
from agent.simulator.structures import RATES_DTYPE, TICKS_DTYPE

Rows = NDArray[Any]

EXACT_SPAN_S: Final = 6 * 3600
"""What is this recent is taken tick by tick, older prices from a coarser grid."""
_SAMPLES_PER_BAR: Final = 32
_MAX_SAMPLES: Final = 2_000_000
_DAY_S: Final = 86_400
_WEEK_S: Final = 7 * _DAY_S
_FIRST_SUNDAY_S: Final = 3 * _DAY_S  # the epoch was a Thursday; the terminal's weeks begin on Sunday
_INFO_FLAGS: Final = mt5.TICK_FLAG_BID | mt5.TICK_FLAG_ASK
_MONTH: Final = mt5.TIMEFRAME_MN1
_WEEK: Final = mt5.TIMEFRAME_W1
_HOURLY: Final = 0x4000

TIMEFRAMES: Final = frozenset(value for name, value in vars(mt5).items() if name.startswith("TIMEFRAME_"))


def seconds_of(timeframe: int) -> int:
    """Length of a bar; a month counts as 30 days where only the rough length matters."""
    if timeframe == _MONTH:
        return 30 * _DAY_S
    if timeframe == _WEEK:
        return _WEEK_S
    if timeframe >= _HOURLY:
        return (timeframe - _HOURLY) * 3600
    return timeframe * 60


def open_time(server_s: int, timeframe: int) -> int:
    """The opening time of the bar that contains a server time."""
    if timeframe == _MONTH:
        day = datetime.fromtimestamp(server_s, UTC)
        return int(datetime(day.year, day.month, 1, tzinfo=UTC).timestamp())
    if timeframe == _WEEK:
        return (server_s - _FIRST_SUNDAY_S) // _WEEK_S * _WEEK_S + _FIRST_SUNDAY_S
    length = seconds_of(timeframe)
    return server_s // length * length


class Series(NamedTuple):
    """Prices in order of server time (s), with spreads in points and how many ticks each price stands for."""

    server_s: Ints
    bid: Floats
    spread: Floats
    ticks: Floats


class History:
    """Bars and ticks of one account's broker."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def bars(self, instrument: Instrument, timeframe: int, first_s: int, last_s: int, now_ms: int) -> Rows:
        """Bars that open from `first_s` to `last_s` (server time), oldest first; a bar without ticks does not exist."""
        now_s = self._account.stamp(now_ms)[0]
        start = open_time(first_s, timeframe)
        if start < first_s:
            start = open_time(first_s + seconds_of(timeframe), timeframe)
        end = min(open_time(last_s, timeframe) + seconds_of(timeframe), now_s + 1)
        if end <= start:
            return np.empty(0, RATES_DTYPE)
        border = min(max(now_s - EXACT_SPAN_S, start), end)
        parts = []
        if border > start:
            parts.append(self._from_grid(instrument, timeframe, start, border))
        if end > border:
            parts.append(self._from_ticks(instrument, border, end, now_ms))
        return _grouped(Series(*(np.concatenate(columns) for columns in zip(*parts, strict=True))), timeframe)

    def newest_bars(self, instrument: Instrument, timeframe: int, last_s: int, count: int, now_ms: int) -> Rows:
        """The last `count` bars that open at or before `last_s`; closed markets make it look further back."""
        length = seconds_of(timeframe)
        span = (count + 1) * length
        rows = np.empty(0, RATES_DTYPE)
        for _ in range(4):
            rows = self.bars(instrument, timeframe, last_s - span, last_s, now_ms)
            if len(rows) >= count:
                break
            span = span * 2 + _WEEK_S
        return rows[-count:]

    def ticks(
        self, instrument: Instrument, first_s: float, last_s: float | None, count: int | None, flags: int, now_ms: int
    ) -> Rows:
        """Ticks from `first_s` (server time) up to `last_s`, or `count` of them."""
        if flags == mt5.COPY_TICKS_TRADE:
            return np.empty(0, TICKS_DTYPE)  # quoted markets have no last price
        zone = self._account.zone
        start_ms = zone.to_utc(int(first_s * 1000)) - 1
        end_ms = now_ms if last_s is None else min(zone.to_utc(int(last_s * 1000)), now_ms)
        if count is None:
            return self._tick_rows(self._account.prices.ticks(instrument, start_ms, end_ms))
        found: list[Rows] = []
        missing = count
        while missing > 0 and start_ms < end_ms:
            step_ms = min(end_ms, start_ms + int((missing / instrument.ticks_per_s + 600) * 1000))
            rows = self._tick_rows(self._account.prices.ticks(instrument, start_ms, step_ms))[:missing]
            found.append(rows)
            missing -= len(rows)
            start_ms = step_ms
        return np.concatenate(found) if found else np.empty(0, TICKS_DTYPE)

    def _tick_rows(self, ticks: Ticks) -> Rows:
        rows = np.zeros(len(ticks), TICKS_DTYPE)
        if len(ticks):
            rows["time_msc"] = self._to_server(ticks.at_ms)
            rows["time"] = rows["time_msc"] // 1000
            rows["bid"], rows["ask"] = ticks.bid, ticks.ask
            rows["flags"] = _INFO_FLAGS
        return rows

    def _from_ticks(self, instrument: Instrument, start_s: int, end_s: int, now_ms: int) -> Series:
        zone = self._account.zone
        until_ms = min(zone.to_utc(end_s * 1000) - 1, now_ms)
        ticks = self._account.prices.ticks(instrument, zone.to_utc(start_s * 1000) - 1, until_ms)
        spread = np.round((ticks.ask - ticks.bid) / instrument.point)
        return Series(self._to_server(ticks.at_ms) // 1000, ticks.bid, spread, np.ones(len(ticks)))

    def _from_grid(self, instrument: Instrument, timeframe: int, start_s: int, end_s: int) -> Series:
        zone = self._account.zone
        finest = max(seconds_of(timeframe) // _SAMPLES_PER_BAR, (end_s - start_s) // _MAX_SAMPLES, 1)
        level = finest.bit_length() - 1
        first, last = zone.to_utc(start_s * 1000) // 1000, zone.to_utc(end_s * 1000) // 1000
        times, bids, rate = self._account.prices.sampled(instrument, first, last, level)
        server = self._to_server(times * 1000) // 1000
        keep = (server >= start_s) & (server < end_s)
        count = int(keep.sum())
        spread = np.full(count, float(instrument.spread_points))
        return Series(server[keep], bids[keep], spread, np.full(count, max(1.0, rate * (1 << level))))

    def _to_server(self, at_ms: Ints) -> Ints:
        """Server time of many instants; the offset is looked up where it can change, every hour."""
        if not len(at_ms):
            return at_ms
        hours, where = np.unique(at_ms // 3_600_000, return_inverse=True)
        offsets = np.array([self._account.zone.offset_ms(int(hour) * 3_600_000) for hour in hours], np.int64)
        return at_ms + offsets[where]


def _grouped(series: Series, timeframe: int) -> Rows:
    """Bars from prices in order of time."""
    server_s, bids = series.server_s, series.bid
    if not len(server_s):
        return np.empty(0, RATES_DTYPE)
    if timeframe in (_MONTH, _WEEK):
        days, where = np.unique(server_s // _DAY_S, return_inverse=True)
        opens = np.array([open_time(int(day) * _DAY_S, timeframe) for day in days], np.int64)[where]
    else:
        length = seconds_of(timeframe)
        opens = server_s // length * length
    starts = np.flatnonzero(np.r_[True, opens[1:] != opens[:-1]])
    rows = np.zeros(len(starts), RATES_DTYPE)
    rows["time"] = opens[starts]
    rows["open"], rows["close"] = bids[starts], bids[np.r_[starts[1:], len(opens)] - 1]
    rows["high"], rows["low"] = np.maximum.reduceat(bids, starts), np.minimum.reduceat(bids, starts)
    rows["tick_volume"] = np.add.reduceat(series.ticks, starts)
    rows["spread"] = np.minimum.reduceat(series.spread, starts)
    return rows
