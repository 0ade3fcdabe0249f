"""Margin, profit, tick value and conversion between currencies, by the vendor's formulas (ENUM_SYMBOL_CALC_MODE).

Pure: prices come in through a `quote` function. Results of `lot_margin` and `raw_profit` are in the instrument's margin
and profit currency, everything else in the account's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from agent.simulator import constants as mt5
from agent.simulator.instruments import Instrument
from agent.simulator.pricing import CENTS, FACTORS

QuotePair = Callable[[str], tuple[float, float] | None]
"""Bid and ask of a symbol now; None where it has no price."""

LEVERAGED: Final = (mt5.SYMBOL_CALC_MODE_FOREX, mt5.SYMBOL_CALC_MODE_CFDLEVERAGE)
FOREX: Final = (mt5.SYMBOL_CALC_MODE_FOREX, mt5.SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE)
FUTURES: Final = (mt5.SYMBOL_CALC_MODE_FUTURES, mt5.SYMBOL_CALC_MODE_EXCH_FUTURES)
BONDS: Final = (mt5.SYMBOL_CALC_MODE_EXCH_BONDS, mt5.SYMBOL_CALC_MODE_EXCH_BONDS_MOEX)


@dataclass(frozen=True, slots=True)
class Leg:
    """One open position as margin sees it."""

    symbol: str
    is_buy: bool
    volume: float
    open_price: float


def lot_margin(instrument: Instrument, price: float, leverage: int, contract: float | None = None) -> float:
    """Margin of one lot in the margin currency; `contract` replaces the contract size (hedged volume).

    `margin_initial`, where set, takes the place of the contract; for futures it is the margin itself.
    """
    size = (instrument.margin_initial or instrument.contract_size) if contract is None else contract
    mode = instrument.calc_mode
    if mode == mt5.SYMBOL_CALC_MODE_SERV_COLLATERAL:
        return 0.0
    if mode in FUTURES:
        return instrument.margin_initial if contract is None else contract
    if mode in BONDS:
        return size * instrument.face_value * price / 100.0
    amount = size
    if mode not in FOREX:
        amount *= price
    if mode == mt5.SYMBOL_CALC_MODE_CFDINDEX:
        amount *= instrument.tick_worth / instrument.tick / instrument.contract_size
    return amount / leverage if mode in LEVERAGED else amount


def margin_currency(instrument: Instrument) -> str:
    """The currency `lot_margin` is in: the base for Forex modes, else the profit currency, unless the broker says."""
    if instrument.margin_currency:
        return instrument.margin_currency
    return instrument.base if instrument.calc_mode in FOREX else instrument.profit


def raw_profit(instrument: Instrument, *, is_buy: bool, volume: float, open_price: float, close_price: float) -> float:
    """Profit in the profit currency, before rounding."""
    move = close_price - open_price if is_buy else open_price - close_price
    if instrument.calc_mode == mt5.SYMBOL_CALC_MODE_SERV_COLLATERAL:
        return 0.0
    if instrument.calc_mode in FUTURES or instrument.calc_mode == mt5.SYMBOL_CALC_MODE_CFDINDEX:
        return move * instrument.tick_worth / instrument.tick * volume
    if instrument.calc_mode in BONDS:
        return move * instrument.face_value / 100.0 * instrument.contract_size * volume
    return move * instrument.contract_size * volume


class Converter:
    """Turns money of one currency into another at the broker's own prices."""

    def __init__(self, instruments: Mapping[str, Instrument], account_currency: str) -> None:
        self.account_currency = account_currency
        self._pairs: dict[tuple[str, str], str] = {}
        for each in instruments.values():
            if each.calc_mode in FOREX and each.base != each.profit:
                self._pairs.setdefault((each.base, each.profit), each.name)

    def to_account(self, amount: float, currency: str, quote: QuotePair) -> float:
        """Money in the account currency: a gain is converted at the worse side, a loss and a margin likewise."""
        return amount * self.rate(currency, self.account_currency, quote, is_gain=amount > 0)

    def rate(self, source: str, target: str, quote: QuotePair, *, is_gain: bool) -> float:
        """Units of `target` for one of `source`; a gain sells `source` at the bid, a loss buys it at the ask."""
        if source == target:
            return 1.0
        source, factor = _whole(source)
        target, divisor = _whole(target)
        scale = factor / divisor
        if source == target:
            return scale
        direct = self._direct(source, target, quote, is_gain=is_gain)
        if direct is None:
            first = self._direct(source, "USD", quote, is_gain=is_gain)
            second = self._direct("USD", target, quote, is_gain=is_gain)
            if first is None:
                first = FACTORS.get(source, (1.0, 0.0))[0]
            if second is None:
                second = 1.0 / FACTORS.get(target, (1.0, 0.0))[0]
            direct = first * second
        return direct * scale

    def _direct(self, source: str, target: str, quote: QuotePair, *, is_gain: bool) -> float | None:
        if source == target:
            return 1.0
        straight = self._pairs.get((source, target))
        prices = quote(straight) if straight else None
        if prices:
            return prices[0] if is_gain else prices[1]
        inverse = self._pairs.get((target, source))
        prices = quote(inverse) if inverse else None
        if prices:
            return 1.0 / (prices[1] if is_gain else prices[0])
        return None


