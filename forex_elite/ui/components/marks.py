"""Small marks: status badges, sides, figures with units, meters. None speaks by colour alone."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.components.icon import icon

Text = str | rx.Var[str]

_LIBRARY = rx.asset("marks.jsx", shared=True).importable_path


class _Mark(rx.Component):
    library = _LIBRARY
    tag = "Mark"


class _Meter(rx.Component):
    library = _LIBRARY
    tag = "Meter"

    value: rx.Var[float]
    tone: rx.Var[str]
    label: rx.Var[str]


class _Range(rx.Component):
    library = _LIBRARY
    tag = "Range"

    left: rx.Var[float]
    width: rx.Var[float]
    open: rx.Var[float]
    tone: rx.Var[str]
    label: rx.Var[str]


class _Wave(rx.Component):
    library = _LIBRARY
    tag = "Wave"

    left: rx.Var[float]
    width: rx.Var[float]


class _Skeleton(rx.Component):
    library = _LIBRARY
    tag = "Skeleton"

    rows: rx.Var[int]


def badge(word: Text, tone: Text = "", icon_name: Text = "") -> rx.Component:
    """A status: word, tone (`up down warn crit info acc line`), and an icon unless that is a plain empty string."""
    mark = icon(icon_name, "xs") if not isinstance(icon_name, str) or icon_name else rx.fragment()
    look = f"badge {tone}".strip() if isinstance(tone, str) else rx.Var.create("badge ") + tone
    return rx.el.span(mark, word, class_name=look)


def side(word: Text, tone: Text) -> rx.Component:
    """Buy or sell with its triangle; other actions come with an empty tone."""
    look = f"side {tone}" if isinstance(tone, str) else rx.Var.create("side ") + tone
    return rx.el.span(word, class_name=look)


def meter(percent: rx.Var[float] | float, tone: Text, label: Text) -> rx.Component:
    """How much of a limit is used, 0 to 100; tones `warn` and `crit`."""
    return _Meter.create(value=percent, tone=tone, label=label)


def price_range(*, left: Any, width: Any, start: Any, tone: Text, label: Text) -> rx.Component:
    """Where a price stands between stop loss and take profit, in percent of that way."""
    return _Range.create(left=left, width=width, open=start, tone=tone, label=label)


def wave(left: Any, width: Any) -> rx.Component:
    """The share of one stage in the whole time, in percent."""
    return _Wave.create(left=left, width=width)


def product_mark() -> rx.Component:
    """The product's mark."""
    return _Mark.create()


def skeleton(rows: int) -> rx.Component:
    """Grey rows in the real height; they appear after 150 ms, so that a quick answer shows none."""
    return _Skeleton.create(rows=rows)
