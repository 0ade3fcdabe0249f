"""Fills: how an executed order becomes deals, and deals become positions, on hedging and netting accounts."""

from __future__ import annotations

from typing import Final

from agent.simulator import constants as mt5
from agent.simulator.account import Account
from agent.simulator.orders import is_buy
from agent.simulator.structures import TradeDeal, TradeOrder, TradePosition

_NOTHING: Final = 1e-9


class Fills:
    """Writes fills into the books of one account. Every call belongs inside a transaction of the books."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._books = account.books

    def fill(
        self, order: TradeOrder, volume: float, price: float, at_ms: int, reason: int = mt5.DEAL_REASON_EXPERT
    ) -> tuple[TradeOrder, TradeDeal]:
        """Fill `volume` of an order at `price`; answers the order with what remains of it, and the deal."""
        target = self._target(order)
        buys = is_buy(order.type)
        if target is None:
            deal = self._open(order, volume, price, at_ms, reason)
        elif (target.type == mt5.POSITION_TYPE_BUY) == buys:
            deal = self._add(target, order, volume, price, at_ms, reason)
        elif volume <= target.volume + _NOTHING:
            deal = self.reduce(target, order, volume, price, at_ms, reason)
        else:
            deal = self._reverse(target, order, volume, price, at_ms, reason)
        rest = round(order.volume_current - volume, 8)
        filled = order._replace(
            volume_current=rest,
            position_id=deal.position_id,
            state=mt5.ORDER_STATE_PARTIAL if rest > 0 else mt5.ORDER_STATE_FILLED,
        )
        return filled, deal

    def finish(self, order: TradeOrder, at_ms: int, state: int | None = None) -> TradeOrder:
        """Move an order to history, with the state it ends in."""
        done, done_msc = self._account.stamp(at_ms)
        ended = order._replace(time_done=done, time_done_msc=done_msc, state=order.state if state is None else state)
        self._books.finish_order(ended)
        return ended

    def reduce(
        self,
        position: TradePosition,
        order: TradeOrder,
        volume: float,
        price: float,
        at_ms: int,
        reason: int,
        *,
        entry: int = mt5.DEAL_ENTRY_OUT,
        profit: float | None = None,
    ) -> TradeDeal:
        """Close a part of a position, or all of it; its swap is paid out in proportion."""
        rest = round(position.volume - volume, 8)
        is_last = rest < _NOTHING
        swap = position.swap if is_last else self._account.money(position.swap * volume / position.volume)
        if profit is None:
            profit = self._account.profit(position, volume, price, at_ms)
        deal = self._deal(order, position.identifier, entry, volume, price, at_ms, reason, profit=profit, swap=swap)
        if is_last:
            self._books.drop_position(position.ticket)
        else:
            left = self._account.money(position.swap - swap)
            self._books.put_position(self._touched(position, at_ms)._replace(volume=rest, swap=left))
        return deal

    def close_by(self, first: TradePosition, second: TradePosition, order: TradeOrder, at_ms: int) -> TradeDeal:
        """Close two opposite positions against each other: all profit is on the first deal."""
        volume = min(first.volume, second.volume)
        reason = mt5.DEAL_REASON_EXPERT
        order = order._replace(volume_initial=volume)
        out_by = mt5.DEAL_ENTRY_OUT_BY
        closing = second.type  # the first position is closed by a deal of the second one's side
        deal = self.reduce(first, order._replace(type=closing), volume, second.price_open, at_ms, reason, entry=out_by)
        self.reduce(
            second,
            order._replace(type=first.type),
            volume,
            second.price_open,
            at_ms,
            reason,
            entry=out_by,
            profit=0.0,
        )
        ended = order._replace(volume_current=0.0, position_id=first.identifier, position_by_id=second.identifier)
        self.finish(ended, at_ms, mt5.ORDER_STATE_FILLED)
        return deal

    def reopen(self, position: TradePosition, order: TradeOrder, price: float, at_ms: int) -> TradeDeal:
        """Open a position that a roll-over closed again, under its own ticket, at a new price."""
        self._books.put_position(self._touched(position, at_ms)._replace(price_open=price, swap=0.0))
        entry, reason = mt5.DEAL_ENTRY_IN, mt5.DEAL_REASON_ROLLOVER
        return self._deal(order, position.identifier, entry, position.volume, price, at_ms, reason)

    def _target(self, order: TradeOrder) -> TradePosition | None:
        positions = self._books.positions
        if self._account.is_hedging:
            wanted = order.position_id or order.ticket
            found = positions.get(wanted)
            if found is None:
                found = next((each for each in positions.values() if each.identifier == wanted), None)
            return found
        return next((each for each in positions.values() if each.symbol == order.symbol), None)

    def _open(self, order: TradeOrder, volume: float, price: float, at_ms: int, reason: int) -> TradeDeal:
        done, done_msc = self._account.stamp(at_ms)
        self._books.put_position(
            TradePosition(
                ticket=order.ticket,
                time=done,
                time_msc=done_msc,
                time_update=done,
                time_update_msc=done_msc,
                type=mt5.POSITION_TYPE_BUY if is_buy(order.type) else mt5.POSITION_TYPE_SELL,
                magic=order.magic,
                identifier=order.ticket,
                reason=mt5.POSITION_REASON_EXPERT,
                volume=volume,
                price_open=price,
                sl=order.sl,
                tp=order.tp,
                price_current=price,
                swap=0.0,
                profit=0.0,
                symbol=order.symbol,
                comment=order.comment,
                external_id="",
            )
        )
        return self._deal(order, order.ticket, mt5.DEAL_ENTRY_IN, volume, price, at_ms, reason)

    def _add(
        self, position: TradePosition, order: TradeOrder, volume: float, price: float, at_ms: int, reason: int
    ) -> TradeDeal:
        total = round(position.volume + volume, 8)
        average = (position.price_open * position.volume + price * volume) / total
        digits = self._account.instruments[position.symbol].digits
        self._books.put_position(
            self._touched(position, at_ms)._replace(
                volume=total,
                price_open=round(average, digits + 3),  # the terminal too shows averages with more digits
                sl=order.sl or position.sl,
                tp=order.tp or position.tp,
            )
        )
        return self._deal(order, position.identifier, mt5.DEAL_ENTRY_IN, volume, price, at_ms, reason)

    def _reverse(
        self, position: TradePosition, order: TradeOrder, volume: float, price: float, at_ms: int, reason: int
    ) -> TradeDeal:
        """One deal closes the old side and opens the other; the position keeps its id and takes the order's ticket."""
        profit = self._account.profit(position, position.volume, price, at_ms)
        self._books.drop_position(position.ticket)
        self._books.put_position(
            self._touched(position, at_ms)._replace(
                ticket=order.ticket,
                type=mt5.POSITION_TYPE_BUY if is_buy(order.type) else mt5.POSITION_TYPE_SELL,
                magic=order.magic,
                volume=round(volume - position.volume, 8),
                price_open=price,
                sl=order.sl,
                tp=order.tp,
                swap=0.0,
                comment=order.comment,
            )
        )
        return self._deal(
            order,
            position.identifier,
            mt5.DEAL_ENTRY_INOUT,
            volume,
            price,
            at_ms,
            reason,
            profit=profit,
            swap=position.swap,
        )

    def _touched(self, position: TradePosition, at_ms: int) -> TradePosition:
        updated, updated_msc = self._account.stamp(at_ms)
        return position._replace(time_update=updated, time_update_msc=updated_msc)

    def _deal(
        self,
        order: TradeOrder,
        position_id: int,
        entry: int,
        volume: float,
        price: float,
        at_ms: int,
        reason: int,
        *,
        profit: float = 0.0,
        swap: float = 0.0,
    ) -> TradeDeal:
        done, done_msc = self._account.stamp(at_ms)
        money = self._account.money
        deal = TradeDeal(
            ticket=self._books.next_deal(),
            order=order.ticket,
            time=done,
            time_msc=done_msc,
            type=mt5.DEAL_TYPE_BUY if is_buy(order.type) else mt5.DEAL_TYPE_SELL,
            entry=entry,
            magic=order.magic,
            position_id=position_id,
            reason=reason,
            volume=volume,
            price=price,
            commission=money(-self._account.terms.commission_per_lot * volume),
            swap=swap,
            profit=profit,
            fee=0.0,
            symbol=order.symbol,
            comment=order.comment,
            external_id="",
        )
        self._books.add_deal(deal, self._account.terms.currency_digits)
        return deal