def _whole(currency: str) -> tuple[str, float]:
    """The currency a cent currency belongs to, and what one unit is worth in it."""
    parent = CENTS.get(currency)
    return (parent, 0.01) if parent else (currency, 1.0)


class MarginDesk:
    """Margin and profit for one account: leverage, currency and netting or hedging."""

    def __init__(
        self, instruments: Mapping[str, Instrument], currency: str, leverage: int, *, is_hedging: bool
    ) -> None:
        self._instruments = instruments
        self._leverage = leverage
        self._is_hedging = is_hedging
        self.converter = Converter(instruments, currency)

    def margin(self, instrument: Instrument, volume: float, price: float, quote: QuotePair) -> float:
        """Margin of an uncovered volume opened at `price`, account currency."""
        return self._in_account(instrument, lot_margin(instrument, price, self._leverage) * volume, price, quote)

    def profit(
        self,
        instrument: Instrument,
        *,
        is_buy: bool,
        volume: float,
        open_price: float,
        close_price: float,
        quote: QuotePair,
    ) -> float:
        """Profit in the account currency, not rounded."""
        raw = raw_profit(instrument, is_buy=is_buy, volume=volume, open_price=open_price, close_price=close_price)
        return self.converter.to_account(raw, instrument.profit, quote)

    def tick_value(self, instrument: Instrument, quote: QuotePair, *, is_gain: bool) -> float:
        """Profit of one tick for one lot, account currency."""
        rate = self.converter.rate(instrument.profit, self.converter.account_currency, quote, is_gain=is_gain)
        return instrument.tick_worth * rate

    def total(self, legs: Iterable[Leg], quote: QuotePair) -> float:
        """Margin of all positions. Hedged volume of a symbol costs `margin_hedged` per lot in place of the contract."""
        by_symbol: dict[str, list[Leg]] = {}
        for leg in legs:
            by_symbol.setdefault(leg.symbol, []).append(leg)
        return sum(self._symbol_margin(self._instruments[name], group, quote) for name, group in by_symbol.items())

    def _symbol_margin(self, instrument: Instrument, legs: list[Leg], quote: QuotePair) -> float:
        buys = [leg for leg in legs if leg.is_buy]
        sells = [leg for leg in legs if not leg.is_buy]
        bought, buy_price = _weighted(buys)
        sold, sell_price = _weighted(sells)
        if not (self._is_hedging and buys and sells):
            return self.margin(instrument, bought, buy_price, quote) + self.margin(instrument, sold, sell_price, quote)
        if instrument.margin_hedged_use_leg:
            return max(
                self.margin(instrument, bought, buy_price, quote), self.margin(instrument, sold, sell_price, quote)
            )
        larger_price = buy_price if bought >= sold else sell_price
        covered = min(bought, sold)
        uncovered = round(abs(bought - sold), 8)
        both_price = (bought * buy_price + sold * sell_price) / (bought + sold)
        hedged = lot_margin(instrument, both_price, self._leverage, instrument.margin_hedged) * covered
        return self.margin(instrument, uncovered, larger_price, quote) + self._in_account(
            instrument, hedged, both_price, quote
        )

    def _in_account(self, instrument: Instrument, amount: float, price: float, quote: QuotePair) -> float:
        """A Forex margin in the base currency is converted at the position's own price where that is enough."""
        currency = margin_currency(instrument)
        if currency == instrument.base != instrument.profit and instrument.calc_mode in FOREX:
            rate = self.converter.rate(instrument.profit, self.converter.account_currency, quote, is_gain=False)
            if instrument.profit == _whole(self.converter.account_currency)[0]:
                return amount * price * rate
        return amount * self.converter.rate(currency, self.converter.account_currency, quote, is_gain=False)


def _weighted(legs: list[Leg]) -> tuple[float, float]:
    volume = sum(leg.volume for leg in legs)
    if not volume:
        return 0.0, 0.0
    return volume, sum(leg.volume * leg.open_price for leg in legs) / volume
