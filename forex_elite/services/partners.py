"""Introducing brokers: applying, what they see of their clients and books, and what the owner decides.

Partners read under their own identity, so that row-level security shows them their own clients and books alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite import clock
from forex_elite.db import partners as queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor, Role, service
from forex_elite.domain.partners import (
    CURRENCY,
    MOVES,
    PAYOUT_MOVES,
    TIER_WINDOW,
    Dashboard,
    Partner,
    PartnerState,
    Payout,
    PayoutState,
    Statement,
    Subscription,
    Tier,
    tier_of,
)
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, InvalidInput, NotAllowed, NotFound
from forex_elite.services import audit
from forex_elite.services.history import defused
from forex_elite.settings import settings

CODE = re.compile(r"[a-z0-9][a-z0-9-]{2,30}[a-z0-9]")
MOST_CLIENTS = 500
SHOWN_DAYS = 90
MAX_ABOUT, MAX_REASON, MAX_TIER_NAME = 1000, 300, 40
MOST_MONEY = Decimal(1_000_000)
MOST_LOTS = Decimal(1_000_000_000)
MOST_SYMBOL_RATES = 100
CSV_COLUMNS = (
    *("computed_for", "client_id", "client", "traded_on", "symbol", "kind"),
    *("tier", "lots", "rate", "amount", "currency"),
)


class NoDesk(NotAllowed):
    """Only approved partners have a desk; apply, or wait for the decision."""

    code = "no-partner-desk"


class AlreadyPartner(Conflict):
    """One applies once: the application is open, or was approved."""

    code = "already-partner"


class CannotMove(Conflict):
    """It has been decided otherwise meanwhile; reload and look again."""

    code = "cannot-move"


def referral_link(code: str) -> str:
    """The address that brings a client to a partner."""
    return f"{settings().url}/register?ib={code}"


def check_code(text: str) -> str:
    """The code in lower case, or InvalidInput saying what is accepted."""
    code = text.strip().lower()
    if not CODE.fullmatch(code):
        raise InvalidInput("Use 4 to 32 letters, digits and hyphens, such as north-desk.", field="code")
    return code


def _words(text: str, most: int, field: str) -> str:
    trimmed = text.strip()
    if len(trimmed) > most or "\x00" in trimmed:
        raise InvalidInput(f"Use at most {most} characters.", field=field)
    return trimmed


# --- people who want to be, and are, partners -----------------------------------------------------------------------


@needs(Permission.PARTNER_READ)
async def find(actor: Actor) -> Partner | None:
    """What the actor is as a partner."""
    async with unit_of_work(service("partner look-up")) as uow:
        return await queries.find_partner(uow, actor.person_id)


@needs(Permission.PARTNER_APPLY)
async def apply(actor: Actor, code: str, about: str) -> Partner:
    """Ask to become a partner under a code; after a refusal one may ask again. The owner decides.

    Raises NotAllowed for staff, InvalidInput, CodeTaken and AlreadyPartner.
    """
    if actor.role not in {Role.USER, Role.IB}:
        raise NotAllowed("Administrators cannot be partners.")
    wanted = check_code(code)
    words = _words(about, MAX_ABOUT, "about")
    if not words:
        raise InvalidInput("Say in a sentence or two whom you will bring in.", field="about")
    async with unit_of_work(service("partner application")) as uow:
        before = await queries.find_partner(uow, actor.person_id)
        if before is not None and before.state is not PartnerState.REFUSED:
            raise AlreadyPartner("You have applied already.")
        await queries.apply(uow, user_id=actor.person_id, code=wanted, about=words, now=clock.now())
        found = await queries.find_partner(uow, actor.person_id)
        assert found is not None
        await audit.record(
            uow,
            actor,
            "partners.apply",
            subject=("partner", found.id),
            before={"state": before.state} if before else None,
            after={"state": found.state, "code": found.code, "about": found.about},
        )
    return found


async def _own(actor: Actor) -> Partner:
    partner = await find(actor)
    if partner is None or partner.state is not PartnerState.APPROVED or actor.ib_id != partner.id:
        raise NoDesk("Only approved partners have a desk here.")
    return partner


@needs(Permission.PARTNER_READ)
async def dashboard(actor: Actor) -> Dashboard:
    """What an approved partner sees: their tier, clients, revenue by day, and statements. Raises NotAllowed."""
    partner = await _own(actor)
    today = clock.now().date()
    window = today + timedelta(days=1) - TIER_WINDOW
    async with unit_of_work(actor) as uow:
        tiers = await queries.list_tiers(uow)
        lots = await queries.lots_since(uow, partner.id, since=window, until=today + timedelta(days=1))
        return Dashboard(
            partner=partner,
            tier=tier_of(tiers, lots),
            tiers=tuple(tiers),
            lots_30d=lots,
            days=tuple(await queries.revenue_days(uow, partner.id, since=today - timedelta(days=SHOWN_DAYS))),
            clients=tuple(await queries.list_clients(uow, partner.id, since=window, limit=MOST_CLIENTS)),
            statements=tuple(await queries.statements(uow, partner.id, today=today)),
        )


@needs(Permission.PARTNER_READ)
async def statement_csv(actor: Actor, month: date) -> bytes:
    """The lines of a partner's month as CSV (RFC 4180, UTF-8, with a header)."""
    partner = await _own(actor)
    first = month.replace(day=1)
    until = (first + timedelta(days=32)).replace(day=1)
    async with unit_of_work(actor) as uow:
        lines = await queries.statement_lines(uow, partner.id, first, until)
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(CSV_COLUMNS)
    for line in lines:
        kind = "spread" if line.symbol else "subscription"
        rows.writerow(
            (
                *(line.run_day, line.client_id, defused(line.client), line.trade_day, defused(line.symbol), kind),
                *(defused(line.tier), f"{line.lots:f}", f"{line.rate:f}", f"{line.amount:f}", CURRENCY),
            )
        )
    return text.getvalue().encode()


