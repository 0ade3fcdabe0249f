"""The onboarding page."""

from __future__ import annotations

import reflex as rx

from forex_elite.domain.people import DISCLAIMER_VERSION
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.fields import check_field
from forex_elite.ui.components.marks import skeleton
from forex_elite.ui.pages.onboarding.state import OnboardingState
from forex_elite.ui.preferences import risk_fields
from forex_elite.ui.shell import parts
from forex_elite.ui.shell.frame import centred

_DISCLAIMER = (
    "Trading leveraged products can lose more than was paid in. ForexElite sends orders exactly as your strategies, "
    "alerts and Expert Advisors ask for them; it gives no advice and promises no result.",
    "Alerts, networks, this server, terminals and brokers can fail or be late. The risk gate refuses what breaks your "
    "limits; it cannot make a position safe. Watch your accounts, and keep another way to close positions.",
    "Balances, positions and fills are shown as your terminals reported them, with their age. The broker's records "
    "decide.",
    "Try every strategy on a demo account or the simulated terminal first. You alone are responsible for the accounts "
    "you connect and for what is traded on them.",
)


def _form() -> rx.Component:
    return rx.el.form(
        panels.panel(
            panels.panel_head("Risk disclaimer", panels.count(f"version {DISCLAIMER_VERSION}")),
            rx.el.div(
                rx.el.div(
                    *(rx.el.p(paragraph) for paragraph in _DISCLAIMER),
                    class_name="disclaimer scroll",
                    tab_index=0,
                    role="region",
                    aria_label="Risk disclaimer",
                ),
                check_field("accept", "I have read this and accept it.", errors=OnboardingState.errors),
                class_name="panel-body stack",
            ),
        ),
        panels.panel(
            panels.panel_head("Your limits", panels.count("can be changed later in Settings")),
            rx.el.div(risk_fields(OnboardingState.risk, OnboardingState.errors), class_name="panel-body"),
        ),
        panels.panel(
            panels.panel_head("Appearance"),
            rx.el.div(parts.AppearanceChoice.create(), class_name="panel-body stack"),
        ),
        button(
            "Accept and begin",
            look="primary",
            size="l",
            type="submit",
            is_busy=OnboardingState.is_busy,
            class_name="wide",
        ),
        on_submit=OnboardingState.finish,
        class_name="stack",
    )


def page() -> rx.Component:
    """Disclaimer with its version, limits, time zone and appearance."""
    return centred(
        rx.el.div(
            rx.el.h1("Before the first order", class_name="auth-title"),
            rx.el.p("Two minutes: what you should know, and the limits every order is held against.", class_name="t2"),
        ),
        rx.cond(OnboardingState.is_loaded, _form(), panels.panel(skeleton(8))),
        broad=True,
    )
