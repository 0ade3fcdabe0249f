"""Buttons: primary acts, default offers, ghost steps back, danger is outlined until asked."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.components.icon import icon

_LOOKS = {"": "", "primary": "primary", "ghost": "ghost", "danger": "danger", "danger-line": "danger-line"}


def button(
    label: Any,
    *,
    look: str = "",
    size: str = "",
    icon_name: str = "",
    is_busy: rx.Var[bool] | bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A button with words. While busy it says so in place and takes no click."""
    size_class = {"": "", "s": "small", "l": "large"}[size]
    props.setdefault("type", "button")
    spinner = icon("spinner", "s", class_name="spin")
    shown = icon(icon_name, "s") if icon_name else rx.fragment()
    busy_var = rx.Var.create(is_busy)
    disabled = props.pop("disabled", False)
    return rx.el.button(
        rx.cond(busy_var, spinner, shown) if isinstance(is_busy, rx.Var) else shown,
        label,
        class_name=" ".join(filter(None, ["btn", _LOOKS[look], size_class, class_name])),
        aria_busy=busy_var,
        disabled=busy_var | disabled if isinstance(is_busy, rx.Var) else disabled,
        **props,
    )


def icon_button(
    icon_name: str, label: str | rx.Var[str], *, size: str = "s", look: str = "ghost", **props: Any
) -> rx.Component:
    """A square button whose words are its accessible name and tooltip."""
    props.setdefault("type", "button")
    return rx.el.button(
        icon(icon_name, "s"),
        class_name=f"btn {_LOOKS[look]} square {'small' if size == 's' else ''}".strip(),
        aria_label=label,
        title=label,
        **props,
    )
