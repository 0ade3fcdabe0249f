"""The orders door: what a person asks for at the ticket goes through the same gate, queue and journal as alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite import clock
from forex_elite.db import orders as queries
from forex_elite.db.unit_of_work import Row, UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.risk import AccountState, Decision, OpenOrder
from forex_elite.domain.signals import ExecutionStatus
from forex_elite.domain.ticket import (
    OrderRequest,
    OrderState,
    PendingOrderInfo,
    TicketAction,
    check_change,
    check_loss,
    judge_order,
)
from forex_elite.domain.trading import Level, LevelKind, Side
from forex_elite.errors import Conflict, InvalidInput, NotFound
from forex_elite.services import settlement, snapshot, trade_jobs

MOST_AT_ONCE = 200
_OTHER_DOORS = {"completed": "executed", "running": "pending"}
"""Words of a job's status where an order has another one."""


class AccountAway(Conflict):
    """The account's agent or terminal does not answer, or may not trade; nothing was asked of it."""

    code = "account-away"


@needs(Permission.ORDER_PLACE)
async def place(actor: Actor, request: OrderRequest) -> OrderState:
    """Put an order through the gate and queue it; whatever becomes of it is kept, and told.

    The same `client_order_id` again is answered with the order it made first, whatever else it says now. Raises
    NotFound for an account that is not the actor's.
    """
    client_order_id = request.client_order_id or uuid7()
    requested_at = clock.now()

    async def put(uow: UnitOfWork) -> OrderState:
        row = await queries.account_to_trade(uow, actor.person_id, request.account_id, request.symbol, is_entry=True)
        if row is None:
            raise NotFound("There is no such account.")
        (account,) = await snapshot.accounts_of([row], clock.now())
        decision = judge_order(request, account, clock.now())
        values = {
            **_asked(request),
            "id": uuid7(),
            "user_id": actor.person_id,
            "client_order_id": client_order_id,
            "requested_at": requested_at,
            **_decided(decision, account),
        }
        is_first = await queries.add(uow, values)
        if is_first and isinstance(decision.order, OpenOrder):
            await trade_jobs.enqueue(
                uow,
                user_id=actor.person_id,
                agent_id=row["agent_id"],
                account_id=account.id,
                instruction=snapshot.instruction_of(decision.order),
                is_entry=True,
                job_id=values["id"],
            )
        refusal = decision.refusal
        if is_first and refusal is not None and refusal.is_limit:
            await queries.add_risk_event(
                uow, user_id=actor.person_id, account_id=account.id, code=refusal.code, message=refusal.reason
            )
        return await _kept(uow, actor, client_order_id)

    return await repeatable(actor, put)


async def _kept(uow: UnitOfWork, actor: Actor, client_order_id: UUID) -> OrderState:
    kept = await queries.find_asked(uow, actor.person_id, client_order_id)
    assert kept is not None, "it was stored in this very transaction, or before"
    return kept


def _asked(request: OrderRequest) -> dict[str, Any]:
    return {
        "account_id": request.account_id,
        "action": TicketAction.OPEN.value,
        "symbol": request.symbol,
        "side": request.side.value,
        "order_type": request.order_type.value,
        "volume_lots": request.volume_lots,
        "risk_percent": request.risk_percent,
        "price": request.price,
        "sl": _price(request.sl),
        "tp": _price(request.tp),
    }


def _price(level: Level | None) -> float | None:
    return level.value if level is not None and level.kind is LevelKind.PRICE else None


def _decided(decision: Decision, account: AccountState) -> dict[str, Any]:
    now = clock.now()
    told: dict[str, Any] = {
        "gated_at": now,
        "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in decision.checks],
        "status": ExecutionStatus.PENDING.value,
        "reason_code": "",
        "reason": "",
    }
    if isinstance(order := decision.order, OpenOrder):
        return told | {
            "symbol": order.symbol,
            "volume_lots": order.volume_lots,
            "requested_price": order.requested_price,
            "loss_at_stop": order.loss_at_stop,
            "queued_at": now,
        }
    assert decision.refusal is not None, f"the gate neither permits nor refuses on {account.login}"
    return told | {
        "status": decision.refusal.status.value,
        "reason_code": decision.refusal.code,
        "reason": decision.refusal.reason,
        "reported_at": now,
    }


