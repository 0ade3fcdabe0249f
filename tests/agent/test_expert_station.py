"""Experts on a simulated terminal that is a process: attached, proven, taken off, restored; every way it can fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from uuid_utils.compat import uuid7

from agent.experts import station as station_module
from agent.experts.artifacts import digest
from agent.experts.failure import JobFailed
from agent.experts.ties import Parting
from agent.guard_file import GuardFile, guard_place
from agent.protocol import (
    AccountConfig,
    Automation,
    Deployment,
    DeploymentState,
    DeploymentStatus,
    DeploymentWish,
    GuardReport,
    Hold,
    LimitAction,
)
from agent.simulator.quirks import set_quirks
from agent.terminal import text_files
from agent.terminal.bridge_files import BRIDGE
from agent.terminal.chart_files import ChartFile, ExpertOnChart, read_profile, write_profile
from agent.terminal.presets import read_preset
from agent.terminal.start_config import command_line
from tests.agent.experts_world import deployment_payload
from tests.agent.station_world import BROKER, LOGIN, TREND, StationWorld


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[StationWorld]:
    made = StationWorld(tmp_path)
    yield made
    await made.close()


async def until(look: Callable[[], object], within_s: float = 60.0) -> None:
    deadline = asyncio.get_running_loop().time() + within_s
    while not look():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.05)


def experts_on_charts(world: StationWorld) -> list[str]:
    heard = world.station._heartbeat
    return [chart.expert for chart in heard.charts if chart.expert] if heard else []


async def test_an_expert_is_run_paused_run_with_other_inputs_and_stopped(world: StationWorld) -> None:
    one, other = uuid4(), uuid4()

    first = await world.change("running", one)
    second = await world.change("running", other, symbol="XAUUSD", timeframe="M15", magic=78)

    assert (first.status, first.way, first.may_trade) == (DeploymentStatus.RUNNING, "bridge", True)
    assert second.status is DeploymentStatus.RUNNING
    assert world.child.events == ["hold", "release"], "one start is enough, and the trading child stood aside for it"
    names = [f"Trend-{each.hex[-8:]}" for each in (one, other)]
    assert sorted(experts_on_charts(world)) == sorted(names)
    assert digest((world.folder.own_experts / f"{names[0]}.ex5").read_bytes()) == digest(TREND)
    kept = read_preset(text_files.read(world.folder.presets / f"ForexElite-{one.hex[-8:]}.set"))
    assert kept == {"InpPeriod": "21", "InpLots": "0.25", "InpNote": "a=b || c"}

    with pytest.raises(JobFailed, match="already trades EURUSD with magic number 77") as failure:
        await world.change("running", uuid4())
    assert failure.value.code == "magic-taken"

    assert (await world.change("paused", one)).status is DeploymentStatus.PAUSED
    assert experts_on_charts(world) == [names[1]]
    assert len(world.station._heartbeat.charts) == 2, "the paused one keeps its chart"  # type: ignore[union-attr]

    assert (await world.change("running", one, inputs={"InpPeriod": 5})).status is DeploymentStatus.RUNNING
    world.station.logs.read()
    assert "inputs: InpPeriod=5" in world.messages()

    assert (await world.change("stopped", one)).status is DeploymentStatus.STOPPED
    assert (await world.change("stopped", other)).status is DeploymentStatus.STOPPED
    await until(lambda: world.station._look() or world.station._heartbeat.charts == ())  # type: ignore[union-attr]
    assert world.child.events == ["hold", "release"]


async def test_an_expert_gets_no_more_permission_than_the_bridge_and_its_log_says_so(world: StationWorld) -> None:
    one = uuid4()
    set_quirks(world.folder.root, expert_mode_is_ignored=True)

    with pytest.raises(JobFailed) as failure:
        await world.change("running", one)

    assert failure.value.code == "bridge-may-not-trade"
    assert "expert_mode" in failure.value.message
    of_one = [line for line in world.lines if line.get("deployment_id") == str(one)]
    assert any(line["source"] == "journal" and line["message"].endswith("loaded successfully") for line in of_one)
    assert {line["level"] for line in of_one} == {"info", "error"}
    assert all((line["login"], line["server"]) == (LOGIN, BROKER) for line in world.lines)
    assert any("authorized on" in line["message"] and not line["deployment_id"] for line in world.lines)


async def test_what_is_wanted_is_restored_after_the_terminal_was_killed_and_the_agent_restarted(
    world: StationWorld,
) -> None:
    running, paused = uuid4(), uuid4()
    await world.change("running", running)
    await world.change("running", paused, symbol="GBPUSD", magic=78)
    await world.change("paused", paused)
    world.program.kill()  # as a power cut: the profile was never saved
    station = world.again()

    station.hold_child()
    await station.restore()
    world.watch()

    await until(lambda: {report.status.value for report in station.reports()} == {"running", "paused"})
    assert world.child.events == ["forbid", "hold", "release", "release"]
    assert experts_on_charts(world) == [f"Trend-{running.hex[-8:]}"]
    assert len(station._heartbeat.charts) == 2  # type: ignore[union-attr]


async def test_an_agent_that_restarts_finds_its_terminal_at_work_and_leaves_it_alone(world: StationWorld) -> None:
    one = uuid4()
    await world.change("running", one)
    station = world.again()

    await station.restore()
    world.watch()

    await until(lambda: [report.status for report in station.reports()] == [DeploymentStatus.RUNNING])
    assert world.child.events == ["release"], "neither the terminal nor the child was restarted"


async def test_the_profile_is_rewritten_where_the_bridge_is_silent(
    world: StationWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(station_module, "START_S", 8.0)
    set_quirks(world.folder.root, bridge_is_silent=True)
    one = uuid4()

    report = await world.change("running", one)

    assert (report.status, report.way, report.may_trade) == (DeploymentStatus.RUNNING, "profile", None)
    assert (await world.change("paused", one)).status is DeploymentStatus.PAUSED
    assert f"Trend-{one.hex[-8:]}" not in world.station.logs.loaded


async def test_the_start_up_section_is_the_last_resort(world: StationWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(station_module, "START_S", 6.0)
    set_quirks(world.folder.root, ignores_profile=True)
    one = uuid4()

    report = await world.change("running", one)

    assert (report.status, report.way) == (DeploymentStatus.RUNNING, "startup")
    world.station.logs.read()
    assert "inputs: InpPeriod=21, InpLots=0.25, InpNote=a=b || c" in world.messages()


async def test_a_button_that_is_off_is_pressed_and_a_stuck_one_leaves_nothing_attached(world: StationWorld) -> None:
    first, second = uuid4(), uuid4()
    await world.change("running", first)
    world.switch(algo_trading=False)
    assert (await world.change("running", first, inputs={"InpPeriod": 3})).may_trade
    assert world.is_algo_trading_on()

    set_quirks(world.folder.root, button_is_stuck=True)
    world.switch(algo_trading=False)

    with pytest.raises(JobFailed) as failure:
        await world.change("running", second, magic=78)

    assert failure.value.code == "algo-trading-off"
    world.watch()
    await until(lambda: experts_on_charts(world) == [f"Trend-{first.hex[-8:]}"])
    wish = world.station.wishes.find(second)
    assert wish is not None
    assert wish.state is DeploymentState.STOPPED


async def test_the_button_is_not_pressed_where_that_would_free_a_foreign_expert(world: StationWorld) -> None:
    text_files.write_bytes(world.folder.experts / "Mine.ex5", TREND)
    write_profile(world.folder.profile, [ChartFile("USDJPY", "H1", ExpertOnChart("Mine", "Experts\\Mine.ex5"))])
    await world.change("running", uuid4())
    world.switch(algo_trading=False)

    with pytest.raises(JobFailed) as failure:
        await world.change("running", uuid4(), magic=78)

    assert failure.value.code == "algo-trading-off"
    assert "Mine" in failure.value.message
    assert not world.is_algo_trading_on()


async def test_a_closing_terminal_rewrites_its_profile_and_a_traders_own_charts_stay(world: StationWorld) -> None:
    write_profile(world.folder.profile, [ChartFile("USDJPY", "H4")])
    one = uuid4()
    await world.change("running", one)
    marker = world.folder.profile / "chart99.chr"
    marker.write_bytes(b"edited while the terminal runs")

    await world.change("stopped", one)
    world.program.close()
    await until(lambda: not world.program.is_running())

    assert not marker.exists()
    saved = read_profile(world.folder.profile)
    assert [chart.symbol for chart in saved if chart.expert is None] == ["USDJPY"]
    assert [chart.expert.name for chart in saved if chart.expert] == ["ForexEliteBridge"]
    assert (await world.change("running", one)).status is DeploymentStatus.RUNNING, "it is started again"


async def test_what_cannot_be_attached_is_told_and_not_wanted_any_more(world: StationWorld) -> None:
    codes = []
    for changes in ({"sha256": "f" * 64}, {"symbol": "NOSUCH"}):
        with pytest.raises(JobFailed) as failure:
            await world.change("running", uuid4(), **changes)
        codes.append(failure.value.code)

    assert codes == ["artifact-missing", "chart-not-opened"]
    assert world.station.wishes.running() == []


async def test_an_older_order_does_not_undo_a_later_one(world: StationWorld) -> None:
    one, older = uuid4(), uuid7()
    await world.change("stopped", one)

    told = Deployment.model_validate(deployment_payload(digest(TREND), one))
    with pytest.raises(JobFailed) as failure:
        await world.station.change(told, DeploymentState.RUNNING, older)

    assert failure.value.code == "superseded"
    assert not world.program.is_running()


async def test_nothing_is_started_to_stop_or_pause_what_does_not_run(world: StationWorld) -> None:
    assert (await world.change("stopped", uuid4())).status is DeploymentStatus.STOPPED
    assert (await world.change("paused", uuid4())).status is DeploymentStatus.PAUSED
    assert world.child.events == []


async def test_what_is_deployed_without_a_start_is_proven_to_be_stopped_and_disturbs_nothing(
    world: StationWorld,
) -> None:
    running, other = uuid4(), uuid4()
    await world.change("running", running)
    payload = deployment_payload(digest(TREND), other, magic=78)

    report = await world.station.deploy(Deployment.model_validate(payload), uuid7())

    assert (report.status, report.detail, report.way) == (DeploymentStatus.STOPPED, "", "bridge")
    assert report.proven_at is not None
    assert report in world.station.reports()
    assert experts_on_charts(world) == [f"Trend-{running.hex[-8:]}"]
    assert world.station._heartbeat.revision == world.station.wishes.revision  # type: ignore[union-attr]


async def test_a_terminal_without_the_bridge_is_not_restarted_for_what_is_not_to_be_started(
    world: StationWorld,
) -> None:
    write_profile(world.folder.profile, [ChartFile("USDJPY", "H4")])
    config = world.state / "start.ini"
    text_files.write(config, "[Charts]\nProfileLast=ForexElite\n")
    world.program.start(command_line(world.folder.program, config=config, profile="ForexElite"))
    await until(world.program.is_running)
    told, job_id = Deployment.model_validate(deployment_payload(digest(TREND))), uuid7()

    reports = [await world.station.deploy(told, job_id) for _ in range(2)]

    assert [report.status for report in reports] == [DeploymentStatus.STOPPED] * 2, "the job may come twice"
    assert all(report.proven_at for report in reports)
    assert (world.child.events, world.program.is_running()) == ([], True)


async def test_the_server_restores_what_an_agent_with_an_empty_disk_lost(world: StationWorld) -> None:
    told = Deployment.model_validate(deployment_payload(digest(TREND)))
    world.watch()

    wish = DeploymentWish(deployment=told, state=DeploymentState.RUNNING, job_id=uuid7(), login=LOGIN, server=BROKER)
    world.station.adopt([wish])

    await until(lambda: [report.status for report in world.station.reports()] == [DeploymentStatus.RUNNING], 60)
    await world.change("stopped", told.deployment_id)
    world.station.adopt([wish])
    assert world.station.wishes.running() == [], "what the server remembers is older than the last order"


KILLED = GuardReport(is_killed=True)
CLOSING = Hold(code="daily-loss", reason="Daily loss reached", action=LimitAction.CLOSE_ALL, since=datetime.now(UTC))


@pytest.mark.parametrize(
    ("guard", "words"),
    [
        (KILLED, "the kill switch is on"),
        (GuardReport(automation=Automation.PAUSED), "automation is paused"),
        (GuardReport(holds=[CLOSING]), "Daily loss reached"),
    ],
)
async def test_what_stops_the_accounts_trading_takes_its_experts_off_and_they_come_back_after_it(
    world: StationWorld, guard: GuardReport, words: str
) -> None:
    one = uuid4()
    await world.change("running", one)
    world.watch()

    world.child.guard = guard

    await until(lambda: [report.status for report in world.station.reports()] == [DeploymentStatus.PAUSED])
    (report,) = world.station.reports()
    assert (report.code, report.detail.startswith(words)) == ("experts-held", True)
    assert experts_on_charts(world) == []
    with pytest.raises(JobFailed, match=words) as failure:
        await world.change("running", uuid4(), magic=78)
    assert failure.value.code == "experts-held"

    world.child.guard = GuardReport(holds=[CLOSING.model_copy(update={"action": LimitAction.STOP_ENTRIES})])

    await until(lambda: [report.status for report in world.station.reports()] == [DeploymentStatus.RUNNING])
    assert experts_on_charts(world) == [f"Trend-{one.hex[-8:]}"]
    assert world.child.events == ["hold", "release"], "the terminal was never restarted for it"


async def test_an_agent_that_starts_under_the_kill_switch_starts_no_expert(world: StationWorld) -> None:
    await world.change("running", uuid4())
    world.program.kill()
    place = guard_place(world.setup.journal_file)
    place.parent.mkdir()
    GuardFile(place).tell(AccountConfig(id=uuid4(), login=LOGIN, server=BROKER, killed=True))

    station = world.again()
    await station.restore()

    assert station.wishes.running() == []
    assert [chart.expert.name for chart in read_profile(world.folder.profile) if chart.expert] == [BRIDGE]


@pytest.mark.parametrize(("parting", "wanted"), [(Parting.MOVED, 1), (Parting.TAKEN, 0)])
async def test_no_expert_trades_on_in_a_terminal_that_nobody_watches(
    world: StationWorld, parting: Parting, wanted: int
) -> None:
    await world.change("running", uuid4())
    own = ChartFile("GBPUSD", "M5", expert=ExpertOnChart("Own", "Experts\\Own.ex5", 33))
    await world.station.leave(Parting.RESTARTED)
    assert world.program.is_running(), "only its trading child is replaced"
    write_profile(world.folder.profile, [*read_profile(world.folder.profile), own])
    world.program.kill()

    await world.station.leave(parting)

    assert not world.program.is_running()
    assert [(chart.symbol, chart.expert) for chart in read_profile(world.folder.profile)] == [("GBPUSD", own.expert)]
    assert len(world.again().wishes.running()) == wanted


async def test_a_placed_file_that_reads_back_otherwise_is_refused(
    world: StationWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Deployment.model_validate(deployment_payload(digest(b"good")))
    world.artifacts.contents[digest(b"good")] = b"damaged on the way"

    with pytest.raises(JobFailed) as failure:
        await world.station.deploy(told, uuid7())

    assert failure.value.code == "deploy-damaged"
