"""Queries about orders asked for by hand, and about the pending orders terminals report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.acceptance import ACCOUNT_STATE
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.paging import Page
from forex_elite.domain.signals import ExecutionStatus
from forex_elite.domain.ticket import OrderState, PendingOrderInfo, TicketStages

# Entries queue up behind their account's row, as in `acceptance.LOCK_ACCOUNTS`.
_LOCK = """
select id from mt5_accounts where id = %(account)s and user_id = %(user)s and max_open_positions is not null
for no key update
"""

_ACCOUNT = f"""
select {ACCOUNT_STATE},
       (select coalesce(jsonb_agg(y.spec), '[]') from symbols y
        where y.account_id = a.id and y.name = %(symbol)s) as specs, '[]'::jsonb as own_positions
from mt5_accounts a left join mt5_agents g on g.id = a.agent_id
where a.id = %(account)s and a.user_id = %(user)s
"""


async def account_to_trade(
    uow: UnitOfWork, user_id: UUID, account_id: UUID, symbol: str, *, is_entry: bool
) -> Row | None:
    """What the gate asks of a person's own account, with the specification of one symbol; entries lock the account."""
    values = {"account": account_id, "user": user_id, "symbol": symbol}
    lock = [(_LOCK, values)] if is_entry else []
    answers = await uow.run_all([*lock, (_ACCOUNT, values)])
    return answers[-1].row()


_COLUMNS = (
    "id",
    "user_id",
    "account_id",
    "client_order_id",
    "action",
    "symbol",
    "side",
    "order_type",
    "ticket",
    "volume_lots",
    "risk_percent",
    "price",
    "sl",
    "tp",
    "loss_at_stop",
    "requested_price",
    "status",
    "reason_code",
    "reason",
    "requested_at",
    "gated_at",
    "queued_at",
    "reported_at",
    "checks",
)

_INSERT = f"""
insert into orders ({", ".join(_COLUMNS)}, broker_order_id)
values ({", ".join(f"%({column})s" for column in _COLUMNS)}, '')
on conflict (user_id, client_order_id) do nothing returning id
"""


async def add(uow: UnitOfWork, values: dict[str, Any]) -> bool:
    """Keep an order; False when the person's same `client_order_id` is kept already. Two at once: the second waits."""
    row = {**dict.fromkeys(_COLUMNS), **values, "checks": Jsonb(values.get("checks", []))}
    return await uow.row(_INSERT, row) is not None


async def add_risk_event(uow: UnitOfWork, *, user_id: UUID, account_id: UUID, code: str, message: str) -> None:
    """Note that a limit stopped an entry."""
    await uow.run(
        "insert into risk_events (id, user_id, account_id, code, message, at) values (%s, %s, %s, %s, %s, now())",
        (uuid7(), user_id, account_id, code, message),
    )


async def settle(
    uow: UnitOfWork,
    job_id: UUID,
    *,
    status: str,
    code: str,
    reason: str,
    price: Decimal,
    lots: Decimal,
    requested: Decimal | None,
    order: str,
    sent: datetime | None,
    filled: datetime | None,
    reported: datetime | None,
) -> None:
    """Write what became of a job to the order it came from; nothing happens for jobs asked for elsewhere."""
    await uow.run(
        """
        update orders set status = %(status)s, reason_code = %(code)s, reason = %(reason)s,
            fill_price = coalesce(nullif(%(price)s::numeric, 0), fill_price),
            filled_lots = coalesce(nullif(%(lots)s::numeric, 0), filled_lots),
            requested_price = coalesce(%(requested)s::numeric, requested_price),
            broker_order_id = case when %(order)s = '' then broker_order_id else %(order)s end,
            sent_at = coalesce(%(sent)s, sent_at), filled_at = coalesce(%(filled)s, filled_at),
            reported_at = coalesce(%(reported)s, reported_at)
        where id = %(job)s
        """,
        {
            "job": job_id,
            "status": status,
            "code": code,
            "reason": reason,
            "price": price,
            "lots": lots,
            "requested": requested,
            "order": order,
            "sent": sent,
            "filled": filled,
            "reported": reported,
        },
    )


