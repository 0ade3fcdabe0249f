"""The privacy settings."""

from __future__ import annotations

import reflex as rx

from forex_elite.services.compliance.erasure import KEEP
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.dialog import body, dialog, foot
from forex_elite.ui.components.fields import text_field
from forex_elite.ui.components.marks import badge, skeleton
from forex_elite.ui.live.live import live
from forex_elite.ui.pages.compliance.files import file_list
from forex_elite.ui.pages.privacy.rows import ConsentRow
from forex_elite.ui.pages.privacy.state import PrivacyState
from forex_elite.ui.pages.settings.tabs import tabs
from forex_elite.ui.shell.frame import frame


def _archive() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "Everything about me",
            actions=(
                button(
                    "Make the archive",
                    size="s",
                    look="primary",
                    icon_name="download",
                    on_click=PrivacyState.export,
                    is_busy=PrivacyState.busy == "export",
                ),
            ),
        ),
        rx.el.p(
            "One ZIP file with every table that holds something about you, as JSON and as CSV. It is made in the "
            "background and deleted a day after it is ready. Passwords and keys are not in it.",
            class_name="panel-body t2",
        ),
        rx.cond(
            PrivacyState.error_code != "",
            panels.failed("Archives could not be loaded", PrivacyState.error_code, PrivacyState.load),
        ),
        file_list(PrivacyState.rows, PrivacyState.remove),
    )


def _consent(row: rx.Var[ConsentRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.title, class_name="md")),
        rx.el.td(row.version, " ", rx.cond(row.is_current, badge("Current", "up", "check"), badge("Older", "line"))),
        rx.el.td(row.at, class_name="t2"),
        rx.el.td(row.address, class_name="t3 not-phone"),
        key=row.key,
    )


def _consents() -> rx.Component:
    return panels.panel(
        panels.panel_head("What I agreed to", panels.count("asked again when a text changes")),
        rx.cond(
            PrivacyState.consents.length() > 0,
            rx.el.div(
                rx.el.table(
                    rx.el.thead(
                        rx.el.tr(
                            rx.el.th("Text", scope="col"),
                            rx.el.th("Version", scope="col"),
                            rx.el.th("Accepted, ", PrivacyState.zone, scope="col"),
                            rx.el.th("From", scope="col", class_name="not-phone"),
                        )
                    ),
                    rx.el.tbody(rx.foreach(PrivacyState.consents, _consent)),
                ),
                class_name="table-wrap",
                role="region",
                aria_label="Consents",
                tab_index=0,
            ),
            panels.empty("shield", "Nothing yet", "What you accept is noted here with its version."),
        ),
    )


def _erasure() -> rx.Component:
    return panels.panel(
        panels.panel_head("Erase me"),
        rx.el.div(
            rx.el.p(
                "Deletes your profile, sessions, keys, broker passwords, programs, strategies' secrets, figures, logs, "
                "messages and settings. For the regulator these stay seven years under a pseudonym:"
            ),
            rx.el.ul(*(rx.el.li(words) for words in KEEP), class_name="plain-list t2 sm"),
            rx.el.div(
                button("Erase me…", look="danger-line", icon_name="trash", on_click=PrivacyState.ask_erase),
                class_name="row form-end",
            ),
            class_name="panel-body stack",
        ),
    )


def _dialog() -> rx.Component:
    return dialog(
        rx.el.form(
            body(
                rx.el.p("You are logged out everywhere at once, and nothing brings anything back."),
                rx.cond(
                    PrivacyState.running != "",
                    panels.banner(
                        "crit",
                        "triangle",
                        rx.el.b(PrivacyState.running),
                        " go on in the terminals; nothing here watches them any more. Close and stop them first.",
                    ),
                ),
                text_field(
                    "password",
                    "Your password",
                    type="password",
                    auto_complete="current-password",
                    errors=PrivacyState.errors,
                    required=True,
                ),
            ),
            foot(
                button("Stay", on_click=PrivacyState.close_dialog),
                button("Erase me for good", look="danger", type="submit", is_busy=PrivacyState.busy == "erase"),
            ),
            on_submit=PrivacyState.erase,
        ),
        is_open=PrivacyState.is_asking,
        title="Erase your account?",
        on_close=PrivacyState.close_dialog,
        icon_name="triangle",
        tone="crit",
    )


def page() -> rx.Component:
    """The personal archive, consents, erasure."""
    return frame(
        tabs("/settings/privacy"),
        rx.cond(
            PrivacyState.is_loaded,
            rx.el.div(
                rx.el.div(_archive(), _consents(), class_name="col gutter"),
                rx.el.div(_erasure(), class_name="col gutter"),
                class_name="settings",
            ),
            panels.panel(skeleton(10)),
        ),
        _dialog(),
        live(["files"], PrivacyState.changed),
        title="Privacy",
        current="/settings",
    )
