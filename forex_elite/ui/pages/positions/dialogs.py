"""The dialogs about one position: close, close by another, protect."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.protection import TIMEFRAMES
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.choices import segments
from forex_elite.ui.components.dialog import body, dialog, foot
from forex_elite.ui.components.fields import number_field, select_field
from forex_elite.ui.components.marks import side
from forex_elite.ui.pages.positions.live import live_result
from forex_elite.ui.pages.positions.state import PositionsState

_SUBJECT = PositionsState.subject
_PORTIONS = (("25", "25%"), ("50", "50%"), ("75", "75%"), ("100", "All"), ("lots", "Lots"))
_UNITS = (("pips", "Pips"), ("atr", "ATR"))


def _what() -> rx.Component:
    return rx.el.div(
        side(_SUBJECT.side, _SUBJECT.side_tone),
        rx.el.b(_SUBJECT.symbol, class_name="md"),
        rx.el.span(_SUBJECT.lots, " lots at ", _SUBJECT.open_price, class_name="t2"),
        rx.el.span(_SUBJECT.account, " · #", _SUBJECT.ticket, class_name="t3"),
        rx.el.span(
            live_result(_SUBJECT, fallback=_SUBJECT.profit, tone=_SUBJECT.profit_tone),
            rx.el.span(_SUBJECT.currency, class_name="unit"),
            class_name="end md",
        ),
        class_name="row wrap",
    )


def _close() -> rx.Component:
    return dialog(
        body(
            _what(),
            segments(_PORTIONS, PositionsState.portion, PositionsState.choose_portion, label="How much", wide=True),
            rx.cond(
                PositionsState.portion == "lots",
                number_field(
                    "volume_lots",
                    "Volume to close",
                    unit="lots",
                    note=rx.fragment("of ", _SUBJECT.lots),
                    errors=PositionsState.errors,
                    on_change=PositionsState.type_lots,
                    auto_focus=True,
                ),
                rx.cond(
                    PositionsState.errors.contains("volume_lots"),
                    rx.el.div(PositionsState.errors["volume_lots"], class_name="err", role="alert"),
                ),
            ),
            rx.el.p("At the market. A percentage is rounded down to the broker's volume step.", class_name="hint"),
        ),
        foot(
            button("Keep open", on_click=PositionsState.close_dialog),
            button(
                rx.match(
                    PositionsState.portion,
                    ("100", "Close position"),
                    ("lots", "Close lots"),
                    "Close " + PositionsState.portion + "%",
                ),
                look="danger",
                on_click=PositionsState.close,
                is_busy=PositionsState.is_busy,
            ),
        ),
        is_open=PositionsState.dialog == "close",
        title="Close " + _SUBJECT.symbol + "?",
        on_close=PositionsState.close_dialog,
        icon_name="triangle",
        tone="crit",
    )


def _close_by() -> rx.Component:
    found = rx.el.form(
        body(
            _what(),
            select_field(
                "other",
                "Opposite position",
                rx.foreach(PositionsState.others, lambda one: rx.el.option(one.words, value=one.value)),
                hint="Both are closed as far as the smaller one reaches, without paying the spread twice.",
            ),
        ),
        foot(
            button("Keep both open", on_click=PositionsState.close_dialog),
            button("Close by each other", look="danger", type="submit"),
        ),
        on_submit=PositionsState.close_by,
    )
    none = rx.fragment(
        body(
            _what(),
            panels.banner(
                "info",
                "info",
                "There is no opposite position of this symbol on the account. Only hedging accounts hold both sides.",
            ),
        ),
        foot(button("Keep open", on_click=PositionsState.close_dialog)),
    )
    return dialog(
        rx.cond(PositionsState.others.length() > 0, found, none),
        is_open=PositionsState.dialog == "close_by",
        title="Close " + _SUBJECT.symbol + " by another position",
        on_close=PositionsState.close_dialog,
        icon_name="swap",
    )


def _unit(which: str, value: rx.Var[str], label: str) -> rx.Component:
    return segments(_UNITS, value, lambda unit: PositionsState.choose_unit(which, unit), label=label)


def _distance(name: str, label: str, value: Any, unit: rx.Var[str], hint: str = "") -> rx.Component:
    return number_field(
        name,
        label,
        value=value,
        unit=rx.fragment(rx.cond(unit == "atr", "times ATR", "pips")),
        hint=hint,
        placeholder="none",
        errors=PositionsState.errors,
    )


def _protect() -> rx.Component:
    form = PositionsState.form
    uses_atr = (form.be_unit == "atr") | (form.trail_unit == "atr")
    return dialog(
        rx.el.form(
            body(
                _what(),
                rx.el.fieldset(
                    rx.el.legend("Break-even", _unit("be_unit", form.be_unit, "Unit of the break-even")),
                    rx.el.div(
                        _distance("be_trigger", "At a profit of", form.be_trigger, form.be_unit),
                        _distance("be_offset", "Stop beyond the entry by", form.be_offset, form.be_unit),
                        class_name="form-grid pair",
                    ),
                    class_name="field",
                ),
                rx.el.fieldset(
                    rx.el.legend("Trailing stop", _unit("trail_unit", form.trail_unit, "Unit of the trailing stop")),
                    rx.el.div(
                        _distance("trail_distance", "Distance", form.trail_distance, form.trail_unit),
                        _distance("trail_trigger", "From a profit of", form.trail_trigger, form.trail_unit),
                        _distance("trail_step", "Moves of at least", form.trail_step, form.trail_unit),
                        class_name="form-grid narrow",
                    ),
                    class_name="field",
                ),
                rx.cond(
                    uses_atr,
                    rx.el.div(
                        select_field(
                            "atr_timeframe",
                            "ATR of",
                            [(one, one) for one in TIMEFRAMES],
                            value=form.atr_timeframe,
                            errors=PositionsState.errors,
                        ),
                        number_field(
                            "atr_period", "Bars", value=form.atr_period, note="2 to 500", errors=PositionsState.errors
                        ),
                        class_name="form-grid pair",
                    ),
                ),
                rx.el.p(
                    "The agent moves the stop, towards profit only, also while this server is away. "
                    "Empty fields take a half off.",
                    class_name="hint",
                ),
                rx.cond(
                    PositionsState.errors.contains("atr_period") & ~uses_atr,
                    rx.el.div(PositionsState.errors["atr_period"], class_name="err", role="alert"),
                ),
            ),
            foot(
                button("Cancel", on_click=PositionsState.close_dialog),
                button("Save protection", look="primary", type="submit", is_busy=PositionsState.is_busy),
            ),
            on_submit=PositionsState.protect,
            no_validate=True,
        ),
        is_open=PositionsState.dialog == "protect",
        title="Protect " + _SUBJECT.symbol,
        on_close=PositionsState.close_dialog,
        icon_name="shield",
    )


def dialogs() -> rx.Component:
    """All three; at most one is open."""
    return rx.fragment(_close(), _close_by(), _protect())
