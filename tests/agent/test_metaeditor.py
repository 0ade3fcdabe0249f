"""MetaEditor: its command line, real lines of its log, and the verdict by log and fresh `.ex5`, not by exit code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.simulator import metaeditor as simulated
from agent.simulator.quirks import set_quirks
from agent.simulator.stand_in import read_stand_in
from agent.terminal import text_files
from agent.terminal.metaeditor import (
    CompilerMissing,
    Finding,
    command_line,
    compile_source,
    read_log,
)
from tests.agent.experts_world import BAD, GOOD

REAL_LOG = (Path(__file__).parent / "data" / "metaeditor.log").read_text(encoding="utf-8")
"""Lines real compilers wrote, collected in the fact sheet; written here as UTF-8 to be readable."""


def test_the_command_line_is_quoted_by_hand_and_names_the_mql5_folder() -> None:
    line = command_line(
        Path("/mt5 one/MetaEditor64.exe"),
        Path("/b d/My EA.mq5"),
        mql5=Path("/mt5 one/MQL5"),
        log=Path("/b d/My EA.log"),
    )

    assert line == (
        '"/mt5 one/MetaEditor64.exe" /portable /compile:"/b d/My EA.mq5" /include:"/mt5 one/MQL5" /log:"/b d/My EA.log"'
    )


def test_real_lines_of_the_log_are_read() -> None:
    log = read_log(text_files.decode(text_files.encode(REAL_LOG)))

    assert len([one for one in log.findings if one.severity == "error"]) == 11
    assert log.findings[1] == Finding(
        "MQL5\\Experts\\Examples\\MACD\\MACDSample.mq5",
        12,
        1,
        "109",
        "error",
        "'#propert' - invalid preprocessor command",
    )
    assert Finding(
        "C:\\Program Files\\MetaTrader 5\\MQL5\\Include\\Trade\\OrderInfo.mqh", 12, 27, "116", "error",
        "'CObject' - declaration without type",
    ) in log.findings  # fmt: skip
    assert Finding("AdaptiveExpertLabV1.mq5", 680, 10, "256", "error", "undeclared identifier 'minute'") in log.findings
    warning = next(one for one in log.findings if one.severity == "warning")
    assert (warning.line, warning.code) == (421, "43")
    assert warning.message == "possible loss of data due to type conversion from 'uint' to 'int'"
    assert Finding("", 0, 0, "", "information", "code generated") in log.findings


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("Result: 17 errors, 0 warnings", (17, 0)),
        ("Result: 0 errors, 1 warnings, 6859 ms elapsed, cpu='X64 Regular'", (0, 1)),
        ("Result: 0 errors, 0 warnings, 887 msec elapsed, cpu='X64 Regular'", (0, 0)),
        ("Result: 1 errors, 1 warnings", (1, 1)),
        ("no result at all", (None, None)),
    ],
)
def test_the_summary_of_every_build_is_read(line: str, counts: tuple[int | None, int | None]) -> None:
    log = read_log(line)

    assert (log.errors, log.warnings) == counts


# --- the verdict ------------------------------------------------------------------------------------------------------

Run = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A source beside a MetaEditor whose behaviour the test writes."""
    (tmp_path / "MetaEditor64.exe").write_bytes(b"")
    (tmp_path / "x.mq5").write_text(GOOD)
    return tmp_path


