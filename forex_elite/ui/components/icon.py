"""The product's icons: a small set of local paths, so that no icon library is shipped."""

from __future__ import annotations

import reflex as rx


class _Icon(rx.Component):
    library = rx.asset("icon.jsx", shared=True).importable_path
    tag = "Icon"
    alias = "ProductIcon"

    name: rx.Var[str]
    size: rx.Var[str]
    label: rx.Var[str]


def icon(name: str | rx.Var[str], size: str = "", label: str | rx.Var[str] = "", class_name: str = "") -> rx.Component:
    """One icon (names: `icon.jsx`); sizes `xs` 12, `s` 14, default 16, `l` 20 px. Without a label it is decoration."""
    return _Icon.create(name=name, size=size, label=label, class_name=class_name)