@needs(Permission.ORDER_READ)
async def find(actor: Actor, job_id: UUID) -> OrderState:
    """What became of an order by hand, or of any trade job of the actor's. Raises NotFound."""
    found = await find_all(actor, [job_id])
    if not found:
        raise NotFound("There is no such order.")
    return found[0]


@needs(Permission.ORDER_READ)
async def find_all(actor: Actor, job_ids: Sequence[UUID]) -> tuple[OrderState, ...]:
    """What became of several orders or trade jobs so far, at most `MOST_AT_ONCE`; unknown numbers are left out."""
    asked = list(job_ids[:MOST_AT_ONCE])
    if not asked:
        return ()
    async with unit_of_work(actor) as uow:
        found = await queries.find_all(uow, actor.person_id, asked)
        others = set(asked) - {order.id for order in found}
        rows = await queries.find_jobs(uow, actor.person_id, list(others)) if others else []
    return (*found, *(queries.state_of_job(row, told_by(row)) for row in rows))


def told_by(row: Row) -> dict[str, Any]:
    """What a job's own result says of it, for jobs no order is kept of: fields of an `OrderState`."""
    outcome = settlement.read_outcome(row["result"])
    is_partial = row["status"] == "completed" and (outcome.is_partial or bool(outcome.failed))
    return {
        "status": "partial" if is_partial else _OTHER_DOORS.get(row["status"], row["status"]),
        "reason": row["reason"] or "; ".join(outcome.failed)[:500],
        "volume_lots": row["volume_lots"] or _decimal(outcome.volume_lots),
        "filled_lots": _decimal(outcome.volume_lots),
        "requested_price": _decimal(outcome.requested_price),
        "fill_price": _decimal(outcome.price),
        "broker_order_id": str(outcome.order or outcome.position or ""),
        "closed": len(outcome.closed),
        "sent_at": outcome.sent_at,
        "filled_at": outcome.filled_at,
    }


def _decimal(value: float | None) -> Decimal | None:
    return Decimal(str(value)) if value else None


@needs(Permission.ORDER_READ)
async def list_orders(
    actor: Actor, *, account_id: UUID | None = None, cursor: UUID | None = None, limit: int = PAGE_SIZE
) -> Page[OrderState]:
    """The actor's orders by hand, newest first, refused ones too."""
    async with unit_of_work(actor) as uow:
        return await queries.list_orders(
            uow,
            actor.person_id,
            account_id=account_id,
            before=cursor,
            limit=max(1, min(limit, MAX_PAGE_SIZE)),
        )


# --- pending orders -------------------------------------------------------------------------------------------------


@needs(Permission.ORDER_READ)
async def list_pending(
    actor: Actor, account_id: UUID | None = None, *, cursor: UUID | None = None, limit: int = MAX_PAGE_SIZE
) -> Page[PendingOrderInfo]:
    """The actor's pending orders as their terminals reported them, oldest first."""
    async with unit_of_work(actor) as uow:
        return await queries.list_pending(
            uow, actor.person_id, account_id=account_id, after=cursor, limit=max(1, min(limit, MAX_PAGE_SIZE))
        )


