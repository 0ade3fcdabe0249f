"""Dialogs: a form or details in a modal, and the confirmation every destructive action asks for."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.components.buttons import button


class _Dialog(rx.Component):
    library = rx.asset("dialog.jsx", shared=True).importable_path
    tag = "Dialog"
    alias = "NativeDialog"

    open: rx.Var[bool]
    title: rx.Var[str]
    icon: rx.Var[str]
    tone: rx.Var[str]
    kind: rx.Var[str]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


def dialog(
    *content: Any,
    is_open: rx.Var[bool],
    title: str | rx.Var[str],
    on_close: Any,
    kind: str = "modal",
    icon_name: str = "",
    tone: str = "",
) -> rx.Component:
    """A modal (`modal` or `modal wide`); its content is only there while it is open."""
    return _Dialog.create(*content, open=is_open, title=title, on_close=on_close, kind=kind, icon=icon_name, tone=tone)


def body(*content: Any) -> rx.Component:
    """The scrolling part of a dialog."""
    return rx.el.div(*content, class_name="modal-body")


def foot(*content: Any) -> rx.Component:
    """The buttons of a dialog."""
    return rx.el.div(*content, class_name="modal-foot")


def confirm(
    *consequences: Any,
    is_open: rx.Var[bool],
    title: str | rx.Var[str],
    verb: str | rx.Var[str],
    keep: str,
    on_confirm: Any,
    on_close: Any,
    is_busy: rx.Var[bool] | bool = False,
    tone: str = "crit",
    icon_name: str = "triangle",
) -> rx.Component:
    """Asks before something is destroyed: the title names the object, the body counts, the buttons are verbs."""
    return dialog(
        body(*consequences),
        foot(
            button(keep, on_click=on_close),
            button(verb, look="danger" if tone == "crit" else "primary", on_click=on_confirm, is_busy=is_busy),
        ),
        is_open=is_open,
        title=title,
        on_close=on_close,
        icon_name=icon_name,
        tone=tone,
    )
