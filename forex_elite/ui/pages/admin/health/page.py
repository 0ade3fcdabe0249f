"""The page of the installation's health and everybody's alerts, for staff."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.fields import switch
from forex_elite.ui.components.marks import badge, skeleton
from forex_elite.ui.live.live import age, live
from forex_elite.ui.pages.admin.health.rows import CheckRow, WatchedAlertRow
from forex_elite.ui.pages.admin.health.state import InstallationState
from forex_elite.ui.pages.admin.parts import admin_frame, select_filter, text_filter

_SEVERITIES = (("", "Severity: all"), ("warning", "Warnings"), ("critical", "Critical"))


def _check(row: rx.Var[CheckRow]) -> rx.Component:
    return rx.el.li(
        badge(row.word, row.tone, row.icon),
        rx.el.div(rx.el.b(row.name, class_name="md"), " ", rx.el.span(row.detail, class_name="t2"), class_name="grow"),
        key=row.name,
    )


def _checks() -> rx.Component:
    return panels.panel(
        panels.panel_head("Health", panels.count("of this installation")),
        rx.cond(
            InstallationState.is_loaded,
            rx.el.ul(rx.foreach(InstallationState.checks, _check), class_name="alert-rows"),
            skeleton(8),
        ),
    )


def _alert(row: rx.Var[WatchedAlertRow]) -> rx.Component:
    return rx.el.li(
        badge(row.word, row.tone, row.icon),
        rx.el.div(
            rx.el.div(row.message, class_name="alert-text"),
            rx.el.div(row.email, " · ", age(row.at, plain=True), " · ", row.state, class_name="t3 xs"),
            class_name="grow",
        ),
        class_name=rx.cond(row.is_over, "over", ""),
        key=row.id,
    )


def _alerts() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "Alerts",
            panels.count("everybody's; people acknowledge their own"),
            actions=(
                rx.el.label(
                    "Past",
                    switch("Show past alerts", InstallationState.with_over, InstallationState.show_over),
                    class_name="row",
                ),
            ),
        ),
        rx.el.div(
            text_filter(
                "E-mail address",
                lambda part: InstallationState.look_for(part).debounce(250),
            ),
            select_filter("Severity", InstallationState.severity, _SEVERITIES, InstallationState.choose_severity),
            class_name="filters",
            role="group",
            aria_label="Filters",
        ),
        panels.listed(
            rx.el.ul(rx.foreach(InstallationState.rows, _alert), class_name="alert-rows"),
            InstallationState.rows,
            InstallationState,
            failed_words="The alerts could not be loaded",
            on_retry=InstallationState.load,
            empty=panels.empty("check-circle", "No such alert", "Nobody is warned of anything of this kind."),
            waiting=5,
        ),
        panels.pager("Newest first", InstallationState),
    )


def page() -> rx.Component:
    """What the installation depends on and whether it works, and what everybody is warned of."""
    return admin_frame(
        _checks(),
        _alerts(),
        live([], InstallationState.changed, every_s=15),
        title="Installation",
        current="/admin/health",
        class_name="health",
    )
