"""Queries about open positions: the list in pages, what moves with which price, and orders about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from forex_elite.db.trades import SELECT, select_page, trade_info
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.paging import Page
from forex_elite.domain.positions import FloatingGroup, OpenPosition
from forex_elite.domain.signals import TradeInfo
from forex_elite.domain.terminals import is_online

_FOR_ORDER = """
    select t.id, t.account_id, a.agent_id, a.login, a.margin_mode, t.ticket, t.symbol, t.side, t.volume,
           t.profit + t.swap as result, t.is_closed,
           (s.spec ->> 'volume_min')::numeric as volume_min, (s.spec ->> 'volume_step')::numeric as volume_step
    from trades t
    join mt5_accounts a on a.id = t.account_id
    left join symbols s on s.account_id = t.account_id and s.name = t.symbol
"""


async def find(uow: UnitOfWork, user_id: UUID, trade_id: UUID) -> OpenPosition | None:
    """A position of this very person, open or closed."""
    row = await uow.row(_FOR_ORDER + "where t.id = %s and t.user_id = %s", (trade_id, user_id))
    return OpenPosition(**row) if row else None


async def find_shown(uow: UnitOfWork, user_id: UUID, trade_id: UUID) -> TradeInfo | None:
    """A position of this very person as lists show it."""
    row = await uow.row(SELECT + "where t.id = %s and t.user_id = %s", (trade_id, user_id))
    return trade_info(row) if row else None


async def list_matching(
    uow: UnitOfWork, user_id: UUID, *, account_ids: Sequence[UUID] | None, symbol: str | None
) -> list[OpenPosition]:
    """Open positions a bulk close may mean, by account and oldest first; None means all accounts or symbols."""
    rows = await uow.rows(
        _FOR_ORDER + "where t.user_id = %(user)s and not t.is_closed "
        "and (%(accounts)s::uuid[] is null or t.account_id = any(%(accounts)s)) "
        "and (%(symbol)s::text is null or t.symbol = %(symbol)s) order by a.id, t.open_time, t.id",
        {"user": user_id, "accounts": None if account_ids is None else list(account_ids), "symbol": symbol},
    )
    return [OpenPosition(**row) for row in rows]


async def find_account(uow: UnitOfWork, user_id: UUID, account_id: UUID) -> Row | None:
    """Number and agent of an account of this very person."""
    return await uow.row(
        "select id, login, agent_id from mt5_accounts where id = %s and user_id = %s", (account_id, user_id)
    )


async def is_agent_online(uow: UnitOfWork, agent_id: UUID, *, now: datetime) -> bool:
    """Whether the agent has been heard of lately."""
    return is_online(await uow.value("select last_heartbeat_at from mt5_agents where id = %s", (agent_id,)), now)


async def lock_account(uow: UnitOfWork, account_id: UUID) -> None:
    """Make orders about the positions of one account queue up behind each other until the transaction ends."""
    await uow.run("select pg_advisory_xact_lock(hashtextextended(%s, 9))", (f"positions of {account_id}",))


async def under_way(
    uow: UnitOfWork, account_id: UUID, *, revocable: str, is_revocable: bool
) -> list[tuple[UUID, dict[str, Any]]]:
    """Instructions about positions that are queued, with the agent, or of unknown fate: (job, instruction).

    Those that wait with `revocable` as their reason may yet be taken back: `is_revocable` asks for them, or for the
    others.
    """
    rows = await uow.rows(
        "select id, payload -> 'instruction' as instruction from jobs where account_id = %(account)s "
        "and status in ('pending', 'running', 'unknown') and type = 'trade' and not is_entry "
        "and (status <> 'pending' or expires_at is null or expires_at > now()) "
        "and (status = 'pending' and coalesce(payload ->> 'reason', '') = %(revocable)s) = %(is_revocable)s "
        "order by id",
        {"account": account_id, "revocable": revocable, "is_revocable": is_revocable},
    )
    return [(row["id"], row["instruction"]) for row in rows]


async def list_open(
    uow: UnitOfWork, user_id: UUID, *, account_id: UUID | None, symbol: str | None, after: UUID | None, limit: int
) -> Page[TradeInfo]:
    """Open positions oldest first, in pages by cursor."""
    opened = await uow.value("select open_time from trades where id = %s", (after,)) if after else None
    rows = await uow.rows(
        select_page(
            "t.user_id = %(user)s and not t.is_closed "
            "and (%(account)s::uuid is null or t.account_id = %(account)s) "
            "and (%(symbol)s::text is null or t.symbol = %(symbol)s) "
            "and (%(opened)s::timestamptz is null or (t.open_time, t.id) > (%(opened)s, %(after)s))",
            "t.open_time, t.id",
        ),
        {
            "user": user_id,
            "account": account_id,
            "symbol": symbol,
            "opened": opened,
            "after": after,
            "limit": limit + 1,
        },
    )
    items = tuple(trade_info(row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


async def floating(uow: UnitOfWork, user_id: UUID, *, account_id: UUID | None) -> list[FloatingGroup]:
    """All open positions summed by currency, symbol and side, so that one price gives the result of each group."""
    rows = await uow.rows(
        """
        select p.currency, p.symbol, p.quote, count(*) as count, sum(p.net) as reported,
               sum(p.net - p.per_price * p.current_price) as base, sum(p.per_price) as per_price
        from (
            select a.currency, t.symbol, case t.side when 'buy' then 'bid' else 'ask' end as quote, t.current_price,
                   t.profit + t.swap + t.commission as net,
                   coalesce(case when t.current_price > 0 then
                       case t.side when 'buy' then 1 else -1 end * t.volume
                       * (s.spec ->> 'tick_value')::numeric / nullif((s.spec ->> 'tick_size')::numeric, 0)
                   end, 0) as per_price
            from trades t
            join mt5_accounts a on a.id = t.account_id
            left join symbols s on s.account_id = t.account_id and s.name = t.symbol
            where t.user_id = %(user)s and not t.is_closed
              and (%(account)s::uuid is null or t.account_id = %(account)s)
        ) p
        group by 1, 2, 3 order by 1, 2, 3
        """,
        {"user": user_id, "account": account_id},
    )
    return [FloatingGroup(**row) for row in rows]