_ORDER = """
    o.id, o.account_id, o.action, o.symbol, o.side, o.order_type, o.ticket, o.volume_lots, o.risk_percent, o.price,
    o.sl, o.tp, o.loss_at_stop, o.requested_price, o.fill_price, o.filled_lots, o.broker_order_id, o.status,
    o.reason_code, o.reason, o.requested_at, o.gated_at, o.queued_at, o.sent_at, o.filled_at, o.reported_at, o.checks,
    j.claimed_at, a.login, a.currency
"""

# A job another door queued is told from the job itself: what its agent reported, and when.
_JOB = """
    j.id, j.account_id, j.payload -> 'instruction' ->> 'do' as action,
    coalesce(j.payload -> 'instruction' ->> 'symbol', (select t.symbol from trades t where t.account_id = j.account_id
             and t.ticket = (j.payload -> 'instruction' ->> 'ticket')::bigint), '') as symbol,
    coalesce(j.payload -> 'instruction' ->> 'side', '') as side,
    coalesce(j.payload -> 'instruction' ->> 'order_type', 'market') as order_type,
    (j.payload -> 'instruction' ->> 'ticket')::bigint as ticket,
    (j.payload -> 'instruction' ->> 'volume_lots')::numeric as volume_lots, null::numeric as risk_percent,
    null::numeric as price, null::numeric as sl, null::numeric as tp, null::numeric as loss_at_stop,
    null::numeric as requested_price, null::numeric as fill_price, null::numeric as filled_lots,
    '' as broker_order_id, j.status, coalesce(j.error ->> 'code', '') as reason_code,
    coalesce(j.error ->> 'message', '') as reason, j.created_at as requested_at, j.created_at as gated_at,
    j.created_at as queued_at, null::timestamptz as sent_at, null::timestamptz as filled_at,
    j.finished_at as reported_at, '[]'::jsonb as checks, j.claimed_at, a.login, a.currency, j.result
"""


def _state(row: Row) -> OrderState:
    return OrderState(
        id=row["id"],
        account_id=row["account_id"],
        account_login=row["login"],
        currency=row["currency"],
        job_id=row["id"] if row["queued_at"] is not None else None,
        code=row["reason_code"],
        reason=row["reason"],
        action=row["action"],
        symbol=row["symbol"],
        side=row["side"],
        order_type=row["order_type"],
        status=ExecutionStatus(row["status"]),
        stages=TicketStages(
            requested=row["requested_at"],
            gated=row["gated_at"],
            queued=row["queued_at"],
            claimed=row["claimed_at"],
            sent=row["sent_at"],
            filled=row["filled_at"],
            reported=row["reported_at"],
        ),
        ticket=row["ticket"],
        volume_lots=row["volume_lots"],
        risk_percent=row["risk_percent"],
        requested_price=row["requested_price"],
        price=row["price"],
        sl=row["sl"],
        tp=row["tp"],
        loss_at_stop=row["loss_at_stop"],
        fill_price=row["fill_price"],
        filled_lots=row["filled_lots"],
        broker_order_id=row["broker_order_id"],
        closed=row.get("closed", 0),
        checks=tuple(row["checks"]),
    )


_FROM = "from orders o join mt5_accounts a on a.id = o.account_id left join jobs j on j.id = o.id"


async def find_asked(uow: UnitOfWork, user_id: UUID, client_order_id: UUID) -> OrderState | None:
    """A person's order by the number the browser gave it."""
    row = await uow.row(
        f"select {_ORDER} {_FROM} where o.user_id = %s and o.client_order_id = %s", (user_id, client_order_id)
    )
    return _state(row) if row else None


async def find_all(uow: UnitOfWork, user_id: UUID, order_ids: Sequence[UUID]) -> list[OrderState]:
    """Those of the numbers that are a person's orders by hand."""
    rows = await uow.rows(
        f"select {_ORDER} {_FROM} where o.user_id = %s and o.id = any(%s) order by o.id", (user_id, list(order_ids))
    )
    return [_state(row) for row in rows]


async def find_jobs(uow: UnitOfWork, user_id: UUID, job_ids: Sequence[UUID]) -> list[Row]:
    """A person's trade jobs as rows of orders; `result` is what the agent reported, to be read by who asks."""
    return await uow.rows(
        f"select {_JOB} from jobs j join mt5_accounts a on a.id = j.account_id "
        "where j.id = any(%s) and j.user_id = %s and j.type = 'trade' order by j.id",
        (list(job_ids), user_id),
    )


