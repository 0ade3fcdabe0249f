"""Reports on their way to the server: the newest value where only the newest counts, everything where all counts."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from agent.backoff import Backoff
from agent.client import KeyRefused, Rejected, ServerAway, ServerClient
from agent.protocol import MAX_ROWS, MAX_TICKS

log = logging.getLogger(__name__)

Account: TypeAlias = tuple[int, str]

_PRICE_LIFE_S = 5.0
_ROWS_AT_ONCE = 500


@dataclass(slots=True)
class _Trades:
    """What is to be told of one account's trades."""

    open: list[dict[str, Any]] | None = None
    orders: list[dict[str, Any]] = field(default_factory=list)
    at: str | None = None
    closed: dict[int, dict[str, Any]] = field(default_factory=dict)


class Uploads:
    """Three streams (prices, accounts, trades), each sent by its own task, so that none holds up another."""

    def __init__(
        self, client: ServerClient, servers: Mapping[Account, str], *, closed_stored: Callable[[Account, str], None]
    ) -> None:
        """`servers`: the broker's server name of each account as configured; the account itself is only a key."""
        self.prices_s = 0.1
        self._servers = servers
        self._client = client
        self._closed_stored = closed_stored
        self._ticks: dict[str, tuple[dict[str, Any], float]] = {}
        self._accounts: dict[Account, dict[str, Any]] = {}
        self._trades: dict[Account, _Trades] = {}
        self._sending: set[Account] = set()
        self._wake = {"prices": asyncio.Event(), "accounts": asyncio.Event(), "trades": asyncio.Event()}
        self._sent = asyncio.Condition()

    # --- taking in ------------------------------------------------------------------------------------------------

    def ticks(self, rows: list[dict[str, Any]]) -> None:
        """Newest price of each symbol; older ones not yet sent are dropped."""
        now = time.monotonic()
        self._ticks.update((row["symbol"], (row, now)) for row in rows)
        self._wake["prices"].set()

    def account(self, account: Account, row: dict[str, Any]) -> None:
        """Newest figures of an account; symbols stay until they were sent."""
        waiting = self._accounts.get(account, {})
        if row.get("symbols") is None and waiting.get("symbols") is not None:
            row = {**row, "symbols": waiting["symbols"]}
        self._accounts[account] = row
        self._wake["accounts"].set()

    def open(self, account: Account, rows: list[dict[str, Any]], orders: list[dict[str, Any]], at: str) -> None:
        """All open positions and pending orders of an account; replaces what was not yet sent."""
        trades = self._trades.setdefault(account, _Trades())
        trades.open, trades.orders, trades.at = rows, orders, at
        self._wake["trades"].set()

    def closed(self, account: Account, rows: list[dict[str, Any]]) -> None:
        """Closed trades; kept until the server has them."""
        self._trades.setdefault(account, _Trades()).closed.update((row["ticket"], row) for row in rows)
        self._wake["trades"].set()

    async def flushed(self, account: Account) -> None:
        """Wait until nothing of the account is on its way any more."""
        async with self._sent:
            await self._sent.wait_for(
                lambda: account not in self._accounts and account not in self._trades and account not in self._sending
            )

    # --- sending --------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._stream("prices", self._send_prices))
            tasks.create_task(self._stream("accounts", self._send_accounts))
            tasks.create_task(self._stream("trades", self._send_trades))

    async def _stream(self, name: str, send: Callable[[], Awaitable[None]]) -> None:
        backoff, is_failing = Backoff(), False
        while True:
            await self._wake[name].wait()
            self._wake[name].clear()
            try:
                await send()
            except (ServerAway, KeyRefused) as error:
                self._wake[name].set()
                if not is_failing:
                    log.warning("%s cannot be uploaded for now: %s", name, error)
                is_failing = True
                await asyncio.sleep(backoff.next_s())
            except Rejected as error:
                log.error("the server refuses these %s; they are dropped: %s", name, error)  # noqa: TRY400
                self._wake[name].set()
            else:
                if is_failing:
                    log.warning("%s are uploaded again", name)
                backoff.reset()
                is_failing = False
                if name == "prices":
                    await asyncio.sleep(self.prices_s)
            finally:
                async with self._sent:
                    self._sent.notify_all()

    async def _send_prices(self) -> None:
        oldest = time.monotonic() - _PRICE_LIFE_S
        rows = [row for row, at in self._ticks.values() if at >= oldest]
        self._ticks.clear()
        for start in range(0, len(rows), MAX_TICKS):
            await self._client.send("/prices", {"ticks": rows[start : start + MAX_TICKS]})

    async def _send_accounts(self) -> None:
        while self._accounts:
            sending = dict(list(self._accounts.items())[:20])
            for account in sending:
                del self._accounts[account]
            self._sending.update(sending)
            try:
                await self._client.send("/accounts", {"accounts": list(sending.values())})
            except (ServerAway, KeyRefused):
                for account, row in sending.items():
                    newer = self._accounts.pop(account, {})
                    self._accounts[account] = row
                    if newer:
                        self.account(account, newer)
                raise
            finally:
                self._sending.difference_update(sending)

    async def _send_trades(self) -> None:
        for account in list(self._trades):
            trades = self._trades.pop(account)
            self._sending.add(account)
            try:
                await self._send_account_trades(account, trades)
            except (ServerAway, KeyRefused):
                newer = self._trades.get(account)
                if newer is not None:
                    trades.closed.update(newer.closed)
                    if newer.open is not None:
                        trades.open, trades.orders, trades.at = newer.open, newer.orders, newer.at
                self._trades[account] = trades
                raise
            finally:
                self._sending.discard(account)

    async def _send_account_trades(self, account: Account, trades: _Trades) -> None:
        login, server = account[0], self._servers[account]
        rows = list(trades.closed.values())
        while trades.open is not None or rows:
            batch, rows = rows[:_ROWS_AT_ONCE], rows[_ROWS_AT_ONCE:]
            body = {"login": login, "server": server, "reported_at": trades.at, "closed": batch}
            if trades.open is not None and max(len(trades.open), len(trades.orders)) > MAX_ROWS:
                log.error("account %s has more than %s positions or orders; they are not reported", login, MAX_ROWS)
            elif trades.open is not None:
                body |= {"open": trades.open, "orders": trades.orders}
            await self._client.send("/trades", body)
            trades.open = None
            for row in batch:
                trades.closed.pop(row["ticket"], None)
            latest = max((str(row["close_time"]) for row in batch if row["close_time"]), default="")
            if latest and not rows:
                self._closed_stored(account, latest)
