"""The page a mailed link leads to."""

from __future__ import annotations

import reflex as rx

from forex_elite.domain.people import MIN_PASSWORD
from forex_elite.ui.components.account_form import FormField, account_form
from forex_elite.ui.components.links import link
from forex_elite.ui.shell.frame import centred


def page() -> rx.Component:
    """The new password; the link's token is read from the address and sent along."""
    return centred(
        rx.el.section(
            rx.el.div(
                rx.el.h1("Set a new password", class_name="auth-title"),
                rx.el.p("All your sessions and API tokens end; log in with the new password.", class_name="t3 sm"),
                class_name="panel-body auth-head",
            ),
            rx.el.div(
                account_form(
                    FormField(
                        "password",
                        "New password",
                        "password",
                        "new-password",
                        hint=f"At least {MIN_PASSWORD} characters; a few words are best.",
                    ),
                    action="/api/auth/reset",
                    submit="Set password",
                    busy="Setting…",
                    done="Your new password is set. Log in with it.",
                    fragment="token",
                ),
                class_name="panel-body",
            ),
            rx.el.div(
                link("Log in", to="/login", class_name="link"),
                rx.el.span(link("Ask for a new link", to="/forgot", class_name="link"), class_name="end"),
                class_name="panel-foot",
            ),
            class_name="panel",
        ),
    )
