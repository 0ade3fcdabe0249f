"""A suspended person's Expert Advisors come off their charts, with a real agent, and staff are told when they have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.protocol import Deployment
from agent.terminal import bridge_files
from agent.terminal.folder import TerminalFolder
from forex_elite.domain.artifacts import ArtifactKind
from forex_elite.domain.jobs import JobType
from forex_elite.services import artifacts
from tests.agent.agent_process import BROKER, LOGIN, AgentProcess
from tests.agent.experts_world import deployment_payload
from tests.agent.station_world import TREND, put_bridge
from tests.api.test_experts_journey import WITHIN_S, Desk
from tests.faults.processes import eventually
from tests.world import Member


@pytest.mark.timeout(200)
async def test_suspended_means_that_nothing_trades_by_itself_any_more(
    alice: Member, first_user: Member, server_url: str, tmp_path: Path
) -> None:
    made = (await alice.post("/api/agents", {"name": "vps", "kind": "dedicated"})).json()
    agent = AgentProcess(server_url, made["id"], made["pairing_key"], tmp_path)
    folder = TerminalFolder(agent.folder / "state" / "terminals" / f"{LOGIN}@{BROKER}")
    put_bridge(folder)
    await agent.start()

    def experts() -> list[str]:
        heard = bridge_files.hear(folder.files)
        return [chart.expert for chart in heard.charts if chart.expert] if heard else []

    async def seen() -> dict[str, Any]:
        (found,) = (await first_user.get("/api/admin/agents", search=alice.email)).json()["items"]
        return dict(found)

    async def has_stopped() -> bool:
        found = await seen()
        return bool(found["is_at_rest"] and found["is_online"] and found["jobs_in_hand"] == 0) and not experts()

    async def runs() -> bool:
        return (await seen())["experts_running"] == 1

    try:
        desk = Desk(alice, agent, made["id"])
        sha256 = await artifacts.store(desk.actor, TREND, ArtifactKind.EX5)
        deployment = Deployment.model_validate(deployment_payload(sha256))
        await desk.account()
        await desk.change(JobType.RUN, deployment)
        await eventually(runs, WITHIN_S)
        assert len(experts()) == 1
        assert not (await seen())["is_at_rest"]

        await first_user.post(f"/api/admin/users/{alice.id}/suspend")

        await eventually(has_stopped, WITHIN_S, lambda: agent.log.read_text()[-2000:])
        assert "refuses the pairing key" not in agent.log.read_text()
    finally:
        await agent.stop()
