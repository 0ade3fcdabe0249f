"""Everything at once: alerts for many accounts while agent, terminals, server and answers are cut down at random.

Afterwards the broker's books are the judge: journal, jobs, signals and trades must say what happened there.
"""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil

from tests.faults.desk import Desk, buy
from tests.faults.processes import ServerProcess, eventually

_PARTS = ("/jobs/next", "/result", "/jobs/unsettled")
_FINAL = frozenset({"completed", "failed", "expired"})


@dataclass
class Storm:
    """`await storm.rage()`, then `await storm.settle()` and `storm.judge()`."""

    desk: Desk
    server: ServerProcess
    dice: random.Random
    blows: Mapping[str, int]
    """How often each kind of blow falls, compared with the others."""
    alert_every_s: float
    blow_every_s: tuple[float, float]
    hits: Counter[str] = field(default_factory=Counter)
    alerts: int = 0

    async def rage(self, seconds: float, strategies: list[dict[str, Any]], actions: list[str]) -> None:
        """Alerts and blows for so long, and until every kind of blow has fallen; returns when all alerts were taken."""
        until = time.monotonic() + seconds
        striking = asyncio.create_task(self._strike(until))
        sending = []
        while not striking.done():
            body = buy(action=self.dice.choice(actions))
            sending.append(asyncio.create_task(self._deliver(self.dice.choice(strategies), body)))
            await asyncio.sleep(self.alert_every_s)
        await striking
        await asyncio.gather(*sending)
        self.alerts = len(sending)

    async def settle(self, within_s: float) -> None:
        """Wait until every job has its end, every result is acknowledged, and every trade has been reported."""

        async def is_quiet() -> bool:
            return not self._open_jobs() and all(self._is_told(login) for login in self.desk.agent.logins)

        await eventually(
            is_quiet, within_s, lambda: f"{self._open_jobs()[:3]}\n{self.desk.agent.log.read_text()[-3000:]}"
        )

    def judge(self) -> Counter[str]:
        """Books, journals, jobs and trades tell one story; how many jobs ended how."""
        desk = self.desk
        unknown = "select 1 from tv_signals where user_id = %s and status in ('pending', 'unknown')"
        assert self.server.rows(unknown, desk.member.id) == []
        jobs = {str(job["id"]): job for job in desk.jobs() if job["type"] == "trade"}
        assert {job["status"] for job in jobs.values()} <= _FINAL
        for login in desk.agent.logins:
            self._compare(login, jobs)
        return Counter(job["status"] for job in jobs.values())

    # --- inside -------------------------------------------------------------------------------------------------

    async def _deliver(self, strategy: dict[str, Any], body: dict[str, Any]) -> None:
        """Send an alert until somebody says it was taken, as an alert's sender with patience would."""
        while True:
            with suppress(httpx.TransportError):
                answer = await self.desk.alert(body, strategy)
                if answer.status_code == 200:
                    return
                assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.2)

    async def _strike(self, until: float) -> None:
        due = list(self.blows)
        self.dice.shuffle(due)
        while due or time.monotonic() < until:
            await asyncio.sleep(self.dice.uniform(*self.blow_every_s))
            blow = due.pop() if due else self.dice.choices([*self.blows], [*self.blows.values()])[0]
            self.hits[blow] += 1
            await self._hit(blow)

    async def _hit(self, blow: str) -> None:
        agent = self.desk.agent
        match blow:
            case "server":
                self.server.kill()
                await self.server.restart()
            case "agent":
                agent.signal(signal.SIGKILL)
                await agent.died()
                await agent.start()
            case "supervisor":  # its terminals live on for a moment, with an order under way perhaps
                assert agent.process is not None
                agent.process.kill()
                await agent.died()
                await agent.start()
            case "terminal":
                with suppress(psutil.NoSuchProcess):
                    children = agent.children()
                    for child in self.dice.sample(children, min(len(children), self.dice.randint(1, 3))):
                        child.kill()
            case "answer":
                self.server.wire.cut(self.dice.choice(_PARTS))

    def _open_jobs(self) -> list[dict[str, Any]]:
        return [job for job in self.desk.jobs() if job["type"] == "trade" and job["status"] not in _FINAL]

    def _is_told(self, login: int) -> bool:
        """Every result of the account's journal is acknowledged, and the server has its trades as they stand."""
        if any(entry["delivery"] is None for entry in self.desk.agent.journalled(login)):
            return False
        books = self.desk.agent.books(login)
        held = {row.ticket for row in books.positions}
        gone = {deal.position_id for deal in books.deals if deal.symbol} - held
        return self._trades(login, is_closed=False) == held and self._trades(login, is_closed=True) == gone

    def _trades(self, login: int, *, is_closed: bool) -> set[int]:
        rows = self.server.rows(
            "select t.ticket from trades t join mt5_accounts a on a.id = t.account_id "
            "where a.login = %s and a.user_id = %s and t.is_closed = %s",
            login,
            self.desk.member.id,
            is_closed,
        )
        return {row["ticket"] for row in rows}

    def _compare(self, login: int, jobs: dict[str, dict[str, Any]]) -> None:
        entries = self.desk.entries(login)
        orders = {str(entry.order) for entry in entries}
        assert len({entry.comment for entry in entries}) == len(entries), f"account {login}: an order came twice"
        (account,) = self.server.rows(
            "select id from mt5_accounts where login = %s and user_id = %s", login, self.desk.member.id
        )
        own = {number: job for number, job in jobs.items() if job["account_id"] == account["id"]}
        opened = {number: job for number, job in own.items() if _is_entry(job) and job["status"] == "completed"}
        assert {str(job["result"]["order"]) for job in opened.values()} == orders, f"account {login}: server and broker"
        told = self.server.rows(
            "select broker_order_id from signal_executions where account_id = %s and status = 'executed'", account["id"]
        )
        assert orders <= {one["broker_order_id"] for one in told}, f"account {login}: signals and broker"
        journal = {entry["id"]: entry["status"] for entry in self.desk.agent.journalled(login)}
        assert opened.keys() <= journal.keys(), f"account {login}: journal and server"
        for number, status in journal.items():
            assert (own[number]["status"] == "completed") == (status == "completed"), own[number]


def _is_entry(job: dict[str, Any]) -> bool:
    return bool(job["payload"]["instruction"]["do"] == "open")
