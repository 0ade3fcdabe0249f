"""`/api/ea/…/backtests`: tests of deployed experts in MetaTrader's Strategy Tester, and what their reports say."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from forex_elite.api.callers import Acting
from forex_elite.api.ea.shapes import BYTES, attachment
from forex_elite.domain.ea.backtests import MAX_DEPOSIT, MAX_LEVERAGE, BacktestInfo, BacktestTerms, Model
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE
from forex_elite.services.ea import backtests

router = APIRouter(prefix="/api/ea", tags=["experts: tests"])


class NewBacktest(BaseModel):
    """Days of the broker's calendar, the last one excluded.

    `model` 0 stands for every tick, 1 minute bars, 2 open prices, 4 real ticks; `leverage` 100 for 1:100.
    `deposit` is in `currency`.
    """

    from_date: date
    to_date: date
    deposit: Annotated[float, Field(gt=0, le=MAX_DEPOSIT)] = 10_000
    currency: Annotated[str, Field(min_length=3, max_length=8, pattern=r"^[A-Za-z]+$")] = "USD"
    leverage: Annotated[int, Field(ge=1, le=MAX_LEVERAGE)] = 100
    model: Model = Model.MINUTE_BARS

    def read(self) -> BacktestTerms:
        return BacktestTerms(**self.model_dump())


class TermsOut(BaseModel):
    """What the test starts with."""

    from_date: date
    to_date: date
    deposit: float
    currency: str
    leverage: int
    model: int


class PointOut(BaseModel):
    """The balance after a deal; `at` is the broker's clock, as the report prints it."""

    at: str
    balance: float


class ReportOut(BaseModel):
    """The report's figures and words by their names in it; the curve is empty in lists."""

    figures: dict[str, float]
    labels: dict[str, str]
    curve: list[PointOut]
    deals: int
    took_s: float


class BacktestOut(BaseModel):
    """A test of what was deployed then. `status` is `pending`, `running`, `completed` or `failed` (with `reason`)."""

    id: UUID
    deployment_id: UUID
    version_id: UUID
    version_number: int
    job_id: UUID | None
    symbol: str
    timeframe: str
    inputs: dict[str, Any]
    terms: TermsOut
    status: str
    code: str
    reason: str
    report: ReportOut | None
    has_file: bool
    created_at: AwareDatetime
    finished_at: AwareDatetime | None

    @classmethod
    def of(cls, info: BacktestInfo) -> BacktestOut:
        return cls.model_validate(info, from_attributes=True)


class BacktestsOut(BaseModel):
    """A page of tests, newest first."""

    items: list[BacktestOut]
    next_cursor: str | None


@router.post("/deployments/{deployment_id}/backtests", status_code=202)
async def start(actor: Acting, deployment_id: UUID, body: NewBacktest) -> BacktestOut:
    """Test what is deployed: its version, symbol, timeframe and inputs, beside its account's terminal."""
    return BacktestOut.of(await backtests.start(actor, deployment_id, body.read()))


@router.get("/deployments/{deployment_id}/backtests")
async def list_backtests(
    actor: Acting,
    deployment_id: UUID,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> BacktestsOut:
    """A deployment's tests, without their curves."""
    page = await backtests.list_backtests(actor, deployment_id, cursor=cursor, limit=limit)
    return BacktestsOut(items=[BacktestOut.of(info) for info in page.items], next_cursor=page.next_cursor)


@router.get("/backtests/{backtest_id}")
async def get(actor: Acting, backtest_id: UUID) -> BacktestOut:
    """One test with its curve."""
    return BacktestOut.of(await backtests.get(actor, backtest_id))


@router.get("/backtests/{backtest_id}/report", response_class=Response, responses=BYTES)
async def download(actor: Acting, backtest_id: UUID) -> Response:
    """The tester's report as it wrote it."""
    return attachment(await backtests.report(actor, backtest_id), "report.htm")
