"""The wire contract between agent and server: every message of `/api/agents/{id}/…`, validated on both ends.

Prices are in the symbol's own units, volumes in lots, money in the account currency, times UTC.
Unknown fields are ignored, so that an older agent and a newer server still understand each other.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat

MAX_TICKS = 1000
MAX_ROWS = 1000

Positive = Annotated[FiniteFloat, Field(gt=0)]
NotNegative = Annotated[FiniteFloat, Field(ge=0)]
SymbolName = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9._#+&\-/ !]+$")]
Text = Annotated[str, Field(max_length=2000)]


class Message(BaseModel):
    """The common form of every message: frozen, and tolerant of fields it does not know."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Side(StrEnum):
    """The direction of a position or order."""

    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    """How an order is to be placed; the side is told apart from it."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"


class LevelKind(StrEnum):
    """The unit in which a stop loss or take profit was asked for."""

    PRICE = "price"
    PIPS = "pips"
    PERCENT = "percent"


class Level(Message):
    """A stop loss or take profit: an absolute price, or a distance from the price the order is filled at."""

    kind: LevelKind
    value: Positive


# --- trade jobs -----------------------------------------------------------------------------------------------------


class OpenTrade(Message):
    """Open a position at market, or place a pending order at `price`."""

    do: Literal["open"] = "open"
    symbol: SymbolName
    side: Side
    order_type: OrderType = OrderType.MARKET
    volume_lots: Positive
    price: Positive | None = None
    sl: Level | None = None
    tp: Level | None = None
    deviation_points: int = 20
    requested_price: Positive | None = None
    close_opposite: bool = False
    """Close this magic number's positions of the other side on this symbol first (strategy reversal)."""


class CloseTrades(Message):
    """Close positions: one by `ticket`, else all that match symbol, side and magic number (None matches all)."""

    do: Literal["close"] = "close"
    ticket: int | None = None
    symbol: SymbolName | None = None
    side: Side | None = None
    percent: Annotated[FiniteFloat, Field(gt=0, le=100)] = 100.0
    volume_lots: Positive | None = None
    any_magic: bool = False
    """Positions of other magic numbers too (flatten an account); otherwise only the job's own."""
    deviation_points: int = 20


class ModifyTrade(Message):
    """Change SL and TP of positions by ticket or by symbol and side; None leaves a level as it is, 0 removes it."""

    do: Literal["modify"] = "modify"
    ticket: int | None = None
    symbol: SymbolName | None = None
    side: Side | None = None
    sl: Level | None = None
    tp: Level | None = None
    remove_sl: bool = False
    remove_tp: bool = False


class CancelOrders(Message):
    """Cancel pending orders: one by `ticket`, else all that match symbol, side and magic number."""

    do: Literal["cancel"] = "cancel"
    ticket: int | None = None
    symbol: SymbolName | None = None
    side: Side | None = None
    any_magic: bool = False


TradeInstruction = Annotated[OpenTrade | CloseTrades | ModifyTrade | CancelOrders, Field(discriminator="do")]


class TradePayload(Message):
    """What a `trade` job carries. `magic` and `tag` mark everything the job sends, so that it can be found again."""

    instruction: TradeInstruction
    magic: int = 0
    tag: Annotated[str, Field(max_length=27, pattern=r"^[A-Za-z0-9 _-]*$")]


