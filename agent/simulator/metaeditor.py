"""The simulated MetaEditor, a process like the real one: the same command line, log, `.ex5` and odd exit code.

It judges a source by running `forex-elite mql5 check --json` as its compiler; the agent itself imports nothing of it.
Where that command is missing it says so in its log and fails.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from agent.simulator.quirks import Quirks, read_quirks
from agent.simulator.stand_in import StandIn
from agent.terminal import text_files
from agent.terminal.start_config import split_command_line, switches

COMPILER_VARIABLE: Final = "FOREX_ELITE_MQL5_COMPILER"
"""Path of the `forex-elite` command, where it is neither beside this Python nor on the PATH."""
_COMPILER_TIMEOUT_S: Final = 240.0
_KINDS: Final = {"error": "error", "warning": "warning", "hint": "warning"}


class NoCompiler(Exception):
    """The command that checks MQL5 is missing or does not work."""


@dataclass(frozen=True, slots=True)
class _Judged:
    lines: tuple[str, ...]
    errors: int
    warnings: int


def main(command_line: str) -> int:
    """Compile by a command line; 1 when a file was compiled, 0 when not, as MetaEditor returns."""
    words = split_command_line(command_line)
    told = switches(words[1:])
    source = Path(told.get("compile", ""))
    if not source.is_file():
        return 0  # without a word, like the real one
    quirks = read_quirks(Path(words[0]).parent)
    while quirks.editor_hangs:
        time.sleep(60)
    began = time.monotonic()
    mql5 = Path(told.get("include") or told.get("inc") or source.parent)
    lines = [f"{source} : information: compiling '{source.name}'"]
    try:
        judged = _judge(source, mql5)
    except NoCompiler as problem:
        judged = _Judged((f"{source}(1,1) : error 0: no compiler here: {problem}",), 1, 0)
    lines += judged.lines
    if judged.errors == 0:
        lines += [" : information: generating code", " : information: generating code 100%"]
        lines += [" : information: code generated"]
        if not quirks.editor_writes_no_ex5:
            source.with_suffix(".ex5").write_bytes(
                StandIn(source.stem, hashlib.sha256(source.read_bytes()).hexdigest()).content()
            )
    lines.append(_summary(judged, quirks, round((time.monotonic() - began) * 1000)))
    if "log" in told:
        log = Path(told["log"]) if told["log"] else source.with_suffix(".log")
        log.write_bytes(text_files.encode("\n".join([*lines, ""])))
    return int(judged.errors == 0)


def _summary(judged: _Judged, quirks: Quirks, took_ms: int) -> str:
    counts = f"Result: {judged.errors} errors, {judged.warnings} warnings"
    return f"{counts}, {took_ms} {quirks.editor_tail} elapsed, cpu='X64 Regular'" if quirks.editor_tail else counts


def compiler() -> Path | None:
    """The command that checks MQL5, None where there is none."""
    named = os.environ.get(COMPILER_VARIABLE)
    if named:
        return Path(named) if Path(named).is_file() else None
    beside = shutil.which("forex-elite", path=str(Path(sys.executable).parent))
    found = beside or shutil.which("forex-elite")
    return Path(found) if found else None


def _judge(source: Path, mql5: Path) -> _Judged:
    lines, counts = [], {"error": 0, "warning": 0}
    for finding in _findings(source, mql5):
        kind = _KINDS[finding["severity"]]
        counts[kind] += 1
        place = f"{finding['file']}({finding['line']},{finding['column']})"
        lines.append(f"{place} : {kind} {finding['code']}: {finding['message']}")
    return _Judged(tuple(lines), counts["error"], counts["warning"])


def _findings(source: Path, mql5: Path) -> list[dict[str, Any]]:
    program = compiler()
    if program is None:
        raise NoCompiler("the command forex-elite is not installed")
    words = [str(program), "mql5", "check", "--json", "--no-advice"]
    if (mql5 / "Include").is_dir():
        words += ["--include", str(mql5 / "Include")]
    try:
        done = subprocess.run(  # noqa: S603  # our own words
            [*words, str(source)], capture_output=True, timeout=_COMPILER_TIMEOUT_S, check=False, cwd=source.parent
        )
        found = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError) as problem:
        raise NoCompiler(f"forex-elite mql5 check does not work here ({type(problem).__name__})") from problem
    if done.returncode not in {0, 1} or not isinstance(found, list):
        raise NoCompiler(f"forex-elite mql5 check failed ({done.returncode})")
    if bool(done.returncode) != any(finding["severity"] == "error" for finding in found):
        raise NoCompiler("forex-elite mql5 check contradicts itself")
    return found
