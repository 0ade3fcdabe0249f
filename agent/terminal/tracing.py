"""Which rows of the terminal are the traces of one job: reconciliation after a crash stands on this."""

from __future__ import annotations

from typing import Final

from agent.terminal.gateway import Deal, OpenPosition, PendingOrder

_SHORTEST_CUT: Final = 20
"""A comment cut by the broker still names its job if at least so much of the tag is left."""
_TAG_PREFIX: Final = 3
_BY_SERVER: Final = frozenset({4, 5, 6, 7, 8, 9})
"""Reasons of deals nobody sent: SL, TP, stop-out, roll-over, variation margin, split."""


def belongs_by_tag(comment: str, tag: str) -> bool:
    """Whether a comment carries the tag: whole, with something the broker added, or cut at its end."""
    if not tag or not comment:
        return False
    return tag in comment or (len(comment) >= _SHORTEST_CUT and tag.startswith(comment))


def belongs_by_magic(row: OpenPosition | PendingOrder | Deal, magic: int, tag: str, reason: int = 0) -> bool:
    """Whether a row may be the job's although its comment was replaced: same magic, and no other job's tag in it.

    Another job of the same strategy shares the magic number; its comment has our tags' form, and so rules it out.
    """
    if not magic or row.magic != magic or reason in _BY_SERVER:
        return False
    return not _is_tag_of_ours(row.comment, tag)


def _is_tag_of_ours(comment: str, tag: str) -> bool:
    return bool(tag) and len(comment) == len(tag) and comment[:_TAG_PREFIX] == tag[:_TAG_PREFIX]
