"""One account at the simulated broker: its terms, its prices and what it is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from agent.simulator import constants as mt5
from agent.simulator.books import Books
from agent.simulator.faults import Switches, read_switches
from agent.simulator.instruments import CATALOGUES, Instrument
from agent.simulator.margin import Leg, MarginDesk, QuotePair
from agent.simulator.pricing import PriceSource, Quote, SeededPrices
from agent.simulator.replay import Recording, ReplayPrices
from agent.simulator.server_time import NEW_YORK_PLUS_7, ServerZone, is_weekend
from agent.simulator.structures import TradeDeal, TradePosition

FULL_PERCENT: Final = 100.0


@dataclass(frozen=True, slots=True)
class BrokerTerms:
    """An account's terms. Kept in the books at the first start; later starts go by the books."""

    login: int = 5_000_001
    server: str = "ForexElite-Demo"
    password: str = "demo"  # noqa: S105  # of a paper account
    investor_password: str = "investor"  # noqa: S105
    name: str = "Paper Trader"
    company: str = "ForexElite Simulated Markets"
    currency: str = "USD"
    currency_digits: int = 2
    balance: float = 10_000.0
    credit: float = 0.0
    leverage: int = 100
    margin_mode: int = mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING
    trade_mode: int = mt5.ACCOUNT_TRADE_MODE_DEMO
    limit_orders: int = 200
    stop_out_mode: int = mt5.ACCOUNT_STOPOUT_MODE_PERCENT
    margin_call: float = 100.0
    stop_out: float = 50.0
    commission_per_lot: float = 0.0
    """Account currency, charged at each deal, in and out."""
    catalogue: str = "standard"
    server_zone: str = NEW_YORK_PLUS_7
    closes_at_weekends: bool = False
    slippage_points: int = 0
    """Market execution fills up to so many points worse than the quote."""
    seed: int = 1


class BooksMismatch(Exception):
    """The books at that path belong to another account; give another path or the same login."""


class Figures(NamedTuple):
    """What the account is worth at an instant, account currency; `level` in percent, 0 without margin."""

    balance: float
    credit: float
    profit: float
    equity: float
    margin: float
    free: float
    level: float


