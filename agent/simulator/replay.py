"""Replay of recorded prices: CSV files of bars or ticks, plain or gzipped, in the forms brokers and archives use.

The first row is played when the account was opened, and the file starts again at its end. Closed hours are left out
(the simulated market does not close): a gap lasts no longer than one bar, or a minute between ticks.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from agent.simulator.instruments import Instrument
from agent.simulator.noise import Floats, Ints, grid_start
from agent.simulator.pricing import NO_TICKS, PriceSource, Quote, Ticks, joined

LONGEST_TICK_GAP_MS: Final = 60_000
_FEWEST_ROWS: Final = 2
_SECONDS_LIMIT: Final = 100_000_000_000
"""Epochs above are milliseconds."""
_BAR_COLUMNS: Final = ("open", "high", "low", "close")


class ReplayUnreadable(Exception):
    """The file is not a CSV of bars (open, high, low, close) or ticks (bid, ask) with a time in each row."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Prices by milliseconds from the start; `ask` is NaN where only bids were recorded. `length_ms` is one round."""

    at_ms: Ints
    bid: Floats
    ask: Floats
    length_ms: int


def read_recording(path: str | Path, ask_path: str | Path | None = None) -> Recording:
    """A recording from a CSV file of bids (bars or ticks); `ask_path` holds the asks of the same bars."""
    rows = _rows(Path(path))
    if "bid" in rows[0]:
        return _of_ticks(rows)
    if ask_path is None:
        return _of_bars(rows, rows)
    asks = _rows(Path(ask_path))
    if len(asks) != len(rows):
        raise ReplayUnreadable(f"{ask_path} does not hold the same bars as {path}")
    recording = _of_bars(rows, rows)
    return replace(recording, ask=np.maximum(_of_bars(asks, rows).bid, recording.bid))


def recording_of(ticks: Iterable[tuple[int, float, float]], length_ms: int) -> Recording:
    """A recording from rows of milliseconds, bid and ask."""
    at_ms, bid, ask = zip(*ticks, strict=True)
    return Recording(np.array(at_ms, np.int64), np.array(bid, np.float64), np.array(ask, np.float64), length_ms)


