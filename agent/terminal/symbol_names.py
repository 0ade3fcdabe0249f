"""From a signal's symbol to the broker's: explicit map, else exact, else the only tradable twin. Never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

FULL_TRADING: Final = 4
_CURRENCY_LENGTH: Final = 3
_PAIR_LENGTH: Final = 6


class SymbolLike(Protocol):
    """What resolution needs to know of a broker's symbol (`SymbolInfo` has it)."""

    @property
    def name(self) -> str: ...
    @property
    def trade_mode(self) -> int: ...
    @property
    def currency_base(self) -> str: ...
    @property
    def currency_profit(self) -> str: ...


class SymbolUnresolved(Exception):
    """No broker symbol, or more than one, answers to the name; an entry in the symbol map settles it."""


def plain(name: str) -> str:
    """A signal's symbol without its exchange: `OANDA:EURUSD` is `EURUSD`."""
    return name.rpartition(":")[2].strip()


def resolve(name: str, symbols: Iterable[SymbolLike], mapping: Mapping[str, str]) -> str:
    """The broker's tradable symbol for `name`; raises SymbolUnresolved with the reason in words."""
    wanted = plain(name)
    by_name = {each.name: each for each in symbols}
    mapped = mapping.get(name) or mapping.get(wanted)
    if mapped:
        if mapped not in by_name:
            raise SymbolUnresolved(f"the symbol map sends {wanted} to {mapped}, which this broker does not have")
        return mapped
    exact = by_name.get(wanted) or by_name.get(wanted.upper())
    if exact is not None and exact.trade_mode == FULL_TRADING:
        return exact.name
    twins = [each.name for each in by_name.values() if each.trade_mode == FULL_TRADING and _is_twin(each, wanted)]
    if len(twins) == 1:
        return twins[0]
    if twins:
        raise SymbolUnresolved(f"{wanted} could be {', '.join(sorted(twins))}: say which one in the symbol map")
    if exact is not None:
        raise SymbolUnresolved(f"{exact.name} cannot be traded freely on this account, and no other symbol matches it")
    raise SymbolUnresolved(f"this broker has no symbol for {wanted}")


def _is_twin(symbol: SymbolLike, wanted: str) -> bool:
    """A suffixed form of the same instrument: the name goes on after the wanted one, and the pair is the same."""
    upper = wanted.upper()
    if len(symbol.name) <= len(wanted) or not symbol.name.upper().startswith(upper):
        return False
    if len(upper) != _PAIR_LENGTH or not upper.isalpha():
        return True
    return (symbol.currency_base.upper(), symbol.currency_profit.upper()) == (
        upper[:_CURRENCY_LENGTH],
        upper[_CURRENCY_LENGTH:],
    )
