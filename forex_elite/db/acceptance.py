"""The hot path of a webhook: one round trip to read what the gate needs, one to store what it decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from forex_elite.db.unit_of_work import Parameters

CLAIM_FINGERPRINT = """
insert into signal_fingerprints as f (strategy_id, fingerprint, user_id, signal_id, expires_at)
select id, %(fingerprint)s, user_id, %(signal)s, clock_timestamp() + make_interval(secs => %(window_s)s)
from tv_strategies where secret_hash = %(secret)s and deleted_at is null
on conflict (strategy_id, fingerprint) do update
set signal_id = excluded.signal_id, expires_at = excluded.expires_at where f.expires_at <= clock_timestamp()
"""

STRATEGY = """
select s.id, s.user_id, s.name, s.sizing_mode, s.sizing_value, s.risk_override_pct, s.allowed_pairs,
       s.allowed_sources, s.is_enabled, s.max_signal_age_s, s.magic, f.signal_id as first_signal_id
from tv_strategies s
left join signal_fingerprints f on f.strategy_id = s.id and f.fingerprint = %(fingerprint)s
where s.secret_hash = %(secret)s and s.deleted_at is null
"""

# Entries on one account queue up behind its row, so that two alerts cannot both take the last free position.
# The lock is a statement of its own: the counts below must see what the previous holder committed.
LOCK_ACCOUNTS = """
select a.id from tv_strategies s
join tv_strategy_accounts sa on sa.strategy_id = s.id
join mt5_accounts a on a.id = sa.account_id
where s.secret_hash = %(secret)s and s.deleted_at is null
order by a.id for no key update of a
"""

ACCOUNTS = """
select a.id, a.login, a.server, a.agent_id, g.last_heartbeat_at, a.is_connected, a.is_trade_allowed,
       a.is_enabled_for_trading, a.killed_at, a.balance, a.equity, a.day_start_balance, a.currency, a.max_lots,
       a.max_open_positions, a.daily_loss, a.daily_loss_percent, a.trading_hours, a.symbol_map,
       (select coalesce(jsonb_agg(y.spec), '[]') from symbols y
        where y.account_id = a.id and (y.canonical = %(canonical)s or y.name = %(wanted)s
              or upper(y.name) = %(wanted)s or y.name = a.symbol_map ->> %(wanted)s)) as specs,
       case when a.max_open_positions is null then 0 else
           (select count(*) from (select 1 from trades t where t.account_id = a.id and not t.is_closed
                                  limit a.max_open_positions + 1) held)
         + (select count(*) from (select 1 from jobs j where j.account_id = a.id and j.is_entry
                                  and j.status in ('pending', 'running', 'unknown')
                                  limit a.max_open_positions + 1) under_way)
         + (select count(*) from jobs j where j.account_id = a.id and j.is_entry and j.status = 'completed'
            and j.finished_at > clock_timestamp() - interval '1 minute' and j.result ->> 'position' is not null
            and not exists (select 1 from trades t where t.account_id = a.id
                            and t.ticket = (j.result ->> 'position')::bigint))
       end as open_positions,
       (select coalesce(jsonb_agg(jsonb_build_object('symbol', t.symbol, 'side', t.side)), '[]') from trades t
        where t.account_id = a.id and not t.is_closed and t.magic = s.magic) as own_positions
from tv_strategies s
join tv_strategy_accounts sa on sa.strategy_id = s.id
join mt5_accounts a on a.id = sa.account_id
left join mt5_agents g on g.id = a.agent_id
where s.secret_hash = %(secret)s and s.deleted_at is null
order by a.id
"""


def reads(
    *, secret: bytes, fingerprint: bytes, signal_id: UUID, window_s: int, canonical: str, wanted: str, is_entry: bool
) -> Sequence[tuple[str, Parameters]]:
    """Claim the alert's fingerprint and read strategy and accounts; entries lock the accounts first."""
    values = {
        "secret": secret,
        "fingerprint": fingerprint,
        "signal": signal_id,
        "window_s": window_s,
        "canonical": canonical,
        "wanted": wanted,
    }
    lock = [(LOCK_ACCOUNTS, values)] if is_entry else []
    return [(CLAIM_FINGERPRINT, values), (STRATEGY, values), *lock, (ACCOUNTS, values)]


_SIGNAL = """
insert into tv_signals (id, user_id, strategy_id, received_at, gated_at, resolved_at, body, content_type,
    source_address, read_as, action, side, symbol, price, status, reason_code, reason, broker_order_id, duplicate_of,
    is_test, checks)
values (%(id)s, %(user_id)s, %(strategy_id)s, %(received_at)s, %(gated_at)s, %(resolved_at)s, %(body)s,
    %(content_type)s, %(source_address)s, %(read_as)s, %(action)s, %(side)s, %(symbol)s, %(price)s, %(status)s,
    %(reason_code)s, %(reason)s, '', %(duplicate_of)s, %(is_test)s, %(checks)s)
"""

_EXECUTION = """
insert into signal_executions (id, user_id, signal_id, account_id, job_id, status, reason_code, reason, volume_lots,
    requested_price, broker_order_id, queued_at, reported_at, checks)
values (%(id)s, %(user_id)s, %(signal_id)s, %(account_id)s, %(job_id)s, %(status)s, %(reason_code)s, %(reason)s,
    %(volume_lots)s, %(requested_price)s, '', %(queued_at)s, %(reported_at)s, %(checks)s)
"""

_RISK_EVENT = """
insert into risk_events (id, user_id, account_id, strategy_id, signal_id, code, message, at)
values (%(id)s, %(user_id)s, %(account_id)s, %(strategy_id)s, %(signal_id)s, %(code)s, %(message)s, %(at)s)
"""


def _with_json(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "checks": Jsonb(values["checks"])}


def store_signal(values: dict[str, Any]) -> tuple[str, Parameters]:
    """The statement that keeps an alert, whatever became of it."""
    return _SIGNAL, _with_json(values)


def store_execution(values: dict[str, Any]) -> tuple[str, Parameters]:
    """The statement that keeps a signal's part for one account."""
    return _EXECUTION, _with_json(values)


def store_risk_event(values: dict[str, Any]) -> tuple[str, Parameters]:
    """The statement that keeps a limit met."""
    return _RISK_EVENT, values
