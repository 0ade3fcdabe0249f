"""Queries about TradingView strategies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.signals import StrategyInfo
from forex_elite.domain.trading import Level

_STRATEGY = """
    select s.*, array(select account_id from tv_strategy_accounts a where a.strategy_id = s.id order by account_id)
           as account_ids
    from tv_strategies s
"""


def strategy_info(row: Row) -> StrategyInfo:
    """A strategy's row without its secret."""
    return StrategyInfo(
        id=row["id"],
        user_id=row["user_id"],
        name=row["name"],
        account_ids=tuple(row["account_ids"]),
        sizing_mode=row["sizing_mode"],
        sizing_value=row["sizing_value"],
        risk_override_pct=row["risk_override_pct"],
        allowed_pairs=tuple(row["allowed_pairs"]),
        allowed_sources=tuple(row["allowed_sources"]),
        is_enabled=row["is_enabled"],
        max_signal_age_s=row["max_signal_age_s"],
        magic=row["magic"],
        secret_prefix=row["secret_prefix"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        use_alert_volume=row["use_alert_volume"],
        max_lots=row["max_lots"],
        close_opposite=row["close_opposite"],
        default_sl=Level.read(row["default_sl"]),
        default_tp=Level.read(row["default_tp"]),
    )


async def list_strategies(uow: UnitOfWork, user_id: UUID) -> list[StrategyInfo]:
    """A person's strategies, newest first."""
    rows = await uow.rows(_STRATEGY + "where s.user_id = %s and s.deleted_at is null order by s.id desc", (user_id,))
    return [strategy_info(row) for row in rows]


async def find(uow: UnitOfWork, strategy_id: UUID) -> tuple[StrategyInfo, bytes] | None:
    """A strategy the actor may see, and its encrypted secret."""
    row = await uow.row(_STRATEGY + "where s.id = %s and s.deleted_at is null", (strategy_id,))
    return (strategy_info(row), bytes(row["secret_encrypted"])) if row else None


async def count(uow: UnitOfWork, user_id: UUID) -> int:
    """How many strategies a person has."""
    return int(
        await uow.value("select count(*) from tv_strategies where user_id = %s and deleted_at is null", (user_id,))
    )


async def owned_accounts(uow: UnitOfWork, user_id: UUID, account_ids: list[UUID]) -> set[UUID]:
    """Which of these accounts are the person's."""
    rows = await uow.rows("select id from mt5_accounts where user_id = %s and id = any(%s)", (user_id, account_ids))
    return {row["id"] for row in rows}


def _with_json(values: dict[str, Any]) -> dict[str, Any]:
    levels = {name: values[name] for name in ("default_sl", "default_tp")}
    return {**values, **{name: None if level is None else Jsonb(level.written()) for name, level in levels.items()}}


async def add(uow: UnitOfWork, user_id: UUID, values: dict[str, Any]) -> UUID:
    """Insert a strategy; `values` holds its columns."""
    strategy_id = uuid7()
    await uow.run(
        """
        insert into tv_strategies (id, user_id, name, secret_hash, secret_encrypted, secret_prefix, sizing_mode,
            sizing_value, risk_override_pct, use_alert_volume, max_lots, close_opposite, default_sl, default_tp,
            allowed_pairs, allowed_sources, is_enabled, max_signal_age_s, magic, created_at, updated_at)
        values (%(id)s, %(user_id)s, %(name)s, %(secret_hash)s, %(secret_encrypted)s, %(secret_prefix)s,
            %(sizing_mode)s, %(sizing_value)s, %(risk_override_pct)s, %(use_alert_volume)s, %(max_lots)s,
            %(close_opposite)s, %(default_sl)s, %(default_tp)s, %(allowed_pairs)s, %(allowed_sources)s,
            %(is_enabled)s, %(max_signal_age_s)s, %(magic)s, now(), now())
        """,
        {**_with_json(values), "id": strategy_id, "user_id": user_id},
    )
    return strategy_id


async def save(uow: UnitOfWork, strategy_id: UUID, values: dict[str, Any]) -> bool:
    """Replace a strategy's settings."""
    return bool(
        await uow.run(
            """
            update tv_strategies set name = %(name)s, sizing_mode = %(sizing_mode)s, sizing_value = %(sizing_value)s,
                risk_override_pct = %(risk_override_pct)s, use_alert_volume = %(use_alert_volume)s,
                max_lots = %(max_lots)s, close_opposite = %(close_opposite)s, default_sl = %(default_sl)s,
                default_tp = %(default_tp)s, allowed_pairs = %(allowed_pairs)s,
                allowed_sources = %(allowed_sources)s, is_enabled = %(is_enabled)s,
                max_signal_age_s = %(max_signal_age_s)s, updated_at = now()
            where id = %(id)s and deleted_at is null
            """,
            {**_with_json(values), "id": strategy_id},
        )
    )


async def set_accounts(uow: UnitOfWork, strategy_id: UUID, user_id: UUID, account_ids: list[UUID]) -> None:
    """Say on which accounts a strategy trades."""
    await uow.run(
        "delete from tv_strategy_accounts where strategy_id = %s and account_id <> all(%s)", (strategy_id, account_ids)
    )
    await uow.run(
        "insert into tv_strategy_accounts (strategy_id, account_id, user_id) "
        "select %s, unnest(%s::uuid[]), %s on conflict do nothing",
        (strategy_id, account_ids, user_id),
    )


async def set_secret(uow: UnitOfWork, strategy_id: UUID, *, secret_hash: bytes, encrypted: bytes, prefix: str) -> bool:
    """Replace the webhook's secret."""
    return bool(
        await uow.run(
            "update tv_strategies set secret_hash = %s, secret_encrypted = %s, secret_prefix = %s, updated_at = now() "
            "where id = %s and deleted_at is null",
            (secret_hash, encrypted, prefix, strategy_id),
        )
    )


async def delete(uow: UnitOfWork, strategy_id: UUID, *, scrambled: bytes) -> bool:
    """Take a strategy away: its address dies, its alerts stay."""
    return bool(
        await uow.run(
            "update tv_strategies set deleted_at = now(), is_enabled = false, secret_hash = %s, secret_encrypted = '' "
            "where id = %s and deleted_at is null",
            (scrambled, strategy_id),
        )
    )


async def disable_all(uow: UnitOfWork, user_id: UUID) -> list[UUID]:
    """Disable a person's strategies; returns those that were enabled."""
    rows = await uow.rows(
        "update tv_strategies set is_enabled = false, updated_at = now() "
        "where user_id = %s and is_enabled and deleted_at is null returning id",
        (user_id,),
    )
    return [row["id"] for row in rows]
