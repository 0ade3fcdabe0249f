"""Queries that carry the end of a job to its execution and its signal."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from forex_elite.db.unit_of_work import Row, UnitOfWork

_SETTLE = """
update signal_executions e set
    status = %(status)s, reason_code = %(code)s, reason = %(reason)s,
    fill_price = coalesce(nullif(%(price)s::numeric, 0), e.fill_price),
    filled_lots = coalesce(nullif(%(lots)s::numeric, 0), e.filled_lots),
    requested_price = coalesce(%(requested)s::numeric, e.requested_price),
    broker_order_id = case when %(order)s = '' then e.broker_order_id else %(order)s end,
    sent_at = coalesce(%(sent)s, e.sent_at), filled_at = coalesce(%(filled)s, e.filled_at),
    reported_at = coalesce(%(reported)s, e.reported_at),
    slippage_points = case
        when %(price)s::numeric > 0 and coalesce(%(requested)s::numeric, e.requested_price) > 0 and g.side <> ''
        then round((%(price)s::numeric - coalesce(%(requested)s::numeric, e.requested_price))
                   * case g.side when 'buy' then 1 else -1 end
                   / (select (s.spec ->> 'point')::numeric from symbols s
                      where s.account_id = e.account_id and s.name = %(symbol)s), 1) end
from tv_signals g
where e.job_id = %(job)s and g.id = e.signal_id
"""


async def settle_execution(
    uow: UnitOfWork,
    job_id: UUID,
    *,
    status: str,
    code: str,
    reason: str,
    symbol: str = "",
    price: Decimal = Decimal(0),
    lots: Decimal = Decimal(0),
    requested: Decimal | None = None,
    order: str = "",
    sent: datetime | None = None,
    filled: datetime | None = None,
    reported: datetime | None = None,
) -> tuple[UUID, list[Row]] | None:
    """Write an execution's outcome; returns the signal's id (now locked) with all its executions.

    None when the job belongs to no signal (an order from the ticket).
    """
    values: dict[str, Any] = {
        "job": job_id,
        "status": status,
        "code": code,
        "reason": reason,
        "symbol": symbol,
        "price": price,
        "lots": lots,
        "requested": requested,
        "order": order,
        "sent": sent,
        "filled": filled,
        "reported": reported,
    }
    _, locked, executions = await uow.run_all(
        [
            (_SETTLE, values),
            (
                "select id from tv_signals where id = (select signal_id from signal_executions where job_id = %s) "
                "for update",
                (job_id,),
            ),
            (
                "select status, reason_code, reason, fill_price, filled_lots, broker_order_id from signal_executions "
                "where signal_id = (select signal_id from signal_executions where job_id = %s) order by id",
                (job_id,),
            ),
        ]
    )
    signal_id = locked.value()
    return (signal_id, executions.rows()) if signal_id else None


def sum_up_signal(
    uow: UnitOfWork,
    signal_id: UUID,
    *,
    status: str,
    code: str,
    reason: str,
    fill_price: Decimal | None,
    order: str,
    resolved_at: datetime | None,
) -> None:
    """Write the signal's own fields from its executions, with the transaction's next round trip."""
    uow.defer(
        "update tv_signals set status = %s, reason_code = %s, reason = %s, fill_price = %s, broker_order_id = %s, "
        "resolved_at = %s where id = %s",
        (status, code, reason, fill_price, order, resolved_at, signal_id),
    )
