"""The market's course: what happens to positions and orders between two looks at the clock.

Prices are a function of time, so nothing has to run while nobody looks: each call first plays the ticks that came since
the last one, in order, and books what they triggered at the time of the tick. A broker whose process was away for an
hour therefore closed its positions at their stops in that hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from math import inf
from typing import Final

import numpy as np

from agent.simulator import constants as mt5
from agent.simulator import swaps
from agent.simulator.account import FULL_PERCENT, Account
from agent.simulator.checks import has_money
from agent.simulator.fills import Fills
from agent.simulator.orders import EMPTY_REQUEST, LIMIT_TYPES, MARKET_TYPES, STOP_LIMIT_TYPES, is_buy, new_order
from agent.simulator.pricing import Quote, Ticks
from agent.simulator.structures import TradeOrder, TradePosition

WINDOW_MS: Final = 1_024_000
COARSE_GAP_MS: Final = 2 * 86_400_000
_COARSE_LEVEL: Final = 5
_COARSE_S: Final = 1 << _COARSE_LEVEL
PERSIST_EVERY_MS: Final = 60_000
_STOP_OUT_CARE: Final = 1.1


class EventKind(IntEnum):
    """What can happen by itself; of two at one instant the lower number goes first."""

    EXPIRY = 0
    TICK = 1
    STOP_OUT = 2
    ROLLOVER = 3


@dataclass(frozen=True, slots=True)
class Event:
    """Something that must be booked at an instant."""

    at_ms: int
    kind: EventKind
    subject: str = ""
    """The symbol of a tick, the ticket of an expiry."""

    @property
    def order(self) -> tuple[int, int]:
        """Sort key."""
        return self.at_ms, int(self.kind)


@dataclass(slots=True)
class Thresholds:
    """The prices of one symbol at which something is triggered."""

    bid_at_most: float = -inf
    bid_at_least: float = inf
    ask_at_most: float = -inf
    ask_at_least: float = inf

    def first_hit(self, ticks: Ticks) -> int | None:
        """The row of the first tick that triggers."""
        hit = (
            (ticks.bid <= self.bid_at_most)
            | (ticks.bid >= self.bid_at_least)
            | (ticks.ask <= self.ask_at_most)
            | (ticks.ask >= self.ask_at_least)
        )
        row = int(np.argmax(hit))
        return row if hit[row] else None


class Market:
    """Plays the market for one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._books = account.books
        self._fills = Fills(account)
        self._version = -1
        self._played_ms = 0
        self._thresholds: dict[str, Thresholds] = {}

    def advance(self, now_ms: int) -> None:
        """Book everything that happened up to `now_ms`."""
        self._books.refresh()
        while True:
            self._look_again()
            if now_ms <= self._played_ms:
                return
            if not self._thresholds:
                self._played_ms = now_ms
                return
            event = self._next_event(self._played_ms, now_ms)
            if event is None:
                self._played_ms = now_ms
                if now_ms - self._books.get("processed_ms") >= PERSIST_EVERY_MS:
                    with self._books.transaction():
                        self.remember(now_ms)
                return
            version = self._books.version
            with self._books.transaction():
                if self._books.version == version:  # else another process booked something first: look again
                    self._book(event)
                    self.remember(event.at_ms)

    def remember(self, at_ms: int) -> None:
        """Note in the books up to when the market was played; belongs to every transaction that changes something."""
        self._books.set("processed_ms", at_ms)
        self._played_ms = at_ms

    def _look_again(self) -> None:
        if self._version == self._books.version:
            return
        self._version = self._books.version
        self._played_ms = int(self._books.get("processed_ms"))
        self._thresholds = thresholds(self._books.positions.values(), self._books.orders.values())

    # --- finding ----------------------------------------------------------------------------------------------------

    def _next_event(self, after_ms: int, until_ms: int) -> Event | None:
        is_coarse = until_ms - after_ms > COARSE_GAP_MS
        span = WINDOW_MS * 64 if is_coarse else WINDOW_MS
        start = after_ms
        while start < until_ms:
            end = min(start + span, until_ms)
            ticks = {symbol: self._ticks(symbol, start, end, is_coarse=is_coarse) for symbol in self._thresholds}
            event = min(self._scheduled(start, end), key=lambda each: each.order, default=None)
            for symbol, run in ticks.items():
                row = self._thresholds[symbol].first_hit(run) if len(run) else None
                if row is not None:
                    hit = Event(int(run.at_ms[row]), EventKind.TICK, symbol)
                    event = hit if event is None or hit.order < event.order else event
            stop_out = self._stop_out(ticks, event.at_ms if event else end)
            if stop_out is not None and (event is None or stop_out.order < event.order):
                event = stop_out
            if event is not None:
                return event
            start = end
        return None

    def _ticks(self, symbol: str, after_ms: int, until_ms: int, *, is_coarse: bool) -> Ticks:
        instrument = self._account.instruments[symbol]
        if not is_coarse:
            return self._account.prices.ticks(instrument, after_ms, until_ms)
        times, bid, _ = self._account.prices.sampled(instrument, after_ms // 1000, until_ms // 1000, _COARSE_LEVEL)
        keep = (times * 1000 > after_ms) & (times * 1000 <= until_ms)
        ask = bid + instrument.spread_points * instrument.point
        return Ticks(times[keep] * 1000, bid[keep], ask[keep])

    def _scheduled(self, after_ms: int, until_ms: int) -> Iterator[Event]:
        if self._books.positions:
            midnight = self._account.zone.next_midnight(after_ms)
            if midnight <= until_ms:
                yield Event(midnight, EventKind.ROLLOVER)
        for order in self._books.orders.values():
            if order.time_expiration:
                at_ms = max(self._account.zone.to_utc(order.time_expiration * 1000), after_ms + 1)
                if at_ms <= until_ms:
                    yield Event(at_ms, EventKind.EXPIRY, str(order.ticket))

    def _stop_out(self, ticks: dict[str, Ticks], until_ms: int) -> Event | None:
        """The first tick at which the margin level is at the stop-out.

        First a bound: the account valued with every position at its worst price of the run. Only where that comes near
        the stop-out is each tick valued by itself.
        """
        positions = list(self._books.positions.values())
        if not positions:
            return None
        times: set[int] = set()
        runs: dict[str, tuple[float, float]] = {}
        for symbol, run in ticks.items():
            rows = int(np.searchsorted(run.at_ms, until_ms, side="right"))
            if rows:
                runs[symbol] = (float(run.bid[:rows].min()), float(run.ask[:rows].max()))
                times.update(run.at_ms[:rows].tolist())
        if not times:
            return None
        if not self._comes_near(positions, runs, until_ms):
            return None
        return next((Event(at, EventKind.STOP_OUT) for at in sorted(times) if self._is_stopped_out(at)), None)

    def _comes_near(self, positions: list[TradePosition], runs: dict[str, tuple[float, float]], at_ms: int) -> bool:
        floating = 0.0
        for position in positions:
            worst = runs.get(position.symbol)
            if worst is None:
                profit = self._account.valued(position, at_ms).profit
            else:
                price = worst[0] if position.type == mt5.POSITION_TYPE_BUY else worst[1]
                profit = self._account.profit(position, position.volume, price, at_ms)
            floating += min(profit, profit * _STOP_OUT_CARE) + position.swap
        margin = self._account.margin(self._account.legs(), at_ms) * _STOP_OUT_CARE
        return self._is_below(self._account.figures_with(floating, margin).equity, margin)

    def _is_stopped_out(self, at_ms: int) -> bool:
        figures = self._account.figures(at_ms)
        return self._is_below(figures.equity, figures.margin)

    def _is_below(self, equity: float, margin: float) -> bool:
        terms = self._account.terms
        if terms.stop_out_mode == mt5.ACCOUNT_STOPOUT_MODE_MONEY:
            return margin > 0 and equity - margin <= terms.stop_out
        return margin > 0 and equity / margin * FULL_PERCENT <= terms.stop_out

    # --- booking ----------------------------------------------------------------------------------------------------

    def _book(self, event: Event) -> None:
        if event.kind is EventKind.TICK:
            self._tick(event.subject, event.at_ms)
        elif event.kind is EventKind.EXPIRY:
            order = self._books.orders[int(event.subject)]
            self._fills.finish(order, event.at_ms, mt5.ORDER_STATE_EXPIRED)
        elif event.kind is EventKind.STOP_OUT:
            self._close_until_safe(event.at_ms)
        else:
            swaps.roll_over(self._account, self._fills, event.at_ms)

    def _tick(self, symbol: str, at_ms: int) -> None:
        quote = self._account.quote(symbol, at_ms)
        if quote is None:
            return
        for position in [each for each in self._books.positions.values() if each.symbol == symbol]:
            reason = closing_reason(position, quote)
            if reason is not None:
                word, level = ("sl", position.sl) if reason == mt5.DEAL_REASON_SL else ("tp", position.tp)
                digits = self._account.instruments[symbol].digits
                self._close(position, quote, at_ms, reason, f"[{word} {level:.{digits}f}]")
        for order in [each for each in self._books.orders.values() if each.symbol == symbol]:
            if is_triggered(order, quote):
                self._trigger(order, quote, at_ms)

    def _close(self, position: TradePosition, quote: Quote, at_ms: int, reason: int, comment: str) -> None:
        """Close a position by an order of the server's own; deal and order reasons share their numbers."""
        buys = position.type == mt5.POSITION_TYPE_SELL
        price = quote.ask if buys else quote.bid
        request = EMPTY_REQUEST._replace(
            symbol=position.symbol,
            volume=position.volume,
            type=mt5.ORDER_TYPE_BUY if buys else mt5.ORDER_TYPE_SELL,
            magic=position.magic,
            comment=comment,
        )
        order = new_order(
            request,
            self._books.next_order(),
            self._account.stamp(at_ms),
            price=price,
            position_id=position.identifier,
            reason=reason,
        )
        filled, _ = self._fills.fill(order, position.volume, price, at_ms, reason)
        self._fills.finish(filled, at_ms)

    def _trigger(self, order: TradeOrder, quote: Quote, at_ms: int) -> None:
        buys = is_buy(order.type)
        price = quote.ask if buys else quote.bid
        if order.type in STOP_LIMIT_TYPES:
            limit = mt5.ORDER_TYPE_BUY_LIMIT if buys else mt5.ORDER_TYPE_SELL_LIMIT
            self._books.put_order(order._replace(type=limit, price_open=order.price_stoplimit, price_stoplimit=0.0))
            return
        if order.type in MARKET_TYPES and order.position_id and not self._is_held(order.position_id):
            self._fills.finish(order, at_ms, mt5.ORDER_STATE_CANCELED)  # nothing left for the rest to join
            return
        closing = 0
        if not self._account.is_hedging:
            held = next((each for each in self._books.positions.values() if each.symbol == order.symbol), None)
            closing = held.ticket if held else 0
        if has_money(self._account, order.symbol, order.volume_current, price, buys=buys, closing=closing, at_ms=at_ms):
            filled, _ = self._fills.fill(order, order.volume_current, price, at_ms)
            self._fills.finish(filled, at_ms)
        else:
            self._fills.finish(order, at_ms, mt5.ORDER_STATE_REJECTED)

    def _is_held(self, position_id: int) -> bool:
        return any(each.identifier == position_id for each in self._books.positions.values())

    def _close_until_safe(self, at_ms: int) -> None:
        """Stop-out: pending orders go first, then the position with the largest loss, until the level is safe."""
        for order in list(self._books.orders.values()):
            self._fills.finish(order, at_ms, mt5.ORDER_STATE_CANCELED)
        while self._books.positions and self._is_stopped_out(at_ms):
            level = self._account.figures(at_ms).level
            worst = min(self._books.positions.values(), key=lambda each: self._account.valued(each, at_ms).profit)
            quote = self._account.quote(worst.symbol, at_ms)
            assert quote is not None, "a position's symbol has had prices"
            self._close(worst, quote, at_ms, mt5.DEAL_REASON_SO, f"[so {level:.2f}%]")


def thresholds(positions: Iterable[TradePosition], orders: Iterable[TradeOrder]) -> dict[str, Thresholds]:
    """Trigger prices by symbol for open positions and working orders."""
    found: dict[str, Thresholds] = {}
    for position in positions:
        levels = found.setdefault(position.symbol, Thresholds())
        if position.type == mt5.POSITION_TYPE_BUY:
            levels.bid_at_most = max(levels.bid_at_most, position.sl or -inf)
            levels.bid_at_least = min(levels.bid_at_least, position.tp or inf)
        else:
            levels.ask_at_least = min(levels.ask_at_least, position.sl or inf)
            levels.ask_at_most = max(levels.ask_at_most, position.tp or -inf)
    for order in orders:
        levels = found.setdefault(order.symbol, Thresholds())
        if order.type in MARKET_TYPES:
            levels.bid_at_most = inf  # the rest of a partial fill goes with the next tick
        elif is_buy(order.type):
            if order.type in LIMIT_TYPES:
                levels.ask_at_most = max(levels.ask_at_most, order.price_open)
            else:
                levels.ask_at_least = min(levels.ask_at_least, order.price_open)
        elif order.type in LIMIT_TYPES:
            levels.bid_at_least = min(levels.bid_at_least, order.price_open)
        else:
            levels.bid_at_most = max(levels.bid_at_most, order.price_open)
    return found


def closing_reason(position: TradePosition, quote: Quote) -> int | None:
    """Whether a tick closes a position, and why; buys are watched on the bid, sells on the ask."""
    if position.type == mt5.POSITION_TYPE_BUY:
        if position.sl and quote.bid <= position.sl:
            return mt5.DEAL_REASON_SL
        return mt5.DEAL_REASON_TP if position.tp and quote.bid >= position.tp else None
    if position.sl and quote.ask >= position.sl:
        return mt5.DEAL_REASON_SL
    return mt5.DEAL_REASON_TP if position.tp and quote.ask <= position.tp else None


def is_triggered(order: TradeOrder, quote: Quote) -> bool:
    """Whether a tick triggers a working order; buys look at the ask, sells at the bid."""
    if order.type in MARKET_TYPES:
        return True
    price = quote.ask if is_buy(order.type) else quote.bid
    waits_below = is_buy(order.type) == (order.type in LIMIT_TYPES)
    return price <= order.price_open if waits_below else price >= order.price_open
