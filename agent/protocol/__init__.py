"""The wire contract between agent and server: every message of `/api/agents/{id}/…`, validated on both ends.

Prices are in the symbol's own units, volumes in lots, money in the account currency, times UTC.
Unknown fields are ignored, so that an older agent and a newer server still understand each other.
"""

from __future__ import annotations

from agent.protocol.heartbeat import (
    AgentConfig,
    AgentIntervals,
    Heartbeat,
    HeartbeatReply,
    HostLoad,
    Release,
    TerminalHealth,
    TerminalState,
)
from agent.protocol.jobs import (
    ExtendJob,
    Job,
    JobAccount,
    JobError,
    JobResult,
    ResultStatus,
    UnsettledJobs,
)
from agent.protocol.message import (
    MAX_ROWS,
    MAX_TICKS,
    Message,
    NotNegative,
    Positive,
    SymbolName,
    Text,
)
from agent.protocol.reports import (
    AccountReport,
    AccountsReport,
    BalanceOperation,
    LogLine,
    LogLines,
    RowsStored,
    SymbolSpec,
    Tick,
    TradeReport,
    TradesReport,
)
from agent.protocol.trading import (
    CancelOrders,
    CloseTrades,
    Level,
    LevelKind,
    ModifyTrade,
    OpenTrade,
    OrderType,
    Side,
    TradeInstruction,
    TradeOutcome,
    TradePayload,
)

__all__ = [
    "MAX_ROWS",
    "MAX_TICKS",
    "AccountReport",
    "AccountsReport",
    "AgentConfig",
    "AgentIntervals",
    "BalanceOperation",
    "CancelOrders",
    "CloseTrades",
    "ExtendJob",
    "Heartbeat",
    "HeartbeatReply",
    "HostLoad",
    "Job",
    "JobAccount",
    "JobError",
    "JobResult",
    "Level",
    "LevelKind",
    "LogLine",
    "LogLines",
    "Message",
    "ModifyTrade",
    "NotNegative",
    "OpenTrade",
    "OrderType",
    "Positive",
    "Release",
    "ResultStatus",
    "RowsStored",
    "Side",
    "SymbolName",
    "SymbolSpec",
    "TerminalHealth",
    "TerminalState",
    "Text",
    "Tick",
    "TradeInstruction",
    "TradeOutcome",
    "TradePayload",
    "TradeReport",
    "TradesReport",
    "UnsettledJobs",
]
