"""The onboarding page."""

from __future__ import annotations

import reflex as rx

from forex_elite.domain.consents import DOCUMENTS, Document
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.fields import check_field
from forex_elite.ui.components.marks import skeleton
from forex_elite.ui.pages.onboarding.state import OnboardingState
from forex_elite.ui.preferences import risk_fields
from forex_elite.ui.shell import parts
from forex_elite.ui.shell.frame import centred


def _document(document: Document) -> rx.Component:
    return panels.panel(
        panels.panel_head(document.title, panels.count(f"version {document.version}")),
        rx.el.div(
            rx.el.div(
                *(rx.el.p(paragraph) for paragraph in document.paragraphs),
                class_name="disclaimer scroll",
                tab_index=0,
                role="region",
                aria_label=document.title,
            ),
            class_name="panel-body stack",
        ),
        rx.el.input(type="hidden", name=f"version_{document.kind}", value=document.version, read_only=True),
    )


def _form() -> rx.Component:
    return rx.el.form(
        *(
            rx.cond(OnboardingState.asked.contains(document.kind), _document(document), rx.fragment())
            for document in DOCUMENTS
        ),
        panels.panel(
            rx.el.div(
                check_field("accept", "I have read this and accept it.", errors=OnboardingState.errors),
                class_name="panel-body stack",
            ),
        ),
        rx.cond(
            OnboardingState.is_renewal,
            rx.fragment(),
            rx.fragment(
                panels.panel(
                    panels.panel_head("Your limits", panels.count("can be changed later in Settings")),
                    rx.el.div(risk_fields(OnboardingState.risk, OnboardingState.errors), class_name="panel-body"),
                ),
                panels.panel(
                    panels.panel_head("Appearance"),
                    rx.el.div(parts.AppearanceChoice.create(), class_name="panel-body stack"),
                ),
            ),
        ),
        button(
            rx.cond(OnboardingState.is_renewal, "Accept and go on", "Accept and begin"),
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
    """Texts with their versions, limits, time zone and appearance."""
    return centred(
        rx.el.div(
            rx.el.h1(
                rx.cond(OnboardingState.is_renewal, "What has changed", "Before the first order"),
                class_name="auth-title",
            ),
            rx.el.p(
                rx.cond(
                    OnboardingState.is_renewal,
                    "A text you agreed to has a new version. Your accounts and experts go on meanwhile.",
                    "Two minutes: what you should know, and the limits every order is held against.",
                ),
                class_name="t2",
            ),
        ),
        rx.cond(OnboardingState.is_loaded, _form(), panels.panel(skeleton(8))),
        broad=True,
    )
