"""`/api/leaderboard`: boards, taking part, and prizes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from forex_elite.api.callers import Acting
from forex_elite.domain.leaderboard import (
    BOARD_SIZE,
    FORMULAS,
    REASONS,
    AccountClass,
    Board,
    Measure,
    Period,
    Prize,
    Profile,
    Standing,
    ends,
)
from forex_elite.services import leaderboard

router = APIRouter(prefix="/api/leaderboard", tags=["leaderboard"])


class StandingOut(BaseModel):
    """A line: figures in percent and in the account's currency; without `rank`, `reason` says why."""

    rank: int | None
    pseudonym: str
    is_own: bool
    currency: str
    return_pct: float
    profit: float
    risk_adjusted: float
    drawdown_pct: float
    trades: int
    winners_pct: float
    curve: list[int]
    refreshed_at: AwareDatetime
    reason: str
    reason_words: str


class PrizeOut(BaseModel):
    """What a place is worth when the period closes."""

    id: UUID
    kind: AccountClass
    period: Period
    measure: Measure
    rank: int
    amount: float
    currency: str


class ProfileOut(BaseModel):
    """How one takes part oneself; days count from `counted_from` (UTC) on."""

    pseudonym: str
    account_id: UUID | None
    is_shown: bool
    entered_at: AwareDatetime | None
    counted_from: date | None


class BoardOut(BaseModel):
    """A page of a board's first hundred, one's own line, and how everything is computed."""

    kind: AccountClass
    period: Period
    measure: Measure
    currency: str
    starts_on: date
    ends_on: date | None
    total: int
    refreshed_at: AwareDatetime | None
    items: list[StandingOut]
    own: StandingOut | None
    profile: ProfileOut
    prizes: list[PrizeOut]
    currencies: list[str]
    formulas: dict[str, str]
    next_cursor: str | None


class Entering(BaseModel):
    """Take part with an account under a name that is not one's own."""

    pseudonym: Annotated[str, Field(max_length=100)]
    account_id: UUID


class PrizeIn(BaseModel):
    """A prize for a place; on boards by profit, for the accounts of its currency."""

    kind: AccountClass
    period: Period
    measure: Measure
    rank: Annotated[int, Field(ge=1, le=BOARD_SIZE)]
    amount: Annotated[Decimal, Field(gt=0, le=leaderboard.MOST_MONEY)]
    currency: Annotated[str, Field(max_length=8)]


class PrizesOut(BaseModel):
    """All prizes; there is only one page of them."""

    items: list[PrizeOut]
    next_cursor: str | None = None


class AwardOut(BaseModel):
    """A prize that was won, with the frozen figures that explain the place."""

    kind: AccountClass
    period: Period
    starts_on: date
    measure: Measure
    rank: int
    pseudonym: str
    amount: float
    currency: str
    figures: dict[str, str]
    closed_at: AwareDatetime


class AwardsOut(BaseModel):
    """The newest awards; there is only one page of them."""

    items: list[AwardOut]
    next_cursor: str | None = None


def _standing(line: Standing) -> StandingOut:
    return StandingOut(
        rank=line.rank,
        pseudonym=line.pseudonym,
        is_own=line.is_own,
        currency=line.currency,
        return_pct=float(line.return_pct),
        profit=float(line.profit),
        risk_adjusted=float(line.risk_adjusted),
        drawdown_pct=float(line.drawdown_pct),
        trades=line.trades,
        winners_pct=100 * line.won / line.trades if line.trades else 0.0,
        curve=list(line.curve),
        refreshed_at=line.refreshed_at,
        reason=line.reason,
        reason_words=REASONS.get(line.reason, ""),
    )


def _prize(prize: Prize) -> PrizeOut:
    return PrizeOut.model_validate(prize, from_attributes=True)


def _profile(profile: Profile) -> ProfileOut:
    return ProfileOut.model_validate(profile, from_attributes=True)


def _board(board: Board) -> BoardOut:
    key = board.key
    return BoardOut(
        kind=key.kind,
        period=key.period,
        measure=key.measure,
        currency=key.currency if key.measure is Measure.PROFIT else "",
        starts_on=key.starts_on,
        ends_on=None if key.period is Period.ALL else ends(key.period, key.starts_on),
        total=board.total,
        refreshed_at=board.refreshed_at,
        items=[_standing(line) for line in board.items],
        own=_standing(board.own) if board.own else None,
        profile=_profile(board.profile),
        prizes=[_prize(prize) for prize in board.prizes],
        currencies=list(board.currencies),
        formulas=FORMULAS,
        next_cursor=board.next_cursor,
    )


@router.get("")
async def show(
    actor: Acting,
    kind: AccountClass = AccountClass.LIVE,
    period: Period = Period.MONTH,
    measure: Measure = Measure.RETURN,
    currency: Annotated[str, Query(max_length=8, description="For profit: whose accounts' currency.")] = "",
    cursor: Annotated[str | None, Query(max_length=8)] = None,
    limit: Annotated[int, Query(ge=1, le=BOARD_SIZE)] = leaderboard.PAGE,
) -> BoardOut:
    """A board of the present day, week or month (UTC), or of all time. Live and demo accounts are never mixed."""
    return _board(
        await leaderboard.board(
            actor, kind=kind, period=period, measure=measure, currency=currency, cursor=cursor, limit=limit
        )
    )


@router.put("/me")
async def enter(actor: Acting, body: Entering) -> ProfileOut:
    """Take part; a new account counts from the next day (UTC) on."""
    return _profile(await leaderboard.enter(actor, body.pseudonym, body.account_id))


@router.delete("/me", status_code=204)
async def leave(actor: Acting) -> None:
    """Disappear from the boards."""
    await leaderboard.leave(actor)


@router.get("/awards")
async def awards(actor: Acting) -> AwardsOut:
    """One's own prizes; staff see everybody's."""
    found = await leaderboard.list_awards(actor)
    return AwardsOut(items=[AwardOut.model_validate(one, from_attributes=True) for one in found])


@router.get("/prizes")
async def prizes(actor: Acting) -> PrizesOut:
    """All prizes, for administrators."""
    return PrizesOut(items=[_prize(one) for one in await leaderboard.list_prizes(actor)])


@router.post("/prizes", status_code=201)
async def add_prize(actor: Acting, body: PrizeIn) -> PrizeOut:
    """Promise a prize (administrators)."""
    return _prize(
        await leaderboard.add_prize(
            actor,
            kind=body.kind,
            period=body.period,
            measure=body.measure,
            rank=body.rank,
            amount=body.amount,
            currency=body.currency,
        )
    )


@router.delete("/prizes/{prize_id}", status_code=204)
async def drop_prize(actor: Acting, prize_id: UUID) -> None:
    """Take a prize back (administrators)."""
    await leaderboard.drop_prize(actor, prize_id)
