"""The page's own component: the bars beside results."""

from __future__ import annotations

from typing import Any

import reflex as rx

_LIBRARY = rx.asset("charts.jsx", shared=True).importable_path


class _NetBar(rx.Component):
    library = _LIBRARY
    tag = "NetBar"

    share: rx.Var[float]
    tone: rx.Var[str]


def net_bar(share: Any, tone: Any) -> rx.Component:
    """A result beside others, -100 to 100 %."""
    return _NetBar.create(share=share, tone=tone)
