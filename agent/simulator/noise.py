"""Random numbers without state: any value of any path can be computed alone, from the seed and the time.

So the simulated market has a past and a future without storing either, and a restarted process sees the same prices.
A path is a Brownian bridge refined by midpoint displacement between independent knots 48.5 days apart: increments are
Gaussian with the asked volatility at every scale below that, and the price never drifts away from its anchor.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

TOP_LEVEL: Final = 22
"""Knots are 2**22 seconds apart."""

SECONDS_PER_YEAR: Final = 365 * 86_400
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MASK_64: Final = (1 << 64) - 1


def key(*parts: int | str) -> int:
    """A 64-bit key for a stream of numbers, the same in every process (FNV-1a over the parts)."""
    value = 0xCBF29CE484222325
    for byte in "\x1f".join(str(part) for part in parts).encode():
        value = ((value ^ byte) * 0x100000001B3) & _MASK_64
    return value


def bits(stream: int, index: Ints) -> NDArray[np.uint64]:
    """64 random bits for each index of a stream (splitmix64)."""
    x = index.astype(np.uint64) * _GOLDEN + np.uint64(stream)
    x = (x ^ (x >> np.uint64(30))) * _MIX_1
    x = (x ^ (x >> np.uint64(27))) * _MIX_2
    return x ^ (x >> np.uint64(31))


def uniform(stream: int, index: Ints) -> Floats:
    """Numbers in [0, 1)."""
    return np.asarray((bits(stream, index) >> np.uint64(11)) * (1.0 / (1 << 53)), dtype=np.float64)


def gauss(stream: int, index: Ints) -> Floats:
    """Numbers of mean 0 and variance 1: the sum of four 16-bit uniforms, near enough to a Gaussian for a market."""
    word = bits(stream, index)
    low = np.uint64(0xFFFF)
    total = (word & low) + ((word >> np.uint64(16)) & low) + ((word >> np.uint64(32)) & low) + (word >> np.uint64(48))
    return np.asarray((total / 65536.0 - 2.0) * math.sqrt(3.0), dtype=np.float64)


class BrownianPath:
    """A log-price path with `annual_volatility` (0.08 = 8 % a year) that any second can be read from."""

    def __init__(self, stream: int, annual_volatility: float) -> None:
        self._streams = [key(stream, level) for level in range(TOP_LEVEL + 1)]
        sigma = annual_volatility / math.sqrt(SECONDS_PER_YEAR)
        self._top_amplitude = sigma * math.sqrt(2.0**TOP_LEVEL / 2.0)
        self._amplitudes = [sigma * math.sqrt(2.0**level / 2.0) for level in range(TOP_LEVEL)]

    def values(self, first_s: int, last_s: int, level: int = 0) -> Floats:
        """Values on the grid of 2**level seconds that begins at or before `first_s` and covers `last_s`.

        The grid's first point is `grid_start(first_s, level)`; the result has a point at or after `last_s`.
        """
        low, high = first_s >> TOP_LEVEL, (last_s >> TOP_LEVEL) + 1
        nodes = np.arange(low, high + 1, dtype=np.int64)
        path = gauss(self._streams[TOP_LEVEL], nodes) * self._top_amplitude
        for finer in range(TOP_LEVEL - 1, level - 1, -1):
            odd = np.arange(2 * low + 1, 2 * high, 2, dtype=np.int64)
            refined = np.empty(2 * (high - low) + 1)
            refined[::2] = path
            refined[1::2] = (path[:-1] + path[1:]) * 0.5 + gauss(self._streams[finer], odd) * self._amplitudes[finer]
            new_low, new_high = first_s >> finer, -(-last_s >> finer)
            new_high = max(new_high, new_low + 1)
            path = refined[new_low - 2 * low : new_high - 2 * low + 1]
            low, high = new_low, new_high
        return path


def grid_start(first_s: int, level: int) -> int:
    """The second at which `BrownianPath.values` begins for these arguments."""
    return (first_s >> level) << level
