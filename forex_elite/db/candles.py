"""Queries about candles and how far their series reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.candles import Candle, Coverage, Timeframe


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """Which series: a person's, of one broker's server."""

    user_id: UUID
    server: str
    symbol: str
    timeframe: Timeframe

    def values(self) -> dict[str, Any]:
        """As parameters."""
        return {"user": self.user_id, "server": self.server, "symbol": self.symbol, "frame": self.timeframe.value}


_SERIES = "user_id = %(user)s and server = %(server)s and symbol = %(symbol)s and timeframe = %(frame)s"
ASK_AGAIN_S = 3
"""After a question that failed, the same series is not asked for again within this."""


async def account_of(uow: UnitOfWork, user_id: UUID, account_id: UUID, symbol: str) -> Row | None:
    """Server, agent and liveness of a person's own account, and whether it has the symbol."""
    return await uow.row(
        "select a.server, a.agent_id, a.is_connected, g.last_heartbeat_at, "
        "exists (select 1 from symbols s where s.account_id = a.id and s.name = %(symbol)s) as has_symbol "
        "from mt5_accounts a left join mt5_agents g on g.id = a.agent_id "
        "where a.id = %(account)s and a.user_id = %(user)s",
        {"account": account_id, "user": user_id, "symbol": symbol},
    )


async def series(uow: UnitOfWork, key: SeriesKey) -> Row | None:
    """A series with the state of its last question: `job_status`, `job_error`."""
    return await uow.row(
        "select s.first_at, s.known_until, s.ended_at, s.offset_s, s.asked_at, j.status as job_status, "
        "j.error as job_error from candle_series s left join jobs j on j.id = s.job_id "
        f"where {_SERIES.replace('user_id', 's.user_id', 1)}",
        key.values(),
    )


def coverage_of(row: Row | None) -> Coverage | None:
    """The stretch a series' row tells of."""
    if row is None or row["first_at"] is None or row["known_until"] is None:
        return None
    return Coverage(row["first_at"], row["known_until"], row["ended_at"], row["offset_s"])


async def list_candles(
    uow: UnitOfWork, key: SeriesKey, *, since: datetime, before: datetime, limit: int
) -> list[Candle]:
    """The newest `limit` candles that open from `since` on and before `before`, oldest first."""
    rows = await uow.rows(
        "select time, open::float8, high::float8, low::float8, close::float8, volume "
        f"from candles where {_SERIES} "
        "and time >= %(since)s and time < %(before)s order by time desc limit %(limit)s",
        {**key.values(), "since": since, "before": before, "limit": limit},
    )
    return [Candle(**row) for row in reversed(rows)]


async def claim_question(
    uow: UnitOfWork, key: SeriesKey, job_id: UUID, *, before: datetime | None, now: datetime
) -> bool:
    """Take the right to ask for this series: one question at a time, and none right after one that failed.

    Of several at once one wins: the others wait for its row and find that it has just asked, though its job is not in
    their sight yet.
    """
    return bool(
        await uow.row(
            """
            insert into candle_series as s (user_id, server, symbol, timeframe, job_id, asked_at, before_at)
            values (%(user)s, %(server)s, %(symbol)s, %(frame)s, %(job)s, %(now)s, %(before)s)
            on conflict (user_id, server, symbol, timeframe) do update
            set job_id = excluded.job_id, asked_at = excluded.asked_at, before_at = excluded.before_at
            where not exists (select 1 from jobs j where j.id = s.job_id and j.status in ('pending', 'running'))
              and (s.asked_at <= %(now)s::timestamptz - make_interval(secs => %(pause)s)
                   or exists (select 1 from jobs j where j.id = s.job_id and j.status = 'completed'))
            returning 1
            """,
            {**key.values(), "job": job_id, "now": now, "before": before, "pause": ASK_AGAIN_S},
        )
    )


async def asked_by(uow: UnitOfWork, job_id: UUID) -> tuple[SeriesKey, Row] | None:
    """The series a question was for, its row locked; None when nobody waits for this answer any more."""
    row = await uow.row("select * from candle_series where job_id = %s for update", (job_id,))
    if row is None:
        return None
    return SeriesKey(row["user_id"], row["server"], row["symbol"], Timeframe(row["timeframe"])), row


async def forget(uow: UnitOfWork, key: SeriesKey) -> None:
    """Drop a series' candles: they were read with another offset of the broker's clock."""
    await uow.run(f"delete from candles where {_SERIES}", key.values())


async def store(uow: UnitOfWork, key: SeriesKey, bars: Sequence[Sequence[Any]], coverage: Coverage) -> None:
    """Insert or update bars (opening time, open, high, low, close, volume) and say how far the series reaches now."""
    columns = list(zip(*bars, strict=True)) or [()] * 6
    names = ("time", "open", "high", "low", "close", "volume")
    values = {name: list(column) for name, column in zip(names, columns, strict=True)}
    if bars:
        await uow.run(
            """
            insert into candles (user_id, server, symbol, timeframe, time, open, high, low, close, volume)
            select %(user)s, %(server)s, %(symbol)s, %(frame)s, i.* from unnest(%(time)s::timestamptz[],
                %(open)s::numeric[], %(high)s::numeric[], %(low)s::numeric[], %(close)s::numeric[],
                %(volume)s::bigint[]) as i
            on conflict (user_id, server, symbol, timeframe, time) do update
            set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
                volume = excluded.volume
            """,
            {**key.values(), **values},
        )
    await uow.run(
        "update candle_series set first_at = %(first)s, known_until = %(until)s, ended_at = %(ended)s, "
        f"offset_s = %(offset)s where {_SERIES}",
        {
            **key.values(),
            "first": coverage.first_at,
            "until": coverage.known_until,
            "ended": coverage.ended_at,
            "offset": coverage.offset_s,
        },
    )
