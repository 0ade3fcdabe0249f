from __future__ import annotations

import pytest

from tests.mql5.languages import language
from tests.mql5.mistakes import MISTAKES, PROGRAM, broken


def test_the_sound_program_has_no_findings_at_all() -> None:
    assert language().diagnose(PROGRAM) == ()


def test_sixty_mistakes_are_found_where_they_are_and_only_there() -> None:
    checked = language()
    right_line = right_column = quiet = 0
    for case in MISTAKES:
        text, line, column = broken(case)
        errors = [one for one in checked.diagnose(text) if one.severity == "error"]
        right_line += any(one.line == line for one in errors)
        right_column += any((one.line, one.column) == (line, column) for one in errors)
        quiet += len(errors) == 1
    assert len(MISTAKES) == 60
    assert right_line >= 57
    assert right_column >= 50
    assert quiet >= 50


@pytest.mark.parametrize("case", MISTAKES, ids=[name for name, _, _ in MISTAKES])
def test_a_mistake_is_an_error(case: tuple[str, str, str]) -> None:
    text, _, _ = broken(case)
    assert any(one.severity == "error" for one in language().diagnose(text))
