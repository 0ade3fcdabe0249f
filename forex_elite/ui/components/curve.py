"""A curve of balances along time, drawn from tokens."""

from __future__ import annotations

from typing import Any

import reflex as rx


class _EquityCurve(rx.Component):
    library = rx.asset("curve.jsx", shared=True).importable_path
    tag = "EquityCurve"

    points: rx.Var[list[Any]]
    label: rx.Var[str]


def equity_curve(points: Any, label: Any) -> rx.Component:
    """Balances along time: `points` are {value, day, words}; `label` says it all to those who cannot see it."""
    return _EquityCurve.create(points=points, label=label)
