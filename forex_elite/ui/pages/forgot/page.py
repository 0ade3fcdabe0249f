"""The page of a forgotten password."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components.account_form import FormField, account_form
from forex_elite.ui.components.links import link
from forex_elite.ui.shell.frame import centred


def page() -> rx.Component:
    """The e-mail address; the answer is the same whether there is such an account or not."""
    return centred(
        rx.el.section(
            rx.el.div(
                rx.el.h1("Forgotten password", class_name="auth-title"),
                rx.el.p("A link to set a new one is sent to your e-mail address.", class_name="t3 sm"),
                class_name="panel-body auth-head",
            ),
            rx.el.div(
                account_form(
                    FormField("email", "E-mail address", "email", "username"),
                    action="/api/auth/forgot",
                    submit="Send the link",
                    busy="Sending…",
                    done="If there is an account with this address, a link is on its way. It works for 30 minutes.",
                ),
                class_name="panel-body",
            ),
            rx.el.div(link("Back to log in", to="/login", class_name="link"), class_name="panel-foot"),
            class_name="panel",
        ),
    )
