"""The page's own components: the equity curve and the bars beside results."""

from __future__ import annotations

from typing import Any

import reflex as rx

_LIBRARY = rx.asset("charts.jsx", shared=True).importable_path


class _EquityCurve(rx.Component):
    library = _LIBRARY
    tag = "EquityCurve"

    points: rx.Var[list[Any]]
    label: rx.Var[str]


class _NetBar(rx.Component):
    library = _LIBRARY
    tag = "NetBar"

    share: rx.Var[float]
    tone: rx.Var[str]


def equity_curve(points: Any, label: Any) -> rx.Component:
    """The balance by days."""
    return _EquityCurve.create(points=points, label=label)


def net_bar(share: Any, tone: Any) -> rx.Component:
    """A result beside others, -100 to 100 %."""
    return _NetBar.create(share=share, tone=tone)
