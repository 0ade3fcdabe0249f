"""Sending one request, once, and saying what its answer is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from agent.protocol import Side
from agent.terminal.gateway import OpenPosition, OrderInvalid, SendClass, SendResult, TerminalUnavailable
from agent.terminal.retcodes import INVALID_FILL, NO_CHANGES, send_class, unanswered_class
from agent.terminal.session import Session

DEAL: Final = 1
PENDING: Final = 5
SLTP: Final = 6
CHANGE: Final = 7
REMOVE: Final = 8
AUTOTRADING_DISABLED: Final = 10027

Prepared = tuple[dict[str, Any], list[int]]
"""A request and the filling modes to try it with, none where it fills nothing."""


class Sender:
    """The only caller of `order_send`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._is_netting = False
        self.guard: Callable[[], None] = lambda: None

    def submit(self, prepare: Callable[[], Prepared], position: int | None = None) -> SendResult:
        """Check the terminal, prepare the request and send it.

        What fails before `order_send` is NOT_SENT, or OrderInvalid where the order itself is at fault; once it was
        called, nothing is raised any more and doubt is UNKNOWN.
        """
        try:
            refusal = self._refusal()
            if refusal is not None:
                return refusal
            request, modes = prepare()
        except OrderInvalid:
            raise
        except TerminalUnavailable as problem:
            return SendResult(SendClass.NOT_SENT, problem.code, str(problem))
        except Exception as error:  # noqa: BLE001  # a broken pipe to another process can raise anything
            return SendResult(SendClass.NOT_SENT, 0, f"the terminal does not answer: {error!r}")
        if not modes:
            return self._send(request, position)
        for mode in modes:
            result = self._send({**request, "type_filling": mode}, position)
            if result.retcode != INVALID_FILL:  # 10030 is a definite refusal: nothing can have been executed
                break
        return result

    def held_lots(self, position: OpenPosition) -> float:
        """What can be closed of a position; OrderInvalid where it is gone.

        On a netting account a deal too many, or too large, opens the other side, so the position is looked at again.
        """
        if not self._is_netting:
            return position.volume_lots
        rows = self._session.answered(
            self._session.api.positions_get(ticket=position.ticket), "the position cannot be read"
        )
        if not rows or rows[0].type != (0 if position.side is Side.BUY else 1):
            raise OrderInvalid(f"position {position.ticket} is closed already")
        return min(position.volume_lots, float(rows[0].volume))

    def _refusal(self) -> SendResult | None:
        standing = self._session.standing()
        self._is_netting = standing.is_netting
        if standing.unreachable:
            return SendResult(SendClass.NOT_SENT, 0, standing.unreachable)
        if standing.denied:
            return SendResult(SendClass.REFUSED, AUTOTRADING_DISABLED, standing.denied)
        return None

    def _send(self, request: dict[str, Any], position: int | None) -> SendResult:
        asked = float(request.get("price", 0.0))
        self.guard()
        try:
            answer = self._session.api.order_send(request)
        except Exception as error:  # noqa: BLE001  # the call may have gone through before it broke
            return SendResult(SendClass.UNKNOWN, 0, f"the call broke: {error!r}", requested_price=asked)
        try:
            if answer is None:
                code, text = self._session.api.last_error()
                return SendResult(unanswered_class(int(code)), int(code), str(text), requested_price=asked)
            return self._read(request, answer, position, asked)
        except Exception as error:  # noqa: BLE001  # an answer that cannot be read is no answer
            return SendResult(SendClass.UNKNOWN, 0, f"the answer cannot be read: {error!r}", requested_price=asked)

    def _read(self, request: dict[str, Any], answer: Any, position: int | None, asked: float) -> SendResult:
        retcode = int(answer.retcode)
        outcome = send_class(retcode)
        action = request["action"]
        if outcome is SendClass.DONE and action == PENDING:
            outcome = SendClass.PLACED
        if retcode == NO_CHANGES and action in {SLTP, CHANGE}:
            outcome = SendClass.DONE  # the levels are already as asked
        result = SendResult(
            outcome,
            retcode,
            str(answer.comment),
            order=int(answer.order) or None,
            deal=int(answer.deal) or None,
            position=position,
            requested_price=asked,
        )
        if action != DEAL or outcome not in (SendClass.DONE, SendClass.PARTIAL):
            return result
        filled = replace(
            result, volume_lots=float(answer.volume) or float(request["volume"]), price=float(answer.price)
        )
        return self._completed(filled, str(request["symbol"]))

    def _completed(self, result: SendResult, symbol: str) -> SendResult:
        """Add what some servers leave out: the position and the price. Best effort, the fill itself is certain."""
        position, price = result.position, result.price
        if position is None and not self._is_netting:
            position = result.order
        try:
            if position is None:
                held = self._session.api.positions_get(symbol=symbol)
                position = int(held[0].ticket) if held else None
            if not price and result.order:
                deals = self._session.api.history_deals_get(ticket=result.order) or ()
                volume = sum(row.volume for row in deals)
                price = sum(row.volume * row.price for row in deals) / volume if volume else 0.0
        except Exception:  # noqa: BLE001  # the answer stands without these
            return replace(result, position=position)
        return replace(result, position=position, price=price)