@needs(Permission.PAYOUT_REQUEST)
async def request_payout(actor: Actor, month: date) -> None:
    """Ask for the revenue of a month that is over. Raises NotFound, Conflict and PayoutRequested."""
    partner = await _own(actor)
    first = month.replace(day=1)
    async with unit_of_work(service("payout request")) as uow:
        found = await queries.statements(uow, partner.id, today=clock.now().date(), month=first)
        if not found:
            raise NotFound("There is no revenue in this month.")
        statement: Statement = found[0]
        if not statement.is_over:
            raise CannotMove("This month is not over yet.")
        if statement.total <= 0:
            raise CannotMove("There is nothing to pay out for this month.")
        payout_id = await queries.request_payout(uow, partner, first, statement.total, now=clock.now())
        await audit.record(
            uow,
            actor,
            "partners.payout.request",
            subject=("payout", payout_id),
            after={"month": first.isoformat(), "amount": statement.total},
        )


# --- the owner of the installation ----------------------------------------------------------------------------------


@needs(Permission.PARTNER_MANAGE)
async def list_partners(actor: Actor) -> tuple[Partner, ...]:
    """All partners and applications."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_partners(uow))


@needs(Permission.PARTNER_MANAGE)
async def decide(actor: Actor, partner_id: UUID, state: PartnerState, reason: str = "") -> None:
    """Approve, refuse or suspend. An approved partner's sessions act as a partner from their next request on."""
    words = _words(reason, MAX_REASON, "reason")
    async with unit_of_work(actor) as uow:
        partner = await queries.get_partner(uow, partner_id, for_update=True)
        if partner is None:
            raise NotFound("There is no such partner.")
        if state not in MOVES[partner.state]:
            raise CannotMove(f"A partner that is {partner.state.value} cannot become {state.value}.")
        await queries.decide(uow, partner, state, reason=words, by=actor.person_id, now=clock.now())
        await audit.record(
            uow,
            actor,
            "partners.decide",
            user_id=partner.user_id,
            subject=("partner", partner.id),
            before={"state": partner.state, "reason": partner.reason},
            after={"state": state, "reason": words},
        )


