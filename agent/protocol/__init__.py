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
    TerminalHealth,
    TerminalState,
)
from agent.protocol.history import (
    MAX_BARS,
    Bar,
    HistoryOutcome,
    HistoryPayload,
    Timeframe,
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
    LogLine,
    LogLines,
    OrderReport,
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
    ModifyOrder,
    ModifyTrade,
    OpenTrade,
    OrderType,
    Side,
    TradeInstruction,
    TradeOutcome,
    TradePayload,
)

__all__ = [
    "MAX_BARS",
    "MAX_ROWS",
    "MAX_TICKS",
    "AccountReport",
    "AccountsReport",
    "AgentConfig",
    "AgentIntervals",
    "Bar",
    "CancelOrders",
    "CloseTrades",
    "ExtendJob",
    "Heartbeat",
    "HeartbeatReply",
    "HistoryOutcome",
    "HistoryPayload",
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
    "ModifyOrder",
    "ModifyTrade",
    "NotNegative",
    "OpenTrade",
    "OrderReport",
    "OrderType",
    "Positive",
    "ResultStatus",
    "RowsStored",
    "Side",
    "SymbolName",
    "SymbolSpec",
    "TerminalHealth",
    "TerminalState",
    "Text",
    "Tick",
    "Timeframe",
    "TradeInstruction",
    "TradeOutcome",
    "TradePayload",
    "TradeReport",
    "TradesReport",
    "UnsettledJobs",
]
