"""What staff may switch for the whole installation."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.errors import InvalidInput

MOST_TOKENS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Features:
    """The switches as they stand; each name is a row in the database once it was changed."""

    is_registration_open: bool = True
    llm_daily_tokens: int = 0
    """How many of a language model's tokens one person may use in a day (UTC); 0 is none."""


def check_features(wanted: Features) -> Features:
    """The features, or InvalidInput naming the one out of range."""
    if not 0 <= wanted.llm_daily_tokens <= MOST_TOKENS:
        raise InvalidInput(f"Use 0 to {MOST_TOKENS:,} tokens.", field="llm_daily_tokens")
    return wanted
