"""The dialog of a bulk close: it counts before it closes."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.choices import segments
from forex_elite.ui.components.dialog import body, dialog, foot
from forex_elite.ui.components.icon import icon
from forex_elite.ui.pages.positions.bulk_state import FLATTEN, BulkState
from forex_elite.ui.pages.positions.rows import BulkRow

_WHICH = (("all", "All"), ("profitable", "Profitable"), ("losing", "Losing"))


def _row(row: rx.Var[BulkRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.account, class_name="grow ell"),
        rx.el.span(row.count, rx.cond(row.count == 1, " position", " positions"), class_name="t2"),
        rx.el.span(
            rx.el.span(row.result, class_name=row.tone),
            rx.el.span(row.currency, class_name="unit"),
            class_name="num bulk-result",
        ),
    )


def _typed() -> rx.Component:
    return rx.el.div(
        rx.el.label(
            rx.el.span(
                "Type ",
                rx.cond(BulkState.accounts_count > 1, "the number of positions, ", "the account's number, "),
                rx.el.b(BulkState.proof),
                ", to confirm",
            ),
            html_for="bulk-number",
        ),
        rx.el.input(
            id="bulk-number",
            class_name="input",
            input_mode="numeric",
            auto_complete="off",
            value=BulkState.typed,
            on_change=BulkState.type_number,
            aria_invalid=rx.cond(BulkState.error != "", "true", "false"),
            aria_describedby="bulk-error",
        ),
        rx.el.span(
            rx.cond(BulkState.error != "", rx.fragment(icon("alert", "xs"), BulkState.error)),
            class_name="err",
            id="bulk-error",
            role="alert",
        ),
        class_name="field",
    )


def bulk_dialog() -> rx.Component:
    """Which positions, how many of them on which accounts, and a number to type before more than one is closed."""
    is_flat = BulkState.which == FLATTEN
    needs_number = (BulkState.count > 1) | is_flat
    choices = rx.cond(
        BulkState.can_flatten,
        segments((*_WHICH, (FLATTEN, "Flatten")), BulkState.which, BulkState.choose, label="Which", wide=True),
        segments(_WHICH, BulkState.which, BulkState.choose, label="Which", wide=True),
    )
    noun = rx.cond(BulkState.count == 1, "position", "positions")
    return dialog(
        body(
            choices,
            rx.cond(
                ~is_flat & (BulkState.symbols.length() > 1),
                rx.el.select(
                    rx.el.option("Any symbol", value=""),
                    rx.foreach(BulkState.symbols, lambda symbol: rx.el.option(symbol, value=symbol)),
                    class_name="input",
                    aria_label="Symbol",
                    value=BulkState.symbol,
                    on_change=BulkState.choose_symbol,
                ),
            ),
            rx.cond(
                BulkState.count > 0,
                rx.el.ul(rx.foreach(BulkState.rows, _row), class_name="lines bulk-lines", aria_label="By account"),
                rx.cond(
                    is_flat,
                    rx.el.p("No open position is known; pending orders are cancelled all the same.", class_name="t2"),
                    rx.el.p("No open position is meant.", class_name="t2"),
                ),
            ),
            rx.cond(BulkState.more > 0, rx.el.p("and ", BulkState.more, " more accounts", class_name="t3 xs")),
            rx.el.p(
                rx.cond(
                    is_flat,
                    "Every pending order of the account is cancelled, then every position closed, whoever opened it.",
                    "Results as last reported; the agent looks again and leaves a position whose result has turned. "
                    "Positions opened from now on stay open.",
                ),
                class_name="hint",
            ),
            rx.cond(needs_number, _typed()),
        ),
        foot(
            button("Keep open", on_click=BulkState.dismiss),
            button(
                rx.cond(
                    is_flat,
                    rx.fragment("Flatten, closing ", BulkState.count, " ", noun),
                    rx.fragment("Close ", BulkState.count, " ", noun),
                ),
                look="danger",
                on_click=BulkState.close,
                is_busy=BulkState.is_busy,
                disabled=(BulkState.count == 0) & ~is_flat,
            ),
        ),
        is_open=BulkState.is_open,
        title="Close several positions",
        on_close=BulkState.dismiss,
        icon_name="triangle",
        tone="crit",
    )
