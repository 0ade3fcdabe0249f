"""The panel of everybody's agents, for staff."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.marks import badge
from forex_elite.ui.components.table import table
from forex_elite.ui.live.live import age
from forex_elite.ui.pages.admin.parts import select_filter, text_filter
from forex_elite.ui.pages.admin.queue.agents_state import WatchedAgentsState
from forex_elite.ui.pages.admin.queue.rows import WatchedAgentRow

_STANDINGS = (
    ("", "Agents: all"),
    ("online", "Online"),
    ("offline", "Offline"),
    ("suspended", "Owner suspended"),
)
_HEAD = (
    ("Agent", ""),
    ("State", ""),
    ("Heartbeat", ""),
    ("Version", ""),
    ("Accounts", ""),
    ("Experts running", "num"),
    ("Jobs", ""),
)


def _rest(row: rx.Var[WatchedAgentRow]) -> rx.Component:
    return rx.cond(row.rest_word != "", badge(row.rest_word, row.rest_tone, row.rest_icon))


def _row(row: rx.Var[WatchedAgentRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.name, class_name="md"), rx.el.div(row.email, class_name="t3 xs")),
        rx.el.td(rx.el.div(badge(row.word, row.tone, row.icon), _rest(row), class_name="row wrap")),
        rx.el.td(age(row.heard_at, plain=True, never="never")),
        rx.el.td(row.version, class_name="t2"),
        rx.el.td(row.accounts, class_name="t2"),
        rx.el.td(row.experts, class_name="num"),
        rx.el.td(row.jobs, class_name="t2"),
        key=row.id,
    )


def _phone_row(row: rx.Var[WatchedAgentRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.b(row.name, class_name="md"),
                badge(row.word, row.tone, row.icon),
                _rest(row),
                class_name="row wrap",
            ),
            rx.el.div(row.email, class_name="t3 xs ell"),
            rx.el.div(row.accounts, " · experts running: ", row.experts, " · jobs: ", row.jobs, class_name="t3 xs"),
            class_name="grow",
        ),
        age(row.heard_at, plain=True, never="never"),
        class_name="phone-row",
        key=row.id,
    )


def agents_panel() -> rx.Component:
    """Everybody's agents, by filters and in pages: whose, since when unheard, and what they have in hand."""
    return panels.panel(
        panels.panel_head("Agents", panels.count(WatchedAgentsState.words)),
        rx.el.div(
            text_filter(
                "Agent or e-mail address",
                lambda part: WatchedAgentsState.look_for(part).debounce(250),
            ),
            select_filter("Agents", WatchedAgentsState.standing, _STANDINGS, WatchedAgentsState.choose),
            class_name="filters",
            role="group",
            aria_label="Filters of agents",
        ),
        panels.listed(
            table("Agents", _HEAD, WatchedAgentsState.rows, _row, _phone_row),
            WatchedAgentsState.rows,
            WatchedAgentsState,
            failed_words="The agents could not be loaded",
            on_retry=WatchedAgentsState.load,
            empty=panels.empty("agents", "No such agent", "People pair agents on their own page of agents."),
            waiting=4,
        ),
        panels.pager("Newest first", WatchedAgentsState),
    )
