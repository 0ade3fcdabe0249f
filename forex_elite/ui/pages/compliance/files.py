"""A list of prepared files: on the compliance page, and on the privacy page for the personal archive."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.components.buttons import icon_button
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import plain_link
from forex_elite.ui.components.marks import badge, meter
from forex_elite.ui.pages.compliance.rows import FileRow


def file_list(rows: rx.Var[list[FileRow]], on_remove: Any) -> rx.Component:
    """The files with their progress, download and removal; `on_remove` takes the id."""

    def line(row: rx.Var[FileRow]) -> rx.Component:
        return rx.el.li(
            badge(row.word, row.tone, row.icon),
            rx.el.div(
                rx.el.b(row.title, class_name="md"),
                rx.el.div(row.name, class_name="t2 xs ell"),
                rx.el.div(row.details, class_name="t3 xs"),
                rx.cond(row.is_open, meter(row.progress, "", "Progress of " + row.name)),
                class_name="grow",
            ),
            rx.cond(
                row.href != "", plain_link(icon("download", "s"), "Download", href=row.href, class_name="btn small")
            ),
            icon_button("trash", "Remove " + row.name, on_click=on_remove(row.id)),
            key=row.id,
        )

    return rx.el.ul(rx.foreach(rows, line), class_name="lines files")
