"""The package's rows as the values the agent works with: positions, working orders, symbols."""

from __future__ import annotations

from typing import Any, Final

from agent.protocol import OrderType, Side, SymbolSpec
from agent.terminal.broker_time import BrokerClock
from agent.terminal.gateway import OpenPosition, PendingOrder, TerminalUnavailable
from agent.terminal.history import BUY
from agent.terminal.session import Session

_ORDER_TYPES: Final = {
    0: (Side.BUY, OrderType.MARKET),
    1: (Side.SELL, OrderType.MARKET),
    2: (Side.BUY, OrderType.LIMIT),
    3: (Side.SELL, OrderType.LIMIT),
    4: (Side.BUY, OrderType.STOP),
    5: (Side.SELL, OrderType.STOP),
    6: (Side.BUY, OrderType.STOP),
    7: (Side.SELL, OrderType.STOP),
}
"""A stop-limit order waits as a stop; a close-by order (8) is nobody's pending order."""
TYPE_NUMBERS: Final = {kind: number for number, kind in reversed(_ORDER_TYPES.items())}


def open_position(row: Any, clock: BrokerClock) -> OpenPosition:
    """A `TradePosition` with its time in UTC."""
    return OpenPosition(
        ticket=int(row.ticket),
        symbol=str(row.symbol),
        side=Side.BUY if row.type == BUY else Side.SELL,
        volume_lots=float(row.volume),
        open_price=float(row.price_open),
        current_price=float(row.price_current),
        sl=float(row.sl),
        tp=float(row.tp),
        profit=float(row.profit),
        swap=float(row.swap),
        magic=int(row.magic),
        comment=str(row.comment),
        opened_at=clock.to_utc(row.time_msc / 1000.0),
    )


def pending_order(row: Any, clock: BrokerClock) -> PendingOrder | None:
    """A `TradeOrder` with its time in UTC; None for a close-by order."""
    if row.type not in _ORDER_TYPES:
        return None
    side, order_type = _ORDER_TYPES[row.type]
    return PendingOrder(
        ticket=int(row.ticket),
        symbol=str(row.symbol),
        side=side,
        order_type=order_type,
        volume_lots=float(row.volume_current),
        price=float(row.price_open),
        sl=float(row.sl),
        tp=float(row.tp),
        magic=int(row.magic),
        comment=str(row.comment),
        placed_at=clock.to_utc(row.time_setup_msc / 1000.0),
    )


def symbol_spec(session: Session, name: str) -> SymbolSpec | None:
    """A symbol with the worth of its tick and its margin in the account currency; None while it has no price."""
    try:
        info, prices = session.ready(name)
    except TerminalUnavailable:
        return None
    tick_size = info.trade_tick_size or info.point
    tick_value = float(info.trade_tick_value)
    if tick_value <= 0:
        tick_value = session.api.order_calc_profit(0, name, 1.0, prices.ask, prices.ask + tick_size) or 0.0
    if tick_value <= 0:
        return None
    return SymbolSpec(
        name=name,
        currency_base=info.currency_base,
        currency_profit=info.currency_profit,
        currency_margin=info.currency_margin,
        digits=info.digits,
        point=info.point,
        tick_size=tick_size,
        tick_value=tick_value,
        contract_size=info.trade_contract_size,
        volume_min=info.volume_min,
        volume_max=info.volume_max,
        volume_step=info.volume_step,
        stops_level_points=max(0, info.trade_stops_level),
        freeze_level_points=max(0, info.trade_freeze_level),
        trade_mode=info.trade_mode,
        margin_per_lot=max(0.0, session.api.order_calc_margin(0, name, 1.0, prices.ask) or 0.0),
    )
