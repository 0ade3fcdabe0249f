"""`/api/partners`: introducing brokers' own desk, and what the owner of the installation decides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import AwareDatetime, BaseModel, Field

from forex_elite.api.callers import Acting
from forex_elite.domain.partners import (
    RULES,
    Dashboard,
    Partner,
    PartnerState,
    Payout,
    PayoutState,
    Statement,
    Tier,
)
from forex_elite.errors import InvalidInput, NotFound
from forex_elite.services import partners

router = APIRouter(prefix="/api/partners", tags=["partners"])

Money = Annotated[Decimal, Field(ge=0, le=partners.MOST_MONEY)]
Month = Annotated[str, Path(pattern=r"^\d{4}-\d{2}$", description="A month, such as 2026-03.")]


class Application(BaseModel):
    """The code clients will name, and whom the applicant will bring in."""

    code: Annotated[str, Field(max_length=64)]
    about: Annotated[str, Field(max_length=2000)]


class PartnerOut(BaseModel):
    """A partner or an application; the link is of use once it is approved."""

    id: UUID
    code: str
    state: PartnerState
    about: str
    reason: str
    created_at: AwareDatetime
    decided_at: AwareDatetime | None
    display_name: str
    clients: int
    referral_link: str


class TierOut(BaseModel):
    """What is earned from `min_lots` in 30 days on; money in USD."""

    id: UUID
    name: str
    min_lots: float
    per_lot: float
    subscription_percent: float
    symbol_rates: dict[str, float]


class TierIn(BaseModel):
    """A tier to add or to change."""

    name: Annotated[str, Field(max_length=100)]
    min_lots: Annotated[Decimal, Field(ge=0, le=partners.MOST_LOTS)]
    per_lot: Money
    subscription_percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(0)
    symbol_rates: Annotated[dict[str, Money], Field(max_length=partners.MOST_SYMBOL_RATES)] = {}


class ClientOut(BaseModel):
    """A client, with lots closed on live accounts."""

    id: UUID
    display_name: str
    registered_at: AwareDatetime
    accounts: int
    lots_30d: float
    lots: float
    revenue: float
    last_trade_on: date | None


class DayOut(BaseModel):
    """What a day came to."""

    day: date
    lots: float
    spread: float
    subscription: float
    total: float


class PayoutOut(BaseModel):
    """A month's revenue on its way."""

    id: UUID
    partner_id: UUID
    partner_code: str
    partner_name: str
    month: date
    amount: float
    state: PayoutState
    note: str
    requested_at: AwareDatetime
    decided_at: AwareDatetime | None


class StatementOut(BaseModel):
    """A month."""

    month: date
    lots: float
    spread: float
    subscription: float
    total: float
    clients: int
    is_over: bool
    payout: PayoutOut | None


class DashboardOut(BaseModel):
    """A partner's desk; `rules` say how everything is computed."""

    partner: PartnerOut
    tier: TierOut | None
    tiers: list[TierOut]
    lots_30d: float
    days: list[DayOut]
    clients: list[ClientOut]
    statements: list[StatementOut]
    rules: dict[str, str]


class Decision(BaseModel):
    """What becomes of an application or a partner, and why."""

    state: PartnerState
    reason: Annotated[str, Field(max_length=600)] = ""


class PayoutDecision(BaseModel):
    """What becomes of a payout, and a note to the partner."""

    state: PayoutState
    note: Annotated[str, Field(max_length=600)] = ""


class FeeIn(BaseModel):
    """What a person pays a month from a day on, in USD; zero ends it."""

    email: Annotated[str, Field(max_length=254)]
    monthly_fee: Money
    since: date


class PartnersOut(BaseModel):
    """All partners; there is only one page of them."""

    items: list[PartnerOut]
    next_cursor: str | None = None


class TiersOut(BaseModel):
    """All tiers; there is only one page of them."""

    items: list[TierOut]
    next_cursor: str | None = None


class PayoutsOut(BaseModel):
    """The newest payouts; there is only one page of them."""

    items: list[PayoutOut]
    next_cursor: str | None = None


def _partner(partner: Partner) -> PartnerOut:
    return PartnerOut(
        id=partner.id,
        code=partner.code,
        state=partner.state,
        about=partner.about,
        reason=partner.reason,
        created_at=partner.created_at,
        decided_at=partner.decided_at,
        display_name=partner.display_name,
        clients=partner.clients,
        referral_link=partners.referral_link(partner.code),
    )


