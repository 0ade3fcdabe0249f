"""The registration page."""

from __future__ import annotations

import reflex as rx

from forex_elite.domain.people import MIN_PASSWORD
from forex_elite.ui.components.account_form import FormField, account_form
from forex_elite.ui.components.links import link
from forex_elite.ui.shell.frame import centred


def page() -> rx.Component:
    """Name, e-mail address, password; onboarding follows."""
    return centred(
        rx.el.section(
            rx.el.div(
                rx.el.h1("Create an account", class_name="auth-title"),
                rx.el.p("The first account on this server becomes its owner.", class_name="t3 sm"),
                class_name="panel-body auth-head",
            ),
            rx.el.div(
                account_form(
                    FormField("display_name", "Name", "text", "name", hint="Shown to you and on the leaderboard."),
                    FormField("email", "E-mail address", "email", "username"),
                    FormField(
                        "password",
                        "Password",
                        "password",
                        "new-password",
                        hint=f"At least {MIN_PASSWORD} characters; a few words are best.",
                    ),
                    FormField(
                        "ib_code",
                        "Broker code",
                        optional=True,
                        parameter="ib",
                        hint="Only if your introducing broker gave you one.",
                    ),
                    action="/api/auth/register",
                    submit="Create account",
                    busy="Creating the account…",
                    target="/onboarding",
                ),
                class_name="panel-body",
            ),
            rx.el.div(
                rx.el.span("Already have one?"), link("Log in", to="/login", class_name="link"), class_name="panel-foot"
            ),
            class_name="panel",
        ),
    )
