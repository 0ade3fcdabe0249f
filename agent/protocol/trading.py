"""Trade jobs: what an order is to do, and what became of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import AliasChoices, AwareDatetime, ConfigDict, Field, FiniteFloat

from agent.protocol.message import MAX_ROWS, Message, Positive, SymbolName
from agent.protocol.protection import Protection, ProtectTrade

MANUAL_MAGIC: Final = 2**31 - 2
"""Marks what a person ordered here by hand. A number of its own, not 0: where a broker replaces comments it is what
tells such an order from one typed into the terminal, and no strategy is given it."""
BY_HAND: Final = frozenset({0, MANUAL_MAGIC})
"""Magic numbers of orders that are no automation: 0 is the terminal's own."""


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
    protection: Protection | None = None
    """Break-even and trailing stop of the position this order opens."""


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


class ResultFilter(StrEnum):
    """Which positions a bulk close means by their result (profit and swap) at the moment of sending."""

    ALL = "all"
    PROFITABLE = "profitable"
    LOSING = "losing"


class CloseMany(Message):
    """Close those of `tickets` that are still open and have such a result; positions opened meanwhile stay.

    An instruction of its own: an agent too old to know it refuses it, where it would take an unknown field of
    `CloseTrades` for no filter at all.
    """

    do: Literal["close_many"] = "close_many"
    tickets: Annotated[list[int], Field(min_length=1, max_length=MAX_ROWS)]
    which: ResultFilter = ResultFilter.ALL
    deviation_points: int = 20


class CloseBy(Message):
    """Close a position by an opposite one of the same symbol, as far as both reach (hedging accounts only)."""

    do: Literal["close_by"] = "close_by"
    ticket: Annotated[int, Field(gt=0)]
    by: Annotated[int, Field(gt=0)]


class Flatten(Message):
    """Cancel every pending order of the account, then close every position, whatever their magic number."""

    do: Literal["flatten"] = "flatten"
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


class ModifyOrder(Message):
    """Change a pending order by ticket; None leaves a price or level as it is, `remove_…` takes a level away."""

    do: Literal["modify_order"] = "modify_order"
    ticket: Annotated[int, Field(gt=0)]
    price: Positive | None = None
    sl: Positive | None = None
    tp: Positive | None = None
    remove_sl: bool = False
    remove_tp: bool = False


TradeInstruction = Annotated[
    OpenTrade | CloseTrades | CloseMany | CloseBy | Flatten | ModifyTrade | ProtectTrade | CancelOrders | ModifyOrder,
    Field(discriminator="do"),
]


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
