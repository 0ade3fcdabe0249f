"""What the trade server refuses, as return codes. Every function answers 0 where it has no objection."""

from __future__ import annotations

from typing import Final

from agent.simulator import constants as mt5
from agent.simulator.account import Account
from agent.simulator.instruments import Instrument
from agent.simulator.margin import Leg
from agent.simulator.orders import (
    BUY_TYPES,
    LIMIT_TYPES,
    MARKET_TYPES,
    PENDING_TYPES,
    STOP_LIMIT_TYPES,
    is_buy,
)
from agent.simulator.pricing import Quote
from agent.simulator.structures import TradeOrder, TradePosition, TradeRequest

OK: Final = 0
_EPSILON: Final = 1e-7
_HIGHEST_PRICE: Final = 1e9
_FILLING_BITS: Final = {
    mt5.ORDER_FILLING_FOK: mt5.SYMBOL_FILLING_FOK,
    mt5.ORDER_FILLING_IOC: mt5.SYMBOL_FILLING_IOC,
}
_EXPIRATION_BITS: Final = {
    mt5.ORDER_TIME_GTC: mt5.SYMBOL_EXPIRATION_GTC,
    mt5.ORDER_TIME_DAY: mt5.SYMBOL_EXPIRATION_DAY,
    mt5.ORDER_TIME_SPECIFIED: mt5.SYMBOL_EXPIRATION_SPECIFIED,
    mt5.ORDER_TIME_SPECIFIED_DAY: mt5.SYMBOL_EXPIRATION_SPECIFIED_DAY,
}
_POSITION_CHANGING: Final = (mt5.TRADE_ACTION_DEAL, mt5.TRADE_ACTION_PENDING)


def refusal(account: Account, request: TradeRequest, at_ms: int, *, is_selected: bool) -> int:
    """The first objection of the server to a request, in the order a server looks; 0 if it would execute."""
    if request.action in _POSITION_CHANGING:
        return _entry(account, request, at_ms, is_selected=is_selected)
    if request.action == mt5.TRADE_ACTION_SLTP:
        return _sltp(account, request, at_ms)
    if request.action in (mt5.TRADE_ACTION_MODIFY, mt5.TRADE_ACTION_REMOVE):
        return _change_order(account, request, at_ms)
    if request.action == mt5.TRADE_ACTION_CLOSE_BY:
        return _close_by(account, request, at_ms)
    return mt5.TRADE_RETCODE_INVALID


def deal_target(account: Account, request: TradeRequest) -> TradePosition | None:
    """The position a market deal acts on: the named one, or the symbol's only one where positions are netted."""
    if account.is_hedging:
        return account.books.positions.get(request.position)
    return next((each for each in account.books.positions.values() if each.symbol == request.symbol), None)


def _entry(account: Account, request: TradeRequest, at_ms: int, *, is_selected: bool) -> int:
    instrument = account.instruments.get(request.symbol)
    if instrument is None:
        return mt5.TRADE_RETCODE_INVALID
    if instrument.trade_mode == mt5.SYMBOL_TRADE_MODE_DISABLED:
        return mt5.TRADE_RETCODE_TRADE_DISABLED
    quote = account.quote(request.symbol, at_ms)
    if not is_selected or quote is None:
        return mt5.TRADE_RETCODE_PRICE_OFF
    if not account.is_open(at_ms):
        return mt5.TRADE_RETCODE_MARKET_CLOSED
    is_deal = request.action == mt5.TRADE_ACTION_DEAL
    if request.type not in (MARKET_TYPES if is_deal else PENDING_TYPES):
        return mt5.TRADE_RETCODE_INVALID_ORDER
    return (
        _volume(instrument, request.volume)
        or (_deal_target_fits(account, request) if is_deal else OK)
        or _direction(account, instrument, request)
        or _filling(instrument, request)
        or (_deal_price(instrument, request, quote) if is_deal else _pending_price(instrument, request, quote))
        or _stops(instrument, request, quote, is_deal=is_deal)
        or (OK if is_deal else _pending_terms(account, instrument, request, at_ms))
        or _volume_limit(account, instrument, request)
        or (_money(account, instrument, request, quote, at_ms) if is_deal else OK)
    )


