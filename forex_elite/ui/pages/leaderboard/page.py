"""The leaderboard page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.leaderboard import SETTLES_AFTER
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.choices import segments, tab
from forex_elite.ui.components.fields import switch
from forex_elite.ui.components.marks import badge, meter
from forex_elite.ui.components.sparkline import sparkline
from forex_elite.ui.components.table import table
from forex_elite.ui.live.live import age, live
from forex_elite.ui.pages.leaderboard.dialogs import dialogs
from forex_elite.ui.pages.leaderboard.rows import KINDS, MEASURES, PERIODS, AwardRow, LineRow, rules
from forex_elite.ui.pages.leaderboard.state import LeaderboardState
from forex_elite.ui.shell.frame import frame

_State = LeaderboardState
_SETTLES = int(SETTLES_AFTER.total_seconds() // 60)


def _head() -> rx.Component:
    currencies = rx.el.div(
        rx.foreach(
            _State.currencies,
            lambda one: tab(one, is_on=_State.currency == one, on_click=_State.choose("currency", one)),
        ),
        class_name="tabs",
        role="group",
        aria_label="Account currency",
    )
    return rx.el.div(
        segments(PERIODS, _State.period, lambda one: _State.choose("period", one), label="Period, UTC"),
        segments(MEASURES, _State.measure, lambda one: _State.choose("measure", one), label="Ranked by"),
        segments(KINDS, _State.kind, lambda one: _State.choose("kind", one), label="Accounts"),
        rx.cond(_State.currencies.length() > 1, currencies),
        rx.el.div(
            rx.cond(
                _State.ends != "",
                rx.el.span(
                    rx.el.span("Ends in ", class_name="t3"), rx.el.span(_State.ends, class_name="md"), class_name="sm"
                ),
            ),
            rx.el.label(
                rx.el.span("Show me on the board", class_name="sm t2"),
                switch("Show me on the board", _State.is_shown, _State.toggle, id="show-me"),
                class_name="row",
                html_for="show-me",
            ),
            class_name="row end",
        ),
        class_name="board-head",
    )


def _figure(row: rx.Var[LineRow], look: str) -> rx.Component:
    return rx.el.span(
        rx.el.span(row.figure, class_name=row.tone),
        rx.cond(row.unit != "", rx.el.span(row.unit, class_name="unit tight")),
        class_name=look,
    )


def _curve(row: rx.Var[LineRow]) -> rx.Component:
    return sparkline(row.points, row.base, tone=row.return_tone, dashed=False, label=row.curve_words)


def _step(row: rx.Var[LineRow]) -> rx.Component:
    return rx.el.article(
        rx.el.div(
            rx.el.span(rx.el.span("Place ", class_name="sr"), row.rank, class_name="place"),
            rx.el.div(
                rx.el.div(
                    rx.el.b(row.name, class_name="sb ell"), rx.cond(row.is_own, badge("You", "acc")), class_name="row"
                ),
                rx.el.div(rx.cond(row.prize != "", "Prize " + row.prize, "No prize"), class_name="xs t3"),
                class_name="grow",
            ),
            _figure(row, "podium-figure num"),
            class_name="podium-head",
        ),
        _curve(row),
        class_name="panel podium-step",
        key=row.key,
    )


def _own() -> rx.Component:
    own = _State.own
    return rx.el.section(
        rx.el.h2("Your place", class_name="xs t3"),
        rx.cond(
            own.place != "",
            rx.el.div(
                rx.el.span(own.place, class_name="own-place"), rx.el.span(own.of, class_name="t3 sm"), class_name="row"
            ),
            rx.el.p(own.words, class_name="sm t2"),
        ),
        rx.el.dl(
            rx.foreach(
                own.lines,
                lambda line: rx.el.div(rx.el.dt(line[0]), rx.el.dd(line[1]), key=line[0]),
            ),
            class_name="own-lines",
        ),
        rx.cond(
            _State.is_shown,
            button("Name and account", size="s", look="ghost", on_click=_State.open_entering),
            button("Take part", size="s", look="primary", on_click=_State.open_entering),
        ),
        class_name="panel own-card",
    )


def _podium() -> rx.Component:
    return rx.el.div(rx.foreach(_State.podium, _step), _own(), class_name="grid podium")


def _winners(row: rx.Var[LineRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(meter(row.winners_pct, "", "Winners " + row.winners), class_name="winners-bar"),
        rx.el.span(row.winners),
        class_name="row winners",
    )


def _line(row: rx.Var[LineRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.rank, class_name="num t2 md"),
        rx.el.td(
            rx.el.span(
                rx.el.span(row.initials, class_name="avatar small not-phone", aria_hidden="true"),
                rx.el.span(row.name, class_name="md ell"),
                rx.cond(row.is_own, badge("You", "acc")),
                rx.cond(row.prize != "", badge(row.prize, "warn")),
                class_name="row",
            )
        ),
        rx.el.td(row.return_pct, class_name=rx.Var.create("num md ") + row.return_tone),
        rx.el.td(_curve(row), class_name="curve-cell not-phone"),
        rx.el.td(
            rx.el.span(row.profit, class_name=row.profit_tone),
            rx.el.span(row.currency, class_name="unit"),
            class_name="num not-phone",
        ),
        rx.el.td(row.drawdown, class_name="num"),
        rx.el.td(row.ratio, class_name="num"),
        rx.el.td(_winners(row), class_name="num not-phone"),
        rx.el.td(row.trades, class_name="num t2 not-phone"),
        rx.el.td(age(row.refreshed_at, plain=True), class_name="num t3 not-phone"),
        aria_current=rx.cond(row.is_own, "true", "false"),
        key=row.key,
    )


def _standings() -> rx.Component:
    heads = (
        ("Rank", "num"),
        ("Trader", ""),
        ("Return", "num"),
        ("Value", "not-phone"),
        ("Profit", "num not-phone"),
        ("Max drawdown", "num"),
        ("Return to drawdown", "num"),
        ("Winners", "num not-phone"),
        ("Trades", "num not-phone"),
        ("Computed", "num not-phone"),
    )
    standings = table("Standings", heads, _State.rows, _line, is_dense=False)
    nobody = panels.empty(
        "trophy",
        "Nobody is ranked here yet",
        "Verified accounts are ranked as soon as they have closed enough trades in the period.",
        rx.cond(_State.is_shown, rx.fragment(), button("Take part", look="primary", on_click=_State.open_entering)),
    )
    return panels.panel(
        panels.panel_head(
            "Standings",
            panels.count(_State.words, class_name="ell"),
            actions=(rx.cond(_State.is_staff, button("Prizes", size="s", on_click=_State.open_prizes)),),
        ),
        panels.listed(
            standings,
            _State.rows,
            _State,
            failed_words="The leaderboard could not be loaded",
            on_retry=_State.load,
            empty=nobody,
            waiting=12,
        ),
        panels.pager(
            rx.fragment(
                _State.page_words,
                rx.el.span(
                    "Time-weighted return on equity, deposits removed, as reported by the terminals",
                    class_name="pager-note not-phone",
                ),
            ),
            _State,
        ),
        class_name="standings",
    )


def _award(row: rx.Var[AwardRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.rank, class_name="place small"),
        rx.el.div(
            rx.el.div(rx.el.b(row.name, class_name="md"), " · ", row.board),
            rx.el.div(row.figures, class_name="t3 xs"),
            class_name="grow",
        ),
        rx.el.b(row.amount, class_name="md nowrap"),
        key=row.key,
    )


def _explained() -> rx.Component:
    listed: list[Any] = []
    for rule in rules():
        listed += [rx.el.dt(rule.name, class_name="md"), rx.el.dd(rule.words, ".", class_name="t2")]
    return rx.el.div(
        rx.cond(
            _State.awards.length() > 0,
            panels.panel(
                panels.panel_head("Prizes won", panels.count("as frozen when the period closed")),
                rx.el.ul(rx.foreach(_State.awards, _award), class_name="lines"),
            ),
        ),
        panels.panel(
            panels.panel_head("How it is computed", panels.count("all times in UTC")),
            rx.el.dl(*listed, class_name="board-rules"),
            rx.el.div(
                f"A period closes {_SETTLES} min after its end, so that agents can report its last trades; prizes "
                "are given once, by the places frozen then. An agent runs on the trader's own machine: verification "
                "finds mistakes and edits, it is no audit of the broker.",
                class_name="panel-foot tall wrap-foot",
            ),
        ),
        class_name="board-more",
    )


def page() -> rx.Component:
    """Boards by period and measure, the first three, one's own place, and how everything is computed."""
    return frame(
        _head(),
        _podium(),
        _standings(),
        _explained(),
        dialogs(),
        live([], _State.changed, every_s=60),
        title="Leaderboard",
        current="/leaderboard",
        class_name="leaderboard",
    )