class Account:
    """Terms, books, instruments and prices together, and the arithmetic on them. Instants are UTC milliseconds."""

    def __init__(
        self,
        terms: BrokerTerms,
        books: Books,
        now_ms: int,
        recordings: Mapping[str, Recording] | None = None,
        speed: float = 1.0,
        extra: Iterable[Instrument] = (),
    ) -> None:
        self.books = books
        self.terms = self._take_up(terms, now_ms)
        self.zone = ServerZone(self.terms.server_zone)
        seeded = SeededPrices(self.terms.seed, self.zone, closes_at_weekends=self.terms.closes_at_weekends)
        opened_ms = int(books.get("opened_ms"))
        self.prices: PriceSource = ReplayPrices(recordings, seeded, opened_ms, speed=speed) if recordings else seeded
        self.instruments: dict[str, Instrument] = {
            each.name: each for each in (*CATALOGUES[self.terms.catalogue], *extra)
        }
        self.is_hedging = self.terms.margin_mode == mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING
        self.desk = MarginDesk(self.instruments, self.terms.currency, self.terms.leverage, is_hedging=self.is_hedging)

    # --- time and prices --------------------------------------------------------------------------------------------

    def stamp(self, at_ms: int) -> tuple[int, int]:
        """Server time of an instant as the API shows it: seconds, milliseconds."""
        server_ms = self.zone.to_server(at_ms)
        return server_ms // 1000, server_ms

    def quote(self, symbol: str, at_ms: int) -> Quote | None:
        """The newest tick of a symbol at that instant."""
        return self.prices.last(self.instruments[symbol], at_ms)

    def pair(self, at_ms: int) -> QuotePair:
        """Bid and ask by symbol at that instant, for margin and conversion."""

        def quote(symbol: str) -> tuple[float, float] | None:
            tick = self.quote(symbol, at_ms)
            return (tick.bid, tick.ask) if tick else None

        return quote

    def is_open(self, at_ms: int) -> bool:
        """Whether the market trades now."""
        if not self.switches.market_open:
            return False
        return not (self.terms.closes_at_weekends and is_weekend(self.zone.to_server(at_ms)))

    @property
    def switches(self) -> Switches:
        """Standing conditions of terminal and account."""
        return read_switches(self.books)

    # --- worth ------------------------------------------------------------------------------------------------------

    def money(self, amount: float) -> float:
        """An amount rounded as the account books it."""
        return round(float(amount), self.terms.currency_digits)

    def valued(self, position: TradePosition, at_ms: int) -> TradePosition:
        """A position with its current price and floating profit."""
        price, profit = self.current(position, at_ms)
        return position._replace(price_current=price, profit=profit)

    def current(self, position: TradePosition, at_ms: int) -> tuple[float, float]:
        """Current price and floating profit of a position."""
        tick = self.quote(position.symbol, at_ms)
        if tick is None:
            return position.price_current, position.profit
        price = tick.bid if position.type == mt5.POSITION_TYPE_BUY else tick.ask
        return price, self.profit(position, position.volume, price, at_ms)

    def profit(self, position: TradePosition, volume: float, price: float, at_ms: int) -> float:
        """Profit of closing `volume` of a position at `price`, rounded."""
        return self.money(
            self.desk.profit(
                self.instruments[position.symbol],
                is_buy=position.type == mt5.POSITION_TYPE_BUY,
                volume=volume,
                open_price=position.price_open,
                close_price=price,
                quote=self.pair(at_ms),
            )
        )

    def legs(self) -> list[Leg]:
        """Open positions as margin sees them."""
        return [
            Leg(each.symbol, each.type == mt5.POSITION_TYPE_BUY, each.volume, each.price_open)
            for each in self.books.positions.values()
        ]

    def margin(self, legs: Iterable[Leg], at_ms: int) -> float:
        """Margin of positions, rounded."""
        return self.money(self.desk.total(legs, self.pair(at_ms)))

    def figures(self, at_ms: int) -> Figures:
        """Balance, equity and margin at that instant."""
        floating = 0.0
        for position in self.books.positions.values():
            floating += self.current(position, at_ms)[1] + position.swap
        return self.figures_with(self.money(floating), self.margin(self.legs(), at_ms))

    def figures_with(self, floating: float, margin: float) -> Figures:
        """The same for a given floating profit and margin."""
        balance, credit = self.books.balance, self.terms.credit
        equity = self.money(balance + credit + floating)
        level = equity / margin * FULL_PERCENT if margin else 0.0
        return Figures(balance, credit, floating, equity, margin, self.money(equity - margin), level)

    # --- first start ------------------------------------------------------------------------------------------------

    def _take_up(self, terms: BrokerTerms, now_ms: int) -> BrokerTerms:
        with self.books.transaction():
            kept: dict[str, Any] | None = self.books.get("terms")
            if kept is None:
                self._open_account(terms, now_ms)
                return terms
        if kept["login"] != terms.login:
            raise BooksMismatch(f"these books belong to account {kept['login']}, not to {terms.login}")
        return BrokerTerms(**kept)

    def _open_account(self, terms: BrokerTerms, now_ms: int) -> None:
        """Write the terms and the first deal of every account: its initial balance."""
        self.books.set("terms", asdict(terms))
        self.books.set("processed_ms", now_ms)
        self.books.set("opened_ms", now_ms)
        self.books.set("switches", {})
        server_ms = ServerZone(terms.server_zone).to_server(now_ms)
        first = TradeDeal(
            ticket=self.books.next_deal(),
            order=0,
            time=server_ms // 1000,
            time_msc=server_ms,
            type=mt5.DEAL_TYPE_BALANCE,
            entry=mt5.DEAL_ENTRY_IN,
            magic=0,
            position_id=0,
            reason=mt5.DEAL_REASON_CLIENT,
            volume=0.0,
            price=0.0,
            commission=0.0,
            swap=0.0,
            profit=round(terms.balance, terms.currency_digits),
            fee=0.0,
            symbol="",
            comment="Initial balance",
            external_id="",
        )
        self.books.add_deal(first, terms.currency_digits)
