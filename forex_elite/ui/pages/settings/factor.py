"""The second factor's section of the settings page, and its dialogs."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.copying import code_block, handed_picture, secret
from forex_elite.ui.components.dialog import body, dialog, foot
from forex_elite.ui.components.fields import text_field
from forex_elite.ui.components.marks import badge
from forex_elite.ui.pages.settings.factor_state import PROOF, FactorState

_CODES = "⟨codes⟩"


def _password() -> rx.Component:
    return text_field(
        PROOF,
        "Your password",
        type="password",
        auto_complete="current-password",
        errors=FactorState.errors,
        required=True,
        auto_focus=True,
    )


def _code(hint: str) -> rx.Component:
    return text_field(
        "code",
        "Code",
        auto_complete="one-time-code",
        errors=FactorState.errors,
        hint=hint,
        required=True,
        max_length=64,
    )


def _general_error() -> rx.Component:
    return rx.cond(
        FactorState.errors.contains(""), panels.banner("crit", "alert", FactorState.errors[""], role="alert")
    )


def _form_dialog(
    step: str, title: str, verb: str, on_submit: Any, *content: Any, look: str = "primary", icon_name: str = "shield"
) -> rx.Component:
    return dialog(
        rx.el.form(
            body(_general_error(), *content),
            foot(
                button("Cancel", on_click=FactorState.close),
                button(verb, look=look, type="submit", is_busy=FactorState.is_busy),
            ),
            on_submit=on_submit,
        ),
        is_open=FactorState.dialog == step,
        title=title,
        icon_name=icon_name,
        on_close=FactorState.close,
    )


def _dialogs() -> rx.Component:
    return rx.fragment(
        _form_dialog(
            "begin",
            "Switch on two-factor log-in",
            "Continue",
            FactorState.begin,
            rx.el.p("You need an authenticator app on your phone. Log-in then asks for its code besides the password."),
            _password(),
        ),
        _form_dialog(
            "confirm",
            "Scan, then enter the code",
            "Switch on",
            FactorState.confirm,
            rx.el.p("Scan this with your authenticator app, or type the secret into it. It is shown once."),
            handed_picture("otp_picture", "QR code of the secret"),
            rx.el.div(
                rx.el.div("Secret", class_name="label"), secret("otp_secret", "secret of the app"), class_name="field"
            ),
            _code("The six digits the app shows now."),
        ),
        _form_dialog(
            "renew",
            "New recovery codes",
            "Make new codes",
            FactorState.renew,
            rx.el.p("The codes you have stop working at once."),
            _password(),
            _code("Of your app, or a recovery code."),
        ),
        _form_dialog(
            "disable",
            "Switch off two-factor log-in?",
            "Switch off",
            FactorState.disable,
            rx.el.p("Your password alone then opens your account. The recovery codes are deleted."),
            _password(),
            _code("Of your app, or a recovery code."),
            look="danger",
            icon_name="triangle",
        ),
        dialog(
            body(
                panels.banner(
                    "warn",
                    "key",
                    rx.el.b("These codes are shown once. "),
                    "Each opens your account once when your phone is not at hand. Keep them away from it.",
                ),
                code_block(_CODES, "Recovery codes", copy="Copy codes", handed="recovery_codes", mark=_CODES),
            ),
            foot(button("I have kept the codes", look="primary", on_click=FactorState.close)),
            is_open=FactorState.dialog == "codes",
            title="Recovery codes",
            icon_name="key",
            on_close=FactorState.close,
        ),
    )


def section() -> rx.Component:
    """Whether a code is asked for, and what can be done about it."""
    on = rx.fragment(
        rx.el.p(
            "On since ", FactorState.since, ". ", FactorState.codes_left, " of 10 recovery codes left.", class_name="sm"
        ),
        rx.cond(
            FactorState.codes_left < 3,  # noqa: PLR2004
            panels.banner("warn", "triangle", "Few recovery codes are left. Make new ones."),
        ),
        rx.el.div(
            button("New recovery codes", size="s", icon_name="key", on_click=FactorState.open("renew")),
            button("Switch off", size="s", look="danger-line", on_click=FactorState.open("disable")),
            class_name="row wrap",
        ),
    )
    off = rx.fragment(
        rx.el.p(
            "A code of an authenticator app besides the password: who learns your password still cannot trade.",
            class_name="sm",
        ),
        rx.el.div(
            button("Switch on", size="s", look="primary", icon_name="shield", on_click=FactorState.open("begin")),
            class_name="row",
        ),
    )
    return panels.panel(
        panels.panel_head(
            "Two-factor log-in",
            rx.cond(FactorState.is_enabled, badge("On", "up", "check"), badge("Off", "line")),
        ),
        rx.el.div(rx.cond(FactorState.is_enabled, on, off), class_name="panel-body stack"),
        _dialogs(),
        id="two-factor",
    )
