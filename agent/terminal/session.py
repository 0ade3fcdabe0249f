"""The connection to one terminal: identity, permissions, the broker's clock, and symbols ready to be traded."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NoReturn

from agent.protocol import TerminalHealth, TerminalState
from agent.terminal.broker_time import BrokerClock
from agent.terminal.config import TerminalConfig
from agent.terminal.gateway import OrderInvalid, TerminalUnavailable
from agent.terminal.order_terms import Prices
from agent.terminal.symbol_names import SymbolUnresolved, plain, resolve

FIRST_TICK_WAIT_S: Final = 3.0
_POLL_S: Final = 0.05
_CLOCK_SYMBOLS: Final = 8
_LIQUID: Final = ("EURUSD", "XAUUSD", "GBPUSD", "USDJPY", "BTCUSD")
NAMES_KEPT: Final = timedelta(minutes=1)
NETTING_MODES: Final = (0, 1)


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Standing:
    """The terminal and the account as they stand at this moment."""

    terminal: Any
    account: Any
    unreachable: str
    """Why this is not the terminal we mean, or has no broker behind it; empty when all is well."""
    denied: str
    """Which permission is missing, in words for the trader; empty when all are there."""

    @property
    def problem(self) -> str:
        """The first reason why orders must not be sent; empty when there is none."""
        return self.unreachable or self.denied

    @property
    def is_netting(self) -> bool:
        """Whether the account holds one position per symbol."""
        return self.account.margin_mode in NETTING_MODES


class Session:
    """One connection through an object with the API of the MetaTrader5 module."""

    def __init__(
        self,
        api: Any,
        config: TerminalConfig,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.api = api
        self.config = config
        self.now = now
        self.clock = BrokerClock()
        self._sleep = sleep
        self._clock_symbols: list[str] = []
        self._names: dict[str, tuple[datetime, str | None]] = {}

    # --- connection -------------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Connect, log in, make sure of the right terminal and account, and measure the broker's clock."""
        if not self._is_connected():
            self._initialize()
        if not self._clock_symbols:
            self._choose_clock_symbols()
            self._measure_clock()

    def _initialize(self) -> None:
        wanted: dict[str, Any] = {"timeout": self.config.timeout_ms}
        if self.config.path:
            wanted |= {"path": self.config.path, "portable": self.config.portable}
        if self.config.login:
            wanted |= {"login": self.config.login, "server": self.config.server}
        if self.config.password:
            wanted["password"] = self.config.password
        if not self.api.initialize(**wanted):
            self.fail("the terminal could not be reached")
        mismatch = self._mismatch(*self._both())
        if mismatch:
            self.api.shutdown()
            raise TerminalUnavailable(mismatch)

    def close(self) -> None:
        """Release the connection."""
        self.api.shutdown()

    def fail(self, what: str) -> NoReturn:
        """Raise TerminalUnavailable with what `last_error` says."""
        code, text = self.api.last_error()
        raise TerminalUnavailable(f"{what}: {text} ({code})", int(code))

    def answered(self, value: Any, what: str) -> Any:
        """The value, or TerminalUnavailable where the call answered None; an empty tuple is an answer."""
        if value is None:
            self.fail(what)
        return value

    def standing(self) -> Standing:
        """Terminal and account now, with what stands against sending orders."""
        terminal, account = self._both()
        unreachable = self._mismatch(terminal, account)
        if not unreachable and not terminal.connected:
            unreachable = "the terminal has no connection to its broker"
        return Standing(terminal, account, unreachable, _missing_permission(terminal, account))

    def health(self) -> TerminalHealth:
        """Reachability, identity and permission, checked now; never raises."""
        try:
            return self._checked_health()
        except TerminalUnavailable as problem:
            return self._unreachable(str(problem))

    def _checked_health(self) -> TerminalHealth:
        standing = self.standing()
        if standing.unreachable:
            return self._unreachable(standing.unreachable)
        if not self._clock_symbols:
            self._choose_clock_symbols()
        self.look_at_clock()
        detail = standing.denied
        if not detail and not self.clock.is_measured:
            detail = "no fresh tick yet: the broker's time zone is not known, times may be some hours off"
        return TerminalHealth(
            login=standing.account.login,
            server=standing.account.server,
            state=TerminalState.TRADING_OFF if standing.denied else TerminalState.READY,
            build=standing.terminal.build,
            ping_ms=max(0.0, standing.terminal.ping_last / 1000.0),
            is_trade_allowed=not standing.denied,
            is_algo_trading_on=bool(standing.terminal.trade_allowed),
            detail=detail,
        )

    def _both(self) -> tuple[Any, Any]:
        terminal = self.answered(self.api.terminal_info(), "the terminal does not answer")
        return terminal, self.answered(self.api.account_info(), "the account cannot be read")

    def _is_connected(self) -> bool:
        terminal, account = self.api.terminal_info(), self.api.account_info()
        return terminal is not None and account is not None and not self._mismatch(terminal, account)

    def _unreachable(self, detail: str) -> TerminalHealth:
        return TerminalHealth(
            login=self.config.login, server=self.config.server, state=TerminalState.UNREACHABLE, detail=detail
        )

    def _mismatch(self, terminal: Any, account: Any) -> str:
        """Why this is not the terminal or account we mean; a process may reach a neighbour's terminal by mistake."""
        if self.config.path:
            folder = _folder(self.config.path)
            if _same_path(terminal.path) != folder:
                return f"connected to the terminal in {terminal.path}, not to the one in {folder}"
        if self.config.login and account.login != self.config.login:
            return f"the terminal is logged in to account {account.login}, not to {self.config.login}"
        if self.config.login and self.config.server and account.server != self.config.server:
            return f"the terminal is logged in at {account.server}, not at {self.config.server}"
        return ""

    # --- broker time ------------------------------------------------------------------------------------------------

    def look_at_clock(self) -> bool:
        """Look for a tick that came since the last look; True when the offset was measured by one."""
        is_fresh = False
        for symbol in self._clock_symbols:
            tick = self.api.symbol_info_tick(symbol)
            if tick is not None and self.clock.look(symbol, int(tick.time_msc), self.now()):
                is_fresh = True
        return is_fresh

    def _measure_clock(self) -> None:
        for _ in range(int(FIRST_TICK_WAIT_S / _POLL_S)):
            if self.look_at_clock():
                return
            self._sleep(_POLL_S)

    def _choose_clock_symbols(self) -> None:
        """A few visible symbols, the liquid ones first: their ticks tell the server's time."""
        found = self.answered(self.api.symbols_get(), "the symbols cannot be read")
        visible = [each.name for each in found if each.select]
        visible.sort(key=lambda name: next((rank for rank, base in enumerate(_LIQUID) if name.startswith(base)), 99))
        self._clock_symbols = visible[:_CLOCK_SYMBOLS]

    # --- symbols ----------------------------------------------------------------------------------------------------

    def tradable(self, name: str) -> tuple[Any, Prices]:
        """Specification and prices of the symbol an order for `name` goes to; OrderInvalid where there is none."""
        try:
            symbol = resolve(name, self._candidates(name), self.config.symbol_map)
        except SymbolUnresolved as problem:
            raise OrderInvalid(str(problem)) from problem
        return self.ready(symbol)

    def visible_name(self, name: str) -> str | None:
        """The broker's symbol for `name`, tradable or not; None where it cannot be told. Looked up once a minute."""
        kept = self._names.get(name)
        if kept is None or self.now() - kept[0] > NAMES_KEPT:
            kept = self._names[name] = (self.now(), self._looked_up(name))
        return kept[1]

    def _looked_up(self, name: str) -> str | None:
        candidates = self._candidates(name)
        try:
            return resolve(name, candidates, self.config.symbol_map)
        except SymbolUnresolved:
            wanted = plain(name)
            return next((each.name for each in candidates if each.name == wanted), None)

    def ready(self, symbol: str) -> tuple[Any, Prices]:
        """Select a broker symbol, wait briefly for its first quote, and answer specification and prices."""
        info = self.api.symbol_info(symbol)
        if info is None:
            raise OrderInvalid(f"this broker has no symbol {symbol}")
        if not info.select:
            self.api.symbol_select(symbol, True)  # noqa: FBT003  # the function takes no keyword
        for _ in range(int(FIRST_TICK_WAIT_S / _POLL_S)):
            tick = self.api.symbol_info_tick(symbol)
            if tick is not None and tick.bid > 0 and tick.ask > 0:
                return info, Prices(bid=float(tick.bid), ask=float(tick.ask))
            self._sleep(_POLL_S)
        code, text = self.api.last_error()
        raise TerminalUnavailable(f"{symbol} has no price: {text} ({code})", int(code))

    def _candidates(self, name: str) -> list[Any]:
        wanted = plain(name)
        found = {}
        for start in {wanted, wanted.upper()}:
            matching = self.answered(self.api.symbols_get(group=f"{start}*"), "the symbols cannot be read")
            found.update({each.name: each for each in matching})
        mapped = self.config.symbol_map.get(name) or self.config.symbol_map.get(wanted)
        if mapped and mapped not in found:
            info = self.api.symbol_info(mapped)
            if info is not None:
                found[mapped] = info
        return list(found.values())


def _missing_permission(terminal: Any, account: Any) -> str:
    """The first of the four permissions an order needs that is missing, in words for the trader."""
    if not terminal.trade_allowed:
        return "Algo Trading is switched off in the terminal: press the Algo Trading button"
    if terminal.tradeapi_disabled:
        return "the terminal forbids trading from Python: Tools, Options, Expert Advisors"
    if not account.trade_allowed:
        return "this log-in may not trade: it uses the investor password, or the broker disabled the account"
    if not account.trade_expert:
        return "the broker forbids automated trading on this account"
    return ""


def _same_path(path: str) -> str:
    return path.replace("/", "\\").rstrip("\\").casefold()


def _folder(program: str) -> str:
    """The folder of a terminal64.exe, in the form paths are compared in."""
    whole = _same_path(program)
    return whole.rpartition("\\")[0] if whole.endswith(".exe") else whole
