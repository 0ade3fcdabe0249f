"""Programs written by a language model: what is asked, how it stands, what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

MAX_ROUNDS = 3
"""How often the front end's errors are handed back before we give up."""
MAX_PROMPT = 8_000
MAX_RUNNING = 2
"""How many a person may have under way at once."""


class Task(StrEnum):
    """What is asked of the model."""

    CREATE = "create"
    CHANGE = "change"
    EXPLAIN = "explain"
    FIX = "fix"


class GenerationStatus(StrEnum):
    """How a generation stands. Only `COMPLETED` made a version (or an explanation).

    `UNREPAIRED`: there was a program, with errors still in it after the last round; `UNUSABLE`: there was none.
    """

    RUNNING = "running"
    COMPLETED = "completed"
    UNREPAIRED = "unrepaired"
    UNUSABLE = "unusable"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    FAILED = "failed"


CHARGED = frozenset(
    {
        GenerationStatus.COMPLETED,
        GenerationStatus.UNREPAIRED,
        GenerationStatus.UNUSABLE,
        GenerationStatus.CANCELLED,
    }
)
"""Ends that count against a person's day: the endpoint answered. Unavailable and refused ones cost nothing."""


class EventKind(StrEnum):
    """A step of a generation, as its stream tells it."""

    STARTED = "started"
    ROUND = "round"
    REASONING = "reasoning"
    ANSWER = "answer"
    RETRY = "retry"
    USAGE = "usage"
    CHECK = "check"
    VERSION = "version"
    END = "end"


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in the operator's currency."""

    prompt: Decimal
    completion: Decimal

    def cost(self, prompt_tokens: int, completion_tokens: int) -> Decimal:
        """The cost of so many tokens."""
        return (self.prompt * prompt_tokens + self.completion * completion_tokens) / 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """A wish in plain words; `version_id` is what it is about, None for the draft."""

    task: Task
    prompt: str
    version_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """A generation with its end."""

    id: UUID
    project_id: UUID
    task: Task
    prompt: str
    base_version_id: UUID | None
    model: str
    status: GenerationStatus
    code: str
    message: str
    rounds: int
    version_id: UUID | None
    prompt_tokens: int
    completion_tokens: int
    charged_tokens: int
    cost: Decimal
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class GenerationEvent:
    """One step, numbered from 1."""

    seq: int
    kind: EventKind
    data: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Usage:
    """What a person has used today (UTC), and may."""

    is_available: bool
    model: str
    tokens: int
    daily_tokens: int
    cost: Decimal
    currency: str
    requests: int
