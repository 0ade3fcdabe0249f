"""What the gate looks at, frozen: the strategy's rules, an account and its limits, the circumstances of a signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from forex_elite.domain.automation import AlgoSettings, Automation
from forex_elite.domain.limits import Week, Weekend
from forex_elite.domain.sizing import Sizing
from forex_elite.domain.symbols import SymbolBook
from forex_elite.domain.trading import Level, Quote, Side, SymbolSpec

DEFAULT_MAX_SIGNAL_AGE_S = 60
CLOCK_SKEW_S = 5
"""An alert time further ahead of our clock than this is called clock skew; its age then counts from its receipt."""

QUOTE_MAX_AGE_S = 60
"""An older quote is no reference price for sizing; the alert's own price is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyRules:
    """What a strategy permits its alerts. An empty `allowed_pairs` or `allowed_sources` permits all.

    `risk_override_pct` set: an alert's own risk replaces the strategy's, up to this percentage. `default_sl` and
    `default_tp` are used when an entry brings none. `close_opposite`: every entry first closes the other side.
    """

    name: str
    sizing: Sizing
    is_enabled: bool = True
    allowed_pairs: tuple[str, ...] = ()
    allowed_sources: tuple[str, ...] = ()
    max_signal_age_s: float = DEFAULT_MAX_SIGNAL_AGE_S
    risk_override_pct: float | None = None
    use_alert_volume: bool = True
    max_lots: float | None = None
    close_opposite: bool = False
    default_sl: Level | None = None
    default_tp: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLimits:
    """An account's limits; None means no limit. Money is account currency; `week` holds the trading hours.

    Of two limits for the same thing, one in money and one in percent, the lower one counts.
    """

    max_lots: float | None = None
    max_open_positions: int | None = None
    max_loss_per_trade: float | None = None
    daily_loss: float | None = None
    daily_loss_percent: float | None = None
    daily_target: float | None = None
    daily_target_percent: float | None = None
    trailing_drawdown: float | None = None
    trailing_drawdown_percent: float | None = None
    week: Week | None = None
    weekend: Weekend | None = None


@dataclass(frozen=True, slots=True)
class OwnPosition:
    """An open position of the strategy itself, by broker symbol and side."""

    symbol: str
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """An account as last reported. `open_positions` counts entries still under way too.

    `day_start_balance` is the balance at the last broker midnight, None while the terminal has not reported it.
    `peak_equity` is the highest equity reported since the account was last resumed, `holds` what the agent's own guard
    holds back now, in its words. `automation` and `algo` are the trader's command and settings for automated entries.
    `own_positions` are the strategy's own: a reversal does not count what it closes, and still closes it when the
    entry is refused. `quotes` are the newest prices by broker symbol.
    """

    id: UUID
    login: int
    is_online: bool
    is_trade_allowed: bool
    is_enabled: bool
    balance: float
    equity: float
    currency: str
    symbols: SymbolBook | tuple[SymbolSpec, ...]
    kill_switch: bool = False
    day_start_balance: float | None = None
    open_positions: int = 0
    limits: RiskLimits = field(default_factory=RiskLimits)
    symbol_map: Mapping[str, str] = field(default_factory=dict)
    own_positions: tuple[OwnPosition, ...] = ()
    quotes: Mapping[str, Quote] = field(default_factory=dict)
    peak_equity: float | None = None
    holds: tuple[str, ...] = ()
    automation: Automation = Automation.RUNNING
    algo: AlgoSettings = field(default_factory=AlgoSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How and when a signal came in. All times aware UTC; `source_address` None when it is not known."""

    now: datetime
    received_at: datetime
    source_address: str | None = None
    is_duplicate: bool = False
