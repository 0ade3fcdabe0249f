from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from forex_elite.cli.mql5 import app
from tests.mql5.mistakes import PROGRAM

runner = CliRunner()


def test_check_prints_metaeditor_lines_and_fails_on_errors(tmp_path: Path) -> None:
    path = tmp_path / "bad.mq5"
    path.write_text("void OnStart() { Print(x); }", "utf-8")
    result = runner.invoke(app, ["check", str(path)])
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{path}(1,24) : error 256: undeclared identifier 'x'",
        "Result: 1 errors, 0 warnings",
    ]


def test_check_passes_a_sound_file_and_speaks_json(tmp_path: Path) -> None:
    path = tmp_path / "good.mq5"
    path.write_bytes(b"\xff\xfe" + PROGRAM.encode("utf-16-le"))
    result = runner.invoke(app, ["check", "--json", str(path)])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == []


def test_check_finds_the_include_folder_above_the_file(tmp_path: Path) -> None:
    (tmp_path / "MQL5" / "Include" / "Own").mkdir(parents=True)
    (tmp_path / "MQL5" / "Experts").mkdir()
    (tmp_path / "MQL5" / "Include" / "Own" / "Sum.mqh").write_text("int Sum(int a, int b) { return(a + b); }", "utf-8")
    path = tmp_path / "MQL5" / "Experts" / "ea.mq5"
    path.write_text("#include <own\\sum.mqh>\nvoid OnStart() { Print(Sum(1, 2)); }", "utf-8")
    assert runner.invoke(app, ["check", str(path)]).exit_code == 0


def test_inputs_and_outline_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "ea.mq5"
    path.write_text(PROGRAM, "utf-8")
    assert "int InpPeriod = 20  Period" in runner.invoke(app, ["inputs", str(path)]).stdout
    assert "event void OnTick()" in runner.invoke(app, ["outline", str(path)]).stdout


def test_format_check_changes_nothing_and_format_keeps_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "ea.mq5"
    raw = b"\xff\xfe" + "void OnStart(){\r\nPrint( 1 );\r\n}\r\n".encode("utf-16-le")
    path.write_bytes(raw)
    assert runner.invoke(app, ["format", "--check", str(path)]).exit_code == 1
    assert path.read_bytes() == raw
    assert runner.invoke(app, ["format", str(path)]).exit_code == 0
    assert path.read_bytes().decode("utf-16") == "void OnStart(){\r\n   Print(1);\r\n  }\r\n"
    assert runner.invoke(app, ["format", "--check", str(path)]).exit_code == 0
