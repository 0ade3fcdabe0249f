"""Why a job about experts did not succeed."""

from __future__ import annotations

from typing import Any


class JobFailed(Exception):
    """The job ended without success: a stable code, words for the trader, and what there is to show."""

    def __init__(self, code: str, message: str, result: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.result = result
