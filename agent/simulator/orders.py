"""What is true of order types: their side, their kind, and the words of each return code."""

from __future__ import annotations

from typing import Final

from agent.simulator import constants as mt5
from agent.simulator.structures import TradeOrder, TradeRequest

MARKET_TYPES: Final = (mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL)
BUY_TYPES: Final = (
    mt5.ORDER_TYPE_BUY,
    mt5.ORDER_TYPE_BUY_LIMIT,
    mt5.ORDER_TYPE_BUY_STOP,
    mt5.ORDER_TYPE_BUY_STOP_LIMIT,
)
LIMIT_TYPES: Final = (mt5.ORDER_TYPE_BUY_LIMIT, mt5.ORDER_TYPE_SELL_LIMIT)
STOP_TYPES: Final = (mt5.ORDER_TYPE_BUY_STOP, mt5.ORDER_TYPE_SELL_STOP)
STOP_LIMIT_TYPES: Final = (mt5.ORDER_TYPE_BUY_STOP_LIMIT, mt5.ORDER_TYPE_SELL_STOP_LIMIT)
PENDING_TYPES: Final = LIMIT_TYPES + STOP_TYPES + STOP_LIMIT_TYPES

EMPTY_REQUEST: Final = TradeRequest(
    action=0,
    magic=0,
    order=0,
    symbol="",
    volume=0.0,
    price=0.0,
    stoplimit=0.0,
    sl=0.0,
    tp=0.0,
    deviation=0,
    type=0,
    type_filling=0,
    type_time=0,
    expiration=0,
    comment="",
    position=0,
    position_by=0,
)
"""What a request is where its keys are missing."""

RETCODE_TEXTS: Final = {
    0: "Done",
    mt5.TRADE_RETCODE_REQUOTE: "Requote",
    mt5.TRADE_RETCODE_REJECT: "Request rejected",
    mt5.TRADE_RETCODE_CANCEL: "Request canceled",
    mt5.TRADE_RETCODE_PLACED: "Order placed",
    mt5.TRADE_RETCODE_DONE: "Request executed",
    mt5.TRADE_RETCODE_DONE_PARTIAL: "Request executed partially",
    mt5.TRADE_RETCODE_ERROR: "Request processing error",
    mt5.TRADE_RETCODE_TIMEOUT: "Request timeout",
    mt5.TRADE_RETCODE_INVALID: "Invalid request",
    mt5.TRADE_RETCODE_INVALID_VOLUME: "Invalid volume",
    mt5.TRADE_RETCODE_INVALID_PRICE: "Invalid price",
    mt5.TRADE_RETCODE_INVALID_STOPS: "Invalid stops",
    mt5.TRADE_RETCODE_TRADE_DISABLED: "Trade disabled",
    mt5.TRADE_RETCODE_MARKET_CLOSED: "Market closed",
    mt5.TRADE_RETCODE_NO_MONEY: "No money",
    mt5.TRADE_RETCODE_PRICE_CHANGED: "Price changed",
    mt5.TRADE_RETCODE_PRICE_OFF: "No prices",
    mt5.TRADE_RETCODE_INVALID_EXPIRATION: "Invalid expiration",
    mt5.TRADE_RETCODE_ORDER_CHANGED: "Order changed",
    mt5.TRADE_RETCODE_TOO_MANY_REQUESTS: "Too many requests",
    mt5.TRADE_RETCODE_NO_CHANGES: "No changes",
    mt5.TRADE_RETCODE_SERVER_DISABLES_AT: "AutoTrading disabled by server",
    mt5.TRADE_RETCODE_CLIENT_DISABLES_AT: "AutoTrading disabled by client",
    mt5.TRADE_RETCODE_LOCKED: "Request locked",
    mt5.TRADE_RETCODE_FROZEN: "Order or position frozen",
    mt5.TRADE_RETCODE_INVALID_FILL: "Unsupported filling mode",
    mt5.TRADE_RETCODE_CONNECTION: "No connection",
    mt5.TRADE_RETCODE_ONLY_REAL: "Allowed for live accounts only",
    mt5.TRADE_RETCODE_LIMIT_ORDERS: "Order limit reached",
    mt5.TRADE_RETCODE_LIMIT_VOLUME: "Volume limit reached",
    mt5.TRADE_RETCODE_INVALID_ORDER: "Invalid order",
    mt5.TRADE_RETCODE_POSITION_CLOSED: "Position closed",
    mt5.TRADE_RETCODE_INVALID_CLOSE_VOLUME: "Invalid close volume",
    mt5.TRADE_RETCODE_CLOSE_ORDER_EXIST: "Close order already exists",
    mt5.TRADE_RETCODE_LIMIT_POSITIONS: "Position limit reached",
    mt5.TRADE_RETCODE_REJECT_CANCEL: "Request rejected, order canceled",
    mt5.TRADE_RETCODE_LONG_ONLY: "Only long positions allowed",
    mt5.TRADE_RETCODE_SHORT_ONLY: "Only short positions allowed",
    mt5.TRADE_RETCODE_CLOSE_ONLY: "Only position closing allowed",
    mt5.TRADE_RETCODE_FIFO_CLOSE: "Only closing by FIFO allowed",
}


def is_buy(order_type: int) -> bool:
    """Whether an order of this type buys."""
    return order_type in BUY_TYPES


def new_order(
    request: TradeRequest,
    ticket: int,
    stamp: tuple[int, int],
    *,
    price: float,
    position_id: int = 0,
    reason: int = mt5.ORDER_REASON_EXPERT,
) -> TradeOrder:
    """A working order made from a request; `stamp` is server time, seconds and milliseconds."""
    return TradeOrder(
        ticket=ticket,
        time_setup=stamp[0],
        time_setup_msc=stamp[1],
        time_done=0,
        time_done_msc=0,
        time_expiration=0,
        type=request.type,
        type_time=request.type_time,
        type_filling=request.type_filling,
        state=mt5.ORDER_STATE_PLACED,
        magic=request.magic,
        position_id=position_id,
        position_by_id=0,
        reason=reason,
        volume_initial=request.volume,
        volume_current=request.volume,
        price_open=price,
        sl=request.sl,
        tp=request.tp,
        price_current=price,
        price_stoplimit=request.stoplimit,
        symbol=request.symbol,
        comment=request.comment,
        external_id="",
    )
