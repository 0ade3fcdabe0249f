"""The hot path of a webhook: one round trip to read what the gate needs, one to store what it decided.

Both take as many alerts as wait at the moment; nearly always that is one.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from forex_elite.db.unit_of_work import Statement


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be read for one alert. No two of a round trip have the same secret and fingerprint."""

    secret: bytes
    fingerprint: bytes
    signal_id: UUID
    window_s: int
    canonical: str
    wanted: str
    is_entry: bool


_ALERTS = """
    jsonb_to_recordset(%(alerts)s::jsonb) as q (signal uuid, secret text, fingerprint text, window_s integer,
                                                canonical text, wanted text, is_entry boolean)
    join tv_strategies s on s.secret_hash = decode(q.secret, 'hex') and s.deleted_at is null
"""

# Of two equal alerts the second waits for the first one's row; its own snapshot may not show who was first, which
# is then looked up when the duplicate is stored. Rows are claimed in one order everywhere, so that no two groups of
# alerts can wait for each other.
CLAIM = f"""
with s as (
    select q.signal, q.fingerprint, q.window_s, s.id, s.user_id, s.name, s.sizing_mode, s.sizing_value,
           s.risk_override_pct, s.use_alert_volume, s.max_lots, s.close_opposite, s.default_sl, s.default_tp,
           s.allowed_pairs, s.allowed_sources, s.is_enabled, s.max_signal_age_s, s.magic
    from {_ALERTS}
), f as (
    insert into signal_fingerprints as f (strategy_id, fingerprint, user_id, signal_id, expires_at)
    select id, decode(fingerprint, 'hex'), user_id, signal, clock_timestamp() + make_interval(secs => window_s) from s
    order by id, fingerprint
    on conflict (strategy_id, fingerprint) do update
    set signal_id = excluded.signal_id, expires_at = excluded.expires_at where f.expires_at <= clock_timestamp()
    returning signal_id
)
select s.*, exists (select 1 from f where f.signal_id = s.signal) as is_first from s
"""

# Entries on one account queue up behind its row, so that two alerts cannot both take the last free position.
# The lock is a statement of its own: the counts below must see what the previous holder committed. Without such a
# limit nothing is counted and nobody waits.
LOCK_ACCOUNTS = f"""
select a.id from {_ALERTS}
join tv_strategy_accounts sa on sa.strategy_id = s.id
join mt5_accounts a on a.id = sa.account_id
where q.is_entry and a.max_open_positions is not null
order by a.id for no key update of a
"""

ACCOUNT_STATE = """
       a.id, a.login, a.server, a.agent_id, g.last_heartbeat_at, a.is_connected, a.is_trade_allowed,
       a.is_enabled_for_trading, a.killed_at, a.balance, a.equity, a.day_start_balance, a.currency, a.max_lots,
       a.max_open_positions, a.daily_loss, a.daily_loss_percent, a.trading_hours, a.symbol_map,
       a.max_loss_per_trade, a.daily_target, a.daily_target_percent, a.trailing_drawdown, a.trailing_drawdown_percent,
       a.peak_equity, a.weekend, a.guard_holds, a.automation, a.ea_settings,
       case when a.max_open_positions is null then 0 else
           (select count(*) from (select 1 from trades t where t.account_id = a.id and not t.is_closed
                                  limit a.max_open_positions + 1) held)
         + (select count(*) from (select 1 from jobs j where j.account_id = a.id and j.is_entry
                                  and j.status in ('pending', 'running', 'unknown')
                                  limit a.max_open_positions + 1) under_way)
         + (select count(*) from (select 1 from pending_orders p where p.account_id = a.id
                                  limit a.max_open_positions + 1) waiting)
         + (select count(*) from jobs j where j.account_id = a.id and j.is_entry and j.status = 'completed'
            and j.finished_at > clock_timestamp() - interval '1 minute' and j.result ->> 'position' is not null
            and not exists (select 1 from trades t where t.account_id = a.id
                            and t.ticket = case when j.result ->> 'position' ~ '^[0-9]{1,18}$'
                                                then (j.result ->> 'position')::bigint end))
       end as open_positions
"""
"""What the gate asks of an account `a` and its agent `g`. Entries that wait or are under way count as positions."""

ACCOUNTS = f"""
select q.signal, {ACCOUNT_STATE},
       (select coalesce(jsonb_agg(y.spec), '[]') from symbols y
        where y.account_id = a.id and (y.canonical = q.canonical or y.name = q.wanted
              or upper(y.name) = q.wanted or y.name = a.symbol_map ->> q.wanted)) as specs,
       (select coalesce(jsonb_agg(jsonb_build_object('symbol', t.symbol, 'side', t.side)), '[]') from trades t
        where t.account_id = a.id and not t.is_closed and t.magic = s.magic) as own_positions
from {_ALERTS}
join tv_strategy_accounts sa on sa.strategy_id = s.id
join mt5_accounts a on a.id = sa.account_id
left join mt5_agents g on g.id = a.agent_id
order by a.id
"""


def reads(questions: Sequence[Question]) -> list[Statement]:
    """Claim the alerts' fingerprints and read strategies and accounts; entries lock the accounts first.

    The first statement answers a row per alert that has a strategy, the last a row per alert and account, both with
    `signal`, the alert's id.
    """
    asked = [
        {
            "signal": one.signal_id,
            "secret": one.secret.hex(),
            "fingerprint": one.fingerprint.hex(),
            "window_s": one.window_s,
            "canonical": one.canonical,
            "wanted": one.wanted,
            "is_entry": one.is_entry,
        }
        for one in questions
    ]
    values = {"alerts": orjson.dumps(asked).decode()}
    lock = [(LOCK_ACCOUNTS, values)] if any(one.is_entry for one in questions) else []
    return [(CLAIM, values), *lock, (ACCOUNTS, values)]


# One statement stores everything: a document goes in, rows of four tables come of it.
_STORE = """
with d as (select %(document)s::jsonb as doc),
g as (
    insert into tv_signals (id, user_id, strategy_id, received_at, gated_at, resolved_at, body, content_type,
        source_address, read_as, action, side, symbol, price, status, reason_code, reason, broker_order_id,
        duplicate_of, is_test, checks)
    select r.id, r.user_id, r.strategy_id, r.received_at, r.gated_at, r.resolved_at, decode(r.body, 'base64'),
        r.content_type,
        r.source_address, r.read_as, r.action, r.side, r.symbol, r.price, r.status, r.reason_code, r.reason, '',
        case when r.status = 'duplicate' then
            (select f.signal_id from signal_fingerprints f
             where f.strategy_id = r.strategy_id and f.fingerprint = decode(r.fingerprint, 'hex')) end,
        r.is_test, r.checks
    from d, jsonb_to_recordset(d.doc -> 'signals') as r (id uuid, user_id uuid, strategy_id uuid,
        fingerprint text, received_at timestamptz, gated_at timestamptz, resolved_at timestamptz, body text,
        content_type text,
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


def store(document: dict[str, Any]) -> Statement:
    """The statement that keeps alerts, whatever became of them, with their jobs.

    `document` holds lists of `signals`, `jobs`, `executions` and `risk_events`; its values are JSON's own, UUIDs,
    instants, decimals, and bytes written by `blob`.
    """
    return _STORE, {"document": orjson.dumps(document, default=str).decode()}


def blob(body: bytes) -> str:
    """Bytes as the document carries them."""
    return base64.b64encode(body).decode()
