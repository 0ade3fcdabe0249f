"""The form behind log-in, registration and a forgotten password."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import reflex as rx

from forex_elite.ui.live import live as _live  # noqa: F401 - links backend.js, which the form imports


@dataclass(frozen=True, slots=True)
class FormField:
    """One field; `name` is the key in the request body and in a refusal's `errors`.

    With `shown_on` it is only asked for once the server has answered with that code.
    """

    name: str
    label: str
    type: str = "text"
    autocomplete: str = "off"
    hint: str = ""
    optional: bool = False
    shown_on: str = ""
    parameter: str = ""
    """Name of a parameter of the address that fills the field."""


class _AccountForm(rx.Component):
    library = rx.asset("account_form.jsx", shared=True).importable_path
    tag = "AccountForm"

    action: rx.Var[str]
    fields: rx.Var[list[dict[str, str | bool]]]
    submit: rx.Var[str]
    busy: rx.Var[str]
    target: rx.Var[str]
    done: rx.Var[str]
    fragment: rx.Var[str]


def account_form(
    *fields: FormField, action: str, submit: str, busy: str, target: str = "/", done: str = "", fragment: str = ""
) -> rx.Component:
    """Posts the fields as JSON to `action`; on success loads `?next=` or `target` afresh, so the cookie goes along.

    With `done` it stays and says that instead; `fragment` names a value sent along from the address after `#`.
    """
    return _AccountForm.create(
        action=action,
        fields=[asdict(field) for field in fields],
        submit=submit,
        busy=busy,
        target=target,
        done=done,
        fragment=fragment,
    )
