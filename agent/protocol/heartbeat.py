"""The sign of life, and what the server wants of the agent."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from agent.protocol.experts import DeploymentReport
from agent.protocol.message import Message, NotNegative, Text


class HostLoad(Message):
    """How busy the agent's machine is."""

    cpu_percent: NotNegative = 0.0
    memory_percent: NotNegative = 0.0


class TerminalState(StrEnum):
    """Health of one terminal's child process."""

    STARTING = "starting"
    READY = "ready"
    TRADING_OFF = "trading_off"
    UNREACHABLE = "unreachable"


class TerminalHealth(Message):
    """One terminal as its supervisor sees it."""

    login: int
    server: Annotated[str, Field(max_length=128)]
    state: TerminalState
    build: int = 0
    ping_ms: NotNegative | None = None
    is_trade_allowed: bool = False
    is_algo_trading_on: bool | None = None
    """The terminal's Algo Trading button; None while it cannot be read."""
    detail: Text = ""


class Heartbeat(Message):
    """Sign of life, every `AgentIntervals.heartbeat_s`."""

    version: Annotated[str, Field(max_length=32)]
    host: HostLoad = HostLoad()
    terminals: Annotated[list[TerminalHealth], Field(max_length=200)] = []
    deployments: Annotated[list[DeploymentReport], Field(max_length=1000)] | None = None
    """What every deployment on this agent really does; None from an agent that keeps none."""
    is_last: bool = False
    """The agent stops in order: another installation may work with its key at once."""


class AgentIntervals(Message):
    """How often the agent reports what, seconds."""

    heartbeat_s: float = 5.0
    positions_s: float = 15.0
    history_s: float = 15.0
    account_s: float = 30.0
    prices_s: float = 0.1


class AgentConfig(Message):
    """What the server wants of the agent."""

    intervals: AgentIntervals = AgentIntervals()
    symbols: list[str] = []


class HeartbeatReply(Message):
    """Answer to a heartbeat."""

    server_time: AwareDatetime
    config: AgentConfig
    unknown_jobs: int = 0
    """Jobs of this agent whose fate is not known: it should ask for the unsettled ones and reconcile."""
