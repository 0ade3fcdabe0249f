"""What is shown where there is no page, and when a page fails."""

from __future__ import annotations

import reflex as rx
from reflex.vars.function import ArgsFunctionOperation
from reflex_components_core.base.error_boundary import ErrorBoundary

from forex_elite.ui.components import panels
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link, plain_link
from forex_elite.ui.shell.frame import centred


def not_found() -> rx.Component:
    """No such page."""
    return centred(
        panels.panel(
            rx.el.div(
                icon("compass"),
                rx.el.h1("There is no such page", class_name="sb"),
                rx.el.p("The address may be old or mistyped."),
                rx.el.div(link("To the overview", to="/", class_name="btn primary"), class_name="row"),
                class_name="empty",
            )
        )
    )


def _broken() -> rx.Component:
    return rx.el.div(
        rx.el.main(
            panels.panel(
                rx.el.div(
                    icon("alert"),
                    rx.el.h1("This page failed to draw", class_name="sb"),
                    rx.el.p(
                        "Nothing on the server is affected: alerts, orders and agents go on. Loading the page again "
                        "usually helps. Code ",
                        rx.el.span("page-failed", class_name="mono"),
                        ".",
                    ),
                    rx.el.div(
                        plain_link("Load again", class_name="btn primary"),
                        plain_link("To the overview", href="/", class_name="btn"),
                        class_name="row",
                    ),
                    class_name="empty",
                ),
                role="alert",
            ),
            class_name="centre-card",
        ),
        class_name="centre",
    )


def boundary() -> rx.Component:
    """Catches a failure while a page is drawn; the error itself is reported to the server's log."""
    return ErrorBoundary.create(
        fallback_render=ArgsFunctionOperation.create(("event_args",), rx.Var.create(_broken()), _var_type=rx.Component)
    )
