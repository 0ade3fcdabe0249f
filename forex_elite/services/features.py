"""What staff may switch for the whole installation: stored values, else what the environment says."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from forex_elite.db import features as queries
from forex_elite.db.unit_of_work import UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.features import Features, check_features
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.permissions import Permission, needs
from forex_elite.services import audit
from forex_elite.settings import settings


def _of(stored: dict[str, Any]) -> Features:
    known = {field.name for field in fields(Features)}
    start: dict[str, Any] = {"llm_daily_tokens": settings().llm_daily_tokens}
    return Features(**(start | {name: value for name, value in stored.items() if name in known}))


async def read(uow: UnitOfWork) -> Features:
    """The features, within a caller's transaction."""
    return _of(await queries.read(uow))


async def current() -> Features:
    """The features as they stand."""
    return await repeatable(service("features"), read)


@needs(Permission.FEATURE_SET)
async def get(actor: Actor) -> Features:
    """The features as staff look at them."""
    async with unit_of_work(actor) as uow:
        return await read(uow)


@needs(Permission.FEATURE_SET)
async def change(actor: Actor, wanted: Features) -> Features:
    """Set all of them, for everybody, from the next request on. Raises InvalidInput."""
    checked = check_features(wanted)
    async with unit_of_work(actor) as uow:
        await queries.lock(uow)
        before, after = audit.changes(asdict(await read(uow)), asdict(checked))
        if after:
            await queries.save(uow, after)
            await audit.record(uow, actor, "admin.features.change", before=before, after=after)
    return checked
