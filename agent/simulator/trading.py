"""Orders, positions, deals and their history in a simulated terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import sleep
from typing import Any, Final, Protocol, TypeVar

from agent.simulator import constants as mt5
from agent.simulator.account import Account
from agent.simulator.books import Books
from agent.simulator.broker import Broker
from agent.simulator.calling import (
    ERROR_TEXTS,
    CallFailed,
    c_float,
    c_int,
    matches_group,
    moment,
    text,
    trade_request,
    unnamed_refused,
    whole_number,
)
from agent.simulator.faults import FaultKind
from agent.simulator.market_watch import MarketWatch
from agent.simulator.native import log, native_function
from agent.simulator.orders import is_buy
from agent.simulator.structures import OrderCheckResult, OrderSendResult, TradeDeal, TradeOrder, TradePosition
from agent.simulator.views import Installation

PYTHON_API_DISABLED: Final = -8
INTERNAL_FAILURE: Final = -10000
_LAST_MS: Final = (1 << 62) - 1


class _Ticketed(Protocol):
    @property
    def ticket(self) -> int: ...
    @property
    def symbol(self) -> str: ...


Held = TypeVar("Held", bound=_Ticketed)


class Trading(MarketWatch):
    """What a terminal does and knows of its account's trades."""

    def __init__(
        self,
        account: Account,
        broker: Broker,
        installation: Installation,
        now_ms: Callable[[], int],
        first_quote_s: float,
        delay_s: float,
    ) -> None:
        super().__init__(account, broker, installation, now_ms, first_quote_s)
        self._delay_s = delay_s
        self.order_send: Callable[..., OrderSendResult | None] = native_function(
            "order_send", self._order_send, self._broke
        )
        """Send a request to the trade server; called exactly as the C function allows."""
        self.order_check: Callable[..., OrderCheckResult | None] = native_function(
            "order_check", self._order_check, self._broke
        )
        """What the trade server would say to a request."""

    # --- orders and positions ---------------------------------------------------------------------------------------

    def orders_total(self) -> int | None:
        """How many orders are working."""
        return self._call("orders_total", lambda: len(self._played_books().orders))

    def orders_get(self, *args: Any, **kwargs: Any) -> tuple[TradeOrder, ...] | None:
        """Working orders: all, of a symbol, of a group, or one by ticket."""

        def body() -> tuple[TradeOrder, ...]:
            now = self._play()
            found = self._filtered(self.books.orders.values(), args, kwargs)
            return tuple(self._priced(each, now) for each in found)

        return self._call("orders_get", body)

    def positions_total(self) -> int | None:
        """How many positions are open."""
        return self._call("positions_total", lambda: len(self._played_books().positions))

    def positions_get(self, *args: Any, **kwargs: Any) -> tuple[TradePosition, ...] | None:
        """Open positions: all, of a symbol, of a group, or one by ticket."""

        def body() -> tuple[TradePosition, ...]:
            now = self._play()
            found = self._filtered(self.books.positions.values(), args, kwargs)
            return tuple(self.account.valued(each, now) for each in found)

        return self._call("positions_get", body)

    def order_calc_margin(self, action: int, symbol: str, volume: float, price: float, /) -> float | None:
        """Margin an order would need, account currency."""
        kind, lots, at_price = c_int(action), c_float(volume), c_float(price)

        def body() -> float:
            instrument = self._instrument(symbol)
            if kind < 0 or lots <= 0 or at_price <= 0:
                raise CallFailed(-2)
            quotes = self.account.pair(self._market_ms())
            return self.account.money(self.account.desk.margin(instrument, lots, at_price, quotes))

        return self._call("order_calc_margin", body)

    def order_calc_profit(
        self, action: int, symbol: str, volume: float, price_open: float, price_close: float, /
    ) -> float | None:
        """Profit a trade would bring, account currency."""
        kind, lots, opened, closed = c_int(action), c_float(volume), c_float(price_open), c_float(price_close)

        def body() -> float:
            instrument = self._instrument(symbol)
            if kind < 0 or lots <= 0 or opened <= 0 or closed <= 0:
                raise CallFailed(-2)
            profit = self.account.desk.profit(
                instrument,
                is_buy=is_buy(kind),
                volume=lots,
                open_price=opened,
                close_price=closed,
                quote=self.account.pair(self._market_ms()),
            )
            return self.account.money(profit)

        return self._call("order_calc_profit", body)

    def history_orders_total(self, date_from: Any, date_to: Any, /) -> int | None:
        """How many finished orders a window holds."""
        return self._call("history_orders_total", lambda: len(self._history_orders((date_from, date_to), {})))

    def history_orders_get(self, *args: Any, **kwargs: Any) -> tuple[TradeOrder, ...] | None:
        """Finished orders of a window (and group), of an order ticket, or of a position id."""
        return self._call("history_orders_get", lambda: tuple(self._history_orders(args, kwargs)))

    def history_deals_total(self, date_from: Any, date_to: Any, /) -> int | None:
        """How many deals a window holds."""
        return self._call("history_deals_total", lambda: len(self._history_deals((date_from, date_to), {})))

    def history_deals_get(self, *args: Any, **kwargs: Any) -> tuple[TradeDeal, ...] | None:
        """Deals of a window (and group), of an ORDER ticket, or of a position id."""
        return self._call("history_deals_get", lambda: tuple(self._history_deals(args, kwargs)))

    # --- inside -----------------------------------------------------------------------------------------------------

    def _order_send(self, args: tuple[Any, ...], kwargs: dict[str, Any] | None) -> OrderSendResult | None:
        def body() -> OrderSendResult:
            request = trade_request(args, kwargs)
            switches = self.account.switches
            if not switches.python_api:
                raise CallFailed(PYTHON_API_DISABLED)
            if not switches.algo_trading:
                return self._broker.answer(request, mt5.TRADE_RETCODE_CLIENT_DISABLES_AT)
            if not switches.connected:
                return self._broker.answer(request, mt5.TRADE_RETCODE_CONNECTION)
            if self._delay_s:
                sleep(self._delay_s)
            faults = tuple(self._hits)
            is_selected = self._is_selected(request.symbol)
            result = self._broker.send(request, self._now_ms(), is_selected=is_selected, faults=faults)
            for fault in faults:
                if fault.kind is FaultKind.MISREPORT:
                    return self._broker.answer(request, fault.code)
            return result

        return self._call("order_send", body)

    def _order_check(self, args: tuple[Any, ...], kwargs: dict[str, Any] | None) -> OrderCheckResult | None:
        def body() -> OrderCheckResult:
            request = trade_request(args, kwargs)
            return self._broker.check(request, self._now_ms(), is_selected=self._is_selected(request.symbol))

        return self._call("order_check", body)

    def _broke(self, error: BaseException) -> None:
        """An exception inside a native function: the caller sees None, as from a broken pipe."""
        self._error = (INTERNAL_FAILURE, ERROR_TEXTS[INTERNAL_FAILURE])
        log.error("simulated terminal failed", exc_info=error)

    def _played_books(self) -> Books:
        self._play()
        return self.books

    def _priced(self, order: TradeOrder, at_ms: int) -> TradeOrder:
        quote = self.account.quote(order.symbol, at_ms)
        if quote is None:
            return order
        return order._replace(price_current=quote.ask if is_buy(order.type) else quote.bid)

    @staticmethod
    def _filtered(held: Iterable[Held], args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Held]:
        """What `symbol`, else `ticket`, else `group` let through; unnamed arguments are refused."""
        if args:
            raise unnamed_refused()
        if "symbol" in kwargs:
            symbol = text(kwargs["symbol"], "symbol")
            return [each for each in held if each.symbol == symbol]
        if "ticket" in kwargs:
            ticket = whole_number(kwargs, "ticket")
            return [each for each in held if each.ticket == ticket]
        group = text(kwargs.get("group", "*"), "group")
        return [each for each in held if matches_group(each.symbol, group)]

    def _history_orders(self, args: Sequence[Any], kwargs: dict[str, Any]) -> list[TradeOrder]:
        return _of_group(
            self._played_books().history_orders(*_condition(args, kwargs, "time_done_msc", "ticket")), kwargs
        )

    def _history_deals(self, args: Sequence[Any], kwargs: dict[str, Any]) -> list[TradeDeal]:
        return _of_group(self._played_books().deals(*_condition(args, kwargs, "time_msc", '"order"')), kwargs)


def _condition(args: Sequence[Any], kwargs: dict[str, Any], time: str, ticket: str) -> tuple[str, tuple[int, ...]]:
    """The rows a history call asks for: two unnamed dates, or `ticket`, or `position`."""
    if not args and "ticket" in kwargs:
        return f"{ticket} = ?", (whole_number(kwargs, "ticket", _LAST_MS),)
    if not args and "position" in kwargs:
        return "position_id = ?", (whole_number(kwargs, "position", _LAST_MS),)
    if len(args) != 2:  # noqa: PLR2004  # from, to
        raise CallFailed(-2, "Invalid number of arguments")
    first, last = (moment(each, name) for each, name in zip(args, ("date_from", "date_to"), strict=True))
    return f"{time} BETWEEN ? AND ?", (_milliseconds(first), _milliseconds(last))


def _milliseconds(seconds: float) -> int:
    return int(min(max(seconds * 1000.0, 0.0), float(_LAST_MS)))


def _of_group(rows: list[Held], kwargs: dict[str, Any]) -> list[Held]:
    if "group" not in kwargs:
        return rows
    group = text(kwargs["group"], "group")
    return [row for row in rows if matches_group(row.symbol, group)]
