"""Where simulated prices come from: a seeded market, or (in `replay.py`) a file.

Ticks are a pure function of seed, symbol and time. Currencies are the random factors and a pair is the ratio of two of
them, so the majors move together, crosses agree with their legs, and nothing needs to be stored.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np

from agent.simulator.instruments import Instrument
from agent.simulator.noise import BrownianPath, Floats, Ints, gauss, grid_start, key, uniform
from agent.simulator.server_time import ServerZone, is_weekend

BLOCK_S: Final = 256
BLOCK_MS: Final = BLOCK_S * 1000
_SLOT_MS: Final = 200
_SLOTS: Final = BLOCK_MS // _SLOT_MS
_CACHED_BLOCKS: Final = 96
_LOOK_BACK_BLOCKS: Final = 1200  # more than a weekend of closed market
_HOURLY_ACTIVITY: Final = (0.6, 0.6, 0.6, 0.6, 0.6, 0.7, 0.9, 1.2, 1.3, 1.2, 1.1, 1.1, 1.3, 1.5, 1.6, 1.5)
_EVENING_ACTIVITY: Final = (1.3, 1.0, 0.9, 0.8, 0.7, 0.5, 0.5, 0.6)
ACTIVITY: Final = _HOURLY_ACTIVITY + _EVENING_ACTIVITY
"""Ticks by hour of the day, UTC, relative to the instrument's own rate."""

FACTORS: Final = {
    "USD": (1.0, 0.055),
    "EUR": (1.16, 0.045),
    "GBP": (1.34, 0.05),
    "JPY": (1 / 154.0, 0.07),
    "CHF": (1 / 0.8, 0.045),
    "AUD": (0.66, 0.07),
    "NZD": (0.58, 0.07),
    "CAD": (1 / 1.39, 0.04),
    "XAU": (4050.0, 0.16),
    "BTC": (92_000.0, 0.5),
    "US500": (6700.0, 0.15),
    "GER40": (24_000.0 * 1.16, 0.16),
    "AAPL": (265.0, 0.24),
}
"""Worth in US dollars at the anchor, and annual volatility of its own."""

CENTS: Final = {"USC": "USD", "EUC": "EUR"}
"""Account currencies that are a hundredth of another."""


class Quote(NamedTuple):
    """The last tick at some instant; `at_ms` is UTC."""

    at_ms: int
    bid: float
    ask: float


@dataclass(frozen=True, slots=True)
class Ticks:
    """Ticks in order of time; `at_ms` is UTC milliseconds."""

    at_ms: Ints
    bid: Floats
    ask: Floats

    def __len__(self) -> int:
        return len(self.at_ms)

    def part(self, start: int, stop: int) -> Ticks:
        """The rows from `start` up to `stop`."""
        return Ticks(self.at_ms[start:stop], self.bid[start:stop], self.ask[start:stop])


NO_TICKS: Final = Ticks(np.empty(0, np.int64), np.empty(0), np.empty(0))


def joined(parts: list[Ticks]) -> Ticks:
    """Several runs of ticks as one."""
    if not parts:
        return NO_TICKS
    if len(parts) == 1:
        return parts[0]
    return Ticks(
        np.concatenate([part.at_ms for part in parts]),
        np.concatenate([part.bid for part in parts]),
        np.concatenate([part.ask for part in parts]),
    )


class PriceSource(Protocol):
    """A market: the same question always has the same answer."""

    def ticks(self, instrument: Instrument, after_ms: int, until_ms: int) -> Ticks:
        """Ticks later than `after_ms` and not later than `until_ms`."""

    def last(self, instrument: Instrument, at_ms: int) -> Quote | None:
        """The newest tick at that instant; None where the market has none."""

    def sampled(self, instrument: Instrument, first_s: int, last_s: int, level: int) -> tuple[Ints, Floats, float]:
        """Bids on a grid of 2**level seconds: the grid's times (s), the bids, the usual ticks per second."""


