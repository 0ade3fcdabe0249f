"""One account's forms: where its terminal runs, its limits, its hours and weekend, and the broker's symbol names."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.choices import tab
from forex_elite.ui.components.dialog import body, confirm, dialog, foot
from forex_elite.ui.components.fields import select_field, switch, text_area, text_field
from forex_elite.ui.components.icon import icon
from forex_elite.ui.live import live as _live  # noqa: F401 - links backend.js, which the forms import
from forex_elite.ui.pages.accounts.forms import ACTIONS, DAYS, WEEKEND, DayRow, LimitRow
from forex_elite.ui.pages.accounts.rows import Option
from forex_elite.ui.pages.accounts.state import AccountsState

_LIBRARY = rx.asset("account_forms.jsx", shared=True).importable_path
_FORM = AccountsState.form
_ERRORS = AccountsState.errors
_DAYS = [(str(number), name) for number, name in enumerate(DAYS)]


class _AddAccount(rx.Component):
    library = _LIBRARY
    tag = "AddAccount"

    agents: rx.Var[list[Any]]
    groups: rx.Var[list[Any]]
    on_done: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_cancel: rx.EventHandler[rx.event.no_args_event_spec]


class _ChangePassword(rx.Component):
    library = _LIBRARY
    tag = "ChangePassword"

    account: rx.Var[str]
    login: rx.Var[str]
    stored: rx.Var[bool]
    on_done: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


def add_dialog() -> rx.Component:
    """The form for a new account."""
    return dialog(
        _AddAccount.create(
            agents=AccountsState.agents,
            groups=AccountsState.group_choices,
            on_done=AccountsState.saved,
            on_cancel=AccountsState.close_dialog,
        ),
        is_open=AccountsState.dialog == "add",
        title="Add an account",
        icon_name="accounts",
        on_close=AccountsState.close_dialog,
    )


def _option(option: rx.Var[Option]) -> rx.Component:
    return rx.el.option(option.words, value=option.value, key=option.value)


def _choices(empty: str, options: rx.Var[list[Option]]) -> rx.Component:
    return rx.fragment(rx.el.option(empty, value=""), rx.foreach(options, _option))


def _save(words: str) -> rx.Component:
    return rx.el.div(
        button(words, look="primary", type="submit", is_busy=AccountsState.is_busy), class_name="row form-end"
    )


def _key(name: str) -> rx.Var[str]:
    return rx.Var.create(f"{name}-") + _FORM.id + AccountsState.version.to_string()


def _place() -> rx.Component:
    return rx.el.div(
        rx.el.form(
            rx.el.div(
                text_field("name", "Name", value=_FORM.name, errors=_ERRORS, max_length=80, note="optional"),
                select_field(
                    "group_id",
                    "Group",
                    _choices("No group", AccountsState.group_choices),
                    value=_FORM.group_id,
                    errors=_ERRORS,
                ),
                class_name="form-grid pair",
            ),
            select_field(
                "agent_id",
                "Agent",
                _choices("None", AccountsState.agents),
                value=_FORM.agent_id,
                errors=_ERRORS,
                hint="Moving the account cancels what waits for its old agent; the new one starts a terminal for it.",
            ),
            rx.cond(
                _FORM.agent_away != "",
                panels.banner(
                    "warn",
                    "alert",
                    rx.el.span(
                        _FORM.agent_away
                        + " does not answer. Moved now, the account's terminal there runs on until that agent is heard "
                        "again: Expert Advisors in it may trade beside the new terminal. Close it by hand first."
                    ),
                ),
            ),
            rx.cond(
                _FORM.kind == "mt5",
                text_field(
                    "terminal_path",
                    "terminal64.exe on the agent's machine",
                    value=_FORM.terminal_path,
                    errors=_ERRORS,
                    max_length=260,
                    placeholder="C:\\MT5\\51204418\\terminal64.exe",
                    hint="A portable installation of its own. Not needed where the agent's file names the terminal.",
                ),
            ),
            _save("Save"),
            on_submit=AccountsState.save_place,
            key=_key("place"),
            class_name="stack",
        ),
        _ChangePassword.create(
            account=_FORM.id, login=_FORM.login, stored=_FORM.has_password, on_done=AccountsState.saved
        ),
        rx.el.div(
            rx.el.span("Removing keeps its trades and its log.", class_name="t3 sm"),
            button(
                "Remove account", look="danger-line", size="s", icon_name="trash", on_click=AccountsState.ask_remove
            ),
            class_name="row wrap between",
        ),
        class_name="stack roomy setup-part",
    )


def _limit(row: rx.Var[LimitRow]) -> rx.Component:
    error = rx.cond(_ERRORS.contains(row.name), _ERRORS[row.name], "").to(str)
    return rx.el.div(
        rx.el.label(row.label, rx.el.span(row.unit, class_name="t3"), html_for="limit-" + row.name),
        rx.el.input(
            id="limit-" + row.name,
            name=row.name,
            default_value=row.value,
            class_name="input num",
            input_mode="decimal",
            auto_complete="off",
            placeholder="no limit",
            aria_invalid=rx.cond(error != "", "true", "false"),
        ),
        rx.el.select(
            *(rx.el.option(words, value=action) for action, words in ACTIONS),
            name=row.name + "-action",
            default_value=row.action,
            class_name="input",
            aria_label="At the limit of " + row.label + " " + row.unit,
        ),
        rx.cond(error != "", rx.el.span(icon("alert", "xs"), error, class_name="err", role="alert")),
        class_name="limit-row",
        key=row.name,
    )


def _limits() -> rx.Component:
    return rx.el.form(
        rx.el.p(
            "Every order that would break a limit is refused. When an open account reaches one, the action is carried "
            "out by the agent, whether or not this server can be reached. Daily figures count from the broker's "
            "midnight. A figure that is not known lets no entry pass.",
            class_name="t2 sm",
        ),
        rx.el.div(rx.foreach(AccountsState.limits, _limit), class_name="limit-rows"),
        rx.el.dl(
            rx.el.div(rx.el.dt("Stop new entries"), rx.el.dd("Open positions and pending orders stay.")),
            rx.el.div(rx.el.dt("Close only"), rx.el.dd("Pending orders are cancelled too.")),
            rx.el.div(
                rx.el.dt("Close all and stop"),
                rx.el.dd(
                    "Every position is closed; stopped until the next day for daily limits, else until you resume."
                ),
            ),
            class_name="explained t3 xs",
        ),
        _save("Save limits"),
        on_submit=AccountsState.save_limits,
        key=_key("limits"),
        class_name="stack setup-part",
    )


def _day(row: rx.Var[DayRow]) -> rx.Component:
    error = rx.cond(_ERRORS.contains(row.name), _ERRORS[row.name], "").to(str)
    return rx.el.div(
        rx.el.label(row.label, html_for=row.name),
        rx.el.input(
            id=row.name,
            name=row.name,
            default_value=row.text,
            class_name="input",
            placeholder="no trading",
            auto_complete="off",
            aria_invalid=rx.cond(error != "", "true", "false"),
        ),
        rx.cond(error != "", rx.el.span(icon("alert", "xs"), error, class_name="err", role="alert")),
        class_name="day-row",
        key=row.name,
    )


def _hours() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            switch("Trade within hours only", AccountsState.has_hours, AccountsState.set_has_hours),
            rx.el.span("Trade within these hours only, UTC", class_name="md"),
            class_name="row",
        ),
        rx.cond(
            AccountsState.has_hours,
            rx.el.div(
                rx.foreach(AccountsState.days, _day),
                rx.el.p(
                    "07:00-20:00, several separated by commas; it may pass midnight, 00:00-00:00 is the whole day.",
                    class_name="hint",
                ),
                class_name="stack tight",
            ),
        ),
        select_field("weekend", "Before the weekend", WEEKEND, value=_FORM.weekend, errors=_ERRORS),
        rx.el.div(
            select_field("since_day", "From", _DAYS, value=_FORM.since_day),
            text_field("since", "At", value=_FORM.since, unit="UTC", errors=_ERRORS, max_length=5),
            select_field("until_day", "Until", _DAYS, value=_FORM.until_day),
            text_field("until", "At", value=_FORM.until, unit="UTC", errors=_ERRORS, max_length=5),
            class_name="form-grid narrow",
        ),
        rx.el.p("New entries only; closing and protecting positions is always possible.", class_name="t3 xs"),
        _save("Save hours"),
        on_submit=AccountsState.save_hours,
        key=_key("hours"),
        class_name="stack setup-part",
    )


def _symbols() -> rx.Component:
    return rx.el.form(
        text_area(
            "symbols",
            "Broker's names",
            value=_FORM.symbols,
            note="one a line",
            placeholder="GOLD = XAUUSD.r",
            hint="Only for names that are not found by themselves: the signal's name = the broker's name.",
            errors=_ERRORS,
            rows=8,
        ),
        _save("Save names"),
        on_submit=AccountsState.save_symbols,
        key=_key("symbols"),
        class_name="stack setup-part",
    )


def setup_dialog() -> rx.Component:
    """One account's forms in tabs, and above them what holds it back."""
    tabs = (("place", "Set-up"), ("limits", "Limits"), ("hours", "Hours"), ("symbols", "Symbols"))
    return rx.fragment(
        dialog(
            body(
                rx.cond(
                    _FORM.holds.length() > 0,
                    panels.banner(
                        "crit",
                        "lock",
                        rx.el.div(rx.foreach(_FORM.holds, rx.el.div)),
                        button("Resume", size="s", on_click=AccountsState.resume(_FORM.id)),
                    ),
                ),
                rx.el.div(
                    *(
                        tab(words, is_on=AccountsState.tab == name, on_click=AccountsState.show_tab(name))
                        for name, words in tabs
                    ),
                    class_name="tabs setup-tabs",
                ),
                rx.match(
                    AccountsState.tab, ("limits", _limits()), ("hours", _hours()), ("symbols", _symbols()), _place()
                ),
            ),
            foot(button("Close", on_click=AccountsState.close_dialog)),
            is_open=AccountsState.dialog == "setup",
            title=_FORM.title,
            kind="modal wide",
            icon_name="accounts",
            on_close=AccountsState.close_dialog,
        ),
        confirm(
            rx.el.p(
                "It is disabled for trading, taken off its agent and its strategies, and its password is erased. Open "
                "positions stay open at the broker; its trades and its log stay here."
            ),
            is_open=AccountsState.dialog == "remove",
            title="Remove " + _FORM.title + "?",
            verb="Remove account",
            keep="Keep it",
            on_confirm=AccountsState.remove,
            on_close=AccountsState.close_dialog,
            is_busy=AccountsState.is_busy,
            icon_name="trash",
        ),
    )


def group_dialog() -> rx.Component:
    """A group's name."""
    return dialog(
        rx.el.form(
            body(
                rx.el.p("Groups are started, paused and stopped together."),
                text_field(
                    "group_name",
                    "Name",
                    value=AccountsState.group_name,
                    errors=_ERRORS,
                    max_length=80,
                    placeholder="Conservative",
                    auto_focus=True,
                ),
            ),
            foot(
                rx.cond(
                    AccountsState.group_id != "",
                    button("Delete group", look="danger-line", on_click=AccountsState.delete_group),
                ),
                button("Cancel", on_click=AccountsState.close_dialog),
                button("Save group", look="primary", type="submit"),
            ),
            on_submit=AccountsState.save_group,
            key=_key("group"),
        ),
        is_open=AccountsState.dialog == "group",
        title=rx.cond(AccountsState.group_id != "", "Group " + AccountsState.group_name, "New group"),
        icon_name="accounts",
        on_close=AccountsState.close_dialog,
    )
