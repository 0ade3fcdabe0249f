"""From source to a running expert and back, with a real agent process against a real server, on the simulator.

Compile, artifact, deploy, run, logs, pause, stop, test; and what happens where there is no compiler.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from agent.protocol import BacktestRequest, CompileRequest, Deployment
from agent.simulator.facts import LOCK
from agent.simulator.installation import is_held
from agent.simulator.metaeditor import COMPILER_VARIABLE
from agent.terminal import bridge_files
from agent.terminal.chart_files import read_profile
from agent.terminal.folder import TerminalFolder
from forex_elite.domain.artifacts import ArtifactKind
from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.jobs import JobType
from forex_elite.services import artifacts, expert_jobs
from tests.agent.agent_process import BROKER, LOGIN, AgentProcess
from tests.agent.experts_world import GOOD, compile_payload, deployment_payload
from tests.agent.station_world import TREND, put_bridge
from tests.faults.processes import eventually
from tests.world import Member

WITHIN_S = 100.0


class Desk:
    """A person with one agent process."""

    def __init__(self, member: Member, agent: AgentProcess, agent_id: str) -> None:
        self.member = member
        self.agent = agent
        self.agent_id = UUID(agent_id)
        self.actor = Actor(user_id=UUID(member.id), role=Role.USER)

    async def account(self) -> UUID:
        async def known() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = (await self.member.get("/api/user/mt5-accounts")).json()["accounts"]
            return [account for account in found if account["is_online"]]

        return UUID((await eventually(known, WITHIN_S))[0]["id"])

    async def ended(self, job_id: UUID) -> dict[str, Any]:
        async def has_ended() -> dict[str, Any] | None:
            job: dict[str, Any] = (await self.member.get(f"/api/jobs/{job_id}")).json()
            return job if job["status"] in {"completed", "failed", "expired"} else None

        found = await eventually(has_ended, WITHIN_S, lambda: self.agent.log.read_text()[-2000:])
        assert found
        return found

    async def compile_(self, **payload: Any) -> dict[str, Any]:
        request = CompileRequest.model_validate(payload)
        return await self.ended(await expert_jobs.compile_sources(self.actor, self.agent_id, request))

    async def change(self, job_type: JobType, deployment: Deployment) -> dict[str, Any]:
        account = await self.account()
        job = await self.ended(await expert_jobs.change_deployment(self.actor, account, job_type, deployment))
        assert job["status"] == "completed", (job["error"], self.agent.log.read_text()[-2000:])
        result: dict[str, Any] = job["result"]
        return result

    async def lines(self, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.member.get("/api/logs", limit=200, **query)).json()["items"]
        return found


@pytest.fixture
async def desk(alice: Member, server_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    made = (await alice.post("/api/agents", {"name": "vps", "kind": "dedicated"})).json()
    agent = AgentProcess(server_url, made["id"], made["pairing_key"], tmp_path)
    yield Desk(alice, agent, made["id"])
    await agent.stop()


@pytest.mark.timeout(400)
async def test_a_source_becomes_a_running_expert_and_is_stopped_again(desk: Desk) -> None:
    await desk.agent.start()
    include = b"\xff\xfe" + "double Half(double x) { return(x / 2); }\r\n".encode("utf-16-le")
    sha256 = await artifacts.store(desk.actor, include, ArtifactKind.SOURCE)
    main = '#include <My/Half.mqh>\n#include "part.mqh"\n' + GOOD
    payload = compile_payload(main, includes=[{"path": "My/Half.mqh", "sha256": sha256}])
    broken = await desk.compile_(**payload)
    assert (broken["status"], broken["error"]["code"]) == ("failed", "compile-failed")
    (error,) = [one for one in broken["result"]["messages"] if one["severity"] == "error"]
    assert (error["file"], error["line"]) == ("Trend.mq5", 2), "part.mqh was not sent"
    assert "part.mqh" in error["message"]
    assert broken["result"]["ex5"] is None
    assert (await artifacts.read(desk.actor, broken["result"]["log"]["sha256"])).kind is ArtifactKind.LOG

    payload["files"].append({"path": "part.mqh", "text": "int Part() { return((int)Half(4)); }"})
    built = await desk.compile_(**payload)
    assert built["status"] == "completed", built
    ex5 = built["result"]["ex5"]
    kept = await artifacts.read(desk.actor, ex5["sha256"])
    assert (kept.kind, kept.size) == (ArtifactKind.EX5, ex5["size"])

    deployment = Deployment.model_validate(deployment_payload(ex5["sha256"], uuid4()))
    assert (await desk.change(JobType.DEPLOY, deployment))["status"] == "stopped"
    running = await desk.change(JobType.RUN, deployment)
    assert (running["status"], running["way"], running["may_trade"]) == ("running", "bridge", True)
    assert (await desk.change(JobType.PAUSE, deployment))["status"] == "paused"
    assert (await desk.change(JobType.RUN, deployment))["status"] == "running"
    assert (await desk.change(JobType.STOP, deployment))["status"] == "stopped"

    account = await desk.account()

    async def is_told_of() -> bool:
        lines = await desk.lines(deployment_id=str(deployment.deployment_id))
        return sum(" removed" in one["message"] for one in lines) == 2

    await eventually(is_told_of, WITHIN_S)
    of_it = await desk.lines(deployment_id=str(deployment.deployment_id))
    assert {line["account_id"] for line in of_it} == {str(account)}
    told = next(line["message"] for line in of_it if line["message"].startswith("inputs: "))
    assert all(each in told for each in ("InpPeriod=21", "InpLots=0.25", "InpNote=a=b || c"))
    assert sum("loaded successfully" in line["message"] for line in of_it) == 2

    request = BacktestRequest.model_validate(
        {
            "expert": "Examples/Simulated Moving Average", "symbol": "EURUSD", "timeframe": "H1",
            "from_date": "2026-05-04", "to_date": "2026-05-09", "inputs": {"FastPeriod": 6, "SlowPeriod": 12},
        }
    )  # fmt: skip
    tested = await desk.ended(await expert_jobs.backtest(desk.actor, account, request))
    assert tested["status"] == "completed", tested
    outcome = tested["result"]
    assert outcome["curve"][0]["balance"] == outcome["figures"]["Initial Deposit"] == 10_000
    profit = outcome["curve"][-1]["balance"] - 10_000
    assert outcome["figures"]["Total Net Profit"] == pytest.approx(profit, abs=0.01)
    report = await artifacts.read(desk.actor, outcome["report"]["sha256"])
    assert report.content.startswith(b"\xff\xfe")

    own = request.model_copy(update={"expert": "Trend", "sha256": ex5["sha256"]})
    refused = await desk.ended(await expert_jobs.backtest(desk.actor, account, own))
    assert (refused["status"], refused["error"]["code"]) == ("failed", "tester-failed")
    assert "cannot run MQL5 here" in refused["error"]["message"]


async def test_an_expert_on_an_assigned_account_moves_with_it_and_ends_when_it_is_removed(
    alice: Member, server_url: str, tmp_path: Path
) -> None:
    agents, ids, folders = [], [], []
    for name in ("one", "two"):
        made = (await alice.post("/api/agents", {"name": name, "kind": "pool"})).json()
        (tmp_path / name).mkdir()
        agent = AgentProcess(server_url, made["id"], made["pairing_key"], tmp_path / name)
        (agent.folder / "agent.toml").write_text("assigned = true\n")
        folder = TerminalFolder(agent.folder / "state" / "terminals" / f"{LOGIN}@{BROKER}")
        put_bridge(folder)
        await agent.start()
        agents.append(agent)
        ids.append(made["id"])
        folders.append(folder)

    def experts_at(number: int) -> list[str]:
        """Experts on charts there, while the terminal runs."""
        heard = bridge_files.hear(folders[number].files)
        runs = is_held(folders[number].root / LOCK)
        return [chart.expert for chart in heard.charts if chart.expert] if heard and runs else []

    async def are_at_two_alone() -> bool:
        return (experts_at(0), experts_at(1)) == ([], [expert])

    async def are_nowhere() -> bool:
        """Every terminal is closed, and its profile starts no expert next time."""
        charts = [chart.expert for folder in folders for chart in read_profile(folder.profile)]
        return charts == [None, None] and not any(is_held(folder.root / LOCK) for folder in folders)

    try:
        desk = Desk(alice, agents[0], ids[0])
        body = {"login": LOGIN, "server": BROKER, "password": "s3cret", "kind": "simulator", "agent_id": ids[0]}
        account = (await alice.post("/api/user/mt5-accounts", body)).json()["account"]["id"]
        sha256 = await artifacts.store(desk.actor, TREND, ArtifactKind.EX5)
        deployment = Deployment.model_validate(deployment_payload(sha256))
        expert = f"Trend-{deployment.deployment_id.hex[-8:]}"

        assert (await desk.change(JobType.RUN, deployment))["status"] == "running"
        assert experts_at(0) == [expert]

        await alice.patch(f"/api/user/mt5-accounts/{account}", {"agent_id": ids[1]})
        await eventually(are_at_two_alone, WITHIN_S, lambda: agents[1].log.read_text()[-2000:])

        await alice.delete(f"/api/user/mt5-accounts/{account}")
        await eventually(are_nowhere, WITHIN_S, lambda: agents[1].log.read_text()[-2000:])
    finally:
        for agent in agents:
            await agent.stop()


async def test_without_a_compiler_nothing_is_called_compiled(desk: Desk, tmp_path: Path) -> None:
    await desk.agent.start(**{COMPILER_VARIABLE: str(tmp_path / "missing")})

    job = await desk.compile_(**compile_payload())
    traversal = await desk.compile_(**compile_payload(name="../../Trend.mq5"))

    assert (job["status"], job["error"]["code"]) == ("failed", "compile-failed")
    assert "no compiler here" in job["error"]["message"]
    assert job["result"]["ex5"] is None
    assert (traversal["status"], traversal["error"]["code"]) == ("failed", "name-refused")
    assert not list(tmp_path.parent.glob("Trend.mq5"))
