"""The trade server: takes a request, refuses or executes it, and answers as the real one does."""

from __future__ import annotations

from typing import Final

from agent.simulator import checks
from agent.simulator import constants as mt5
from agent.simulator.account import Account
from agent.simulator.faults import Fault, FaultKind
from agent.simulator.fills import Fills
from agent.simulator.market import Market
from agent.simulator.noise import key
from agent.simulator.orders import RETCODE_TEXTS, is_buy, new_order
from agent.simulator.pricing import Quote
from agent.simulator.server_time import DAY_MS
from agent.simulator.structures import OrderCheckResult, OrderSendResult, TradeDeal, TradeOrder, TradeRequest

_SERVER_DATED: Final = (mt5.ORDER_TIME_DAY, mt5.ORDER_TIME_SPECIFIED_DAY)
_NO_PRICE: Final = Quote(0, 0.0, 0.0)


class Broker:
    """The server's side of one account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.market = Market(account)
        self._books = account.books
        self._fills = Fills(account)

    def send(
        self, request: TradeRequest, now_ms: int, *, is_selected: bool = True, faults: tuple[Fault, ...] = ()
    ) -> OrderSendResult:
        """Execute a request or refuse it, in one transaction of the books."""
        with self._books.transaction():
            self.market.advance(now_ms)
            retcode = self._demanded_refusal(faults) or self._permission()
            retcode = retcode or checks.refusal(self.account, request, now_ms, is_selected=is_selected)
            if retcode:
                return self._refused(request, retcode, now_ms)
            answer = self._execute(request, now_ms, faults)
            self.market.remember(now_ms)
            return answer

    def check(self, request: TradeRequest, now_ms: int, *, is_selected: bool = True) -> OrderCheckResult:
        """What the server would say and what the account would look like afterwards; nothing changes."""
        self.market.advance(now_ms)
        retcode = checks.refusal(self.account, request, now_ms, is_selected=is_selected)
        figures = self.account.figures(now_ms)
        margin = figures.margin
        quote = self.account.quote(request.symbol, now_ms) if request.symbol in self.account.instruments else None
        if request.action == mt5.TRADE_ACTION_DEAL and quote is not None:
            buys = is_buy(request.type)
            target = checks.deal_target(self.account, request)
            legs = checks.legs_after(
                self.account,
                request.symbol,
                request.volume,
                quote.ask if buys else quote.bid,
                buys=buys,
                closing=target.ticket if target else 0,
            )
            margin = self.account.margin(legs, now_ms)
        after = self.account.figures_with(figures.profit, margin)
        return OrderCheckResult(
            retcode=retcode,
            balance=after.balance,
            equity=after.equity,
            profit=after.profit,
            margin=after.margin,
            margin_free=after.free,
            margin_level=after.level,
            comment=RETCODE_TEXTS[retcode],
            request=request,
        )

    @staticmethod
    def answer(
        request: TradeRequest,
        retcode: int,
        *,
        request_id: int = 0,
        order: int = 0,
        deal: int = 0,
        volume: float = 0.0,
        price: float = 0.0,
        quote: Quote = _NO_PRICE,
    ) -> OrderSendResult:
        """An answer to `order_send`, with the server's words for the code."""
        return OrderSendResult(
            retcode=retcode,
            deal=deal,
            order=order,
            volume=volume,
            price=price,
            bid=quote.bid,
            ask=quote.ask,
            comment=RETCODE_TEXTS.get(retcode, "Unknown retcode"),
            request_id=request_id,
            retcode_external=0,
            request=request,
        )

    def _permission(self) -> int:
        if self.account.switches.investor:
            return mt5.TRADE_RETCODE_TRADE_DISABLED
        if not self.account.switches.expert_allowed:
            return mt5.TRADE_RETCODE_SERVER_DISABLES_AT
        return 0

    @staticmethod
    def _demanded_refusal(faults: tuple[Fault, ...]) -> int:
        for fault in faults:
            if fault.kind is FaultKind.REFUSE:
                return fault.code
            if fault.kind is FaultKind.REQUOTE:
                return mt5.TRADE_RETCODE_REQUOTE
        return 0

    def _refused(self, request: TradeRequest, retcode: int, now_ms: int) -> OrderSendResult:
        quote = None
        if retcode in (mt5.TRADE_RETCODE_REQUOTE, mt5.TRADE_RETCODE_PRICE_CHANGED):
            quote = self.account.quote(request.symbol, now_ms)
        return self.answer(request, retcode, request_id=self._next_request(), quote=quote or _NO_PRICE)

    def _next_request(self) -> int:
        number = int(self._books.get("next_request", 1))
        self._books.set("next_request", number + 1)
        return number

    def _execute(self, request: TradeRequest, now_ms: int, faults: tuple[Fault, ...]) -> OrderSendResult:
        comment = next((fault.text for fault in faults if fault.kind is FaultKind.COMMENT), request.comment)
        booked = request._replace(comment=comment)
        if request.action == mt5.TRADE_ACTION_DEAL:
            return self._deal(request, booked, now_ms, faults)
        if request.action == mt5.TRADE_ACTION_PENDING:
            return self._place(request, booked, now_ms)
        if request.action == mt5.TRADE_ACTION_CLOSE_BY:
            return self._close_by(request, booked, now_ms)
        if request.action == mt5.TRADE_ACTION_SLTP:
            position = checks.sltp_target(self.account, request)
            assert position is not None, "checked before"
            self._books.put_position(position._replace(sl=request.sl, tp=request.tp))
            return self.answer(request, mt5.TRADE_RETCODE_DONE, request_id=self._next_request())
        order = self._books.orders[request.order]
        if request.action == mt5.TRADE_ACTION_REMOVE:
            self._fills.finish(order, now_ms, mt5.ORDER_STATE_CANCELED)
        else:
            self._modify(order, request, now_ms)
        return self.answer(request, mt5.TRADE_RETCODE_DONE, request_id=self._next_request(), order=order.ticket)

    # --- market orders ----------------------------------------------------------------------------------------------

    def _deal(
        self, request: TradeRequest, booked: TradeRequest, now_ms: int, faults: tuple[Fault, ...]
    ) -> OrderSendResult:
        quote = self.account.quote(request.symbol, now_ms)
        assert quote is not None, "checked before"
        target = checks.deal_target(self.account, request)
        ticket = self._books.next_order()
        price = self._fill_price(request, quote, ticket)
        position_id = target.identifier if target else 0
        order = new_order(booked, ticket, self.account.stamp(now_ms), price=price, position_id=position_id)
        volumes, retcode = self._fillable(request, faults)
        if not volumes:
            self._fills.finish(order, now_ms, mt5.ORDER_STATE_CANCELED)
            return self._refused(request, retcode, now_ms)
        deal: TradeDeal | None = None
        for volume in volumes:
            order, made = self._fills.fill(order, volume, price, now_ms)
            deal = deal or made
        assert deal is not None, "at least one volume was filled"
        if order.volume_current > 0 and request.type_filling == mt5.ORDER_FILLING_RETURN:
            self._books.put_order(order)  # the rest goes with the next tick
        else:
            self._fills.finish(order, now_ms)
        return self.answer(
            request,
            retcode,
            request_id=self._next_request(),
            order=ticket,
            deal=deal.ticket,
            volume=round(sum(volumes), 8),
            price=price,
            quote=quote,
        )

    def _fill_price(self, request: TradeRequest, quote: Quote, ticket: int) -> float:
        """The market's price; with slippage in the terms, Market execution fills some points worse."""
        instrument = self.account.instruments[request.symbol]
        buys = is_buy(request.type)
        price = quote.ask if buys else quote.bid
        most = self.account.terms.slippage_points
        if not most or instrument.execution != mt5.SYMBOL_TRADE_EXECUTION_MARKET:
            return price
        points = key(self.account.terms.seed, "slippage", ticket) % (most + 1)
        return instrument.round_price(price + (points if buys else -points) * instrument.point)

    def _fillable(self, request: TradeRequest, faults: tuple[Fault, ...]) -> tuple[list[float], int]:
        """The volumes that can be filled now and the code to answer: partial fills and split fills on demand."""
        wanted = next((each for each in faults if each.kind in (FaultKind.PARTIAL, FaultKind.SPLIT)), None)
        if wanted is None:
            return [request.volume], mt5.TRADE_RETCODE_DONE
        instrument = self.account.instruments[request.symbol]
        steps = int(request.volume * wanted.fraction / instrument.volume_step + 1e-9)
        first = round(steps * instrument.volume_step, 8)
        rest = round(request.volume - first, 8)
        if wanted.kind is FaultKind.SPLIT and first > 0 and rest > 0:
            return [first, rest], mt5.TRADE_RETCODE_DONE
        if request.type_filling == mt5.ORDER_FILLING_FOK or first <= 0:
            return [], mt5.TRADE_RETCODE_REJECT
        return [first], mt5.TRADE_RETCODE_DONE_PARTIAL

    def _close_by(self, request: TradeRequest, booked: TradeRequest, now_ms: int) -> OrderSendResult:
        first = self._books.positions[request.position]
        second = self._books.positions[request.position_by]
        ticket = self._books.next_order()
        order = new_order(
            booked._replace(type=mt5.ORDER_TYPE_CLOSE_BY, symbol=first.symbol, volume=min(first.volume, second.volume)),
            ticket,
            self.account.stamp(now_ms),
            price=second.price_open,
            position_id=first.identifier,
        )
        deal = self._fills.close_by(first, second, order, now_ms)
        return self.answer(
            request,
            mt5.TRADE_RETCODE_DONE,
            request_id=self._next_request(),
            order=ticket,
            deal=deal.ticket,
            volume=deal.volume,
            price=deal.price,
        )

    # --- pending orders ---------------------------------------------------------------------------------------------

    def _place(self, request: TradeRequest, booked: TradeRequest, now_ms: int) -> OrderSendResult:
        ticket = self._books.next_order()
        order = new_order(booked, ticket, self.account.stamp(now_ms), price=request.price)
        self._books.put_order(order._replace(time_expiration=self._expiration(request, now_ms)))
        quote = self.account.quote(request.symbol, now_ms) or _NO_PRICE
        return self.answer(
            request,
            mt5.TRADE_RETCODE_DONE,
            request_id=self._next_request(),
            order=ticket,
            volume=request.volume,
            quote=quote,
        )

    def _modify(self, order: TradeOrder, request: TradeRequest, now_ms: int) -> None:
        wanted = checks.modified_request(order, request)
        self._books.put_order(
            order._replace(
                price_open=wanted.price,
                price_stoplimit=wanted.stoplimit,
                sl=wanted.sl,
                tp=wanted.tp,
                type_time=wanted.type_time,
                time_expiration=self._expiration(wanted, now_ms),
            )
        )

    def _expiration(self, request: TradeRequest, now_ms: int) -> int:
        """Server time at which a pending order ends, seconds; 0 never. Day orders end at the server's midnight."""
        if request.type_time == mt5.ORDER_TIME_SPECIFIED:
            return request.expiration
        if request.type_time not in _SERVER_DATED:
            return 0
        is_today = request.type_time == mt5.ORDER_TIME_DAY
        server_ms = self.account.zone.to_server(now_ms) if is_today else request.expiration * 1000
        return (server_ms // DAY_MS + 1) * DAY_MS // 1000
