"""Small curves: where a figure went lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

WIDTH, HEIGHT, EDGE = 240, 32, 2


class _Sparkline(rx.Component):
    library = rx.asset("sparkline.jsx", shared=True).importable_path
    tag = "Sparkline"

    points: rx.Var[str]
    base: rx.Var[int]
    tone: rx.Var[str]
    dashed: rx.Var[bool]
    label: rx.Var[str]


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve as it is drawn: points in a box of 240 by 32, and the height of its base line (negative: none)."""

    points: str = ""
    base: int = -1


def curve(values: Sequence[float], base: float | None = None) -> Curve:
    """Fit values, oldest first, into the box; a base far outside of them is left out rather than flattening them."""
    if len(values) < 2:  # noqa: PLR2004 - one point is no curve
        return Curve()
    low, high = min(values), max(values)
    reach = (high - low) or 1.0
    if base is not None and low - reach <= base <= high + reach:
        low, high = min(low, base), max(high, base)
    else:
        base = None
    span = high - low

    def height(value: float) -> int:
        share = (value - low) / span if span else 0.5
        return round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE))

    step = WIDTH / (len(values) - 1)
    points = " ".join(f"{round(place * step)},{height(value)}" for place, value in enumerate(values))
    return Curve(points, -1 if base is None else height(base))


def sparkline(points: Any, base: Any, *, tone: Any, dashed: Any, label: Any) -> rx.Component:
    """A curve in the tone of the figure it belongs to; dashed when it is only what was stored."""
    return _Sparkline.create(points=points, base=base, tone=tone, dashed=dashed, label=label)