class ReplayPrices:
    """Recorded prices for some symbols, another source for the rest. `speed` 60 plays an hour in a minute."""

    def __init__(
        self, recordings: Mapping[str, Recording], others: PriceSource, start_ms: int, *, speed: float = 1.0
    ) -> None:
        self._others = others
        self._start_ms = start_ms
        self._recordings = {
            name: Recording(
                (each.at_ms / speed).astype(np.int64), each.bid, each.ask, max(1, int(each.length_ms / speed))
            )
            for name, each in recordings.items()
        }

    def ticks(self, instrument: Instrument, after_ms: int, until_ms: int) -> Ticks:
        recording = self._recordings.get(instrument.name)
        if recording is None:
            return self._others.ticks(instrument, after_ms, until_ms)
        length, parts = recording.length_ms, []
        for number in range((after_ms - self._start_ms) // length, (until_ms - self._start_ms) // length + 1):
            began = self._start_ms + number * length
            first = int(np.searchsorted(recording.at_ms, after_ms - began, side="right"))
            last = int(np.searchsorted(recording.at_ms, until_ms - began, side="right"))
            if first < last:
                bid = recording.bid[first:last]
                ask = _asks(instrument, bid, recording.ask[first:last])
                parts.append(Ticks(recording.at_ms[first:last] + began, bid, ask))
        return joined(parts) if parts else NO_TICKS

    def last(self, instrument: Instrument, at_ms: int) -> Quote | None:
        recording = self._recordings.get(instrument.name)
        if recording is None:
            return self._others.last(instrument, at_ms)
        number, rest = divmod(at_ms - self._start_ms, recording.length_ms)
        row = int(np.searchsorted(recording.at_ms, rest, side="right")) - 1
        if row < 0:
            number, row = number - 1, len(recording.at_ms) - 1
        bid = recording.bid[row : row + 1]
        ask = float(_asks(instrument, bid, recording.ask[row : row + 1])[0])
        return Quote(int(recording.at_ms[row]) + self._start_ms + number * recording.length_ms, float(bid[0]), ask)

    def sampled(self, instrument: Instrument, first_s: int, last_s: int, level: int) -> tuple[Ints, Floats, float]:
        recording = self._recordings.get(instrument.name)
        if recording is None:
            return self._others.sampled(instrument, first_s, last_s, level)
        times = np.arange(grid_start(first_s, level), last_s + (1 << level), 1 << level, dtype=np.int64)
        rest = (times * 1000 - self._start_ms) % recording.length_ms
        rows = np.searchsorted(recording.at_ms, rest, side="right") - 1  # row -1, before the first, is the last one
        return times, recording.bid[rows], len(recording.bid) * 1000.0 / recording.length_ms


def _asks(instrument: Instrument, bid: Floats, ask: Floats) -> Floats:
    """Recorded asks, or the instrument's usual spread above the bids."""
    usual = np.round(bid + instrument.spread_points * instrument.point, instrument.digits)
    return np.where(np.isnan(ask), usual, ask)


def _rows(path: Path) -> list[dict[str, str]]:
    """Rows by lower-case column names; the unnamed first column of a data frame's export is its time."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    content = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    header = content.partition("\n")[0]
    delimiter = max("\t;,", key=header.count)
    reader = csv.reader(content.splitlines(), delimiter=delimiter)
    names = [name.strip().strip("<>").lower() or "time" for name in next(reader, [])]
    rows = [dict(zip(names, row, strict=False)) for row in reader if row]
    is_known = {"bid", "ask"} <= set(names) or set(_BAR_COLUMNS) <= set(names)
    if len(rows) < _FEWEST_ROWS or not is_known:
        raise ReplayUnreadable(f"{path.name} holds neither bars (open, high, low, close) nor ticks (bid, ask)")
    return rows


def _times(rows: list[dict[str, str]]) -> Ints:
    try:
        return np.array([_milliseconds(row) for row in rows], np.int64)
    except (KeyError, ValueError) as problem:
        raise ReplayUnreadable(f"a row without a readable time: {problem}") from problem


def _milliseconds(row: dict[str, str]) -> int:
    """The time of a row: date and time apart or together, ISO or with points, or an epoch in s or ms."""
    if "time_msc" in row:
        return int(row["time_msc"])
    name = next(each for each in ("timestamp", "datetime", "time", "date") if each in row)
    text = f"{row['date']} {row['time']}" if {"date", "time"} <= row.keys() else row[name]
    number = text.strip()
    if number.replace(".", "", 1).isdigit() and number.count(".") <= 1 and len(number) > len("YYYYMMDD"):
        epoch = float(number)
        return int(epoch if epoch > _SECONDS_LIMIT else epoch * 1000)
    at = datetime.fromisoformat(number.replace(".", "-", 2) if number[4:5] == "." else number)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def _of_ticks(rows: list[dict[str, str]]) -> Recording:
    """Ticks; an empty bid or ask (MT5's own export leaves out what did not change) keeps the one before."""
    filled: list[tuple[float, float]] = []
    bid = ask = float("nan")
    for row in rows:
        bid, ask = float(row["bid"] or bid), float(row["ask"] or ask)
        filled.append((bid, ask))
    prices = np.array(filled)
    steps = np.clip(np.diff(_times(rows)), 0, LONGEST_TICK_GAP_MS)
    at_ms = np.concatenate([np.zeros(1, np.int64), np.cumsum(steps)])
    keep = ~np.isnan(prices).any(axis=1)
    return Recording(at_ms[keep], prices[keep, 0], prices[keep, 1], int(at_ms[-1]) + 1000)


def _of_bars(rows: list[dict[str, str]], course: list[dict[str, str]]) -> Recording:
    """Four ticks a bar: open, the extreme it went to first (away from the close of `course`), the other one, close."""
    times = _times(rows)
    interval = int(np.diff(times).min())
    if interval <= 0:
        raise ReplayUnreadable("the bars are not in order of time")
    opened, high, low, close = (np.array([float(row[name]) for row in rows]) for name in _BAR_COLUMNS)
    is_up = np.array([float(row["close"]) >= float(row["open"]) for row in course])
    prices = np.column_stack([opened, np.where(is_up, low, high), np.where(is_up, high, low), close]).ravel()
    starts = np.arange(len(rows), dtype=np.int64) * interval
    offsets = np.array([0, interval // 4, interval // 2, interval - interval // 8], np.int64)
    at_ms = (starts[:, None] + offsets[None, :]).ravel()
    return Recording(at_ms, prices, np.full(len(prices), np.nan), len(rows) * interval)
