"""What an agent is told about each of its accounts: whether automation may trade, the kill switch, and limits.

The agent keeps the newest word on disk and enforces it whether or not the server can be reached.
"""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from agent.protocol.message import Message, NotNegative, Text


class Automation(StrEnum):
    """Whether automated entries (those not ordered by hand, see `trading.BY_HAND`) may pass."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class LimitAction(StrEnum):
    """What happens at a limit besides refusing new entries: nothing, cancel pending orders, or close everything."""

    STOP_ENTRIES = "stop_entries"
    CLOSE_ONLY = "close_only"
    CLOSE_ALL = "close_all"


class Limit(Message):
    """A figure (lots, positions, account money or percent) and what happens when it is reached; at 0 nothing opens."""

    value: NotNegative
    action: LimitAction = LimitAction.STOP_ENTRIES


class Weekend(Message):
    """A weekly pause in UTC, days 0 (Monday) to 6; `flatten` closes everything when it begins."""

    action: Literal["stop", "flatten"]
    since_day: Annotated[int, Field(ge=0, le=6)]
    since: time
    until_day: Annotated[int, Field(ge=0, le=6)]
    until: time


class AccountLimits(Message):
    """An account's limits; None is no limit. Of money and percent for the same thing each acts when it is reached.

    `week` holds trading hours in UTC by the weekday they begin on; None is always.
    """

    max_lots: Limit | None = None
    max_open_positions: Limit | None = None
    max_loss_per_trade: Limit | None = None
    daily_loss: Limit | None = None
    daily_loss_percent: Limit | None = None
    daily_target: Limit | None = None
    daily_target_percent: Limit | None = None
    trailing_drawdown: Limit | None = None
    trailing_drawdown_percent: Limit | None = None
    week: dict[Annotated[int, Field(ge=0, le=6)], list[tuple[time, time]]] | None = None
    weekend: Weekend | None = None


class AlgoSettings(Message):
    """The trader's settings for automated entries. Sizes are halved (orange) where they are computed, by the server."""

    max_lots: NotNegative | None = None
    max_loss: NotNegative | None = None
    safety_mode: Literal["green", "orange", "red"] = "green"


class AccountConfig(Message):
    """One account of the agent. A newer `revision` replaces an older one, never the other way round.

    `is_assigned`: the agent starts a terminal for it, with the password it fetches (`POST …/credentials`) whenever
    `password_version` has grown. `resumed` counts how often the person lifted what the limits hold.
    """

    id: UUID
    login: int
    server: Annotated[str, Field(max_length=128)]
    revision: int = 0
    automation: Automation = Automation.RUNNING
    killed: bool = False
    limits: AccountLimits = AccountLimits()
    settings: AlgoSettings = AlgoSettings()
    resumed: int = 0
    is_assigned: bool = False
    kind: Literal["mt5", "simulator"] = "mt5"
    path: Annotated[str, Field(max_length=260)] = ""
    password_version: int = 0


class Hold(Message):
    """Something the agent's guard holds back: the limit's name, in words, since when."""

    code: Annotated[str, Field(max_length=48)]
    reason: Text
    action: LimitAction = LimitAction.STOP_ENTRIES
    since: AwareDatetime


class GuardReport(Message):
    """What the guard of one account enforces now; `revision` is the newest configuration it has on disk."""

    revision: int = -1
    automation: Automation = Automation.RUNNING
    is_killed: bool = False
    holds: Annotated[list[Hold], Field(max_length=32)] = []


class AutomationCommand(Message):
    """What a `run`, `pause` or `stop` job with scope `account` carries: all that is to be enforced from now on.

    A kill switch and its lifting travel the same way, since each is only another configuration.
    """

    scope: Literal["account", "deployment"] = "account"
    account: AccountConfig


class Credentials(Message):
    """A log-in for the agent the account is assigned to, and for nobody else."""

    login: int
    server: Annotated[str, Field(max_length=128)]
    password: Annotated[str, Field(max_length=128, repr=False)]
    version: int
