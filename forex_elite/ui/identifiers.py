"""Ids as the browser names them: claims, to be read before anything is asked for by them."""

from __future__ import annotations

from uuid import UUID

from forex_elite.errors import NotFound


def identifier(text: str, what: str) -> UUID:
    """The id of an account, a position … Raises NotFound for what is none."""
    try:
        return UUID(text)
    except ValueError as malformed:
        raise NotFound(f"There is no such {what}.") from malformed
