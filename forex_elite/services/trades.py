"""Positions as the terminals report them, and the record of each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from forex_elite.db import trade_record
from forex_elite.db import trades as queries
from forex_elite.db.unit_of_work import Row, unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.levels import exact
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, is_permitted, needs
from forex_elite.domain.protection import Protection
from forex_elite.domain.signals import ExecutionStatus, TradeInfo
from forex_elite.domain.ticket import TicketStages
from forex_elite.domain.trade_record import OrderSource, TradeOrder, TradeRecord, slippage_points, story
from forex_elite.domain.trading import LevelKind
from forex_elite.errors import NotFound
from forex_elite.services import orders, settlement, trade_jobs

_OF_MANY = frozenset({"close", "close_many", "flatten"})
"""Orders that may have closed several positions: what was filled is then told of all of them together."""


@needs(Permission.POSITION_READ)
async def list_trades(
    actor: Actor,
    *,
    account_id: UUID | None = None,
    cursor: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> Page[TradeInfo]:
    """The actor's positions, open and closed, last stored first."""
    async with unit_of_work(actor) as uow:
        return await queries.list_trades(
            uow,
            actor.person_id,
            account_id=account_id,
            before=cursor,
            limit=max(1, min(limit, MAX_PAGE_SIZE)),
        )


@needs(Permission.POSITION_READ)
async def get(actor: Actor, trade_id: UUID) -> TradeRecord:
    """One trade of the actor's, open or closed, with what happened to it and the orders about it. Raises NotFound.

    A token that may not read orders is told of none, and one that may not read alerts of no alert.
    """
    with_orders = is_permitted(actor, Permission.ORDER_READ)
    async with unit_of_work(actor) as uow:
        found = await trade_record.find(uow, actor.person_id, trade_id, with_orders=with_orders)
    if found is None:
        raise NotFound("There is no such trade.")
    trade, row, events, left_out, jobs = found
    with_alerts = is_permitted(actor, Permission.SIGNAL_READ)
    told = [_order(job, trade, row["spec"] or {}, with_alert=with_alerts) for job in jobs]
    return TradeRecord(
        trade=trade,
        account_name=row["account_name"],
        account_server=row["account_server"],
        strategy_name=row["strategy_name"] or "",
        events=story(trade, events, told),
        left_out=left_out,
        orders=tuple(told) if with_orders else None,
    )


def _order(job: Row, trade: TradeInfo, spec: dict[str, Any], *, with_alert: bool) -> TradeOrder:
    """An order about a trade from its job, and from what was kept of it where an alert or the ticket asked for it."""
    asked = job["instruction"]
    told = job if job["status"] is not None else {**job, **_by_result(job)}
    point = exact(spec["point"]) if spec.get("point") else Decimal(0)
    slippage = told["slippage_points"]
    if slippage is None and asked["do"] == "open":
        slippage = slippage_points(trade.side, told["requested_price"], told["fill_price"], point)
    pip = Decimal(str(trade.pip))
    positions = len(settlement.read_outcome(job["result"]).closed) if asked["do"] in _OF_MANY else 0
    is_of_many = positions > 1
    return TradeOrder(
        id=job["id"],
        action=asked["do"],
        source=_source(job),
        status=ExecutionStatus(told["status"]),
        reason_code=told["reason_code"],
        reason=told["reason"],
        stages=TicketStages(
            requested=told["requested_at"],
            gated=told["gated_at"],
            queued=told["queued_at"],
            claimed=told["claimed_at"],
            sent=told["sent_at"],
            filled=told["filled_at"],
            reported=told["reported_at"],
        ),
        volume_lots=told["volume_lots"],
        filled_lots=None if is_of_many else told["filled_lots"],
        requested_price=None if is_of_many else told["requested_price"],
        fill_price=None if is_of_many else told["fill_price"],
        slippage_points=slippage,
        slippage_pips=None if slippage is None or not pip else round(slippage * point / pip, 2),
        sl=_level(asked, "sl"),
        tp=_level(asked, "tp"),
        asks_levels=any(asked.get(name) for name in ("sl", "tp", "remove_sl", "remove_tp")),
        protection=Protection.read(asked.get("protection")),
        broker_order_id=told["broker_order_id"],
        positions=positions,
        signal_id=job["signal_id"] if with_alert else None,
        strategy_name=(job["strategy_name"] or "") if with_alert else "",
    )


def _by_result(job: Row) -> dict[str, Any]:
    """What is known of a job no order was kept of: when it was asked for, and what its agent told."""
    lots, error = job["instruction"].get("volume_lots"), job["error"] or {}
    asked = {
        "result": job["result"],
        "status": job["job_status"],
        "reason_code": str(error.get("code") or ""),
        "reason": str(error.get("message") or ""),
        "volume_lots": None if lots is None else exact(lots),
    }
    times = {"requested_at": job["created_at"], "queued_at": job["created_at"], "reported_at": job["finished_at"]}
    return {**asked, **times, **orders.told_by(asked)}


def _source(job: Row) -> OrderSource:
    if job["execution_id"] is not None:
        return OrderSource.ALERT
    if job["order_id"] is not None:
        return OrderSource.TICKET
    return OrderSource.KILL_SWITCH if job["purpose"] == trade_jobs.WITH_SWITCH else OrderSource.POSITIONS


def _level(asked: dict[str, Any], name: str) -> Decimal | None:
    """The price a level was asked at, 0 where it was to go; None where it was left alone or asked as a distance."""
    if asked.get(f"remove_{name}"):
        return Decimal(0)
    level = asked.get(name)
    if isinstance(level, dict):
        level = level["value"] if level["kind"] == LevelKind.PRICE else None
    return None if level is None else exact(level)
