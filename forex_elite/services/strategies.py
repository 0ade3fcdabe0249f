"""TradingView strategies: each has its own secret address and its own rules."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from agent.protocol import MANUAL_MAGIC
from forex_elite.bus import topics
from forex_elite.db import strategies as queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.signals import StrategyInfo
from forex_elite.domain.strategies import StrategyDraft, check_strategy
from forex_elite.errors import Conflict, InvalidInput, NotFound
from forex_elite.services import audit, vault
from forex_elite.services.passwords import token_hash
from forex_elite.settings import settings

MAX_STRATEGIES = 200
SECRET_PREFIX = 6
NO_STRATEGY = "There is no such strategy."


class TooManyStrategies(Conflict):
    """The limit of strategies is reached; delete one that is no longer used."""

    code = "too-many-strategies"


@dataclass(frozen=True, slots=True)
class Webhook:
    """The secret address alerts of a strategy are sent to."""

    secret: str

    @property
    def url(self) -> str:
        """The address to paste into TradingView."""
        return f"{settings().url}/webhooks/tv/{self.secret}"


def _columns(draft: StrategyDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "sizing_mode": draft.sizing_mode.value,
        "sizing_value": draft.sizing_value,
        "risk_override_pct": draft.risk_override_pct,
        "use_alert_volume": draft.use_alert_volume,
        "max_lots": draft.max_lots,
        "close_opposite": draft.close_opposite,
        "default_sl": draft.default_sl,
        "default_tp": draft.default_tp,
        "allowed_pairs": list(draft.allowed_pairs),
        "allowed_sources": list(draft.allowed_sources),
        "is_enabled": draft.is_enabled,
        "max_signal_age_s": draft.max_signal_age_s,
    }


def _audited(settings_of: StrategyDraft | StrategyInfo) -> dict[str, Any]:
    """What the audit log keeps of a strategy's settings: all that may be typed, never its address."""
    return {field.name: getattr(settings_of, field.name) for field in fields(StrategyDraft)}


def _new_secret() -> tuple[Webhook, dict[str, Any]]:
    secret = secrets.token_urlsafe(24)
    return Webhook(secret), {
        "secret_hash": token_hash(secret),
        "secret_encrypted": vault.seal(secret),
        "secret_prefix": secret[:SECRET_PREFIX],
    }


async def _check_accounts(uow: UnitOfWork, user_id: UUID, account_ids: tuple[UUID, ...]) -> None:
    owned = await queries.owned_accounts(uow, user_id, list(account_ids))
    if set(account_ids) - owned:
        raise InvalidInput("One of these accounts is not yours or does not exist.", field="account_ids")


def _tell(uow: UnitOfWork, user_id: UUID) -> None:
    uow.tell(topics.of_person(user_id, "signals"), {"strategies": True})


@needs(Permission.STRATEGY_READ)
async def list_strategies(actor: Actor) -> tuple[StrategyInfo, ...]:
    """The actor's strategies, newest first."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_strategies(uow, actor.person_id))


@needs(Permission.STRATEGY_READ)
async def get(actor: Actor, strategy_id: UUID) -> tuple[StrategyInfo, Webhook]:
    """One of the actor's own strategies with its address. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        found, sealed = await _own(uow, actor, strategy_id)
    return found, Webhook(vault.unseal(sealed))


async def _own(uow: UnitOfWork, actor: Actor, strategy_id: UUID) -> tuple[StrategyInfo, bytes]:
    """The actor's own strategy: staff and brokers, who may read others', neither trade by them nor change them."""
    found = await queries.find(uow, strategy_id)
    if found is None or found[0].user_id != actor.user_id:
        raise NotFound(NO_STRATEGY)
    return found


@needs(Permission.STRATEGY_MANAGE)
async def create(actor: Actor, draft: StrategyDraft) -> tuple[StrategyInfo, Webhook]:
    """Make a strategy with a fresh secret address. Raises InvalidInput and TooManyStrategies."""
    checked = check_strategy(draft)
    webhook, secret = _new_secret()
    async with unit_of_work(actor) as uow:
        await _check_accounts(uow, actor.person_id, checked.account_ids)
        if await queries.count(uow, actor.person_id) >= MAX_STRATEGIES:
            raise TooManyStrategies(f"There are {MAX_STRATEGIES} strategies already. Delete one first.")
        magic = secrets.randbelow(MANUAL_MAGIC - 1) + 1
        strategy_id = await queries.add(uow, actor.person_id, {**_columns(checked), **secret, "magic": magic})
        await queries.set_accounts(uow, strategy_id, actor.person_id, list(checked.account_ids))
        found = await queries.find(uow, strategy_id)
        await audit.record(uow, actor, "strategies.create", subject=("strategy", strategy_id), after=_audited(checked))
        _tell(uow, actor.person_id)
    assert found is not None
    return found[0], webhook


@needs(Permission.STRATEGY_MANAGE)
async def update(actor: Actor, strategy_id: UUID, draft: StrategyDraft) -> tuple[StrategyInfo, Webhook]:
    """Replace a strategy's settings; its address stays. Raises NotFound and InvalidInput."""
    checked = check_strategy(draft)
    async with unit_of_work(actor) as uow:
        found, _ = await _own(uow, actor, strategy_id)
        if not await queries.save(uow, strategy_id, _columns(checked)):
            raise NotFound(NO_STRATEGY)
        await _check_accounts(uow, actor.person_id, checked.account_ids)
        await queries.set_accounts(uow, strategy_id, actor.person_id, list(checked.account_ids))
        saved, sealed = await _own(uow, actor, strategy_id)
        before, after = audit.changes(_audited(found), _audited(checked))
        await audit.record(
            uow, actor, "strategies.update", subject=("strategy", strategy_id), before=before, after=after
        )
        _tell(uow, actor.person_id)
    return saved, Webhook(vault.unseal(sealed))


@needs(Permission.WEBHOOK_ROTATE)
async def rotate_secret(actor: Actor, strategy_id: UUID) -> Webhook:
    """Replace the secret address; alerts to the old one are answered 404 at once. Raises NotFound."""
    webhook, secret = _new_secret()
    async with unit_of_work(actor) as uow:
        found, _ = await _own(uow, actor, strategy_id)
        if not await queries.set_secret(
            uow,
            strategy_id,
            secret_hash=secret["secret_hash"],
            encrypted=secret["secret_encrypted"],
            prefix=secret["secret_prefix"],
        ):
            raise NotFound(NO_STRATEGY)
        await audit.record(
            uow,
            actor,
            "strategies.secret.rotate",
            subject=("strategy", strategy_id),
            before={"address": found.secret_prefix},
            after={"address": secret["secret_prefix"]},
        )
        _tell(uow, actor.person_id)
    return webhook


@needs(Permission.STRATEGY_MANAGE)
async def delete(actor: Actor, strategy_id: UUID) -> None:
    """Delete a strategy: its address dies, its alerts stay in the history. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        found, _ = await _own(uow, actor, strategy_id)
        if not await queries.delete(uow, strategy_id, scrambled=secrets.token_bytes(32)):
            raise NotFound(NO_STRATEGY)
        await audit.record(
            uow, actor, "strategies.delete", subject=("strategy", strategy_id), before={"name": found.name}
        )
        _tell(uow, actor.person_id)
