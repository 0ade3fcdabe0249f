"""Paper brokers for the tests: a clock that is stepped, and prices that are written down or seeded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.simulator import BrokerTerms, SimulatedTerminal
from agent.simulator.instruments import Instrument
from agent.simulator.replay import Recording, recording_of
from agent.terminal.config import TerminalConfig
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


def paper(
    clock: Clock | None = None,
    *,
    prices: dict[str, Recording] | None = None,
    instruments: Iterable[Instrument] = (),
    state_file: Any = None,
    **terms: Any,
) -> SimulatedTerminal:
    """A connected simulated terminal."""
    api = SimulatedTerminal(
        replace(TERMS, **terms),
        state_file=state_file,
        recordings=prices,
        instruments=instruments,
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


def adapter(api: SimulatedTerminal, clock: Clock, **config: Any) -> Mt5Terminal:
    """The terminal adapter over a simulated terminal, connected."""
    wanted = TerminalConfig(login=api.account.terms.login, server=api.account.terms.server, **config)
    terminal = Mt5Terminal(api, wanted, clock.now, clock.sleep)
    terminal.connect()
    return terminal
