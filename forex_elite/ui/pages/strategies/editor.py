"""One strategy: rules, address, alert text, test."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.choices import segments
from forex_elite.ui.components.copying import code_block, copy_handed, secret
from forex_elite.ui.components.fields import (
    check_field,
    level_field,
    number_field,
    select_field,
    switch,
    text_area,
    text_field,
)
from forex_elite.ui.components.icon import icon
from forex_elite.ui.pages.strategies.builder import ACTIONS, TEMPLATES, UNITS
from forex_elite.ui.pages.strategies.rows import ACCOUNT_FIELD, SIZING, TRADINGVIEW, AccountOption
from forex_elite.ui.pages.strategies.state import StrategiesState

_FORM = StrategiesState.form
_ERRORS = StrategiesState.errors
_BUILDER = StrategiesState.builder


class _TestAlert(rx.Component):
    library = rx.asset("test_alert.jsx", shared=True).importable_path
    tag = "TestAlert"

    symbol: rx.Var[str]
    comment: rx.Var[str]
    consequence: rx.Var[str]
    enabled: rx.Var[bool]


def _account(option: rx.Var[AccountOption]) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=ACCOUNT_FIELD + option.id, default_checked=option.is_chosen),
        rx.el.span(
            option.title,
            " ",
            rx.el.span(option.login, class_name="t3"),
            rx.cond(option.note != "", rx.el.span(" · ", option.note, class_name="warn-t xs")),
        ),
        class_name="check",
        key=option.id,
    )


def _accounts() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Accounts", rx.el.span("one order on each", class_name="t3")),
        rx.cond(
            StrategiesState.options.length() > 0,
            rx.el.div(rx.foreach(StrategiesState.options, _account), class_name="account-checks"),
            rx.el.p("No account yet: they appear as soon as an agent reports them.", class_name="hint"),
        ),
        rx.cond(
            _ERRORS.contains("account_ids"),
            rx.el.span(icon("alert", "xs"), _ERRORS["account_ids"], class_name="err", role="alert"),
        ),
        class_name="field",
    )


def rules() -> rx.Component:
    """The form with the rules every alert is held against."""
    is_new = StrategiesState.chosen == "new"
    return panels.panel(
        panels.panel_head(
            rx.el.h2(rx.cond(is_new, "New strategy", "Rules")),
            rx.cond(is_new, rx.fragment(), panels.count(_FORM.name, class_name="ell")),
            actions=(
                rx.cond(
                    is_new,
                    rx.fragment(),
                    rx.el.div(
                        rx.el.span(rx.cond(StrategiesState.is_enabled, "Enabled", "Off"), class_name="t2 sm"),
                        switch(
                            "Strategy enabled",
                            StrategiesState.is_enabled,
                            lambda _: StrategiesState.toggle(StrategiesState.chosen),
                        ),
                        class_name="row",
                    ),
                ),
            ),
        ),
        rx.el.form(
            text_field("name", "Name", value=_FORM.name, errors=_ERRORS, max_length=80, placeholder="London breakout"),
            _accounts(),
            rx.el.div(
                select_field(
                    "sizing_mode",
                    "Size orders by",
                    [(mode, words) for mode, words, _ in SIZING],
                    value=_FORM.sizing_mode,
                    errors=_ERRORS,
                ),
                number_field(
                    "sizing_value",
                    "Amount",
                    value=_FORM.sizing_value,
                    hint="Rounded down to the broker's volume step, never up.",
                    errors=_ERRORS,
                ),
                number_field(
                    "max_lots",
                    "Largest order",
                    value=_FORM.max_lots,
                    unit="lots",
                    note="optional",
                    hint="Larger ones are refused. Empty: your own limit.",
                    errors=_ERRORS,
                ),
                number_field(
                    "risk_override_pct",
                    "Risk in alerts, up to",
                    value=_FORM.risk_override_pct,
                    unit="%",
                    note="optional",
                    hint="Empty: an alert's own risk is ignored.",
                    errors=_ERRORS,
                ),
                number_field(
                    "max_signal_age_s",
                    "Oldest alert",
                    value=_FORM.max_signal_age_s,
                    unit="s",
                    note="1 to 3,600",
                    hint="Beyond it an alert expires and says so.",
                    errors=_ERRORS,
                ),
                class_name="form-grid",
            ),
            rx.el.div(
                level_field(
                    "default_sl",
                    "Stop loss without one",
                    UNITS,
                    value=_FORM.default_sl,
                    unit=_FORM.default_sl_unit,
                    errors=_ERRORS,
                    hint="For alerts that bring none.",
                ),
                level_field(
                    "default_tp",
                    "Take profit without one",
                    UNITS,
                    value=_FORM.default_tp,
                    unit=_FORM.default_tp_unit,
                    errors=_ERRORS,
                ),
                class_name="form-grid",
            ),
            rx.el.div(
                check_field(
                    "use_alert_volume",
                    "Take the volume of an alert that names one",
                    default_checked=_FORM.use_alert_volume,
                    errors=_ERRORS,
                ),
                check_field(
                    "close_opposite",
                    "An entry first closes this strategy's positions on the other side",
                    default_checked=_FORM.close_opposite,
                    errors=_ERRORS,
                ),
                class_name="stack tight",
            ),
            text_field(
                "allowed_pairs",
                "Allowed symbols",
                value=_FORM.allowed_pairs,
                note="empty allows all",
                placeholder="EURUSD, GBPUSD, XAUUSD",
                hint="Without the broker's suffix; separated by commas.",
                errors=_ERRORS,
            ),
            text_area(
                "allowed_sources",
                "Allowed senders",
                value=_FORM.allowed_sources,
                note="empty allows all",
                placeholder="52.89.214.238",
                hint="Addresses or networks, one a line. A test alert comes from this browser's address.",
                errors=_ERRORS,
                rows=3,
            ),
            rx.el.div(
                button(
                    "Only TradingView's addresses",
                    size="s",
                    look="ghost",
                    on_click=StrategiesState.fill_sources(TRADINGVIEW),
                ),
                rx.el.div(
                    button(
                        rx.cond(is_new, "Create strategy", "Save rules"),
                        look="primary",
                        type="submit",
                        is_busy=StrategiesState.is_busy,
                    ),
                    class_name="row end",
                ),
                class_name="row wrap",
            ),
            on_submit=StrategiesState.save,
            key=StrategiesState.chosen + StrategiesState.version.to_string(),
            class_name="panel-body stack roomy",
        ),
        rx.cond(
            is_new,
            rx.fragment(),
            rx.el.div(
                rx.el.span("Deleting keeps the history."),
                rx.el.div(
                    button(
                        "Delete strategy",
                        look="danger-line",
                        size="s",
                        icon_name="trash",
                        on_click=StrategiesState.ask("delete"),
                    ),
                    class_name="row end",
                ),
                class_name="panel-foot tall",
            ),
        ),
    )


def address() -> rx.Component:
    """The secret webhook address."""
    return panels.panel(
        panels.panel_head(
            "Webhook address",
            panels.count("secret", class_name="not-phone"),
            actions=(button("Replace…", size="s", look="danger-line", on_click=StrategiesState.ask("rotate")),),
        ),
        rx.el.div(
            secret("webhook_url", "webhook address", part="webhook_secret"),
            rx.cond(
                StrategiesState.is_local,
                panels.banner(
                    "warn",
                    "triangle",
                    "TradingView cannot reach this address. Set PUBLIC_URL to the https address of this server.",
                ),
            ),
            rx.el.p(
                "In TradingView: alert, Notifications, Webhook URL. Whoever has it can trade with this strategy.",
                class_name="t3 xs",
            ),
            class_name="panel-body stack tight",
        ),
    )


def _level(name: str, label: str, value: Any, unit: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"build-{name}"),
        rx.el.div(
            rx.el.input(
                id=f"build-{name}",
                default_value=value,
                class_name="input",
                input_mode="decimal",
                placeholder="none",
                on_change=lambda text: StrategiesState.build(name, text).debounce(250),
            ),
            rx.el.select(
                *(rx.el.option(words, value=option) for option, words in UNITS),
                class_name="input",
                value=unit,
                aria_label=f"Unit of the {label.lower()}",
                on_change=lambda chosen: StrategiesState.build(f"{name}_unit", chosen),
            ),
            class_name="joined",
        ),
        class_name="field",
    )


def _entry(name: str, label: str, value: Any, **props: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"build-{name}"),
        rx.el.input(
            id=f"build-{name}",
            default_value=value,
            class_name="input",
            on_change=lambda text: StrategiesState.build(name, text).debounce(250),
            **props,
        ),
        class_name="field",
    )


def alert_text() -> rx.Component:
    """The builder of the text for TradingView's message box."""
    is_fixed = _BUILDER.template == "fixed"
    return panels.panel(
        panels.panel_head("Alert text", panels.count("for TradingView's message box", class_name="not-phone")),
        rx.el.div(
            segments(
                TEMPLATES,
                _BUILDER.template,
                lambda name: StrategiesState.build("template", name),
                label="Kind of alert",
                wide=True,
            ),
            rx.el.p(StrategiesState.explained, class_name="t2 sm"),
            rx.el.div(
                rx.cond(
                    is_fixed,
                    select_field(
                        "build-action",
                        "Action",
                        list(ACTIONS),
                        value=_BUILDER.action,
                        on_change=lambda chosen: StrategiesState.build("action", chosen),
                    ),
                ),
                _entry("symbol", "Symbol", _BUILDER.symbol, placeholder="{{ticker}}"),
                _level("sl", "Stop loss", _BUILDER.sl, _BUILDER.sl_unit),
                _level("tp", "Take profit", _BUILDER.tp, _BUILDER.tp_unit),
                _entry("risk", "Risk in the alert", _BUILDER.risk, placeholder="the strategy's", input_mode="decimal"),
                class_name="form-grid pair",
            ),
            rx.cond(
                StrategiesState.text_error != "",
                panels.banner("crit", "alert", StrategiesState.text_error, role="alert"),
                code_block(StrategiesState.text, "Alert text", copy="Copy alert text"),
            ),
            class_name="panel-body stack",
        ),
    )


def test() -> rx.Component:
    """Sends an alert through the same door as TradingView."""
    return panels.panel(
        panels.panel_head("Test alert", actions=(copy_handed("webhook_url", "Copy address", words="Copy address"),)),
        rx.el.div(
            _TestAlert.create(
                symbol=StrategiesState.test_symbol,
                comment=StrategiesState.test_comment,
                consequence=StrategiesState.consequence,
                enabled=StrategiesState.is_enabled,
                key=StrategiesState.chosen,
            ),
            class_name="panel-body",
        ),
    )
