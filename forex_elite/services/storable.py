"""What agents send, made into what PostgreSQL can hold, where losing the message would be worse than a changed mark."""

from __future__ import annotations

from typing import Any

REPLACEMENT = "\ufffd"
MAX_DEPTH = 32
_LARGEST = 2**63


def text(value: str) -> str:
    """The text without NUL and lone surrogates, which neither PostgreSQL nor UTF-8 can hold."""
    return value.replace("\x00", REPLACEMENT).encode("utf-8", "replace").decode()


def document(value: Any, depth: int = 0) -> Any:
    """A JSON document with texts as `text` makes them, whole numbers beyond 64 bits as texts, cut off at 32 levels."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        return str(value)
    if isinstance(value, dict | list) and depth >= MAX_DEPTH:
        return REPLACEMENT
    if isinstance(value, dict):
        return {text(str(name)): document(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [document(one, depth + 1) for one in value]
    return value
