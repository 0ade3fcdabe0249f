"""Accounts as their terminals report them; nothing here computes a balance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from agent.protocol import (
    AccountReport,
    AccountsReport,
    BalanceOperation,
    JobError,
    OrderReport,
    RowsStored,
    SymbolSpec,
    TradeReport,
    TradesReport,
)
from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import accounts as queries
from forex_elite.db import logs, series
from forex_elite.db import orders as order_queries
from forex_elite.db import people as person_queries
from forex_elite.db import trades as trade_queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.symbols import canonical
from forex_elite.domain.terminals import ENABLED_LIMIT, AccountInfo, AgentKind
from forex_elite.errors import Conflict, NotFound
from forex_elite.services import audit, storable, sync
from forex_elite.services.agents import AgentCaller

Reported = AccountReport | TradeReport | BalanceOperation | OrderReport

_LARGEST_AMOUNT = 1e12  # figures are kept with up to twelve digits before the point
_LARGEST_COUNT = 2**31 - 1
_LARGEST_NUMBER = 2**63 - 1
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class EnabledLimitReached(Conflict):
    """Five accounts are enabled for trading already; disable one first."""

    code = "enabled-limit-reached"


@dataclass(frozen=True, slots=True)
class Enabled:
    """The outcome of a toggle."""

    account: AccountInfo
    is_enabled: bool


@needs(Permission.ACCOUNT_READ)
async def list_accounts(actor: Actor) -> tuple[AccountInfo, ...]:
    """The actor's accounts in the order they were first reported."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_accounts(uow, actor.person_id, now=clock.now()))


@needs(Permission.ACCOUNT_MANAGE)
async def toggle(actor: Actor, account_id: UUID) -> Enabled:
    """Enable or disable an account for trading. Raises NotFound, and EnabledLimitReached at the sixth."""
    async with unit_of_work(actor) as uow:
        outcome = await queries.toggle_enabled(uow, account_id, actor.person_id)
        if outcome is None:
            raise NotFound("There is no such account.")
        is_enabled, limit_reached = outcome
        if limit_reached:
            raise EnabledLimitReached(
                f"{ENABLED_LIMIT} accounts are enabled for trading. Disable one of them first.", limit=ENABLED_LIMIT
            )
        account = await queries.find_account(uow, account_id, now=clock.now())
        await audit.record(
            uow,
            actor,
            "accounts.toggle",
            subject=("account", account_id),
            before={"is_enabled": not is_enabled},
            after={"is_enabled": is_enabled},
        )
        uow.tell(topics.of_person(actor.person_id, f"account:{account_id}"), {"id": str(account_id)})
    assert account is not None
    return Enabled(account, is_enabled)


def _parse(
    row: Any, model: type[AccountReport | TradeReport | BalanceOperation | OrderReport]
) -> tuple[Any, JobError | None]:
    try:
        read = model.model_validate(row)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        where, what = ".".join(str(part) for part in first["loc"]), first["msg"]
    else:
        where, what = next(_unstorable(read), ("", ""))
        if not what:
            return read, None
    ticket = row.get("ticket") if isinstance(row, dict) else None
    which = f" (ticket {ticket})" if isinstance(ticket, int) and abs(ticket) <= _LARGEST_NUMBER else ""
    return None, JobError(code="row-refused", message=f"{where}: {what}"[:460] + which)


def _parse_all(raw_rows: list[Any], model: type[Reported]) -> tuple[list[dict[str, Any]], list[JobError]]:
    read = [_parse(raw, model) for raw in raw_rows]
    return [vars(row) for row, error in read if error is None], [error for _, error in read if error is not None]


def _unstorable(row: BaseModel) -> Iterator[tuple[str, str]]:  # noqa: C901  # a case for each kind of value
    """The fields the tables cannot hold, with the reason: one such value would take the whole report with it."""
    for field, value in vars(row).items():
        kind = type(value)  # compared, not matched: this is asked of every figure of every row
        if kind is float:
            if not -_LARGEST_AMOUNT < value < _LARGEST_AMOUNT:
                yield field, "is out of range"
        elif kind is int:
            if abs(value) > (_LARGEST_COUNT if field == "leverage" else _LARGEST_NUMBER):
                yield field, "is out of range"
        elif kind is str:
            if "\x00" in value:
                yield field, "holds the NUL character"
        elif kind is datetime:
            if not _EARLIEST <= value <= _LATEST:
                yield field, "is no date of a terminal"
        elif kind is list:
            for one in value:
                yield from ((f"{field}.{name}", what) for name, what in _unstorable(one))


async def _log_refused(
    uow: UnitOfWork, caller: AgentCaller, what: str, refused: list[JobError], account_id: UUID | None = None
) -> None:
    for error in refused[:20]:
        await logs.add_log(
            uow,
            user_id=caller.user_id,
            agent_id=caller.id,
            account_id=account_id,
            level="warning",
            source="sync",
            message=f"{what} row was refused: {error.message}",
        )


