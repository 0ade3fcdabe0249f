"""Texts made to hurt: each is refused with words, in bounded work (the benchmark times them)."""

from __future__ import annotations

import pytest

from forex_elite.mql5.language import Language
from tests.mql5.hostile import HOSTILE


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_answered(name: str) -> None:
    found = Language().diagnose(HOSTILE[name])
    assert len(found) <= 500


def test_deep_nesting_is_named() -> None:
    assert Language().diagnose("int x=" + "(" * 100_000)[0].code == "134"


def test_a_macro_bomb_is_named() -> None:
    assert Language().diagnose(HOSTILE["macro bomb"])[0].code == "320"


def test_a_file_of_five_megabytes_is_refused() -> None:
    assert Language().diagnose("int x;\n" * 800_000)[0].code == "136"
