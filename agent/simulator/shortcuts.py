"""`Buy`, `Sell` and `Close` of the package: its own Python on top of `order_send`. Our programs do not use them."""

from __future__ import annotations

from typing import Any, Final, Literal

from agent.simulator import constants as mt5
from agent.simulator.structures import OrderSendResult
from agent.simulator.trading import Trading

DEVIATION_POINTS: Final = 10
TRIES: Final = 10
_ASK_AGAIN: Final = (mt5.TRADE_RETCODE_REQUOTE, mt5.TRADE_RETCODE_PRICE_OFF)


class Shortcuts(Trading):
    """The three functions the package writes in Python, with its fixed deviation and without a filling mode."""

    def Buy(  # noqa: N802
        self,
        symbol: str,
        volume: float,
        price: float | None = None,
        *,
        comment: str | None = None,
        ticket: int | None = None,
    ) -> OrderSendResult | None:
        """Buy at `price`, or at the current one with up to ten tries."""
        return self._at_market(mt5.ORDER_TYPE_BUY, symbol, volume, price, comment, ticket)

    def Sell(  # noqa: N802
        self,
        symbol: str,
        volume: float,
        price: float | None = None,
        *,
        comment: str | None = None,
        ticket: int | None = None,
    ) -> OrderSendResult | None:
        """Sell at `price`, or at the current one with up to ten tries."""
        return self._at_market(mt5.ORDER_TYPE_SELL, symbol, volume, price, comment, ticket)

    def Close(  # noqa: N802
        self, symbol: str, *, comment: str | None = None, ticket: int | None = None
    ) -> bool | Literal["Partially"] | None:
        """Close one position, or all of a symbol; says "Partially" where some remained."""
        positions = self.positions_get(symbol=symbol) if ticket is None else self.positions_get(ticket=ticket)
        if positions is None:
            return None
        done = 0
        for position in positions:
            kind = mt5.ORDER_TYPE_SELL if position.type == mt5.POSITION_TYPE_BUY else mt5.ORDER_TYPE_BUY
            result = self._at_market(kind, symbol, position.volume, None, comment, position.ticket)
            if result is None:
                return None
            done += result.retcode == mt5.TRADE_RETCODE_DONE
        if not done:
            return False
        return True if done == len(positions) else "Partially"

    def _at_market(
        self, kind: int, symbol: str, volume: float, price: float | None, comment: str | None, ticket: int | None
    ) -> OrderSendResult | None:
        if price is not None:
            return self._raw_order(kind, symbol, volume, price, comment, ticket)
        result: OrderSendResult | None = None
        for _ in range(TRIES):
            tick = self.symbol_info_tick(symbol)
            if tick is None:
                return None
            current = tick.ask if kind == mt5.ORDER_TYPE_BUY else tick.bid
            result = self._raw_order(kind, symbol, volume, current, comment, ticket)
            if result is None or result.retcode not in _ASK_AGAIN:
                break
        return result

    def _raw_order(
        self, kind: int, symbol: str, volume: float, price: float, comment: str | None, ticket: int | None
    ) -> OrderSendResult | None:
        order: dict[str, Any] = {
            "action": mt5.TRADE_ACTION_DEAL,
            "symbol": symbol,
            "volume": volume,
            "type": kind,
            "price": price,
            "deviation": DEVIATION_POINTS,
        }
        if comment is not None:
            order["comment"] = comment
        if ticket is not None:
            order["position"] = ticket
        return self.order_send(order)
