"""The parts of the settings, as links."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components.links import link

_PARTS = (
    ("/settings", "General"),
    ("/settings/notifications", "Notifications"),
    ("/settings/privacy", "Privacy"),
)


def tabs(current: str) -> rx.Component:
    """Links to every part of the settings; `current` is the address of this one."""
    return rx.el.nav(
        *(
            link(
                label,
                to=href,
                class_name="tab on" if href == current else "tab",
                **({"aria_current": "page"} if href == current else {}),
            )
            for href, label in _PARTS
        ),
        class_name="tabs",
        aria_label="Settings",
    )