def _volume(instrument: Instrument, volume: float) -> int:
    if not instrument.volume_min - _EPSILON <= volume <= instrument.volume_max + _EPSILON:  # NaN fails it too
        return mt5.TRADE_RETCODE_INVALID_VOLUME
    steps = volume / instrument.volume_step
    is_whole = abs(steps - round(steps)) < _EPSILON * max(1.0, steps)
    return OK if is_whole else mt5.TRADE_RETCODE_INVALID_VOLUME


def _deal_target_fits(account: Account, request: TradeRequest) -> int:
    if not request.position:
        return OK
    position = account.books.positions.get(request.position)
    if position is None:
        return mt5.TRADE_RETCODE_POSITION_CLOSED
    if not account.is_hedging:
        return OK if position.symbol == request.symbol else mt5.TRADE_RETCODE_INVALID
    if position.symbol != request.symbol or position.type == request.type:
        return mt5.TRADE_RETCODE_INVALID
    if request.volume > position.volume + _EPSILON:
        return mt5.TRADE_RETCODE_INVALID_CLOSE_VOLUME
    return OK


def _direction(account: Account, instrument: Instrument, request: TradeRequest) -> int:
    target = deal_target(account, request) if request.action == mt5.TRADE_ACTION_DEAL else None
    reduces = (
        target is not None
        and (target.type == mt5.POSITION_TYPE_BUY) != is_buy(request.type)
        and request.volume <= target.volume + _EPSILON
    )
    if reduces:
        return OK
    if instrument.trade_mode == mt5.SYMBOL_TRADE_MODE_CLOSEONLY:
        return mt5.TRADE_RETCODE_CLOSE_ONLY
    if instrument.trade_mode == mt5.SYMBOL_TRADE_MODE_LONGONLY and not is_buy(request.type):
        return mt5.TRADE_RETCODE_LONG_ONLY
    if instrument.trade_mode == mt5.SYMBOL_TRADE_MODE_SHORTONLY and is_buy(request.type):
        return mt5.TRADE_RETCODE_SHORT_ONLY
    return OK


def _filling(instrument: Instrument, request: TradeRequest) -> int:
    """Filling rules by execution mode; pending orders take RETURN unless the broker will not."""
    filling = request.type_filling
    is_allowed_by_bits = bool(_FILLING_BITS.get(filling, 0) & instrument.filling_mode)
    if request.action == mt5.TRADE_ACTION_PENDING:
        is_allowed = instrument.pending_return if filling == mt5.ORDER_FILLING_RETURN else is_allowed_by_bits
    elif filling not in (mt5.ORDER_FILLING_FOK, mt5.ORDER_FILLING_IOC, mt5.ORDER_FILLING_RETURN):
        is_allowed = False
    elif instrument.execution in (mt5.SYMBOL_TRADE_EXECUTION_REQUEST, mt5.SYMBOL_TRADE_EXECUTION_INSTANT):
        is_allowed = True
    elif filling == mt5.ORDER_FILLING_RETURN:
        is_allowed = instrument.execution == mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE
    else:
        is_allowed = is_allowed_by_bits
    return OK if is_allowed else mt5.TRADE_RETCODE_INVALID_FILL


def _is_a_price(instrument: Instrument, price: float) -> bool:
    return 0 < price < _HIGHEST_PRICE and abs(instrument.round_price(price) - price) < instrument.point * 1e-3


def _deal_price(instrument: Instrument, request: TradeRequest, quote: Quote) -> int:
    """Instant and Request execution fill near the asked price or not at all; Market and Exchange ignore it."""
    if instrument.execution not in (mt5.SYMBOL_TRADE_EXECUTION_REQUEST, mt5.SYMBOL_TRADE_EXECUTION_INSTANT):
        return OK
    if not _is_a_price(instrument, request.price):
        return mt5.TRADE_RETCODE_INVALID_PRICE
    market = quote.ask if is_buy(request.type) else quote.bid
    if abs(market - request.price) > (request.deviation + _EPSILON) * instrument.point:
        return mt5.TRADE_RETCODE_REQUOTE
    return OK


def _pending_price(instrument: Instrument, request: TradeRequest, quote: Quote) -> int:
    """A limit waits on the better side of the market, a stop on the worse one, both beyond the stops level."""
    price = request.price
    if not _is_a_price(instrument, price):
        return mt5.TRADE_RETCODE_INVALID_PRICE
    market = quote.ask if is_buy(request.type) else quote.bid
    waits_below = is_buy(request.type) == (request.type in LIMIT_TYPES)
    distance = market - price if waits_below else price - market
    if distance < _needed(instrument):
        return mt5.TRADE_RETCODE_INVALID_PRICE
    if request.type in STOP_LIMIT_TYPES:
        if not _is_a_price(instrument, request.stoplimit):
            return mt5.TRADE_RETCODE_INVALID_PRICE
        better = price - request.stoplimit if is_buy(request.type) else request.stoplimit - price
        if better < _needed(instrument):
            return mt5.TRADE_RETCODE_INVALID_PRICE
    return OK


