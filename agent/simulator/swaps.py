"""Swap at the server's midnight, in the unit of each instrument's swap mode; three days' worth once a week."""

from __future__ import annotations

from typing import Final

from agent.simulator import constants as mt5
from agent.simulator.account import Account
from agent.simulator.fills import Fills
from agent.simulator.instruments import Instrument
from agent.simulator.margin import margin_currency
from agent.simulator.orders import EMPTY_REQUEST, new_order
from agent.simulator.server_time import weekday
from agent.simulator.structures import TradeOrder, TradePosition

TRIPLE: Final = 3
DAYS_PER_YEAR: Final = 360
_REOPENING: Final = (mt5.SYMBOL_SWAP_MODE_REOPEN_CURRENT, mt5.SYMBOL_SWAP_MODE_REOPEN_BID)
_WEEKEND: Final = (mt5.DAY_OF_WEEK_SATURDAY, mt5.DAY_OF_WEEK_SUNDAY)


def roll_over(account: Account, fills: Fills, midnight_ms: int) -> None:
    """Charge or pay swap on every position held over the server midnight at `midnight_ms` (UTC)."""
    ended = weekday(account.zone.to_server(midnight_ms) - 1)
    if ended in _WEEKEND:
        return
    for position in list(account.books.positions.values()):
        instrument = account.instruments[position.symbol]
        days = TRIPLE if ended == instrument.swap_triple_day else 1
        if instrument.swap_mode in _REOPENING:
            _reopen(account, fills, position, instrument, days, midnight_ms)
            continue
        amount = account.money(swap_of_a_day(account, position, instrument, midnight_ms) * days)
        if amount:
            account.books.put_position(position._replace(swap=account.money(position.swap + amount)))


def swap_of_a_day(account: Account, position: TradePosition, instrument: Instrument, at_ms: int) -> float:
    """Swap of one day in the account currency, negative when it is charged."""
    is_buy = position.type == mt5.POSITION_TYPE_BUY
    rate = instrument.swap_long if is_buy else instrument.swap_short
    size = position.volume * instrument.contract_size
    mode = instrument.swap_mode
    currency = instrument.profit
    if mode == mt5.SYMBOL_SWAP_MODE_POINTS:
        amount = size * instrument.point * rate
    elif mode == mt5.SYMBOL_SWAP_MODE_CURRENCY_SYMBOL:
        amount, currency = position.volume * rate, instrument.base
    elif mode == mt5.SYMBOL_SWAP_MODE_CURRENCY_MARGIN:
        amount, currency = position.volume * rate, margin_currency(instrument)
    elif mode == mt5.SYMBOL_SWAP_MODE_CURRENCY_DEPOSIT:
        amount, currency = position.volume * rate, account.terms.currency
    elif mode == mt5.SYMBOL_SWAP_MODE_INTEREST_CURRENT:
        amount = size * account.valued(position, at_ms).price_current * rate / 100.0 / DAYS_PER_YEAR
    elif mode == mt5.SYMBOL_SWAP_MODE_INTEREST_OPEN:
        amount = size * position.price_open * rate / 100.0 / DAYS_PER_YEAR
    else:
        return 0.0
    return account.desk.converter.to_account(amount, currency, account.pair(at_ms))


def _reopen(
    account: Account, fills: Fills, position: TradePosition, instrument: Instrument, days: int, at_ms: int
) -> None:
    """Close at the current price (or bid) and open again so many points away; the position keeps its id and ticket."""
    is_buy = position.type == mt5.POSITION_TYPE_BUY
    points = (instrument.swap_long if is_buy else instrument.swap_short) * days
    quote = account.quote(position.symbol, at_ms)
    assert quote is not None, "a position's symbol has had prices"
    is_bid = is_buy or instrument.swap_mode == mt5.SYMBOL_SWAP_MODE_REOPEN_BID
    close_price = quote.bid if is_bid else quote.ask
    shift = -points if is_buy else points
    open_price = instrument.round_price(close_price + shift * instrument.point)
    request = EMPTY_REQUEST._replace(
        symbol=position.symbol, volume=position.volume, magic=position.magic, comment="swap"
    )

    def order(side: int, price: float) -> TradeOrder:
        ticket = account.books.next_order()
        working = new_order(
            request._replace(type=side), ticket, account.stamp(at_ms), price=price, position_id=position.identifier
        )
        return fills.finish(working._replace(volume_current=0.0), at_ms, mt5.ORDER_STATE_FILLED)

    out, back = order(1 - position.type, close_price), order(position.type, open_price)
    fills.reduce(position, out, position.volume, close_price, at_ms, mt5.DEAL_REASON_ROLLOVER)
    fills.reopen(position, back, open_price, at_ms)