@needs(Permission.PARTNER_MANAGE)
async def list_tiers(actor: Actor) -> tuple[Tier, ...]:
    """All tiers."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_tiers(uow))


def _amount(value: Decimal, most: Decimal, field: str) -> Decimal:
    if not value.is_finite() or not 0 <= value <= most:
        raise InvalidInput(f"Use 0 to {most:,}.", field=field)
    return round(value, 4)


def _check_tier(tier: Tier) -> Tier:
    name = " ".join(tier.name.split())
    if not 1 <= len(name) <= MAX_TIER_NAME or not name.isprintable():
        raise InvalidInput(f"Use 1 to {MAX_TIER_NAME} printable characters.", field="name")
    if len(tier.symbol_rates) > MOST_SYMBOL_RATES:
        raise InvalidInput(f"Use at most {MOST_SYMBOL_RATES} symbols.", field="symbol_rates")
    rates: dict[str, Decimal] = {}
    for symbol, rate in tier.symbol_rates.items():
        known = symbol.strip().upper()
        if not re.fullmatch(r"[A-Z0-9.#_-]{1,32}", known):
            raise InvalidInput("Use symbol names such as XAUUSD.", field="symbol_rates")
        rates[known] = _amount(rate, MOST_MONEY, "symbol_rates")
    return Tier(
        id=tier.id,
        name=name,
        min_lots=_amount(tier.min_lots, MOST_LOTS, "min_lots"),
        per_lot=_amount(tier.per_lot, MOST_MONEY, "per_lot"),
        subscription_percent=round(_amount(tier.subscription_percent, Decimal(100), "subscription_percent"), 3),
        symbol_rates=rates,
    )


@needs(Permission.PARTNER_MANAGE)
async def save_tier(
    actor: Actor,
    *,
    name: str,
    min_lots: Decimal,
    per_lot: Decimal,
    subscription_percent: Decimal,
    symbol_rates: Mapping[str, Decimal],
    tier_id: UUID | None = None,
) -> Tier:
    """Add a tier, or change one; it holds from the next computation on. Raises InvalidInput, NotFound, TierExists."""
    tier = _check_tier(Tier(tier_id or uuid7(), name, min_lots, per_lot, subscription_percent, symbol_rates))
    async with unit_of_work(actor) as uow:
        before = await queries.save_tier(uow, tier)
        if tier_id is not None and before is None:
            raise NotFound("There is no such tier.")
        await audit.record(
            uow,
            actor,
            "partners.tier.change" if before else "partners.tier.add",
            subject=("tier", tier.id),
            before=_tier_told(before) if before else None,
            after=_tier_told(tier),
        )
    return tier


@needs(Permission.PARTNER_MANAGE)
async def drop_tier(actor: Actor, tier_id: UUID) -> None:
    """Remove a tier; what was earned by it stays."""
    async with unit_of_work(actor) as uow:
        tier = await queries.drop_tier(uow, tier_id)
        if tier is None:
            raise NotFound("There is no such tier.")
        await audit.record(uow, actor, "partners.tier.remove", subject=("tier", tier_id), before=_tier_told(tier))


def _tier_told(tier: Tier) -> dict[str, object]:
    return {
        "name": tier.name,
        "min_lots": tier.min_lots,
        "per_lot": tier.per_lot,
        "subscription_percent": tier.subscription_percent,
        "symbol_rates": tier.symbol_rates,
    }


@needs(Permission.PARTNER_MANAGE)
async def list_subscriptions(actor: Actor) -> tuple[Subscription, ...]:
    """Who pays what."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_subscriptions(uow))


@needs(Permission.PARTNER_MANAGE)
async def set_fee(actor: Actor, email: str, monthly_fee: Decimal, since: date) -> None:
    """Note what a person pays a month from a day on; zero ends it. Raises InvalidInput and NotFound."""
    fee = _amount(monthly_fee, MOST_MONEY, "monthly_fee")
    if since < clock.now().date():
        raise InvalidInput("Use today or a day to come: days that were computed stay.", field="since")
    async with unit_of_work(actor) as uow:
        user_id = await queries.find_user(uow, email.strip())
        if user_id is None:
            raise NotFound("Nobody has this e-mail address.", field="email")
        before = await queries.set_fee(uow, user_id, fee, since=since)
        await audit.record(
            uow,
            actor,
            "partners.subscription.set",
            user_id=user_id,
            subject=("user", user_id),
            before={"monthly_fee": before},
            after={"monthly_fee": fee, "since": since.isoformat()},
        )


@needs(Permission.PARTNER_MANAGE)
async def list_payouts(actor: Actor) -> tuple[Payout, ...]:
    """Payouts of all partners, those to decide first."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_payouts(uow))


@needs(Permission.PARTNER_MANAGE)
async def decide_payout(actor: Actor, payout_id: UUID, state: PayoutState, note: str = "") -> None:
    """Approve or refuse a payout, or note that it was paid."""
    words = _words(note, MAX_REASON, "note")
    async with unit_of_work(actor) as uow:
        found = await queries.get_payout(uow, payout_id)
        if found is None:
            raise NotFound("There is no such payout.")
        payout, owner = found
        if state not in PAYOUT_MOVES[payout.state]:
            raise CannotMove(f"A payout that is {payout.state.value} cannot become {state.value}.")
        values = {"state": state.value, "note": words, "by": actor.person_id, "now": clock.now()}
        await queries.decide_payout(uow, payout_id, values)
        await audit.record(
            uow,
            actor,
            "partners.payout.decide",
            user_id=owner,
            subject=("payout", payout_id),
            before={"state": payout.state, "amount": payout.amount},
            after={"state": state, "amount": payout.amount, "note": words},
        )
