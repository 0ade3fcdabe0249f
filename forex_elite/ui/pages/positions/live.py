"""The page's own components: figures that follow the price in the browser, levels changed in place."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.live import live as _live  # noqa: F401 - links socket.js, which these import

_LIBRARY = rx.asset("live.jsx", shared=True).importable_path


class _LiveFigure(rx.Component):
    library = _LIBRARY
    tag = "LiveFigure"

    symbol: rx.Var[str]
    quote: rx.Var[str]
    base: rx.Var[float]
    per_price: rx.Var[float]
    places: rx.Var[int]
    fallback: rx.Var[str]
    tone: rx.Var[str]


class _FloatingTotals(rx.Component):
    library = _LIBRARY
    tag = "FloatingTotals"

    groups: rx.Var[list[Any]]


class _LevelCell(rx.Component):
    library = _LIBRARY
    tag = "LevelCell"

    value: rx.Var[str]
    label: rx.Var[str]
    disabled: rx.Var[bool]
    on_save: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def live_figure(
    symbol: Any, quote: Any, *, base: Any, per_price: Any, places: Any, fallback: Any, tone: Any
) -> rx.Component:
    """A signed figure that is `base + per_price * price`; until a tick comes, `fallback`, the terminal's own."""
    return _LiveFigure.create(
        symbol=symbol, quote=quote, base=base, per_price=per_price, places=places, fallback=fallback, tone=tone
    )


def live_result(row: Any, *, fallback: Any, tone: Any) -> rx.Component:
    """The money a position makes at the newest price; the row tells symbol, quote, `base`, `per_price` and cents."""
    return live_figure(
        row.symbol,
        row.quote,
        base=row.base,
        per_price=row.per_price,
        places=row.cents,
        fallback=fallback,
        tone=tone,
    )


def floating_totals(groups: Any) -> rx.Component:
    """Floating results by account currency, kept by the browser."""
    return _FloatingTotals.create(groups=groups)


def level_cell(value: Any, label: Any, on_save: Any, *, disabled: Any = False) -> rx.Component:
    """A price to change in place: Enter saves, Esc reverts, empty removes."""
    return _LevelCell.create(value=value, label=label, disabled=disabled, on_save=on_save)