async def store_accounts(caller: AgentCaller, report: AccountsReport) -> RowsStored:
    """Store reported accounts row by row: a malformed one is refused with its reason, the others land."""
    refused: list[JobError] = []
    failed: list[tuple[int, str, str]] = []
    stored = 0
    now = clock.now()
    work = sync.Round()
    async with unit_of_work(caller.actor) as uow:
        preferences = await person_queries.get_preferences(uow, caller.user_id)
        limits = {
            "max_lots": preferences.max_lots,
            "max_open_positions": preferences.max_open_positions,
            "daily_loss_percent": preferences.daily_loss_percent,
        }
        for raw in report.accounts:
            row, error = _parse(raw, AccountReport)
            if error is not None:
                refused.append(error)
                login, server = (raw.get("login"), raw.get("server")) if isinstance(raw, dict) else (None, None)
                if isinstance(login, int) and abs(login) <= _LARGEST_NUMBER and isinstance(server, str):
                    failed.append((login, storable.text(server), storable.text(error.message)))
                continue
            values = {**row.model_dump(exclude={"symbols"}), "reported_at": min(row.reported_at, now)}
            found = await queries.store_account(
                uow,
                user_id=caller.user_id,
                agent_id=caller.id,
                may_create=caller.kind is AgentKind.DEDICATED,
                report=values,
                preferences=limits,
            )
            if found is None:
                refused.append(
                    JobError(
                        code="account-not-assigned",
                        message=f"Account {row.login} was removed, or belongs to another agent.",
                    )
                )
                continue
            stored += 1
            await sync.note_account(uow, caller.user_id, found, values, work)
            if row.symbols:
                await _store_symbols(uow, caller.user_id, found["id"], row.symbols)
            uow.tell(topics.of_person(caller.user_id, f"account:{found['id']}"), {"id": str(found["id"])})
            if found["is_new"]:
                uow.tell(topics.of_person(caller.user_id, "agents"), {"id": str(caller.id)})
        await sync.finish_accounts(uow, caller.user_id, work)
        await sync.note_failed(uow, caller.user_id, caller.id, failed)
        await _log_refused(uow, caller, "An account", refused)
    return RowsStored(stored=stored, refused=refused)


async def _store_symbols(uow: UnitOfWork, user_id: UUID, account_id: UUID, specs: list[SymbolSpec]) -> None:
    rows = {
        spec.name: (
            spec.name,
            canonical(spec.name, spec.currency_base, spec.currency_profit),
            spec.model_dump(mode="json"),
        )
        for spec in specs
    }
    await queries.store_symbols(uow, user_id=user_id, account_id=account_id, specs=list(rows.values()), at=clock.now())


async def store_trades(caller: AgentCaller, report: TradesReport) -> RowsStored:
    """Store open positions and pending orders (complete) and newly closed positions of one account, row by row."""
    refused: list[JobError] = []
    rows: list[dict[str, Any]] = []
    work = sync.Round()
    now = clock.now()
    for raw, is_closed in [*((r, False) for r in report.open or []), *((r, True) for r in report.closed)]:
        row, error = _parse(raw, TradeReport)
        if error is None and is_closed and (row.close_time is None or row.close_price is None):
            error = JobError(code="row-refused", message=f"close_time: position {row.ticket} has no exit")
        if error is not None:
            refused.append(error)
        else:
            rows.append(_trade_row(row, is_closed=is_closed))
    operations, refused_operations = _parse_all(report.balance_operations, BalanceOperation)
    waiting, bad_orders = _read_orders(report.orders or [])
    async with unit_of_work(caller.actor) as uow:
        known = await queries.account_ids(uow, caller.id)
        account_id = known.get((report.login, report.server.lower()))
        if account_id is None:
            raise NotFound("This agent has not reported that account.")
        await trade_queries.store(uow, user_id=caller.user_id, account_id=account_id, rows=rows, at=now)
        if report.open is not None and not any(error.code == "row-refused" for error in refused):
            tickets = [row["ticket"] for row in rows if not row["is_closed"]]
            await trade_queries.drop_missing(uow, account_id=account_id, open_tickets=tickets, at=now)
        if report.orders is not None:
            await order_queries.store_pending(
                uow,
                user_id=caller.user_id,
                account_id=account_id,
                rows=waiting,
                is_complete=not bad_orders,
                at=now,
            )
        if operations:
            await series.store_operations(uow, user_id=caller.user_id, account_id=account_id, rows=operations, at=now)
        refused += [*bad_orders, *refused_operations]
        stored = len(rows) + len(waiting) + len(operations)
        if report.closed or report.balance_operations or refused:
            await sync.note_trades(uow, caller.user_id, account_id, work, stored=stored, refused=refused)
        await _log_refused(uow, caller, "A trade", refused, account_id)
        uow.tell(topics.of_person(caller.user_id, "trades"), {"account_id": str(account_id)})
    return RowsStored(stored=stored, refused=refused)


def _trade_row(report: TradeReport, *, is_closed: bool) -> dict[str, Any]:
    row = {**vars(report), "side": report.side.value, "booked": 0, "is_closed": is_closed}
    if report.protection is not None:
        row["protection"] = report.protection.model_dump(mode="json")
    if report.partial_closes is not None:
        row["partial_closes"] = [part.model_dump(mode="json") for part in report.partial_closes] or None
        amounts = (Decimal(str(part.amount)) for part in report.partial_closes)
        row["booked"] = str(sum((round(amount, trade_queries.MONEY_DIGITS) for amount in amounts), Decimal(0)))
    return row


def _read_orders(raw_rows: list[Any]) -> tuple[list[dict[str, Any]], list[JobError]]:
    read, refused = _parse_all(raw_rows, OrderReport)
    return [{**row, "side": row["side"].value, "order_type": row["order_type"].value} for row in read], refused
