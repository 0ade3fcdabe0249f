"""What the answers of `order_send` mean for us. Codes decide, never texts: brokers write their own."""

from __future__ import annotations

from typing import Final

from agent.terminal.gateway import SendClass

DONE: Final = 10009
PARTIAL: Final = 10010
PLACED: Final = 10008
NO_CHANGES: Final = 10025
INVALID_FILL: Final = 10030

_NEW_PRICE: Final = frozenset({10004, 10020, 10021})
_UNCERTAIN: Final = frozenset({10011, 10012, 10028, 10031})
"""Processing error, timeout, locked, no connection: the server may have executed the request all the same."""
_REFUSED: Final = frozenset(
    {10006, 10007, 10013, 10014, 10015, 10016, 10017, 10018, 10019, 10022, 10023, 10024, 10025, 10026, 10027, 10029}
    | {10030, 10032, 10033, 10034, 10035, 10036, 10038, 10039, 10040, 10041, 10042, 10043, 10044, 10045, 10046}
)
_NEVER_LEFT: Final = frozenset({-2, -8, -10003, -10004})
"""last_error codes that prove a request never left: refused arguments, Python trading off, no connection."""


def send_class(retcode: int) -> SendClass:
    """The class of a return code; a code nobody has told us about is treated as uncertain."""
    if retcode == DONE:
        return SendClass.DONE
    if retcode == PARTIAL:
        return SendClass.PARTIAL
    if retcode == PLACED:
        return SendClass.PLACED
    if retcode in _NEW_PRICE:
        return SendClass.NEW_PRICE
    if retcode in _REFUSED:
        return SendClass.REFUSED
    return SendClass.UNKNOWN


def unanswered_class(error_code: int) -> SendClass:
    """What it means that `order_send` returned None, by the code of `last_error`."""
    return SendClass.NOT_SENT if error_code in _NEVER_LEFT else SendClass.UNKNOWN
