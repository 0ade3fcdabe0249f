"""Experts on accounts: what is asked, what must be so beforehand, what really is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from forex_elite.domain.ea.projects import ProjectKind
from forex_elite.errors import InvalidInput

MAX_ACCOUNTS = 5
TIMEFRAMES = (
    *("M1", "M2", "M3", "M4", "M5", "M6", "M10", "M12", "M15", "M20", "M30"),
    *("H1", "H2", "H3", "H4", "H6", "H8", "H12", "D1", "W1", "MN1"),
)
_EXPERT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .+-]{0,59}")
"""What the agent and the terminal take as a program's name."""


class Desired(StrEnum):
    """What is wanted of an expert. Paused: its chart stays, without the expert."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Limits:
    """When the server pauses an expert; None sets no limit. Needs a magic number to tell its trades.

    `max_loss` is the largest loss of a day (UTC) in the account's currency, open trades included.
    """

    max_loss: float | None = None
    max_positions: int | None = None
    max_lots: float | None = None

    def __post_init__(self) -> None:
        for name, most in (("max_loss", 1e9), ("max_positions", 1000), ("max_lots", 10_000)):
            value = getattr(self, name)
            if value is not None and not 0 < value <= most:
                raise InvalidInput(f"Use a number above 0 and at most {most:g}, or none.", field=f"limits.{name}")

    def written(self) -> dict[str, Any]:
        """As it is stored: what is set."""
        pairs = ((name, getattr(self, name)) for name in ("max_loss", "max_positions", "max_lots"))
        return {name: value for name, value in pairs if value is not None}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Limits:
        """From what `written` wrote."""
        return cls(stored.get("max_loss"), stored.get("max_positions"), stored.get("max_lots"))

    def reached(self, *, result: float, positions: int, lots: float) -> str:
        """Which limit is reached, in words; empty for none."""
        if self.max_loss is not None and result <= -self.max_loss:
            return f"It has lost {-result:.2f} today; {self.max_loss:.2f} are allowed."
        if self.max_positions is not None and positions > self.max_positions:
            return f"It holds {positions} positions; {self.max_positions} are allowed."
        if self.max_lots is not None and lots > self.max_lots + 1e-9:
            return f"It holds {lots:g} lots; {self.max_lots:g} are allowed."
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRequest:
    """A version to run on up to five accounts, each on a chart of `symbol`."""

    version_id: UUID
    account_ids: tuple[UUID, ...]
    symbol: str
    timeframe: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    magic: int | None = None
    """Only for programs without an input for it: what they mark their trades with."""
    is_started: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at before anything is sent; a failed one that blocks stops the whole request."""

    code: str
    is_ok: bool
    is_blocking: bool
    message: str


