"""What a terminal's child reports without being asked: prices, account, positions, closed trades, health.

Everything goes out as the terminal says it. What changes in kind (a position opened, a balance moved) goes at once;
what merely floats with the price goes at most every `floating_s`; everything goes again at the agreed intervals.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from agent.backfill import BackFill
from agent.protocol import AccountReport, AgentIntervals, PartialClose, Protection, SymbolSpec, Tick
from agent.silence import Silence
from agent.terminal import history
from agent.terminal.gateway import OpenPosition, PendingOrder, Terminal

log = logging.getLogger(__name__)

POLL_S = 0.5
SYMBOLS_S = 60.0
FIRST_HISTORY = timedelta(days=1)
"""What is told first of an account never reported before; the back-fill tells the rest."""
OVERLAP = timedelta(minutes=2)
"""How far every look into the history reaches back behind the last one."""
JUST_NOW = timedelta(seconds=10)
_ENTRY_IN = 0
_MOST_SYMBOLS_UNASKED = 50
_CHUNK = 500
_NEVER_S = 1e9
_CATCH_UP_S = 2.0
_PAST_S = 0.05

Sent: TypeAlias = tuple[tuple[Any, ...], tuple[Any, ...], float]
_UNSENT: Sent = ((), (), -1e9)


@dataclass(slots=True)
class Wishes:
    """What the supervisor wants of this terminal."""

    intervals: AgentIntervals = field(default_factory=AgentIntervals)
    symbols: tuple[str, ...] = ()
    is_feed: bool = True
    """Whether this terminal's prices are wanted; of several at one broker, one is enough."""
    floating_s: float = 1.0


