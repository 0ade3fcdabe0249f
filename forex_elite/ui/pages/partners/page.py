"""The partners page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.partners import CURRENCY, RULES
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.copying import copy_button
from forex_elite.ui.components.curve import equity_curve
from forex_elite.ui.components.dialog import confirm
from forex_elite.ui.components.fields import text_area, text_field
from forex_elite.ui.components.links import link, plain_link
from forex_elite.ui.components.marks import badge, skeleton
from forex_elite.ui.components.table import table
from forex_elite.ui.pages.partners.rows import ClientRow, Stat, StatementRow, TierRow
from forex_elite.ui.pages.partners.state import PartnersState
from forex_elite.ui.shell.frame import frame

_State = PartnersState
_RULE_NAMES = {
    "spread": "Spread share",
    "subscription": "Subscription share",
    "tier": "Tier",
    "when": "When",
    "clients": "Clients",
}


def _apply() -> rx.Component:
    return panels.panel(
        panels.panel_head("Become an introducing broker"),
        rx.el.form(
            rx.el.p(
                "Bring traders in with a code of your own and earn by what they trade and what they pay for this "
                "service. The owner of this installation decides about applications.",
                class_name="t2",
            ),
            rx.cond(
                _State.stage == "refused",
                panels.banner(
                    "warn", "triangle", "Your last application was refused. ", _State.reason, " You may apply again."
                ),
            ),
            text_field(
                "code",
                "Code for your clients",
                value=_State.code,
                errors=_State.errors,
                hint="4 to 32 letters, digits and hyphens, such as north-desk.",
                max_length=32,
                auto_complete="off",
                required=True,
            ),
            text_area("about", "Whom will you bring in?", errors=_State.errors, max_length=1000, rows=4, required=True),
            rx.el.div(
                button("Apply", look="primary", type="submit", is_busy=_State.is_busy), class_name="row form-end"
            ),
            on_submit=_State.apply,
            class_name="panel-body stack roomy",
        ),
        class_name="narrow-panel",
    )


def _stage() -> rx.Component:
    return rx.match(
        _State.stage,
        (
            "applied",
            panels.panel(
                panels.empty(
                    "clock",
                    "Your application is being looked at",
                    "The owner of this installation decides. Your desk appears here when it is approved.",
                )
            ),
        ),
        (
            "suspended",
            panels.panel(
                panels.empty(
                    "pause",
                    "Your partnership is suspended",
                    rx.cond(_State.reason != "", _State.reason, "Ask the owner of this installation why."),
                )
            ),
        ),
        rx.cond(
            _State.can_apply,
            _apply(),
            panels.panel(
                panels.empty(
                    "people", "Administrators cannot be partners", "Partners bring traders in; administrators run it."
                )
            ),
        ),
    )


def _stat(one: rx.Var[Stat]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(one.label, class_name="stat-label"),
        rx.el.dd(one.value, rx.cond(one.unit != "", rx.el.span(one.unit, class_name="unit")), class_name="stat-value"),
        rx.el.dd(one.hint, class_name="xs t3"),
        class_name="stat",
        key=one.label,
    )


def _client(row: rx.Var[ClientRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.name, class_name="md")),
        rx.el.td(row.since, class_name="t2 not-phone"),
        rx.el.td(row.accounts, class_name="num t2 not-phone"),
        rx.el.td(row.lots_30d, class_name="num"),
        rx.el.td(row.lots, class_name="num t2 not-phone"),
        rx.el.td(row.revenue, class_name="num md"),
        rx.el.td(row.last_trade, class_name="num t2 not-phone"),
        key=row.id,
    )


def _clients() -> rx.Component:
    heads = (
        ("Client", ""),
        ("Since", "not-phone"),
        ("Accounts", "num not-phone"),
        ("Lots, 30 days", "num"),
        ("Lots in all", "num not-phone"),
        (f"Revenue, {CURRENCY}", "num"),
        ("Last trade, UTC", "num not-phone"),
    )
    return panels.panel(
        panels.panel_head("Clients", panels.count("lots on live accounts, the busiest first; read only")),
        rx.cond(
            _State.clients.length() > 0,
            table("Clients", heads, _State.clients, _client),
            panels.empty("people", "No client yet", "People who register through your link are listed here."),
        ),
    )


def _statement(row: rx.Var[StatementRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.title, class_name="md")),
        rx.el.td(row.lots, class_name="num t2 not-phone"),
        rx.el.td(row.spread, class_name="num t2 not-phone"),
        rx.el.td(row.subscription, class_name="num t2 not-phone"),
        rx.el.td(row.total, class_name="num md"),
        rx.el.td(badge(row.word, row.tone, row.icon), " ", rx.el.span(row.note, class_name="t3 xs not-phone")),
        rx.el.td(
            rx.el.span(
                plain_link(
                    "CSV",
                    href=rx.Var.create("/api/partners/me/statements/") + row.month + "/csv",
                    class_name="btn ghost small",
                ),
                rx.cond(row.can_request, button("Request payout", size="s", on_click=_State.ask_payout(row.month))),
                class_name="row row-actions",
            )
        ),
        key=row.month,
    )


def _statements() -> rx.Component:
    heads = (
        ("Month", ""),
        ("Lots", "num not-phone"),
        (f"Spread, {CURRENCY}", "num not-phone"),
        (f"Subscriptions, {CURRENCY}", "num not-phone"),
        (f"Total, {CURRENCY}", "num"),
        ("Payout", ""),
        ("Actions", "sr"),
    )
    return panels.panel(
        panels.panel_head("Statements"),
        rx.cond(
            _State.statements.length() > 0,
            table("Statements", heads, _State.statements, _statement),
            panels.empty("file", "No statement yet", "Revenue is computed after midnight UTC for the day before."),
        ),
    )


def _tier(row: rx.Var[TierRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.name, class_name="md")),
        rx.el.td(row.min_lots, class_name="num"),
        rx.el.td(row.per_lot, class_name="num"),
        rx.el.td(row.percent, class_name="num"),
        rx.el.td(row.rates, class_name="t2 not-phone"),
        key=row.id,
    )


TIER_HEADS = (
    ("Tier", ""),
    ("From lots in 30 days", "num"),
    (f"{CURRENCY} a lot", "num"),
    ("Of subscriptions", "num"),
    (f"Own rates, {CURRENCY} a lot", "not-phone"),
)


def _terms() -> rx.Component:
    listed: list[Any] = []
    for key, name in _RULE_NAMES.items():
        listed += [rx.el.dt(name, class_name="md"), rx.el.dd(RULES[key], ".", class_name="t2")]
    return panels.panel(
        panels.panel_head("Tiers", panels.count("how revenue is computed")),
        rx.cond(
            _State.tiers.length() > 0,
            table("Tiers", TIER_HEADS, _State.tiers, _tier),
            panels.empty(
                "sliders", "No tier yet", "The owner of this installation has not set any; nothing is earned."
            ),
        ),
        rx.el.dl(*listed, class_name="board-rules"),
    )


def _desk() -> rx.Component:
    return rx.fragment(
        panels.panel(
            panels.panel_head("Your link", panels.count("code ", _State.code)),
            rx.el.div(
                rx.el.span(_State.link, class_name="mono sm ell grow"),
                copy_button(_State.link, "Copy your link", words="Copy"),
                class_name="panel-body row",
            ),
        ),
        panels.panel(
            rx.el.h2("Figures", class_name="sr"),
            rx.el.dl(rx.foreach(_State.stats, _stat), class_name="partner-stats"),
        ),
        panels.panel(
            panels.panel_head("Revenue, summed up", panels.count(f"{CURRENCY}, last 90 days, UTC")),
            rx.cond(
                _State.curve.length() > 1,
                equity_curve(_State.curve, "Revenue of the last 90 days, summed up"),
                panels.empty("chart", "No revenue yet", "It is computed after midnight UTC for the day before."),
            ),
        ),
        _clients(),
        _statements(),
        _terms(),
        confirm(
            rx.el.p("Asks the owner of this installation for ", rx.el.b(_State.asking_words), "."),
            is_open=_State.asking != "",
            title="Request this payout?",
            verb="Request payout",
            keep="Not now",
            on_confirm=_State.request_payout,
            on_close=_State.close_dialog,
            tone="",
            icon_name="send",
        ),
    )


def page() -> rx.Component:
    """The application, and an approved partner's desk."""
    return frame(
        rx.cond(
            _State.is_owner,
            panels.banner(
                "info",
                "people",
                "You decide about partners, tiers and payouts. ",
                link("Manage partners", to="/partners/manage", class_name="link"),
            ),
        ),
        rx.cond(
            _State.error_code != "",
            panels.panel(panels.failed("Partners could not be loaded", _State.error_code, _State.load)),
        ),
        rx.cond(
            _State.is_loaded,
            rx.cond(_State.error_code == "", rx.cond(_State.stage == "approved", _desk(), _stage())),
            panels.panel(skeleton(8)),
        ),
        title="Partners",
        current="/partners",
        class_name="partners",
    )
