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
    operations: dict[int, dict[str, Any]] = field(default_factory=dict)
    past: str | None = None
    """The mark of the batch of the past that is among them."""

    def add(self, newer: _Trades) -> None:
        """Take up what came while these could not be sent."""
        self.closed.update(newer.closed)
        self.operations.update(newer.operations)
        self.past = newer.past or self.past
        if newer.open is not None:
            self.open, self.orders, self.at = newer.open, newer.orders, newer.at


class Uploads:
    """Three streams (prices, accounts, trades), each sent by its own task, so that none holds up another."""

    def __init__(
        self,
        client: ServerClient,
        servers: Mapping[Account, str],
        *,
        closed_stored: Callable[[Account, str], None],
        past_stored: Callable[[Account, str], None],
    ) -> None:
        """`servers`: the broker's server name of each account as configured; the account itself is only a key."""
        self.prices_s = 0.1
        self._servers = servers
        self._client = client
        self._closed_stored = closed_stored
        self._past_stored = past_stored
        self._ticks: dict[str, tuple[dict[str, Any], float]] = {}
        self._accounts: dict[Account, dict[str, Any]] = {}
        self._trades: dict[Account, _Trades] = {}
        self._sending: set[Account] = set()
        self._known: set[Account] = set()
        """Accounts the server has heard of: before that it takes no trades of theirs."""
        self._wake = {"prices": asyncio.Event(), "accounts": asyncio.Event(), "trades": asyncio.Event()}
        self._sent = asyncio.Condition()

    # --- taking in ------------------------------------------------------------------------------------------------

    def ticks(self, rows: list[dict[str, Any]]) -> None:
        """Newest price of each symbol; older ones not yet sent are dropped."""
        now = time.monotonic()
        self._ticks.update((row["symbol"], (row, now)) for row in rows)
        self._wake["prices"].set()

    def hear(self, account: Account, message: dict[str, Any]) -> None:
        """Take in what the child of an account reports of it."""
        match message["say"]:
            case "account":
                self.account(account, message["account"])
            case "open":
                self.open(account, message["open"], message["orders"], message["at"])
            case "closed":
                self.closed(account, message["closed"])
            case "operations":
                self.operations(account, message["operations"])
            case "filled":
                self.past(account, message)

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

    def operations(self, account: Account, rows: list[dict[str, Any]]) -> None:
        """Deposits, withdrawals and the like; kept until the server has them."""
        self._trades.setdefault(account, _Trades()).operations.update((row["ticket"], row) for row in rows)
        self._wake["trades"].set()

    def past(self, account: Account, batch: dict[str, Any]) -> None:
        """A batch of the account's past; its mark is given back once the server has it."""
        trades = self._trades.setdefault(account, _Trades())
        trades.closed.update((row["ticket"], row) for row in batch["closed"])
        trades.operations.update((row["ticket"], row) for row in batch["operations"])
        trades.past = batch["mark"]
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
                self._known.update(sending)
                self._wake["trades"].set()
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
        for account in [one for one in self._trades if one in self._known]:
            trades = self._trades.pop(account)
            self._sending.add(account)
            try:
                await self._send_account_trades(account, trades)
            except (ServerAway, KeyRefused):
                if account in self._trades:
                    trades.add(self._trades[account])
                self._trades[account] = trades
                raise
            finally:
                self._sending.discard(account)

    async def _send_account_trades(self, account: Account, trades: _Trades) -> None:
        login, server = account[0], self._servers[account]
        rows, operations = list(trades.closed.values()), list(trades.operations.values())
        latest = ""
        while trades.open is not None or rows or operations:
            batch, rows = rows[:_ROWS_AT_ONCE], rows[_ROWS_AT_ONCE:]
            moved, operations = operations[:_ROWS_AT_ONCE], operations[_ROWS_AT_ONCE:]
            body = {
                "login": login,
                "server": server,
                "reported_at": trades.at,
                "closed": batch,
                "balance_operations": moved,
            }
            if trades.open is not None and max(len(trades.open), len(trades.orders)) > MAX_ROWS:
                log.error("account %s has more than %s positions or orders; they are not reported", login, MAX_ROWS)
            elif trades.open is not None:
                body |= {"open": trades.open, "orders": trades.orders}
            await self._client.send("/trades", body)
            trades.open = None
            for row in batch:
                trades.closed.pop(row["ticket"], None)
            for row in moved:
                trades.operations.pop(row["ticket"], None)
            latest = max((latest, *(str(row["close_time"]) for row in batch if row["close_time"])))
        if trades.past is not None:
            self._past_stored(account, trades.past)
        elif latest:
            self._closed_stored(account, latest)