def state_of_job(row: Row, told: dict[str, Any]) -> OrderState:
    """The order a job's row stands for, with what was read from its result."""
    return _state({**row, **told})


async def list_orders(
    uow: UnitOfWork, user_id: UUID, *, account_id: UUID | None, before: UUID | None, limit: int
) -> Page[OrderState]:
    """A person's orders by hand, newest first, refused ones too."""
    rows = await uow.rows(
        f"select {_ORDER} {_FROM} where o.user_id = %(user)s "
        "and (%(account)s::uuid is null or o.account_id = %(account)s) "
        "and (%(before)s::uuid is null or o.id < %(before)s) order by o.id desc limit %(limit)s",
        {"user": user_id, "account": account_id, "before": before, "limit": limit + 1},
    )
    items = tuple(_state(row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


# --- pending orders -------------------------------------------------------------------------------------------------

_REPORTED = (
    ("ticket", "bigint"),
    ("symbol", "text"),
    ("side", "text"),
    ("order_type", "text"),
    ("volume", "numeric"),
    ("price", "numeric"),
    ("sl", "numeric"),
    ("tp", "numeric"),
    ("magic", "bigint"),
    ("comment", "text"),
    ("placed_at", "timestamptz"),
)
_NAMES = ", ".join(name for name, _ in _REPORTED)

_STORE = f"""
insert into pending_orders (id, {_NAMES}, user_id, account_id, reported_at)
select i.*, %(user)s, %(account)s, %(at)s
from unnest(%(id)s::uuid[], {", ".join(f"%({name})s::{kind}[]" for name, kind in _REPORTED)}) as i (id, {_NAMES})
on conflict (account_id, ticket) do update set
    {", ".join(f"{name} = excluded.{name}" for name, _ in _REPORTED if name != "ticket")},
    reported_at = excluded.reported_at
"""


async def store_pending(
    uow: UnitOfWork, *, user_id: UUID, account_id: UUID, rows: list[dict[str, Any]], is_complete: bool, at: datetime
) -> None:
    """Store the pending orders a terminal holds; of a complete report, those it does not name are gone."""
    unique = list({row["ticket"]: row for row in rows}.values())
    if unique:
        columns: dict[str, Any] = {name: [row[name] for row in unique] for name, _ in _REPORTED}
        columns |= {"id": [uuid7() for _ in unique], "user": user_id, "account": account_id, "at": at}
        await uow.run(_STORE, columns)
    if is_complete:
        await uow.run(
            "delete from pending_orders where account_id = %s and ticket <> all(%s::bigint[]) and reported_at < %s",
            (account_id, [row["ticket"] for row in unique], at),
        )


async def list_pending(
    uow: UnitOfWork,
    user_id: UUID,
    *,
    account_id: UUID | None = None,
    ticket: int | None = None,
    after: UUID | None = None,
    limit: int = 1,
) -> Page[PendingOrderInfo]:
    """A person's pending orders, oldest first, in pages by cursor."""
    placed = await uow.value("select placed_at from pending_orders where id = %s", (after,)) if after else None
    rows = await uow.rows(
        f"select p.id, p.account_id, {', '.join(f'p.{name}' for name, _ in _REPORTED)}, p.reported_at, "
        "coalesce((s.spec ->> 'digits')::int, 5) as digits from pending_orders p "
        "left join symbols s on s.account_id = p.account_id and s.name = p.symbol "
        "where p.user_id = %(user)s and (%(account)s::uuid is null or p.account_id = %(account)s) "
        "and (%(ticket)s::bigint is null or p.ticket = %(ticket)s) "
        "and (%(placed)s::timestamptz is null or (p.placed_at, p.id) > (%(placed)s, %(after)s)) "
        "order by p.placed_at, p.id limit %(limit)s",
        {
            "user": user_id,
            "account": account_id,
            "ticket": ticket,
            "placed": placed,
            "after": after,
            "limit": limit + 1,
        },
    )
    items = tuple(PendingOrderInfo(**row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)
