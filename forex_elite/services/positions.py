"""Open positions: the list, and what a person can do about them. Exits are never held up by a limit.

Every order goes out as a trade job, at most one of a kind at a time: asked again while the same is queued, with the
agent or of unknown fate, the answer is the job that is under way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from agent.protocol import Protection as WireProtection
from forex_elite import clock
from forex_elite.db import accounts as account_queries
from forex_elite.db import orders as order_queries
from forex_elite.db import positions as queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.orders import OrderReceipt
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.positions import (
    FloatingGroup,
    NoAgent,
    OpenPosition,
    ResultFilter,
    check_open,
    check_pair,
    find_under_way,
    has_result,
    lots_to_close,
)
from forex_elite.domain.protection import Protection, check_protection
from forex_elite.domain.signals import TradeInfo
from forex_elite.domain.ticket import check_loss
from forex_elite.domain.trading import Side
from forex_elite.errors import InvalidInput, NotFound
from forex_elite.services import guards, snapshot, trade_jobs

MOST_TICKETS = 1000
UNDER_WAY = "already-under-way"
AWAY = "agent-away"
HIGHEST_PRICE = 1e9
FLATTEN: dict[str, Any] = {"do": "flatten"}
_BY_SWITCH: dict[str, Any] = {
    "priority": guards.TOP_PRIORITY - 1,
    "within": timedelta(hours=24),
    "reason": trade_jobs.WITH_SWITCH,
}


@needs(Permission.POSITION_READ)
async def list_open(
    actor: Actor,
    *,
    account_id: UUID | None = None,
    symbol: str | None = None,
    cursor: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> Page[TradeInfo]:
    """The actor's open positions, oldest first, in pages."""
    async with unit_of_work(actor) as uow:
        return await queries.list_open(
            uow,
            actor.person_id,
            account_id=account_id,
            symbol=symbol,
            after=cursor,
            limit=max(1, min(limit, MAX_PAGE_SIZE)),
        )


@needs(Permission.POSITION_READ)
async def floating(actor: Actor, account_id: UUID | None = None) -> tuple[FloatingGroup, ...]:
    """All the actor's open positions, summed so that a browser can follow their result with the prices alone."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.floating(uow, actor.person_id, account_id=account_id))


@needs(Permission.POSITION_READ)
async def get(actor: Actor, trade_id: UUID) -> TradeInfo:
    """One position of the actor. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        found = await queries.find_shown(uow, actor.person_id, trade_id)
    if found is None:
        raise NotFound("There is no such position.")
    return found


@needs(Permission.POSITION_READ)
async def list_matching(
    actor: Actor,
    *,
    account_ids: Sequence[UUID] | None = None,
    symbol: str | None = None,
    which: ResultFilter = ResultFilter.ALL,
) -> tuple[OpenPosition, ...]:
    """The open positions a bulk close would send for, as last reported."""
    async with unit_of_work(actor) as uow:
        found = await queries.list_matching(uow, actor.person_id, account_ids=account_ids, symbol=symbol)
    return tuple(position for position in found if has_result(position.result, which))


# --- one position -----------------------------------------------------------------------------------------------------


@needs(Permission.POSITION_CHANGE)
async def close(
    actor: Actor, trade_id: UUID, *, volume_lots: float | None = None, percent: float | None = None
) -> OrderReceipt:
    """Close a position: all of it, so many lots, or a percentage of its volume, down to the broker's step.

    Raises NotFound, PositionClosed, NoAgent, CloseUnderWay, and InvalidInput with the volumes that are possible.
    """
    async with unit_of_work(actor) as uow:
        position = await _locked(uow, actor, trade_id)
        lots = lots_to_close(position, volume_lots=volume_lots, percent=percent)
        instruction: dict[str, Any] = {"do": "close", "ticket": position.ticket}
        if lots is not None:
            instruction["volume_lots"] = float(lots)
        return await _order(uow, actor, position, instruction, is_partial=lots is not None)


