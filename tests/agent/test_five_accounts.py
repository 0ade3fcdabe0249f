"""Commands, guards and the kill switch with the real server and a real agent on five simulated terminals."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil
import pytest

from forex_elite.services import ea_commands
from tests.agent.agent_process import BROKER, AgentProcess
from tests.world import Member

LOGINS = range(7101, 7106)
TABLE = '[[terminal]]\nkind = "simulator"\nlogin = {login}\nserver = "{broker}"\nsettle_s = 0.3\n'


class Fleet:
    """A person's agent with five accounts, of which any may be frozen."""

    def __init__(self, member: Member, agent: AgentProcess) -> None:
        self.member = member
        self.agent = agent
        self._frozen: list[int] = []

    def children(self) -> list[psutil.Process]:
        """The processes of the terminals, in the order they were started."""
        assert self.agent.process is not None
        found = psutil.Process(self.agent.process.pid).children()
        return sorted(found, key=lambda child: child.create_time())

    def freeze(self, login: int) -> None:
        """Stop one terminal's process where it is."""
        journal = str(self.agent.folder / "state" / "journal" / f"{login}@")
        for child in self.children():
            if any(file.path.startswith(journal) for file in child.open_files()):
                os.kill(child.pid, signal.SIGSTOP)
                self._frozen.append(child.pid)
        assert self._frozen, "no such terminal"

    def thaw(self) -> None:
        """Let everything go on."""
        for pid in self._frozen:
            os.kill(pid, signal.SIGCONT)
        self._frozen.clear()

    async def accounts(self) -> dict[int, dict[str, Any]]:
        rows = (await self.member.get("/api/user/mt5-accounts")).json()["accounts"]
        return {row["login"]: row for row in rows}

    async def until(self, condition: Any, timeout_s: float = 40.0) -> Any:
        """Ask again and again until the server shows something."""
        for _ in range(int(timeout_s * 10)):
            if found := await condition():
                return found
            await asyncio.sleep(0.1)
        raise TimeoutError({login: row["algo_status"] for login, row in (await self.accounts()).items()})

    async def command(self, what: str, **more: Any) -> tuple[dict[str, Any], float]:
        began = time.monotonic()
        answer = await self.member.post("/api/user/ea/command", {"command": what, **more})
        assert answer.status_code == 200, answer.text
        return answer.json(), time.monotonic() - began


@pytest.fixture
async def fleet(alice: Member, server_url: str, tmp_path: Path) -> AsyncIterator[Fleet]:
    made = (await alice.post("/api/agents", {"name": "vps", "kind": "dedicated"})).json()
    agent = AgentProcess(server_url, made["id"], made["pairing_key"], tmp_path)
    (tmp_path / "agent.toml").write_text("".join(TABLE.format(login=login, broker=BROKER) for login in LOGINS))
    await agent.start()
    fleet = Fleet(alice, agent)

    async def all_online() -> bool:
        rows = await fleet.accounts()
        return len(rows) == 5 and all(row["is_online"] for row in rows.values())

    await fleet.until(all_online, 60)
    yield fleet
    fleet.thaw()
    await agent.stop()


