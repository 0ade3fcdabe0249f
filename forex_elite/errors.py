"""What can go wrong, as facts with a stable code. Leaf errors live beside the code that raises them."""

from __future__ import annotations

from typing import ClassVar, Literal


class ForexEliteError(Exception):
    """A refusal or a fault with a stable code; the message is written for the person who asked."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    severity: ClassVar[Literal["expected", "fault"]] = "fault"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class Refused(ForexEliteError):
    """Something expected that the caller can put right."""

    code = "refused"
    status = 422
    severity = "expected"


class InvalidInput(Refused):
    """A value has the wrong form; `field` in the details names it and the message says what is accepted."""

    code = "invalid-input"
    status = 422


class NotFound(Refused):
    """There is no such thing, or it belongs to somebody else: the two are not told apart on purpose."""

    code = "not-found"
    status = 404


class NotAllowed(Refused):
    """The role of the caller does not permit this."""

    code = "not-allowed"
    status = 403


class NotSignedIn(Refused):
    """No valid proof of identity came with the request; log in again."""

    code = "not-signed-in"
    status = 401


class Conflict(Refused):
    """The thing has changed since it was read, or its state does not permit this; reload and try again."""

    code = "conflict"
    status = 409


class TooManyRequests(Refused):
    """Slow down; `retry_after_s` in the details says for how long."""

    code = "too-many-requests"
    status = 429


class DatabaseUnavailable(ForexEliteError):
    """PostgreSQL did not answer after three tries; nothing was stored, try again in a few seconds."""

    code = "database-unavailable"
    status = 503
