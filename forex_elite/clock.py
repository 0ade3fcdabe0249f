"""The one place where the program reads the wall clock, so that tests can step it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_shift = timedelta(0)


def now() -> datetime:
    """The present instant, timezone-aware UTC."""
    return datetime.now(UTC) + _shift


def shift(by: timedelta) -> None:
    """Move the clock of this process by `by` from real time (tests of expiry and clock jumps); zero puts it right."""
    global _shift  # noqa: PLW0603
    _shift = by


def iso(at: datetime) -> str:
    """ISO-8601 with milliseconds and a `Z`, as the HTTP contract writes every instant."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
