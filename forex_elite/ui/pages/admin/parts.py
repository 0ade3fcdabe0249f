"""What the pages of administration share: their frame, filters, and the way through a list by cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import skeleton
from forex_elite.ui.session import SessionState
from forex_elite.ui.shell.frame import frame


def admin_frame(*content: Any, title: str, current: str, **props: Any) -> rx.Component:
    """The frame; to other roles it says that this is not theirs. Data is guarded by handlers, services and database.

    Until it is known who looks, neither is shown.
    """
    refused = panels.panel(
        panels.empty(
            "lock",
            "For administrators",
            "Your role does not permit this page.",
            link("To the overview", to="/", class_name="btn primary small"),
        )
    )
    unknown = panels.panel(skeleton(8))
    shown = rx.cond(SessionState.is_staff, rx.fragment(*content), rx.cond(SessionState.is_signed_in, refused, unknown))
    return frame(shown, title=title, current=current, **props)


def select_filter(
    label: str, value: rx.Var[str], options: Sequence[tuple[str, str]], on_choose: Callable[[Any], Any]
) -> rx.Component:
    """A filter with few values; `options` are (value, words)."""
    return rx.el.select(
        *(rx.el.option(words, value=option) for option, words in options),
        class_name="input filter",
        aria_label=label,
        value=value,
        on_change=on_choose,
    )


def text_filter(label: str, on_change: Callable[[Any], Any]) -> rx.Component:
    """A filter that is typed, empty whenever the page is opened, as `load` leaves it; `on_change` waits for a pause."""
    return rx.el.input(
        type="search",
        class_name="input filter",
        aria_label=label,
        placeholder=label,
        on_change=on_change,
        max_length=100,
        auto_complete="off",
    )
