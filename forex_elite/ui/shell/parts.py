"""The shell's local components (JSX): menus, palette, toasts."""

from __future__ import annotations

from typing import Any

import reflex as rx

_APPEARANCE = rx.asset("appearance.js", shared=True)
_MENU = rx.asset("menu.jsx", shared=True).importable_path
_BELL = rx.asset("bell.jsx", shared=True).importable_path
_PALETTE = rx.asset("palette.jsx", shared=True).importable_path
_TOASTS = rx.asset("toasts.jsx", shared=True).importable_path


class ThemeMenu(rx.Component):
    """Theme and profit-and-loss palette."""

    library = _MENU
    tag = "ThemeMenu"


class NavToggle(rx.Component):
    """Collapses and widens the navigation."""

    library = _MENU
    tag = "NavToggle"


class MorePlaces(rx.Component):
    """The places that have no target of their own in the bottom bar."""

    library = _MENU
    tag = "MorePlaces"

    places: rx.Var[list[dict[str, Any]]]
    current: rx.Var[str]


class UserMenu(rx.Component):
    """Settings, shortcuts, log out."""

    library = _MENU
    tag = "UserMenu"

    name: rx.Var[str]
    email: rx.Var[str]
    role: rx.Var[str]
    initials: rx.Var[str]


class Bell(rx.Component):
    """Alerts not yet acknowledged."""

    library = _BELL
    tag = "Bell"

    alerts: rx.Var[list[Any]]
    unread: rx.Var[int]
    on_acknowledge: rx.EventHandler[rx.event.no_args_event_spec]


class AccountSwitch(rx.Component):
    """Chooses the account the pages show."""

    library = _MENU
    tag = "AccountSwitch"

    accounts: rx.Var[list[Any]]
    selected: rx.Var[str]
    has_all: rx.Var[bool]
    on_select: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class Appearance(rx.Component):
    """Brings the person's stored appearance to this browser."""

    library = _MENU
    tag = "Appearance"

    theme: rx.Var[str]
    pnl: rx.Var[str]


class Palette(rx.Component):
    """Command palette, shortcut sheet and global keys."""

    library = _PALETTE
    tag = "Palette"

    pages: rx.Var[list[dict[str, Any]]]
    actions: rx.Var[list[dict[str, str]]]


class SearchField(rx.Component):
    """Opens the palette."""

    library = _PALETTE
    tag = "SearchField"


class Toaster(rx.Component):
    """Shows messages."""

    library = _TOASTS
    tag = "Toaster"


class AppearanceChoice(rx.Component):
    """Theme and palette as a form."""

    library = _MENU
    tag = "AppearanceChoice"

    on_choose: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
