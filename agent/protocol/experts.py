"""Expert Advisors: compiling, deploying, running and testing them, and what the agent tells of them.

Jobs `compile`, `deploy`, `run`, `pause`, `stop` and `backtest` carry these as payload and result. Files travel by their
SHA-256 through `GET/PUT …/artifacts/{sha256}`, byte for byte.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, FiniteFloat, model_validator

from agent.protocol.message import Message, NotNegative, Positive, SymbolName, Text

MAX_ARTIFACT: int = 8 * 1024 * 1024
"""Largest file that travels, bytes; a compiled expert is seldom larger than one megabyte."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FilePath = Annotated[str, Field(min_length=1, max_length=200)]
"""A relative path with `/` or `\\`; the agent checks it before it becomes a place on disk."""
ExpertName = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_ .+-]*$")]
"""A program's name as MetaTrader shows it: its file's name without `.ex5`."""
InputName = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
InputValue = (
    bool | int | FiniteFloat | Annotated[str, Field(max_length=2000, pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]*$")]
)
"""An enumeration's value is its number; a date is seconds since 1970; text must fit on one line."""
Inputs = Annotated[dict[InputName, InputValue], Field(max_length=1024)]
Timeframe = Literal[
    "M1", "M2", "M3", "M4", "M5", "M6", "M10", "M12", "M15", "M20", "M30",
    "H1", "H2", "H3", "H4", "H6", "H8", "H12", "D1", "W1", "MN1",
]  # fmt: skip


class ArtifactRef(Message):
    """A stored file by its content."""

    sha256: Sha256
    size: Annotated[int, Field(ge=0, le=MAX_ARTIFACT)]
    name: Annotated[str, Field(max_length=200)] = ""


class SourceFile(Message):
    """A source of a `compile` job: its bytes by SHA-256, or as text (then written as UTF-8 without a mark)."""

    path: FilePath
    sha256: Sha256 | None = None
    text: Annotated[str, Field(max_length=2_000_000)] | None = None

    @model_validator(mode="after")
    def _is_given_once(self) -> Self:
        if (self.sha256 is None) == (self.text is None):
            raise ValueError("a source is given by sha256 or by text")
        return self


class CompileRequest(Message):
    """Payload of `compile`. `main` is one of `files`; `includes` are found by `#include <…>` before the terminal's."""

    files: Annotated[list[SourceFile], Field(min_length=1, max_length=200)]
    main: FilePath
    includes: Annotated[list[SourceFile], Field(max_length=400)] = []


class CompileMessage(Message):
    """One finding of the compiler; `file` as the sources name it, or the place of an include."""

    file: Annotated[str, Field(max_length=400)]
    line: Annotated[int, Field(ge=0)]
    column: Annotated[int, Field(ge=0)]
    code: Annotated[str, Field(max_length=32)]
    severity: Literal["error", "warning", "information"]
    message: Text


class CompileOutcome(Message):
    """Result of `compile`, also of one that failed: then `messages` say why and there is no `ex5`."""

    messages: Annotated[list[CompileMessage], Field(max_length=1000)] = []
    errors: NotNegative = 0
    warnings: NotNegative = 0
    ex5: ArtifactRef | None = None
    log: ArtifactRef | None = None
    took_ms: NotNegative = 0


class DeploymentState(StrEnum):
    """What is wanted of a deployment. Paused: its chart stays, without the expert."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class Deployment(Message):
    """Payload of `deploy`, `run`, `pause` and `stop` with `"scope":"deployment"`: one expert on one chart.

    `magic` is what the expert marks its orders with; the value reaches the expert through `inputs`.
    """

    scope: Literal["deployment"] = "deployment"
    deployment_id: UUID
    expert: ExpertName
    sha256: Sha256
    symbol: SymbolName
    timeframe: Timeframe
    inputs: Inputs = {}
    magic: int | None = None


class DeploymentWish(Message):
    """What the server wants of one deployment, and the job that last said so (job ids sort by time)."""

    deployment: Deployment
    state: DeploymentState
    job_id: UUID
    login: int
    server: Annotated[str, Field(min_length=1, max_length=128)]


class DeploymentWishes(Message):
    """Answer to `GET …/deployments`: asked by an agent after its start, to put right what it lost."""

    items: list[DeploymentWish]


class DeploymentStatus(StrEnum):
    """What a deployment really does, by the proof the terminal gave."""

    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FAILED = "failed"


class DeploymentReport(Message):
    """Actual state of a deployment, in every heartbeat and as the result of `deploy`, `run`, `pause` and `stop`."""

    deployment_id: UUID
    status: DeploymentStatus
    code: Annotated[str, Field(max_length=64)] = ""
    detail: Text = ""
    way: Annotated[str, Field(max_length=16)] = ""
    """How it is attached: `bridge`, `profile` or `startup`."""
    may_trade: bool | None = None
    """Whether the terminal lets it trade; None while nobody can tell."""
    proven_at: AwareDatetime | None = None
    """When heartbeat or journal last proved it."""


class BacktestRequest(Message):
    """Payload of `backtest`: one pass of the Strategy Tester.

    `expert` is a path under `MQL5/Experts` without `.ex5`; with `sha256` that file is put there first.
    """

    expert: FilePath
    sha256: Sha256 | None = None
    symbol: SymbolName
    timeframe: Timeframe
    from_date: date
    to_date: date
    inputs: Inputs = {}
    deposit: Positive = 10_000
    currency: Annotated[str, Field(min_length=3, max_length=8, pattern=r"^[A-Za-z]+$")] = "USD"
    leverage: Annotated[int, Field(ge=1, le=5000)] = 100
    model: Annotated[int, Field(ge=0, le=4)] = 1
    """0 every tick, 1 one-minute bars, 2 open prices, 3 mathematics, 4 real ticks."""

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        if self.from_date >= self.to_date:
            raise ValueError("the test must end after it begins")
        return self


class BalancePoint(Message):
    """The balance after a deal of a test; `at` is the broker's clock, as the report prints it."""

    at: Annotated[str, Field(max_length=32)]
    balance: FiniteFloat


class BacktestOutcome(Message):
    """Result of `backtest`: the report's figures by their names in it, its balance curve, and the report itself."""

    figures: dict[str, FiniteFloat] = {}
    labels: dict[str, str] = {}
    """What the report says in words: expert, symbol, period, company, inputs."""
    curve: Annotated[list[BalancePoint], Field(max_length=5000)] = []
    deals: Annotated[int, Field(ge=0)] = 0
    report: ArtifactRef | None = None
    took_s: NotNegative = 0
