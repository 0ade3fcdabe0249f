"""The page about partners, for the owner of the installation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.partners import CURRENCY
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button, icon_button
from forex_elite.ui.components.dialog import body, dialog, foot
from forex_elite.ui.components.fields import number_field, text_area, text_field
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import badge, skeleton
from forex_elite.ui.components.table import table
from forex_elite.ui.pages.partners.page import TIER_HEADS
from forex_elite.ui.pages.partners.rows import FeeRow, Move, PartnerRow, PayoutRow, TierRow
from forex_elite.ui.pages.partners_admin.state import PartnersAdminState
from forex_elite.ui.shell.frame import frame

_State = PartnersAdminState


def _moves(what: str, row: Any) -> rx.Component:
    def move(one: rx.Var[Move]) -> rx.Component:
        return button(one.verb, size="s", on_click=_State.ask(what, row.id, one.state), key=one.state)

    return rx.el.span(rx.foreach(row.moves, move), class_name="row row-actions")


def _partner(row: rx.Var[PartnerRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.name, class_name="md"), " ", rx.el.span(row.email, class_name="t3 xs not-phone")),
        rx.el.td(row.code, class_name="mono"),
        rx.el.td(badge(row.word, row.tone, row.icon)),
        rx.el.td(row.clients, class_name="num"),
        rx.el.td(row.since, class_name="t2 not-phone"),
        rx.el.td(
            rx.cond(row.reason != "", row.reason, row.about), class_name="cell-clip t2 not-phone", title=row.about
        ),
        rx.el.td(_moves("partner", row)),
        key=row.id,
    )


def _partners() -> rx.Component:
    heads = (
        ("Partner", ""),
        ("Code", ""),
        ("State", ""),
        ("Clients", "num"),
        ("Applied", "not-phone"),
        ("Words", "not-phone"),
        ("Actions", "sr"),
    )
    return panels.panel(
        panels.panel_head("Partners and applications", panels.count("open applications first")),
        rx.cond(
            _State.partners.length() > 0,
            table("Partners and applications", heads, _State.partners, _partner),
            panels.empty("people", "Nobody has applied yet", "People apply on the partners page."),
        ),
    )


def _payout(row: rx.Var[PayoutRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.partner, class_name="md")),
        rx.el.td(row.month, class_name="t2"),
        rx.el.td(row.amount, class_name="num md"),
        rx.el.td(badge(row.word, row.tone, row.icon)),
        rx.el.td(row.note, class_name="cell-clip t2 not-phone", title=row.note),
        rx.el.td(_moves("payout", row)),
        key=row.id,
    )


def _payouts() -> rx.Component:
    heads = (
        ("Partner", ""),
        ("Month", ""),
        (f"Amount, {CURRENCY}", "num"),
        ("State", ""),
        ("Note", "not-phone"),
        ("Actions", "sr"),
    )
    return panels.panel(
        panels.panel_head("Payouts", panels.count("to decide first")),
        rx.cond(
            _State.payouts.length() > 0,
            table("Payouts", heads, _State.payouts, _payout),
            panels.empty(
                "send", "No payout was asked for yet", "Partners ask for the revenue of months that are over."
            ),
        ),
    )


def _tier(row: rx.Var[TierRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.name, class_name="md")),
        rx.el.td(row.min_lots, class_name="num"),
        rx.el.td(row.per_lot, class_name="num"),
        rx.el.td(row.percent, class_name="num"),
        rx.el.td(row.rates, class_name="t2 not-phone"),
        rx.el.td(
            rx.el.span(
                icon_button("edit", "Change tier " + row.name, on_click=_State.edit_tier(row.id)),
                icon_button("trash", "Remove tier " + row.name, on_click=_State.ask("tier", row.id, "")),
                class_name="row row-actions",
            )
        ),
        key=row.id,
    )


def _tiers() -> rx.Component:
    editing = _State.editing
    form = rx.el.form(
        rx.el.h3(rx.cond(editing.id != "", "Change tier", "Add a tier"), class_name="md"),
        rx.el.div(
            text_field("name", "Name", value=editing.name, errors=_State.errors, max_length=40),
            number_field("min_lots", "From lots in 30 days", value=editing.min_lots, errors=_State.errors, unit="lots"),
            number_field("per_lot", "A lot", value=editing.per_lot, errors=_State.errors, unit=CURRENCY),
            number_field(
                "subscription_percent", "Of subscriptions", value=editing.percent, errors=_State.errors, unit="%"
            ),
            class_name="form-grid narrow",
        ),
        text_field(
            "symbol_rates",
            f"Own rates, {CURRENCY} a lot",
            value=editing.rates,
            errors=_State.errors,
            hint="Symbols with amounts of their own, such as: XAUUSD 7.5, US30 1",
        ),
        rx.el.div(
            rx.cond(editing.id != "", button("Add another instead", on_click=_State.edit_tier(""))),
            button("Save tier", look="primary", type="submit"),
            class_name="row form-end",
        ),
        on_submit=_State.save_tier,
        key=_State.form_key.to_string(),
        class_name="panel-body stack",
    )
    return panels.panel(
        panels.panel_head("Tiers", panels.count("one ladder for all partners")),
        rx.cond(
            _State.tiers.length() > 0,
            table("Tiers", (*TIER_HEADS, ("Actions", "sr")), _State.tiers, _tier),
            panels.empty("sliders", "No tier yet", "Without a tier no partner earns anything."),
        ),
        form,
    )


def _fee(row: rx.Var[FeeRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.email),
        rx.el.td(row.fee, class_name="num md"),
        rx.el.td(row.span, class_name="t2"),
        key=row.id,
    )


def _fees() -> rx.Component:
    heads = (("Person", ""), (f"A month, {CURRENCY}", "num"), ("Paid, UTC days", ""))
    form = rx.el.form(
        rx.el.div(
            text_field("email", "E-mail address", errors=_State.errors, type="email", auto_complete="off"),
            number_field("monthly_fee", "A month", errors=_State.errors, unit=CURRENCY, hint="0 ends it."),
            text_field("since", "From", value=_State.today, errors=_State.errors, type="date"),
            class_name="form-grid",
        ),
        rx.el.div(button("Note fee", look="primary", type="submit"), class_name="row form-end"),
        on_submit=_State.set_fee,
        class_name="panel-body stack",
    )
    return panels.panel(
        panels.panel_head("Subscriptions", panels.count("what people pay; noted here, collected elsewhere")),
        rx.cond(_State.fees.length() > 0, table("Subscriptions", heads, _State.fees, _fee)),
        form,
    )


def _asking() -> rx.Component:
    words = rx.cond(
        _State.asking == "tier",
        rx.el.p("What was earned by it stays. Partners fall to the next tier below from the next computation on."),
        text_area("words", "Words to the partner", note="optional", rows=3, max_length=300),
    )
    return dialog(
        rx.el.form(
            body(words),
            foot(
                button("Not now", on_click=_State.close_dialog),
                button(
                    _State.asking_verb,
                    look="primary",
                    type="submit",
                    is_busy=_State.is_busy,
                ),
            ),
            on_submit=_State.decide,
        ),
        is_open=_State.asking != "",
        title=_State.asking_title,
        on_close=_State.close_dialog,
        icon_name="people",
    )


def page() -> rx.Component:
    """Applications, payouts, tiers and fees."""
    refused = panels.empty(
        "lock",
        "Only the owner of this installation manages partners",
        "Administrators do not see partners' books.",
        link("Partners", to="/partners", class_name="btn small"),
    )
    return frame(
        rx.cond(
            _State.is_loaded,
            rx.match(
                _State.error_code,
                ("", rx.fragment(_partners(), _payouts(), _tiers(), _fees(), _asking())),
                ("not-allowed", panels.panel(refused)),
                panels.panel(panels.failed("Partners could not be loaded", _State.error_code, _State.load)),
            ),
            panels.panel(skeleton(10)),
        ),
        title="Partners",
        current="/partners/manage",
        class_name="partners",
    )
