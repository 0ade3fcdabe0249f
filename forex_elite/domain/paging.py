"""Lists come in pages by cursor: the id of the last row seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows, newest first; `next_cursor` is None on the last page."""

    items: tuple[T, ...]
    next_cursor: str | None = None
    total: int | None = None
