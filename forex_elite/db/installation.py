"""How the installation stands, as far as its database can tell."""

from __future__ import annotations

from datetime import datetime, timedelta

from forex_elite.db.leadership import TIMERS
from forex_elite.db.unit_of_work import UnitOfWork
from forex_elite.domain.health import Stored
from forex_elite.domain.terminals import ONLINE_FOR

STALE_AFTER = timedelta(minutes=15)
FAILED_SINCE = timedelta(days=1)

_LOOK = """
select current_setting('server_version') as version, pg_database_size(current_database()) as size,
       exists (select 1 from pg_locks l where l.locktype = 'advisory' and l.granted and l.classid::bigint = %(high)s
               and l.objid::bigint = %(low)s and l.objsubid = 1
               and l.database = (select oid from pg_database where datname = current_database())) as is_led,
       g.agents, g.agents_online, a.accounts, a.accounts_stale, j.jobs_waiting, j.jobs_stuck, j.jobs_unknown,
       (select count(*) from alerts where closed_at is null and severity <> 'info') as alerts_open,
       (select count(*) from notification_deliveries where status = 'failed' and finished_at > %(failed_since)s)
       as messages_failed
from (select count(*) as agents,
             count(*) filter (where last_heartbeat_at > %(since)s and last_heartbeat_at < %(until)s) as agents_online
      from mt5_agents where deleted_at is null) g,
     (select count(*) as accounts,
             count(*) filter (where coalesce(synced_at, '-infinity') < %(stale)s) as accounts_stale
      from mt5_accounts where removed_at is null and agent_id is not null) a,
     (select count(*) filter (where status = 'pending') as jobs_waiting,
             count(*) filter (where status = 'running' and lease_expires_at <= %(now)s) as jobs_stuck,
             count(*) filter (where status = 'unknown') as jobs_unknown
      from jobs where status in ('pending', 'running', 'unknown')) j
"""


async def look(uow: UnitOfWork, *, now: datetime) -> Stored:
    """Everything in one reading. Run as the server's own work: addresses and channels are nobody's to count else."""
    row = await uow.row(
        _LOOK,
        {
            "high": TIMERS >> 32,
            "low": TIMERS & 0xFFFFFFFF,
            "now": now,
            "since": now - ONLINE_FOR,
            "until": now + ONLINE_FOR,
            "stale": now - STALE_AFTER,
            "failed_since": now - FAILED_SINCE,
        },
    )
    assert row is not None
    return Stored(**row)
