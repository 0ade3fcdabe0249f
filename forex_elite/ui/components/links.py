"""Links inside the product change the page without loading the document again."""

from __future__ import annotations

from typing import Any

import reflex as rx


class _Link(rx.Component):
    library = "react-router"
    tag = "Link"
    alias = "RouterLink"

    to: rx.Var[str]


def link(*children: Any, to: str | rx.Var[str], class_name: str | rx.Var[str] = "", **props: Any) -> rx.Component:
    """A link to another page of the product; `title` and `aria_*` go to the anchor."""
    attributes = {name.replace("_", "-"): props.pop(name) for name in list(props) if name.startswith("aria_")}
    if title := props.pop("title", None):
        attributes["title"] = title
    return _Link.create(*children, to=to, class_name=class_name, custom_attrs=attributes, **props)


def anchor(*children: Any, to: str, class_name: str = "") -> rx.Component:
    """A link the browser follows itself: to a place on this page, or to a document loaded afresh.

    `rx.el.a` is a router link, which knows neither.
    """
    return rx.el.A.create(*children, href=to, class_name=class_name)
