"""The compliance page."""

from __future__ import annotations

import reflex as rx

from forex_elite.domain.compliance import RTS22, TITLES, FileKind
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.fields import select_field, text_field
from forex_elite.ui.components.links import link
from forex_elite.ui.live.live import live
from forex_elite.ui.pages.compliance.files import file_list
from forex_elite.ui.pages.compliance.state import ComplianceState
from forex_elite.ui.shell.frame import frame
from forex_elite.ui.shell.state import ShellState

_ABOUT = {
    FileKind.TRADING: "Balances before and after, money paid in and out, results by account, symbol and day, every "
    "closed trade.",
    FileKind.EXECUTION: "Requested against filled price, the distribution of slippage, and how long each stage of an "
    "order took.",
    FileKind.TRANSACTIONS: "Every opening and closing in the 65 fields of MiFID II's RTS 22. "
    f"{sum(not field.is_filled for field in RTS22)} fields are known to the broker only; the report names those gaps.",
}


def _form() -> rx.Component:
    errors = ComplianceState.errors
    return panels.panel(
        panels.panel_head("Make a report", panels.count("months in UTC")),
        rx.el.form(
            select_field("kind", "Report", [(kind.value, TITLES[kind]) for kind in _ABOUT], errors=errors),
            text_field("month", "Month", type="month", value=ComplianceState.month, errors=errors, required=True),
            select_field(
                "account",
                "Account",
                rx.fragment(
                    rx.el.option("All accounts", value=""),
                    rx.foreach(
                        ShellState.choices,
                        lambda choice: rx.el.option(choice.title, " ", choice.login, value=choice.id),
                    ),
                ),
                errors=errors,
            ),
            select_field("format", "Format", [("pdf", "PDF"), ("csv", "CSV, every line")], errors=errors),
            rx.el.div(
                button(
                    "Make the report",
                    look="primary",
                    type="submit",
                    is_busy=ComplianceState.is_busy,
                    disabled=~ComplianceState.is_loaded,  # without a month the browser would refuse to send it
                ),
                class_name="row form-end",
            ),
            on_submit=ComplianceState.ask,
            class_name="panel-body stack",
        ),
    )


def _about() -> rx.Component:
    return panels.panel(
        panels.panel_head("What they hold"),
        rx.el.dl(
            *(
                rx.fragment(rx.el.dt(TITLES[kind], class_name="md"), rx.el.dd(words, class_name="t2"))
                for kind, words in _ABOUT.items()
            ),
            class_name="panel-body about",
        ),
    )


def _files() -> rx.Component:
    return panels.panel(
        panels.panel_head("Reports", panels.count("kept for 7 days")),
        panels.listed(
            file_list(ComplianceState.rows, ComplianceState.remove),
            ComplianceState.rows,
            ComplianceState,
            failed_words="Reports could not be loaded",
            on_retry=ComplianceState.load,
            empty=panels.empty(
                "file",
                "No report yet",
                "Choose a report and a month. Everything about you is under Settings, Privacy.",
                link("Privacy", to="/settings/privacy", class_name="btn small"),
            ),
            waiting=4,
        ),
    )


def page() -> rx.Component:
    """Reports for the trader and the regulator, made in the background."""
    return frame(
        rx.el.div(
            rx.el.div(_files(), _about(), class_name="col gutter"),
            rx.el.div(_form(), class_name="col gutter"),
            class_name="settings",
        ),
        live(["files"], ComplianceState.changed),
        title="Compliance",
        current="/compliance",
    )
