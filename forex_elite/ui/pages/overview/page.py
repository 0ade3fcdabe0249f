"""The overview page."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import badge, side, skeleton
from forex_elite.ui.components.table import table
from forex_elite.ui.kill_switch.state import KillSwitchState
from forex_elite.ui.live.live import age, live
from forex_elite.ui.pages.agents.rows import AgentRow
from forex_elite.ui.pages.overview.accounts import cards, risk_strip
from forex_elite.ui.pages.overview.positions import positions
from forex_elite.ui.pages.overview.state import OverviewState
from forex_elite.ui.pages.signals.rows import SignalRow
from forex_elite.ui.shell.frame import account_shown, frame


def _signal(row: rx.Var[SignalRow]) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(row.clock, class_name="t3 xs feed-time"),
            rx.el.span(
                rx.el.span(
                    side(row.action, row.side_tone),
                    rx.el.b(row.symbol, class_name="md"),
                    rx.el.span(row.strategy, class_name="t3 xs ell"),
                    class_name="row",
                ),
                rx.el.span(
                    row.detail,
                    rx.cond(
                        row.to_fill_unit != "",
                        rx.el.span(" · ", row.to_fill, " ", row.to_fill_unit, class_name="t3"),
                    ),
                    class_name="xs t2 ell own-line",
                ),
                class_name="grow",
            ),
            badge(row.word, row.tone, row.icon),
            to="/signals?id=" + row.id,
            class_name="feed-row",
        ),
        key=row.id,
    )


def _signals() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "Signals",
            panels.count(OverviewState.signals_words, class_name="ell"),
            actions=(link("View all", to="/signals", class_name="btn ghost small"),),
        ),
        rx.cond(
            OverviewState.is_loaded,
            rx.cond(
                OverviewState.signals.length() > 0,
                rx.el.ul(rx.foreach(OverviewState.signals, _signal), class_name="feed"),
                panels.empty(
                    "signals",
                    "No signals yet",
                    "Paste a strategy's address into a TradingView alert. The first one shows up here within a second.",
                    link("Set up a strategy", to="/signals/strategies", class_name="btn primary small"),
                ),
            ),
            skeleton(7),
        ),
    )


def _agent(row: rx.Var[AgentRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.name, class_name="md")),
        rx.el.td(badge(row.word, row.tone, row.icon)),
        rx.el.td(age(row.heard_at, never="never")),
        rx.el.td(row.accounts, class_name="t2 not-phone"),
        rx.el.td(row.cpu, class_name="num t2 not-phone"),
        rx.el.td(row.memory, class_name="num t2 not-phone"),
        key=row.id,
    )


def _agents() -> rx.Component:
    heads = (
        ("Agent", ""),
        ("State", ""),
        ("Last heard", ""),
        ("Accounts", "not-phone"),
        ("CPU", "num not-phone"),
        ("Memory", "num not-phone"),
    )
    return panels.panel(
        panels.panel_head("Agents", actions=(link("Manage", to="/agents", class_name="btn ghost small"),)),
        rx.cond(
            OverviewState.is_loaded,
            rx.cond(
                OverviewState.agents.length() > 0,
                table("Agents", heads, OverviewState.agents, _agent),
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


def _step(is_done: rx.Var[bool], words: str, hint: str, to: str) -> rx.Component:
    return rx.el.li(
        rx.cond(
            is_done,
            rx.el.span(icon("check-circle", "", "done"), class_name="up"),
            rx.el.span(icon("half", "", "to do"), class_name="t3"),
        ),
        rx.el.div(rx.el.div(words, class_name="md"), rx.el.div(hint, class_name="t3 xs"), class_name="grow"),
        rx.cond(is_done, rx.fragment(), link("Go", to=to, class_name="btn small", aria_label=words)),
    )


def _first_steps() -> rx.Component:
    has_agent = OverviewState.agents.length() > 0
    has_account = OverviewState.cards.length() > 0
    has_signal = OverviewState.signals.length() > 0
    return rx.cond(
        OverviewState.is_loaded & ~(has_agent & has_account & OverviewState.has_strategy & has_signal),
        panels.panel(
            panels.panel_head("First steps", panels.count("from here to the first order")),
            rx.el.ol(
                _step(
                    has_agent, "Pair an agent", "One command on the machine where MetaTrader 5 runs.", "/agents?new=1"
                ),
                _step(has_account, "See an account", "Accounts appear with the agent's first report.", "/agents"),
                _step(
                    OverviewState.has_strategy,
                    "Create a strategy",
                    "It gives you the address for TradingView.",
                    "/signals/strategies?new=1",
                ),
                _step(has_signal, "Send a test alert", "Through the very same door.", "/signals/strategies"),
                class_name="lines",
            ),
        ),
    )


def _stopped() -> rx.Component:
    return rx.cond(
        OverviewState.is_any_killed,
        panels.banner(
            "crit",
            "kill",
            rx.el.div(
                rx.cond(
                    OverviewState.is_all_killed,
                    rx.el.span(rx.el.b("The kill switch is on."), " New entries are refused on all accounts."),
                    rx.el.span(rx.el.b("The kill switch is on"), " for some accounts; they refuse new entries."),
                ),
                button("Kill switch…", size="s", on_click=KillSwitchState.open("all")),
                class_name="row wrap",
            ),
        ),
    )


def page() -> rx.Component:
    """Limits, accounts, open positions, signals and agents at a glance."""
    return frame(
        _stopped(),
        rx.cond(
            OverviewState.error_code != "",
            panels.panel(
                panels.failed("Some figures could not be loaded", OverviewState.error_code, OverviewState.load)
            ),
        ),
        risk_strip(),
        cards(_agents()),
        rx.el.div(positions(), _signals(), class_name="grid main-side"),
        _first_steps(),
        live(OverviewState.topics, OverviewState.changed, every_s=15),
        title="Overview",
        current="/",
        account=account_shown(),
        class_name="overview",
    )
