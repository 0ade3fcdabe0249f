"""Queries that show signals."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.paging import Page
from forex_elite.domain.signals import (
    ExecutionInfo,
    ExecutionStatus,
    SignalCounts,
    SignalDetail,
    SignalInfo,
    SignalStatus,
    Stages,
)

_SIGNAL = """
    g.id, g.user_id, g.strategy_id, s.name as strategy_name, g.received_at, g.gated_at, g.resolved_at, g.status,
    g.action, g.side, g.symbol, g.price, g.fill_price, g.broker_order_id, g.reason_code, g.reason, g.is_test,
    (select extract(epoch from min(e.filled_at) - g.received_at) * 1000 from signal_executions e
     where e.signal_id = g.id) as to_fill_ms
"""

_EXECUTIONS = """
    select e.*, a.login, a.server, j.claimed_at{more}
    from signal_executions e
    join mt5_accounts a on a.id = e.account_id
    left join jobs j on j.id = e.job_id
    where e.signal_id = any(%s)
    order by e.id
"""

# By the tickets of its result: the position it opened, else those it closed, else that of the pending order it placed,
# whose number the position takes over.
_TRADE = """, (
        select t.id from jsonb_array_elements_text(
            coalesce(j.result -> 'position', '[]') || coalesce(j.result -> 'closed', '[]')
            || coalesce(j.result -> 'order', '[]')) with ordinality told (ticket, place)
        join trades t on t.account_id = e.account_id
            and t.ticket = case when told.ticket ~ '^[0-9]{1,18}$' then told.ticket::bigint end
        order by place limit 1) as trade_id
"""


def _execution(row: Row, received: datetime, gated: datetime | None) -> ExecutionInfo:
    return ExecutionInfo(
        id=row["id"],
        account_id=row["account_id"],
        account_login=row["login"],
        account_server=row["server"],
        job_id=row["job_id"],
        status=ExecutionStatus(row["status"]),
        reason_code=row["reason_code"],
        reason=row["reason"],
        volume_lots=row["volume_lots"],
        requested_price=row["requested_price"],
        fill_price=row["fill_price"],
        slippage_points=row["slippage_points"],
        broker_order_id=row["broker_order_id"],
        stages=Stages(
            received=received,
            gated=gated,
            queued=row["queued_at"],
            claimed=row["claimed_at"],
            sent=row["sent_at"],
            filled=row["filled_at"],
            reported=row["reported_at"],
        ),
        checks=tuple(row["checks"]),
        trade_id=row.get("trade_id"),
    )


def _signal(row: Row, executions: list[Row]) -> SignalInfo:
    return SignalInfo(
        id=row["id"],
        strategy_id=row["strategy_id"],
        strategy_name=row["strategy_name"],
        received_at=row["received_at"],
        resolved_at=row["resolved_at"],
        status=SignalStatus(row["status"]),
        action=row["action"],
        side=row["side"],
        symbol=row["symbol"],
        price=row["price"],
        fill_price=row["fill_price"],
        broker_order_id=row["broker_order_id"],
        reason_code=row["reason_code"],
        reason=row["reason"],
        to_fill_ms=None if row["to_fill_ms"] is None else float(row["to_fill_ms"]),
        is_test=row["is_test"],
        executions=tuple(_execution(one, row["received_at"], row["gated_at"]) for one in executions),
    )


async def list_signals(
    uow: UnitOfWork,
    user_id: UUID,
    *,
    strategy_id: UUID | None,
    statuses: tuple[str, ...],
    before: UUID | None,
    limit: int,
) -> Page[SignalInfo]:
    """Signals newest first, by cursor, with their executions (two queries for the whole page)."""
    rows = await uow.rows(
        f"""
        select {_SIGNAL} from tv_signals g join tv_strategies s on s.id = g.strategy_id
        where g.user_id = %(user)s and (%(strategy)s::uuid is null or g.strategy_id = %(strategy)s)
          and (%(any_status)s or g.status = any(%(statuses)s))
          and (%(before)s::uuid is null or g.id < %(before)s)
        order by g.id desc limit %(limit)s
        """,
        {
            "user": user_id,
            "strategy": strategy_id,
            "any_status": not statuses,
            "statuses": list(statuses),
            "before": before,
            "limit": limit + 1,
        },
    )
    page = rows[:limit]
    by_signal: dict[Any, list[Row]] = {row["id"]: [] for row in page}
    for one in await uow.rows(_EXECUTIONS.format(more=""), (list(by_signal),)) if page else []:
        by_signal[one["signal_id"]].append(one)
    items = tuple(_signal(row, by_signal[row["id"]]) for row in page)
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


async def find(uow: UnitOfWork, signal_id: UUID) -> SignalDetail | None:
    """Everything about one signal the actor may see."""
    row = await uow.row(
        f"select {_SIGNAL}, g.body, g.content_type, g.source_address, g.read_as, g.checks, g.duplicate_of "
        "from tv_signals g join tv_strategies s on s.id = g.strategy_id where g.id = %s",
        (signal_id,),
    )
    if row is None:
        return None
    executions = await uow.rows(_EXECUTIONS.format(more=_TRADE), ([signal_id],))
    return SignalDetail(
        info=_signal(row, executions),
        body=bytes(row["body"]).decode("utf-8", "replace"),
        content_type=row["content_type"],
        source_address=row["source_address"],
        read_as=row["read_as"],
        checks=tuple(row["checks"]),
        duplicate_of=row["duplicate_of"],
    )


async def exists(uow: UnitOfWork, signal_id: UUID) -> bool:
    """Whether a signal is stored."""
    return bool(await uow.value("select 1 from tv_signals where id = %s", (signal_id,)))


async def count_since(uow: UnitOfWork, user_id: UUID, since: datetime, *, strategy_id: UUID | None) -> SignalCounts:
    """How signals received since then ended, and how long the filled ones took."""
    values = {"user": user_id, "since": since, "strategy": strategy_id}
    where = (
        "g.user_id = %(user)s and g.received_at >= %(since)s "
        "and (%(strategy)s::uuid is null or g.strategy_id = %(strategy)s)"
    )
    rows = await uow.rows(
        f"select g.status, g.reason_code, count(*) as n from tv_signals g where {where} group by 1, 2", values
    )
    times = await uow.row(
        "select percentile_cont(0.5) within group (order by ms) as p50, "
        "percentile_cont(0.99) within group (order by ms) as p99 from ("
        "select extract(epoch from min(e.filled_at) - g.received_at) * 1000 as ms from tv_signals g "
        f"join signal_executions e on e.signal_id = g.id where {where} and e.filled_at is not null group by g.id) t",
        values,
    )
    by_status: dict[str, int] = {}
    by_reason: dict[str, int] = {}
    for row in rows:
        by_status[row["status"]] = by_status.get(row["status"], 0) + row["n"]
        if row["reason_code"] and row["status"] in {"rejected", "discarded", "expired", "duplicate"}:
            by_reason[row["reason_code"]] = by_reason.get(row["reason_code"], 0) + row["n"]
    return SignalCounts(
        total=sum(by_status.values()),
        by_status=by_status,
        by_reason=by_reason,
        to_fill_p50_ms=float(times["p50"]) if times and times["p50"] is not None else None,
        to_fill_p99_ms=float(times["p99"]) if times and times["p99"] is not None else None,
    )


async def clear_fingerprints(uow: UnitOfWork, *, now: datetime) -> int:
    """Delete fingerprints whose window is over."""
    return await uow.run("delete from signal_fingerprints where expires_at <= %s", (now,))
