"""One alert in detail: who asked for what, the stages with their times, payload, risk gate."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.copying import copy_button
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import badge, side, skeleton, wave
from forex_elite.ui.pages.signals.state import SignalsState
from forex_elite.ui.pages.signals.view import CheckRow, ExecutionRow, StageRow, Token

_VIEW = SignalsState.view
_CHOSEN = SignalsState.execution


def _title() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                side(_VIEW.action, _VIEW.side_tone),
                rx.el.h2(_VIEW.symbol, class_name="signal-title"),
                rx.el.span(_VIEW.summary, class_name="t2 ell"),
                class_name="row",
            ),
            rx.el.div(_VIEW.origin, class_name="t3 sm ell"),
            class_name="grow",
        ),
        rx.cond(
            _VIEW.total_unit != "",
            rx.el.div(
                rx.el.div(_VIEW.total, rx.el.span(_VIEW.total_unit, class_name="unit"), class_name="signal-total"),
                rx.el.div("alert to fill", class_name="xs t3"),
                class_name="num",
            ),
        ),
        rx.el.div(
            badge(_VIEW.word, _VIEW.tone, _VIEW.icon),
            rx.cond(_VIEW.is_test, badge("Test", "line")),
            class_name="row marks",
        ),
        class_name="signal-head",
    )


def _stage(stage: rx.Var[StageRow]) -> rx.Component:
    look = rx.cond(stage.is_slow, stage.state + " slow", stage.state)
    return rx.el.li(
        rx.el.span(icon(stage.icon, "xs"), class_name="node"),
        rx.el.span(stage.name, class_name="md"),
        rx.el.span(stage.detail, class_name="t2 ell", title=stage.detail),
        wave(stage.left, stage.width),
        rx.el.span(stage.at, class_name="mono t3 not-phone"),
        rx.el.span(stage.step, rx.el.span(stage.step_unit, class_name="unit"), class_name="num"),
        class_name=look,
        key=stage.name,
    )


def _account(execution: rx.Var[ExecutionRow]) -> rx.Component:
    return rx.el.button(
        execution.account,
        badge(execution.word, execution.tone, execution.icon),
        type="button",
        class_name="tab",
        aria_pressed=_CHOSEN.id == execution.id,
        on_click=SignalsState.choose_execution(execution.id),
        key=execution.id,
    )


def _timeline() -> rx.Component:
    return panels.panel(
        _title(),
        rx.cond(
            _VIEW.executions.length() > 1,
            rx.el.div(
                rx.el.div(
                    rx.foreach(_VIEW.executions, _account), class_name="tabs scroll", role="group", aria_label="Account"
                ),
                class_name="panel-head",
            ),
        ),
        rx.el.ol(rx.foreach(_CHOSEN.stages, _stage), class_name="timeline"),
        rx.el.div(
            rx.el.span("Slippage"),
            rx.el.span(_CHOSEN.slippage, class_name="t2"),
            rx.el.span("Asked", class_name="not-phone"),
            rx.el.span(_CHOSEN.requested, class_name="t2 not-phone"),
            rx.el.span("Filled", class_name="not-phone"),
            rx.el.span(_CHOSEN.fill, class_name="t2 not-phone"),
            rx.el.div(
                rx.cond(
                    _CHOSEN.trade_id != "",
                    link(
                        icon("positions", "s"),
                        "Show the trade",
                        to="/positions?trade=" + _CHOSEN.trade_id,
                        class_name="btn ghost small",
                    ),
                ),
                copy_button(_VIEW.id, "Copy the id of this signal"),
                class_name="row end",
            ),
            class_name="panel-foot",
        ),
    )


def _token(token: rx.Var[Token]) -> rx.Component:
    return rx.el.span(token.text, class_name=token.look)


def _payload() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "Payload",
            panels.count(_VIEW.content_type, class_name="ell"),
            actions=(copy_button(_VIEW.body, "Copy payload"),),
        ),
        rx.el.pre(
            rx.foreach(_VIEW.tokens, _token),
            rx.cond(_VIEW.body_note != "", rx.el.span("\n… ", _VIEW.body_note, class_name="tok-pun")),
            class_name="code payload scroll",
            tab_index=0,
            aria_label="Payload",
        ),
        rx.cond(
            _VIEW.read_as.length() > 0,
            rx.el.div(
                rx.el.span("Read as", class_name="tok-pun"),
                rx.foreach(_VIEW.read_as, rx.el.span),
                class_name="code read-as",
            ),
        ),
    )


def _check(check: rx.Var[CheckRow]) -> rx.Component:
    return rx.el.li(
        rx.cond(
            check.is_ok,
            rx.el.span(icon("check", "xs", "passed"), class_name="up"),
            rx.el.span(icon("x", "xs", "refused"), class_name="crit-t"),
        ),
        rx.el.span(check.name, class_name="t2"),
        rx.el.span(check.detail, class_name=rx.cond(check.is_ok, "end ell", "end crit-t")),
        key=check.name,
    )


def _gate() -> rx.Component:
    return panels.panel(
        panels.panel_head("Risk gate", panels.count(_CHOSEN.passed)),
        rx.cond(
            _CHOSEN.checks.length() > 0,
            rx.el.ul(rx.foreach(_CHOSEN.checks, _check), class_name="checks"),
            rx.el.p("The alert did not get as far as the gate.", class_name="panel-body t3 sm"),
        ),
        rx.cond(
            _CHOSEN.reason_code != "",
            rx.el.div(rx.el.span(_CHOSEN.reason_code, class_name="mono"), class_name="panel-foot"),
        ),
    )


def _duplicate() -> rx.Component:
    return rx.cond(
        _VIEW.duplicate_of != "",
        panels.banner(
            "",
            "copy",
            rx.el.div(
                rx.el.span("The same alert had come in before; nothing was sent twice."),
                button("Show the first", size="s", look="ghost", on_click=SignalsState.open_signal(_VIEW.duplicate_of)),
                class_name="row",
            ),
        ),
    )


def detail() -> rx.Component:
    """The alert that is open, or how to open one."""
    return rx.el.section(
        rx.cond(
            _VIEW.id != "",
            rx.fragment(_timeline(), _duplicate(), rx.el.div(_payload(), _gate(), class_name="grid duo")),
            rx.cond(
                SignalsState.is_loaded,
                panels.panel(
                    panels.empty("target", "No alert open", "Choose one from the feed to see every stage of it.")
                ),
                panels.panel(skeleton(8)),
            ),
        ),
        class_name="signal-detail",
        aria_label="Alert in detail",
        aria_live="off",
    )
