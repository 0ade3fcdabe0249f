"""Symbols, quotes, depth of market, bars and ticks of a simulated terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agent.simulator.account import Account
from agent.simulator.bars import TIMEFRAMES, History, Rows
from agent.simulator.broker import Broker
from agent.simulator.calling import CallFailed, c_int, matches_group, moment, text
from agent.simulator.connection import NOT_FOUND, Connection
from agent.simulator.instruments import Instrument
from agent.simulator.structures import BookInfo, SymbolInfo, Tick
from agent.simulator.views import Installation, SymbolBoard, market_book
from agent.simulator.views import tick as show_tick


class MarketWatch(Connection):
    """What a terminal knows of the market. A symbol has prices here only while it is selected."""

    def __init__(
        self,
        account: Account,
        broker: Broker,
        installation: Installation,
        now_ms: Callable[[], int],
        first_quote_s: float,
    ) -> None:
        super().__init__(account, broker, installation, now_ms)
        self._first_quote_ms = int(first_quote_s * 1000)
        self._board = SymbolBoard(account)
        self._history = History(account)
        self._selected = {each.name: 0 for each in account.instruments.values() if each.selected}
        """Symbols in Market Watch, with the instant from which they have quotes."""
        self._book_symbols: set[str] = set()

    # --- symbols ----------------------------------------------------------------------------------------------------

    def symbols_total(self) -> int | None:
        """How many symbols the broker has."""
        return self._call("symbols_total", lambda: len(self.account.instruments))

    def symbols_get(self, *args: Any, **kwargs: Any) -> tuple[SymbolInfo, ...] | None:
        """All symbols, or those of a group."""

        def body() -> tuple[SymbolInfo, ...]:
            if len(args) > 1:
                raise CallFailed(-2, "Invalid number of arguments")
            group = text(args[0] if args else kwargs.get("group", "*"), "group")
            now = self._market_ms()
            return tuple(
                self._board.info(each, now, is_selected=self._is_selected(each.name))
                for each in self.account.instruments.values()
                if matches_group(each.name, group)
            )

        return self._call("symbols_get", body)

    def symbol_info(self, symbol: str, /) -> SymbolInfo | None:
        """Specification and prices of a symbol."""

        def body() -> SymbolInfo:
            instrument = self._instrument(symbol)
            return self._board.info(instrument, self._market_ms(), is_selected=self._is_selected(symbol))

        return self._call("symbol_info", body)

    def symbol_info_tick(self, symbol: str, /) -> Tick | None:
        """The last tick; None until the symbol is selected."""

        def body() -> Tick:
            self._instrument(symbol)
            now = self._market_ms()
            quote = self.account.quote(symbol, now) if self._is_selected(symbol) else None
            if quote is None or self._selected.get(symbol, 0) > now:
                raise CallFailed(NOT_FOUND)
            return show_tick(self.account, quote)

        return self._call("symbol_info_tick", body)

    def symbol_select(self, symbol: str, enable: Any = True, /) -> bool:
        """Put a symbol into Market Watch or take it out; one in use stays."""

        def body() -> bool:
            self._instrument(symbol)
            if enable:
                self._selected.setdefault(symbol, self._now_ms() + self._first_quote_ms)
                return True
            if self._is_in_use(symbol):
                raise CallFailed(-1)
            self._selected.pop(symbol, None)
            return True

        return bool(self._call("symbol_select", body))

    def market_book_add(self, symbol: str, /) -> bool:
        """Subscribe to the depth of market."""

        def body() -> bool:
            self._book_symbols.add(self._instrument(symbol).name)
            return True

        return bool(self._call("market_book_add", body))

    def market_book_get(self, symbol: str, /) -> tuple[BookInfo, ...] | None:
        """The depth of market of a subscribed symbol."""

        def body() -> tuple[BookInfo, ...]:
            instrument = self._instrument(symbol)
            quote = self.account.quote(symbol, self._market_ms()) if symbol in self._book_symbols else None
            if quote is None:
                raise CallFailed(NOT_FOUND)
            return market_book(instrument, quote)

        return self._call("market_book_get", body)

    def market_book_release(self, symbol: str, /) -> bool:
        """Cancel the subscription."""

        def body() -> bool:
            self._book_symbols.discard(self._instrument(symbol).name)
            return True

        return bool(self._call("market_book_release", body))

    # --- history ----------------------------------------------------------------------------------------------------

    def copy_rates_from(self, symbol: str, timeframe: int, date_from: Any, count: int, /) -> Rows | None:
        """The last `count` bars that open at or before `date_from`."""
        period, number = c_int(timeframe), c_int(count)

        def body() -> Rows:
            instrument, last = self._bar_call(symbol, period, number), moment(date_from, "date_from")
            now = self._market_ms()
            return self._history.newest_bars(
                instrument, period, min(int(last), self.account.stamp(now)[0]), number, now
            )

        return self._call("copy_rates_from", body)

    def copy_rates_from_pos(self, symbol: str, timeframe: int, start_pos: int, count: int, /) -> Rows | None:
        """`count` bars up to the one `start_pos` before the forming bar."""
        period, position, number = c_int(timeframe), c_int(start_pos), c_int(count)

        def body() -> Rows:
            instrument = self._bar_call(symbol, period, number)
            if position < 0:
                raise CallFailed(-2)
            now = self._market_ms()
            rows = self._history.newest_bars(instrument, period, self.account.stamp(now)[0], number + position, now)
            return rows[max(0, len(rows) - position - number) : len(rows) - position]

        return self._call("copy_rates_from_pos", body)

    def copy_rates_range(self, symbol: str, timeframe: int, date_from: Any, date_to: Any, /) -> Rows | None:
        """Bars that open from `date_from` to `date_to`."""
        period = c_int(timeframe)

        def body() -> Rows:
            instrument = self._bar_call(symbol, period, 1)
            first, last = moment(date_from, "date_from"), moment(date_to, "date_to")
            return self._history.bars(instrument, period, int(first), int(last), self._market_ms())

        return self._call("copy_rates_range", body)

    def copy_ticks_from(self, symbol: str, date_from: Any, count: int, flags: int, /) -> Rows | None:
        """`count` ticks from `date_from` on."""
        number, kind = c_int(count), c_int(flags)

        def body() -> Rows:
            instrument, first = self._instrument(symbol), moment(date_from, "date_from")
            return self._history.ticks(instrument, first, None, number, kind, self._market_ms())

        return self._call("copy_ticks_from", body)

    def copy_ticks_range(self, symbol: str, date_from: Any, date_to: Any, flags: int, /) -> Rows | None:
        """Ticks from `date_from` to `date_to`."""
        kind = c_int(flags)

        def body() -> Rows:
            instrument = self._instrument(symbol)
            first, last = moment(date_from, "date_from"), moment(date_to, "date_to")
            return self._history.ticks(instrument, first, last, None, kind, self._market_ms())

        return self._call("copy_ticks_range", body)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _instrument(self, symbol: object) -> Instrument:
        instrument = self.account.instruments.get(text(symbol, "symbol"))
        if instrument is None:
            raise CallFailed(NOT_FOUND)
        return instrument

    def _bar_call(self, symbol: object, timeframe: int, count: int) -> Instrument:
        if timeframe not in TIMEFRAMES or count <= 0:
            raise CallFailed(-2)
        return self._instrument(symbol)

    def _is_in_use(self, symbol: str) -> bool:
        return any(each.symbol == symbol for each in self.books.positions.values()) or any(
            each.symbol == symbol for each in self.books.orders.values()
        )

    def _is_selected(self, symbol: str) -> bool:
        """In Market Watch; symbols in use always are."""
        return symbol in self._selected or self._is_in_use(symbol)