@needs(Permission.ORDER_PLACE)
async def change_pending(
    actor: Actor,
    account_id: UUID,
    ticket: int,
    *,
    price: float | None = None,
    sl: float | None = None,
    tp: float | None = None,
) -> OrderState:
    """Queue a change of a pending order; None leaves a figure as it is, 0 removes a level.

    Raises NotFound, AccountAway, InvalidInput, LevelUnusable and LossAboveLimit.
    """
    changes = {name: value for name, value in (("price", price), ("sl", sl), ("tp", tp)) if value is not None}
    if not changes:
        raise InvalidInput("Say what is to change: its price, its stop loss or its take profit.", field="price")
    async with unit_of_work(actor) as uow:
        order, row, account = await _waiting(uow, actor, account_id, ticket)
        wanted = {name: float(changes.get(name, getattr(order, name))) for name in ("price", "sl", "tp")}
        specs = [snapshot.spec_of(spec) for spec in row["specs"]]
        spec = specs[0] if specs else None
        check_change(order, spec, **wanted)
        before, after = (float(order.price), float(order.sl)), (wanted["price"], wanted["sl"])
        check_loss(account, spec, Side(order.side), order.volume, before=before, after=after)
        instruction = {
            "do": TicketAction.MODIFY_ORDER.value,
            "ticket": ticket,
            **{name: value for name, value in changes.items() if value},
            "remove_sl": changes.get("sl") == 0,
            "remove_tp": changes.get("tp") == 0,
        }
        return await _protect(uow, actor, order, account, row["agent_id"], instruction, wanted)


@needs(Permission.ORDER_PLACE)
async def cancel_pending(actor: Actor, account_id: UUID, ticket: int) -> OrderState:
    """Queue the cancellation of a pending order. Raises NotFound and AccountAway."""
    async with unit_of_work(actor) as uow:
        order, row, account = await _waiting(uow, actor, account_id, ticket)
        instruction = {"do": TicketAction.CANCEL.value, "ticket": ticket, "any_magic": True}
        kept = {name: float(getattr(order, name)) for name in ("price", "sl", "tp")}
        return await _protect(uow, actor, order, account, row["agent_id"], instruction, kept)


async def _waiting(
    uow: UnitOfWork, actor: Actor, account_id: UUID, ticket: int
) -> tuple[PendingOrderInfo, Row, AccountState]:
    """A pending order of the actor's with its account, which must be within reach.

    Neither limits nor the kill switch hold up what changes or takes away an order that waits already.
    """
    found = (await queries.list_pending(uow, actor.person_id, account_id=account_id, ticket=ticket)).items
    if not found:
        raise NotFound("There is no such pending order; it may have been filled or cancelled.")
    row = await queries.account_to_trade(uow, actor.person_id, account_id, found[0].symbol, is_entry=False)
    if row is None:
        raise NotFound("There is no such account.")
    (account,) = await snapshot.accounts_of([row], clock.now())
    if not account.is_online:
        raise AccountAway(
            f"Account {account.login} is offline: its agent or terminal does not answer. Nothing was sent."
        )
    if not account.is_trade_allowed:
        raise AccountAway(
            f"Account {account.login} may not trade: Algo Trading is off or the log-in is read-only. Nothing was sent."
        )
    return found[0], row, account


async def _protect(
    uow: UnitOfWork,
    actor: Actor,
    order: PendingOrderInfo,
    account: AccountState,
    agent_id: UUID,
    instruction: dict[str, Any],
    wanted: Mapping[str, float],
) -> OrderState:
    """Keep and queue what is to become of a pending order."""
    order_id, now = uuid7(), clock.now()
    await queries.add(
        uow,
        {
            "id": order_id,
            "user_id": actor.person_id,
            "account_id": account.id,
            "client_order_id": order_id,
            "action": instruction["do"],
            "symbol": order.symbol,
            "side": order.side,
            "order_type": order.order_type,
            "ticket": order.ticket,
            "volume_lots": order.volume,
            **{name: value or None for name, value in wanted.items()},
            "status": ExecutionStatus.PENDING.value,
            "reason_code": "",
            "reason": "",
            "requested_at": now,
            "gated_at": now,
            "queued_at": now,
        },
    )
    await trade_jobs.enqueue(
        uow,
        user_id=actor.person_id,
        agent_id=agent_id,
        account_id=account.id,
        instruction=instruction,
        is_entry=False,
        job_id=order_id,
    )
    (kept,) = await queries.find_all(uow, actor.person_id, [order_id])
    return kept
