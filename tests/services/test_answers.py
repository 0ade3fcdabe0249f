"""Programs are found in answers however the model sets them, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forex_elite.services.generation.answers import read_program

CODE = "#property strict\nvoid OnTick()\n  {\n  }\n"


@pytest.mark.parametrize(
    "answer",
    [
        f"```mql5\n{CODE}```",
        f"Here it is:\n\n```cpp\n{CODE}```\nEnjoy.",
        f"~~~\n{CODE}~~~",
        f"````mql5\n{CODE}````",
        f"File: Trend.mq5\n```mql5\n{CODE}```",
        f"**File:** `Trend.mq5`\n```MQL5\n{CODE}```",
        f"```mql5\r\n{CODE}```".replace("\r\n", "\n"),
        CODE,
        f"Some words.\n```python\nprint(1)\n```\n```mql5\n{CODE}```",
    ],
)
def test_a_program_is_found_however_it_is_set(answer: str) -> None:
    found = read_program(answer, "Trend.mq5", {})

    assert (found.files, found.problem) == ({"Trend.mq5": CODE}, "")


def test_several_files_are_told_apart_by_their_names() -> None:
    answer = f"File: Main.mq5\n```mql5\n{CODE}```\nFile: Include/Lib.mqh\n```mql5\n#property strict\nint x;\n```\n"

    assert set(read_program(answer, "Other.mq5", {"main.mq5": b""}).files) == {"main.mq5", "Include/Lib.mqh"}


def test_a_name_in_the_first_lines_of_the_block_counts_too() -> None:
    answer = f"```mql5\n// File: Named.mq5\n{CODE}```"

    assert list(read_program(answer, "Trend.mq5", {}).files) == ["Named.mq5"]


@pytest.mark.parametrize("path", ["../../evil.mq5", "/etc/evil.mq5", "con.mq5"])
def test_a_name_that_leads_elsewhere_is_not_used(path: str) -> None:
    found = read_program(f"File: {path}\n```mql5\n{CODE}```", "Trend.mq5", {})

    assert all(".." not in one and not one.startswith("/") for one in found.files)
    assert "con.mq5" not in found.files


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("", "no complete"),
        ("I like trains.", "no complete"),
        (f"```mql5\n{CODE}", "cut off"),
        ("```python\nprint(1)\n```", "no complete"),
        ("```mql5\nhello\n```", "no complete"),
        ("File: Lib.mqh\n```mql5\n#property strict\nint x;\n```", "no .mq5"),
        ("```mql5\n" + CODE + "//" + "x" * 500_000 + "\n```", "too long"),
    ],
)
def test_what_is_no_program_is_said_in_words(answer: str, problem: str) -> None:
    found = read_program(answer, "Trend.mq5", {})

    assert found.files == {}
    assert problem in found.problem


@given(answer=st.text(max_size=300))
def test_any_answer_is_read_without_harm(answer: str) -> None:
    found = read_program(answer, "Trend.mq5", {})

    assert bool(found.files) != bool(found.problem)
