"""A simulated terminal by its configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from agent.simulator import constants as mt5
from agent.simulator.account import BrokerTerms
from agent.simulator.replay import read_recording
from agent.simulator.server_time import utc_now_ms
from agent.simulator.terminal import SimulatedTerminal
from agent.simulator.views import Installation
from agent.terminal.config import TerminalConfig

CENT_CURRENCY: Final = "USC"


def open_simulator(config: TerminalConfig, now_ms: Callable[[], int] = utc_now_ms) -> SimulatedTerminal:
    """The paper broker of a configuration; where its books exist already, their own terms hold."""
    wanted = config.simulation
    is_cent = wanted.catalogue == "cent" and wanted.currency == "USD"
    terms = BrokerTerms(
        login=config.login,
        server=config.server,
        password=config.password or BrokerTerms().password,
        currency=CENT_CURRENCY if is_cent else wanted.currency,
        balance=wanted.balance,
        leverage=wanted.leverage,
        margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING
        if wanted.netting
        else mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING,
        commission_per_lot=wanted.commission_per_lot,
        catalogue=wanted.catalogue,
        server_zone=wanted.server_zone,
        closes_at_weekends=wanted.closes_at_weekends,
        slippage_points=wanted.slippage_points,
        seed=config.seed,
    )
    return SimulatedTerminal(
        terms,
        state_file=config.state_file or None,
        recordings={
            symbol: read_recording(path, wanted.replay_asks.get(symbol)) for symbol, path in wanted.replay.items()
        },
        speed=wanted.replay_speed,
        now_ms=now_ms,
        installation=Installation(config.path) if config.path else None,
        delay_s=wanted.delay_s,
    )