def doing(place: Path, script: str) -> Run:
    """A MetaEditor that does what the script says, in a process of its own."""
    head = f"import pathlib, sys, time; ex5, log = (pathlib.Path({str(place)!r}) / n for n in ('x.ex5', 'x.log'))\n"

    def run(_: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", head + script])

    return run


def log_of(summary: str) -> str:
    return f"log.write_bytes({text_files.encode(summary)!r})\n"


@pytest.mark.parametrize(
    ("script", "is_good", "reason"),
    [
        (log_of("Result: 0 errors, 0 warnings\n") + "ex5.write_bytes(b'x'); sys.exit(1)", True, ""),
        (log_of("Result: 0 errors, 0 warnings\n") + "ex5.write_bytes(b'x'); sys.exit(0)", True, ""),
        (log_of("Result: 2 errors, 0 warnings\n") + "sys.exit(0)", False, ""),
        (log_of("Result: 2 errors, 0 warnings\n") + "ex5.write_bytes(b'x'); sys.exit(1)", False, ""),
        (log_of("Result: 0 errors, 0 warnings\n") + "sys.exit(1)", False, "no-ex5"),
        (log_of("Result: 0 errors, 0 warnings\n") + "ex5.write_bytes(b''); sys.exit(1)", False, "no-ex5"),
        ("ex5.write_bytes(b'x'); sys.exit(1)", False, "no-log"),
        (log_of("something else\n") + "ex5.write_bytes(b'x'); sys.exit(1)", False, "no-log"),
    ],
)
def test_the_verdict_needs_a_good_log_and_a_fresh_program(
    place: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str, *, is_good: bool
) -> None:
    monkeypatch.setattr("agent.terminal.metaeditor.LOG_PATIENCE_S", 0.2)
    verdict = compile_source(doing(place, script), place / "MetaEditor64.exe", place / "x.mq5", mql5=place)

    assert (verdict.is_good, verdict.reason) == (is_good, reason)


def test_yesterdays_program_and_log_prove_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.terminal.metaeditor.LOG_PATIENCE_S", 0.2)
    (place / "x.ex5").write_bytes(b"old")
    (place / "x.log").write_bytes(text_files.encode("Result: 0 errors, 0 warnings\n"))

    verdict = compile_source(doing(place, "sys.exit(1)"), place / "MetaEditor64.exe", place / "x.mq5", mql5=place)

    assert not verdict.is_good
    assert not (place / "x.ex5").exists()


def test_a_log_that_comes_late_is_waited_for(place: Path) -> None:
    (place / "later").write_bytes(text_files.encode("Result: 0 errors, 0 warnings"))
    move = f"sleep 0.5; mv '{place}/later' '{place}/x.log'"
    late = f"import subprocess; subprocess.Popen(['/bin/sh', '-c', {move!r}]); ex5.write_bytes(b'x'); sys.exit(1)"
    verdict = compile_source(doing(place, late), place / "MetaEditor64.exe", place / "x.mq5", mql5=place)

    assert verdict.is_good


def test_a_metaeditor_that_hangs_is_ended(place: Path) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def run(line: str) -> subprocess.Popen[bytes]:
        started.append(doing(place, "time.sleep(600)")(line))
        return started[0]

    verdict = compile_source(run, place / "MetaEditor64.exe", place / "x.mq5", mql5=place, timeout_s=0.3)

    assert (verdict.is_good, verdict.reason) == (False, "timed-out")
    assert started[0].poll() is not None


def test_without_a_metaeditor_nothing_is_started(tmp_path: Path) -> None:
    with pytest.raises(CompilerMissing):
        compile_source(doing(tmp_path, ""), tmp_path / "MetaEditor64.exe", tmp_path / "x.mq5", mql5=tmp_path)


# --- the simulated one ------------------------------------------------------------------------------------------------


def simulate(place: Path, source: Path) -> tuple[int, str]:
    """Run the simulated MetaEditor on a source; what it returned and its log."""
    log = source.with_suffix(".log")
    code = simulated.main(command_line(place / "MetaEditor64.exe", source, mql5=place / "MQL5", log=log))
    raw = log.read_bytes() if log.exists() else b""
    assert not raw or raw.startswith(b"\xff\xfe")
    return code, text_files.decode(raw)


def test_the_simulated_metaeditor_returns_one_and_writes_a_stand_in(tmp_path: Path) -> None:
    source = tmp_path / "My EA.mq5"
    source.write_text(GOOD)
    set_quirks(tmp_path, editor_tail="msec")

    code, log = simulate(tmp_path, source)

    assert code == 1
    assert "msec elapsed, cpu='X64 Regular'" in log
    assert read_log(log).errors == 0
    made = read_stand_in(tmp_path / "My EA.ex5")
    assert made is not None
    assert made.name == "My EA"


def test_the_simulated_metaeditor_judges_by_the_compiler(tmp_path: Path) -> None:
    source = tmp_path / "Bad.mq5"
    source.write_text(BAD)

    code, log = simulate(tmp_path, source)

    assert code == 0
    assert not (tmp_path / "Bad.ex5").exists()
    (error,) = (one for one in read_log(log).findings if one.severity == "error")
    assert (error.line, error.code, error.message) == (9, "256", "undeclared identifier 'nowhere'")


def test_without_a_compiler_the_simulated_metaeditor_fails_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(simulated.COMPILER_VARIABLE, str(tmp_path / "missing"))
    source = tmp_path / "x.mq5"
    source.write_text(GOOD)

    code, log = simulate(tmp_path, source)

    assert code == 0
    assert not (tmp_path / "x.ex5").exists()
    assert "no compiler here" in log
    assert read_log(log).errors == 1


@pytest.mark.parametrize("answer", ["exit 1", "echo '[]'; exit 1", "echo '{}'; exit 0", "echo nonsense; exit 0"])
def test_a_compiler_that_makes_no_sense_never_means_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    broken = tmp_path / "broken"
    broken.write_text(f"#!/bin/sh\n{answer}\n")
    broken.chmod(0o755)
    monkeypatch.setenv(simulated.COMPILER_VARIABLE, str(broken))
    source = tmp_path / "x.mq5"
    source.write_text(GOOD)

    code, log = simulate(tmp_path, source)

    assert (code, read_log(log).errors) == (0, 1)
    assert not (tmp_path / "x.ex5").exists()


def test_a_missing_source_is_passed_over_without_a_word(tmp_path: Path) -> None:
    assert simulate(tmp_path, tmp_path / "none.mq5") == (0, "")
