"""The connection of a simulated terminal: calls, their faults and `last_error`, log-in and the state of things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from agent.simulator.account import Account
from agent.simulator.books import Books
from agent.simulator.broker import Broker
from agent.simulator.calling import SUCCESS, CallFailed, text, whole_number
from agent.simulator.faults import Fault, FaultKind, block, crash, set_switches, take
from agent.simulator.structures import AccountInfo, TerminalInfo
from agent.simulator.views import BUILD, RELEASE_DATE, Installation, account_info
from agent.simulator.views import terminal_info as show_terminal

NO_CONNECTION: Final = -10004
NOT_FOUND: Final = -4
AUTHORIZATION_FAILED: Final = -6
INITIALIZE_FAILED: Final = -10003
DEFAULT_TIMEOUT_MS: Final = 60_000
_LOGIN_ARGUMENTS: Final = ("login", "password", "server")

Result = TypeVar("Result")


class Connection:
    """One terminal's connection to one broker."""

    def __init__(self, account: Account, broker: Broker, installation: Installation, now_ms: Callable[[], int]) -> None:
        self.account = account
        self.books: Books = account.books
        self._broker = broker
        self._installation = installation
        self._now_ms = now_ms
        self._is_connected = False
        self._lost_at_ms: int | None = None
        self._error: tuple[int, str] = SUCCESS
        self._hits: list[Fault] = []
        """Faults of the call under way, for the trade server."""

    # --- connection -------------------------------------------------------------------------------------------------

    def initialize(self, *args: Any, **kwargs: Any) -> bool:
        """Connect to the terminal of a path and log in where a login is given."""

        def body() -> bool:
            self._is_connected = False
            if len(args) > 1:
                raise CallFailed(-2, "Invalid number of arguments")
            path = text(args[0] if args else kwargs.get("path", self._installation.path), "path")
            if "login" in kwargs:
                whole_number(kwargs, "login")
            if "timeout" in kwargs:
                whole_number(kwargs, "timeout")
            for name in ("password", "server"):
                text(kwargs.get(name, ""), name)
            self.books.refresh()
            if not self.account.switches.process_alive:
                seconds = (kwargs.get("timeout") or DEFAULT_TIMEOUT_MS) // 1000
                raise CallFailed(
                    INITIALIZE_FAILED, f"IPC initialize failed, Pipe server didn't answer in {seconds} sec"
                )
            if path.casefold() != self._installation.path.casefold():
                raise CallFailed(INITIALIZE_FAILED, "IPC initialize failed, MetaTrader 5 x64 not found")
            if kwargs.get("login"):
                self._authorize(kwargs["login"], kwargs.get("password", ""), kwargs.get("server", ""))
            self._is_connected = True
            return True

        return bool(self._call("initialize", body, needs_connection=False))

    def login(self, *args: Any, **kwargs: Any) -> bool:
        """Log in; as in the terminal, this counts as an account change and turns Algo Trading off."""

        def body() -> bool:
            given = {**dict(zip(_LOGIN_ARGUMENTS, args, strict=False)), **kwargs}
            if len(args) > len(_LOGIN_ARGUMENTS) or "login" not in given:
                raise CallFailed(-2, "Invalid number of arguments")
            number = whole_number(given, "login")
            self._authorize(
                number, text(given.get("password", ""), "password"), text(given.get("server", ""), "server")
            )
            self._switch(algo_trading=False)
            return True

        return bool(self._call("login", body))

    def shutdown(self) -> None:
        """Close the connection; books and broker go on."""
        self._error = SUCCESS
        self._is_connected = False

    def version(self) -> tuple[int, int, str] | None:
        """Version, build and release date."""
        return self._call("version", lambda: (500, BUILD, RELEASE_DATE))

    def last_error(self) -> tuple[int, str]:
        """Code and text of the last call."""
        return self._error

    def account_info(self) -> AccountInfo | None:
        """The account now."""
        return self._call("account_info", lambda: account_info(self.account, self._play()))

    def terminal_info(self) -> TerminalInfo | None:
        """State and permissions of the terminal."""
        return self._call("terminal_info", lambda: show_terminal(self.account, self._installation))

    # --- inside -----------------------------------------------------------------------------------------------------

    def _call(self, name: str, body: Callable[[], Result], *, needs_connection: bool = True) -> Result | None:
        """Run one call under its planned faults; None where it failed, and `last_error` says why."""
        self._error = SUCCESS
        try:
            self.books.refresh()
            if needs_connection:
                self._need_connection()
            self._hits = hits = take(self.books, name)
            self._suffer_before(hits)
            result = body()
            self._suffer_after(hits)
        except CallFailed as failure:
            self._error = failure.error
            return None
        return result

    def _need_connection(self) -> None:
        if not (self._is_connected and self.account.switches.process_alive):
            raise CallFailed(NO_CONNECTION)

    @staticmethod
    def _suffer_before(hits: list[Fault]) -> None:
        for fault in hits:
            if fault.kind is FaultKind.SLOW:
                block(fault.seconds)
            elif fault.kind is FaultKind.FAIL:
                raise CallFailed(fault.code, fault.text)
            elif fault.kind is FaultKind.CRASH_BEFORE:
                crash()
            elif fault.kind is FaultKind.RAISE:
                raise ConnectionError(fault.text)

    @staticmethod
    def _suffer_after(hits: list[Fault]) -> None:
        for fault in hits:
            if fault.kind is FaultKind.SLOW_AFTER:
                block(fault.seconds)
            elif fault.kind is FaultKind.FAIL_AFTER:
                raise CallFailed(fault.code, fault.text)
            elif fault.kind is FaultKind.CRASH_AFTER:
                crash()

    def _market_ms(self) -> int:
        """The instant whose prices the terminal shows: now, or when it lost its broker."""
        if self.account.switches.connected:
            self._lost_at_ms = None
            return self._now_ms()
        if self._lost_at_ms is None:
            self._lost_at_ms = self._now_ms()
        return self._lost_at_ms

    def _play(self) -> int:
        """Play the market up to now, where the terminal can see it, and answer the instant shown."""
        at_ms = self._market_ms()
        if self._lost_at_ms is None:
            self._broker.market.advance(at_ms)
        return at_ms

    def _switch(self, **changes: bool) -> None:
        with self.books.transaction():
            set_switches(self.books, **changes)

    def _authorize(self, login: int, password: str, server: str) -> None:
        """Check a log-in; the investor password gives a view-only connection, an empty one is the saved one."""
        terms = self.account.terms
        if login != terms.login or (server and server != terms.server):
            raise CallFailed(AUTHORIZATION_FAILED)
        if password not in ("", terms.password, terms.investor_password):
            raise CallFailed(AUTHORIZATION_FAILED)
        if password:
            is_investor = password == terms.investor_password
            if is_investor != self.account.switches.investor:
                self._switch(investor=is_investor)
