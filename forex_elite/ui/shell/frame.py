"""Every page stands in this frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import reflex as rx

from forex_elite import __version__
from forex_elite.ui.automation.view import answers
from forex_elite.ui.components import panels
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link, plain_link
from forex_elite.ui.components.marks import product_mark
from forex_elite.ui.kill_switch.view import kill_dialog, top_button
from forex_elite.ui.live.live import clock, connection, live, ticker
from forex_elite.ui.session import SessionState
from forex_elite.ui.shell import parts
from forex_elite.ui.shell.navigation import ACTIONS, PLACES, Place, groups
from forex_elite.ui.shell.state import ShellState


def _entry(href: str, label: str, icon_name: str, *, is_current: bool, class_name: str) -> rx.Component:
    current = {"aria_current": "page"} if is_current else {}
    return link(icon(icon_name), rx.el.span(label), to=href, class_name=class_name, title=label, **current)


def _navigation(current: str) -> rx.Component:
    def section(group: str, places: list[Place]) -> rx.Component:
        entries = (_entry(p.href, p.label, p.icon, is_current=p.href == current, class_name="nav-item") for p in places)
        shown = rx.el.div(rx.el.div(group, class_name="nav-group"), *entries)
        return rx.cond(SessionState.is_staff, shown) if all(place.for_staff for place in places) else shown

    sections = [section(group, places) for group, places in groups().items()]
    return rx.el.nav(
        rx.el.div(product_mark(), rx.el.span("ForexElite"), parts.NavToggle.create(), class_name="brand"),
        rx.el.div(*sections, class_name="nav-list"),
        rx.el.div(rx.el.span(f"v{__version__} · "), clock(), class_name="nav-foot"),
        class_name="nav",
        aria_label="Main",
    )


def _for_role(places: Sequence[Place]) -> rx.Var[list[dict[str, Any]]]:
    """The places as the person's role has them."""
    everyones = [asdict(place) for place in places if not place.for_staff]
    return rx.cond(SessionState.is_staff, [asdict(place) for place in places], everyones)


def _bottom_bar(current: str) -> rx.Component:
    places = [place for place in PLACES if place.on_phone]
    lit = max((place.href for place in PLACES if current.startswith(place.href)), key=len, default="")
    return rx.el.nav(
        *(_entry(p.href, p.label, p.icon, is_current=p.href == lit, class_name="") for p in places),
        parts.MorePlaces.create(places=_for_role([place for place in PLACES if not place.on_phone]), current=current),
        class_name="bottombar",
        aria_label="Main, phone",
    )


def _agents_status() -> rx.Component:
    all_online = (ShellState.agents_online == ShellState.agents_total) & (ShellState.agents_total > 0)
    dot = rx.el.span(
        class_name=rx.cond(all_online, "dot up", rx.cond(ShellState.agents_online > 0, "dot warn", "dot crit"))
    )
    return rx.cond(
        ShellState.is_loaded,
        link(
            rx.el.span(icon("agents", "s"), class_name="not-phone"),
            rx.cond(
                ShellState.agents_total > 0,
                rx.fragment(
                    rx.el.span(ShellState.agents_online, " of ", ShellState.agents_total),
                    rx.el.span("online", class_name="t3 not-phone"),
                    dot,
                ),
                rx.el.span("No agent", class_name="t3"),
            ),
            to="/agents",
            class_name="top-stat",
            title="Agents online",
        ),
    )


def account_shown() -> rx.Component:
    """The choice of the account that pages show, or all."""
    return account_switch(selected=ShellState.account_id, on_select=ShellState.select_account, has_all=True)


def account_switch(*, selected: rx.Var[str], on_select: Any, has_all: bool) -> rx.Component:
    """A choice among the person's accounts, with `has_all` of none in particular."""
    return rx.fragment(
        rx.el.span(class_name="rule not-phone"),
        parts.AccountSwitch.create(
            accounts=ShellState.choices, selected=selected, has_all=has_all, on_select=on_select
        ),
    )


def _top_bar(title: str, account: rx.Component | None) -> rx.Component:
    return rx.el.header(
        rx.el.span(product_mark(), class_name="only-phone"),
        rx.el.h1(title),
        account or rx.fragment(),
        rx.el.span(class_name="grow"),
        parts.SearchField.create(),
        _agents_status(),
        parts.Bell.create(
            alerts=ShellState.alerts, unread=ShellState.unread, on_acknowledge=ShellState.acknowledge_alerts
        ),
        top_button(),
        parts.ThemeMenu.create(),
        parts.UserMenu.create(
            name=SessionState.display_name,
            email=SessionState.email,
            role=SessionState.role_name,
            initials=SessionState.initials,
        ),
        class_name="top",
    )


def _alarm() -> rx.Component:
    return rx.cond(
        ShellState.alarm != "",
        panels.banner(
            "crit",
            "wifi-off",
            rx.el.b(ShellState.alarm),
            " Alerts for its accounts expire instead of being executed; its figures are the last ones reported. "
            "Everything else goes on.",
        ),
    )


def frame(
    *content: Any,
    title: str,
    current: str,
    fit: bool = False,
    account: rx.Component | None = None,
    class_name: str = "",
) -> rx.Component:
    """A page in the frame: `current` is its own address.

    `fit` pages fill the window and scroll inside panels; `account` is where the account they show is chosen.
    """
    return rx.el.div(
        plain_link("Skip to content", href="#main", class_name="skip"),
        _navigation(current),
        _top_bar(title, account),
        ticker(ShellState.symbols),
        rx.el.div(connection(), _alarm(), class_name="alert-slot"),
        rx.el.main(*content, id="main", tab_index=-1, class_name=f"main {'fit' if fit else ''} {class_name}".strip()),
        _bottom_bar(current),
        live(["agents", "accounts", "alerts"], ShellState.changed, every_s=30),
        parts.Palette.create(pages=_for_role(PLACES), actions=[asdict(action) for action in ACTIONS]),
        parts.Appearance.create(theme=SessionState.theme, pnl=SessionState.pnl_palette),
        parts.Toaster.create(),
        answers(),
        kill_dialog(),
        class_name="app",
    )


def centred(*content: Any, broad: bool = False) -> rx.Component:
    """A page without the frame: log-in, registration, onboarding, errors."""
    return rx.el.div(
        rx.el.main(
            rx.el.div(product_mark(), rx.el.span("ForexElite"), class_name="centre-brand"),
            *content,
            class_name="centre-card broad" if broad else "centre-card",
        ),
        parts.Toaster.create(),
        class_name="centre",
    )
