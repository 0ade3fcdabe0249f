"""Agents, the accounts on their terminals, and how old their reports are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

ONLINE_FOR = timedelta(seconds=30)
TAKE_OVER_AFTER = timedelta(seconds=45)
"""So long must one installation of an agent be silent before another may work with its key: until then every lease of
the first, which it may have prolonged after its last heartbeat, has run out, and it sends nothing without one."""
"""An agent is online while its last heartbeat is younger than this (design §8)."""
ALARM_AFTER = timedelta(minutes=10)
ENABLED_LIMIT = 5


class AgentKind(StrEnum):
    """`dedicated`: one person's VPS; `pool`: accounts are assigned to it."""

    DEDICATED = "dedicated"
    POOL = "pool"


class DataSource(StrEnum):
    """Where a figure comes from: reported just now, or the last report we hold."""

    LIVE = "VPS_LIVE_MT5"
    STORED = "VPS_STORED"


class DataAge(StrEnum):
    """How far a reported figure can be trusted by its age (design §8)."""

    FRESH = "fresh"
    ACCEPTABLE = "acceptable"
    DEGRADED = "degraded"
    CRITICAL = "critical"


def is_online(last_heartbeat_at: datetime | None, now: datetime) -> bool:
    """Whether an agent with this last heartbeat counts as online; a heartbeat from the future does not."""
    return last_heartbeat_at is not None and abs(now - last_heartbeat_at) < ONLINE_FOR


def data_age(reported_at: datetime | None, now: datetime) -> DataAge:
    """Level by age: under 5 minutes fresh, 10 acceptable, 15 degraded, beyond critical."""
    if reported_at is None:
        return DataAge.CRITICAL
    minutes = (now - reported_at).total_seconds() / 60
    for limit, level in ((5, DataAge.FRESH), (10, DataAge.ACCEPTABLE), (15, DataAge.DEGRADED)):
        if minutes < limit:
            return level
    return DataAge.CRITICAL


@dataclass(frozen=True, slots=True)
class AgentInfo:
    """An agent as its owner sees it."""

    id: UUID
    user_id: UUID
    name: str
    kind: AgentKind
    key_prefix: str
    created_at: datetime
    last_heartbeat_at: datetime | None
    version: str
    is_online: bool
    cpu_percent: float
    memory_percent: float
    account_count: int = 0
    terminals: tuple[dict[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class WatchedAgent:
    """An agent as staff see it: whose it is, what is on it, and what is in hand.

    `stopped` of its accounts have the kill switch on, on `confirmed` of them the agent says that it holds;
    `experts_running` is what its last heartbeat told.
    """

    id: UUID
    user_id: UUID
    email: str
    is_owner_active: bool
    name: str
    kind: AgentKind
    version: str
    created_at: datetime
    last_heartbeat_at: datetime | None
    is_online: bool
    accounts: int
    stopped: int
    confirmed: int
    experts_running: int
    jobs_waiting: int
    jobs_in_hand: int

    @property
    def is_at_rest(self) -> bool:
        """Whether every account is stopped, the agent has said so, and no expert of ours runs."""
        return self.confirmed == self.accounts and self.experts_running == 0


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """An MT5 account with its last reported figures, in its own currency."""

    id: UUID
    user_id: UUID
    agent_id: UUID | None
    agent_name: str
    login: int
    server: str
    broker: str
    name: str
    currency: str
    leverage: int
    margin_mode: int
    trade_mode: int
    balance: Decimal
    credit: Decimal
    equity: Decimal
    profit: Decimal
    margin: Decimal
    margin_free: Decimal
    margin_level: Decimal
    day_start_balance: Decimal | None
    is_trade_allowed: bool
    is_enabled: bool
    is_killed: bool
    is_online: bool
    data_source: DataSource
    data_age: DataAge
    synced_at: datetime | None
    open_positions: int
    algo_status: str
    balance_difference: Decimal | None = None
    """Reported balance less the sum of all deals; None while they agree or the sum is not known."""
    balance_differs_since: datetime | None = None
    sync_failures: int = 0
    sync_error: str = ""

    @property
    def day_result(self) -> Decimal | None:
        """Equity against the balance at the last broker midnight; None until the agent reported that balance."""
        return None if self.day_start_balance is None else self.equity - self.day_start_balance
