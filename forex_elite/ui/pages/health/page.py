"""The health page."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import badge, skeleton
from forex_elite.ui.components.table import table
from forex_elite.ui.live.live import age, live
from forex_elite.ui.pages.health.rows import AccountHealthRow, AgentHealthRow, AlertRow, RunRow
from forex_elite.ui.pages.health.state import HealthState
from forex_elite.ui.shell.frame import frame

FEW_RUNS = 12


def _alert(row: rx.Var[AlertRow]) -> rx.Component:
    return rx.el.li(
        badge(row.word, row.tone, row.icon),
        rx.el.div(
            rx.el.div(row.message, class_name="alert-text"),
            rx.el.div(age(row.at, plain=True), " · ", row.state, class_name="t3 xs"),
            class_name="grow",
        ),
        rx.cond(
            row.is_unread,
            button("Acknowledge", size="s", icon_name="check", on_click=HealthState.acknowledge(row.id)),
            rx.el.span("Acknowledged", class_name="t3 xs"),
        ),
        class_name=rx.cond(row.is_over, "over", ""),
        key=row.id,
    )


def _alerts() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "Alerts",
            panels.count(rx.cond(HealthState.unread > 0, HealthState.unread.to_string() + " not acknowledged", "")),
            actions=(
                button(
                    "Acknowledge all",
                    size="s",
                    icon_name="check",
                    on_click=HealthState.acknowledge_all,
                    disabled=HealthState.unread == 0,
                ),
            ),
        ),
        rx.cond(
            HealthState.is_loaded,
            rx.cond(
                HealthState.alerts.length() > 0,
                rx.el.ul(rx.foreach(HealthState.alerts, _alert), class_name="alert-rows", aria_live="polite"),
                panels.empty(
                    "check-circle",
                    "Nothing to report",
                    "You are told here, and by the bell above, when an agent is gone for ten minutes, an account fails "
                    "three times in a row, or prices stop while the market is open.",
                ),
            ),
            skeleton(2),
        ),
        id="alerts",
    )


def _sync_button(row: rx.Var[AccountHealthRow]) -> rx.Component:
    return rx.cond(
        row.can_sync,
        button(
            rx.cond(row.is_syncing, "Syncing", "Sync now"),
            size="s",
            icon_name="refresh",
            is_busy=row.is_syncing,
            on_click=HealthState.sync_now(row.id),
            aria_label=rx.Var.create("Sync now: ") + row.title,
        ),
        link("Agents", to="/agents", class_name="btn small"),
    )


def _account(row: rx.Var[AccountHealthRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.title, class_name="md"), " ", rx.el.span(row.login, class_name="t3")),
        rx.el.td(badge(row.word, row.tone, row.icon)),
        rx.el.td(age(row.updated_at), " ", rx.el.span(row.age_word, class_name="t3 xs")),
        rx.el.td(row.run_words, class_name="t2"),
        rx.el.td(row.failures, class_name="num t2"),
        rx.el.td(rx.cond(row.issues != "", row.issues, rx.el.span("None", class_name="t3")), class_name="issues t2"),
        rx.el.td(_sync_button(row)),
        key=row.id,
    )


def _phone_account(row: rx.Var[AccountHealthRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.b(row.title, class_name="md"),
                rx.el.span(row.login, class_name="t3 xs"),
                badge(row.word, row.tone, row.icon),
                class_name="row wrap",
            ),
            rx.el.div(age(row.updated_at), " · ", row.run_words, class_name="t3 xs"),
            rx.cond(row.issues != "", rx.el.div(row.issues, class_name="t2 xs")),
            class_name="grow",
        ),
        _sync_button(row),
        class_name="phone-row",
        key=row.id,
    )


def _accounts() -> rx.Component:
    heads = (
        ("Account", ""),
        ("Terminal", ""),
        ("Data age", ""),
        ("Last run", ""),
        ("Failures in a row", "num"),
        ("Issues", ""),
        ("Actions", "sr"),
    )
    return panels.panel(
        panels.panel_head("Accounts", panels.count(HealthState.words)),
        rx.cond(
            HealthState.is_loaded,
            rx.cond(
                HealthState.accounts.length() > 0,
                table("Accounts", heads, HealthState.accounts, _account, _phone_account),
                panels.empty(
                    "accounts",
                    "No account yet",
                    "Accounts appear as soon as an agent reports the terminals beside it.",
                    link("Pair an agent", to="/agents?new=1", class_name="btn primary small"),
                ),
            ),
            skeleton(3),
        ),
        rx.el.div(
            "Fresh under 5 min, acceptable under 10, degraded under 15, critical beyond. Accounts report every 30 s, "
            "and at once when something changes.",
            class_name="panel-foot",
        ),
    )


def _agent(row: rx.Var[AgentHealthRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.name, class_name="md")),
        rx.el.td(badge(row.word, row.tone, row.icon)),
        rx.el.td(age(row.heard_at, never="never")),
        rx.el.td(badge(row.feed_word, row.feed_tone)),
        rx.el.td(age(row.tick_at, never="never", plain=True), class_name="not-phone"),
        rx.el.td(row.accounts, class_name="t2 not-phone"),
        key=row.id,
    )


def _agents() -> rx.Component:
    heads = (
        ("Agent", ""),
        ("State", ""),
        ("Last heard", ""),
        ("Prices", ""),
        ("Last price", "not-phone"),
        ("Accounts", "not-phone"),
    )
    return panels.panel(
        panels.panel_head("Agents", actions=(link("Manage", to="/agents", class_name="btn ghost small"),)),
        rx.cond(
            HealthState.is_loaded,
            rx.cond(
                HealthState.agents.length() > 0,
                table("Agents", heads, HealthState.agents, _agent),
                panels.empty(
                    "agents",
                    "No agent yet",
                    "It runs beside your terminals and reports accounts, positions and prices.",
                    link("Create an agent", to="/agents?new=1", class_name="btn primary small"),
                ),
            ),
            skeleton(2),
        ),
    )


def _run(row: rx.Var[RunRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.time, class_name="t2"),
        rx.el.td(rx.el.b(row.account, class_name="md")),
        rx.el.td(row.kind, class_name="t2 not-phone"),
        rx.el.td(badge(row.word, row.tone, row.icon)),
        rx.el.td(row.stored, class_name="num t2 not-phone"),
        rx.el.td(row.refused, class_name="num t2 not-phone"),
        rx.el.td(row.duration, class_name="num"),
        rx.el.td(row.error, class_name="t2 run-error not-phone", title=row.error),
        key=row.key,
    )


def _runs() -> rx.Component:
    heads = (
        ("Time", ""),
        ("Account", ""),
        ("Report", "not-phone"),
        ("Outcome", ""),
        ("Stored", "num not-phone"),
        ("Refused", "num not-phone"),
        ("Duration", "num"),
        ("Reason", "not-phone"),
    )
    shown = rx.cond(HealthState.show_all_runs, HealthState.runs, HealthState.runs[:FEW_RUNS])
    return panels.panel(
        panels.panel_head("Last sync runs", panels.count("times in ", HealthState.zone)),
        rx.cond(
            HealthState.is_loaded,
            rx.cond(
                HealthState.runs.length() > 0,
                table("Last sync runs", heads, shown, _run),
                panels.empty("refresh", "No run yet", "Every report of an agent that is stored is noted here."),
            ),
            skeleton(4),
        ),
        rx.cond(
            HealthState.runs.length() > FEW_RUNS,
            rx.el.div(
                rx.el.span("Runs are kept for 7 days."),
                button(
                    rx.cond(HealthState.show_all_runs, "Show fewer", "Show more"),
                    size="s",
                    on_click=HealthState.toggle_runs,
                    class_name="end",
                ),
                class_name="panel-foot",
            ),
        ),
    )


def page() -> rx.Component:
    """Alerts, accounts, agents and sync runs: whether what is shown can be trusted."""
    return frame(
        rx.cond(
            HealthState.error_code != "",
            panels.panel(panels.failed("The health could not be loaded", HealthState.error_code, HealthState.load)),
        ),
        _alerts(),
        _accounts(),
        _agents(),
        _runs(),
        live(["alerts", "agents", "accounts", "jobs"], HealthState.changed, every_s=10),
        title="Health",
        current="/health",
        class_name="health",
    )
