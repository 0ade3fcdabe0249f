"""A trader at work: an agent process, accounts in the broker's books, a strategy, and the truth about its signals."""

from __future__ import annotations

import itertools
import secrets
from pathlib import Path
from typing import Any

import httpx

from agent.simulator.structures import TradeDeal
from tests.faults.processes import AgentProcess, ServerProcess, eventually
from tests.world import Member, make_strategy, register, send_alert, signal

_logins = itertools.count(810_001)
OPEN = frozenset({"pending", "unknown"})


class Desk:
    """Everything of one trader. `open` brings the agent's accounts to the server; then alerts may come."""

    def __init__(self, server: ServerProcess, client: httpx.AsyncClient, folder: Path) -> None:
        self.server = server
        self.client = client
        self.folder = folder
        self.agents: list[AgentProcess] = []
        self.agent_id = ""
        self.key = ""
        self._member: Member | None = None
        self.strategy: dict[str, Any] = {}

    @property
    def member(self) -> Member:
        assert self._member is not None
        return self._member

    @property
    def agent(self) -> AgentProcess:
        return self.agents[0]

    async def open(
        self, *, accounts: int = 1, crash: str = "", strategy: dict[str, Any] | None = None, **terminal: Any
    ) -> None:
        """Register, pair, start the agent, wait for its accounts, make a strategy for all of them."""
        self._member = await register(self.client, "trader")
        made = await self.member.post("/api/agents", {"name": "vps", "kind": "dedicated"})
        self.agent_id, self.key = made.json()["id"], made.json()["pairing_key"]
        agent = self.add_agent("agent", [next(_logins) for _ in range(accounts)], **terminal)
        await agent.start(crash=crash)
        await self.accounts_known(accounts)
        self.server.rows(
            "update mt5_accounts set max_open_positions = null, max_lots = null, daily_loss_percent = null, "
            "guard_revision = guard_revision + 1 "
            "where user_id = %s",
            self.member.id,
        )
        self.strategy = await self.make_strategy(**(strategy or {}))

    def add_agent(self, name: str, logins: list[int], **more: Any) -> AgentProcess:
        """An agent process under the trader's one pairing key."""
        agent = AgentProcess(self.server.url, self.agent_id, self.key, self.folder / name, logins, **more)
        self.agents.append(agent)
        return agent

    async def make_strategy(self, **changes: Any) -> dict[str, Any]:
        return await make_strategy(self.member, **{"sizing": {"mode": "fixed_lots", "value": 0.01}, **changes})

    async def accounts_known(self, count: int) -> None:
        """The server knows the accounts with their instruments, and that they can trade."""

        async def are_known() -> bool:
            found = self.server.rows(
                "select 1 from mt5_accounts a where a.user_id = %s and a.is_connected and exists "
                "(select 1 from symbols s where s.account_id = a.id and s.name = 'EURUSD')",
                self.member.id,
            )
            return len(found) == count

        await eventually(are_known, 30 + 15 * count, lambda: self.agent.log.read_text()[-2000:])

    async def alert(self, body: dict[str, Any] | None = None, strategy: dict[str, Any] | None = None) -> httpx.Response:
        """Send an alert as TradingView does."""
        return await send_alert(self.client, strategy or self.strategy, body or buy())

    async def accepted(self, body: dict[str, Any] | None = None) -> str:
        """Send an alert that is accepted; its signal's id."""
        answer = await self.alert(body)
        assert answer.json()["status"] == "accepted", answer.text
        return str(answer.json()["signal_id"])

    async def told(self, signal_id: str, *, within_s: float = 45) -> dict[str, Any]:
        """The signal once its fate is told."""

        async def is_told() -> dict[str, Any] | None:
            found = await signal(self.member, signal_id)
            return None if found["status"] in OPEN else found

        return await eventually(is_told, within_s, lambda: f"{self._state(signal_id)}\n{self._log()}")

    async def job_is(self, signal_id: str, *status: str, within_s: float = 45) -> dict[str, Any]:
        """The signal's only job once it is in one of these states."""

        async def has_come() -> dict[str, Any] | None:
            job = self.job(signal_id)
            return job if job["status"] in status else None

        return await eventually(has_come, within_s, lambda: f"{self._state(signal_id)}\n{self._log()}")

    def job(self, signal_id: str) -> dict[str, Any]:
        """The signal's only job, read from the database."""
        (job,) = self.server.rows(
            "select j.* from jobs j join signal_executions e on e.job_id = j.id where e.signal_id = %s", signal_id
        )
        return job

    def jobs(self) -> list[dict[str, Any]]:
        """All jobs of this trader."""
        return self.server.rows("select * from jobs where user_id = %s order by id", self.member.id)

    def executions(self) -> list[dict[str, Any]]:
        """All executions of this trader's signals."""
        return self.server.rows("select * from signal_executions where user_id = %s order by id", self.member.id)

    def entries(self, login: int | None = None) -> list[TradeDeal]:
        """Deals that opened a position, in the broker's books."""
        return [deal for deal in self.agent.books(login).deals if deal.symbol and deal.entry == 0]

    async def close(self) -> None:
        for agent in self.agents:
            await agent.stop()

    def _state(self, signal_id: str) -> str:
        keys = ("id", "status", "attempts", "claimed_at", "lease_expires_at", "expires_at", "finished_at", "error")
        jobs = self.server.rows(
            "select j.* from jobs j join signal_executions e on e.job_id = j.id where e.signal_id = %s", signal_id
        )
        return str([{key: str(job[key]) for key in keys} for job in jobs])

    def _log(self) -> str:
        return "\n".join(agent.log.read_text()[-2500:] for agent in self.agents)


def buy(**changes: Any) -> dict[str, Any]:
    """An alert like no other."""
    return {"action": "buy", "symbol": "EURUSD", "id": secrets.token_hex(8), **changes}
