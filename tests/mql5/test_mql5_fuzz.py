"""A bounded run of guided fuzzing; `python -m tests.mql5.fuzz` goes on for as long as one likes."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris has wheels for Python 3.11 to 3.13 on Linux x86-64 only",
)
def test_guided_fuzzing_finds_no_text_that_breaks_the_language(tmp_path: Path) -> None:
    limits = [
        "-runs=60",
        "-seed=20260131",
        "-max_len=2000",
        "-len_control=0",
        "-timeout=20",
        f"-artifact_prefix={tmp_path}/",
    ]
    command = [sys.executable, "-m", "tests.mql5.fuzz", *limits]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done 60 runs" in done.stderr
