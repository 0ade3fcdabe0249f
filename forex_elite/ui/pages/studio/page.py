"""The EA studio page. Texts go between browser and `/api/ea`: nothing of them is in a state."""

from __future__ import annotations

import reflex as rx
from reflex_components_markdown.markdown import Markdown

from forex_elite.ui.components import dialog, editor, icon
from forex_elite.ui.live import live
from forex_elite.ui.shell.frame import frame

_PARTS = [
    rx.asset(name, shared=True)
    for name in (
        *("assistant.jsx", "compare.jsx", "compiling.jsx", "create.jsx", "draft.js", "fields.jsx", "files.jsx"),
        *("names.js", "notices.js", "outline.jsx", "panels.jsx", "presets.jsx", "projects.jsx", "steps.js"),
        *("versions.jsx", "wizard.jsx", "workspace.jsx"),
    )
]
OUTLINE_PACKAGE = "@tanstack/react-virtual@3.14.26"
MARKDOWN_PACKAGES = (Markdown.create("").library, "remark-gfm@4.0.1")
_NEEDS = (dialog, editor, icon, live)  # importing them puts the scripts that studio.jsx imports into place


class _Studio(rx.Component):
    library = rx.asset("studio.jsx", shared=True).importable_path
    tag = "Studio"
    lib_dependencies = [*editor.PACKAGES, OUTLINE_PACKAGE, *MARKDOWN_PACKAGES]


def page() -> rx.Component:
    """Projects of MQL5 programs: write, generate, version, compile, and their inputs."""
    return frame(_Studio.create(), title="EA studio", current="/studio", fit=True, class_name="flush")