class TradeOutcome(Message):
    """What became of a trade job, as the terminal reported it."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    retcode: int = 0
    retcode_text: str = ""
    order: int | None = Field(default=None, validation_alias=AliasChoices("order", "broker_order_id", "ticket"))
    deal: int | None = None
    position: int | None = None
    volume_lots: FiniteFloat = Field(default=0.0, validation_alias=AliasChoices("volume_lots", "volume"))
    price: FiniteFloat = Field(default=0.0, validation_alias=AliasChoices("price", "fill_price"))
    """Volume-weighted fill price; 0 when nothing was filled (a pending order was placed or changed)."""
    requested_price: FiniteFloat | None = None
    is_partial: bool = False
    closed: list[int] = []
    """Position tickets that were closed or reduced."""
    failed: list[str] = []
    """Positions or orders of the same job that were refused, in words."""
    claimed_at: AwareDatetime | None = None
    sent_at: AwareDatetime | None = None
    filled_at: AwareDatetime | None = None
    was_reconciled: bool = False
    """Found in the terminal after a crash instead of read from the answer to `order_send`."""


class JobAccount(Message):
    """The account a job is for, as the terminal knows it."""

    id: UUID
    login: int
    server: str


class Job(Message):
    """One claimed job. `server_time` lets the agent measure `expires_at` without trusting its own clock."""

    id: UUID
    type: str
    payload: dict[str, Any]
    lease_token: UUID
    lease_expires_at: AwareDatetime
    expires_at: AwareDatetime | None = None
    server_time: AwareDatetime
    account: JobAccount | None = None
    attempts: int = 1


class ResultStatus(StrEnum):
    """How a job ended. `not_sent`: nothing reached the terminal, so the server may offer it again while it is fresh."""

    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"


class JobError(Message):
    """Why a job did not complete: a stable code, and words for the trader."""

    code: Annotated[str, Field(max_length=64)] = "failed"
    message: Text = ""


class ExtendJob(Message):
    """Ask for more time on a lease."""

    lease_token: UUID


class JobResult(Message):
    """The end of a job; `result` is a `TradeOutcome` for `trade` jobs."""

    lease_token: UUID
    status: ResultStatus
    result: dict[str, Any] | None = None
    error: JobError | Text | None = None


class UnsettledJobs(Message):
    """Jobs the server gave this agent and never heard of again, each under a fresh lease, for reconciliation.

    `GET …/jobs/unsettled` lists the unknown ones; with `?running=true` also those still leased: asked by an agent that
    just started, or whose claim was not answered, so that the server may count a job as its that it never heard of.
    """

    items: list[Job]


# --- reports --------------------------------------------------------------------------------------------------------


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
    detail: Text = ""


class Heartbeat(Message):
    """Sign of life, every `AgentIntervals.heartbeat_s`."""

    version: Annotated[str, Field(max_length=32)]
    host: HostLoad = HostLoad()
    terminals: Annotated[list[TerminalHealth], Field(max_length=200)] = []
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


class SymbolSpec(Message):
    """A tradable instrument as the broker defines it (MetaTrader5 `SymbolInfo`)."""

    name: SymbolName
    currency_base: Annotated[str, Field(max_length=12)] = ""
    currency_profit: Annotated[str, Field(max_length=12)] = ""
    currency_margin: Annotated[str, Field(max_length=12)] = ""
    digits: Annotated[int, Field(ge=0, le=10)]
    point: Positive
    tick_size: Positive
    tick_value: Positive
    """Profit of one tick for one lot, in the account currency, at the time of the report."""
    contract_size: Positive
    volume_min: Positive
    volume_max: Positive
    volume_step: Positive
    stops_level_points: NotNegative = 0
    trade_mode: int = 4
    margin_per_lot: NotNegative = 0.0


class AccountReport(Message):
    """An account exactly as the terminal reports it; `symbols` only when they changed."""

    login: int
    server: Annotated[str, Field(min_length=1, max_length=128)]
    broker: Annotated[str, Field(max_length=128)] = ""
    name: Annotated[str, Field(max_length=128)] = ""
    currency: Annotated[str, Field(min_length=3, max_length=8)]
    leverage: Annotated[int, Field(ge=1)] = 100
    margin_mode: Annotated[int, Field(ge=0, le=2)] = 2
    trade_mode: Annotated[int, Field(ge=0, le=2)] = 0
    """0 demo, 1 contest, 2 real."""
    balance: FiniteFloat
    credit: FiniteFloat = 0.0
    equity: FiniteFloat
    profit: FiniteFloat = 0.0
    margin: FiniteFloat = 0.0
    margin_free: FiniteFloat = 0.0
    margin_level: FiniteFloat = 0.0
    """Percent; 0 when no margin is in use."""
    day_start_balance: FiniteFloat | None = None
    """Balance at the last broker midnight, from the deals; the base of the daily loss limit."""
    is_trade_allowed: bool = True
    is_connected: bool = True
    reported_at: AwareDatetime
    symbols: Annotated[list[SymbolSpec], Field(max_length=5000)] | None = None


class AccountsReport(Message):
    """Body of `POST …/accounts`; each row is validated alone, so that one bad row does not lose the others."""

    accounts: Annotated[list[dict[str, Any]], Field(max_length=MAX_ROWS)]


class TradeReport(Message):
    """One position, open or closed. `ticket` is the position id; a closed one carries its exit."""

    ticket: Annotated[int, Field(gt=0)]
    symbol: SymbolName
    side: Side
    volume: Positive
    open_price: Positive
    open_time: AwareDatetime
    sl: FiniteFloat = 0.0
    tp: FiniteFloat = 0.0
    current_price: FiniteFloat = 0.0
    close_price: FiniteFloat | None = None
    close_time: AwareDatetime | None = None
    profit: FiniteFloat = 0.0
    swap: FiniteFloat = 0.0
    commission: FiniteFloat = 0.0
    magic: int = 0
    comment: Annotated[str, Field(max_length=64)] = ""


class TradesReport(Message):
    """Body of `POST …/trades`: all open positions of one account (complete), and positions closed since."""

    login: int
    server: Annotated[str, Field(min_length=1, max_length=128)]
    reported_at: AwareDatetime | None = None
    open: Annotated[list[dict[str, Any]], Field(max_length=MAX_ROWS)] | None = None
    """None: this report says nothing of open positions; an empty list: there are none."""
    closed: Annotated[list[dict[str, Any]], Field(max_length=MAX_ROWS)] = []


class RowsStored(Message):
    """How many rows of a report were stored, and why the others were not."""

    stored: int
    refused: list[JobError] = []


class Tick(Message):
    """The newest price of a symbol."""

    symbol: SymbolName
    bid: Positive
    ask: Positive
    time_msc: Annotated[int, Field(ge=0)] = 0


class LogLine(Message):
    """A line of an agent's or terminal's log."""

    at: AwareDatetime
    level: Literal["debug", "info", "warning", "error"] = "info"
    source: Annotated[str, Field(max_length=64)] = "agent"
    message: Text
    login: int | None = None


class LogLines(Message):
    """Body of `POST …/logs`."""

    lines: Annotated[list[LogLine], Field(max_length=MAX_ROWS)]
