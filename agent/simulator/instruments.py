"""What a broker offers: specifications of instruments, and the brokers' lists of them.

The seven specifications marked "seen" are those of real brokers; the others follow their pattern.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from agent.simulator import constants as mt5

ALL_ORDERS: Final = 127
ALL_EXPIRATIONS: Final = 15
FOK_AND_IOC: Final = mt5.SYMBOL_FILLING_FOK | mt5.SYMBOL_FILLING_IOC


@dataclass(frozen=True, slots=True)
class Instrument:
    """One symbol of a broker. Swaps are in the unit of `swap_mode`, levels and spread in points, volumes in lots."""

    name: str
    base: str
    profit: str
    digits: int
    contract_size: float
    description: str = ""
    path: str = "Forex"
    margin_currency: str = ""
    calc_mode: int = mt5.SYMBOL_CALC_MODE_FOREX
    trade_mode: int = mt5.SYMBOL_TRADE_MODE_FULL
    execution: int = mt5.SYMBOL_TRADE_EXECUTION_MARKET
    filling_mode: int = FOK_AND_IOC
    expiration_mode: int = ALL_EXPIRATIONS
    order_mode: int = ALL_ORDERS
    pending_return: bool = True
    """Whether pending orders may be sent with ORDER_FILLING_RETURN; brokers exist that refuse it."""
    volume_min: float = 0.01
    volume_max: float = 100.0
    volume_step: float = 0.01
    volume_limit: float = 0.0
    stops_level: int = 0
    freeze_level: int = 0
    swap_mode: int = mt5.SYMBOL_SWAP_MODE_POINTS
    swap_long: float = 0.0
    swap_short: float = 0.0
    swap_triple_day: int = mt5.DAY_OF_WEEK_WEDNESDAY
    margin_initial: float = 0.0
    margin_hedged: float = 0.0
    margin_hedged_use_leg: bool = False
    tick_size: float = 0.0
    tick_price: float = 0.0
    """Worth of one tick of one lot in the profit currency, for futures and index contracts; else contract * tick."""
    face_value: float = 0.0
    spread_points: int = 10
    ticks_per_s: float = 1.5
    selected: bool = False

    @property
    def point(self) -> float:
        """The smallest decimal of the price."""
        return round(10.0**-self.digits, self.digits)

    @property
    def tick(self) -> float:
        """The smallest change of the price."""
        return self.tick_size or self.point

    @property
    def tick_worth(self) -> float:
        """Worth of one tick of one lot, in the profit currency."""
        return self.tick_price or self.tick * self.contract_size

    def round_price(self, price: float) -> float:
        """The nearest price the instrument can have."""
        return round(round(price / self.tick) * self.tick, self.digits)


def _forex(name: str, spread: int, swaps: tuple[float, float], **more: object) -> Instrument:
    digits = 3 if name[3:6] == "JPY" else 5
    pair = Instrument(
        name=name,
        base=name[:3],
        profit=name[3:6],
        digits=digits,
        contract_size=100_000.0,
        description=f"{name[:3]} vs {name[3:6]}",
        path=f"Forex\\{name}",
        margin_hedged=50_000.0,
        spread_points=spread,
        swap_long=swaps[0],
        swap_short=swaps[1],
    )
    return replace(pair, **more)  # type: ignore[arg-type]


EURUSD: Final = _forex("EURUSD", 8, (-11.0, 1.14064), stops_level=1, ticks_per_s=2.5, selected=True)  # seen
USDJPY: Final = _forex("USDJPY", 10, (12.46, -25.92), filling_mode=2, volume_max=200.0, selected=True)  # seen
EURJPY: Final = _forex(  # seen
    "EURJPY",
    16,
    (-0.2, -1.2),
    execution=mt5.SYMBOL_TRADE_EXECUTION_INSTANT,
    filling_mode=1,
    volume_max=500.0,
    margin_hedged=100_000.0,
)
XAUUSD: Final = Instrument(  # seen
    name="XAUUSD",
    base="XAU",
    profit="USD",
    digits=2,
    contract_size=100.0,
    description="Gold vs US Dollar",
    path="Metals\\XAUUSD",
    swap_long=-74.12,
    swap_short=-23.55,
    spread_points=18,
    ticks_per_s=3.0,
    selected=True,
)
EURUSD_CENT: Final = replace(  # seen
    EURUSD,
    name="EURUSDc",
    contract_size=1000.0,
    volume_max=200.0,
    stops_level=0,
    swap_long=-5.9,
    swap_short=0.0,
    margin_hedged=0.0,
    path="Forex\\EURUSDc",
)
XAUUSD_CENT: Final = replace(  # seen
    XAUUSD,
    name="XAUUSDc",
    digits=3,
    contract_size=1.0,
    volume_max=200.0,
    swap_long=-477.6,
    swap_short=0.0,
    spread_points=180,
    path="Metals\\XAUUSDc",
)
BTCUSD_CENT: Final = Instrument(  # seen
    name="BTCUSDc",
    base="BTC",
    profit="USD",
    digits=2,
    contract_size=0.01,
    description="Bitcoin vs US Dollar",
    path="Crypto\\BTCUSDc",
    calc_mode=mt5.SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE,
    volume_max=200.0,
    swap_long=-1302.0,
    swap_triple_day=mt5.DAY_OF_WEEK_FRIDAY,
    spread_points=1800,
    selected=True,
)


def _index(name: str, profit: str, description: str, **more: object) -> Instrument:
    index = Instrument(
        name=name,
        base=name,
        profit=profit,
        digits=1,
        contract_size=1.0,
        description=description,
        path=f"Indices\\{name}",
        margin_currency=profit,
        calc_mode=mt5.SYMBOL_CALC_MODE_CFDLEVERAGE,
        volume_min=0.1,
        volume_step=0.1,
        swap_mode=mt5.SYMBOL_SWAP_MODE_INTEREST_CURRENT,
        swap_long=-5.5,
        swap_short=-2.5,
        swap_triple_day=mt5.DAY_OF_WEEK_FRIDAY,
        spread_points=8,
        stops_level=10,
    )
    return replace(index, **more)  # type: ignore[arg-type]


STANDARD: Final = (
    EURUSD,
    _forex("GBPUSD", 11, (-3.1, -2.2), selected=True),
    USDJPY,
    _forex("USDCHF", 13, (6.3, -12.8), selected=True),
    _forex("AUDUSD", 10, (-3.0, -0.7), selected=True),
    _forex("USDCAD", 13, (1.2, -7.4), selected=True),
    _forex("NZDUSD", 14, (-2.2, -1.1)),
    EURJPY,
    _forex("EURGBP", 12, (-6.2, 1.3)),
    _forex("GBPJPY", 24, (15.0, -31.0)),
    _forex("EURCHF", 18, (2.1, -7.9)),
    _forex("AUDJPY", 17, (7.5, -15.2)),
    XAUUSD,
    _index("US500", "USD", "S&P 500 index", selected=True),
    _index("GER40", "EUR", "DAX 40 index", calc_mode=mt5.SYMBOL_CALC_MODE_CFDINDEX, tick_price=0.1),
    replace(BTCUSD_CENT, name="BTCUSD", contract_size=1.0, volume_max=20.0, path="Crypto\\BTCUSD", spread_points=1500),
    Instrument(
        name="AAPL",
        base="USD",
        profit="USD",
        digits=2,
        contract_size=1.0,
        description="Apple Inc.",
        path="Stocks\\AAPL",
        calc_mode=mt5.SYMBOL_CALC_MODE_EXCH_STOCKS,
        execution=mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE,
        volume_min=1.0,
        volume_step=1.0,
        volume_max=10_000.0,
        swap_mode=mt5.SYMBOL_SWAP_MODE_DISABLED,
        spread_points=3,
    ),
)
"""A retail broker with bare names."""

CENT: Final = (EURUSD_CENT, XAUUSD_CENT, BTCUSD_CENT)
"""A cent broker: account currency USC, contracts a hundredth of the usual."""


def with_suffix(instruments: Iterable[Instrument], suffix: str, *, view_only: Iterable[str]) -> tuple[Instrument, ...]:
    """The list with suffixed names, plus bare twins of the names in `view_only` that can be seen but not traded."""
    found = tuple(instruments)
    bare = set(view_only)
    traded = tuple(replace(each, name=each.name + suffix, path=each.path + suffix) for each in found)
    twins = tuple(
        replace(each, trade_mode=mt5.SYMBOL_TRADE_MODE_DISABLED, selected=False) for each in found if each.name in bare
    )
    return twins + traded


SUFFIX: Final = with_suffix(STANDARD, ".r", view_only=("EURUSD", "USDJPY"))
"""A broker whose tradable symbols end in `.r`; bare EURUSD and USDJPY exist and are view-only."""

CATALOGUES: Final = {"standard": STANDARD, "suffix": SUFFIX, "cent": CENT}
