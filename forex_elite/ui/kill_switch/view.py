"""The button in the top bar of every page, and its dialog."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.dialog import body, dialog, foot
from forex_elite.ui.components.fields import select_field
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.marks import badge
from forex_elite.ui.kill_switch.state import ALL, KillRow, KillSwitchState, Scope
from forex_elite.ui.live.live import live


def kill_button(scope: str | rx.Var[str] = ALL, **props: Any) -> rx.Component:
    """Opens the switch for everything, or for whom `scope` names."""
    return button("Kill switch", look="danger-line", icon_name="kill", on_click=KillSwitchState.open(scope), **props)


def top_button() -> rx.Component:
    """The switch in the top bar; on a phone only its icon. The palette finds it by its id."""
    return rx.el.button(
        icon("kill", "s"),
        rx.el.span("Kill", class_name="not-phone"),
        type="button",
        id="kill-switch",
        class_name="btn danger-line small kill-top",
        aria_label="Kill switch",
        title="Kill switch: stop new entries",
        on_click=KillSwitchState.open(ALL),
    )


def _row(row: rx.Var[KillRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.title, class_name="md"), " ", rx.el.span(row.login, class_name="t3")),
        rx.el.td(rx.cond(row.icon == "", badge(row.word, row.tone), badge(row.word, row.tone, row.icon))),
        rx.el.td(row.at_server, class_name="num"),
        rx.el.td(row.at_agent, class_name="t2 wraps"),
        key=row.id,
    )


def _scope(scope: rx.Var[Scope]) -> rx.Component:
    return rx.el.option(scope.words, value=scope.value, key=scope.value)


def _table() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th("Account", scope="col"),
                    rx.el.th("Entries", scope="col"),
                    rx.el.th("Server, ", KillSwitchState.zone, scope="col", class_name="num"),
                    rx.el.th("Agent confirmed", scope="col"),
                )
            ),
            rx.el.tbody(rx.foreach(KillSwitchState.rows, _row)),
            class_name="compact",
        ),
        class_name="table-wrap kill-table",
        tab_index=0,
        role="region",
        aria_label="Kill switch by account",
    )


def _foot() -> rx.Component:
    return foot(
        rx.cond(
            KillSwitchState.on_count > 0,
            button("Allow entries again", on_click=KillSwitchState.ask_lift, is_busy=KillSwitchState.is_busy),
        ),
        button("Close", on_click=KillSwitchState.close),
        rx.cond(
            (KillSwitchState.off_count > 0) | KillSwitchState.is_flatten,
            button(
                rx.cond(KillSwitchState.is_flatten, "Stop and close everything", "Stop new entries"),
                look="danger",
                on_click=KillSwitchState.throw,
                is_busy=KillSwitchState.is_busy,
            ),
        ),
    )


def _lifting() -> rx.Component:
    count = KillSwitchState.on_count
    return panels.banner(
        "warn",
        "triangle",
        "Alerts and experts may open positions on ",
        rx.cond(count == 1, "this account", rx.fragment("these ", count, " accounts")),
        " from then on.",
    )


def _foot_of_lifting() -> rx.Component:
    return foot(
        button("Keep stopped", on_click=KillSwitchState.keep),
        button("Yes, allow entries", look="primary", on_click=KillSwitchState.lift, is_busy=KillSwitchState.is_busy),
    )


def kill_dialog() -> rx.Component:
    """Whom it means, what else is done, and when it took hold: at the server, and at each agent."""
    return rx.fragment(
        dialog(
            body(
                select_field(
                    "kill-scope",
                    "Accounts",
                    rx.foreach(KillSwitchState.scopes, _scope),
                    value=KillSwitchState.scope,
                    on_change=KillSwitchState.choose,
                ),
                rx.el.p(
                    "New entries are refused from the moment you press the button, whether or not an agent answers. "
                    "Entries that wait are cancelled; closing and changing positions goes on working."
                ),
                rx.cond(
                    KillSwitchState.rows.length() > 0,
                    _table(),
                    panels.empty("accounts", "No account", "There is nothing to stop here."),
                ),
                rx.cond(
                    KillSwitchState.rows.length() > 0,
                    rx.el.label(
                        rx.el.input(
                            type="checkbox",
                            checked=KillSwitchState.is_flatten,
                            on_change=KillSwitchState.set_flatten,
                            id="kill-flatten",
                        ),
                        rx.el.span("Also close every position and cancel every pending order, at market"),
                        class_name="check",
                    ),
                ),
                rx.cond(KillSwitchState.is_lift_asked, _lifting()),
            ),
            rx.cond(KillSwitchState.is_lift_asked, _foot_of_lifting(), _foot()),
            is_open=KillSwitchState.is_open,
            title="Kill switch",
            kind="modal wide",
            icon_name="kill",
            tone="crit",
            on_close=KillSwitchState.close,
        ),
        rx.cond(KillSwitchState.is_open, live(["accounts", "agents"], KillSwitchState.changed, every_s=5)),
    )
