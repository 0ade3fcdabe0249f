"""Prices over time: at most one a symbol and second, and bars rolled up from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from forex_elite.db.unit_of_work import UnitOfWork
from forex_elite.domain.series import Bar

MINUTE_S, HOUR_S = 60, 3600


class QuoteRow(NamedTuple):
    """One price to keep; `at` is a whole second."""

    user_id: UUID
    agent_id: UUID
    symbol: str
    at: datetime
    bid: float
    ask: float


_STORE = """
with i as materialized (
    select * from unnest(%(user)s::uuid[], %(agent)s::uuid[], %(symbol)s::text[], %(at)s::timestamptz[],
                         %(bid)s::numeric[], %(ask)s::numeric[]) as i (user_id, agent_id, symbol, at, bid, ask)),
made as (
    insert into broker_quotes (user_id, agent_id, symbol, at, bid, ask) select * from i
    on conflict do nothing returning user_id, agent_id, symbol, at, bid)
insert into quote_bars as b (user_id, agent_id, symbol, step_s, at, open, high, low, close, samples)
select m.user_id, m.agent_id, m.symbol, s.step_s, date_bin(make_interval(secs => s.step_s), m.at, '2000-01-01+00'),
       (array_agg(m.bid order by m.at))[1], max(m.bid), min(m.bid), (array_agg(m.bid order by m.at desc))[1], count(*)
from made m cross join (values (60), (3600)) s (step_s)
group by 1, 2, 3, 4, 5
on conflict (agent_id, symbol, step_s, at) do update set
    high = greatest(b.high, excluded.high), low = least(b.low, excluded.low), close = excluded.close,
    samples = b.samples + excluded.samples
"""


async def store(uow: UnitOfWork, rows: Sequence[QuoteRow]) -> None:
    """Keep prices and roll them up into minutes and hours; a second that is known already is left as it is."""
    columns = list(zip(*rows, strict=True))
    names = ("user", "agent", "symbol", "at", "bid", "ask")
    await uow.run(_STORE, {name: list(column) for name, column in zip(names, columns, strict=True)})


async def note_ticks(uow: UnitOfWork, seen: dict[UUID, datetime]) -> None:
    """Remember when each agent's feed last spoke."""
    await uow.run(
        "update mt5_agents g set last_tick_at = greatest(g.last_tick_at, i.at) "
        "from unnest(%s::uuid[], %s::timestamptz[]) as i (id, at) where g.id = i.id",
        (list(seen), list(seen.values())),
    )


_BARS = """
with mine as (
    select q.agent_id from mt5_agents g
    cross join lateral (select q.agent_id, q.at from quote_bars q
                        where q.agent_id = g.id and q.symbol = %(symbol)s and q.step_s = %(step)s
                          and q.at >= %(since)s and q.at < %(until)s order by q.at desc limit 1) q
    where g.user_id = %(user)s order by q.at desc limit 1)
select date_bin(%(width)s::interval, b.at, '2000-01-01+00') as at, (array_agg(b.open order by b.at))[1] as open,
       max(b.high) as high, min(b.low) as low, (array_agg(b.close order by b.at desc))[1] as close,
       sum(b.samples) as samples
from quote_bars b
where b.agent_id = (select agent_id from mine) and b.symbol = %(symbol)s and b.step_s = %(step)s
  and b.at >= %(since)s and b.at < %(until)s
group by 1 order by 1
"""


async def bars(
    uow: UnitOfWork, user_id: UUID, symbol: str, *, since: datetime, until: datetime, width: timedelta
) -> list[Bar]:
    """Bars of `width` (whole minutes) from the person's agent that showed the symbol last, oldest first."""
    step = HOUR_S if width.total_seconds() % HOUR_S == 0 else MINUTE_S
    rows = await uow.rows(
        _BARS, {"user": user_id, "symbol": symbol, "step": step, "since": since, "until": until, "width": width}
    )
    return [Bar(row["at"], row["open"], row["high"], row["low"], row["close"], int(row["samples"])) for row in rows]
