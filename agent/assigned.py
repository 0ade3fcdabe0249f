"""Accounts the server assigns to this agent: a terminal is started for each, and stopped when it is taken away.

Passwords are fetched when a terminal is about to need one and live in memory alone. Which accounts there are is kept on
disk, so that after a restart without the server the terminals come up as far as they remember their own log-in, and
their guards work on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from pydantic import BaseModel, ValidationError

from agent.backoff import Backoff
from agent.client import KeyRefused, LeaseLost, Rejected, ServerAway, ServerClient
from agent.config import ConfigInvalid, TerminalSetup, account_key, assigned_terminal
from agent.experts.ties import ChildProcess, Parting
from agent.protocol import AccountConfig, Credentials, TerminalState
from agent.terminal_process import HOLD_S, TerminalProcess

log = logging.getLogger(__name__)

Key = tuple[int, str]

_FILE: Final = "assigned.json"
_LAST_WORDS_S: Final = 1.0


class Experts(Protocol):
    """Who looks after the experts on terminals that come and go."""

    def add(self, setup: TerminalSetup, child: ChildProcess) -> None:
        """A terminal is about to be started."""

    async def remove(self, account: Key, parting: Parting) -> None:
        """A terminal's process has ended."""


class _Known(BaseModel):
    accounts: list[AccountConfig] = []


def remembered(state_dir: Path) -> list[TerminalSetup]:
    """The terminals of the accounts that were assigned last, without their passwords."""
    found = []
    for account in _kept(state_dir / _FILE):
        try:
            found.append(assigned_terminal(account, "", state_dir))
        except ConfigInvalid as error:
            log.error("account %s cannot be started: %s", account.login, error)  # noqa: TRY400
    return found


def _kept(place: Path) -> list[AccountConfig]:
    try:
        return _Known.model_validate_json(place.read_bytes()).accounts
    except FileNotFoundError:
        return []
    except (OSError, ValidationError) as error:
        log.warning("%s cannot be read; assigned accounts wait for the server: %s", place, error)
        return []


