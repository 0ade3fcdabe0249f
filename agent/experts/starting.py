"""Starting a terminal under the agent's own profile, and ending it so that nothing of the trader's charts is lost."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from agent.experts.artifacts import digest
from agent.experts.placing import preset_name
from agent.experts.wishes import Wish
from agent.protocol import DeploymentState
from agent.terminal import bridge_files, metaeditor, text_files
from agent.terminal.bridge_files import BRIDGE
from agent.terminal.chart_files import ChartFile, ExpertOnChart, read_profile, write_profile
from agent.terminal.folder import OWN, PROFILE, TerminalFolder
from agent.terminal.metaeditor import CompilerMissing
from agent.terminal.program import TerminalProgram
from agent.terminal.start_config import EXPERTS_ON, LogIn, command_line, configuration, start_up
from agent.terminal.window import NoWindow

log = logging.getLogger(__name__)

CLOSE_S: Final = 20.0
_LOOK_S: Final = 0.1
_BRIDGE_TIMEOUT_S: Final = 120.0


class Way(StrEnum):
    """How experts get onto charts, best first."""

    BRIDGE = "bridge"
    """Our bridge applies templates: no restart, many experts."""
    PROFILE = "profile"
    """The profile is rewritten while the terminal is closed: a restart for every change."""
    STARTUP = "startup"
    """`[StartUp]`: one expert, given anew at every start."""


def install_bridge(program: TerminalProgram) -> str:
    """Compile the bridge beside its terminal unless this very source was; why it is not there, or empty. Blocks."""
    folder = program.folder
    compiled, mark = folder.own_experts / f"{BRIDGE}.ex5", folder.own_experts / f"{BRIDGE}.sha256"
    source = bridge_files.SOURCE.read_bytes()
    try:
        if mark.read_text(encoding="ascii") == _mark(source, compiled.read_bytes()):
            return ""
    except OSError:
        log.info("the bridge of %s is compiled", folder.root)
    workshop = Path(tempfile.mkdtemp(prefix="forex-elite-bridge-"))
    try:
        place = workshop / bridge_files.SOURCE.name
        place.write_bytes(source)
        verdict = metaeditor.compile_source(
            program.run_metaeditor, folder.metaeditor, place, mql5=folder.mql5, timeout_s=_BRIDGE_TIMEOUT_S
        )
        if not verdict.is_good:
            first = next((one.message for one in verdict.log.findings if one.severity == "error"), verdict.reason)
            return f"the bridge could not be compiled: {first}"
        content = place.with_suffix(".ex5").read_bytes()
        text_files.write_bytes(compiled, content)
        text_files.write_bytes(mark, _mark(source, content).encode())
    except (CompilerMissing, OSError) as problem:
        return f"the bridge could not be compiled: {problem}"
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return ""


def _mark(source: bytes, compiled: bytes) -> str:
    return f"{digest(source)} {digest(compiled)}"


def prepare_start(
    folder: TerminalFolder, wishes: Sequence[Wish], way: Way, log_in: LogIn, *, mode: int, config: Path
) -> str:
    """Write profile and configuration for a start, and its command line. Only while the terminal is closed; OSError.

    The profile already holds what is wanted, so that no expert runs for a moment that should not. A trader's own charts
    in it stay. The configuration holds no password: the terminal has saved its own.
    """
    own, others = _saved_charts(folder)
    sure = ChartFile(_symbol(folder), "H1")
    charts = [*_charts(wishes, way, own, mode), *others]
    if way is Way.BRIDGE:
        charts.insert(0, replace(sure, expert=ExpertOnChart(BRIDGE, f"Experts\\{OWN}\\{BRIDGE}.ex5", mode)))
    write_profile(folder.profile, charts or [sure])
    running = [wish for wish in wishes if wish.state is DeploymentState.RUNNING]
    if way is Way.BRIDGE:
        bridge_files.note_applied(
            folder.files,
            [
                (wish.key, own.get(wish.key, 0), wish.expert, wish.template(mode) if wish in running else "")
                for wish in wishes
                if wish in running or wish.key in own
            ],
        )
    sections: dict[str, Mapping[str, str | int]] = {
        "Common": log_in.section(),
        "Charts": {"ProfileLast": PROFILE},
        "Experts": EXPERTS_ON,
    }
    if way is Way.STARTUP and running:
        told = running[0].deployment
        sections["StartUp"] = start_up(
            f"{OWN}\\{running[0].expert}", preset_name(running[0]), told.symbol, told.timeframe
        )
    text_files.write_bytes(config, configuration(sections).replace("\n", "\r\n").encode("utf-8"))
    (folder.files / bridge_files.HEARTBEAT).unlink(missing_ok=True)
    return command_line(folder.program, config=config, profile=PROFILE)


def clear_profile(folder: TerminalFolder) -> None:
    """Leave only the trader's own charts in the profile of a closed terminal; OSError."""
    _, others = _saved_charts(folder)
    write_profile(folder.profile, others or [ChartFile(_symbol(folder), "H1")])


