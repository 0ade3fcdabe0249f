"""Panels, and the states a list can be in: loading, empty, failed, paged."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.marks import skeleton
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.paging import PagingMixin, StaffPagingMixin


def panel(*content: Any, class_name: str = "", **props: Any) -> rx.Component:
    """A surface with a hairline around; panels are not nested."""
    return rx.el.section(*content, class_name=f"panel {class_name}".strip(), **props)


def panel_head(title: Any, *context: Any, actions: tuple[Any, ...] = ()) -> rx.Component:
    """Title, what there is, and on the right what can be done."""
    return rx.el.div(
        rx.el.h2(title) if isinstance(title, str) else title,
        *context,
        rx.el.div(*actions, class_name="row end") if actions else rx.fragment(),
        class_name="panel-head",
    )


def count(*content: Any, class_name: str = "") -> rx.Component:
    """The quiet words beside a title."""
    return rx.el.span(*content, class_name=f"count {class_name}".strip())


def empty(icon_name: str, fact: str, hint: Any, *actions: Any) -> rx.Component:
    """Nothing there: one line of fact, one of how to change it, one primary button."""
    return rx.el.div(
        icon(icon_name), rx.el.h2(fact), rx.el.p(hint), rx.el.div(*actions, class_name="row"), class_name="empty"
    )


def failed(what: str, code: rx.Var[str], on_retry: Any) -> rx.Component:
    """What could not be loaded, the stable code, and Retry; the rest of the page stays."""
    return rx.el.div(
        icon("alert"),
        rx.el.div(
            rx.el.b(what),
            rx.el.p("The server refused or did not answer. Code ", rx.el.span(code, class_name="mono"), "."),
            class_name="grow",
        ),
        button("Retry", size="s", icon_name="refresh", on_click=on_retry),
        class_name="failed",
        role="alert",
    )


def listed(
    shown: rx.Component,
    rows: rx.Var[list[Any]],
    state: type[LoadingMixin],
    *,
    failed_words: str,
    on_retry: Any,
    empty: rx.Component,
    waiting: int,
) -> rx.Component:
    """A list in its states: what could not be loaded stands above the rows there are, or alone.

    `waiting` is how many grey rows stand there until it is known.
    """
    nothing = rx.cond(state.error_code == "", empty)
    return rx.fragment(
        rx.cond(state.error_code != "", failed(failed_words, state.error_code, on_retry)),
        rx.cond(state.is_loaded, rx.cond(rows.length() > 0, shown, nothing), skeleton(waiting)),
    )


def banner(tone: str, icon_name: str, *content: Any, role: str = "status") -> rx.Component:
    """A line across the panel or page that says what still works and what does not."""
    return rx.el.div(
        icon(icon_name, "s"), rx.el.div(*content, class_name="grow"), class_name=f"banner {tone}", role=role
    )


def pager(words: Any, state: type[PagingMixin | StaffPagingMixin]) -> rx.Component:
    """The foot of a list in pages: what it says of them, and the way to the page before and the next one."""
    return rx.el.div(
        rx.el.span(words),
        rx.el.div(
            button("Previous", size="s", on_click=state.previous_page, disabled=~state.has_previous),
            button("Next", size="s", on_click=state.next_page, disabled=~state.has_next),
            class_name="row end",
        ),
        class_name="panel-foot",
    )
