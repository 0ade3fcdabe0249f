"""The package's argument checks: what its C code refuses before anything reaches the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from agent.simulator.orders import EMPTY_REQUEST
from agent.simulator.structures import TradeRequest

SUCCESS: Final = (1, "Success")
INVALID_PARAMS: Final = -2
MAX_TEXT_UNITS: Final = 29
"""Longest symbol or comment of a request, in UTF-16 units."""

ERROR_TEXTS: Final = {
    -1: "Terminal: Call failed",
    -2: "Terminal: Invalid params",
    -3: "Terminal: Out of memory",
    -4: "Terminal: Not found",
    -5: "Terminal: Incompatible versions, please install the latest version of Terminal and Python module",
    -6: "Terminal: Authorization failed",
    -7: "Terminal: Unsupported function",
    -8: "Auto-Trading using Python API disabled in Terminal",
    -10000: "IPC call failed",
    -10001: "IPC send failed",
    -10002: "IPC recv failed",
    -10003: "IPC initialize failed",
    -10004: "No IPC connection",
    -10005: "IPC timeout",
}

_UINT32: Final = (1 << 32) - 1
_UINT64: Final = (1 << 64) - 1
_INT64: Final = (1 << 63) - 1
_INT_LIMITS: Final = {
    "action": _UINT32,
    "magic": _UINT64,
    "order": _UINT64,
    "deviation": _UINT64,
    "type": _UINT32,
    "type_filling": _UINT32,
    "type_time": _UINT32,
    "expiration": _INT64,
    "position": _UINT64,
    "position_by": _UINT64,
}
_FLOATS: Final = ("volume", "price", "stoplimit", "sl", "tp")
_TEXTS: Final = ("symbol", "comment")


class CallFailed(Exception):
    """A call that ends with None or False, and what `last_error` then says."""

    def __init__(self, code: int, text: str | None = None) -> None:
        super().__init__(code, text)
        self.error = (code, ERROR_TEXTS.get(code, "") if text is None else text)


def invalid(name: str) -> CallFailed:
    """The refusal of one argument."""
    return CallFailed(INVALID_PARAMS, f'Invalid "{name}" argument')


def unnamed_refused() -> CallFailed:
    """The refusal of positional arguments."""
    return CallFailed(INVALID_PARAMS, "Unnamed arguments not allowed")


def trade_request(args: tuple[Any, ...], kwargs: dict[str, Any] | None) -> TradeRequest:
    """The request of `order_send(request)` or `order_send(**request)`, checked key by key; unknown keys are ignored.

    Where a keyword object was passed at all, even an empty one, positional arguments are refused.
    """
    if kwargs is not None:
        if args:
            raise unnamed_refused()
        given: object = kwargs
    elif len(args) == 1:
        given = args[0]
    else:
        raise CallFailed(INVALID_PARAMS, "Invalid number of arguments")
    if not isinstance(given, dict):
        raise invalid("request")
    fields: dict[str, Any] = {
        name: whole_number(given, name, limit) for name, limit in _INT_LIMITS.items() if name in given
    }
    fields |= {name: _real_float(given[name], name) for name in _FLOATS if name in given}
    fields |= {name: short_text(given[name], name) for name in _TEXTS if name in given}
    return EMPTY_REQUEST._replace(**fields)


def _real_float(value: object, name: str) -> float:
    """A Python float; an int is refused, whatever its value."""
    if not isinstance(value, float):
        raise invalid(name)
    return float(value)


def whole_number(given: Mapping[str, Any], name: str, limit: int = _UINT64) -> int:
    """A Python int (no numpy int, no str) from 0 to `limit`."""
    value = given[name]
    if not isinstance(value, int) or not 0 <= value <= limit:
        raise invalid(name)
    return int(value)


def short_text(value: object, name: str) -> str:
    """A str of at most 29 UTF-16 units."""
    if not isinstance(value, str) or len(value.encode("utf-16-le", "surrogatepass")) // 2 > MAX_TEXT_UNITS:
        raise invalid(name)
    return value


def text(value: object, name: str) -> str:
    """A str of any length."""
    if not isinstance(value, str):
        raise invalid(name)
    return value


def moment(value: object, name: str) -> float:
    """Seconds of the epoch from a datetime (a naive one is read in the machine's own zone) or any number."""
    if isinstance(value, datetime):
        return value.timestamp()
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise invalid(name) from None


def c_int(value: object) -> int:
    """What the `i` of a C format takes: anything that counts as an index; a float or str is a TypeError."""
    if isinstance(value, int):
        return value
    index = getattr(value, "__index__", None)
    if index is None:
        raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
    return int(index())


def c_float(value: object) -> float:
    """What the `d` of a C format takes: any real number."""
    if isinstance(value, str):
        raise TypeError("must be real number, not str")
    return float(value)  # type: ignore[arg-type]


def matches_group(name: str, group: str) -> bool:
    """Whether a symbol passes a filter such as `*USD*,!*EUR*`; its conditions are applied left to right."""
    is_in = False
    for part in group.split(","):
        condition = part.strip()
        is_exclusion = condition.startswith("!")
        if _like(name, condition.lstrip("!")):
            is_in = not is_exclusion
    return is_in


def _like(name: str, pattern: str) -> bool:
    """`*` stands for anything, nothing else is special."""
    pieces = pattern.split("*")
    if len(pieces) == 1:
        return name == pattern
    first, *middle, last = pieces
    if not (name.startswith(first) and name.endswith(last) and len(name) >= len(first) + len(last)):
        return False
    rest = name[len(first) : len(name) - len(last)]
    for piece in middle:
        before, found, rest = rest.partition(piece)
        if piece and not found:
            return False
        rest = rest if piece else before
    return True
