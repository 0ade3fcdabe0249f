"""The page of features, for staff."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.fields import check_field, number_field
from forex_elite.ui.components.marks import skeleton
from forex_elite.ui.pages.admin.features.state import FeaturesState
from forex_elite.ui.pages.admin.parts import admin_frame


def _form() -> rx.Component:
    return rx.el.form(
        check_field(
            "is_registration_open",
            "Anybody can register",
            default_checked=FeaturesState.is_registration_open,
            errors=FeaturesState.errors,
        ),
        rx.el.p(
            "Closed, new accounts are made with ",
            rx.el.code("forex-elite create-user", class_name="mono"),
            " alone. Who has one can still log in.",
            class_name="t3 xs",
        ),
        number_field(
            "llm_daily_tokens",
            "Language model, per person and day (UTC)",
            value=FeaturesState.llm_daily_tokens,
            unit="tokens",
            hint="0 switches generation off for everybody.",
            errors=FeaturesState.errors,
        ),
        rx.el.div(
            button("Save features", look="primary", type="submit", is_busy=FeaturesState.is_busy),
            class_name="row form-end",
        ),
        on_submit=FeaturesState.save,
        class_name="panel-body stack",
    )


def page() -> rx.Component:
    """What can be switched for the whole installation."""
    return admin_frame(
        panels.panel(
            panels.panel_head("Features", panels.count("for everybody here")),
            rx.cond(
                FeaturesState.error_code != "",
                panels.failed("The features could not be loaded", FeaturesState.error_code, FeaturesState.load),
            ),
            rx.cond(FeaturesState.is_loaded, rx.cond(FeaturesState.error_code == "", _form()), skeleton(4)),
        ),
        title="Features",
        current="/admin/features",
        class_name="narrow-page",
    )
