"""Queries about the instruments of an account."""

from __future__ import annotations

from uuid import UUID

from forex_elite.db.unit_of_work import Row, UnitOfWork

_MAJORS = ("EURUSD", "GBPUSD", "USDJPY", "XAUUSD", "AUDUSD", "USDCAD", "USDCHF", "NZDUSD", "EURJPY", "GBPJPY")


async def list_symbols(uow: UnitOfWork, user_id: UUID, account_id: UUID, part: str, limit: int) -> list[Row]:
    """Specifications of an account's symbols that match, with `total`: open ones first, then majors, then by name."""
    return await uow.rows(
        """
        select s.spec, count(*) over () as total from symbols s
        where s.account_id = %(account)s and s.user_id = %(user)s
          and (s.name ilike %(like)s or s.canonical ilike %(like)s)
        order by (s.name in (select t.symbol from trades t where t.account_id = s.account_id and not t.is_closed)) desc,
                 (upper(s.name) = upper(%(part)s)) desc,
                 array_position(%(majors)s::text[], s.canonical::text) nulls last, s.name
        limit %(limit)s
        """,
        {
            "account": account_id,
            "user": user_id,
            "part": part,
            "like": f"%{part.replace('%', '').replace('_', chr(92) + '_')}%",
            "majors": list(_MAJORS),
            "limit": limit,
        },
    )
