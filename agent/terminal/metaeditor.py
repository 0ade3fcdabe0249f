"""MetaEditor's command line: how it is called, what its log says, and whether a compile succeeded.

Its exit code is no shell status (1 means one file compiled, and other values were seen on success), so the verdict is
the log's `Result: 0 errors` together with an `.ex5` that was not there before.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from agent.terminal import text_files
from agent.terminal.start_config import quoted

TIMEOUT_S: Final = 300.0
"""Large experts took up to three minutes on a small VPS."""
LOG_PATIENCE_S: Final = 3.0
"""The log may come a little after the process has ended."""
_POLL_S: Final = 0.05
_FINDING: Final = re.compile(
    r"^(?P<file>.*?)\((?P<line>\d+),(?P<column>\d+)\) ?: (?P<severity>error|warning) (?P<code>\d+): (?P<message>.*)$"
)
_INFORMATION: Final = re.compile(r"^(?P<file>.*?) ?: information: (?P<message>.*)$")
_RESULT: Final = re.compile(r"^Result:? (?P<errors>\d+) errors?, (?P<warnings>\d+) warnings?\b")

Severity = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the log; line and column are 0 where it names none."""

    file: str
    line: int
    column: int
    code: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class CompileLog:
    """A log as read; without a `Result` line the counts are None and nothing can be told."""

    findings: tuple[Finding, ...]
    errors: int | None = None
    warnings: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a compile ended. `reason` names what went wrong outside the source: `timed-out`, `no-log`, `no-ex5`."""

    is_good: bool
    log: CompileLog
    raw_log: bytes = b""
    reason: str = ""
    exit_code: int | None = None


class CompilerMissing(Exception):
    """There is no MetaEditor beside this terminal."""


class Running(Protocol):
    """A started process, as `subprocess.Popen` is one."""

    def poll(self) -> int | None:
        """Its exit code, None while it works."""

    def kill(self) -> None:
        """End it."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""


def command_line(program: Path, source: Path, *, mql5: Path, log: Path) -> str:
    r"""One string, quoted by hand: `/compile:"a b"` quoted as one list element would be misread.

    `mql5` is the MQL5 folder (not its Include). It is always named, else a compile beside another terminal's tree
    takes that tree's includes.
    """
    return f"{quoted(program)} /portable /compile:{quoted(source)} /include:{quoted(mql5)} /log:{quoted(log)}"


def read_log(text: str) -> CompileLog:
    """The log of any build: summaries end in `msec elapsed`, `ms elapsed` or nothing, some lines name no file."""
    findings: list[Finding] = []
    errors = warnings = None
    for line in text.splitlines():
        if (found := _FINDING.match(line)) is not None:
            findings.append(
                Finding(
                    found["file"],
                    int(found["line"]),
                    int(found["column"]),
                    found["code"],
                    "error" if found["severity"] == "error" else "warning",
                    found["message"],
                )
            )
        elif (result := _RESULT.match(line)) is not None:
            errors, warnings = int(result["errors"]), int(result["warnings"])
        elif (told := _INFORMATION.match(line)) is not None:
            findings.append(Finding(told["file"], 0, 0, "", "information", told["message"]))
    return CompileLog(tuple(findings), errors, warnings)


def compile_source(
    run: Callable[[str], Running],
    program: Path,
    source: Path,
    *,
    mql5: Path,
    timeout_s: float = TIMEOUT_S,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Verdict:
    """Compile one source and judge; blocks, so it runs on a thread. Raises CompilerMissing and OSError.

    1. The old `.ex5` and log go, so that what is found afterwards is new.
    2. MetaEditor runs, at most `timeout_s`; one that hangs (a dialog, a frozen desktop) is ended.
    3. The log may lag; then log and `.ex5` are judged together, whatever the exit code says.
    """
    if not program.exists():
        raise CompilerMissing(f"there is no MetaEditor at {program}")
    compiled, log = source.with_suffix(".ex5"), source.with_suffix(".log")
    compiled.unlink(missing_ok=True)
    log.unlink(missing_ok=True)
    process = run(command_line(program, source, mql5=mql5, log=log))
    exit_code = _wait(process, timeout_s, is_cancelled)
    raw = _wait_for_log(log, LOG_PATIENCE_S if exit_code is not None else 0.0)
    read = read_log(text_files.decode(raw))
    if exit_code is None:
        return Verdict(is_good=False, log=read, raw_log=raw, reason="timed-out")
    reason = ""
    if read.errors is None:
        reason = "no-log"
    elif read.errors == 0 and not _is_there(compiled):
        reason = "no-ex5"
    return Verdict(is_good=not reason and read.errors == 0, log=read, raw_log=raw, reason=reason, exit_code=exit_code)


def _wait(process: Running, timeout_s: float, is_cancelled: Callable[[], bool]) -> int | None:
    until = time.monotonic() + timeout_s
    while (code := process.poll()) is None:
        if time.monotonic() >= until or is_cancelled():
            process.kill()
            process.wait()
            return None
        time.sleep(_POLL_S)
    return code


def _wait_for_log(log: Path, patience_s: float) -> bytes:
    until = time.monotonic() + patience_s
    raw = b""
    while True:
        try:
            raw = log.read_bytes()
        except OSError:
            raw = b""
        if read_log(text_files.decode(raw)).errors is not None or time.monotonic() >= until:
            return raw
        time.sleep(_POLL_S)


def _is_there(compiled: Path) -> bool:
    try:
        return compiled.stat().st_size > 0
    except OSError:
        return False


def start(line: str) -> subprocess.Popen[bytes]:
    """Start a program by its command line as written; on Windows the string reaches it unchanged."""
    return subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  # our own words, quoted by us
