"""`/api/orders` and `/api/accounts/{id}/orders`: what people ask for by hand, and what waits in their terminals."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, Field, FiniteFloat

from agent.protocol import SymbolName
from forex_elite.api.callers import Acting
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE
from forex_elite.domain.ticket import OrderRequest, OrderState, PendingOrderInfo
from forex_elite.domain.trading import Level, LevelKind, OrderType, Side
from forex_elite.services import orders

router = APIRouter(prefix="/api", tags=["orders"])

Ticket = Annotated[int, Path(gt=0, lt=2**63)]
Amount = Annotated[FiniteFloat, Field(ge=0, lt=1e12)]


class LevelIn(BaseModel):
    """A stop or target at a distance; a plain number is a price."""

    kind: Literal["price", "pips", "percent"]
    value: Annotated[FiniteFloat, Field(gt=0, lt=1e12)]


LevelOrPrice = LevelIn | Annotated[FiniteFloat, Field(gt=0, lt=1e12)]


class OrderIn(BaseModel):
    """An order: exactly one of `volume_lots` and `risk_pct` (of the balance, lost at the stop).

    `price` is for limit and stop orders. The same `client_order_id` again is the same order, never a second one.
    """

    account_id: UUID
    symbol: SymbolName
    side: Literal["buy", "sell"]
    type: Literal["market", "limit", "stop"] = "market"
    volume_lots: Annotated[FiniteFloat, Field(gt=0, lt=1e9)] | None = None
    risk_pct: Annotated[FiniteFloat, Field(gt=0, le=100)] | None = None
    price: Annotated[FiniteFloat, Field(gt=0, lt=1e12)] | None = None
    sl: LevelOrPrice | None = None
    tp: LevelOrPrice | None = None
    client_order_id: UUID | None = None


class CheckOut(BaseModel):
    """One question of the risk gate and its answer."""

    name: str
    ok: bool
    detail: str = ""


class StagesOut(BaseModel):
    """When the order passed what; null where it has not."""

    requested: AwareDatetime
    gated: AwareDatetime | None
    queued: AwareDatetime | None
    claimed: AwareDatetime | None
    sent: AwareDatetime | None
    filled: AwareDatetime | None
    reported: AwareDatetime | None


class OrderOut(BaseModel):
    """An order by hand, or another trade job; prices in the symbol's units, volume in lots, `loss_at_stop` money.

    `status`: pending | executed | partial | failed | rejected | discarded | expired | cancelled | unknown.
    """

    id: UUID
    account_id: UUID
    account_login: int
    currency: str
    action: str
    symbol: str
    side: str
    type: str
    ticket: int | None
    status: str
    code: str
    reason: str
    volume_lots: float | None
    risk_pct: float | None
    price: float | None
    sl: float | None
    tp: float | None
    loss_at_stop: float | None
    requested_price: float | None
    fill_price: float | None
    filled_lots: float | None
    broker_order_id: str
    stages: StagesOut
    checks: list[CheckOut]


class OrdersOut(BaseModel):
    """A page of orders, newest first."""

    items: list[OrderOut]
    next_cursor: str | None


class PendingOut(BaseModel):
    """A pending order as its terminal reported it; `sl` and `tp` are 0 where there is none."""

    account_id: UUID
    ticket: int
    symbol: str
    side: str
    type: str
    volume: float
    price: float
    sl: float
    tp: float
    magic: int
    comment: str
    placed_at: AwareDatetime
    reported_at: AwareDatetime


class PendingsOut(BaseModel):
    """A page of pending orders, oldest first."""

    items: list[PendingOut]
    next_cursor: str | None


class PendingChange(BaseModel):
    """New terms of a pending order: what is left out stays as it is, a level of 0 is removed."""

    price: Amount | None = None
    sl: Amount | None = None
    tp: Amount | None = None


def _level(level: Any) -> Level | None:
    if level is None:
        return None
    if isinstance(level, LevelIn):
        return Level(LevelKind(level.kind), level.value)
    return Level(LevelKind.PRICE, level)


def _out(state: OrderState) -> OrderOut:
    names = OrderOut.model_fields.keys() - {"type", "risk_pct", "stages", "checks", "status"}
    return OrderOut.model_validate(
        {
            **{name: getattr(state, name) for name in names},
            "status": state.status.value,
            "type": state.order_type,
            "risk_pct": state.risk_percent,
            "stages": StagesOut.model_validate(state.stages, from_attributes=True),
            "checks": state.checks,
        }
    )


def _pending(info: PendingOrderInfo) -> PendingOut:
    names = PendingOut.model_fields.keys() - {"type"}
    return PendingOut(**{name: getattr(info, name) for name in names}, type=info.order_type)


@router.post("/orders", status_code=202)
async def place(actor: Acting, body: OrderIn) -> OrderOut:
    """Ask for an order: judged by the risk gate at once, refusals are kept and told with their reason."""
    request = OrderRequest(
        account_id=body.account_id,
        symbol=body.symbol,
        side=Side(body.side),
        volume_lots=body.volume_lots,
        risk_percent=body.risk_pct,
        order_type=OrderType(body.type),
        price=body.price,
        sl=_level(body.sl),
        tp=_level(body.tp),
        client_order_id=body.client_order_id,
    )
    return _out(await orders.place(actor, request))


@router.get("/orders")
async def list_orders(
    actor: Acting,
    account_id: UUID | None = None,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> OrdersOut:
    """The caller's orders by hand, newest first, refused ones too."""
    page = await orders.list_orders(actor, account_id=account_id, cursor=cursor, limit=limit)
    return OrdersOut(items=[_out(state) for state in page.items], next_cursor=page.next_cursor)


@router.get("/orders/{order_id}")
async def find(actor: Acting, order_id: UUID) -> OrderOut:
    """What became of an order, or of any other trade job of the caller's."""
    return _out(await orders.find(actor, order_id))


@router.get("/accounts/{account_id}/orders")
async def list_pending(
    actor: Acting,
    account_id: UUID,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = MAX_PAGE_SIZE,
) -> PendingsOut:
    """The account's pending orders, oldest first."""
    page = await orders.list_pending(actor, account_id, cursor=cursor, limit=limit)
    return PendingsOut(items=[_pending(info) for info in page.items], next_cursor=page.next_cursor)


@router.patch("/accounts/{account_id}/orders/{ticket}", status_code=202)
async def change_pending(actor: Acting, account_id: UUID, ticket: Ticket, body: PendingChange) -> OrderOut:
    """Change price, SL or TP of a pending order."""
    return _out(await orders.change_pending(actor, account_id, ticket, price=body.price, sl=body.sl, tp=body.tp))


@router.delete("/accounts/{account_id}/orders/{ticket}", status_code=202)
async def cancel_pending(actor: Acting, account_id: UUID, ticket: Ticket) -> OrderOut:
    """Cancel a pending order."""
    return _out(await orders.cancel_pending(actor, account_id, ticket))
