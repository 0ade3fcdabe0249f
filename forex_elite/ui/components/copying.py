"""Things to copy: a button, a masked secret, a block of text."""

from __future__ import annotations

import reflex as rx

_HANDED = rx.asset("handed.js", shared=True)
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

    handed: rx.Var[str]
    part: rx.Var[str]
    label: rx.Var[str]
    shown: rx.Var[bool]


class _CopyHanded(rx.Component):
    library = _LIBRARY
    tag = "CopyHanded"

    handed: rx.Var[str]
    label: rx.Var[str]
    words: rx.Var[str]


class _HandedPicture(rx.Component):
    library = _LIBRARY
    tag = "HandedPicture"

    handed: rx.Var[str]
    label: rx.Var[str]


class _CodeBlock(rx.Component):
    library = _LIBRARY
    tag = "CodeBlock"

    text: rx.Var[str]
    label: rx.Var[str]
    copy: rx.Var[str]
    handed: rx.Var[str]
    mark: rx.Var[str]


def copy_button(text: str | rx.Var[str], label: str, *, words: str = "", class_name: str = "") -> rx.Component:
    """Copies `text`; an icon alone, or with `words` an ordinary small button."""
    look = class_name or ("btn small" if words else "btn ghost square small")
    return _CopyButton.create(text=text, label=label, words=words, class_name=look)


def secret(handed: str, label: str, *, part: str = "", shown: bool = False) -> rx.Component:
    """A secret given by `handlers.hand_over` under the name `handed`, with Show and Copy.

    `part` names another handed-over piece, the one to hide; without it all is hidden.
    """
    return _Secret.create(handed=handed, label=label, part=part, shown=shown)


def copy_handed(handed: str, label: str, *, words: str) -> rx.Component:
    """A small button that copies a handed-over secret."""
    return _CopyHanded.create(handed=handed, label=label, words=words, class_name="btn small")


def code_block(
    text: str | rx.Var[str], label: str, *, copy: str = "Copy", handed: str = "", mark: str = ""
) -> rx.Component:
    """Text to copy; every `mark` in it stands for the secret handed over as `handed`."""
    return _CodeBlock.create(text=text, label=label, copy=copy, handed=handed, mark=mark)


def handed_picture(handed: str, label: str) -> rx.Component:
    """A picture given by `handlers.hand_over` as a data URI; `label` says what it shows."""
    return _HandedPicture.create(handed=handed, label=label)
