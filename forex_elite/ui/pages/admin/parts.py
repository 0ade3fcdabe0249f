"""What the pages of administration share: their frame, filters, and the way through a list by cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import reflex as rx

from forex_elite.errors import NotFound
from forex_elite.ui.components import panels
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import skeleton
from forex_elite.ui.session import SessionState
from forex_elite.ui.shell.frame import frame


def identifier(text: str, what: str) -> UUID:
    """An id the browser names. Raises NotFound for what is none."""
    try:
        return UUID(text)
    except ValueError as malformed:
        raise NotFound(f"There is no such {what}.") from malformed


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


def listed(
    rows: rx.Component,
    *,
    has_rows: rx.Var[bool],
    is_loaded: rx.Var[bool],
    error_code: rx.Var[str],
    failed: tuple[str, Any],
    empty: rx.Component,
    waiting: int,
) -> rx.Component:
    """A list in its states: what could not be loaded (words, retry) stands above the rows there are, or alone."""
    words, retry = failed
    return rx.fragment(
        rx.cond(error_code != "", panels.failed(words, error_code, retry)),
        rx.cond(is_loaded, rx.cond(has_rows, rows, rx.cond(error_code == "", empty)), skeleton(waiting)),
    )


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


def text_filter(label: str, value: rx.Var[str], on_change: Callable[[Any], Any]) -> rx.Component:
    """A filter that is typed; `on_change` should wait for a pause."""
    return rx.el.input(
        type="search",
        class_name="input filter",
        aria_label=label,
        placeholder=label,
        default_value=value,
        on_change=on_change,
        max_length=100,
        auto_complete="off",
    )


def head(*columns: tuple[str, str]) -> rx.Component:
    """The head of a table: words and look of each column; `sr` words are only spoken."""
    return rx.el.thead(
        rx.el.tr(
            *(
                rx.el.th(
                    rx.el.span(words, class_name="sr") if look == "sr" else words,
                    class_name="" if look == "sr" else look,
                    scope="col",
                )
                for words, look in columns
            )
        )
    )


def table(label: str, header: rx.Component, rows: rx.Component) -> rx.Component:
    """A table that scrolls sideways where it must, by keyboard too."""
    return rx.el.div(
        rx.el.table(header, rx.el.tbody(rows), class_name="compact"),
        class_name="table-wrap not-phone",
        role="region",
        aria_label=label,
        tab_index=0,
    )
