"""Queries about one trade: its row, what happened to it, and the orders about it. All in one round trip."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from forex_elite.db.pipeline import Statement
from forex_elite.db.trades import SELECT, trade_info
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.signals import TradeInfo
from forex_elite.domain.trade_record import EventKind, TradeEvent

MOST_EVENTS = 300
"""A trailing stop moves for as long as a position is held; the first event and the newest ones are told."""
MOST_ORDERS = 100

_MINE = "t.id = %(trade)s and t.user_id = %(user)s"

_TRADE = f"""
select shown.*, coalesce(nullif(a.label, ''), nullif(a.name, ''), nullif(a.broker, ''), a.server) as account_name,
       a.server as account_server from ({SELECT} where {_MINE}) shown
join mt5_accounts a on a.id = shown.account_id
"""

_EVENTS = f"""
select kind, data, at, total from (
    select e.id, e.kind, e.data, e.at, row_number() over (order by e.id) as place, count(*) over () as total
    from trades t join trade_events e on e.account_id = t.account_id and e.ticket = t.ticket where {_MINE}
) told where place = 1 or place > total - {MOST_EVENTS} order by id
"""

# An order marks what it opens with its own number, and names what it changes or closes by ticket, or tells the tickets
# in its result. Numbers of jobs begin with the instant they were made at, so those made while the trade was open lie
# together in the index by person and number; a broker's clock may be some hours off. The bounds are scalars and go with
# the person: else the planner would read all of theirs, or everybody's of that time.
_NUMBER_AT = "(lpad(to_hex((greatest(extract(epoch from {}), 0) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid"
_TAG = "substring(t.comment from 'FE-([A-Za-z0-9_-]{22})')"
_MARKED = f"encode(decode(translate({_TAG}, '-_', '+/') || '==', 'base64'), 'hex')::uuid"

_ORDERS = f"""
with t as materialized (
    select t.account_id, t.symbol, t.side, to_jsonb(t.ticket) as ticket, to_jsonb(t.magic) as magic,
           {_MARKED} as opened_by, {_NUMBER_AT.format("t.open_time - interval '3 hours'")} as first,
           {_NUMBER_AT.format("coalesce(t.close_time, now()) + interval '3 hours'")} as last
    from trades t where {_MINE}
), about as (
    select j.id from jobs j where j.id = (select opened_by from t) and j.user_id = %(user)s
    union
    select j.id from t, jobs j, lateral (select j.payload -> 'instruction' as asked) i
    where (j.user_id, j.id) >= (%(user)s, (select first from t))
      and (j.user_id, j.id) < (%(user)s, (select last from t))
      and j.account_id = t.account_id and j.type = 'trade' and (
          j.result -> 'closed' @> t.ticket or j.result -> 'position' = t.ticket
          or (not j.is_entry and (
              i.asked -> 'ticket' = t.ticket or i.asked -> 'by' = t.ticket or i.asked -> 'tickets' @> t.ticket
              or (i.asked ->> 'do' = 'modify' and i.asked ->> 'ticket' is null and j.status = 'completed'
                  and i.asked ->> 'symbol' = t.symbol and j.payload -> 'magic' = t.magic
                  and coalesce(i.asked ->> 'side', t.side) = t.side))))
    order by id desc limit {MOST_ORDERS}
)
select j.id, j.status as job_status, j.payload -> 'instruction' as instruction, j.payload ->> 'reason' as purpose,
       j.result, j.error, j.created_at, j.finished_at, j.claimed_at, o.id as order_id, x.id as execution_id,
       coalesce(x.status, o.status) as status, coalesce(x.reason_code, o.reason_code) as reason_code,
       coalesce(x.reason, o.reason) as reason, coalesce(x.volume_lots, o.volume_lots) as volume_lots,
       coalesce(x.filled_lots, o.filled_lots) as filled_lots,
       coalesce(x.requested_price, o.requested_price) as requested_price,
       coalesce(x.fill_price, o.fill_price) as fill_price, x.slippage_points,
       coalesce(nullif(x.broker_order_id, ''), o.broker_order_id, '') as broker_order_id,
       coalesce(g.received_at, o.requested_at) as requested_at, coalesce(g.gated_at, o.gated_at) as gated_at,
       coalesce(x.queued_at, o.queued_at) as queued_at, coalesce(x.sent_at, o.sent_at) as sent_at,
       coalesce(x.filled_at, o.filled_at) as filled_at, coalesce(x.reported_at, o.reported_at) as reported_at,
       g.id as signal_id, st.name as strategy_name
from about
join jobs j on j.id = about.id
left join orders o on o.id = j.id
left join signal_executions x on x.job_id = j.id
left join tv_signals g on g.id = x.signal_id
left join tv_strategies st on st.id = g.strategy_id
order by j.id
"""


def statements(user_id: UUID, trade_id: UUID, *, with_orders: bool = True) -> list[Statement]:
    """What is asked about a trade: its row, its events and the orders about it, oldest first."""
    values = {"user": user_id, "trade": trade_id}
    return [(sql, values) for sql in (_TRADE, _EVENTS, *([_ORDERS] if with_orders else []))]


async def find(
    uow: UnitOfWork, user_id: UUID, trade_id: UUID, *, with_orders: bool
) -> tuple[TradeInfo, Row, list[TradeEvent], int, list[Row]] | None:
    """A trade of this very person with its row, its events, how many of them were left out, and its orders.

    Orders are rows of jobs; where an alert or the order ticket asked for it, with what was kept of that.
    """
    answers = await uow.run_all(statements(user_id, trade_id, with_orders=with_orders))
    row = answers[0].row()
    if row is None:
        return None
    told = answers[1].rows()
    events = [_event(one) for one in told if one["kind"] in set(EventKind)]
    total = told[0]["total"] if told else 0
    return trade_info(row), row, events, total - len(told), answers[2].rows() if with_orders else []


def _event(row: Row) -> TradeEvent:
    data = row["data"]
    return TradeEvent(
        kind=EventKind(row["kind"]),
        at=row["at"],
        volume=_number(data.get("volume")),
        sl=_number(data.get("sl")),
        tp=_number(data.get("tp")),
        old_volume=_number(data.get("old_volume")),
        old_sl=_number(data.get("old_sl")),
        old_tp=_number(data.get("old_tp")),
    )


def _number(told: Any) -> Decimal | None:
    return None if told is None else Decimal(str(told))
