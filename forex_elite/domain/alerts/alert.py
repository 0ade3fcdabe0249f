"""An alert as it was understood, whichever dialect it came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from forex_elite.domain.protection import Protection
from forex_elite.domain.trading import Level, OrderType, Side, SizingMode


class AlertAction(StrEnum):
    """What an alert asks for."""

    OPEN = "open"
    CLOSE = "close"
    CLOSE_ALL = "close_all"
    CANCEL = "cancel"
    MODIFY = "modify"


class Dialect(StrEnum):
    """The form the alert was written in."""

    JSON = "json"
    PINECONNECTOR = "pineconnector"
    TICKET = "ticket"
    """No text at all: an order typed into the order ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert. Prices in the symbol's units, volume in lots, `sent_at` aware UTC.

    `side` is the side of the order of an entry, and of the *positions or pending orders* meant by everything else
    (None: both). `symbol` is the bare ticker in upper case; None only when every symbol is meant.
    `risk` is in the unit of `risk_mode`, or of the strategy's own sizing when that is None.
    `entry` is set instead of `price` when a pending order is asked for at a distance from the market.
    `percent` is the share of each position to close. `notes` say what the alert carries and nobody acts on.
    """

    action: AlertAction
    dialect: Dialect
    symbol: str | None = None
    side: Side | None = None
    order_type: OrderType = OrderType.MARKET
    price: float | None = None
    entry: Level | None = None
    sl: Level | None = None
    tp: Level | None = None
    remove_sl: bool = False
    remove_tp: bool = False
    protection: Protection | None = None
    volume_lots: float | None = None
    risk: float | None = None
    risk_mode: SizingMode | None = None
    percent: float | None = None
    close_opposite: bool = False
    max_age_s: float | None = None
    alert_id: str | None = None
    sent_at: datetime | None = None
    comment: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_entry(self) -> bool:
        """Whether it opens or adds to exposure; everything else only reduces or protects it."""
        return self.action is AlertAction.OPEN

    @property
    def has_identity(self) -> bool:
        """Whether it carries its own id or time, so that two equal texts are the same alert and not a second one."""
        return self.alert_id is not None or self.sent_at is not None