@needs(Permission.POSITION_CHANGE)
async def modify(actor: Actor, trade_id: UUID, *, sl: float | None = None, tp: float | None = None) -> OrderReceipt:
    """Change stop loss and take profit, as prices: None leaves a level, 0 removes it. The terminal judges them.

    Raises NotFound, PositionClosed, NoAgent, InvalidInput and LossAboveLimit.
    """
    if sl is None and tp is None:
        raise InvalidInput("Give a stop loss or a take profit; 0 removes it.", field="sl")
    instruction: dict[str, Any] = {"do": "modify"}
    for name, price in (("sl", sl), ("tp", tp)):
        if price is None:
            continue
        if not 0 <= price < HIGHEST_PRICE:  # NaN fails it too
            raise InvalidInput("Use a price above 0, or 0 to remove the level.", field=name)
        if price:
            instruction[name] = {"kind": "price", "value": price}
        else:
            instruction[f"remove_{name}"] = True
    async with unit_of_work(actor) as uow:
        position = await _locked(uow, actor, trade_id)
        if sl is not None:
            await _check_loss(uow, actor, trade_id, sl)
        return await _order(uow, actor, position, {**instruction, "ticket": position.ticket})


@needs(Permission.POSITION_CHANGE)
async def close_by(actor: Actor, trade_id: UUID, other_id: UUID) -> OrderReceipt:
    """Close two opposite positions of one symbol by each other (hedging accounts).

    Raises NotFound, PositionClosed, NoAgent and CannotCloseBy.
    """
    async with unit_of_work(actor) as uow:
        position = await _locked(uow, actor, trade_id)
        other = await _found(uow, actor, other_id)
        check_open(other)
        check_pair(position, other)
        instruction = {"do": "close_by", "ticket": position.ticket, "by": other.ticket}
        return await _order(uow, actor, position, instruction)


@needs(Permission.POSITION_CHANGE)
async def protect(actor: Actor, trade_id: UUID, protection: Protection | None) -> OrderReceipt:
    """Have the agent move the stop to break-even or behind the price, in place of what it does now; None ends it.

    Raises NotFound, PositionClosed, NoAgent and InvalidInput.
    """
    wanted = None
    if protection is not None and protection.is_any:
        wanted = WireProtection.model_validate(check_protection(protection).written()).model_dump(mode="json")
    async with unit_of_work(actor) as uow:
        position = await _locked(uow, actor, trade_id)
        instruction = {"do": "protect", "ticket": position.ticket, "protection": wanted}
        return await _order(uow, actor, position, instruction)


# --- many positions ---------------------------------------------------------------------------------------------------


@needs(Permission.POSITION_CHANGE)
async def close_many(
    actor: Actor,
    *,
    account_ids: Sequence[UUID] | None = None,
    symbol: str | None = None,
    which: ResultFilter = ResultFilter.ALL,
    trade_ids: Sequence[UUID] | None = None,
) -> tuple[OrderReceipt, ...]:
    """Close all open positions of some accounts (None: all), of one symbol or any, with such a result: one job each.

    Only the positions known now are closed, `trade_ids` narrows them further; their result is looked at again by the
    agent, so that none is closed as losing that has turned meanwhile. Raises NotFound for an account not the actor's.
    """
    async with unit_of_work(actor) as uow:
        listed = await account_queries.list_accounts(uow, actor.person_id, now=clock.now())
        known = {account.id: account for account in listed}
        wanted = list(known) if account_ids is None else list(dict.fromkeys(account_ids))
        if any(account_id not in known for account_id in wanted):
            raise NotFound("There is no such account.")
        for account_id in sorted(wanted):
            await queries.lock_account(uow, account_id)
        named = None if trade_ids is None else set(trade_ids)
        tickets: dict[UUID, list[int]] = {account_id: [] for account_id in wanted}
        for position in await queries.list_matching(uow, actor.person_id, account_ids=wanted, symbol=symbol):
            if has_result(position.result, which) and (named is None or position.id in named):
                tickets[position.account_id].append(position.ticket)
        receipts = []
        for account_id in wanted:
            if tickets[account_id]:
                instruction = {
                    "do": "close_many",
                    "tickets": tickets[account_id][:MOST_TICKETS],
                    "which": which.value,
                }
                receipts.append(await _order_for(uow, actor, account_id, known[account_id].agent_id, instruction))
            elif account_ids is not None:
                receipts.append(
                    OrderReceipt(
                        account_id=account_id,
                        job_id=None,
                        code="nothing-to-close",
                        reason="No open position of this account is meant.",
                    )
                )
        return tuple(receipts)


