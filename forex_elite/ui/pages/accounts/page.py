"""The accounts page."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.automation.rows import MODES
from forex_elite.ui.automation.state import AutomationState
from forex_elite.ui.automation.view import COMMANDS, command_icons
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button, icon_button
from forex_elite.ui.components.fields import switch
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.marks import badge
from forex_elite.ui.components.table import table
from forex_elite.ui.kill_switch.state import KillSwitchState
from forex_elite.ui.live.live import age, live
from forex_elite.ui.pages.accounts.rows import AccountRow, GroupRow
from forex_elite.ui.pages.accounts.setup import add_dialog, group_dialog, setup_dialog
from forex_elite.ui.pages.accounts.state import AccountsState
from forex_elite.ui.shell.frame import frame

_SETTINGS = AutomationState.settings


def _setting(name: str, label: str, unit: str, value: rx.Var[str]) -> rx.Component:
    error = rx.cond(AutomationState.errors.contains(name), AutomationState.errors[name], "").to(str)
    return rx.el.div(
        rx.el.label(label, html_for=f"ea-{name}"),
        rx.el.span(
            rx.el.input(
                id=f"ea-{name}",
                default_value=value,
                input_mode="decimal",
                auto_complete="off",
                placeholder="no limit",
                disabled=_SETTINGS.safety_mode == "keep",
                on_change=lambda text: AutomationState.fill(name, text).debounce(200),
                on_blur=lambda text: AutomationState.fill(
                    name, text
                ),  # a click on Start must not overtake what was typed
                aria_invalid=rx.cond(error != "", "true", "false"),
            ),
            rx.el.span(unit, class_name="unit"),
            class_name="input",
        ),
        rx.cond(error != "", rx.el.span(icon("alert", "xs"), error, class_name="err", role="alert")),
        class_name="field",
    )


def _automation() -> rx.Component:
    return panels.panel(
        panels.panel_head("Automation", panels.count(AccountsState.enabled_words)),
        rx.el.div(
            rx.el.div(
                *(
                    button(
                        f"{verb} all",
                        look="primary" if what == "start_ea" else "",
                        icon_name=mark,
                        on_click=AutomationState.command_all(what.value),
                        disabled=AccountsState.rows.length() == 0,
                    )
                    for what, verb, mark in COMMANDS
                ),
                class_name="row wrap",
            ),
            rx.el.div(
                rx.el.label("Settings sent with it", html_for="ea-safety"),
                rx.el.select(
                    *(rx.el.option(words, value=mode) for mode, words in MODES),
                    id="ea-safety",
                    class_name="input",
                    value=_SETTINGS.safety_mode,
                    on_change=lambda mode: AutomationState.fill("safety_mode", mode),
                ),
                class_name="field",
            ),
            _setting("max_lots", "Maximum lot", "lots", _SETTINGS.max_lots),
            _setting("max_loss", "Maximum loss a trade", "money", _SETTINGS.max_loss),
            class_name="panel-body automation-bar",
        ),
        rx.el.div(
            "Alerts and Expert Advisors on accounts enabled for trading. Closing is never held up.",
            class_name="panel-foot wraps",
        ),
    )


def _group(row: rx.Var[GroupRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(row.name, class_name="md ell"), rx.el.div(row.accounts, class_name="t3 xs"), class_name="grow"
        ),
        command_icons("group " + row.name, lambda what: AutomationState.command_group(what, row.id)),
        icon_button(
            "kill",
            "Kill switch of group " + row.name,
            look="danger-line",
            on_click=KillSwitchState.open("group:" + row.id),
        ),
        icon_button("edit", "Rename group " + row.name, on_click=AccountsState.ask_group(row.id)),
        key=row.id,
    )


def _groups() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "Groups",
            actions=(button("New group", size="s", icon_name="plus", on_click=AccountsState.ask_group("")),),
        ),
        rx.cond(
            AccountsState.groups.length() > 0,
            rx.el.ul(rx.foreach(AccountsState.groups, _group), class_name="lines"),
            rx.el.p(
                "Conservative, Aggressive: accounts that are started and stopped together.", class_name="t3 sm pad"
            ),
        ),
        class_name="groups",
    )


def _actions(row: rx.Var[AccountRow]) -> rx.Component:
    return rx.el.div(
        command_icons(row.title + " " + row.login, lambda what: AutomationState.command_account(what, row.id)),
        icon_button(
            "kill",
            "Kill switch of " + row.title + " " + row.login,
            look="danger-line",
            on_click=KillSwitchState.open("account:" + row.id),
        ),
        icon_button(
            "edit", "Set up " + row.title + " " + row.login, on_click=AccountsState.open_setup(row.id, "place")
        ),
        class_name="row end row-actions",
    )


def _name(row: rx.Var[AccountRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.el.b(row.title, class_name="md"), " ", rx.el.span(row.login, class_name="t2"), class_name="ell"),
        rx.el.div(row.server, rx.cond(row.kind != "", rx.el.span(" · ", row.kind)), class_name="t3 xs ell"),
        class_name="two-lines",
    )


def _guard(row: rx.Var[AccountRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            badge(row.guard, row.guard_tone, row.guard_icon),
            rx.cond(row.is_held, button("Resume", size="s", on_click=AccountsState.resume(row.id))),
            class_name="row",
        ),
        rx.el.div(row.guard_more, class_name="t3 xs ell"),
        class_name="guard-cell",
        title=row.guard_more,
    )


def _row(row: rx.Var[AccountRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(_name(row)),
        rx.el.td(
            rx.el.div(
                rx.el.div(rx.cond(row.group != "", row.group, "No group"), class_name="ell"),
                rx.el.div(rx.cond(row.agent != "", row.agent, "no agent"), class_name="t3 xs ell"),
                class_name="two-lines t2",
            ),
        ),
        rx.el.td(
            rx.el.div(
                rx.cond(row.icon == "", badge(row.word, row.tone), badge(row.word, row.tone, row.icon)),
                rx.cond(row.reported_at != "", age(row.reported_at, plain=True)),
                class_name="row",
            )
        ),
        rx.el.td(row.equity, rx.el.span(row.currency, class_name="unit"), class_name="num"),
        rx.el.td(
            switch("Enabled for trading: " + row.login, row.is_enabled, lambda _: AccountsState.toggle(row.id)),
        ),
        rx.el.td(
            rx.el.div(
                badge(row.auto_word, row.auto_tone, row.auto_icon),
                rx.el.span(row.settings, class_name="t3 xs"),
                class_name="row",
            )
        ),
        rx.el.td(_guard(row)),
        rx.el.td(_actions(row)),
        key=row.id,
    )


def _phone_row(row: rx.Var[AccountRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                _name(row),
                switch("Enabled for trading: " + row.login, row.is_enabled, lambda _: AccountsState.toggle(row.id)),
                class_name="row between",
            ),
            rx.el.div(
                rx.cond(row.icon == "", badge(row.word, row.tone), badge(row.word, row.tone, row.icon)),
                badge(row.auto_word, row.auto_tone, row.auto_icon),
                rx.el.span(row.equity, " ", row.currency, class_name="t2 xs"),
                class_name="row wrap",
            ),
            _guard(row),
            _actions(row),
            class_name="grow stack tight",
        ),
        class_name="phone-row",
        key=row.id,
    )


_HEAD = (
    ("Account", ""),
    ("Group, agent", ""),
    ("Figures", ""),
    ("Equity", "num"),
    ("Enabled", ""),
    ("Automation", ""),
    ("Limits", ""),
    ("Actions", "sr"),
)


def _list() -> rx.Component:
    return table("Accounts", _HEAD, AccountsState.rows, _row, _phone_row, is_dense=False)


def _content() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "Accounts",
            panels.count(rx.cond(AccountsState.is_loaded, AccountsState.rows.length().to_string(), "")),
            actions=(
                button("Add account", look="primary", size="s", icon_name="plus", on_click=AccountsState.ask_add),
            ),
        ),
        panels.listed(
            _list(),
            AccountsState.rows,
            AccountsState,
            failed_words="Accounts could not be loaded",
            on_retry=AccountsState.load,
            empty=panels.empty(
                "accounts",
                "No account yet",
                "Add one with its number, server and password, and give it to an agent; or pair an agent "
                "beside a terminal that is logged in, and its account appears here by itself.",
                button("Add an account", look="primary", icon_name="plus", on_click=AccountsState.ask_add),
            ),
            waiting=4,
        ),
    )


def page() -> rx.Component:
    """Automation over all accounts, groups, and every account with its place, limits and guard."""
    return frame(
        rx.el.div(_automation(), _groups(), class_name="accounts-top"),
        _content(),
        add_dialog(),
        setup_dialog(),
        group_dialog(),
        live(["accounts", "agents"], AccountsState.changed, every_s=15),
        title="Accounts",
        current="/accounts",
        class_name="accounts",
    )
