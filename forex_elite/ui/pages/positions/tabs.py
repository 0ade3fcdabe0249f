"""The four sides of a trader's positions, as tabs over each of their pages."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components.links import link

_PLACES = (
    ("/positions", "Open"),
    ("/positions/pending", "Pending"),
    ("/positions/history", "History"),
    ("/positions/analytics", "Analytics"),
)


def tabs(current: str) -> rx.Component:
    """Links to open positions, pending orders, history and analytics; `current` is the page's own address."""
    return rx.el.nav(
        *(
            link(words, to=href, class_name="tab on" if href == current else "tab", **_marked(href == current))
            for href, words in _PLACES
        ),
        class_name="tabs",
        aria_label="Positions",
    )


def _marked(is_current: bool) -> dict[str, str]:
    return {"aria_current": "page"} if is_current else {}
