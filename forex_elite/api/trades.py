"""`/api/trades`, `/api/user/trades` and `/api/user/mt5-accounts`: what the terminals report."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from forex_elite.api.callers import Acting
from forex_elite.api.history import Wanted
from forex_elite.api.orders import StagesOut
from forex_elite.domain.history import HistoryFilter
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE
from forex_elite.domain.signals import TradeInfo
from forex_elite.domain.terminals import ENABLED_LIMIT, AccountInfo
from forex_elite.domain.trade_record import EventKind, OrderSource, TradeEvent, TradeOrder
from forex_elite.errors import InvalidInput
from forex_elite.services import accounts, history, positions, trades

router = APIRouter(prefix="/api", tags=["accounts and trades"])


class TradeOut(BaseModel):
    """A position; prices in the symbol's units, money in the account currency, volume in lots."""

    id: UUID
    account_id: UUID
    ticket: int
    symbol: str
    side: str
    volume: float
    open_price: float
    open_time: AwareDatetime
    sl: float
    tp: float
    current_price: float
    close_price: float | None
    close_time: AwareDatetime | None
    profit: float
    swap: float
    commission: float
    magic: int
    comment: str
    is_closed: bool
    protection: dict[str, Any] | None
    """Break-even and trailing stop the agent works an open position with."""
    booked: float
    """What its partial closes came to: of a closed position a part of its figures, of an open one besides them."""


class PartialCloseOut(BaseModel):
    """A deal that closed part of a position and left the rest open; `amount` with swap, commission and fee."""

    deal: int
    done_at: AwareDatetime
    volume: float
    price: float
    amount: float


class TradesOut(BaseModel):
    """A page of positions."""

    items: list[TradeOut]
    next_cursor: str | None


class TradeEventOut(BaseModel):
    """Something that happened to a trade; null is not known, a level of 0 is none.

    `volume` is what was open afterwards, of `closed` what was open until then. `order_id` is the order of this
    installation that brought it about. `is_derived`: never recorded, told by the trade's own row.
    """

    kind: EventKind
    at: AwareDatetime
    volume: float | None
    sl: float | None
    tp: float | None
    old_volume: float | None
    old_sl: float | None
    old_tp: float | None
    order_id: UUID | None
    is_derived: bool


class TradeOrderOut(BaseModel):
    """An order about a trade. Slippage is positive where it is the trader's loss; `sl` and `tp` as asked, 0 removes.

    An order that closed several `positions` tells no volume and no price: those are of all of them together.
    """

    id: UUID
    action: str
    source: OrderSource
    status: str
    code: str
    reason: str
    volume_lots: float | None
    filled_lots: float | None
    requested_price: float | None
    fill_price: float | None
    slippage_points: float | None
    slippage_pips: float | None
    sl: float | None
    tp: float | None
    protection: dict[str, Any] | None
    broker_order_id: str
    positions: int
    signal_id: UUID | None
    strategy_name: str
    stages: StagesOut


class TradeRecordOut(TradeOut):
    """A trade with its story, oldest first; money in `currency`, and `net` is profit with swap and commission.

    `events_left_out` earlier changes were too many to be told. `orders` is null for a token that may not read orders.
    """

    account_login: int
    account_name: str
    account_server: str
    currency: str
    source: str
    strategy_name: str
    net: float
    pips: float | None
    reported_at: AwareDatetime
    partial_closes: list[PartialCloseOut]
    events: list[TradeEventOut]
    events_left_out: int
    orders: list[TradeOrderOut] | None


class AccountOut(BaseModel):
    """An account with the figures its terminal last reported, in `currency`."""

    id: UUID
    agent_id: UUID | None
    login: int
    server: str
    broker: str
    name: str
    currency: str
    leverage: int
    margin_mode: int
    balance: float
    credit: float
    equity: float
    profit: float
    margin: float
    margin_free: float
    margin_level: float
    is_trade_allowed: bool
    is_enabled_for_trading: bool
    is_online: bool
    kill_switch: bool
    open_positions: int
    algo_status: str
    data_source: str
    data_age: str
    synced_at: AwareDatetime | None


