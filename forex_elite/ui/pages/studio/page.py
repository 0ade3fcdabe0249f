"""The EA studio page. Texts stay in the browser: nothing of them is in a state."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import reflex as rx

from forex_elite.ui.components import dialog, editor, icon
from forex_elite.ui.pages.studio.templates import templates
from forex_elite.ui.session import SessionState
from forex_elite.ui.shell.frame import frame

_PARTS = [rx.asset(name, shared=True) for name in ("dialogs.jsx", "drafts.js", "panels.jsx")]
_NEEDS = (dialog, editor, icon)  # importing them puts the scripts that studio.jsx imports into place


class _Studio(rx.Component):
    library = rx.asset("studio.jsx", shared=True).importable_path
    tag = "Studio"
    lib_dependencies = editor.PACKAGES

    owner: rx.Var[str]
    templates: rx.Var[list[dict[str, Any]]]


def page() -> rx.Component:
    """Write MQL5 with findings, completions and the inputs form as one types."""
    return frame(
        _Studio.create(owner=SessionState.email, templates=[asdict(one) for one in templates()]),
        title="EA studio",
        current="/studio",
        fit=True,
        class_name="flush",
    )