def _saved_charts(folder: TerminalFolder) -> tuple[dict[str, int], list[ChartFile]]:
    """Numbers of our charts in the profile by deployment key, and the trader's own charts; the bridge's is neither."""
    of_bridge = bridge_files.applied_charts(folder.files)
    own, others = {}, []
    for chart in read_profile(folder.profile):
        name = chart.expert.name if chart.expert else ""
        if chart.chart_id in of_bridge:
            own[of_bridge[chart.chart_id]] = chart.chart_id
        elif _is_ours(chart.expert) and name != BRIDGE:
            own[name.rpartition("-")[2]] = chart.chart_id
        elif name != BRIDGE:
            others.append(chart)
    return own, others


def _charts(wishes: Sequence[Wish], way: Way, own: Mapping[str, int], mode: int) -> list[ChartFile]:
    """Our charts as they are wanted.

    A paused one without a number is left to the bridge, which could not tell it from a trader's own.
    """
    charts = []
    for wish in wishes if way is not Way.STARTUP else ():
        is_running = wish.state is DeploymentState.RUNNING
        if is_running or (way is Way.BRIDGE and wish.key in own):
            chart = ChartFile(wish.deployment.symbol, wish.deployment.timeframe, chart_id=own.get(wish.key, 0))
            charts.append(replace(chart, expert=wish.on_chart(mode)) if is_running else chart)
    return charts


def _symbol(folder: TerminalFolder) -> str:
    """A symbol this broker has for certain: of the bridge's last chart, else of any chart the terminal has saved.

    Never one of a wish: a misspelt symbol would leave the bridge without a chart.
    """
    saved = read_profile(folder.profile)
    saved.sort(key=lambda chart: chart.expert is None or chart.expert.name != BRIDGE)
    for other in sorted(folder.charts.glob("*")):
        saved += read_profile(other) if other.name != PROFILE else []
    return next((chart.symbol for chart in saved), "EURUSD")


def _is_ours(expert: ExpertOnChart | None) -> bool:
    return expert is not None and expert.path.casefold().startswith(f"experts\\{OWN}\\".casefold())


async def close(program: TerminalProgram) -> None:
    """End the terminal: as a person would, so that it saves its charts; firmly when it does not within `CLOSE_S`."""
    if not await asyncio.to_thread(program.is_running):
        return
    loop = asyncio.get_running_loop()
    try:
        await asyncio.to_thread(program.close)
        until = loop.time() + CLOSE_S
        while loop.time() < until:
            if not await asyncio.to_thread(program.is_running):
                return
            await asyncio.sleep(_LOOK_S)
        log.warning("the terminal in %s does not close; it is ended", program.folder.root)
    except NoWindow as problem:
        log.warning("the terminal in %s has no window to close: %s", program.folder.root, problem)
    await asyncio.to_thread(program.kill)
