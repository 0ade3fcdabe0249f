"""Names of what is told on the bus. Every topic carries the person it is about, so that nobody hears of others."""

from __future__ import annotations

from uuid import UUID

AGENT_KEYS = "agent-keys"
"""An agent's key was rotated, or the agent deleted; tells the worker processes, nobody else."""

SYSTEM_LOGS = "system-logs"
"""A line was stored, of anybody's: for staff alone."""


OUTBOX = "outbox"
"""A notification waits to be sent; tells the leading worker, nobody else."""

FILES = "files"
"""A file waits to be made; tells the leading worker, nobody else."""


def jobs_for(agent_id: UUID) -> str:
    """A job became claimable for this agent."""
    return f"agent-jobs:{agent_id}"


def session_ended(session_id: UUID) -> str:
    """The session was revoked."""
    return f"session-ended:{session_id}"


def of_person(user_id: UUID, name: str) -> str:
    """What the browser calls `name` (`signals`, `jobs`, `agents`, `trades`, `account:<id>`) for this person."""
    return f"person:{user_id}:{name}"


def price(user_id: UUID, symbol: str) -> str:
    """The newest price of a symbol from this person's agents."""
    return f"person:{user_id}:prices:{symbol}"


def generation_ended(generation_id: UUID) -> str:
    """A generation was ended; tells the worker that is at it to stop."""
    return f"generation-ended:{generation_id}"
