"""Tests of experts in MetaTrader's Strategy Tester: what is asked, what the report says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

from forex_elite.errors import InvalidInput

LONGEST = timedelta(days=366 * 10)
MAX_DEPOSIT = 1e9
MAX_LEVERAGE = 5000


class Model(IntEnum):
    """How the tester makes ticks, by MetaTrader's own numbers."""

    EVERY_TICK = 0
    MINUTE_BARS = 1
    OPEN_PRICES = 2
    REAL_TICKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestTerms:
    """The days to test over (broker's calendar, the last one excluded), the account to start with, the model of ticks.

    `deposit` in `currency`; `leverage` 100 stands for 1:100.
    """

    from_date: date
    to_date: date
    deposit: float
    currency: str
    leverage: int = 100
    model: Model = Model.MINUTE_BARS

    def __post_init__(self) -> None:
        if self.from_date >= self.to_date:
            raise InvalidInput("The test must end after the day it begins.", field="to_date")
        if self.to_date - self.from_date > LONGEST:
            raise InvalidInput("Test at most ten years at once.", field="from_date")
        if not (math.isfinite(self.deposit) and 0 < self.deposit <= MAX_DEPOSIT):
            raise InvalidInput(f"Use a deposit above 0 and at most {MAX_DEPOSIT:,.0f}.", field="deposit")
        if not 1 <= self.leverage <= MAX_LEVERAGE:
            raise InvalidInput(f"Use a leverage from 1 to {MAX_LEVERAGE}.", field="leverage")

    def written(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            **asdict(self),
            "from_date": f"{self.from_date}",
            "to_date": f"{self.to_date}",
            "model": int(self.model),
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> BacktestTerms:
        """From what `written` wrote."""
        return cls(
            from_date=date.fromisoformat(stored["from_date"]),
            to_date=date.fromisoformat(stored["to_date"]),
            deposit=stored["deposit"],
            currency=stored["currency"],
            leverage=stored["leverage"],
            model=Model(stored["model"]),
        )


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """What the tester's report says: figures and words by their names in it, and the balance after each deal.

    The times of the curve are the broker's clock, as the report prints them.
    """

    figures: dict[str, float] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    curve: list[dict[str, Any]] = field(default_factory=list)
    deals: int = 0
    took_s: float = 0.0


@dataclass(frozen=True, slots=True)
class BacktestInfo:
    """One test of what was deployed then. `status` is `pending`, `running`, `completed` or `failed`."""

    id: UUID
    deployment_id: UUID
    version_id: UUID
    version_number: int
    job_id: UUID | None
    symbol: str
    timeframe: str
    inputs: dict[str, Any]
    terms: BacktestTerms
    status: str
    code: str
    reason: str
    report: BacktestReport | None
    has_file: bool
    created_at: datetime
    finished_at: datetime | None
