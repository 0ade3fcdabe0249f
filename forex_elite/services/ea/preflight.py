"""What is looked at before an expert is sent to an account."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from agent.protocol import MANUAL_MAGIC
from forex_elite import clock
from forex_elite.db.ea import deployments as queries
from forex_elite.db.ea import projects as project_queries
from forex_elite.db.ea import versions as version_queries
from forex_elite.db.unit_of_work import Row, UnitOfWork, unit_of_work
from forex_elite.domain.ea.deployments import (
    MAX_ACCOUNTS,
    TIMEFRAMES,
    AccountChecks,
    AccountFacts,
    DeploymentInfo,
    DeploymentRequest,
    check_account,
)
from forex_elite.domain.ea.projects import VersionInfo, VersionState
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.symbols import SymbolBook
from forex_elite.domain.terminals import is_online
from forex_elite.errors import Conflict, InvalidInput, Refused
from forex_elite.mql5.typed_inputs import InputValue, magic_of, typed
from forex_elite.mql5.views import Input
from forex_elite.services.ea import language, versions
from forex_elite.services.snapshot import spec_of

_SAFE_WHOLE = 2**63


class PreflightFailed(Conflict):
    """Something stands in the way on at least one account; nothing was sent. `accounts` in the answer says what."""

    code = "preflight-failed"


@dataclass(frozen=True, slots=True)
class Plan:
    """A request made ready: typed inputs, the program's name, and the checks of each account."""

    version: VersionInfo
    expert: str
    inputs: dict[str, InputValue]
    magic: int | None
    accounts: tuple[AccountChecks, ...]

    def refuse_blocked(self) -> None:
        """Raise PreflightFailed when anything stands in the way."""
        blocked = [account for account in self.accounts if not account.is_clear]
        if blocked:
            first = next(check for check in blocked[0].checks if check.is_blocking and not check.is_ok)
            raise PreflightFailed(
                f"Account {blocked[0].login}: {first.message} Nothing was sent.",
                extension={"accounts": [_told(account) for account in self.accounts]},
            )


def _told(account: AccountChecks) -> dict[str, Any]:
    return {
        "account_id": str(account.account_id),
        "login": account.login,
        "symbol": account.symbol,
        "is_clear": account.is_clear,
        "checks": [
            {"code": one.code, "is_ok": one.is_ok, "is_blocking": one.is_blocking, "message": one.message}
            for one in account.checks
        ],
    }


@needs(Permission.PROJECT_READ)
async def declared(actor: Actor, version_id: UUID) -> tuple[Input, ...]:
    """The inputs a version declares. Raises NotFound."""
    version, files = await versions.contents(actor, version_id)
    return await language.inputs(actor, files, version.entry)


def _magic(inputs: Sequence[Input], values: Mapping[str, InputValue], magic: int | None) -> int | None:
    name, from_input = magic_of(inputs, values)
    found = from_input if name else magic
    if found is not None and not 0 <= found < _SAFE_WHOLE:
        raise InvalidInput("A magic number lies between 0 and 9223372036854775807.", field="magic")
    return found


@needs(Permission.DEPLOYMENT_READ)
async def plan(actor: Actor, request: DeploymentRequest, *, but: UUID | None = None) -> Plan:
    """Make a request ready and look at every account; nothing is changed. `but` is the deployment that is replaced.

    Raises NotFound for a version, InvalidInput for accounts that are not the actor's, an unknown timeframe, inputs.
    """
    account_ids = tuple(dict.fromkeys(request.account_ids))
    if not 0 < len(account_ids) <= MAX_ACCOUNTS:
        raise InvalidInput(f"Choose 1 to {MAX_ACCOUNTS} accounts.", field="account_ids")
    if request.timeframe not in TIMEFRAMES:
        raise InvalidInput(f"Use one of {', '.join(TIMEFRAMES)}.", field="timeframe")
    known = await declared(actor, request.version_id)
    inputs = typed(known, request.inputs)
    magic = _magic(known, inputs, request.magic)
    async with unit_of_work(actor) as uow:
        version = await version_queries.find(uow, actor.person_id, request.version_id)
        assert version is not None
        project = await project_queries.find(uow, actor.person_id, version.project_id)
        assert project is not None
        rows = await queries.account_facts(uow, actor.person_id, account_ids)
        if len(rows) < len(account_ids):
            raise InvalidInput("One of these accounts is not yours or does not exist.", field="account_ids")
        free_magic = _free(await queries.used_magics(uow, actor.person_id))
        expert = version.entry.rpartition("/")[2].rpartition(".")[0]
        checked = [
            check_account(
                await _facts(uow, row, request.symbol, magic, but),
                kind=project.kind,
                is_compiled=version.state is VersionState.COMPILED,
                expert=expert,
                magic=magic,
                free_magic=free_magic,
            )
            for row in rows
        ]
    return Plan(version, expert, inputs, magic, tuple(checked))


def refuse_stranger(info: DeploymentInfo, plan: Plan) -> None:
    """A changed deployment stays the program it is, and its positions stay its own: nobody else would watch them.

    Raises InvalidInput and PreflightFailed.
    """
    if plan.version.project_id != info.project_id:
        raise InvalidInput(f"This version is not one of {info.project_name}. Deploy it by itself.", field="version_id")
    held = info.result.open_positions
    if held and info.magic is not None and plan.magic != info.magic:
        carry = "1 open position carries" if held == 1 else f"{held} open positions carry"
        raise PreflightFailed(
            f"{carry} magic number {info.magic}, and with another one would be neither counted nor watched. "
            "Close what is open first, or keep the number."
        )


def _free(used: set[int]) -> int:
    while (found := secrets.randbelow(MANUAL_MAGIC - 100_000) + 100_000) in used:
        continue
    return found


async def _facts(uow: UnitOfWork, row: Row, wanted: str, magic: int | None, but: UUID | None) -> AccountFacts:
    symbol, problem = "", ""
    try:
        book = SymbolBook(spec_of(stored) for stored in row["specs"])
        symbol = book.resolve(wanted, row["symbol_map"]).name
    except Refused as refusal:
        problem = f"{refusal.message}."
    names: list[str] = []
    foreign = 0
    if symbol and magic is not None:
        names, foreign = await queries.same_magic(uow, row["id"], symbol, magic, but=but)
    return AccountFacts(
        id=row["id"],
        login=row["login"],
        has_agent=row["agent_id"] is not None,
        is_online=is_online(row["last_heartbeat_at"], clock.now()) and row["is_connected"],
        is_trade_allowed=row["is_trade_allowed"],
        is_enabled=row["is_enabled_for_trading"],
        is_killed=row["killed_at"] is not None,
        symbol=symbol,
        symbol_problem=problem,
        same_magic=names,
        foreign_positions=foreign,
    )
