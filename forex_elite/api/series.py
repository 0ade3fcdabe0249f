"""`/api/accounts/{id}/balance`, `/api/pnl`, `/api/user/statistics`, `/api/quotes`: figures over time."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from forex_elite.api.callers import Acting
from forex_elite.services import series

router = APIRouter(prefix="/api", tags=["figures over time"])


class BalancePointOut(BaseModel):
    """What the terminal reported at an instant; `low` and `high` of the equity since the point before."""

    at: AwareDatetime
    balance: float
    equity: float
    low: float
    high: float


class BalanceOut(BaseModel):
    """An account's balance and equity, oldest first, in `currency`."""

    account_id: UUID
    currency: str
    step_s: int
    points: list[BalancePointOut]


class DayOut(BaseModel):
    """One day (UTC) of all accounts of a currency.

    `result` is the change of equity without `flows` (deposits, withdrawals, credit, corrections, bonuses); `realised`
    the profit, swap and commission of positions closed that day.
    """

    day: date
    currency: str
    result: float
    flows: float
    realised: float
    trades: int
    won: int
    lost: int


class DaysOut(BaseModel):
    """Days in order; those without any figure are left out."""

    days: list[DayOut]


class StatisticsOut(BaseModel):
    """Closed positions of one currency; one that came out even is neither won nor lost."""

    currency: str
    trades: int
    won: int
    lost: int
    profit: float


class UserStatisticsOut(BaseModel):
    """The caller's closed positions by currency; amounts of different currencies are never added up."""

    total: int
    winning: int
    losing: int
    by_currency: list[StatisticsOut]


class BarOut(BaseModel):
    """Open, high, low and close of the bid; `samples` is the number of seconds with a price."""

    at: AwareDatetime
    open: float
    high: float
    low: float
    close: float
    samples: int


class BarsOut(BaseModel):
    """Bars of a symbol, oldest first."""

    symbol: str
    minutes: int
    bars: list[BarOut]


@router.get("/accounts/{account_id}/balance")
async def balance(
    actor: Acting, account_id: UUID, hours: Annotated[int, Query(ge=1, le=series.MOST_HOURS)] = 24
) -> BalanceOut:
    """An account's balance and equity over the last hours."""
    return BalanceOut.model_validate(await series.balance(actor, account_id, hours), from_attributes=True)


@router.get("/pnl")
async def pnl(actor: Acting, days: Annotated[int, Query(ge=1, le=series.MOST_DAYS)] = 7) -> DaysOut:
    """What the last days came to, by currency."""
    found = await series.day_results(actor, days)
    return DaysOut(days=[DayOut.model_validate(one, from_attributes=True) for one in found])


@router.get("/user/statistics")
async def statistics(actor: Acting) -> UserStatisticsOut:
    """How many of the caller's closed positions were won and lost."""
    found = [StatisticsOut.model_validate(one, from_attributes=True) for one in await series.statistics(actor)]
    return UserStatisticsOut(
        total=sum(one.trades for one in found),
        winning=sum(one.won for one in found),
        losing=sum(one.lost for one in found),
        by_currency=found,
    )


@router.get("/quotes/bars")
async def bars(
    actor: Acting,
    symbol: Annotated[str, Query(min_length=1, max_length=32)],
    minutes: Annotated[int, Query(ge=1, le=1440)] = 5,
    hours: Annotated[int, Query(ge=1, le=2160)] = 24,
) -> BarsOut:
    """Open, high, low and close of a symbol from the quotes the caller's agents brought."""
    found = await series.bars(actor, symbol, minutes=minutes, hours=hours)
    return BarsOut(
        symbol=symbol, minutes=minutes, bars=[BarOut.model_validate(one, from_attributes=True) for one in found]
    )
