"""What a terminal's child reports without being asked: prices, account, positions, closed trades, health.

Everything goes out as the terminal says it. What changes in kind (a position opened, a balance moved) goes at once;
what merely floats with the price goes at most every `floating_s`; everything goes again at the agreed intervals.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from agent.protocol import AccountReport, AgentIntervals, SymbolSpec, Tick
from agent.terminal.gateway import OpenPosition, Terminal

POLL_S = 0.5
SYMBOLS_S = 60.0
FIRST_HISTORY = timedelta(days=90)
OVERLAP = timedelta(minutes=2)
"""How far every look into the history reaches back behind the last one."""
JUST_NOW = timedelta(seconds=10)
_ENTRY_IN = 0
_MOST_SYMBOLS_UNASKED = 50
_CHUNK = 500
_NEVER_S = 1e9
_CATCH_UP_S = 2.0

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

    def __init__(self, terminal: Terminal, say: Callable[[dict[str, Any]], None]) -> None:
        self.wishes = Wishes()
        self._terminal = terminal
        self._say = say
        self._history_from = datetime.now(UTC) - FIRST_HISTORY
        self._due: dict[str, float] = {}
        self._ticks: dict[str, Tick] = {}
        self._account = _UNSENT
        self._open = _UNSENT
        self._specs: list[SymbolSpec] = []
        self._market_watch: tuple[str, ...] = ()
        self._held_symbols: frozenset[str] = frozenset()
        self._closed: dict[int, tuple[Any, ...]] = {}
        self._seen_deals: dict[int, datetime] = {}

    def continue_history(self, closed_until: datetime | None) -> None:
        """Report closed trades from where an earlier run was acknowledged, instead of the last 90 days."""
        if closed_until is not None:
            self._history_from = closed_until - OVERLAP

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

    def _account_figures(self) -> None:
        report = self._terminal.account()
        firm = _firm(report)
        floating = (report.equity, report.profit, report.margin, report.margin_free)
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
        positions = self._terminal.positions()
        held = frozenset(position.symbol for position in positions)
        firm = tuple((p.ticket, p.volume_lots, p.sl, p.tp) for p in positions)
        floating = tuple((p.profit, p.current_price, p.swap) for p in positions)
        before, after = {row[0]: row[1] for row in self._open[0]}, {row[0]: row[1] for row in firm}
        is_closed = any(after.get(ticket, 0.0) < lots for ticket, lots in before.items())
        self._held_symbols = held
        if firm != self._open[0]:
            self._account = _UNSENT
            self._due["account"] = 0.0
        if self._is_news(self._open, firm, floating, self.wishes.intervals.positions_s):
            self._open = (firm, floating, time.monotonic())
            self._say({"say": "open", "at": _now(), "open": [_row(position) for position in positions]})
        if is_closed:
            now = time.monotonic()
            self._due.update(closed_now=now, closed_again=now + _CATCH_UP_S)

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
        fresh_deals = [
            deal
            for deal in self._terminal.deals(since)
            if deal.entry != _ENTRY_IN and deal.position and deal.ticket not in self._seen_deals
        ]
        if not fresh_deals:
            return
        fresh = []
        for row in self._terminal.closed_trades(min(deal.done_at for deal in fresh_deals) - timedelta(seconds=1)):
            figures = (row.close_time, row.volume, row.profit, row.swap, row.commission)
            if self._closed.get(row.ticket) != figures:
                self._closed[row.ticket] = figures
                fresh.append(row.model_dump(mode="json"))
        self._seen_deals.update((deal.ticket, deal.done_at) for deal in fresh_deals)
        for start in range(0, len(fresh), _CHUNK):
            self._say({"say": "closed", "closed": fresh[start : start + _CHUNK]})

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
    )


def _row(position: OpenPosition) -> dict[str, Any]:
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
    }


def _now() -> str:
    return datetime.now(UTC).isoformat()