@dataclass(frozen=True, slots=True)
class AccountChecks:
    """The checks of one account; `symbol` is the broker's own name, empty when there is none."""

    account_id: UUID
    login: int
    symbol: str
    checks: tuple[Check, ...]

    @property
    def is_clear(self) -> bool:
        """Whether nothing stands in the way."""
        return all(check.is_ok or not check.is_blocking for check in self.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """What is known of an account when an expert is to run on it."""

    id: UUID
    login: int
    has_agent: bool
    is_online: bool
    is_trade_allowed: bool
    is_enabled: bool
    is_killed: bool
    symbol: str
    symbol_problem: str
    same_magic: Sequence[str] = ()
    """Other experts that are not stopped, on the same symbol with the same magic number, by name."""
    foreign_positions: int = 0
    """Open positions with this magic number on the symbol, of no expert known here."""


def check_account(
    facts: AccountFacts, *, kind: ProjectKind, is_compiled: bool, expert: str, magic: int | None, free_magic: int
) -> AccountChecks:
    """All that must be so, looked at without changing anything."""
    others = ", ".join(facts.same_magic)
    checks = (
        _check(
            "compiled", is_compiled, "The version is compiled.", "The version is not compiled yet. Compile it first."
        ),
        _check(
            "is-expert",
            kind is ProjectKind.EXPERT,
            "It is an Expert Advisor.",
            f"It is of kind {kind.value}, and only Expert Advisors run by themselves. If it is one, say so in the "
            "project's settings.",
        ),
        _check(
            "expert-name",
            bool(_EXPERT.fullmatch(expert)),
            f"The terminal takes the name {expert}.",
            f'An expert that runs is not named "{expert}". Rename its main file: letters A to Z, digits, blanks and '
            ". + - _ alone.",
        ),
        _check(
            "account-online",
            facts.has_agent and facts.is_online,
            "The account is online.",
            "The account is offline. Start its agent and terminal."
            if facts.has_agent
            else "The account has no agent any more. Pair one on the machine where its terminal runs.",
        ),
        _check(
            "trade-permitted",
            facts.is_trade_allowed and facts.is_enabled,
            "Trading is permitted.",
            "The broker or the log-in does not permit trading (an investor password?)."
            if facts.is_enabled
            else "The account is not enabled for trading. Enable it on the accounts page.",
        ),
        _check(
            "not-killed",
            not facts.is_killed,
            "The kill switch is off.",
            "The account's kill switch is on. Lift it first.",
        ),
        _check("symbol-exists", bool(facts.symbol), f"The broker trades {facts.symbol}.", facts.symbol_problem),
        _check(
            "magic-free",
            not facts.same_magic,
            "No other expert uses this magic number on the symbol." if magic else "No magic number to compare.",
            f"{others} uses magic number {magic} on {facts.symbol} already. Choose another, {free_magic} is free.",
        ),
        _check(
            "magic-known",
            magic is not None,
            f"Its trades carry magic number {magic}.",
            "No magic number is known: its trades cannot be told from others, and limits cannot be watched.",
            blocks=False,
        ),
        _check(
            "no-foreign-positions",
            facts.foreign_positions == 0,
            "No open position carries this magic number yet.",
            f"{facts.foreign_positions} open positions carry this magic number already; the expert will treat them "
            "as its own.",
            blocks=False,
        ),
    )
    return AccountChecks(facts.id, facts.login, facts.symbol, checks)


def _check(code: str, is_ok: bool, good: str, bad: str, *, blocks: bool = True) -> Check:  # noqa: FBT001
    return Check(code, is_ok, blocks, good if is_ok else bad)


@dataclass(frozen=True, slots=True)
class DeploymentResult:
    """What an expert's trades have come to since it was deployed, as the terminal reports them, account currency."""

    open_positions: int
    open_lots: Decimal
    floating: Decimal
    closed_trades: int
    closed_result: Decimal
    won: int
    gross_profit: Decimal
    gross_loss: Decimal
    per_bid: float = 0.0
    """How much `floating` changes when the bid rises by 1: by the positions that were bought; 0 when not known."""
    per_ask: float = 0.0
    floating_base: float = 0.0
    """`floating` is this plus `per_bid` times the bid plus `per_ask` times the ask."""

    @property
    def win_rate(self) -> float | None:
        """Share of closed trades that won; None without any."""
        return self.won / self.closed_trades if self.closed_trades else None

    @property
    def profit_factor(self) -> float | None:
        """Gross profit over gross loss; None while nothing was lost."""
        return float(self.gross_profit / -self.gross_loss) if self.gross_loss else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentFilter:
    """Which deployments to list; None and False ask for nothing."""

    project_id: UUID | None = None
    account_id: UUID | None = None
    group_id: UUID | None = None
    desired: Desired | None = None
    is_unsettled: bool = False
    """Only those where what is, is not what is wanted."""


@dataclass(frozen=True, slots=True)
class DeploymentInfo:
    """An expert on an account: what is wanted, what is, and since when that is proven."""

    id: UUID
    group_id: UUID
    project_id: UUID
    project_name: str
    version_id: UUID
    version_number: int
    actual_version_id: UUID | None
    """The version last proven to run; None when nothing was proven yet, and when it was proven to be off."""
    actual_number: int | None
    account_id: UUID
    account_login: int
    account_server: str
    currency: str
    agent_name: str
    is_agent_online: bool
    expert: str
    sha256: str
    symbol: str
    timeframe: str
    magic: int | None
    inputs: dict[str, Any]
    limits: Limits
    desired: Desired
    actual: str
    code: str
    detail: str
    may_trade: bool | None
    proven_at: datetime | None
    job_id: UUID | None
    job_status: str | None
    created_at: datetime
    changed_at: datetime
    result: DeploymentResult

    @property
    def is_settled(self) -> bool:
        """Whether what is, is what is wanted. Of what is off no version runs that could be another one."""
        is_version = self.desired is not Desired.RUNNING or self.actual_version_id in {None, self.version_id}
        return self.actual == self.desired and is_version


@dataclass(frozen=True, slots=True)
class DeploymentEvent:
    """Who asked for what, or what became of it."""

    id: UUID
    deployment_id: UUID
    kind: str
    actor_name: str
    data: dict[str, Any]
    at: datetime