def _needed(instrument: Instrument) -> float:
    """Distance that stops and pending prices must keep; at least something above nothing."""
    return max(instrument.stops_level - _EPSILON, _EPSILON) * instrument.point


def _stops(instrument: Instrument, request: TradeRequest, quote: Quote, *, is_deal: bool) -> int:
    if is_deal:
        price = quote.bid if is_buy(request.type) else quote.ask
    else:
        price = request.stoplimit if request.type in STOP_LIMIT_TYPES else request.price
    return levels_fit(instrument, is_buy(request.type), request.sl, request.tp, price)


def levels_fit(instrument: Instrument, buys: bool, sl: float, tp: float, price: float) -> int:
    """Whether SL and TP lie on their sides of the price, far enough away; 0 means none."""
    needed = _needed(instrument)
    for level, distance in (
        (sl, price - sl if buys else sl - price),
        (tp, tp - price if buys else price - tp),
    ):
        if level and (not _is_a_price(instrument, level) or distance < needed):
            return mt5.TRADE_RETCODE_INVALID_STOPS
    return OK


def _pending_terms(account: Account, instrument: Instrument, request: TradeRequest, at_ms: int) -> int:
    if len(account.books.orders) >= account.terms.limit_orders:
        return mt5.TRADE_RETCODE_LIMIT_ORDERS
    return _expiration(account, instrument, request, at_ms)


def _expiration(account: Account, instrument: Instrument, request: TradeRequest, at_ms: int) -> int:
    if not _EXPIRATION_BITS.get(request.type_time, 0) & instrument.expiration_mode:
        return mt5.TRADE_RETCODE_INVALID_EXPIRATION
    is_dated = request.type_time in (mt5.ORDER_TIME_SPECIFIED, mt5.ORDER_TIME_SPECIFIED_DAY)
    if is_dated and request.expiration <= account.stamp(at_ms)[0]:
        return mt5.TRADE_RETCODE_INVALID_EXPIRATION
    return OK


def _volume_limit(account: Account, instrument: Instrument, request: TradeRequest) -> int:
    if not instrument.volume_limit or request.position:
        return OK
    buys = is_buy(request.type)
    used = sum(
        each.volume
        for each in account.books.positions.values()
        if each.symbol == request.symbol and (each.type == mt5.POSITION_TYPE_BUY) == buys
    ) + sum(
        each.volume_current
        for each in account.books.orders.values()
        if each.symbol == request.symbol and is_buy(each.type) == buys
    )
    return OK if used + request.volume <= instrument.volume_limit + _EPSILON else mt5.TRADE_RETCODE_LIMIT_VOLUME


def legs_after(account: Account, symbol: str, volume: float, price: float, *, buys: bool, closing: int) -> list[Leg]:
    """Open legs as they would be after a deal; `closing` is the ticket of the position it reduces."""
    legs = []
    rest = volume
    for position in account.books.positions.values():
        leg = Leg(position.symbol, position.type == mt5.POSITION_TYPE_BUY, position.volume, position.price_open)
        if position.ticket == closing and leg.is_buy != buys:
            kept = round(leg.volume - rest, 8)
            rest = round(max(0.0, -kept), 8)
            leg = Leg(leg.symbol, leg.is_buy, max(kept, 0.0), leg.open_price)
        legs.append(leg)
    if rest > 0:
        legs.append(Leg(symbol, buys, rest, price))
    return legs


def has_money(
    account: Account, symbol: str, volume: float, price: float, *, buys: bool, closing: int, at_ms: int
) -> bool:
    """Whether equity carries the margin after a deal; a deal that does not raise the margin always passes."""
    figures = account.figures(at_ms)
    margin = account.margin(legs_after(account, symbol, volume, price, buys=buys, closing=closing), at_ms)
    return margin <= figures.margin or figures.equity - margin >= 0