def _tier(tier: Tier) -> TierOut:
    return TierOut.model_validate(tier, from_attributes=True)


def _payout(payout: Payout) -> PayoutOut:
    return PayoutOut.model_validate(payout, from_attributes=True)


def _statement(one: Statement) -> StatementOut:
    return StatementOut.model_validate(one, from_attributes=True)


def _dashboard(found: Dashboard) -> DashboardOut:
    return DashboardOut(
        partner=_partner(found.partner),
        tier=_tier(found.tier) if found.tier else None,
        tiers=[_tier(tier) for tier in found.tiers],
        lots_30d=float(found.lots_30d),
        days=[DayOut.model_validate(day, from_attributes=True) for day in found.days],
        clients=[ClientOut.model_validate(one, from_attributes=True) for one in found.clients],
        statements=[_statement(one) for one in found.statements],
        rules=RULES,
    )


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as wrong:
        raise InvalidInput("Use a month such as 2026-03.", field="month") from wrong


@router.get("/me")
async def mine(actor: Acting) -> PartnerOut:
    """One's own application or partnership."""
    found = await partners.find(actor)
    if found is None:
        raise NotFound("You have not applied to be a partner.")
    return _partner(found)


@router.post("/me", status_code=201)
async def apply(actor: Acting, body: Application) -> PartnerOut:
    """Apply to be a partner."""
    return _partner(await partners.apply(actor, body.code, body.about))


@router.get("/me/dashboard")
async def dashboard(actor: Acting) -> DashboardOut:
    """An approved partner's tier, clients, revenue and statements."""
    return _dashboard(await partners.dashboard(actor))


@router.get("/me/statements/{month}/csv", response_class=Response)
async def statement(actor: Acting, month: Month) -> Response:
    """The lines of a month as CSV (RFC 4180, UTF-8)."""
    content = await partners.statement_csv(actor, _month(month))
    return Response(
        content,
        media_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": f'attachment; filename="statement-{month}.csv"'},
    )


@router.post("/me/payouts/{month}", status_code=204)
async def request_payout(actor: Acting, month: Month) -> None:
    """Ask for the revenue of a month that is over."""
    await partners.request_payout(actor, _month(month))


@router.get("")
async def list_partners(actor: Acting) -> PartnersOut:
    """All partners and applications (super_admin)."""
    return PartnersOut(items=[_partner(one) for one in await partners.list_partners(actor)])


@router.post("/{partner_id}/decision", status_code=204)
async def decide(actor: Acting, partner_id: UUID, body: Decision) -> None:
    """Approve, refuse or suspend (super_admin)."""
    await partners.decide(actor, partner_id, body.state, body.reason)


@router.get("/tiers")
async def list_tiers(actor: Acting) -> TiersOut:
    """All tiers (super_admin)."""
    return TiersOut(items=[_tier(one) for one in await partners.list_tiers(actor)])


@router.post("/tiers", status_code=201)
async def add_tier(actor: Acting, body: TierIn) -> TierOut:
    """Add a tier (super_admin)."""
    return _tier(await partners.save_tier(actor, **dict(body)))


@router.put("/tiers/{tier_id}")
async def change_tier(actor: Acting, tier_id: UUID, body: TierIn) -> TierOut:
    """Change a tier from the next computation on (super_admin)."""
    return _tier(await partners.save_tier(actor, **dict(body), tier_id=tier_id))


@router.delete("/tiers/{tier_id}", status_code=204)
async def drop_tier(actor: Acting, tier_id: UUID) -> None:
    """Remove a tier (super_admin)."""
    await partners.drop_tier(actor, tier_id)


@router.put("/subscriptions", status_code=204)
async def set_fee(actor: Acting, body: FeeIn) -> None:
    """Note what a person pays a month (super_admin)."""
    await partners.set_fee(actor, body.email, body.monthly_fee, body.since)


@router.get("/payouts")
async def list_payouts(actor: Acting) -> PayoutsOut:
    """Payouts of all partners (super_admin)."""
    return PayoutsOut(items=[_payout(one) for one in await partners.list_payouts(actor)])


@router.post("/payouts/{payout_id}/decision", status_code=204)
async def decide_payout(actor: Acting, payout_id: UUID, body: PayoutDecision) -> None:
    """Approve or refuse a payout, or note that it was paid (super_admin)."""
    await partners.decide_payout(actor, payout_id, body.state, body.note)
