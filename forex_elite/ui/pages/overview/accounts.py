"""The strip of limits and the account cards."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.automation.state import AutomationState
from forex_elite.ui.automation.view import command_icons
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import icon_button
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import badge, meter, skeleton
from forex_elite.ui.components.sparkline import sparkline
from forex_elite.ui.kill_switch.state import KillSwitchState
from forex_elite.ui.kill_switch.view import kill_button
from forex_elite.ui.live.live import age
from forex_elite.ui.pages.overview.rows import AccountCard, Stat
from forex_elite.ui.pages.overview.state import OverviewState

_STRIP = OverviewState.strip


def _stat(label: str, stat: rx.Var[Stat], *, has_meter: bool = False, class_name: str = "") -> rx.Component:
    below: Any = rx.el.div(stat.note, class_name="xs t3 ell")
    if has_meter:
        below = rx.cond(stat.note != "", below, meter(stat.percent, stat.meter, label))
    return rx.el.div(
        rx.el.div(label, rx.el.span(stat.corner, class_name="ell"), class_name="stat-label"),
        rx.el.div(
            rx.el.span(stat.value, class_name=stat.tone),
            rx.cond(stat.unit != "", rx.el.span(stat.unit, class_name="unit")),
            class_name="stat-value ell",
        ),
        below,
        class_name=f"stat {class_name}".strip(),
    )


def risk_strip() -> rx.Component:
    """Day result, daily loss, margin level, positions, gate, and the kill switch."""
    gate = rx.el.div(
        rx.el.div("Gate today", rx.el.span("UTC"), class_name="stat-label"),
        rx.el.div(
            _STRIP.passed,
            rx.el.span("passed", class_name="unit"),
            " ",
            _STRIP.refused,
            rx.el.span("refused", class_name="unit"),
            class_name="stat-value ell",
        ),
        rx.el.div(
            rx.cond(_STRIP.reasons != "", _STRIP.reasons, "nothing refused"),
            class_name="xs t3 ell",
            title=_STRIP.reasons,
        ),
        class_name="stat not-phone",
    )
    switch = rx.el.div(
        kill_button(size="l"),
        class_name="stat kill",
    )
    return panels.panel(
        rx.el.h2("Limits", class_name="sr"),
        _stat("Day result", _STRIP.day),
        _stat("Daily loss used", _STRIP.loss, has_meter=True),
        _stat("Lowest margin level", _STRIP.margin),
        _stat("Open positions", _STRIP.positions, has_meter=True),
        gate,
        switch,
        class_name="risk-strip",
        aria_busy=~OverviewState.is_loaded,
    )


def _pair(label: str, value: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(label), rx.el.dd(value))


def _card(card: rx.Var[AccountCard]) -> rx.Component:
    return rx.el.article(
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.h3(card.title, class_name="sb ell"),
                    rx.el.span(card.login, class_name="t3 sm"),
                    class_name="row",
                ),
                rx.el.div(card.server, class_name="t3 xs ell"),
                class_name="grow",
            ),
            rx.cond(card.icon == "", badge(card.word, card.tone), badge(card.word, card.tone, card.icon)),
            class_name="card-head",
        ),
        rx.el.div(
            rx.el.div(card.equity, rx.el.span(card.currency, class_name="unit"), class_name="equity"),
            rx.el.div(
                rx.el.div(card.day, class_name=rx.Var.create("md ") + card.day_tone),
                rx.el.div(
                    rx.el.span("today ", class_name="t3"),
                    rx.el.span(card.day_percent, class_name=card.day_tone),
                    class_name="xs",
                ),
                class_name="num card-day",
            ),
            class_name="card-equity",
        ),
        sparkline(
            OverviewState.curves[card.id].points,
            OverviewState.curves[card.id].base,
            tone=card.day_tone,
            dashed=card.is_stored,
            label="Equity of " + card.title + " over the last 24 hours",
        ),
        rx.el.div(
            rx.el.div(
                "Daily loss",
                rx.el.span(rx.cond(card.loss_used != "", card.loss_used, "no start of day yet"), class_name="t2"),
                class_name="stat-label",
            ),
            meter(card.loss_percent, card.loss_meter, "Daily loss used of " + card.title),
            class_name="card-loss",
        ),
        rx.el.dl(
            _pair("Balance", card.balance),
            _pair("Free margin", card.margin_free),
            _pair("Margin level", card.margin_level),
            class_name="card-figures",
        ),
        rx.cond(
            card.notice != "", rx.el.div(icon("triangle", "xs"), rx.el.span(card.notice), class_name="card-notice")
        ),
        rx.el.div(
            age(card.reported_at),
            rx.el.span(card.open_words, class_name="t3 xs end"),
            rx.el.span(
                rx.el.span(class_name=rx.Var.create("dot ") + card.state_tone), card.state_word, class_name="age state"
            ),
            class_name="card-foot",
        ),
        rx.el.div(
            rx.el.span(card.auto_word, class_name="t3 xs ell grow"),
            command_icons(card.title, lambda what: AutomationState.command_account(what, card.id)),
            icon_button(
                "kill",
                "Kill switch of " + card.title,
                look="danger-line",
                on_click=KillSwitchState.open("account:" + card.id),
            ),
            class_name="card-foot card-acts",
        ),
        class_name=rx.cond(card.is_stored, "panel card stored", "panel card"),
        key=card.id,
    )


def _waiting() -> rx.Component:
    return panels.panel(
        panels.empty(
            "accounts",
            "No account yet",
            "Accounts appear here as soon as an agent reports the terminals beside it.",
            link("Pair an agent", to="/agents?new=1", class_name="btn primary small"),
        )
    )


def cards(agents: rx.Component) -> rx.Component:
    """One card per account; with one or two the agents stand beside them, else below."""
    count = OverviewState.cards.length()
    few = rx.match(count, (1, "grid cards one"), (2, "grid cards two"), "grid cards")
    ghosts = rx.el.div(
        *(rx.el.div(skeleton(5), class_name="panel card ghost") for _ in range(4)), class_name="grid cards"
    )
    return rx.cond(
        OverviewState.is_loaded,
        rx.cond(
            OverviewState.cards.length() > 0,
            rx.el.section(
                rx.el.h2("Accounts", class_name="sr"),
                rx.el.div(rx.foreach(OverviewState.cards, _card), agents, class_name=few),
            ),
            rx.el.div(_waiting(), agents, class_name="grid halves"),
        ),
        ghosts,
    )
