"""Components that live on `/ws/live`: prices and ages never travel through a state."""

from __future__ import annotations

from typing import Any

import reflex as rx

_BACKEND = rx.asset("backend.js", shared=True)
_SOCKET = rx.asset("socket.js", shared=True)
_SERVER = rx.asset("server.js", shared=True)
_FIGURES = rx.asset("figures.js", shared=True)
_LIBRARY = rx.asset("live.jsx", shared=True).importable_path


class _Live(rx.Component):
    library = _LIBRARY
    tag = "Live"

    topics: rx.Var[list[str]]
    every: rx.Var[int]
    on_change: rx.EventHandler[rx.event.passthrough_event_spec(list[str], bool)]


class _LivePrice(rx.Component):
    library = _LIBRARY
    tag = "LivePrice"

    symbol: rx.Var[str]
    digits: rx.Var[int]
    price: rx.Var[str]
    fallback: rx.Var[str]


class _Ticker(rx.Component):
    library = _LIBRARY
    tag = "Ticker"

    symbols: rx.Var[list[str]]


class _Age(rx.Component):
    library = _LIBRARY
    tag = "Age"

    at: rx.Var[str]
    dot: rx.Var[bool]
    plain: rx.Var[bool]
    never: rx.Var[str]


class _Clock(rx.Component):
    library = _LIBRARY
    tag = "Clock"


class _Connection(rx.Component):
    library = _LIBRARY
    tag = "Connection"


def live(topics: list[str] | rx.Var[list[str]], on_change: Any, *, every_s: int = 0) -> rx.Component:
    """Call the handler with the topics that changed and whether rows are held, gathered to one event in half a second.

    `every_s` adds a call without topics every so many seconds while the page is visible.
    """
    return _Live.create(topics=topics, on_change=on_change, every=every_s)


def live_price(
    symbol: str | rx.Var[str], digits: int | rx.Var[int], fallback: str | rx.Var[str], price: str | rx.Var[str] = "bid"
) -> rx.Component:
    """The last bid or ask of a symbol; until a quote arrives, the price of the last report."""
    return _LivePrice.create(symbol=symbol, digits=digits, price=price, fallback=fallback)


def ticker(symbols: list[str] | rx.Var[list[str]]) -> rx.Component:
    """The strip of prices under the top bar; each symbol appears with its first quote."""
    return _Ticker.create(symbols=symbols)


def age(at: str | rx.Var[str], *, dot: bool = True, plain: bool = False, never: str = "never reported") -> rx.Component:
    """How old a report is, in the four levels of data age; `at` is ISO-8601 or empty. `plain` only tells the time."""
    return _Age.create(at=at, dot=dot, plain=plain, never=never)


def clock() -> rx.Component:
    """The time in UTC, ticking."""
    return _Clock.create()


def connection() -> rx.Component:
    """The banner that says the connection is lost and when the next try is."""
    return _Connection.create()
