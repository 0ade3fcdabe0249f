"""Carry out a trade job on a terminal: every order journalled before it is sent, none sent late, none sent twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from agent import faults
from agent.clocks import Clock, Deadline
from agent.journal import AlreadyJournalled, Intent, Journal, JournalUnavailable, Settlement
from agent.outcome import StepDone, conclude, is_unknown, refused
from agent.plan import cancellations, closings, levels, missing, of_many, opposite, order_change, pair
from agent.protocol import (
    CancelOrders,
    CloseBy,
    CloseMany,
    CloseTrades,
    Flatten,
    Hold,
    ModifyOrder,
    ModifyTrade,
    OpenTrade,
    ProtectTrade,
    TradePayload,
)
from agent.terminal.gateway import OpenPosition, OrderInvalid, SendClass, SendResult, Terminal, TerminalUnavailable

log = logging.getLogger(__name__)

REQUOTES = 3


class TooLate(Exception):
    """The moment for an order has passed; nothing was sent."""


class EntryHeld(OrderInvalid):
    """The account's guard holds entries back; nothing was sent."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.reason)
        self.code = hold.code


@dataclass(slots=True)
class TradeJob:
    """A trade job in the hands of its terminal. `lease` moves on while the supervisor extends it."""

    job_id: UUID
    lease_token: UUID
    payload: TradePayload
    lease: Deadline
    expires: Deadline | None = None
    claimed_at: float | None = None
    """When the job was received, on the server's clock like every time that is reported."""
    server_ahead_s: float = 0.0

    @classmethod
    def of_message(cls, message: dict[str, Any], lease: Deadline) -> TradeJob:
        """The job in a message of the supervisor; raises pydantic's ValidationError for what is no order."""
        raw, expires = message["job"], message["expires"]
        payload = TradePayload.model_validate(raw["payload"])
        if not payload.tag:
            # Without a mark of its own nobody could say after a crash whether the order exists.
            payload = payload.model_copy(update={"tag": f"FE-{UUID(raw['id']).hex[-12:]}"})
        return cls(
            UUID(raw["id"]),
            UUID(raw["lease_token"]),
            payload,
            lease,
            None if expires is None else Deadline(*expires),
            message["claimed_at"],
            message["server_ahead_s"],
        )

    def lateness(self, clock: Clock) -> str:
        """Why no order may be sent any more: `expired`, `lease-lost`, or empty while one may."""
        if self.expires is not None and self.expires.is_past(clock):
            return "expired"
        return "lease-lost" if self.lease.is_past(clock) else ""


@dataclass(frozen=True, slots=True)
class Ending:
    """How far a job came. Without a settlement an order's fate is unknown; `is_saved` tells whether it is on disk."""

    settlement: Settlement | None
    is_saved: bool = True


_LATE_TEXT = {
    "expired": "the signal was too old when it was the order's turn; nothing was sent",
    "lease-lost": "the server took the job back before the order was sent; nothing was sent",
}


