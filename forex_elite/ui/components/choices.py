"""Choosing one of a few: tabs over a list, segmented buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx


def tab(label: Any, *, is_on: rx.Var[bool], on_click: Any, amount: Any = None, class_name: str = "") -> rx.Component:
    """One filter over a list, with how many rows it has."""
    number = rx.el.span(amount, class_name="n") if amount is not None else rx.fragment()
    return rx.el.button(
        label, number, type="button", class_name=f"tab {class_name}".strip(), aria_pressed=is_on, on_click=on_click
    )


def segments(
    options: Sequence[tuple[str, str]],
    value: rx.Var[str],
    on_choose: Callable[[str], Any],
    *,
    label: str,
    wide: bool = False,
) -> rx.Component:
    """A few values side by side, one chosen: `options` are (value, words)."""
    return rx.el.div(
        *(
            rx.el.button(words, type="button", role="radio", aria_checked=value == option, on_click=on_choose(option))
            for option, words in options
        ),
        class_name="seg wide" if wide else "seg",
        role="radiogroup",
        aria_label=label,
    )
