"""Paper brokers for the tests: a clock that is stepped, and prices that are written down or seeded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.protocol import Level, LevelKind, OrderType, Side
from agent.simulator import BrokerTerms, SimulatedTerminal
from agent.simulator.instruments import Instrument
from agent.simulator.replay import Recording, recording_of
from agent.terminal.config import TerminalConfig
from agent.terminal.gateway import OpenPosition, SendResult
from agent.terminal.mt5 import Mt5Terminal

TUESDAY = datetime(2026, 3, 17, 10, 0, tzinfo=UTC)
DAY_MS = 86_400_000
TERMS = BrokerTerms()


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime = TUESDAY) -> None:
        self._at = start

    def now(self) -> datetime:
        return self._at

    def now_ms(self) -> int:
        return int(self._at.timestamp() * 1000)

    def sleep(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)

    def forward(self, **by: float) -> None:
        self._at += timedelta(**by)


def quotes(*rows: tuple[float, float, float], days: int = 60) -> Recording:
    """Written prices: seconds from the start, bid, ask; the last one stays."""
    return recording_of([(int(at * 1000), bid, ask) for at, bid, ask in rows], days * DAY_MS)


FLAT = {"EURUSD": quotes((0, 1.1, 1.1001))}
TAG = "FE-AZqW8Kx2c1mNqQ7f0aBcDe"


def paper(
    clock: Clock | None = None,
    *,
    prices: dict[str, Recording] | None = None,
    instruments: Iterable[Instrument] = (),
    state_file: Any = None,
    first_quote_s: float = 0.0,
    **terms: Any,
) -> SimulatedTerminal:
    """A connected simulated terminal."""
    api = SimulatedTerminal(
        replace(TERMS, **terms),
        state_file=state_file,
        recordings=prices,
        instruments=instruments,
        first_quote_s=first_quote_s,
        now_ms=(clock or Clock()).now_ms,
    )
    assert api.initialize()
    return api


def market_order(api: Any, symbol: str = "EURUSD", *, buy: bool = True, volume: float = 0.1, **more: Any) -> Any:
    """Send a market order at the current price."""
    tick = api.symbol_info_tick(symbol)
    request = {
        "action": api.TRADE_ACTION_DEAL,
        "symbol": symbol,
        "volume": volume,
        "type": api.ORDER_TYPE_BUY if buy else api.ORDER_TYPE_SELL,
        "price": tick.ask if buy else tick.bid,
        "deviation": 20,
        "type_filling": api.ORDER_FILLING_FOK,
    }
    return api.order_send(request | more)


def pending_order(api: Any, kind: int, price: float, *, volume: float = 0.1, **more: Any) -> Any:
    """Place a pending order."""
    request = {
        "action": api.TRADE_ACTION_PENDING,
        "symbol": "EURUSD",
        "volume": volume,
        "type": kind,
        "price": price,
        "type_filling": api.ORDER_FILLING_RETURN,
    }
    return api.order_send(request | more)


def sum_of_deals(api: Any) -> float:
    """What all deals of the account add up to."""
    deals = api.history_deals_get(0, 4_000_000_000)
    return round(sum(deal.profit + deal.commission + deal.swap + deal.fee for deal in deals), 2)


def adapter(api: Any, clock: Clock, **config: Any) -> Mt5Terminal:
    """The terminal adapter over a simulated terminal, connected."""
    wanted = TerminalConfig(login=api.account.terms.login, server=api.account.terms.server, **config)
    terminal = Mt5Terminal(api, wanted, clock.now, clock.sleep)
    terminal.connect()
    return terminal


class Recorder:
    """Passes everything on to a simulated terminal and keeps the requests that were sent."""

    def __init__(self, api: SimulatedTerminal) -> None:
        self._api = api
        self.sent: list[dict[str, Any]] = []
        self.broken: Callable[[], Any] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)

    def order_send(self, request: dict[str, Any]) -> Any:
        self.sent.append(request)
        answer = self._api.order_send(request)
        return self.broken() if self.broken else answer


def open_trade(terminal: Mt5Terminal, **changes: Any) -> SendResult:
    wanted: dict[str, Any] = {
        "symbol": "EURUSD",
        "side": Side.BUY,
        "order_type": OrderType.MARKET,
        "volume_lots": 0.1,
        "price": None,
        "sl": None,
        "tp": None,
        "deviation_points": 20,
        "magic": 7,
        "comment": TAG,
    }
    return terminal.open_trade(**wanted | changes)


def close(terminal: Mt5Terminal, position: OpenPosition, lots: float, **changes: Any) -> SendResult:
    wanted: dict[str, Any] = {"volume_lots": lots, "deviation_points": 20, "magic": 7, "comment": TAG}
    return terminal.close_position(position, **wanted | changes)


def pips(value: float) -> Level:
    return Level(kind=LevelKind.PIPS, value=value)
