"""What an agent reports: accounts, positions, prices, log lines."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, FiniteFloat

from agent.protocol.jobs import JobError
from agent.protocol.message import MAX_ROWS, Message, NotNegative, Positive, SymbolName, Text
from agent.protocol.protection import Protection
from agent.protocol.trading import OrderType, Side


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
    freeze_level_points: NotNegative = 0
    """Within so many points of the market, levels cannot be changed any more."""
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
    deals_sum: FiniteFloat | None = None
    """What all deals of the account add up to (credit apart, which is no part of the balance); None while unknown."""
    paid: FiniteFloat | None = None
    """What was paid in so far less what was paid out, by the deals `deals_sum` adds up; None while unknown."""
    day_started_at: AwareDatetime | None = None
    """The last broker midnight; None until the broker's zone is known."""
    is_trade_allowed: bool = True
    is_connected: bool = True
    reported_at: AwareDatetime
    symbols: Annotated[list[SymbolSpec], Field(max_length=5000)] | None = None


class AccountsReport(Message):
    """Body of `POST …/accounts`; each row is validated alone, so that one bad row does not lose the others."""

    accounts: Annotated[list[Any], Field(max_length=MAX_ROWS)]


class PartialClose(Message):
    """A deal that closed part of a position and left the rest open; the balance had its `amount` from then on."""

    deal: Annotated[int, Field(gt=0)]
    done_at: AwareDatetime
    volume: Positive
    price: Positive
    amount: FiniteFloat
    """Profit, swap, commission and fee of the deal, account currency."""


MAX_PARTIAL_CLOSES = 500


class TradeReport(Message):
    """One position, open or closed. `ticket` is the position id; a closed one carries its exit.

    Profit, swap and commission are those of all deals of a closed position, of an open one those it floats with.
    """

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
    protection: Protection | None = None
    """Break-even and trailing stop the agent works on an open position with."""
    partial_closes: Annotated[list[PartialClose], Field(max_length=MAX_PARTIAL_CLOSES)] | None = None
    """Oldest first; None: there are none, or of an open position that nothing new is told of them."""


class BalanceOperation(Message):
    """A deal that moved money outside trading; `amount` in the account currency, with its sign."""

    ticket: Annotated[int, Field(gt=0)]
    kind: Annotated[str, Field(min_length=1, max_length=24, pattern=r"^[a-z_]+$")]
    amount: FiniteFloat
    comment: Annotated[str, Field(max_length=64)] = ""
    done_at: AwareDatetime


class OrderReport(Message):
    """One pending order; `volume` is what is still to be filled, `price` where it waits."""

    ticket: Annotated[int, Field(gt=0)]
    symbol: SymbolName
    side: Side
    order_type: OrderType
    volume: Positive
    price: Positive
    sl: FiniteFloat = 0.0
    tp: FiniteFloat = 0.0
    placed_at: AwareDatetime
    magic: int = 0
    comment: Annotated[str, Field(max_length=64)] = ""


class TradesReport(Message):
    """Body of `POST …/trades`: open positions and pending orders of one account (complete), positions closed since."""

    login: int
    server: Annotated[str, Field(min_length=1, max_length=128)]
    reported_at: AwareDatetime | None = None
    open: Annotated[list[Any], Field(max_length=MAX_ROWS)] | None = None
    """None: this report says nothing of open positions; an empty list: there are none."""
    orders: Annotated[list[Any], Field(max_length=MAX_ROWS)] | None = None
    """None: this report says nothing of pending orders; an empty list: there are none."""
    closed: Annotated[list[Any], Field(max_length=MAX_ROWS)] = []
    balance_operations: Annotated[list[Any], Field(max_length=MAX_ROWS)] = []
    """Deposits, withdrawals and the like, each a `BalanceOperation`, once or more often."""


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
    server: Annotated[str, Field(max_length=128)] | None = None
    """The broker's server, which makes `login` an account."""
    deployment_id: UUID | None = None


class LogLines(Message):
    """Body of `POST …/logs`."""

    lines: Annotated[list[LogLine], Field(max_length=MAX_ROWS)]
