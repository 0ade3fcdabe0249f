"""What it takes to reach one terminal: plain values, so that they cross into the terminal's child process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TerminalKind = Literal["simulator", "mt5", "mt5linux"]


@dataclass(frozen=True, slots=True)
class SimulationConfig:
    """Terms of a paper account, used when its books are opened for the first time."""

    currency: str = "USD"
    balance: float = 10_000.0
    leverage: int = 100
    netting: bool = False
    catalogue: str = "standard"
    """`standard`, `suffix` (tradable symbols end in `.r`) or `cent`."""
    server_zone: str = "NY+7"
    closes_at_weekends: bool = False
    commission_per_lot: float = 0.0
    slippage_points: int = 0
    delay_s: float = 0.0
    """Time a request takes to the trade server."""
    replay: Mapping[str, str] = field(default_factory=dict)
    """Symbol → CSV file (plain or .gz) of bars or ticks to replay in place of the random market."""
    replay_asks: Mapping[str, str] = field(default_factory=dict)
    """Symbol → CSV file with the asks of the same bars; without one the usual spread is added to the bids."""
    replay_speed: float = 1.0


@dataclass(frozen=True, slots=True)
class TerminalConfig:
    """One terminal. `path` is the identity of the connection to a real one: the full path of its terminal64.exe."""

    kind: TerminalKind = "simulator"
    login: int = 5_000_001
    server: str = "ForexElite-Demo"
    password: str = field(default="", repr=False)
    path: str = ""
    portable: bool = True
    timeout_ms: int = 60_000
    symbol_map: Mapping[str, str] = field(default_factory=dict)
    """Signal's symbol → broker's symbol, for names that cannot be told by themselves."""
    state_file: str = ""
    """Where the simulated broker keeps its books; empty: in memory."""
    seed: int = 1
    simulation: SimulationConfig = field(default_factory=SimulationConfig)
    host: str = "127.0.0.1"
    """Of an mt5linux server; it must never listen on anything but loopback, rpyc runs code for its callers."""
    port: int = 18812
