"""The settings page."""

from __future__ import annotations

import reflex as rx

from forex_elite.domain.people import MIN_PASSWORD
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button, icon_button
from forex_elite.ui.components.dialog import confirm
from forex_elite.ui.components.fields import text_field
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.marks import badge, skeleton
from forex_elite.ui.live.live import age
from forex_elite.ui.pages.settings import factor, tokens
from forex_elite.ui.pages.settings.rows import SessionRow
from forex_elite.ui.pages.settings.state import SettingsState
from forex_elite.ui.pages.settings.tabs import tabs
from forex_elite.ui.preferences import risk_fields
from forex_elite.ui.shell import parts
from forex_elite.ui.shell.frame import frame


def _save(label: str, section: str) -> rx.Component:
    return rx.el.div(
        button(label, look="primary", type="submit", is_busy=SettingsState.busy == section), class_name="row form-end"
    )


def _profile() -> rx.Component:
    return panels.panel(
        panels.panel_head("Profile", panels.count("since ", SettingsState.member_since)),
        rx.el.form(
            text_field(
                "display_name",
                "Name",
                value=SettingsState.display_name,
                errors=SettingsState.errors,
                auto_complete="name",
                max_length=80,
            ),
            text_field("email", "E-mail address", value=SettingsState.email, disabled=True),
            _save("Save name", "profile"),
            on_submit=SettingsState.save_profile,
            class_name="panel-body stack",
        ),
    )


def _appearance() -> rx.Component:
    return panels.panel(
        panels.panel_head("Appearance", panels.count("on every device")),
        rx.el.div(
            parts.AppearanceChoice.create(on_choose=SettingsState.choose_appearance), class_name="panel-body stack"
        ),
    )


def _risk() -> rx.Component:
    return panels.panel(
        panels.panel_head("Limits and time zone", panels.count("disclaimer ", SettingsState.disclaimer, " accepted")),
        rx.el.form(
            risk_fields(SettingsState.risk, SettingsState.errors),
            _save("Save limits", "risk"),
            on_submit=SettingsState.save_risk,
            class_name="panel-body stack",
        ),
    )


def _password() -> rx.Component:
    return panels.panel(
        panels.panel_head("Password", panels.count("changing it ends your other sessions")),
        rx.el.form(
            rx.el.input(
                type="text",
                name="username",
                value=SettingsState.email,
                auto_complete="username",
                hidden=True,
                read_only=True,
            ),
            text_field(
                "current",
                "Present password",
                type="password",
                auto_complete="current-password",
                errors=SettingsState.errors,
                required=True,
            ),
            text_field(
                "new",
                "New password",
                type="password",
                auto_complete="new-password",
                note=f"at least {MIN_PASSWORD} characters",
                errors=SettingsState.errors,
                required=True,
            ),
            text_field(
                "again",
                "New password again",
                type="password",
                auto_complete="new-password",
                errors=SettingsState.errors,
                required=True,
            ),
            _save("Change password", "password"),
            on_submit=SettingsState.change_password,
            key=SettingsState.password_form.to_string(),
            class_name="panel-body stack",
        ),
        id="password",
    )


def _session(row: rx.Var[SessionRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(icon(row.icon), class_name="t3"),
        rx.el.div(
            rx.el.div(
                rx.el.b(row.device, class_name="md"),
                rx.cond(row.is_current, badge("This one", "acc")),
                class_name="row wrap",
            ),
            rx.el.div(row.address, " · since ", row.since, " · until ", row.until, class_name="t3 xs"),
            class_name="grow",
        ),
        rx.cond(row.is_current, rx.el.span("active now", class_name="t3 xs"), age(row.seen_at, plain=True)),
        icon_button("logout", "End the session of " + row.device, on_click=SettingsState.revoke(row.id)),
        key=row.id,
    )


def _sessions() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "Sessions",
            panels.count(SettingsState.rows.length()),
            actions=(
                rx.cond(
                    SettingsState.rows.length() > 1,
                    button("End all others", look="danger-line", size="s", on_click=SettingsState.ask_revoke_others),
                ),
            ),
        ),
        rx.el.ul(rx.foreach(SettingsState.rows, _session), class_name="lines"),
        confirm(
            rx.el.p(
                "Ends ",
                rx.el.b(SettingsState.rows.length() - 1),
                " other sessions: browsers and scripts that use them have to log in again.",
            ),
            is_open=SettingsState.is_asking_others,
            title="End all other sessions?",
            verb="End the others",
            keep="Keep them",
            on_confirm=SettingsState.revoke_others,
            on_close=SettingsState.close_dialog,
            icon_name="logout",
        ),
    )


def page() -> rx.Component:
    """Profile, appearance, limits, password, second factor, sessions, API tokens."""
    columns = rx.el.div(
        rx.el.div(_risk(), _sessions(), tokens.section(), class_name="col gutter"),
        rx.el.div(_appearance(), _profile(), _password(), factor.section(), class_name="col gutter"),
        class_name="settings",
    )
    return frame(
        tabs("/settings"),
        rx.cond(SettingsState.is_loaded, columns, panels.panel(skeleton(10))),
        title="Settings",
        current="/settings",
    )
