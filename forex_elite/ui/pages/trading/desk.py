"""The page's own browser program: chart, ticket and lists, fed by HTTP and `/ws/live` and by no state."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.components import dialog as _dialog  # noqa: F401 - links dialog.jsx, which the desk imports
from forex_elite.ui.components import icon as _icon  # noqa: F401 - links icon.jsx
from forex_elite.ui.live import live as _live  # noqa: F401 - links live.jsx, socket.js and backend.js

_PARTS = [
    rx.asset(name, shared=True)
    for name in ("chart.jsx", "feed.js", "figures.js", "holdings.jsx", "lines.js", "ticket.jsx", "watch.jsx")
]
CHART_LIBRARY = "lightweight-charts@5.2.1"
"""Fetched with the pages and loaded on this one alone, when there is something to draw."""


class _Desk(rx.Component):
    library = rx.asset("desk.jsx", shared=True).importable_path
    tag = "Desk"
    lib_dependencies: list[str] = [CHART_LIBRARY]

    account_id: rx.Var[str]
    one_click: rx.Var[bool]
    risk_percent: rx.Var[str]
    on_one_click: rx.EventHandler[rx.event.passthrough_event_spec(bool)]


def desk(
    *, account_id: rx.Var[str], is_one_click: rx.Var[bool], risk_percent: rx.Var[str], on_one_click: Any
) -> rx.Component:
    """The trading desk of one account; `on_one_click` is told when the person turns one-click trading on or off."""
    return _Desk.create(
        account_id=account_id, one_click=is_one_click, risk_percent=risk_percent, on_one_click=on_one_click
    )
