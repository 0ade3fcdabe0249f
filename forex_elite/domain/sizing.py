"""How many lots: from a fixed volume or from the money that may be lost at the stop. Never rounded up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from forex_elite.domain.levels import exact, is_amount, plain
from forex_elite.domain.trading import SizingMode, SymbolSpec
from forex_elite.errors import Refused

_DOWN = Context(prec=50, rounding=ROUND_FLOOR)
_UP = Context(prec=50, rounding=ROUND_CEILING)
MAX_DIGITS = 10


class SizingImpossible(Refused):
    """A figure the volume depends on is missing or absurd (balance, tick value, step …); nothing is guessed."""

    code = "sizing-impossible"


class StopMissing(Refused):
    """Sizing by risk needs a stop loss; add one to the alert or give the strategy a default stop."""

    code = "stop-missing"


class SizeBelowMinimum(Refused):
    """The volume that fits the risk is smaller than the broker trades; allow more risk or set a nearer stop."""

    code = "size-below-minimum"


class SizeAboveMaximum(Refused):
    """The volume asked for is larger than the limit allows; raise the limit or ask for less."""

    code = "max-lots"


@dataclass(frozen=True, slots=True)
class Sizing:
    """What decides the volume: lots, account money, or percent of balance or equity, by `mode`."""

    mode: SizingMode
    value: float


@dataclass(frozen=True, slots=True)
class Sized:
    """A volume the broker takes. `loss_at_stop` is account money, without commission and swap; None without a stop."""

    volume_lots: float
    loss_at_stop: float | None = None
    is_capped: bool = False


def check_spec(spec: SymbolSpec) -> None:
    """Refuse a symbol whose specification cannot be computed with."""
    amounts = {
        "point": spec.point,
        "tick size": spec.tick_size,
        "tick value": spec.tick_value,
        "smallest volume": spec.volume_min,
        "largest volume": spec.volume_max,
        "volume step": spec.volume_step,
    }
    wrong = [f"{name} {value}" for name, value in amounts.items() if not is_amount(value)]
    if (
        wrong
        or not 0 <= spec.digits <= MAX_DIGITS
        or not (spec.stops_level_points == 0 or is_amount(spec.stops_level_points))
    ):
        raise SizingImpossible(f"{spec.name}: the broker's specification is unusable ({', '.join(wrong) or 'digits'})")


def snap_down(volume: Decimal, spec: SymbolSpec) -> Decimal:
    """The largest multiple of the broker's step that is not above `volume`."""
    step = exact(spec.volume_step)
    return _DOWN.multiply((_DOWN.divide(volume, step)).to_integral_value(ROUND_FLOOR), step)


def loss_per_lot(spec: SymbolSpec, distance: Decimal) -> Decimal:
    """Account money one lot loses over `distance`: ticks * tick value (MQL5 reference, SYMBOL_TRADE_TICK_VALUE).

    A broken tick counts whole, because the terminal may round the stop to the farther one.
    """
    ticks = _UP.divide(distance, exact(spec.tick_size)).to_integral_value(ROUND_CEILING)
    return _UP.multiply(ticks, exact(spec.tick_value))


def size_fixed(volume_lots: float, spec: SymbolSpec, max_lots: float | None, distance: Decimal | None = None) -> Sized:
    """A volume that was asked for as such: snapped down to the step, refused above the limit, never cut to it."""
    check_spec(spec)
    if not is_amount(volume_lots):
        raise SizingImpossible(f"Volume must be a number above zero, not {volume_lots}")
    most, whose = _most(spec, max_lots)
    asked = exact(volume_lots)
    if asked > most:
        raise SizeAboveMaximum(f"Max lots: {_lots(asked)} asked, {_lots(most)} allowed{whose}")
    volume = _at_least_minimum(snap_down(asked, spec), spec, f"{plain(asked)} lots asked")
    return Sized(float(volume), None if distance is None else float(volume * loss_per_lot(spec, distance)))


def size_by_risk(money: float, distance: Decimal, spec: SymbolSpec, max_lots: float | None) -> Sized:
    """The largest volume that loses at most `money` over `distance`, cut down to the limit if that is lower."""
    check_spec(spec)
    if not is_amount(money):
        raise SizingImpossible(f"Money at risk must be above zero, not {money}")
    per_lot = loss_per_lot(spec, distance)
    if per_lot <= 0:
        raise SizingImpossible("The stop distance is zero")
    most, _whose = _most(spec, max_lots)
    wanted = _DOWN.divide(exact(money), per_lot)
    volume = snap_down(min(wanted, most), spec)
    _at_least_minimum(volume, spec, f"{money:.2f} at risk over {plain(distance)} makes {_lots(wanted, 4)} lots")
    return Sized(float(volume), float(volume * per_lot), is_capped=wanted > most)


def halved(sized: Sized, spec: SymbolSpec) -> Sized:
    """Half the volume, snapped down; SizeBelowMinimum when the broker trades no such volume."""
    volume = snap_down(exact(sized.volume_lots) / 2, spec)
    _at_least_minimum(volume, spec, f"half of {plain(sized.volume_lots)} lots (safety mode orange)")
    loss = sized.loss_at_stop
    share = float(volume / exact(sized.volume_lots))
    return Sized(float(volume), None if loss is None else loss * share, is_capped=sized.is_capped)


def money_at_risk(sizing: Sizing, balance: float, equity: float) -> float:
    """Account money a sizing by risk may lose at the stop; `SizingImpossible` if its base is not above zero."""
    if not is_amount(sizing.value):
        raise SizingImpossible(f"Risk must be a number above zero, not {sizing.value}")
    if sizing.mode is SizingMode.MONEY_AT_RISK:
        return sizing.value
    name, base = ("balance", balance) if sizing.mode is SizingMode.PERCENT_BALANCE else ("equity", equity)
    if not is_amount(base):
        raise SizingImpossible(f"The account's {name} is {base:.2f}; a share of it cannot be risked")
    return float(exact(base) * exact(sizing.value) / 100)


def _most(spec: SymbolSpec, max_lots: float | None) -> tuple[Decimal, str]:
    broker = exact(spec.volume_max)
    if max_lots is None:
        return broker, " by the broker"
    if not is_amount(max_lots):
        raise SizingImpossible(f"The limit of lots must be above zero, not {max_lots}")
    return (exact(max_lots), "") if exact(max_lots) <= broker else (broker, " by the broker")


def _at_least_minimum(volume: Decimal, spec: SymbolSpec, why: str) -> Decimal:
    if volume < exact(spec.volume_min) or volume <= 0:
        raise SizeBelowMinimum(f"{why}; {spec.name} trades from {plain(spec.volume_min)}")
    return volume


def _lots(volume: Decimal, places: int = 2) -> str:
    shown = f"{volume:.{places}f}"
    return shown if Decimal(shown) == volume or places > 2 else plain(volume)  # noqa: PLR2004