async def test_four_answer_at_once_and_the_frozen_one_times_out_alone(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone, took = await fleet.command("pause_ea")
    assert (everyone["success"], everyone["totalAccounts"]) == (True, 5), everyone
    assert took < 15

    monkeypatch.setattr(ea_commands, "COMMAND_WITHIN_S", 10)
    fleet.freeze(7103)
    asking = asyncio.create_task(fleet.command("start_ea"))

    async def four_run() -> bool:
        rows = await fleet.accounts()
        return {login for login, row in rows.items() if row["algo_status"] == "running"} == {*LOGINS} - {7103}

    await fleet.until(four_run, 9)
    assert not asking.done(), "the answer as a whole waits for the fifth, the other four do not"
    told, took = await asking
    assert 9 < took < 25
    assert told["message"] == "Started on 4 of 5 accounts; 1 failed"
    by_login = {one["accountNumber"]: one["status"] for one in told["accounts"]}
    assert by_login == {7101: "success", 7102: "success", 7103: "timeout", 7104: "success", 7105: "success"}

    fleet.thaw()
    monkeypatch.setattr(ea_commands, "COMMAND_WITHIN_S", 30)
    ids = {login: row["id"] for login, row in (await fleet.accounts()).items()}

    async def again() -> bool:
        told, _ = await fleet.command("start_ea", account_ids=[ids[7103]])
        return bool(told["success"])

    await fleet.until(again, 60)
    rows = await fleet.accounts()
    assert {row["algo_status"] for row in rows.values()} == {"running"}


async def test_the_kill_switch_reaches_terminals_in_a_moment_and_flattens_them(fleet: Fleet) -> None:
    ids = {login: row["id"] for login, row in (await fleet.accounts()).items()}
    made = await fleet.member.post(
        "/api/tv/strategies",
        {"name": "S", "account_ids": [ids[7101], ids[7102]], "sizing": {"mode": "fixed_lots", "value": 0.1}},
    )
    alert = {"action": "buy", "symbol": "EURUSD", "id": "one"}
    sent = await fleet.member.client.post("/webhooks/tv/" + made.json()["webhook_secret"], json=alert)
    assert sent.json()["status"] == "accepted"

    async def opened() -> bool:
        return sum(row["open_positions"] for row in (await fleet.accounts()).values()) == 2

    await fleet.until(opened)
    fleet.freeze(7105)
    began = time.monotonic()
    thrown = (await fleet.member.post("/api/kill-switch", {"all": True, "flatten": True})).json()["accounts"]
    assert time.monotonic() - began < 3, "the switch waits for no agent"
    assert all(one["killed_at"] for one in thrown)

    async def confirmed() -> dict[int, bool] | None:
        rows = (await fleet.member.get("/api/kill-switch")).json()["accounts"]
        found = {row["login"]: row["confirmed_at"] is not None for row in rows}
        return found if sum(found.values()) == 4 else None

    assert (await fleet.until(confirmed, 15))[7105] is False

    async def flat() -> bool:
        return sum(row["open_positions"] for row in (await fleet.accounts()).values()) == 0

    await fleet.until(flat)
    fleet.thaw()

    async def all_confirmed() -> bool:
        rows = (await fleet.member.get("/api/kill-switch")).json()["accounts"]
        return all(row["confirmed_at"] is not None for row in rows)

    await fleet.until(all_confirmed, 60)


async def test_an_assigned_account_gets_a_terminal_moves_and_leaves(
    alice: Member, server_url: str, tmp_path: Path
) -> None:
    agents: list[AgentProcess] = []
    ids: list[str] = []
    for name in ("one", "two"):
        made = (await alice.post("/api/agents", {"name": name, "kind": "pool"})).json()
        folder = tmp_path / name
        folder.mkdir()
        agent = AgentProcess(server_url, made["id"], made["pairing_key"], folder)
        (folder / "agent.toml").write_text("assigned = true\n")
        await agent.start()
        agents.append(agent)
        ids.append(made["id"])
    fleet = Fleet(alice, agents[0])
    try:
        body = {"login": 7201, "server": BROKER, "password": "s3cret word", "kind": "simulator", "agent_id": ids[0]}
        account = (await alice.post("/api/user/mt5-accounts", body)).json()["account"]

        async def online() -> bool:
            return bool((await fleet.accounts())[7201]["is_online"])

        await fleet.until(online, 60)
        assert (await fleet.accounts())[7201]["balance"] == 10_000
        for agent in agents:
            kept = [file for file in agent.folder.rglob("*") if file.is_file() and "simulator" not in file.parts]
            assert not any(b"s3cret word" in file.read_bytes() for file in kept), "no file of the agent holds it"

        moved = await alice.patch(f"/api/user/mt5-accounts/{account['id']}", {"agent_id": ids[1]})
        assert moved.status_code == 200, moved.text

        async def stopped() -> bool:
            return not fleet.children()

        await fleet.until(stopped)
        await fleet.until(online, 60)
        assert (await fleet.accounts())[7201]["agent_id"] == ids[1]

        assert (await alice.delete(f"/api/user/mt5-accounts/{account['id']}")).status_code == 204
        second = Fleet(alice, agents[1])

        async def gone() -> bool:
            return not second.children()

        await fleet.until(gone)
    finally:
        for agent in agents:
            await agent.stop()


async def test_an_agent_of_another_person_is_told_of_no_account(client: httpx.AsyncClient, bob: Member) -> None:
    made = (await bob.post("/api/agents", {"name": "mine", "kind": "dedicated"})).json()
    answer = await client.post(
        f"/api/agents/{made['id']}/heartbeat", headers={"X-Agent-Key": made["pairing_key"]}, json={"version": "1"}
    )
    assert answer.json()["config"]["accounts"] == []
    assert UUID(made["id"])
