"""Form fields: label, control, unit, hint, and the error tied to the control by `aria-describedby`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from forex_elite.ui.components.icon import icon

Errors = rx.Var[dict[str, str]]


def _frame(
    name: str, label: Any, control: rx.Component, *, note: Any, hint: Any, error: rx.Var[str] | None
) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, rx.el.span(note, class_name="t3") if note else rx.fragment(), html_for=name),
        control,
        _error(name, error),
        rx.el.span(hint, class_name="hint", id=f"{name}-hint") if hint else rx.fragment(),
        class_name="field",
    )


def _error(name: str, error: rx.Var[str] | None) -> rx.Component:
    if error is None:
        return rx.fragment()
    return rx.cond(
        error, rx.el.span(icon("alert", "xs"), error, class_name="err", id=f"{name}-error", role="alert"), rx.fragment()
    )


def _aria(name: str, hint: Any, error: rx.Var[str] | None) -> dict[str, Any]:
    described = f"{name}-hint" if hint else ""
    if error is None:
        return {"aria_describedby": described} if described else {}
    return {
        "aria_invalid": rx.cond(error, "true", "false"),
        "aria_describedby": rx.cond(error, f"{name}-error {described}".strip(), described),
    }


def _error_of(errors: Errors | None, name: str) -> rx.Var[str] | None:
    return None if errors is None else rx.cond(errors.contains(name), errors[name], "").to(str)


def text_field(
    name: str,
    label: Any,
    *,
    value: Any = "",
    unit: Any = "",
    note: Any = "",
    hint: Any = "",
    errors: Errors | None = None,
    **props: Any,
) -> rx.Component:
    """One line of text or a number; `value` is where it starts (the form reads it on submit)."""
    error = _error_of(errors, name)
    entry = rx.el.input(id=name, name=name, default_value=value, **_aria(name, hint, error), **props)
    boxed = rx.el.span(entry, rx.el.span(unit, class_name="unit") if unit else rx.fragment(), class_name="input")
    return _frame(name, label, boxed, note=note, hint=hint, error=error)


def number_field(name: str, label: Any, **props: Any) -> rx.Component:
    """A decimal number; text with a decimal keyboard, so that nothing is rounded or eaten by the browser."""
    return text_field(name, label, input_mode="decimal", auto_complete="off", **props)


def select_field(
    name: str,
    label: Any,
    options: Sequence[tuple[str, str]] | rx.Component,
    *,
    value: Any = "",
    note: Any = "",
    hint: Any = "",
    errors: Errors | None = None,
    **props: Any,
) -> rx.Component:
    """A native select; `options` are (value, words), or option components."""
    error = _error_of(errors, name)
    listed = (
        [options]
        if isinstance(options, rx.Component)
        else [rx.el.option(words, value=option) for option, words in options]
    )
    start = {} if "value" in props or "on_change" in props else {"default_value": value}
    if "on_change" in props:
        start = {"value": value}
    control = rx.el.select(
        *listed, id=name, name=name, class_name="input", **start, **_aria(name, hint, error), **props
    )
    return _frame(name, label, control, note=note, hint=hint, error=error)


def level_field(
    name: str,
    label: Any,
    units: Sequence[tuple[str, str]],
    *,
    value: Any,
    unit: Any,
    hint: Any = "",
    errors: Errors | None = None,
) -> rx.Component:
    """A stop loss or take profit: a figure and its unit; empty is none. The unit's field is `<name>_unit`."""
    error = _error_of(errors, name)
    figure = rx.el.input(
        id=name,
        name=name,
        default_value=value,
        class_name="input",
        input_mode="decimal",
        placeholder="none",
        **_aria(name, hint, error),
    )
    choice = rx.el.select(
        *(rx.el.option(words, value=option) for option, words in units),
        name=f"{name}_unit",
        class_name="input",
        default_value=unit,
        aria_label=f"Unit of {name.replace('_', ' ')}",
    )
    return _frame(name, label, rx.el.div(figure, choice, class_name="joined"), note="", hint=hint, error=error)


def text_area(
    name: str,
    label: Any,
    *,
    value: Any = "",
    note: Any = "",
    hint: Any = "",
    errors: Errors | None = None,
    **props: Any,
) -> rx.Component:
    """Several lines of text."""
    error = _error_of(errors, name)
    control = rx.el.textarea(
        id=name, name=name, class_name="input", default_value=value, **_aria(name, hint, error), **props
    )
    return _frame(name, label, control, note=note, hint=hint, error=error)


def check_field(name: str, label: Any, *, errors: Errors | None = None, **props: Any) -> rx.Component:
    """A box to tick, with its words beside it."""
    error = _error_of(errors, name)
    return rx.el.div(
        rx.el.label(
            rx.el.input(type="checkbox", id=name, name=name, **_aria(name, "", error), **props),
            rx.el.span(label),
            class_name="check",
        ),
        _error(name, error),
        class_name="field",
    )


def switch(label: str | rx.Var[str], is_on: rx.Var[bool], on_change: Any, **props: Any) -> rx.Component:
    """On or off at once; `label` is its accessible name."""
    return rx.el.input(
        type="checkbox",
        role="switch",
        class_name="switch",
        checked=is_on,
        on_change=on_change,
        aria_label=label,
        **props,
    )


class _ZoneField(rx.Component):
    library = rx.asset("zone_field.jsx", shared=True).importable_path
    tag = "ZoneField"

    value: rx.Var[str]
    described_by: rx.Var[str]
    invalid: rx.Var[bool]


def zone_field(name: str, label: Any, *, value: Any, hint: Any = "", errors: Errors | None = None) -> rx.Component:
    """A time zone out of those the browser knows."""
    error = _error_of(errors, name)
    aria = _aria(name, hint, error)
    control = _ZoneField.create(
        id=name,
        value=value,
        described_by=aria.get("aria_describedby", ""),
        invalid=(error != "") if error is not None else False,
    )
    return _frame(name, label, control, note="", hint=hint, error=error)
