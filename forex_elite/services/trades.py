"""Positions as the terminals report them."""

from __future__ import annotations

from uuid import UUID

from forex_elite.db import trades as queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.signals import TradeInfo


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
