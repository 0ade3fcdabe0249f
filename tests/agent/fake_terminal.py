"""A terminal in memory for the agent's own tests: fills at once, and answers as it is told to.

`book` is what the broker knows; it outlives the terminal, as a broker outlives a crash of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from agent.protocol import (
    AccountReport,
    HistoryOutcome,
    HistoryPayload,
    Level,
    OrderType,
    PartialClose,
    Side,
    SymbolSpec,
    TerminalHealth,
    TerminalState,
    Tick,
    TradeReport,
)
from agent.terminal.gateway import (
    Deal,
    OpenPosition,
    PendingOrder,
    SendClass,
    SendResult,
    TerminalUnavailable,
    Traces,
)

BID, ASK = 1.1, 1.1002


@dataclass
class Book:
    """What the broker knows of the account."""

    positions: list[OpenPosition] = field(default_factory=list)
    orders: list[PendingOrder] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    next_ticket: int = 1001
    replaces_comments: bool = False
    history_lag_looks: int = 0
    """How many looks into the history an execution stays invisible."""

    def ticket(self) -> int:
        self.next_ticket += 1
        return self.next_ticket

    def open(
        self, symbol: str, side: Side, lots: float, *, magic: int = 0, comment: str = "", at: datetime | None = None
    ) -> OpenPosition:
        ticket = self.ticket()
        price = ASK if side is Side.BUY else BID
        at = at or datetime.now(UTC)
        comment = "broker note" if self.replaces_comments else comment
        position = OpenPosition(ticket, symbol, side, lots, price, price, 0.0, 0.0, 0.0, 0.0, magic, comment, at)
        self.positions.append(position)
        self.deals.append(
            Deal(self.ticket(), ticket, ticket, symbol, side, 0, lots, price, 0, 0, 0, 0, magic, comment, at)
        )
        return position

    def close(self, position: OpenPosition, lots: float, *, magic: int, comment: str) -> Deal:
        side = Side.SELL if position.side is Side.BUY else Side.BUY
        comment = "broker note" if self.replaces_comments else comment
        deal = Deal(
            self.ticket(),
            self.ticket(),
            position.ticket,
            position.symbol,
            side,
            1,
            lots,
            BID,
            1.0,
            0,
            0,
            0,
            magic,
            comment,
            datetime.now(UTC),
        )
        self.deals.append(deal)
        self.positions = [p for p in self.positions if p.ticket != position.ticket]
        if position.volume_lots - lots > 1e-9:
            self.positions.append(replace(position, volume_lots=round(position.volume_lots - lots, 8)))
        return deal


@dataclass
class FakeTerminal:
    """The terminal protocol over a `Book`."""

    book: Book = field(default_factory=Book)
    login: int = 5001
    server: str = "Fake-Demo"
    is_away: bool = False
    is_connected: bool = True
    sent: list[dict[str, Any]] = field(default_factory=list)
    answers: list[SendResult | Exception | None] = field(default_factory=list)
    """Scripted answers, first one first; None executes, an exception is raised after executing."""
    on_send: Callable[[], None] | None = None
    connects: int = 0
    resubscribed: list[list[str]] = field(default_factory=list)
    is_closed: bool = False
    check: Callable[[], None] = lambda: None
    range: Decimal | None = None
    """What the ATR is, whatever the timeframe."""

    def connect(self) -> None:
        self.connects += 1
        self._reach()

    def close(self) -> None:
        self.is_closed = True

    def guard_sending(self, check: Callable[[], None]) -> None:
        self.check = check

    def _reach(self) -> None:
        if self.is_away:
            raise TerminalUnavailable("IPC timeout", -10005)

    def health(self) -> TerminalHealth:
        self._reach()
        return TerminalHealth(login=self.login, server=self.server, state=TerminalState.READY, is_trade_allowed=True)

    def account(self) -> AccountReport:
        self._reach()
        return AccountReport(
            login=self.login,
            server=self.server,
            currency="USD",
            balance=10_000,
            equity=10_000,
            paid=10_000,
            is_connected=self.is_connected,
            reported_at=datetime.now(UTC),
        )

    def symbols(self, names: list[str]) -> list[SymbolSpec]:
        self._reach()
        return [
            SymbolSpec(
                name=name,
                digits=5,
                point=1e-5,
                tick_size=1e-5,
                tick_value=1.0,
                contract_size=100_000,
                volume_min=0.01,
                volume_max=100,
                volume_step=0.01,
            )
            for name in names or ["EURUSD"]
        ]

    def ticks(self, names: list[str]) -> list[Tick]:
        self._reach()
        return [Tick(symbol=name, bid=BID, ask=ASK, time_msc=1) for name in names]

    def positions(self) -> list[OpenPosition]:
        self._reach()
        return list(self.book.positions)

    def orders(self) -> list[PendingOrder]:
        self._reach()
        return list(self.book.orders)

    def deals(self, since: datetime, until: datetime | None = None) -> list[Deal]:
        self._reach()
        return [deal for deal in self.book.deals if since <= deal.done_at and (until is None or deal.done_at <= until)]

    def count_deals(self, until: datetime) -> int:
        self._reach()
        return sum(deal.done_at <= until for deal in self.book.deals)

    def resubscribe(self, names: list[str]) -> None:
        self.resubscribed.append(names)

    def bars(self, wanted: HistoryPayload) -> HistoryOutcome:
        self._reach()
        bars = [(60 * minute, 1.1, 1.2, 1.0, 1.15, 7) for minute in range(wanted.count)]
        return HistoryOutcome(bars=bars, offset_s=0, read_at=datetime.now(UTC))

    def closed_trades(self, since: datetime, positions: Sequence[int] | None = None) -> list[TradeReport]:
        self._reach()
        return [
            TradeReport(
                ticket=deal.position,
                symbol=deal.symbol,
                side=Side.BUY,
                volume=deal.volume_lots,
                open_price=ASK,
                open_time=deal.done_at,
                close_price=deal.price,
                close_time=deal.done_at,
            )
            for deal in self.book.deals
            if deal.entry == 1 and deal.done_at >= since and (positions is None or deal.position in positions)
            if all(held.ticket != deal.position for held in self.book.positions)
        ]

    def partial_closes(self, position: int) -> list[PartialClose]:
        self._reach()
        return [
            PartialClose(
                deal=deal.ticket, done_at=deal.done_at, volume=deal.volume_lots, price=deal.price, amount=deal.profit
            )
            for deal in self.book.deals
            if deal.entry == 1 and deal.position == position
        ]

    def _answer(self, what: dict[str, Any], execute: Callable[[], SendResult]) -> SendResult:
        self._reach()
        self.check()
        self.sent.append(what)
        if self.on_send is not None:
            self.on_send()
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, SendResult):
            return answer
        result = execute()
        if answer is not None:
            raise answer
        return result

    def open_trade(
        self,
        *,
        symbol: str,
        side: Side,
        order_type: OrderType,
        volume_lots: float,
        price: float | None,
        sl: Level | None,
        tp: Level | None,
        deviation_points: int,
        magic: int,
        comment: str,
    ) -> SendResult:
        def execute() -> SendResult:
            if order_type is not OrderType.MARKET:
                assert price is not None
                order = PendingOrder(
                    self.book.ticket(),
                    symbol,
                    side,
                    order_type,
                    volume_lots,
                    price,
                    0,
                    0,
                    magic,
                    comment,
                    datetime.now(UTC),
                )
                self.book.orders.append(order)
                return SendResult(SendClass.PLACED, 10009, "Request executed", order=order.ticket)
            position = self.book.open(symbol, side, volume_lots, magic=magic, comment=comment)
            deal = self.book.deals[-1]
            return SendResult(
                SendClass.DONE,
                10009,
                "Request executed",
                position.ticket,
                deal.ticket,
                position.ticket,
                volume_lots,
                position.open_price,
                position.open_price,
            )

        return self._answer({"do": "open", "symbol": symbol, "side": side, "lots": volume_lots}, execute)

    def close_position(
        self, position: OpenPosition, *, volume_lots: float, deviation_points: int, magic: int, comment: str
    ) -> SendResult:
        def execute() -> SendResult:
            deal = self.book.close(position, volume_lots, magic=magic, comment=comment)
            return SendResult(
                SendClass.DONE,
                10009,
                "Request executed",
                deal.order,
                deal.ticket,
                position.ticket,
                volume_lots,
                deal.price,
                deal.price,
            )

        return self._answer({"do": "close", "ticket": position.ticket, "lots": volume_lots}, execute)

    def close_by(self, position: OpenPosition, other: OpenPosition, *, magic: int, comment: str) -> SendResult:
        def execute() -> SendResult:
            lots = min(position.volume_lots, other.volume_lots)
            deal = self.book.close(position, lots, magic=magic, comment=comment)
            self.book.close(other, lots, magic=magic, comment=comment)
            text = "Request executed"
            return SendResult(
                SendClass.DONE, 10009, text, deal.order, deal.ticket, position.ticket, lots, other.open_price
            )

        return self._answer({"do": "close_by", "ticket": position.ticket, "by": other.ticket}, execute)

    def average_true_range(self, symbol: str, timeframe: str, period: int) -> Decimal | None:
        self._reach()
        return self.range

    def modify_position(self, position: OpenPosition, *, sl: float, tp: float) -> SendResult:
        def execute() -> SendResult:
            self.book.positions = [
                replace(p, sl=sl, tp=tp) if p.ticket == position.ticket else p for p in self.book.positions
            ]
            return SendResult(SendClass.DONE, 10009, "Request executed", position=position.ticket)

        return self._answer({"do": "modify", "ticket": position.ticket, "sl": sl, "tp": tp}, execute)

    def modify_order(self, order: PendingOrder, *, price: float, sl: float, tp: float) -> SendResult:
        def execute() -> SendResult:
            changed = replace(order, price=price, sl=sl, tp=tp)
            self.book.orders = [changed if o.ticket == order.ticket else o for o in self.book.orders]
            return SendResult(SendClass.DONE, 10009, "Request executed", order=order.ticket)

        return self._answer({"do": "modify_order", "ticket": order.ticket}, execute)

    def cancel_order(self, order: PendingOrder) -> SendResult:
        def execute() -> SendResult:
            self.book.orders = [o for o in self.book.orders if o.ticket != order.ticket]
            return SendResult(SendClass.DONE, 10009, "Request executed", order=order.ticket)

        return self._answer({"do": "cancel", "ticket": order.ticket}, execute)

    def traces(self, *, magic: int, tag: str, since: datetime) -> Traces:
        self._reach()
        if self.book.history_lag_looks > 0:
            self.book.history_lag_looks -= 1
            return Traces()

        def is_ours(item: OpenPosition | PendingOrder | Deal) -> bool:
            return (bool(tag) and tag in item.comment) or (magic != 0 and item.magic == magic)

        return Traces(
            tuple(p for p in self.book.positions if is_ours(p) and p.opened_at >= since - timedelta(days=1)),
            tuple(o for o in self.book.orders if is_ours(o)),
            tuple(d for d in self.book.deals if is_ours(d) and d.done_at >= since),
        )
