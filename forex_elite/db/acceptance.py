"""The hot path of a webhook: one round trip to read what the gate needs, one to store what it decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from forex_elite.db.unit_of_work import Parameters

# Of two equal alerts the second waits for the first one's row; its own snapshot may not show who was first, which
# is then looked up when the duplicate is stored.
CLAIM = """
with s as (
    select id, user_id, name, sizing_mode, sizing_value, risk_override_pct, use_alert_volume, max_lots,
           close_opposite, default_sl, default_tp, allowed_pairs, allowed_sources, is_enabled, max_signal_age_s, magic
    from tv_strategies where secret_hash = %(secret)s and deleted_at is null
), f as (
    insert into signal_fingerprints as f (strategy_id, fingerprint, user_id, signal_id, expires_at)
    select id, %(fingerprint)s, user_id, %(signal)s, clock_timestamp() + make_interval(secs => %(window_s)s) from s
    on conflict (strategy_id, fingerprint) do update
    set signal_id = excluded.signal_id, expires_at = excluded.expires_at where f.expires_at <= clock_timestamp()
    returning 1
)
select s.*, exists (select 1 from f) as is_first from s
"""

# Entries on one account queue up behind its row, so that two alerts cannot both take the last free position.
# The lock is a statement of its own: the counts below must see what the previous holder committed. Without such a
# limit nothing is counted and nobody waits.
LOCK_ACCOUNTS = """
select a.id from tv_strategies s
join tv_strategy_accounts sa on sa.strategy_id = s.id
join mt5_accounts a on a.id = sa.account_id
where s.secret_hash = %(secret)s and s.deleted_at is null and a.max_open_positions is not null
order by a.id for no key update of a
"""

ACCOUNTS = """
select a.id, a.login, a.server, a.agent_id, g.last_heartbeat_at, a.is_connected, a.is_trade_allowed,
       a.is_enabled_for_trading, a.killed_at, a.balance, a.equity, a.day_start_balance, a.currency, a.max_lots,
       a.max_open_positions, a.daily_loss, a.daily_loss_percent, a.trading_hours, a.symbol_map,
       a.max_loss_per_trade, a.daily_target, a.daily_target_percent, a.trailing_drawdown, a.trailing_drawdown_percent,
       a.peak_equity, a.weekend, a.guard_holds, a.automation, a.ea_settings,
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
                            and t.ticket = case when j.result ->> 'position' ~ '^[0-9]{1,18}$'
                                                then (j.result ->> 'position')::bigint end))
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
    lock = [(LOCK_ACCOUNTS, {"secret": secret})] if is_entry else []
    return [(CLAIM, values), *lock, (ACCOUNTS, values)]


# One statement stores everything: a document goes in, rows of four tables come of it.
_STORE = """
with d as (select %(document)s::jsonb as doc),
g as (
    insert into tv_signals (id, user_id, strategy_id, received_at, gated_at, resolved_at, body, content_type,
        source_address, read_as, action, side, symbol, price, status, reason_code, reason, broker_order_id,
        duplicate_of, is_test, checks)
    select r.id, r.user_id, r.strategy_id, r.received_at, r.gated_at, r.resolved_at, %(body)s, r.content_type,
        r.source_address, r.read_as, r.action, r.side, r.symbol, r.price, r.status, r.reason_code, r.reason, '',
        case when r.status = 'duplicate' then
            (select f.signal_id from signal_fingerprints f
             where f.strategy_id = r.strategy_id and f.fingerprint = %(fingerprint)s) end,
        r.is_test, r.checks
    from d, jsonb_to_record(d.doc -> 'signal') as r (id uuid, user_id uuid, strategy_id uuid,
        received_at timestamptz, gated_at timestamptz, resolved_at timestamptz, content_type text,
        source_address text, read_as text, action text, side text, symbol text, price numeric, status text,
        reason_code text, reason text, is_test boolean, checks jsonb)
),
j as (
    insert into jobs (id, user_id, agent_id, account_id, type, payload, status, priority, is_entry, not_before,
        expires_at, attempts, created_at)
    select r.id, r.user_id, r.agent_id, r.account_id, 'trade', r.payload, 'pending', r.priority, r.is_entry, now(),
        r.expires_at, 0, now()
    from d, jsonb_to_recordset(d.doc -> 'jobs') as r (id uuid, user_id uuid, agent_id uuid, account_id uuid,
        payload jsonb, priority smallint, is_entry boolean, expires_at timestamptz)
),
e as (
    insert into signal_executions (id, user_id, signal_id, account_id, job_id, status, reason_code, reason,
        volume_lots, requested_price, broker_order_id, queued_at, reported_at, checks)
    select r.id, r.user_id, r.signal_id, r.account_id, r.job_id, r.status, r.reason_code, r.reason, r.volume_lots,
        r.requested_price, '', r.queued_at, r.reported_at, r.checks
    from d, jsonb_to_recordset(d.doc -> 'executions') as r (id uuid, user_id uuid, signal_id uuid, account_id uuid,
        job_id uuid, status text, reason_code text, reason text, volume_lots numeric, requested_price numeric,
        queued_at timestamptz, reported_at timestamptz, checks jsonb)
)
insert into risk_events (id, user_id, account_id, strategy_id, signal_id, code, message, at)
select r.id, r.user_id, r.account_id, r.strategy_id, r.signal_id, r.code, r.message, r.at
from d, jsonb_to_recordset(d.doc -> 'risk_events') as r (id uuid, user_id uuid, account_id uuid, strategy_id uuid,
    signal_id uuid, code text, message text, at timestamptz)
"""


def store(document: dict[str, Any], *, body: bytes, fingerprint: bytes) -> tuple[str, Parameters]:
    """The statement that keeps an alert, whatever became of it, with its jobs.

    `document` holds `signal`, and lists of `jobs`, `executions` and `risk_events`; its values are JSON's own or
    UUIDs, instants and decimals.
    """
    encoded = orjson.dumps(document, default=str).decode()
    return _STORE, {"document": encoded, "body": body, "fingerprint": fingerprint}