def _money(account: Account, instrument: Instrument, request: TradeRequest, quote: Quote, at_ms: int) -> int:
    target = deal_target(account, request)
    buys = request.type in BUY_TYPES
    enough = has_money(
        account,
        instrument.name,
        request.volume,
        quote.ask if buys else quote.bid,
        buys=buys,
        closing=target.ticket if target else 0,
        at_ms=at_ms,
    )
    return OK if enough else mt5.TRADE_RETCODE_NO_MONEY


def sltp_target(account: Account, request: TradeRequest) -> TradePosition | None:
    """The position whose levels are to change: by ticket, or by symbol where positions are netted."""
    if request.position or account.is_hedging:
        return account.books.positions.get(request.position)
    return next((each for each in account.books.positions.values() if each.symbol == request.symbol), None)


def _market(account: Account, symbol: str, at_ms: int) -> tuple[Quote, int]:
    """The quote of a symbol, and the objection where it has none or the market is closed."""
    quote = account.quote(symbol, at_ms)
    if quote is None:
        return Quote(0, 0.0, 0.0), mt5.TRADE_RETCODE_PRICE_OFF
    return quote, OK if account.is_open(at_ms) else mt5.TRADE_RETCODE_MARKET_CLOSED


def _sltp(account: Account, request: TradeRequest, at_ms: int) -> int:
    position = sltp_target(account, request)
    if position is None:
        return mt5.TRADE_RETCODE_POSITION_CLOSED
    instrument = account.instruments[position.symbol]
    if request.symbol and request.symbol != position.symbol:
        return mt5.TRADE_RETCODE_INVALID
    quote, closed = _market(account, position.symbol, at_ms)
    if closed:
        return closed
    if (request.sl, request.tp) == (position.sl, position.tp):
        return mt5.TRADE_RETCODE_NO_CHANGES
    buys = position.type == mt5.POSITION_TYPE_BUY
    price = quote.bid if buys else quote.ask
    freeze = instrument.freeze_level * instrument.point
    if freeze and any(level and abs(level - price) <= freeze for level in (position.sl, position.tp)):
        return mt5.TRADE_RETCODE_FROZEN
    sl = request.sl if request.sl != position.sl else 0.0  # an unchanged level is not judged again
    tp = request.tp if request.tp != position.tp else 0.0
    return levels_fit(instrument, buys, sl, tp, price)


def _change_order(account: Account, request: TradeRequest, at_ms: int) -> int:
    order = account.books.orders.get(request.order)
    if order is None or order.type not in PENDING_TYPES:
        return mt5.TRADE_RETCODE_INVALID_ORDER
    instrument = account.instruments[order.symbol]
    quote, closed = _market(account, order.symbol, at_ms)
    if closed:
        return closed
    market = quote.ask if is_buy(order.type) else quote.bid
    if instrument.freeze_level and abs(order.price_open - market) <= instrument.freeze_level * instrument.point:
        return mt5.TRADE_RETCODE_FROZEN
    if request.action == mt5.TRADE_ACTION_REMOVE:
        return OK
    wanted = modified_request(order, request)
    if not _differs(order, wanted):
        return mt5.TRADE_RETCODE_NO_CHANGES
    return (
        _pending_price(instrument, wanted, quote)
        or _stops(instrument, wanted, quote, is_deal=False)
        or _expiration(account, instrument, wanted, at_ms)
    )


def modified_request(order: TradeOrder, request: TradeRequest) -> TradeRequest:
    """A modification completed with what it may not change."""
    return request._replace(
        symbol=order.symbol,
        type=order.type,
        volume=order.volume_current,
        price=request.price or order.price_open,
        stoplimit=request.stoplimit or order.price_stoplimit,
    )


def _differs(order: TradeOrder, wanted: TradeRequest) -> bool:
    now = (order.price_open, order.price_stoplimit, order.sl, order.tp, order.type_time)
    then = (wanted.price, wanted.stoplimit, wanted.sl, wanted.tp, wanted.type_time)
    return now != then or bool(wanted.expiration and wanted.expiration != order.time_expiration)


def _close_by(account: Account, request: TradeRequest, at_ms: int) -> int:
    if not account.is_hedging:
        return mt5.TRADE_RETCODE_INVALID
    first = account.books.positions.get(request.position)
    second = account.books.positions.get(request.position_by)
    if first is None or second is None:
        return mt5.TRADE_RETCODE_POSITION_CLOSED
    if first.symbol != second.symbol or first.type == second.type:
        return mt5.TRADE_RETCODE_INVALID
    return OK if account.is_open(at_ms) else mt5.TRADE_RETCODE_MARKET_CLOSED
