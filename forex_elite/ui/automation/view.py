"""The dialog with one answer per account, and the buttons that start, pause and stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from forex_elite.domain.automation import EaCommand
from forex_elite.ui.automation.rows import AnswerRow
from forex_elite.ui.automation.state import AutomationState
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button, icon_button
from forex_elite.ui.components.dialog import body, dialog, foot
from forex_elite.ui.components.marks import badge
from forex_elite.ui.live.live import live

COMMANDS = (
    (EaCommand.START, "Start", "play"),
    (EaCommand.PAUSE, "Pause", "pause"),
    (EaCommand.STOP, "Stop", "stop"),
)


def command_icons(name: rx.Var[str] | str, on: Callable[[str], Any]) -> rx.Component:
    """Start, pause and stop as three small buttons; `name` says whose automation it is."""
    return rx.el.div(
        *(icon_button(icon, f"{verb} automation of " + name, on_click=on(what.value)) for what, verb, icon in COMMANDS),
        class_name="row command-icons",
    )


def _answer(row: rx.Var[AnswerRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.b(row.title, class_name="md"), rx.el.div(row.message, class_name="t2 xs"), class_name="grow"),
        badge(row.word, row.tone, row.icon),
        key=row.id,
    )


def answers() -> rx.Component:
    """The answers to the last command, as they come in; in the frame of every page."""
    return rx.fragment(
        dialog(
            body(
                panels.banner(
                    rx.cond(~AutomationState.is_final, "info", rx.cond(AutomationState.retry != "", "warn", "ok")).to(
                        str
                    ),
                    "info",
                    rx.el.b(AutomationState.summary),
                ),
                rx.el.ul(rx.foreach(AutomationState.answers, _answer), class_name="lines answers"),
                rx.el.p(
                    "Each account has 30 s to answer and none waits for another. Pausing and stopping hold at the "
                    "server at once, whether or not the agent has answered.",
                    class_name="t3 xs",
                ),
            ),
            foot(
                rx.cond(
                    AutomationState.retry != "",
                    button(
                        AutomationState.retry, look="primary", icon_name="refresh", on_click=AutomationState.try_again
                    ),
                ),
                button("Close", on_click=AutomationState.close),
            ),
            is_open=AutomationState.is_open,
            title=AutomationState.title,
            icon_name="play",
            on_close=AutomationState.close,
        ),
        rx.cond(
            ~AutomationState.is_final,
            live(["jobs", "accounts"], AutomationState.changed, every_s=2),
        ),
    )
