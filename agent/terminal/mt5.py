"""The `Terminal` protocol over the API of the MetaTrader5 package: the real one, the simulator, or mt5linux.

The only module that imports the real package, and only when it is asked for. Everything here runs in the terminal's own
child process: the package holds one connection per process and blocks it.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

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
    Tick,
    TradeReport,
)
from agent.terminal import closing, history, reading
from agent.terminal.balance_check import DealsSum
from agent.terminal.config import TerminalConfig
from agent.terminal.gateway import (
    Deal,
    OpenPosition,
    OrderInvalid,
    PendingOrder,
    SendResult,
    TerminalUnavailable,
    Traces,
)
from agent.terminal.order_terms import (
    check_levels,
    checked_magic,
    filling_modes,
    level_price,
    pending_price,
    rounded_price,
    safe_comment,
    snapped_volume,
)
from agent.terminal.remote import RemotePackage
from agent.terminal.sending import CHANGE, DEAL, PENDING, REMOVE, SLTP, Prepared, Sender
from agent.terminal.session import Session, utc_now
from agent.terminal.tracing import belongs_by_magic, belongs_by_tag

GOOD_TILL_CANCELLED: Final = 0
_DAY: Final = timedelta(days=1)
_CLOCK_SLACK: Final = timedelta(minutes=2)
"""How far the machine's clock and the server's may be apart without a trace being missed."""
_UNKNOWN_ZONE_SLACK: Final = timedelta(hours=16)


def load_package(config: TerminalConfig) -> Any:
    """The module (or client object) that speaks the MetaTrader5 API for this configuration."""
    if config.kind == "mt5linux":
        return RemotePackage(config)
    if sys.platform != "win32":
        raise TerminalUnavailable("the MetaTrader5 package runs on Windows only; use mt5linux or the simulator here")
    return importlib.import_module("MetaTrader5")


class Mt5Terminal:
    """One MetaTrader 5 terminal; see `gateway.Terminal` for what each method promises."""

    def __init__(
        self,
        api: Any,
        config: TerminalConfig,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = api
        self._session = Session(api, config, now, sleep)
        self._sender = Sender(self._session)
        self._now = now
        self._deals_sum = DealsSum(self._deal_rows, self._session.clock, now)
        self._day_start: tuple[datetime | None, float, float] = None, 0.0, 0.0

    # --- connection and reading -------------------------------------------------------------------------------------

    def connect(self) -> None:
        self._session.connect()

    def close(self) -> None:
        self._session.close()

    def guard_sending(self, check: Callable[[], None]) -> None:
        self._sender.guard = check

    def health(self) -> TerminalHealth:
        return self._session.health()

    def account(self) -> AccountReport:
        standing = self._session.standing()
        account = standing.account
        deals = self._deals_sum.of(account.balance, account.currency_digits)
        return AccountReport(
            login=account.login,
            server=account.server,
            broker=account.company,
            name=account.name,
            currency=account.currency,
            leverage=max(1, account.leverage),
            margin_mode=account.margin_mode,
            trade_mode=account.trade_mode,
            balance=account.balance,
            credit=account.credit,
            equity=account.equity,
            profit=account.profit,
            margin=account.margin,
            margin_free=account.margin_free,
            margin_level=account.margin_level,
            day_start_balance=self._day_start_balance(
                account.balance, account.currency_digits, is_told=deals is not None
            ),
            deals_sum=None if deals is None else deals.booked,
            paid=None if deals is None else deals.paid,
            day_started_at=self._day_started_at(),
            is_trade_allowed=not standing.problem,
            is_connected=bool(standing.terminal.connected),
            reported_at=self._now(),
        )

    def symbols(self, names: list[str]) -> list[SymbolSpec]:
        if names:
            wanted = [found for name in names if (found := self._session.visible_name(name))]
        else:
            everything = self._session.answered(self._api.symbols_get(), "the symbols cannot be read")
            wanted = [each.name for each in everything if each.select]
        specs = (reading.symbol_spec(self._session, name) for name in dict.fromkeys(wanted))
        return [spec for spec in specs if spec is not None]

    def ticks(self, names: list[str]) -> list[Tick]:
        found = []
        for name in names:
            tick = self._api.symbol_info_tick(name)
            if tick is None:
                symbol = self._session.visible_name(name)
                if symbol is None or not self._api.symbol_select(symbol, True):  # noqa: FBT003  # takes no keyword
                    continue
                tick, name = self._api.symbol_info_tick(symbol), symbol  # noqa: PLW2901  # the broker's own name
            if tick is None or tick.bid <= 0 or tick.ask <= 0:
                continue
            self._session.clock.look(name, int(tick.time_msc), self._now())
            at_msc = self._session.clock.to_utc_msc(int(tick.time_msc))
            found.append(Tick(symbol=name, bid=tick.bid, ask=tick.ask, time_msc=max(0, at_msc)))
        return found

    def positions(self) -> list[OpenPosition]:
        rows = self._session.answered(self._api.positions_get(), "the positions cannot be read")
        return [reading.open_position(row, self._session.clock) for row in rows]

    def orders(self) -> list[PendingOrder]:
        return [order for order in self._working_orders() if order.order_type is not OrderType.MARKET]

    def deals(self, since: datetime, until: datetime | None = None) -> list[Deal]:
        end = until or self._now() + _DAY
        found = [history.deal(row, self._session.clock) for row in self._deal_rows(since, end)]
        return [each for each in found if each.done_at >= since and (until is None or each.done_at <= until)]

    def count_deals(self, until: datetime) -> int:
        first, last = int(history.BEGINNING.timestamp()), int(self._session.clock.to_server(until))
        return int(self._session.answered(self._api.history_deals_total(first, last), "the deals cannot be counted"))

    def closed_trades(self, since: datetime, positions: Sequence[int] | None = None) -> list[TradeReport]:
        if positions is None:
            positions = history.closing_positions(self._deal_rows(since, self._now() + _DAY))
        trades = []
        for position_id in positions:
            deals = self._deals_of(position_id)
            trade = history.closed_trade(deals, self._opening_levels(position_id), self._session.clock)
            if trade is not None and trade.close_time is not None and trade.close_time >= since:
                trades.append(trade)
        return trades

    def partial_closes(self, position: int) -> list[PartialClose]:
        return history.partial_closes(self._deals_of(position), self._session.clock)

    def resubscribe(self, names: list[str]) -> None:
        for name in names:
            self._api.symbol_select(name, False)  # noqa: FBT003  # refused for symbols in use, which does no harm
            self._api.symbol_select(name, True)  # noqa: FBT003

    def bars(self, wanted: HistoryPayload) -> HistoryOutcome:
        return history.bars(self._session, wanted)

    # --- trading ----------------------------------------------------------------------------------------------------

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
        def prepare() -> Prepared:
            info, prices = self._session.tradable(symbol)
            is_market = order_type is OrderType.MARKET
            entry = prices.entry(side) if is_market else pending_price(info, prices, side, order_type, price)
            stop = level_price(info, sl, side, entry, is_stop=True)
            target = level_price(info, tp, side, entry, is_stop=False)
            check_levels(info, side, prices.exit(side) if is_market else entry, stop, target)
            request: dict[str, Any] = {
                "action": DEAL if is_market else PENDING,
                "symbol": info.name,
                "volume": snapped_volume(volume_lots, info.volume_step, info.volume_min, info.volume_max),
                "type": reading.TYPE_NUMBERS[side, order_type],
                "price": rounded_price(info, entry),
                "sl": stop,
                "tp": target,
                "deviation": max(0, deviation_points),
                "type_time": GOOD_TILL_CANCELLED,
                "magic": checked_magic(magic),
                "comment": safe_comment(comment),
            }
            return request, filling_modes(info, is_pending=not is_market)

        return self._sender.submit(prepare)

    def close_position(
        self, position: OpenPosition, *, volume_lots: float, deviation_points: int, magic: int, comment: str
    ) -> SendResult:
        def prepare() -> Prepared:
            info, prices = self._session.ready(position.symbol)
            opposite = Side.SELL if position.side is Side.BUY else Side.BUY
            held = self._sender.held_lots(position)
            volume = held
            if volume_lots < held:
                volume = snapped_volume(volume_lots, info.volume_step, info.volume_min, held)
            request: dict[str, Any] = {
                "action": DEAL,
                "symbol": position.symbol,
                "volume": float(volume),
                "type": reading.TYPE_NUMBERS[opposite, OrderType.MARKET],
                "position": position.ticket,
                "price": rounded_price(info, prices.entry(opposite)),
                "deviation": max(0, deviation_points),
                "type_time": GOOD_TILL_CANCELLED,
                "magic": checked_magic(magic),
                "comment": safe_comment(comment),
            }
            return request, filling_modes(info, is_pending=False)

        return self._sender.submit(prepare, position.ticket)

    def close_by(self, position: OpenPosition, other: OpenPosition, *, magic: int, comment: str) -> SendResult:
        return closing.close_by(self._session, self._sender, position, other, magic=magic, comment=comment)

    def average_true_range(self, symbol: str, timeframe: str, period: int) -> Decimal | None:
        return closing.true_range(self._session, symbol, timeframe, period)

    def modify_position(self, position: OpenPosition, *, sl: float, tp: float) -> SendResult:
        def prepare() -> Prepared:
            info, prices = self._session.ready(position.symbol)
            stop, target = rounded_price(info, sl) if sl else 0.0, rounded_price(info, tp) if tp else 0.0
            check_levels(
                info,
                position.side,
                prices.exit(position.side),
                stop if stop != position.sl else 0.0,  # an unchanged level is not ours to judge
                target if target != position.tp else 0.0,
            )
            request = {"action": SLTP, "symbol": position.symbol, "position": position.ticket, "sl": stop, "tp": target}
            return request, []

        return self._sender.submit(prepare, position.ticket)

    def modify_order(self, order: PendingOrder, *, price: float, sl: float, tp: float) -> SendResult:
        def prepare() -> Prepared:
            rows = self._session.answered(self._api.orders_get(ticket=order.ticket), "the order cannot be read")
            if not rows:
                raise OrderInvalid(f"order {order.ticket} waits no longer: it was filled, cancelled or has expired")
            info, prices = self._session.ready(order.symbol)
            asked = price
            if rounded_price(info, price) != order.price:  # an unchanged price is not ours to judge
                asked = pending_price(info, prices, order.side, order.order_type, price)
            stop, target = rounded_price(info, sl) if sl else 0.0, rounded_price(info, tp) if tp else 0.0
            check_levels(info, order.side, asked, stop, target)
            request: dict[str, Any] = {
                "action": CHANGE,
                "order": order.ticket,
                "symbol": order.symbol,
                "price": rounded_price(info, asked),
                "stoplimit": float(rows[0].price_stoplimit),
                "sl": stop,
                "tp": target,
                "type_time": int(rows[0].type_time),
                "expiration": int(rows[0].time_expiration),
            }
            return request, []

        return self._sender.submit(prepare)

    def cancel_order(self, order: PendingOrder) -> SendResult:
        return self._sender.submit(lambda: ({"action": REMOVE, "order": order.ticket, "symbol": order.symbol}, []))

    def traces(self, *, magic: int, tag: str, since: datetime) -> Traces:
        slack = _CLOCK_SLACK if self._session.clock.is_measured else _UNKNOWN_ZONE_SLACK
        start = since - slack
        positions, orders = self.positions(), self._working_orders()
        rows = self._deal_rows(start, self._now() + _DAY)
        deals = [(row, history.deal(row, self._session.clock)) for row in rows]
        tagged = Traces(
            positions=tuple(each for each in positions if belongs_by_tag(each.comment, tag)),
            orders=tuple(each for each in orders if belongs_by_tag(each.comment, tag)),
            deals=tuple(each for _, each in deals if belongs_by_tag(each.comment, tag)),
        )
        if not tagged.is_empty:
            return tagged
        return Traces(
            positions=tuple(
                each for each in positions if each.opened_at >= start and belongs_by_magic(each, magic, tag)
            ),
            orders=tuple(each for each in orders if each.placed_at >= start and belongs_by_magic(each, magic, tag)),
            deals=tuple(
                each for row, each in deals if each.done_at >= start and belongs_by_magic(each, magic, tag, row.reason)
            ),
        )

    # --- inside -----------------------------------------------------------------------------------------------------

    def _working_orders(self) -> list[PendingOrder]:
        """All working orders, market orders still under way among them."""
        rows = self._session.answered(self._api.orders_get(), "the orders cannot be read")
        found = (reading.pending_order(row, self._session.clock) for row in rows)
        return [order for order in found if order is not None]

    def _deals_of(self, position: int) -> Any:
        return self._session.answered(
            self._api.history_deals_get(position=position), "the deals of a position cannot be read"
        )

    def _deal_rows(self, since: datetime, until: datetime) -> Any:
        clock = self._session.clock
        slack = timedelta(0) if clock.is_measured else _UNKNOWN_ZONE_SLACK
        first, last = int(clock.to_server(since - slack)), int(clock.to_server(until + slack)) + 1
        return self._session.answered(self._api.history_deals_get(first, last), "the deals cannot be read")

    def _opening_levels(self, position_id: int) -> tuple[float, float]:
        """SL and TP of the order that opened a position; deals know neither."""
        orders = self._api.history_orders_get(position=position_id)
        if not orders:
            return 0.0, 0.0
        first = min(orders, key=lambda row: (row.time_setup_msc, row.ticket))
        return float(first.sl), float(first.tp)

    def _day_start_balance(self, balance: float, digits: int, *, is_told: bool) -> float | None:
        """Balance without what trading has booked since the server's midnight; None while its zone is unknown.

        Deposits and withdrawals of the day count as if made before it, so that they are neither loss nor gain.
        """
        clock = self._session.clock
        if not clock.is_measured:
            return None
        midnight = clock.last_midnight(self._now())
        if self._day_start[:2] == (midnight, balance):
            return self._day_start[2]  # without a booking there is nothing new to sum up
        rows = self._deal_rows(midnight, self._now() + _DAY)
        booked = sum(history.booked(row) for row in rows if history.side_of(row.type) is not None)
        start = float(round(balance - booked, digits))
        if is_told:  # until every deal behind this balance is told, it is summed up anew
            self._day_start = midnight, balance, start
        return start

    def _day_started_at(self) -> datetime | None:
        clock = self._session.clock
        return clock.last_midnight(self._now()) if clock.is_measured else None
