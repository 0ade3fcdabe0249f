"""Links inside the product change the page without loading the document again."""

from __future__ import annotations

from typing import Any

import reflex as rx


class _Link(rx.Component):
    library = "react-router"
    tag = "Link"
    alias = "RouterLink"

    to: rx.Var[str]


class _PlainLink(rx.Component):
    library = rx.asset("links.jsx", shared=True).importable_path
    tag = "PlainLink"

    href: rx.Var[str]


def plain_link(*children: Any, href: str = "", class_name: str = "") -> rx.Component:
    """An anchor the router leaves alone: a jump within the page, a full load, or without `href` a reload."""
    return _PlainLink.create(*children, href=href, class_name=class_name)


def link(*children: Any, to: str | rx.Var[str], class_name: str | rx.Var[str] = "", **props: Any) -> rx.Component:
    """A link to another page of the product; `title` and `aria_*` go to the anchor."""
    attributes = {name.replace("_", "-"): props.pop(name) for name in list(props) if name.startswith("aria_")}
    if title := props.pop("title", None):
        attributes["title"] = title
    return _Link.create(*children, to=to, class_name=class_name, custom_attrs=attributes, **props)
