"""The instruments of an account, for people to choose from."""

from __future__ import annotations

from uuid import UUID

from forex_elite.db import symbols as queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.paging import Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.trading import SymbolSpec
from forex_elite.services import snapshot


@needs(Permission.PRICE_READ)
async def list_symbols(actor: Actor, account_id: UUID, part: str = "", *, limit: int = 100) -> Page[SymbolSpec]:
    """The account's symbols whose name holds `part`: those with open positions first, then the majors."""
    async with unit_of_work(actor) as uow:
        rows = await queries.list_symbols(uow, actor.person_id, account_id, part.strip(), limit)
    return Page(tuple(snapshot.spec_of(row["spec"]) for row in rows), total=rows[0]["total"] if rows else 0)