class Assigned:
    """Brings the terminals of this agent in line with what the server says, one change after the other."""

    def __init__(
        self,
        state_dir: Path,
        client: ServerClient,
        terminals: dict[Key, TerminalProcess],
        servers: dict[Key, str],
        experts: Experts,
        *,
        make: Callable[[TerminalSetup], TerminalProcess],
        give_back: Callable[[TerminalProcess], None],
    ) -> None:
        """`give_back` tells the server of the jobs that wait for a terminal which ends."""
        self._state_dir = state_dir
        self._place = state_dir / _FILE
        self._client = client
        self._terminals = terminals
        self._servers = servers
        self._experts = experts
        self._make = make
        self._give_back = give_back
        self._wanted: dict[Key, AccountConfig] = {}
        self._passwords: dict[Key, int] = {}
        self._unproven: dict[Key, Credentials] = {}
        """Log-ins of terminals that have not said yet whether they need one."""
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._has_heard = False
        """The server has spoken since the start; terminals that were recalled from disk may lack their log-in."""

    def told(self, accounts: list[AccountConfig] | None) -> None:
        """Take what the server says of this agent's accounts; every child is told what to enforce at once."""
        if accounts is None:
            return
        for account in accounts:
            terminal = self._terminals.get(account_key(account.login, account.server))
            if terminal is not None:
                terminal.enforce(account.model_dump(mode="json"))
        wanted = {account_key(one.login, one.server): one for one in accounts if one.is_assigned}
        if wanted != self._wanted:
            self._wanted = wanted
            self._keep()
            self._changed.set()
        if self._unproven or not self._has_heard:
            self._changed.set()
        self._has_heard = True

    async def run(self, may_start: asyncio.Semaphore) -> None:
        """Start and stop terminals until cancelled."""
        self._recall()
        for key, account in self._wanted.items():
            self._start(key, account, "", may_start)
        backoff = Backoff()
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                try:
                    await self._bring_in_line(may_start)
                except (ServerAway, KeyRefused, LeaseLost) as error:
                    log.warning("the log-in of an assigned account cannot be fetched for now: %s", error)
                    self._changed.set()
                    await asyncio.sleep(backoff.next_s())
                else:
                    backoff.reset()
        finally:
            for task in self._tasks.values():
                task.cancel()

    async def _bring_in_line(self, may_start: asyncio.Semaphore) -> None:
        for key in [key for key in self._tasks if key not in self._wanted]:
            log.warning("account %s was taken from this agent; its terminal is stopped", key[0])
            await self._end(key, Parting.TAKEN)
        for key, account in list(self._wanted.items()):
            if key in self._terminals and key not in self._tasks:
                continue  # configured here by hand
            if self._passwords.get(key, -1) >= account.password_version and not self._is_elsewhere(key, account):
                continue
            try:
                told = await self._log_in(key, account)
            except Rejected as error:
                log.error("account %s cannot be logged in: %s", account.login, error)  # noqa: TRY400
                continue
            if key in self._tasks and self._is_open(key, account):
                self._unproven[key] = told
                continue
            if key in self._tasks and not self._needs(key, account, told.password):
                self._passwords[key] = told.version
                continue
            await self._end(key, Parting.MOVED if self._is_elsewhere(key, account) else Parting.RESTARTED)
            self._start(key, account, told.password, may_start)
            self._passwords[key] = told.version

    async def _log_in(self, key: Key, account: AccountConfig) -> Credentials:
        had = self._unproven.pop(key, None)
        return had if had and had.version >= account.password_version else await self._client.credentials(account.id)

    def _is_open(self, key: Key, account: AccountConfig) -> bool:
        """Whether a terminal that was started without a log-in has yet to say whether it remembers its own."""
        terminal = self._terminals[key]
        is_starting = terminal.health.state is TerminalState.STARTING and not terminal.setup.terminal.password
        return is_starting and not self._is_elsewhere(key, account)

    def _is_elsewhere(self, key: Key, account: AccountConfig) -> bool:
        terminal = self._terminals.get(key)
        return terminal is not None and terminal.setup.terminal.path != account.path

    def _needs(self, key: Key, account: AccountConfig, password: str) -> bool:
        """Whether its terminal must be started anew: another installation, or a log-in it has not got."""
        terminal = self._terminals[key]
        if terminal.setup.terminal.path != account.path:
            return True
        had = terminal.setup.terminal.password
        return password != had if had else terminal.health.state is TerminalState.UNREACHABLE

    def _start(self, key: Key, account: AccountConfig, password: str, may_start: asyncio.Semaphore) -> None:
        if key in self._terminals:
            return
        try:
            setup = assigned_terminal(account, password, self._state_dir)
        except ConfigInvalid as error:
            log.error("account %s cannot be started: %s", account.login, error)  # noqa: TRY400
            return
        terminal = self._terminals[key] = self._make(setup)
        self._servers[key] = setup.terminal.server
        self._experts.add(setup, terminal)
        terminal.enforce(account.model_dump(mode="json"))
        self._tasks[key] = asyncio.create_task(terminal.run(may_start))

    async def _end(self, key: Key, parting: Parting) -> None:
        task = self._tasks.pop(key, None)
        self._passwords.pop(key, None)
        self._unproven.pop(key, None)
        if task is None:
            return
        terminal = self._terminals[key]
        terminal.forbid()
        with contextlib.suppress(TimeoutError):  # an order under way is carried through
            await asyncio.wait_for(terminal.idle.wait(), HOLD_S)
        await terminal.stop()
        await asyncio.wait([task], timeout=_LAST_WORDS_S)
        task.cancel()
        await asyncio.wait([task], timeout=5.0)
        self._give_back(terminal)
        del self._terminals[key]
        await self._experts.remove(key, parting)

    def _recall(self) -> None:
        if not self._wanted:
            self._wanted = {account_key(one.login, one.server): one for one in _kept(self._place)}

    def _keep(self) -> None:
        try:
            fresh = self._place.with_suffix(".new")
            fresh.write_bytes(_Known(accounts=list(self._wanted.values())).model_dump_json().encode())
            fresh.replace(self._place)
        except OSError as error:
            log.warning("%s cannot be written: %s", self._place, error)
