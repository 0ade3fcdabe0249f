"""A list as a table, and on a phone as lines below one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

Head = tuple[Any, str]
"""What stands above a column, and its look: `num` is right aligned, `sr` is for screen readers alone."""
Line = Callable[[rx.Var[Any]], rx.Component]

HELD = {"data-hold": ""}
"""Rows do not move under the pointer or the focus."""
WALKED = {"data-rows": ""}
"""The keys `j` and `k` walk the rows."""


def table(
    label: str,
    heads: Sequence[Head],
    rows: rx.Var[list[Any]],
    line: Line,
    phone_line: Line | None = None,
    *,
    class_name: str = "",
    is_dense: bool = True,
    marks: dict[str, str] | None = None,
) -> rx.Component:
    """Rows under their heads; with `phone_line` a phone shows that instead. It scrolls by itself, by keyboard too."""
    wide = rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*(_head(words, look) for words, look in heads))),
            rx.el.tbody(rx.foreach(rows, line)),
            class_name="compact" if is_dense else "",
        ),
        class_name=" ".join(filter(None, ("table-wrap", class_name, phone_line and "not-phone"))),
        custom_attrs=marks or {},
        role="region",
        aria_label=label,
        tab_index=0,
    )
    if phone_line is None:
        return wide
    return rx.fragment(wide, rx.el.div(rx.foreach(rows, phone_line), class_name="phone-rows only-phone"))


def _head(words: Any, look: str) -> rx.Component:
    if look == "sr":
        return rx.el.th(rx.el.span(words, class_name="sr"), scope="col")
    return rx.el.th(words, class_name=look, scope="col")
