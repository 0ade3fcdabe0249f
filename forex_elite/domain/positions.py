"""What may be done with an open position: closing it wholly, in part, or by another one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from forex_elite.errors import Conflict, InvalidInput

HEDGING = 2
"""MetaTrader's ACCOUNT_MARGIN_MODE_RETAIL_HEDGING: several positions of one symbol, on both sides."""


class PositionClosed(Conflict):
    """The position is closed already; reload the list."""

    code = "position-closed"


class CloseUnderWay(Conflict):
    """The whole position is being closed already; wait for the answer before asking for a part of it."""

    code = "close-under-way"


class NoAgent(Conflict):
    """No agent works for this account, so nobody could carry the order out; assign one on the accounts page."""

    code = "no-agent"


class CannotCloseBy(Conflict):
    """Only two opposite positions of one symbol on a hedging account can be closed by each other."""

    code = "cannot-close-by"


class ResultFilter(StrEnum):
    """Which positions a bulk close means, by their result (profit and swap)."""

    ALL = "all"
    PROFITABLE = "profitable"
    LOSING = "losing"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPosition:
    """A position as an order about it needs it; `volume_min` and `volume_step` None while its symbol is unknown."""

    id: UUID
    account_id: UUID
    agent_id: UUID | None
    login: int
    margin_mode: int
    ticket: int
    symbol: str
    side: str
    volume: Decimal
    result: Decimal
    is_closed: bool
    volume_min: Decimal | None = None
    volume_step: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FloatingGroup:
    """Open positions that move with one price: their result is `base + per_price * price`, in `currency`.

    `quote` says which price (bid or ask) the positions would be closed at; `reported` is the terminals' own figure.
    """

    currency: str
    symbol: str
    quote: str
    count: int
    reported: Decimal
    base: Decimal
    per_price: Decimal


def check_open(position: OpenPosition) -> UUID:
    """The agent that can carry out an order about the position; raises PositionClosed or NoAgent."""
    if position.is_closed:
        raise PositionClosed(f"Position {position.ticket} is closed already.")
    if position.agent_id is None:
        raise NoAgent(f"Account {position.login} has no agent that could send the order.")
    return position.agent_id


def lots_to_close(
    position: OpenPosition, *, volume_lots: float | None = None, percent: float | None = None
) -> Decimal | None:
    """How much of a position to close, in whole volume steps, never more than asked; None for all of it.

    Raises InvalidInput for volumes the broker cannot take, with what it would take.
    """
    if volume_lots is not None and percent is not None:
        raise InvalidInput("Give a volume or a percentage, not both.", field="percent")
    if volume_lots is None and percent is None:
        return None
    field = "volume_lots" if volume_lots is not None else "percent"
    asked = _asked(position, volume_lots, percent)
    if asked == position.volume:
        return None
    if position.volume_step is None or position.volume_min is None:
        raise InvalidInput("The volume steps of this symbol are not known yet; close the whole position.", field=field)
    lots = (asked / position.volume_step).quantize(Decimal(1), rounding=ROUND_DOWN) * position.volume_step
    if lots < position.volume_min:
        raise InvalidInput(
            f"{asked.normalize():f} lots are less than the broker's smallest volume of "
            f"{position.volume_min.normalize():f} lots.",
            field=field,
        )
    if volume_lots is not None and lots != asked:
        raise InvalidInput(f"Use whole steps of {position.volume_step.normalize():f} lots.", field=field)
    return lots


def _asked(position: OpenPosition, volume_lots: float | None, percent: float | None) -> Decimal:
    if volume_lots is not None:
        if not math.isfinite(volume_lots) or volume_lots <= 0:
            raise InvalidInput("The volume must be above 0.", field="volume_lots")
        lots = Decimal(repr(float(volume_lots)))
        if lots > position.volume:
            raise InvalidInput(f"Only {position.volume.normalize():f} lots are open.", field="volume_lots")
        return lots
    assert percent is not None, "one of the two was given"
    if not math.isfinite(percent) or not 0 < percent <= 100:  # noqa: PLR2004
        raise InvalidInput("The percentage must be above 0 and at most 100.", field="percent")
    return position.volume * Decimal(repr(float(percent))) / 100


def check_pair(position: OpenPosition, other: OpenPosition) -> None:
    """Raise CannotCloseBy unless the two can be closed by each other."""
    if position.account_id != other.account_id:
        raise CannotCloseBy("The two positions are on different accounts.")
    if position.margin_mode != HEDGING:
        raise CannotCloseBy(f"Account {position.login} nets its positions; only hedging accounts hold opposite ones.")
    if position.symbol != other.symbol or position.side == other.side:
        raise CannotCloseBy("Only a buy and a sell of the same symbol can be closed by each other.")


def has_result(result: Decimal, which: ResultFilter) -> bool:
    """Whether a result is meant by the filter; zero is neither profitable nor losing."""
    match which:
        case ResultFilter.ALL:
            return True
        case ResultFilter.PROFITABLE:
            return result > 0
        case ResultFilter.LOSING:
            return result < 0


def find_under_way(
    instruction: dict[str, Any], under_way: list[tuple[UUID, dict[str, Any]]], *, is_partial: bool = False
) -> UUID | None:
    """The job in flight that does already what `instruction` asks for; None when it must be queued.

    Raises CloseUnderWay for a part of a position whose whole is being closed.
    """
    for job_id, known in under_way:
        if _said(known) == _said(instruction):
            return job_id
    ticket = instruction.get("ticket")
    if instruction["do"] != "close" or ticket is None:
        return None
    for job_id, known in under_way:
        is_of_all = known["do"] == "flatten" or (known["do"] == "close_many" and known.get("which", "all") == "all")
        is_whole = known["do"] == "close" and known.get("volume_lots") is None and known.get("percent", 100) == 100  # noqa: PLR2004
        if (is_whole and known.get("ticket") == ticket) or (
            is_of_all and (known["do"] == "flatten" or ticket in known.get("tickets", ()))
        ):
            if is_partial:
                raise CloseUnderWay("The whole position is being closed already.")
            return job_id
    return None


def _said(instruction: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in instruction.items() if value not in (None, False)}
