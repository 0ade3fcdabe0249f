"""Orders about open positions: close, change, protect, close by, close many, flatten. Each answers with its receipt."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, FiniteFloat, model_validator

from forex_elite.api.callers import Acting
from forex_elite.domain.orders import OrderReceipt
from forex_elite.domain.positions import ResultFilter
from forex_elite.domain.protection import BreakEven, DistanceUnit, Protection, Trailing
from forex_elite.services import positions

router = APIRouter(prefix="/api", tags=["positions"])

Amount = Annotated[FiniteFloat, Field(ge=0)]


class ReceiptOut(BaseModel):
    """A queued order: `id` is its job, null when none was queued, `code` and `reason` say why or what to know."""

    id: UUID | None
    account_id: UUID
    status: Literal["pending", "refused"]
    code: str
    reason: str


class ReceiptsOut(BaseModel):
    """One receipt per account."""

    items: list[ReceiptOut]


class CloseIn(BaseModel):
    """How much to close; neither: all of it."""

    volume_lots: FiniteFloat | None = None
    percent: FiniteFloat | None = None


class LevelsIn(BaseModel):
    """Stop loss and take profit as prices: null leaves a level, 0 removes it."""

    sl: FiniteFloat | None = None
    tp: FiniteFloat | None = None


class CloseByIn(BaseModel):
    """The opposite position to close by."""

    other_id: UUID


class CloseManyIn(BaseModel):
    """Which positions to close: at least one of the three is said. `{"which": "all"}` is every position there is."""

    account_ids: Annotated[list[UUID], Field(max_length=200)] | None = None
    symbol: Annotated[str, Field(max_length=32)] | None = None
    which: ResultFilter = ResultFilter.ALL

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if self.account_ids is None and self.symbol is None and "which" not in self.model_fields_set:
            raise ValueError('say which: account_ids, symbol or which; {"which": "all"} closes every position')
        return self


class BreakEvenIn(BaseModel):
    """From a profit of `trigger` on, the stop goes to the open price plus `offset`."""

    unit: DistanceUnit = DistanceUnit.PIPS
    trigger: Amount
    offset: Amount = 0.0


class TrailingIn(BaseModel):
    """From a profit of `trigger` on, the stop follows at `distance`, in moves of at least `step`."""

    unit: DistanceUnit = DistanceUnit.PIPS
    trigger: Amount = 0.0
    distance: Amount
    step: Amount = 0.0


class AtrIn(BaseModel):
    """Which ATR distances in ATR count: the mean true range of `period` closed bars."""

    timeframe: str = "H1"
    period: int = 14


class ProtectionIn(BaseModel):
    """Break-even and trailing stop in place of any there are; neither takes the protection off."""

    break_even: BreakEvenIn | None = None
    trailing: TrailingIn | None = None
    atr: AtrIn = AtrIn()


def _receipt(receipt: OrderReceipt) -> ReceiptOut:
    return ReceiptOut(
        id=receipt.job_id,
        account_id=receipt.account_id,
        status="refused" if receipt.job_id is None else "pending",
        code=receipt.code,
        reason=receipt.reason,
    )


@router.post("/trades/close", status_code=202)
async def close_many(actor: Acting, body: CloseManyIn) -> ReceiptsOut:
    """Close every open position that is meant, one order per account; results are looked at again when it is sent."""
    receipts = await positions.close_many(actor, account_ids=body.account_ids, symbol=body.symbol, which=body.which)
    return ReceiptsOut(items=[_receipt(receipt) for receipt in receipts])


@router.post("/trades/{trade_id}/close", status_code=202)
async def close(actor: Acting, trade_id: UUID, body: CloseIn | None = None) -> ReceiptOut:
    """Close a position wholly, by volume or by percent; asked again while under way, the answer is the same job."""
    wanted = body or CloseIn()
    return _receipt(await positions.close(actor, trade_id, volume_lots=wanted.volume_lots, percent=wanted.percent))


@router.patch("/trades/{trade_id}", status_code=202)
async def modify(actor: Acting, trade_id: UUID, body: LevelsIn) -> ReceiptOut:
    """Change stop loss and take profit."""
    return _receipt(await positions.modify(actor, trade_id, sl=body.sl, tp=body.tp))


@router.post("/trades/{trade_id}/close-by", status_code=202)
async def close_by(actor: Acting, trade_id: UUID, body: CloseByIn) -> ReceiptOut:
    """Close two opposite positions of one symbol by each other."""
    return _receipt(await positions.close_by(actor, trade_id, body.other_id))


@router.post("/trades/{trade_id}/protection", status_code=202)
async def protect(actor: Acting, trade_id: UUID, body: ProtectionIn) -> ReceiptOut:
    """Have the agent move the stop to break-even or behind the price; an empty body ends that."""
    even, trail = body.break_even, body.trailing
    protection = Protection(
        break_even=BreakEven(**even.model_dump()) if even else None,
        trailing=Trailing(**trail.model_dump()) if trail else None,
        atr_timeframe=body.atr.timeframe,
        atr_period=body.atr.period,
    )
    return _receipt(await positions.protect(actor, trade_id, protection))


@router.post("/accounts/{account_id}/flatten", status_code=202)
async def flatten(actor: Acting, account_id: UUID) -> ReceiptOut:
    """Cancel every pending order of an account, then close every position, whatever their magic number."""
    return _receipt(await positions.flatten(actor, account_id))