class AccountsOut(BaseModel):
    """The caller's accounts and how many may trade."""

    accounts: list[AccountOut]
    enabled_count: int
    enabled_limit: int = ENABLED_LIMIT


def _fields(info: TradeInfo) -> dict[str, Any]:
    names = TradeOut.model_fields.keys() - {"protection"}
    terms = None if info.protection is None else info.protection.written()
    return {**{name: getattr(info, name) for name in names}, "protection": terms}


def _trade(info: TradeInfo) -> TradeOut:
    return TradeOut(**_fields(info))


def _event(event: TradeEvent) -> TradeEventOut:
    return TradeEventOut.model_validate(event, from_attributes=True)


def _order(order: TradeOrder) -> TradeOrderOut:
    names = TradeOrderOut.model_fields.keys() - {"code", "protection", "stages", "status"}
    return TradeOrderOut(
        **{name: getattr(order, name) for name in names},
        status=order.status.value,
        code=order.reason_code,
        protection=None if order.protection is None else order.protection.written(),
        stages=StagesOut.model_validate(order.stages, from_attributes=True),
    )


def account_out(info: AccountInfo) -> AccountOut:
    names = AccountOut.model_fields.keys() - {"is_enabled_for_trading", "kill_switch"}
    return AccountOut(
        **{name: getattr(info, name) for name in names},
        is_enabled_for_trading=info.is_enabled,
        kill_switch=info.is_killed,
    )


@router.get("/trades")
async def list_trades(
    actor: Acting,
    wanted: Wanted,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> TradesOut:
    """The caller's positions: open ones oldest first, closed ones last closed first, both last stored first.

    Filters by closing time, side, magic number, strategy or result are for closed ones (`open=false`).
    """
    plain = HistoryFilter(account_id=wanted.account_id, symbol=wanted.symbol)
    if is_open is False:
        page = await history.list_closed(actor, wanted, cursor=cursor, limit=limit)
    elif wanted != plain or (is_open is None and wanted.symbol is not None):
        raise InvalidInput("Ask for closed positions (open=false) to filter by this.", field="open")
    elif is_open:
        page = await positions.list_open(
            actor, account_id=wanted.account_id, symbol=wanted.symbol, cursor=cursor, limit=limit
        )
    else:
        page = await trades.list_trades(actor, account_id=wanted.account_id, cursor=cursor, limit=limit)
    items = [_trade(info) for info in page.items]
    return TradesOut(items=items, next_cursor=page.next_cursor)


@router.get("/user/trades/{trade_id}")
async def get_trade(actor: Acting, trade_id: UUID) -> TradeRecordOut:
    """One of the caller's trades, open or closed: what happened to it, and the orders about it."""
    record = await trades.get(actor, trade_id)
    info = record.trade
    return TradeRecordOut(
        **_fields(info),
        account_login=info.account_login,
        account_name=record.account_name,
        account_server=record.account_server,
        currency=info.currency,
        source=info.source,
        strategy_name=record.strategy_name,
        net=info.net,
        pips=info.pips,
        reported_at=info.reported_at,
        partial_closes=[PartialCloseOut.model_validate(one, from_attributes=True) for one in info.partial_closes],
        events=[_event(one) for one in record.events],
        events_left_out=record.left_out,
        orders=None if record.orders is None else [_order(one) for one in record.orders],
    )


@router.get("/user/mt5-accounts")
async def list_accounts(actor: Acting) -> AccountsOut:
    """The caller's accounts in the order they were first reported."""
    found = await accounts.list_accounts(actor)
    return AccountsOut(
        accounts=[account_out(info) for info in found], enabled_count=sum(info.is_enabled for info in found)
    )


@router.patch("/user/mt5-accounts/{account_id}/toggle")
async def toggle(actor: Acting, account_id: UUID) -> AccountOut:
    """Enable or disable an account for trading; 409 enabled-limit-reached at the sixth."""
    return account_out((await accounts.toggle(actor, account_id)).account)
