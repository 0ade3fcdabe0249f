"""A `backtest` job: one pass of MetaTrader's own Strategy Tester in a portable copy that belongs to testing alone.

The copy keeps tests away from the terminal that trades: two copies cannot run from one folder, and a test would use its
processor, history and log-in.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from agent.experts.artifacts import Artifacts, digest
from agent.experts.failure import JobFailed
from agent.protocol import BacktestOutcome, BacktestRequest, BalancePoint
from agent.terminal import text_files
from agent.terminal.folder import OWN, NameRefused, TerminalFolder, safe_path
from agent.terminal.log_tail import LogTail, Place
from agent.terminal.metaeditor import Running
from agent.terminal.presets import preset
from agent.terminal.program import TerminalMissing, TerminalProgram
from agent.terminal.start_config import LogIn, command_line, configuration
from agent.terminal.tester_report import ReportUnreadable, TesterReport, read_report

log = logging.getLogger(__name__)

TIMEOUT_S: Final = 3 * 3600.0
_LOOK_S: Final = 0.25
_REPORT: Final = "forex-elite-report"
_PRESET: Final = "ForexElite-test.set"
_COPIED: Final = ("*.exe", "*.dll", "*.ini", "*.dat")
_COPIED_FOLDERS: Final = ("Config", "Profiles", "MQL5/Include", "MQL5/Libraries", "MQL5/Indicators")


async def backtest(
    request: BacktestRequest,
    program: TerminalProgram,
    artifacts: Artifacts,
    log_in: LogIn,
    *,
    timeout_s: float = TIMEOUT_S,
) -> dict[str, Any]:
    """Run the test and upload its report; a `BacktestOutcome` as JSON. `program` is the copy's.

    Raises JobFailed: `name-refused`, `expert-missing`, `tester-busy`, `tester-not-started`, `tester-timed-out`,
    `tester-failed` (with the tester's own words), and what `Artifacts` raises.
    """
    began = time.monotonic()
    folder = program.folder
    expert = await _expert(request, folder, artifacts)
    line = await asyncio.to_thread(_prepare, request, expert, folder, log_in)
    journal = LogTail(folder.journal, Place(date.today(), _size(folder.journal(date.today()))))  # noqa: DTZ011  # the terminal's day
    if await asyncio.to_thread(program.is_running):
        raise JobFailed("tester-busy", "a terminal already runs in the folder for tests; close it")
    await _run(program, line, timeout_s)
    raw = await asyncio.to_thread(_report_file, folder)
    if raw is None:
        raise JobFailed("tester-failed", await asyncio.to_thread(_reason, journal))
    reference = await artifacts.upload(raw[1], raw[0], kind="report")
    try:
        report = await asyncio.to_thread(read_report, text_files.decode(raw[1]))
    except ReportUnreadable as problem:
        text = f"the report cannot be read: {problem}"
        raise JobFailed("report-unreadable", text, {"report": reference.model_dump(mode="json")}) from problem
    return (
        _outcome(report)
        .model_copy(update={"report": reference, "took_s": round(time.monotonic() - began, 3)})
        .model_dump(mode="json")
    )


def make_copy(source: TerminalFolder, target: TerminalFolder) -> None:
    """A portable copy for tests, once: programs, saved log-ins and libraries, not history, logs or charts. Blocks."""
    if target.program.exists():
        return
    for pattern in _COPIED:
        for path in source.root.glob(pattern):
            target.root.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target.root / path.name)
    for name in _COPIED_FOLDERS:
        if (source.root / name).is_dir():
            shutil.copytree(source.root / name, target.root / name, dirs_exist_ok=True)


async def _expert(request: BacktestRequest, folder: TerminalFolder, artifacts: Artifacts) -> str:
    r"""The expert's path under MQL5\Experts as the configuration wants it, its file in place."""
    try:
        path = safe_path(f"{OWN}/{request.expert}" if request.sha256 else request.expert)
    except NameRefused as problem:
        raise JobFailed("name-refused", str(problem)) from problem
    file = folder.experts / path.with_name(f"{path.name}.ex5")
    if request.sha256 is not None:
        content = await artifacts.fetch(request.sha256)
        await asyncio.to_thread(text_files.write_bytes, file, content)
        if digest(await asyncio.to_thread(file.read_bytes)) != request.sha256:
            raise JobFailed("deploy-damaged", f"{file.name} does not read back as it was written")
    elif not file.exists():
        raise JobFailed("expert-missing", f"there is no expert {request.expert} in the folder for tests")
    return "\\".join(path.parts)


def _prepare(request: BacktestRequest, expert: str, folder: TerminalFolder, log_in: LogIn) -> str:
    for old in folder.root.glob(f"{_REPORT}*"):
        old.unlink(missing_ok=True)
    text_files.write(folder.tester_presets / _PRESET, preset(request.inputs))
    sections: dict[str, dict[str, str | int]] = {
        "Common": log_in.section(),
        "Experts": {"Enabled": 1, "AllowLiveTrading": 0, "AllowDllImport": 0},
        "Tester": {
            "Expert": expert,
            "ExpertParameters": _PRESET,
            "Symbol": request.symbol,
            "Period": request.timeframe,
            "Model": request.model,
            "Optimization": 0,
            "FromDate": f"{request.from_date:%Y.%m.%d}",
            "ToDate": f"{request.to_date:%Y.%m.%d}",
            "ForwardMode": 0,
            "Deposit": f"{request.deposit:g}",
            "Currency": request.currency,
            "Leverage": f"1:{request.leverage}",
            "Report": _REPORT,
            "ReplaceReport": 1,
            "UseLocal": 1,
            "UseRemote": 0,
            "UseCloud": 0,
            "Visual": 0,
            "ShutdownTerminal": 1,
        },
    }
    config = folder.root / "forex-elite-test.ini"
    text_files.write_bytes(config, configuration(sections).replace("\n", "\r\n").encode())
    return command_line(folder.program, config=config)


async def _run(program: TerminalProgram, line: str, timeout_s: float) -> None:
    """Wait until the terminal has ended by itself; end it when it overstays or when this task is cancelled."""
    try:
        process: Running = await asyncio.to_thread(program.start, line)
    except (TerminalMissing, OSError) as problem:
        raise JobFailed("tester-not-started", f"the terminal for tests could not be started: {problem}") from problem
    loop = asyncio.get_running_loop()
    until = loop.time() + timeout_s
    is_over = False
    try:
        while process.poll() is None:
            if loop.time() >= until:
                raise JobFailed("tester-timed-out", f"the test did not end within {timeout_s / 60:.0f} minutes")
            await asyncio.sleep(_LOOK_S)
        is_over = True
    finally:
        if not is_over:
            _end(program.kill, process)


def _end(kill: Callable[[], None], process: Running) -> None:
    kill()
    if process.poll() is None:
        process.kill()


def _report_file(folder: TerminalFolder) -> tuple[str, bytes] | None:
    for ending in (".htm", ".html", ".xml"):
        path = folder.root / f"{_REPORT}{ending}"
        if path.exists():
            return f"report{ending}", path.read_bytes()
    return None


def _reason(journal: LogTail) -> str:
    """The tester's own words for why there is no report."""
    said = [entry for entry in journal.read() if entry.source.startswith("Tester")]
    failures = [entry.message for entry in said if entry.level != "info"] or [entry.message for entry in said[-1:]]
    return "; ".join(failures[-3:]) or "the tester ended without a report and without a word"


def _outcome(report: TesterReport) -> BacktestOutcome:
    return BacktestOutcome(
        figures=report.figures,
        labels=report.labels,
        curve=[BalancePoint(at=at, balance=balance) for at, balance in report.curve],
        deals=report.deals,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