class Reports:
    """The reporting side of one terminal; `pump` does what is due and tells when it wants to be called again."""

    def __init__(
        self,
        terminal: Terminal,
        say: Callable[[dict[str, Any]], None],
        protections: Callable[[], Mapping[int, Protection]] = dict,
    ) -> None:
        self.wishes = Wishes()
        self._protections = protections
        self._terminal = terminal
        self._say = say
        self._began = datetime.now(UTC)
        self._history_from = self._began - FIRST_HISTORY
        self.past = BackFill(terminal, say, self._history_from)
        self._silence = Silence()
        self._due: dict[str, float] = {}
        self._ticks: dict[str, Tick] = {}
        self._account = _UNSENT
        self._open = _UNSENT
        self._waiting: tuple[Any, ...] = ()
        self._specs: list[SymbolSpec] = []
        self._market_watch: tuple[str, ...] = ()
        self._held_symbols: frozenset[str] = frozenset()
        self._closed: dict[int, tuple[Any, ...]] = {}
        self._partial_closes: dict[int, list[PartialClose]] = {}
        self._seen_deals: dict[int, datetime] = {}

    def continue_history(self, closed_until: datetime | None, past: str | None) -> None:
        """Report closed trades from where an earlier run was acknowledged, and the past before it likewise."""
        self.past.resume(past)
        if closed_until is not None:
            self._history_from = closed_until - OVERLAP
        elif past is not None:
            self._history_from = self.past.began - OVERLAP

    def everything_now(self) -> None:
        """Make every report due, and send it even if nothing changed (a `sync` job, or after connecting)."""
        self._due.clear()
        self._ticks.clear()
        self._specs = []
        self._account = self._open = _UNSENT

    def health_now(self) -> None:
        """Make the next report one of the terminal's health."""
        self._due["health"] = -_NEVER_S

    def after_trade(self) -> None:
        """Make what a trade changes due at once; what it closed is noticed by the positions that are gone."""
        now = time.monotonic()
        self._due.update(positions=now, account=now)

    def pump(self) -> float:
        """Send the report that is due first, one a call so that a job never waits for more than one.

        Returns seconds until the next is due, 0 when there is one already. Raises TerminalUnavailable.
        """
        now = time.monotonic()
        every = self._every()
        name = min(every, key=lambda name: self._due.get(name, 0.0))
        if now >= self._due.get(name, 0.0):
            period, report = every[name]
            self._due[name] = now + period
            report()
        soonest = min(self._due.get(name, 0.0) for name in every)
        return max(0.0, soonest - time.monotonic())

    def _every(self) -> dict[str, tuple[float, Callable[[], None]]]:
        intervals = self.wishes.intervals
        every: dict[str, tuple[float, Callable[[], None]]] = {
            "positions": (min(POLL_S, intervals.positions_s), self._positions),
            "account": (min(POLL_S, intervals.account_s), self._account_figures),
            "closed": (intervals.history_s, self._closed_trades),
            "closed_now": (_NEVER_S, self._closed_just_now),
            "closed_again": (_NEVER_S, self._closed_just_now),
            "health": (intervals.heartbeat_s, self._health),
            "symbols": (SYMBOLS_S, self._symbols),
        }
        if self.past.is_due:
            every["past"] = (_PAST_S, self.past.step)
        if self.wishes.is_feed:
            every["prices"] = (intervals.prices_s, self._prices)
        return every

    def sync(self, since: datetime | None) -> None:
        """Report everything now, closed trades from `since` on."""
        self.everything_now()
        if since is not None:
            self._history_from = min(self._history_from, since)
            self._closed.clear()
            self._seen_deals.clear()
        for _, report in self._every().values():
            report()

    def _health(self) -> None:
        self._say({"say": "health", "health": self._terminal.health().model_dump(mode="json")})

    def _prices(self) -> None:
        names = self.wishes.symbols or self._market_watch
        wanted = list(dict.fromkeys((*names, *sorted(self._held_symbols))))
        if not wanted:
            return
        changed = [tick for tick in self._terminal.ticks(wanted) if self._ticks.get(tick.symbol) != tick]
        if changed:
            self._ticks.update((tick.symbol, tick) for tick in changed)
            self._say({"say": "ticks", "ticks": [tick.model_dump() for tick in changed]})
        if self._silence.is_to_be_broken(has_news=bool(changed)):
            log.info("no price has changed for a while; subscribing to %s symbols anew", len(wanted))
            self._terminal.resubscribe(wanted)

    def _account_figures(self) -> None:
        report = self._terminal.account()
        firm = _firm(report)
        floating = (report.equity, report.profit, report.margin, report.margin_free)
        if self._account[0] and self._account[0][0] != report.balance:
            self._due["closed_now"] = 0.0  # a deposit or the like, unless a position closed
        if self._is_news(self._account, firm, floating, self.wishes.intervals.account_s):
            self._account = (firm, floating, time.monotonic())
            self._say({"say": "account", "account": report.model_dump(mode="json", exclude={"symbols"})})

    def _symbols(self) -> None:
        specs = self._terminal.symbols([])
        self._market_watch = tuple(spec.name for spec in specs[:_MOST_SYMBOLS_UNASKED])
        if specs != self._specs:
            self._specs = specs
            rows = [spec.model_dump(mode="json") for spec in specs]
            report = self._terminal.account().model_dump(mode="json")
            self._say({"say": "account", "account": {**report, "symbols": rows}})

    def _positions(self) -> None:
        # Orders first: one filled in between is told twice for a moment, never not at all.
        orders = self._terminal.orders()
        positions = self._terminal.positions()
        held = frozenset([position.symbol for position in positions] + [order.symbol for order in orders])
        protections = self._protections()
        partial_closes = self._partial_closes_of(positions)
        firm = tuple(
            (p.ticket, p.volume_lots, p.sl, p.tp, protections.get(p.ticket), len(partial_closes[p.ticket]))
            for p in positions
        )
        waiting = tuple((o.ticket, o.volume_lots, o.price, o.sl, o.tp) for o in orders)
        floating = tuple((p.profit, p.current_price, p.swap) for p in positions)
        before, after = {row[0]: row[1] for row in self._open[0]}, {row[0]: row[1] for row in firm}
        is_closed = any(after.get(ticket, 0.0) < lots for ticket, lots in before.items())
        self._held_symbols = held
        if firm != self._open[0]:
            self._account = _UNSENT
            self._due["account"] = 0.0
        is_news = self._is_news(self._open, firm, floating, self.wishes.intervals.positions_s)
        if is_news or waiting != self._waiting:
            self._open, self._waiting = (firm, floating, time.monotonic()), waiting
            rows = [_row(p, protections.get(p.ticket), partial_closes[p.ticket]) for p in positions]
            self._say({"say": "open", "at": _now(), "open": rows, "orders": [_order_row(order) for order in orders]})
        if is_closed:
            now = time.monotonic()
            self._due.update(closed_now=now, closed_again=now + _CATCH_UP_S)

    def _partial_closes_of(self, positions: list[OpenPosition]) -> dict[int, list[PartialClose]]:
        """By ticket. Those from before this run are read when a position is first seen, later ones with their deals."""
        self._partial_closes = {
            position.ticket: self._terminal.partial_closes(position.ticket)
            if position.ticket not in self._partial_closes and position.opened_at < self._began
            else self._partial_closes.get(position.ticket, [])
            for position in positions
        }
        return self._partial_closes

    def _closed_trades(self) -> None:
        """Everything closed since the last look, with an overlap for a history that lags."""
        started = datetime.now(UTC)
        self._tell_closed(self._history_from)
        self._history_from = max(self._history_from, started - OVERLAP)
        oldest = self._history_from - OVERLAP
        self._seen_deals = {ticket: at for ticket, at in self._seen_deals.items() if at >= oldest}
        self._closed = {ticket: row for ticket, row in self._closed.items() if row[0] is None or row[0] >= oldest}

    def _closed_just_now(self) -> None:
        self._tell_closed(max(self._history_from, datetime.now(UTC) - JUST_NOW))

    def _tell_closed(self, since: datetime) -> None:
        """Tell the trades whose closing deals were not seen before; the deals alone are cheap to look through."""
        unseen = [deal for deal in self._terminal.deals(since) if deal.ticket not in self._seen_deals]
        operations = [each for deal in unseen if (each := history.balance_operation(deal)) is not None]
        if operations:
            self._say({"say": "operations", "operations": [each.model_dump(mode="json") for each in operations]})
            self._seen_deals.update((each.ticket, each.done_at) for each in operations)
        fresh_deals = [deal for deal in unseen if deal.entry != _ENTRY_IN and deal.position]
        if not fresh_deals:
            return
        fresh = []
        rows = self._terminal.closed_trades(min(deal.done_at for deal in fresh_deals) - timedelta(seconds=1))
        self._note_partial_closes({deal.position for deal in fresh_deals} - {row.ticket for row in rows})
        for row in rows:
            figures = (row.close_time, row.volume, row.profit, row.swap, row.commission)
            if self._closed.get(row.ticket) != figures:
                self._closed[row.ticket] = figures
                fresh.append(row.model_dump(mode="json"))
        self._seen_deals.update((deal.ticket, deal.done_at) for deal in fresh_deals)
        for start in range(0, len(fresh), _CHUNK):
            self._say({"say": "closed", "closed": fresh[start : start + _CHUNK]})

    def _note_partial_closes(self, reduced: set[int]) -> None:
        """Read anew what was closed of positions that are still open, and tell it with them."""
        for ticket in reduced:
            self._partial_closes[ticket] = self._terminal.partial_closes(ticket)
            self._due["positions"] = 0.0

    def _is_news(self, last: Sent, firm: object, floating: object, period: float) -> bool:
        age = time.monotonic() - last[2]
        return firm != last[0] or age >= period or (floating != last[1] and age >= self.wishes.floating_s)


