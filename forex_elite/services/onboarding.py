"""The disclaimer and a person's risk preferences."""

from __future__ import annotations

import zoneinfo
from dataclasses import asdict, replace
from decimal import Decimal

from forex_elite.db import accounts as account_queries
from forex_elite.db import people as queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.consents import DOCUMENTS
from forex_elite.domain.identity import Actor
from forex_elite.domain.people import DISCLAIMER_VERSION, Preferences
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, InvalidInput
from forex_elite.services import audit

PALETTES = ("classic", "safe")
THEMES = ("dark", "light", "system")
_RANGES: dict[str, tuple[Decimal, Decimal, str]] = {
    "default_risk_percent": (Decimal("0.01"), Decimal(10), "percent"),
    "max_lots": (Decimal("0.01"), Decimal(1000), "lots"),
    "daily_loss_percent": (Decimal("0.1"), Decimal(100), "percent"),
    "max_open_positions": (Decimal(1), Decimal(1000), "positions"),
}


class DisclaimerOutdated(Conflict):
    """The disclaimer has a newer version than the one shown; reload the page and read it."""

    code = "disclaimer-outdated"


def check_preferences(preferences: Preferences) -> Preferences:
    """Return the preferences or refuse the first value out of range, naming the range."""
    for field, (low, high, unit) in _RANGES.items():
        value = Decimal(getattr(preferences, field))
        if not value.is_finite() or not low <= value <= high:
            raise InvalidInput(f"Use {low} to {high} {unit}.", field=field)
    if preferences.pnl_palette not in PALETTES:
        raise InvalidInput("Use classic or safe.", field="pnl_palette")
    if preferences.theme not in THEMES:
        raise InvalidInput("Use dark, light or system.", field="theme")
    if preferences.time_zone not in zoneinfo.available_timezones():
        raise InvalidInput("Use a time zone name such as Europe/London.", field="time_zone")
    return preferences


@needs(Permission.PROFILE_READ)
async def get_preferences(actor: Actor) -> Preferences:
    """The actor's preferences."""
    async with unit_of_work(actor) as uow:
        return await queries.get_preferences(uow, actor.person_id)


@needs(Permission.PROFILE_CHANGE)
async def save_preferences(actor: Actor, preferences: Preferences) -> Preferences:
    """Store checked preferences; their limits hold from the next alert on for accounts without limits of their own."""
    checked = check_preferences(preferences)
    async with unit_of_work(actor) as uow:
        await _store(uow, actor, checked)
    return checked


@needs(Permission.PROFILE_CHANGE)
async def set_one_click(actor: Actor, *, on: bool) -> None:
    """Whether the actor's orders from the ticket leave without being asked about; risk limits hold either way."""
    async with unit_of_work(actor) as uow:
        before = await queries.get_preferences(uow, actor.person_id)
        await queries.set_one_click(uow, actor.person_id, on=on)
        was, now = {"is_one_click": before.is_one_click}, {"is_one_click": on}
        await audit.record(uow, actor, "preferences.one_click", before=was, after=now)


async def _store(uow: UnitOfWork, actor: Actor, checked: Preferences) -> None:
    before = asdict(await queries.get_preferences(uow, actor.person_id))
    await queries.save_preferences(uow, actor.person_id, asdict(checked))
    await account_queries.set_limits_of_all(uow, actor.person_id, asdict(checked))
    was, now = audit.changes(before, asdict(checked))
    if now:
        await audit.record(uow, actor, "preferences.save", before=was, after=now)


@needs(Permission.PROFILE_CHANGE)
async def accept_disclaimer(actor: Actor, version: str, *, address: str = "") -> None:
    """Record that the actor accepted the disclaimer in the version shown. Raises DisclaimerOutdated."""
    if version != DISCLAIMER_VERSION:
        raise DisclaimerOutdated("The disclaimer has changed. Reload the page and read it again.")
    async with unit_of_work(actor) as uow:
        await queries.add_consent(uow, actor.person_id, kind="disclaimer", version=version, address=address)


@needs(Permission.PROFILE_CHANGE)
async def complete(actor: Actor, version: str, preferences: Preferences, *, address: str = "") -> None:
    """Finish onboarding in one transaction: consent to all texts, preferences, mark."""
    if version != DISCLAIMER_VERSION:
        raise DisclaimerOutdated("The disclaimer has changed. Reload the page and read it again.")
    checked = check_preferences(replace(preferences, disclaimer_version=version))
    async with unit_of_work(actor) as uow:
        for document in DOCUMENTS:
            await queries.add_consent(
                uow, actor.person_id, kind=document.kind, version=document.version, address=address
            )
        await _store(uow, actor, checked)
        await queries.mark_onboarded(uow, actor.person_id)
