"""The page of people, for staff."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button, icon_button
from forex_elite.ui.components.dialog import body, confirm, dialog, foot
from forex_elite.ui.components.fields import select_field
from forex_elite.ui.components.marks import badge
from forex_elite.ui.components.table import table
from forex_elite.ui.live.live import age
from forex_elite.ui.pages.admin.parts import admin_frame, select_filter, text_filter
from forex_elite.ui.pages.admin.users.rows import ROLE_CHOICES, UserRow
from forex_elite.ui.pages.admin.users.state import UsersState
from forex_elite.ui.pages.settings.rows import SessionRow

_HEAD = (
    ("Person", ""),
    ("Role", ""),
    ("State", ""),
    ("Last seen", ""),
    ("Sessions", "num"),
    ("Has", ""),
    ("Since", ""),
    ("Actions", "sr"),
)
_STANDINGS = (("", "State: all"), ("active", "Active"), ("suspended", "Suspended"))


def _standing(row: rx.Var[UserRow]) -> rx.Component:
    return rx.cond(row.is_active, badge("Active", "up", "check"), badge("Suspended", "crit", "ban"))


def _actions(row: rx.Var[UserRow]) -> rx.Component:
    def act(dialog_name: str, icon_name: str, words: str) -> rx.Component:
        return icon_button(icon_name, words + " " + row.name, on_click=UsersState.ask(dialog_name, row.id))

    return rx.el.div(
        act("sessions", "device", "Sessions of"),
        rx.cond(row.can_set_role, act("role", "shield", "Role of")),
        rx.cond(
            row.can_manage,
            rx.fragment(
                act("log-out", "logout", "Log out"),
                rx.cond(row.is_active, act("suspend", "ban", "Suspend"), act("reinstate", "check-circle", "Reinstate")),
            ),
        ),
        class_name="row end row-actions",
    )


def _row(row: rx.Var[UserRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.name, class_name="md"), rx.el.div(row.email, class_name="t3 xs")),
        rx.el.td(row.role_name),
        rx.el.td(_standing(row)),
        rx.el.td(age(row.seen_at, plain=True, never="never")),
        rx.el.td(row.sessions, class_name="num"),
        rx.el.td(row.has, class_name="t2"),
        rx.el.td(row.since, class_name="t3"),
        rx.el.td(_actions(row)),
        key=row.id,
    )


def _phone_row(row: rx.Var[UserRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(rx.el.b(row.name, class_name="md"), _standing(row), class_name="row wrap"),
            rx.el.div(row.email, class_name="t3 xs ell"),
            rx.el.div(row.role_name, " · ", row.has, class_name="t3 xs"),
            class_name="grow",
        ),
        _actions(row),
        class_name="phone-row",
        key=row.id,
    )


def _filters() -> rx.Component:
    return rx.el.div(
        text_filter("Name or e-mail address", lambda part: UsersState.search(part).debounce(250)),
        select_filter("Role", UsersState.role, (("", "Role: all"), *ROLE_CHOICES), UsersState.choose_role),
        select_filter("State", UsersState.standing, _STANDINGS, UsersState.choose_standing),
        class_name="filters",
        role="group",
        aria_label="Filters",
    )


def _panel() -> rx.Component:
    rows = table("People", _HEAD, UsersState.rows, _row, _phone_row)
    return panels.panel(
        panels.panel_head("People", panels.count("everybody with an account here")),
        _filters(),
        panels.listed(
            rows,
            UsersState.rows,
            UsersState,
            failed_words="People could not be loaded",
            on_retry=UsersState.retry,
            empty=panels.empty("search", "Nobody like that", "Look for another part, or take the filters off."),
            waiting=8,
        ),
        panels.pager("Newest first", UsersState),
    )


def _session(row: rx.Var[SessionRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(row.device, class_name="md"),
            rx.el.div(row.address, " · since ", row.since, " · until ", row.until, class_name="t3 xs"),
            class_name="grow",
        ),
        age(row.seen_at, plain=True),
        key=row.id,
    )


def _dialogs() -> rx.Component:
    name = UsersState.subject_name
    shared = {"on_close": UsersState.close_dialog, "is_busy": UsersState.is_busy, "keep": "Leave it"}
    return rx.fragment(
        dialog(
            rx.el.form(
                body(
                    rx.el.p("All sessions end, so that the new role holds at once."),
                    select_field("role", "Role", ROLE_CHOICES, value=UsersState.subject_role, errors=UsersState.errors),
                ),
                foot(
                    button("Cancel", on_click=UsersState.close_dialog),
                    button("Set role", look="primary", type="submit", is_busy=UsersState.is_busy),
                ),
                on_submit=UsersState.set_role,
            ),
            is_open=UsersState.dialog == "role",
            title="Role of " + name,
            icon_name="shield",
            on_close=UsersState.close_dialog,
        ),
        dialog(
            body(
                rx.cond(
                    UsersState.sessions.length() > 0,
                    rx.el.ul(rx.foreach(UsersState.sessions, _session), class_name="lines"),
                    rx.el.p("No live session."),
                )
            ),
            foot(button("Close", on_click=UsersState.close_dialog)),
            is_open=UsersState.dialog == "sessions",
            title="Sessions of " + name,
            icon_name="device",
            on_close=UsersState.close_dialog,
        ),
        confirm(
            rx.el.p(
                "Sessions and API tokens end at once, their strategies are disabled, and the kill switch of each "
                "account is thrown: no new entries, and Expert Advisors are taken off their charts as soon as the "
                "agent hears of it. Open positions stay open at the broker, and the agent goes on protecting them."
            ),
            is_open=UsersState.dialog == "suspend",
            title="Suspend " + name + "?",
            verb="Suspend",
            on_confirm=UsersState.suspend,
            icon_name="ban",
            **shared,
        ),
        confirm(
            rx.el.p("They can log in again. Strategies stay disabled and kill switches on until they change that."),
            is_open=UsersState.dialog == "reinstate",
            title="Reinstate " + name + "?",
            verb="Reinstate",
            tone="",
            on_confirm=UsersState.reinstate,
            icon_name="check-circle",
            **shared,
        ),
        confirm(
            rx.el.p("All their browsers and scripts have to log in again. API tokens stay good."),
            is_open=UsersState.dialog == "log-out",
            title="Log out " + name + "?",
            verb="End all sessions",
            on_confirm=UsersState.log_out,
            icon_name="logout",
            **shared,
        ),
    )


def page() -> rx.Component:
    """Everybody, by filters and in pages, with what can be done about each."""
    return admin_frame(_panel(), _dialogs(), title="People", current="/admin/users")