class SeededPrices:
    """The random market. It never closes, unless `closes_at_weekends`: then server Saturdays and Sundays are silent."""

    def __init__(self, seed: int, zone: ServerZone | None = None, *, closes_at_weekends: bool = False) -> None:
        self.seed = seed
        self._zone = zone or ServerZone()
        self._closes = closes_at_weekends
        self._paths: dict[str, BrownianPath] = {}
        self._factor_blocks: OrderedDict[tuple[str, int], Floats] = OrderedDict()
        self._blocks: OrderedDict[tuple[str, int], tuple[Ticks, list[int]]] = OrderedDict()

    def ticks(self, instrument: Instrument, after_ms: int, until_ms: int) -> Ticks:
        parts = []
        for block in range((after_ms + 1) // BLOCK_MS, until_ms // BLOCK_MS + 1):
            ticks, times = self._block(instrument, block)
            start, stop = bisect_right(times, after_ms), bisect_right(times, until_ms)
            if start < stop:
                parts.append(ticks.part(start, stop))
        return joined(parts)

    def last(self, instrument: Instrument, at_ms: int) -> Quote | None:
        newest = at_ms // BLOCK_MS
        for block in range(newest, newest - _LOOK_BACK_BLOCKS, -1):
            ticks, times = self._block(instrument, block)
            row = bisect_right(times, at_ms) - 1
            if row >= 0:
                return Quote(times[row], float(ticks.bid[row]), float(ticks.ask[row]))
        return None

    def sampled(self, instrument: Instrument, first_s: int, last_s: int, level: int) -> tuple[Ints, Floats, float]:
        base, quote = self._factor_names(instrument)
        path = self._path(base).values(first_s, last_s, level) - self._path(quote).values(first_s, last_s, level)
        times = grid_start(first_s, level) + np.arange(len(path), dtype=np.int64) * (1 << level)
        mid = self._anchor(base, quote) * np.exp(path)
        bid = np.round(mid - instrument.spread_points * instrument.point / 2, instrument.digits)
        if self._closes:
            keep = self._open_mask(times * 1000)
            times, bid = times[keep], bid[keep]
        return times, bid, instrument.ticks_per_s

    def _path(self, factor: str) -> BrownianPath:
        path = self._paths.get(factor)
        if path is None:
            path = BrownianPath(key(self.seed, factor), FACTORS.get(factor, (1.0, 0.1))[1])
            self._paths[factor] = path
        return path

    @staticmethod
    def _factor_names(instrument: Instrument) -> tuple[str, str]:
        own = instrument.name.split(".")[0]
        base = own if own in FACTORS else instrument.base
        return base, instrument.profit

    @staticmethod
    def _anchor(base: str, quote: str) -> float:
        return FACTORS.get(base, (100.0, 0.1))[0] / FACTORS.get(quote, (1.0, 0.1))[0]

    def _factor(self, factor: str, block: int) -> Floats:
        """The factor's log path on every second of a block, one second more at the end."""
        found = self._factor_blocks.get((factor, block))
        if found is None:
            found = self._path(factor).values(block * BLOCK_S, (block + 1) * BLOCK_S)
            self._factor_blocks[factor, block] = found
            if len(self._factor_blocks) > _CACHED_BLOCKS:
                self._factor_blocks.popitem(last=False)
        return found

    def _block(self, instrument: Instrument, block: int) -> tuple[Ticks, list[int]]:
        found = self._blocks.get((instrument.name, block))
        if found is None:
            ticks = self._make_block(instrument, block)
            found = (ticks, ticks.at_ms.tolist())
            self._blocks[instrument.name, block] = found
            if len(self._blocks) > _CACHED_BLOCKS:
                self._blocks.popitem(last=False)
        return found

    def _make_block(self, instrument: Instrument, block: int) -> Ticks:
        stream = key(self.seed, "ticks", instrument.name)
        slots = block * _SLOTS + np.arange(_SLOTS, dtype=np.int64)
        start_ms = block * BLOCK_MS
        rate = instrument.ticks_per_s * ACTIVITY[start_ms // 3_600_000 % 24] * _SLOT_MS / 1000
        taken = uniform(stream, slots) < rate
        taken[0] = True
        slots = slots[taken]
        at_ms = slots * _SLOT_MS + (uniform(stream + 1, slots) * _SLOT_MS).astype(np.int64)
        if self._closes:
            keep = self._open_mask(at_ms)
            slots, at_ms = slots[keep], at_ms[keep]
            if not len(at_ms):
                return NO_TICKS
        base, quote = self._factor_names(instrument)
        path = self._factor(base, block) - self._factor(quote, block)
        logs = np.interp((at_ms - start_ms) / 1000.0, np.arange(len(path)), path)
        points = gauss(stream + 2, slots)
        mid = self._anchor(base, quote) * np.exp(logs) + points * (instrument.spread_points * instrument.point * 0.08)
        wide = uniform(stream + 3, slots)
        spread = np.maximum(1, np.round(instrument.spread_points * (0.75 + 0.5 * wide**3))) * instrument.point
        bid = np.round(np.round((mid - spread / 2) / instrument.tick) * instrument.tick, instrument.digits)
        ask = np.round(np.ceil((bid + spread) / instrument.tick - 1e-6) * instrument.tick, instrument.digits)
        return Ticks(at_ms, bid, ask)

    def _open_mask(self, at_ms: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.fromiter((not is_weekend(self._zone.to_server(int(at))) for at in at_ms), np.bool_, len(at_ms))
