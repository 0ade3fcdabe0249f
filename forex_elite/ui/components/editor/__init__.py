"""The MQL5 editor for any page: Monaco, bundled, with the language from `/api/mql5`; `editor.jsx` tells its interface.

JSX that shows it imports `EDITOR`; a page that does so adds `PACKAGES` to its component's `lib_dependencies`.
"""

from __future__ import annotations

import reflex as rx

PACKAGES = ["monaco-editor@0.57.0"]

EDITOR = rx.asset("editor.jsx", shared=True).importable_path
DIFF = rx.asset("diff.jsx", shared=True).importable_path
INPUTS = rx.asset("inputs.jsx", shared=True).importable_path
_PARTS = [
    rx.asset(name, shared=True)
    for name in (
        *("monaco.js", "theme.js", "mql5.js", "help.js", "findings.js", "questions.js", "edits.js", "values.js"),
    )
]
