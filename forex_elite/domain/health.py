"""Whether what we show can be trusted: who is heard, how old figures are, what failed, and what people were told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from forex_elite.domain.terminals import AccountInfo, AgentInfo

FAILURES_IN_A_ROW = 3
FAILURE_EVERY = timedelta(seconds=25)
"""An account that stays away fails once in so long, however often its agent says so."""
FEED_SILENT_AFTER = timedelta(minutes=2)
DIFFERENCE_FROM = Decimal("0.01")
"""The smallest difference between balance and deals worth telling."""

_NEW_YORK = ZoneInfo("America/New_York")
_CLOSE_HOUR = 17
_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6


class AlertCode(StrEnum):
    """What the server itself watches; other causes have codes of their own."""

    AGENT_GONE = "agent-gone"
    ACCOUNT_FAILING = "account-failing"
    FEED_SILENT = "feed-silent"
    BALANCE_DIFFERS = "balance-differs"


def is_market_open(now: datetime) -> bool:
    """Whether currencies are traded: from Sunday 17:00 to Friday 17:00 in New York. Holidays are not known here."""
    local = now.astimezone(_NEW_YORK)
    day, is_evening = local.weekday(), local.hour >= _CLOSE_HOUR
    if day == _SATURDAY:
        return False
    if day == _FRIDAY:
        return not is_evening
    return is_evening if day == _SUNDAY else True


def difference(balance: Decimal, deals_sum: Decimal | None) -> Decimal | None:
    """Reported balance less the sum of all deals; None while it is nothing or not known."""
    if deals_sum is None:
        return None
    gap = balance - deals_sum
    return gap if abs(gap) >= DIFFERENCE_FROM else None


@dataclass(frozen=True, slots=True)
class AlertInfo:
    """Something a person should know. `is_standing` ones last until their cause is gone."""

    id: UUID
    code: str
    severity: str
    message: str
    agent_id: UUID | None
    account_id: UUID | None
    is_standing: bool
    times: int
    raised_at: datetime
    closed_at: datetime | None
    acknowledged_at: datetime | None
    agent_name: str = ""
    account_name: str = ""
    account_login: int | None = None


@dataclass(frozen=True, slots=True)
class WatchedAlert:
    """Anybody's alert as staff see it, with whose it is."""

    alert: AlertInfo
    user_id: UUID
    email: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database tells of the installation. Sizes in bytes."""

    version: str
    size: int
    is_led: bool
    """Whether a worker holds the timers' lock: without one nothing is done by the clock."""
    agents: int
    agents_online: int
    accounts: int
    accounts_stale: int
    """With an agent, and without figures younger than a quarter of an hour."""
    jobs_waiting: int
    jobs_stuck: int
    jobs_unknown: int
    alerts_open: int
    messages_failed: int
    """To people's channels, for good, within a day."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What answers, and what the database tells; None with no answer from it. `answered_in_s` is how long it took."""

    stored: Stored | None
    answered_in_s: float
    is_bus_ready: bool
    is_bus_shared: bool
    """Redis between many workers; otherwise the bus is inside the one process."""
    has_mail_server: bool


@dataclass(frozen=True, slots=True)
class SyncRunInfo:
    """One run of the synchronisation of an account: what was reported, how long storing or carrying it out took."""

    account_id: UUID
    kind: str
    status: str
    started_at: datetime
    duration_ms: int
    stored: int
    refused: int
    error: str


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """An account with all that is known about its figures; `issues` are sentences, worst first."""

    account: AccountInfo
    is_reachable: bool
    failures: int
    last_error: str
    last_run: SyncRunInfo | None
    is_syncing: bool = False
    """Somebody asked for its figures, and they are not there yet."""
    issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentHealth:
    """An agent with when its feed last spoke."""

    agent: AgentInfo
    last_tick_at: datetime | None
    is_feed_silent: bool


@dataclass(frozen=True, slots=True)
class Health:
    """Everything the health page shows."""

    agents: tuple[AgentHealth, ...] = ()
    accounts: tuple[AccountHealth, ...] = ()
    runs: tuple[SyncRunInfo, ...] = ()
    alerts: tuple[AlertInfo, ...] = ()
    unread: int = 0
    oldest_at: datetime | None = None
