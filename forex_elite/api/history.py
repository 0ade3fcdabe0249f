"""`/api/trades/export.csv` and `/api/analytics`: the closed trades as a file, and what they say."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel

from forex_elite.api.callers import Acting
from forex_elite.domain.history import Analytics, HistoryFilter, Slice, TradeResult
from forex_elite.domain.trading import Side
from forex_elite.errors import InvalidInput
from forex_elite.services import analytics, history

router = APIRouter(prefix="/api", tags=["history"])


def wanted_trades(
    account_id: UUID | None = None,
    symbol: Annotated[str | None, Query(max_length=32)] = None,
    side: Side | None = None,
    magic: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    strategy_id: UUID | None = None,
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    result: TradeResult | None = None,
) -> HistoryFilter:
    """The filter of a request; `from` is included and `to` is not, both by closing time."""
    return HistoryFilter(
        account_id=account_id,
        symbol=symbol,
        side=side.value if side else None,
        magic=magic,
        strategy_id=strategy_id,
        since=since,
        until=until,
        result=result,
    )


Wanted = Annotated[HistoryFilter, Depends(wanted_trades)]


class SliceOut(BaseModel):
    """Closed trades that share `key`; money in the account currency, hold in seconds."""

    key: str
    trades: int
    wins: int
    win_rate: float
    net: float
    gross_profit: float
    gross_loss: float
    profit_factor: float | None
    expectancy: float
    average_hold_s: float


class PointOut(BaseModel):
    """One day of the equity curve: its result and the balance after it, counted from `start_balance`."""

    day: str
    net: float
    balance: float


class AnalyticsOut(BaseModel):
    """The closed trades of one currency. What each figure is stands in `formulas`."""

    currency: str
    start_balance: float
    total: SliceOut
    losses: int
    max_drawdown: float
    max_drawdown_pct: float | None
    sharpe: float | None
    sortino: float | None
    annual_volatility_pct: float | None
    trading_days: int
    note: str
    equity_curve: list[PointOut]
    by_symbol: list[SliceOut]
    by_hour: list[SliceOut]
    by_weekday: list[SliceOut]
    by_source: list[SliceOut]


class AllAnalyticsOut(BaseModel):
    """One entry per account currency; days and hours are those of `zone`."""

    zone: str
    items: list[AnalyticsOut]
    formulas: dict[str, str]


@router.get("/trades/export.csv", response_class=StreamingResponse)
async def export(actor: Acting, wanted: Wanted) -> StreamingResponse:
    """The closed trades of a filter as CSV (RFC 4180, UTF-8), streamed; times are UTC."""
    headers = {"Content-Disposition": 'attachment; filename="closed-trades.csv"'}
    return StreamingResponse(
        history.export_csv(actor, wanted), media_type="text/csv; charset=utf-8; header=present", headers=headers
    )


@router.get("/analytics")
async def examine(actor: Acting, wanted: Wanted, zone: Annotated[str, Query(max_length=64)] = "UTC") -> AllAnalyticsOut:
    """What the closed trades of a filter say, by account currency."""
    try:
        known = ZoneInfo(zone).key
    except (KeyError, ValueError, OSError) as unknown:
        raise InvalidInput("Use a time zone such as UTC or Europe/London.", field="zone") from unknown
    found = await analytics.examine(actor, wanted, zone=known)
    return AllAnalyticsOut(zone=known, items=[_analytics(one) for one in found], formulas=analytics.FORMULAS)


def _slice(one: Slice) -> SliceOut:
    return SliceOut(
        key=one.key,
        trades=one.count,
        wins=one.wins,
        win_rate=one.win_rate,
        net=one.net,
        gross_profit=one.gross_profit,
        gross_loss=one.gross_loss,
        profit_factor=one.profit_factor,
        expectancy=one.expectancy,
        average_hold_s=one.hold_s,
    )


def _analytics(one: Analytics) -> AnalyticsOut:
    balance, curve = one.start_balance, []
    for day in one.by_day:
        balance += day.net
        curve.append(PointOut(day=day.key, net=day.net, balance=balance))
    return AnalyticsOut(
        currency=one.currency,
        start_balance=one.start_balance,
        total=_slice(one.total),
        losses=one.losses,
        max_drawdown=one.max_drawdown,
        max_drawdown_pct=one.ratios.max_drawdown_pct,
        sharpe=one.ratios.sharpe,
        sortino=one.ratios.sortino,
        annual_volatility_pct=one.ratios.annual_volatility_pct,
        trading_days=one.ratios.days,
        note=one.ratios.note,
        equity_curve=curve,
        by_symbol=[_slice(each) for each in one.by_symbol],
        by_hour=[_slice(each) for each in one.by_hour],
        by_weekday=[_slice(each) for each in one.by_weekday],
        by_source=[_slice(each) for each in one.by_source],
    )