@needs(Permission.POSITION_CHANGE)
async def flatten(actor: Actor, account_id: UUID) -> OrderReceipt:
    """Cancel every pending order of an account and close every position, whatever their magic number.

    Raises NotFound; an account without an agent is told in the receipt.
    """
    async with unit_of_work(actor) as uow:
        account = await queries.find_account(uow, actor.person_id, account_id)
        if account is None:
            raise NotFound("There is no such account.")
        await queries.lock_account(uow, account_id)
        return await _order_for(uow, actor, account_id, account["agent_id"], FLATTEN)


async def flatten_with_switch(uow: UnitOfWork, actor: Actor, account_id: UUID, agent_id: UUID | None) -> OrderReceipt:
    """`flatten` as the kill switch does it: before every other order, and also for an agent that is back in 24 h.

    Runs in the transaction that throws the switch and holds the account's row. Lifting the switch takes it back while
    it waits, so no exit asked for by hand is ever answered with it.
    """
    return await _order_for(uow, actor, account_id, agent_id, FLATTEN, is_switch=True)


# --- inside -----------------------------------------------------------------------------------------------------------


async def _found(uow: UnitOfWork, actor: Actor, trade_id: UUID) -> OpenPosition:
    found = await queries.find(uow, actor.person_id, trade_id)
    if found is None:
        raise NotFound("There is no such position.")
    return found


async def _locked(uow: UnitOfWork, actor: Actor, trade_id: UUID) -> OpenPosition:
    """The position, looked at again once nobody else gives orders about its account."""
    await queries.lock_account(uow, (await _found(uow, actor, trade_id)).account_id)
    position = await _found(uow, actor, trade_id)
    check_open(position)
    return position


async def _check_loss(uow: UnitOfWork, actor: Actor, trade_id: UUID, sl: float) -> None:
    """Refuse a stop loss that is moved farther away than the account's limit per trade allows."""
    trade = await queries.find_shown(uow, actor.person_id, trade_id)
    assert trade is not None, "it was found in this very transaction"
    row = await order_queries.account_to_trade(uow, actor.person_id, trade.account_id, trade.symbol, is_entry=False)
    if row is None:
        return
    (account,) = await snapshot.accounts_of([row], clock.now())
    specs = [snapshot.spec_of(spec) for spec in row["specs"]]
    entry = float(trade.open_price)
    check_loss(
        account,
        specs[0] if specs else None,
        Side(trade.side),
        trade.volume,
        before=(entry, float(trade.sl)),
        after=(entry, sl),
    )


async def _order(
    uow: UnitOfWork, actor: Actor, position: OpenPosition, instruction: dict[str, Any], *, is_partial: bool = False
) -> OrderReceipt:
    agent_id = check_open(position)
    return await _order_for(uow, actor, position.account_id, agent_id, instruction, is_partial=is_partial)


async def _order_for(
    uow: UnitOfWork,
    actor: Actor,
    account_id: UUID,
    agent_id: UUID | None,
    instruction: dict[str, Any],
    *,
    is_partial: bool = False,
    is_switch: bool = False,
) -> OrderReceipt:
    if agent_id is None:
        reason = "No agent works for this account, so nobody could send the order."
        return OrderReceipt(account_id=account_id, job_id=None, code=NoAgent.code, reason=reason)
    in_flight = await queries.under_way(uow, account_id, revocable=trade_jobs.WITH_SWITCH, is_revocable=is_switch)
    known = find_under_way(instruction, in_flight, is_partial=is_partial)
    if known is not None:
        reason = "The same is under way already; this is its answer."
        return OrderReceipt(account_id=account_id, job_id=known, code=UNDER_WAY, reason=reason)
    job_id = await trade_jobs.enqueue(
        uow,
        user_id=actor.person_id,
        agent_id=agent_id,
        account_id=account_id,
        instruction=instruction,
        is_entry=False,
        **(_BY_SWITCH if is_switch else {}),
    )
    if await queries.is_agent_online(uow, agent_id, now=clock.now()):
        return OrderReceipt(account_id=account_id, job_id=job_id)
    within = "24 h" if is_switch else f"{int(trade_jobs.EXIT_WITHIN.total_seconds() // 60)} min"
    reason = f"The agent is away. The order is sent if it is back within {within}, and not at all after that."
    return OrderReceipt(account_id=account_id, job_id=job_id, code=AWAY, reason=reason)
