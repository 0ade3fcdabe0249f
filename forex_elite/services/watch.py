"""What the server watches by the clock: agents that are gone, feeds that are silent, partitions for the days ahead."""

from __future__ import annotations

from datetime import datetime, timedelta

from forex_elite import clock
from forex_elite.db import alerts as alert_queries
from forex_elite.db import series
from forex_elite.db import sync as queries
from forex_elite.db.unit_of_work import Row, UnitOfWork, repeatable
from forex_elite.domain.health import FEED_SILENT_AFTER, AlertCode, is_market_open
from forex_elite.domain.identity import service
from forex_elite.domain.terminals import ALARM_AFTER, is_online
from forex_elite.services import alerts
from forex_elite.settings import settings

FORGOTTEN_AFTER = timedelta(days=7)
"""An agent unheard of for so long is nobody's surprise any more."""
ALERTS_KEPT = timedelta(days=90)


def is_feed_silent(last_tick_at: datetime | None, now: datetime) -> bool:
    """Whether a feed that spoke before has fallen silent while the market is open."""
    return last_tick_at is not None and now - last_tick_at >= FEED_SILENT_AFTER and is_market_open(now)


async def look() -> None:
    """Raise alerts for agents gone for ten minutes and feeds silent in an open market; close those that ended."""

    async def act(uow: UnitOfWork) -> None:
        now = clock.now()
        for agent in await queries.agents_to_watch(uow, heard_since=now - FORGOTTEN_AFTER):
            await _watch_agent(uow, agent, now)

    await repeatable(service("watch"), act)


async def _watch_agent(uow: UnitOfWork, agent: Row, now: datetime) -> None:
    online = is_online(agent["last_heartbeat_at"], now)
    is_gone = now - agent["last_heartbeat_at"] >= ALARM_AFTER
    is_ready = any(isinstance(one, dict) and one.get("state") in {"ready", "trading_off"} for one in agent["terminals"])
    is_silent = online and is_ready and is_feed_silent(agent["last_tick_at"], now)
    minutes = int((now - agent["last_heartbeat_at"]).total_seconds() // 60)
    found = {
        AlertCode.AGENT_GONE: (
            is_gone,
            online,
            f"Agent {agent['name']} has not been heard of for {minutes} min. Its accounts' alerts expire meanwhile.",
        ),
        AlertCode.FEED_SILENT: (
            is_silent,
            not is_silent,
            f"Agent {agent['name']} is online, but no price has come from it for "
            f"{int(FEED_SILENT_AFTER.total_seconds() // 60)} min while the market is open.",
        ),
    }
    for code, (is_wrong, is_over, message) in found.items():
        is_open = code in agent["open_codes"]
        if is_wrong and not is_open:
            severity = "critical" if code is AlertCode.AGENT_GONE else "warning"
            await alerts.raise_alert(
                uow,
                user_id=agent["user_id"],
                code=code,
                message=message,
                agent_id=agent["id"],
                severity=severity,
                is_standing=True,
            )
        elif is_over and is_open:
            await alerts.close_alert(uow, user_id=agent["user_id"], code=code, agent_id=agent["id"])


async def keep_partitions() -> int:
    """Make partitions ahead and drop the old ones, as the owner of the database; returns how many changed."""
    return await series.keep_partitions(settings().database_url)


async def clear_old_alerts() -> None:
    """Remove alerts that ended long ago."""
    before = clock.now() - ALERTS_KEPT
    await repeatable(service("upkeep"), lambda uow: alert_queries.clear_old(uow, before=before))