def _firm(report: AccountReport) -> tuple[Any, ...]:
    """What only changes when something happened."""
    return (
        report.balance,
        report.credit,
        report.is_trade_allowed,
        report.is_connected,
        report.leverage,
        report.day_start_balance,
        report.deals_sum,
        report.paid,
    )


def _row(position: OpenPosition, protection: Protection | None, partial_closes: list[PartialClose]) -> dict[str, Any]:
    return {
        "ticket": position.ticket,
        "symbol": position.symbol,
        "side": position.side,
        "volume": position.volume_lots,
        "open_price": position.open_price,
        "open_time": position.opened_at.isoformat(),
        "sl": position.sl,
        "tp": position.tp,
        "current_price": position.current_price,
        "profit": position.profit,
        "swap": position.swap,
        "magic": position.magic,
        "comment": position.comment,
        "protection": None if protection is None else protection.model_dump(mode="json"),
        "partial_closes": [each.model_dump(mode="json") for each in partial_closes] or None,
    }


def _order_row(order: PendingOrder) -> dict[str, Any]:
    return {
        "ticket": order.ticket,
        "symbol": order.symbol,
        "side": order.side,
        "order_type": order.order_type,
        "volume": order.volume_lots,
        "price": order.price,
        "sl": order.sl,
        "tp": order.tp,
        "placed_at": order.placed_at.isoformat(),
        "magic": order.magic,
        "comment": order.comment,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat()
