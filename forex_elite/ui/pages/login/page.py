"""The log-in page."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components.account_form import FormField, account_form
from forex_elite.ui.components.links import link
from forex_elite.ui.shell.frame import centred


def page() -> rx.Component:
    """E-mail address and password; comes back to where the person wanted to go."""
    return centred(
        rx.el.section(
            rx.el.div(rx.el.h1("Log in", class_name="auth-title"), class_name="panel-body auth-head"),
            rx.el.div(
                account_form(
                    FormField("email", "E-mail address", "email", "username"),
                    FormField("password", "Password", "password", "current-password"),
                    FormField(
                        "otp",
                        "Code of your authenticator app",
                        "text",
                        "one-time-code",
                        hint="Six digits, or one of your recovery codes.",
                        shown_on="otp-required",
                    ),
                    action="/api/auth/login",
                    submit="Log in",
                    busy="Logging in…",
                    target="/",
                ),
                class_name="panel-body",
            ),
            rx.el.div(
                rx.el.span("New here?"),
                link("Create an account", to="/register", class_name="link"),
                rx.el.span(link("Forgotten the password?", to="/forgot", class_name="link"), class_name="end"),
                class_name="panel-foot",
            ),
            class_name="panel",
        ),
        rx.el.p(
            "Self-hosted cockpit for MetaTrader 5. Your keys, orders and figures stay on this server.",
            class_name="t3 xs auth-note",
        ),
    )