class Executor:
    """Executes one trade job at a time on one terminal; lives in the terminal's child process."""

    def __init__(
        self, terminal: Terminal, journal: Journal, clock: Clock, alive: Callable[[], None] = lambda: None
    ) -> None:
        """`alive` is called with every order, so that nobody takes a job of hundreds for a process that hangs."""
        self._alive = alive
        self._terminal = terminal
        self._journal = journal
        self._clock = clock
        self._steps: list[StepDone] = []
        self._begun = 0
        self._job: TradeJob | None = None
        self.refusal_of: Callable[[OpenTrade, int], Hold | None] = lambda _order, _magic: None
        self.is_barred: Callable[[int], Hold | None] = lambda _magic: None
        """Both ask the account's guard about an entry: the first looks at the terminal, the second costs nothing."""
        self._is_entering = False
        terminal.guard_sending(self._refuse_if_late)

    def run(self, job: TradeJob) -> Ending:
        """Execute; raises TerminalUnavailable only while nothing has been sent, AlreadyJournalled for a known job."""
        self._job, self._steps, self._begun, self._is_entering = job, [], 0, False
        try:
            self._carry_out(job)
        except TerminalUnavailable as error:
            if not self._begun:
                raise
            self._steps.append(refused({"do": "read"}, "terminal-unavailable", str(error)))
        finally:
            self._job = None
        if is_unknown(self._steps):
            self._flush()
            return Ending(None)
        settlement = conclude(
            self._steps,
            claimed_at=job.claimed_at,
            is_opening=isinstance(job.payload.instruction, OpenTrade),
        )
        return Ending(settlement, is_saved=self._save(job, settlement))

    def _carry_out(self, job: TradeJob) -> None:  # noqa: C901  # a case for each instruction
        magic = job.payload.magic
        match job.payload.instruction:
            case OpenTrade() as order:
                self._open(order, magic, job.payload.tag)
            case CloseTrades() as order:
                self._close(order, magic, job.payload.tag)
            case ModifyTrade() as order:
                self._modify(order, magic)
            case ModifyOrder() as order:
                self._modify_order(order)
            case CancelOrders() as order:
                self._cancel(order, magic)
            case CloseMany() as order:
                for position in of_many(order, self._terminal.positions()):
                    self._close_one(position, position.volume_lots, order.deviation_points, magic, job.payload.tag)
            case CloseBy() as order:
                self._close_by(order, magic, job.payload.tag)
            case Flatten() as order:
                # A pending order that fills after the positions were closed would open another one.
                self._cancel(CancelOrders(any_magic=True), magic)
                self._close(
                    CloseTrades(any_magic=True, deviation_points=order.deviation_points), magic, job.payload.tag
                )
            case ProtectTrade() as order:
                self._protect(order)

    def _open(self, order: OpenTrade, magic: int, tag: str) -> None:
        if order.close_opposite:
            for position in opposite(order, magic, self._terminal.positions()):
                if not self._close_one(position, position.volume_lots, order.deviation_points, magic, tag).is_done:
                    return
        held = self.refusal_of(order, magic)
        what = {
            "do": "open",
            "symbol": order.symbol,
            "side": order.side,
            "order_type": order.order_type,
            "volume_lots": order.volume_lots,
            "price": order.price,
        }
        if held is not None:
            self._note(refused(what, held.code, held.reason))
            return
        self._is_entering = True
        self._send_again(
            what,
            partial(
                self._terminal.open_trade,
                symbol=order.symbol,
                side=order.side,
                order_type=order.order_type,
                volume_lots=order.volume_lots,
                price=order.price,
                sl=order.sl,
                tp=order.tp,
                deviation_points=order.deviation_points,
                magic=magic,
                comment=tag,
            ),
        )

    def _close(self, order: CloseTrades, magic: int, tag: str) -> None:
        for position, lots in closings(order, magic, self._terminal, self._steps):
            self._close_one(position, lots, order.deviation_points, magic, tag)

    def _cancel(self, order: CancelOrders, magic: int) -> None:
        for what, pending in cancellations(order, magic, self._terminal.orders(), self._steps):
            self._send(what, partial(self._terminal.cancel_order, pending))

    def _close_by(self, order: CloseBy, magic: int, tag: str) -> None:
        found = pair(order, self._terminal.positions(), self._steps)
        if found is None:
            return
        first, second = found
        what = {
            "do": "close_by",
            "ticket": first.ticket,
            "by": second.ticket,
            "symbol": first.symbol,
            "held_lots": first.volume_lots,
            "by_lots": second.volume_lots,
        }
        self._send(what, partial(self._terminal.close_by, first, second, magic=magic, comment=tag))

    def _protect(self, order: ProtectTrade) -> None:
        """No order is sent: with the settlement the journal takes the protection up, and the guard works by it."""
        held = next((each for each in self._terminal.positions() if each.ticket == order.ticket), None)
        if held is None and order.protection is not None:
            self._note(missing("protect", order.ticket, "position"))
            return
        text = "protection set" if order.protection is not None else "protection taken off"
        what = {"do": "protect", "ticket": order.ticket, "symbol": held.symbol if held else ""}
        self._send(what, lambda: SendResult(SendClass.DONE, 0, text, position=order.ticket))

    def _close_one(self, position: OpenPosition, lots: float, deviation: int, magic: int, tag: str) -> StepDone:
        what = {
            "do": "close",
            "ticket": position.ticket,
            "symbol": position.symbol,
            "side": position.side,
            "volume_lots": lots,
            "held_lots": position.volume_lots,
        }
        return self._send_again(
            what,
            partial(
                self._terminal.close_position,
                position,
                volume_lots=lots,
                deviation_points=deviation,
                magic=magic,
                comment=tag,
            ),
        )

    def _modify(self, order: ModifyTrade, magic: int) -> None:
        for position, sl, tp in levels(order, magic, self._terminal, self._steps):
            what = {"do": "modify", "ticket": position.ticket, "symbol": position.symbol, "sl": sl, "tp": tp}
            self._send(what, partial(self._terminal.modify_position, position, sl=sl, tp=tp))

    def _modify_order(self, order: ModifyOrder) -> None:
        change = order_change(order, self._terminal.orders(), self._steps)
        if change is None:
            return
        pending, price, sl, tp = change
        what = {
            "do": "modify_order",
            "ticket": pending.ticket,
            "symbol": pending.symbol,
            "price": price,
            "sl": sl,
            "tp": tp,
        }
        self._send(what, partial(self._terminal.modify_order, pending, price=price, sl=sl, tp=tp))

    def _send_again(self, what: dict[str, object], call: Callable[[], SendResult]) -> StepDone:
        """Send, and after a requote (a refusal that names a new price) ask again while the job is fresh."""
        for _ in range(1 + REQUOTES):
            step = self._send(what, call)
            if step.answer.outcome is not SendClass.NEW_PRICE:
                break
        return step

    def _send(self, what: dict[str, object], call: Callable[[], SendResult]) -> StepDone:
        """One order: check both clocks, journal the intent, check again, send once, note the answer."""
        job = self._job
        assert job is not None
        self._alive()
        if late := job.lateness(self._clock):
            return self._note(refused(what, late, _LATE_TEXT[late], outcome=SendClass.NOT_SENT))
        number, began = self._begun + 1, self._now(job)
        intent = Intent(
            str(job.job_id),
            job.payload.model_dump(mode="json"),
            job.payload.magic,
            job.payload.tag,
            str(job.lease_token),
            None if job.expires is None else job.expires.wall,
        )
        try:
            self._journal.begin(intent, number, what, at=began)
        except JournalUnavailable as error:
            log.exception("the journal cannot be written, so nothing is sent")
            text = f"the agent's journal cannot be written, so nothing was sent: {error}"
            return self._note(refused(what, "journal-unavailable", text, outcome=SendClass.NOT_SENT))
        self._begun = number
        handed = self._now(job)
        answer, code = self._call(call)
        faults.reach(faults.AFTER_SEND)
        step = StepDone(what, answer, code, handed, self._now(job))
        self._journal.answered(str(job.job_id), number, step.as_json())
        return self._note(step)

    def _call(self, call: Callable[[], SendResult]) -> tuple[SendResult, str]:
        """The answer of the terminal, and a code of ours where it sent nothing."""
        try:
            self._refuse_if_late()
            faults.reach(faults.BEFORE_SEND)
            answer = call()
        except TooLate as late:
            code = str(late)
            return SendResult(SendClass.NOT_SENT, 0, _LATE_TEXT[code]), code
        except EntryHeld as held:
            return SendResult(SendClass.REFUSED, 0, str(held)), held.code
        except OrderInvalid as error:
            return SendResult(SendClass.REFUSED, 0, str(error)), "order-invalid"
        except Exception as error:
            # It may have been raised after the order left; only a look into the terminal can tell.
            log.exception("no answer to an order")
            return SendResult(SendClass.UNKNOWN, getattr(error, "code", 0), f"no answer: {error}"), "unknown"
        codes = {SendClass.NEW_PRICE: "requote", SendClass.NOT_SENT: "not-sent", SendClass.UNKNOWN: "unknown"}
        return answer, codes.get(answer.outcome, "refused" if answer.outcome is SendClass.REFUSED else "")

    def _refuse_if_late(self) -> None:
        if self._job is not None and (late := self._job.lateness(self._clock)):
            raise TooLate(late)
        if self._job is not None and self._is_entering and (held := self.is_barred(self._job.payload.magic)):
            raise EntryHeld(held)

    def _note(self, step: StepDone) -> StepDone:
        self._steps.append(step)
        return step

    def _now(self, job: TradeJob) -> float:
        return self._clock.wall() + job.server_ahead_s

    def _flush(self) -> None:
        try:
            self._journal.flush_answers()
        except JournalUnavailable:
            log.exception("answers could not be journalled; they will be looked up in the terminal")

    def _save(self, job: TradeJob, settlement: Settlement) -> bool:
        """Put the end of the job on disk; nothing to do when nothing had begun."""
        if not self._begun:
            return True
        try:
            self._journal.settle(str(job.job_id), settlement)
        except JournalUnavailable:
            log.exception("the result could not be journalled; it is reported from memory")
            return False
        faults.reach(faults.AFTER_JOURNAL)
        return True


__all__ = ["AlreadyJournalled", "Ending", "Executor", "TooLate", "TradeJob"]
