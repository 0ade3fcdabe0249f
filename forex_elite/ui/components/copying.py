"""Things to copy: a button, a masked secret, a block of text."""

from __future__ import annotations

import reflex as rx

_LIBRARY = rx.asset("copying.jsx", shared=True).importable_path


class _CopyButton(rx.Component):
    library = _LIBRARY
    tag = "CopyButton"

    text: rx.Var[str]
    label: rx.Var[str]
    words: rx.Var[str]


class _Secret(rx.Component):
    library = _LIBRARY
    tag = "Secret"

    value: rx.Var[str]
    secret: rx.Var[str]
    label: rx.Var[str]
    shown: rx.Var[bool]


def copy_button(text: str | rx.Var[str], label: str, *, words: str = "", class_name: str = "") -> rx.Component:
    """Copies `text`; an icon alone, or with `words` an ordinary small button."""
    look = class_name or ("btn small" if words else "btn ghost square small")
    return _CopyButton.create(text=text, label=label, words=words, class_name=look)


def secret(
    value: str | rx.Var[str], label: str, *, masked: str | rx.Var[str] = "", shown: bool = False
) -> rx.Component:
    """A secret with Show and Copy; `masked` is the part to hide, all of it when empty."""
    return _Secret.create(value=value, label=label, secret=masked, shown=shown)


def code_block(text: str | rx.Var[str], label: str, *, copy: str = "Copy") -> rx.Component:
    """Text to copy, as it is."""
    return rx.el.div(
        rx.el.pre(text, class_name="code boxed", tab_index=0, aria_label=label),
        copy_button(text, label, words=copy),
        class_name="copy-block",
    )
