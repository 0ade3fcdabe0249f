"""`/api/candles` and `/api/accounts/{id}/symbols`: what a chart and a ticket are made of."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel

from agent.protocol import SymbolName
from forex_elite.api.callers import Acting
from forex_elite.domain.candles import MOST_BARS, Timeframe
from forex_elite.services import candles, symbols

router = APIRouter(prefix="/api", tags=["charts"])


class CandleOut(BaseModel):
    """A bar of bid prices; `time` is when it opened."""

    time: AwareDatetime
    open: float
    high: float
    low: float
    close: float
    volume: int


class ProblemOut(BaseModel):
    """Why a terminal gave no candles."""

    code: str
    message: str


class ChartOut(BaseModel):
    """Candles, oldest first; the newest one may still be forming.

    `is_pending`: the terminal has been asked for more; ask again when the topic `jobs` tells of a change.
    `next_cursor` is what `before` wants for older candles, null where the terminal has none.
    `broker_offset_s`: the broker's clock ahead of UTC, null while unknown; its day begins at its own midnight.
    """

    symbol: str
    timeframe: Timeframe
    items: list[CandleOut]
    next_cursor: AwareDatetime | None
    is_pending: bool
    known_until: AwareDatetime | None
    broker_offset_s: int | None
    problem: ProblemOut | None


class SymbolOut(BaseModel):
    """An instrument as the account's broker defines it; money in the account currency."""

    name: str
    currency_base: str
    currency_profit: str
    digits: int
    point: float
    tick_size: float
    tick_value: float
    contract_size: float
    volume_min: float
    volume_max: float
    volume_step: float
    stops_level_points: float
    margin_per_lot: float
    is_tradable: bool


class SymbolsOut(BaseModel):
    """Instruments that match, the account's own open ones first."""

    items: list[SymbolOut]
    next_cursor: str | None = None
    total: int


@router.get("/candles", response_model=ChartOut)
async def chart(
    actor: Acting,
    account_id: UUID,
    symbol: SymbolName,
    timeframe: Timeframe,
    before: AwareDatetime | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_BARS)] = 500,
) -> Response:
    """Candles of an account's symbol: what is kept at once, the rest as soon as its terminal has answered."""
    found = await candles.chart(actor, account_id, symbol, timeframe, before=before, limit=limit)
    code, message = found.problem
    told = {
        "symbol": symbol,
        "timeframe": timeframe,
        "items": found.candles,
        "next_cursor": found.candles[0].time if found.candles and found.has_older else None,
        "is_pending": found.is_pending,
        "known_until": found.known_until,
        "broker_offset_s": found.offset_s,
        "problem": {"code": code, "message": message} if code else None,
    }
    # A thousand rows at once: written as they are, without a model for each of them.
    return Response(orjson.dumps(told, option=orjson.OPT_UTC_Z), media_type="application/json")


@router.get("/accounts/{account_id}/symbols")
async def list_symbols(
    actor: Acting,
    account_id: UUID,
    q: Annotated[str, Query(max_length=32, description="Part of a name or currency.")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> SymbolsOut:
    """The instruments an account may trade."""
    found = await symbols.list_symbols(actor, account_id, q, limit=limit)
    items = [SymbolOut.model_validate(spec, from_attributes=True) for spec in found.items]
    return SymbolsOut(items=items, total=found.total or 0)
