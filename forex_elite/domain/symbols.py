"""From the ticker of an alert to the broker's own symbol, without ever guessing between two."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from forex_elite.domain.trading import SymbolSpec
from forex_elite.errors import Refused

_METALS = {"GOLD": "XAUUSD", "SILVER": "XAGUSD"}
"""Trade names of metals against the dollar; believed only of symbols that are quoted in dollars."""

_INDEX_NAMES = (
    ("US30", "DJ30", "WS30", "USA30", "DOW30", "DJI30"),
    ("US500", "SPX500", "SP500", "USA500"),
    ("US100", "NAS100", "USTEC", "USTEC100", "USTECH100", "NDX100", "USA100"),
    ("US2000", "RUSSELL2000", "RUS2000"),
    ("DE40", "GER40", "DAX40"),
    ("UK100", "FTSE100"),
    ("FR40", "FRA40", "CAC40"),
    ("EU50", "EUSTX50", "STOXX50", "EUR50"),
    ("JP225", "JPN225", "NI225", "NIKKEI225"),
    ("HK50", "HK33", "HSI50"),
    ("AU200", "AUS200"),
)
"""Names of the same index with the same scale. Oil is left out: spot and future share names and differ in price."""

_ALIASES = {name: names[0] for names in _INDEX_NAMES for name in names}
_PAIR = re.compile(r"[A-Z]{6}")
_ROOT = re.compile(r"[#.!_]*([A-Z0-9]+)")
_SUFFIX = re.compile(r"(?<=[A-Z0-9]{3})[a-z]{1,5}$")
_SUGGESTIONS = 4


class SymbolUnknown(Refused):
    """The account's broker offers no such symbol; map the ticker to the broker's name on the account page."""

    code = "symbol-unknown"


class SymbolAmbiguous(Refused):
    """Several of the broker's symbols could be meant; map the ticker to one of them on the account page."""

    code = "symbol-ambiguous"


class SymbolNotTradable(Refused):
    """The broker has closed the symbol for new orders; map the ticker to another one, or wait."""

    code = "symbol-not-tradable"


@lru_cache(maxsize=16384)
def canonical(name: str, base: str = "", profit: str = "") -> str:
    """The broker-independent name: `EURUSD` for `EURUSD.r` and `EURUSDm`, `XAUUSD` for `GOLD`, `US30` for `DJ30.cash`.

    The currencies are believed only where the name bears them out, because brokers fill them in carelessly for
    indices and shares. What cannot be reduced stays as it is, in upper case.
    """
    pair = (base + profit).upper()
    joined = name.upper().replace("/", "").replace("-", "")
    if _PAIR.fullmatch(pair) and base.upper() != profit.upper() and pair in joined:
        return pair
    root = _root(name.replace("/", ""))
    if root in _METALS and profit.upper() in {"", "USD"}:
        return _METALS[root]
    return _ALIASES.get(root, root)


def _root(name: str) -> str:
    """The name without prefix signs and without a suffix: `#US30.cash`, `US30m`, `GOLD_` become US30, US30, GOLD."""
    bare = _SUFFIX.sub("", name) if not name.islower() else name
    found = _ROOT.match(bare.upper())
    return found[1] if found else name.upper()


class SymbolBook:
    """An account's symbols, indexed once per report so that looking one up does not read them all."""

    __slots__ = ("_by_canonical", "_by_name", "_names")

    def __init__(self, specs: Iterable[SymbolSpec]) -> None:
        self._names: dict[str, SymbolSpec] = {}
        self._by_name: dict[str, list[SymbolSpec]] = {}
        self._by_canonical: dict[str, list[SymbolSpec]] = {}
        for spec in specs:
            self._names[spec.name] = spec
        for spec in self._names.values():
            self._by_name.setdefault(spec.name.upper(), []).append(spec)
            key = canonical(spec.name, spec.currency_base, spec.currency_profit)
            self._by_canonical.setdefault(key, []).append(spec)

    def resolve(self, wanted: str, mapping: Mapping[str, str] | None = None, *, is_entry: bool = True) -> SymbolSpec:
        """The broker's symbol for a ticker: mapped, else of the same name, else the only one of the same instrument.

        An entry needs a symbol open for trading; view-only twins never make a ticker ambiguous. What is not an entry
        may also meet a symbol that is closed for new orders. Raises `SymbolUnknown`, `SymbolAmbiguous` or
        `SymbolNotTradable`.
        """
        ticker = wanted.strip().upper()
        mapped = _mapped(ticker, mapping or {})
        if mapped is not None:
            return self._mapped_spec(ticker, mapped, is_entry=is_entry)
        exact = self._by_name.get(ticker, [])
        same = self._by_canonical.get(canonical(ticker), [])
        for candidates in (exact, same):
            tradable = [spec for spec in candidates if spec.is_tradable]
            if tradable:
                return _only(ticker, tradable)
        closed = exact or same
        if closed and not is_entry:
            return _only(ticker, closed)
        if closed:
            names = ", ".join(spec.name for spec in closed)
            raise SymbolNotTradable(f"{ticker}: the broker has closed {names} for new orders", symbol=ticker)
        raise SymbolUnknown(f"{ticker}: the broker has no such symbol{self._nearest(ticker)}", symbol=ticker)

    def _mapped_spec(self, ticker: str, name: str, *, is_entry: bool) -> SymbolSpec:
        spec = self._names.get(name)
        if spec is None:
            raise SymbolUnknown(f"{ticker} is mapped to {name}, which the broker does not have", symbol=ticker)
        if is_entry and not spec.is_tradable:
            raise SymbolNotTradable(f"{ticker} is mapped to {name}, closed for new orders", symbol=ticker)
        return spec

    def _nearest(self, ticker: str) -> str:
        near = sorted(name for name in self._names if name.upper().startswith(ticker[:3]))[:_SUGGESTIONS]
        return f"; it has {', '.join(near)}" if near else ""


def _mapped(ticker: str, mapping: Mapping[str, str]) -> str | None:
    if ticker in mapping:
        return mapping[ticker]
    return next((name for key, name in mapping.items() if key.strip().upper() == ticker), None)


def _only(ticker: str, specs: list[SymbolSpec]) -> SymbolSpec:
    if len(specs) > 1:
        names = ", ".join(sorted(spec.name for spec in specs))
        raise SymbolAmbiguous(f"{ticker} could be {names}; map it to one of them", symbol=ticker, candidates=names)
    return specs[0]


def resolve(
    wanted: str,
    specs: SymbolBook | Iterable[SymbolSpec],
    mapping: Mapping[str, str] | None = None,
    *,
    is_entry: bool = True,
) -> SymbolSpec:
    """`SymbolBook.resolve` for a book or for loose specifications."""
    book = specs if isinstance(specs, SymbolBook) else SymbolBook(specs)
    return book.resolve(wanted, mapping, is_entry=is_entry)
