"""The page of agents and the queue, for staff."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import icon_button
from forex_elite.ui.components.dialog import confirm
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import badge
from forex_elite.ui.components.table import table
from forex_elite.ui.live.live import age, live
from forex_elite.ui.pages.admin.parts import admin_frame, select_filter
from forex_elite.ui.pages.admin.queue.agents import agents_panel
from forex_elite.ui.pages.admin.queue.agents_state import WatchedAgentsState
from forex_elite.ui.pages.admin.queue.rows import DepthRow, JobRow
from forex_elite.ui.pages.admin.queue.state import QueueState

_STATUSES = (
    ("", "Status: all open"),
    ("pending", "Waiting"),
    ("running", "Running"),
    ("stuck", "Stuck"),
    ("unknown", "Unknown"),
)
_DEPTH_HEAD = (
    ("Kind", ""),
    ("Waiting", "num"),
    ("Running", "num"),
    ("Stuck", "num"),
    ("Unknown", "num"),
    ("Oldest waiting", ""),
)
_HEAD = (
    ("Kind", ""),
    ("Status", ""),
    ("Person", ""),
    ("Agent, account", ""),
    ("Tries", "num"),
    ("Queued", ""),
    ("Lease", ""),
    ("Actions", "sr"),
)


def _depth(row: rx.Var[DepthRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.type, class_name="md")),
        rx.el.td(row.pending, class_name="num"),
        rx.el.td(row.running, class_name="num"),
        rx.el.td(rx.cond(row.stuck > 0, badge(row.stuck.to_string(), "crit", "alert"), row.stuck), class_name="num"),
        rx.el.td(row.unknown, class_name="num"),
        rx.el.td(age(row.oldest_at, plain=True, never="none")),
        key=row.type,
    )


def _depth_phone(row: rx.Var[DepthRow]) -> rx.Component:
    return rx.el.div(
        rx.el.b(row.type, class_name="md grow"),
        rx.el.span(row.pending, " waiting · ", row.running, " running · ", row.stuck, " stuck", class_name="t2 xs"),
        class_name="phone-row",
        key=row.type,
    )


def _depths() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "Queue",
            panels.count(QueueState.words),
            actions=(link("Installation", to="/admin/health", class_name="btn ghost small"),),
        ),
        panels.listed(
            table("Depth of the queue", _DEPTH_HEAD, QueueState.depths, _depth, _depth_phone),
            QueueState.depths,
            QueueState,
            failed_words="The queue could not be loaded",
            on_retry=QueueState.load,
            empty=panels.empty("check-circle", "The queue is empty", "Jobs appear here until an agent has ended them."),
            waiting=3,
        ),
        rx.el.div("An order is never given out again: its agent finds out what became of it.", class_name="panel-foot"),
    )


def _actions(row: rx.Var[JobRow]) -> rx.Component:
    return rx.el.div(
        rx.cond(
            row.can_requeue,
            icon_button("undo", "Give out again: " + row.type, on_click=QueueState.ask("requeue", row.id)),
        ),
        rx.cond(row.can_cancel, icon_button("x", "Cancel: " + row.type, on_click=QueueState.ask("cancel", row.id))),
        class_name="row end row-actions",
    )


def _row(row: rx.Var[JobRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.type, class_name="md")),
        rx.el.td(badge(row.word, row.tone, row.icon)),
        rx.el.td(row.email, class_name="t2"),
        rx.el.td(row.where, class_name="t2"),
        rx.el.td(row.attempts, class_name="num"),
        rx.el.td(age(row.created_at, plain=True)),
        rx.el.td(row.lease, class_name="t3"),
        rx.el.td(_actions(row)),
        key=row.id,
    )


def _phone_row(row: rx.Var[JobRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(rx.el.b(row.type, class_name="md"), badge(row.word, row.tone, row.icon), class_name="row wrap"),
            rx.el.div(row.email, " · ", row.where, class_name="t3 xs ell"),
            class_name="grow",
        ),
        _actions(row),
        class_name="phone-row",
        key=row.id,
    )


def _jobs() -> rx.Component:
    return panels.panel(
        panels.panel_head("Jobs that have not ended", panels.count("lease times in ", QueueState.zone)),
        rx.el.div(
            select_filter("Status", QueueState.status, _STATUSES, QueueState.choose),
            class_name="filters",
            role="group",
            aria_label="Filters",
        ),
        panels.listed(
            table("Jobs", _HEAD, QueueState.rows, _row, _phone_row),
            QueueState.rows,
            QueueState,
            failed_words="The jobs could not be loaded",
            on_retry=QueueState.load,
            empty=panels.empty("check-circle", "No such job", "Nothing of this status waits for anything."),
            waiting=6,
        ),
        panels.pager("Oldest first", QueueState),
    )


def _dialogs() -> rx.Component:
    return rx.fragment(
        confirm(
            rx.el.p(
                QueueState.subject_words,
                ". The agent that holds it now loses it: what it reports later changes nothing.",
            ),
            is_open=QueueState.dialog == "requeue",
            title="Give this job out again?",
            verb="Give it out again",
            keep="Leave it",
            tone="",
            on_confirm=QueueState.requeue,
            on_close=QueueState.close_dialog,
            is_busy=QueueState.is_busy,
            icon_name="undo",
        ),
        confirm(
            rx.el.p(QueueState.subject_words, ". Whoever asked for it is told that it was cancelled."),
            is_open=QueueState.dialog == "cancel",
            title="Cancel this job?",
            verb="Cancel the job",
            keep="Leave it",
            on_confirm=QueueState.cancel,
            on_close=QueueState.close_dialog,
            is_busy=QueueState.is_busy,
            icon_name="x",
        ),
    )


def page() -> rx.Component:
    """Everybody's agents; how deep the queue is, what is stuck, and what can be done about it."""
    return admin_frame(
        agents_panel(),
        _depths(),
        _jobs(),
        _dialogs(),
        live([], QueueState.changed, every_s=10),
        live([], WatchedAgentsState.changed, every_s=10),
        title="Agents and queue",
        current="/admin/queue",
        class_name="health",
    )
