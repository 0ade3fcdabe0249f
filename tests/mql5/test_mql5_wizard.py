"""What the wizard writes is sound: every combination, in the project's own front end; and so are the templates."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forex_elite.errors import InvalidInput
from forex_elite.mql5.templates import Template, list_templates
from forex_elite.mql5.wizard import (
    Choices,
    Entry,
    Exit,
    Filter,
    Positions,
    Sizing,
    Stop,
    every_combination,
    write_program,
)
from tests.mql5.languages import language

LANGUAGE = language()
"""One for all: what programs have in common is parsed once."""

ALL = list(every_combination())


def features(choices: Choices) -> set[str]:
    """Each choice by its name, the ones left out too."""
    return {
        choices.entry,
        f"stop {choices.stop}",
        f"size {choices.sizing}",
        choices.positions,
        *(f"{'' if one in choices.filters else 'no '}{one}" for one in Filter),
        *(f"{'' if one in choices.exits else 'no '}{one}" for one in Exit),
    }


def covering() -> list[Choices]:
    """Few strategies in which every two choices meet."""
    open_pairs = {pair for choices in ALL for pair in combinations(sorted(features(choices)), 2)}
    found = []
    for least in (12, 4, 1):
        for choices in ALL[::-7] if least > 1 else ALL:
            new = open_pairs & set(combinations(sorted(features(choices)), 2))
            if len(new) >= least:
                found.append(choices)
                open_pairs -= new
    assert not open_pairs
    return found


def named(choices: Choices) -> str:
    return "-".join(
        [
            choices.entry,
            *sorted(choices.filters),
            choices.stop,
            *sorted(choices.exits),
            choices.sizing,
            choices.positions,
        ]
    )


def test_where_any_three_choices_meet_the_program_compiles_without_a_single_finding() -> None:
    """`make bench` takes every combination; these are few, and no three choices miss each other."""
    groups: list[list[str]] = [
        list(Entry),
        [f"stop {one}" for one in Stop],
        [f"size {one}" for one in Sizing],
        list(Positions),
    ]
    groups += [[one, f"no {one}"] for one in (*Filter, *Exit)]
    some = ALL[::41]
    met = {meeting for choices in some for meeting in combinations(sorted(features(choices)), 3)}
    wrong = {}
    for choices in some:
        found = LANGUAGE.diagnose(write_program(choices), "wizard.mq5", advice=False)
        if found:
            wrong[named(choices)] = found[0].metaeditor_line()

    assert len(ALL) == 5 * 16 * 2 * 8 * 2 * 2
    assert len(met) == sum(len(a) * len(b) * len(c) for a, b, c in combinations(groups, 3))
    assert wrong == {}


@pytest.mark.parametrize("choices", covering(), ids=named)
def test_where_any_two_choices_meet_there_is_no_advice_to_give_and_the_style_is_ours(choices: Choices) -> None:
    text = write_program(choices)

    assert LANGUAGE.diagnose(text, "wizard.mq5") == ()
    assert LANGUAGE.format(text) == text
    assert "{" + "manage" not in text
    assert max(len(line) for line in text.splitlines()) <= 140


NUMBERS = st.fixed_dictionaries(
    {},
    optional={
        "fast_period": st.integers(1, 40),
        "slow_period": st.integers(41, 2000),
        "risk_percent": st.floats(0.01, 10),
        "stop_atr": st.floats(0.1, 100),
        "target_atr": st.floats(0, 100),
        "magic": st.integers(1, 2**31 - 1),
    },
)


@settings(max_examples=30, deadline=None)
@given(numbers=NUMBERS)
def test_numbers_become_the_defaults_of_inputs(numbers: dict[str, float]) -> None:
    text = write_program(Choices(numbers=numbers))

    assert LANGUAGE.diagnose(text, "wizard.mq5") == ()
    defaults = {one.name: one.default for one in LANGUAGE.inputs(text)}
    if "magic" in numbers:
        assert defaults["InpMagic"] == str(numbers["magic"])
    if "stop_atr" in numbers:
        assert float(defaults["InpStopAtr"]) == pytest.approx(numbers["stop_atr"], abs=1e-9)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": 'x";evil("'}, "name"),
        ({"name": "x\ny"}, "name"),
        ({"name": "Größe"}, "name"),
        ({"name": "n" * 41}, "name"),
        ({"numbers": {"fast_period": 60, "slow_period": 50}}, "numbers.fast_period"),
        ({"numbers": {"fast_period": 2.5}}, "numbers.fast_period"),
        ({"numbers": {"risk_percent": 11}}, "numbers.risk_percent"),
        ({"numbers": {"risk_percent": float("nan")}}, "numbers.risk_percent"),
        ({"numbers": {"stop_atr": float("inf")}}, "numbers.stop_atr"),
        ({"numbers": {"lots": 1}}, "numbers.lots"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        write_program(Choices(**wrong))  # type: ignore[arg-type]

    assert refusal.value.details["field"] == field


def test_a_grid_shares_its_risk_among_its_trades() -> None:
    one = write_program(Choices(sizing=Sizing.RISK, positions=Positions.ONE))
    grid = write_program(Choices(sizing=Sizing.RISK, positions=Positions.GRID))

    assert "InpRiskPercent / 100;" in one
    assert "InpRiskPercent / 100 / InpGridMax;" in grid


def test_every_trade_has_a_stop_whatever_is_chosen() -> None:
    for choices in ALL[::97]:
        text = write_program(choices)
        assert text.count("trade.PositionOpen(_Symbol, type, lots, price, stop, target") == 1
        assert "trade.Buy" not in text
        assert "trade.Sell" not in text


@pytest.mark.parametrize("template", list_templates(), ids=lambda one: one.id)
def test_every_template_is_documented_and_clean(template: Template) -> None:
    assert LANGUAGE.diagnose(template.text, template.file) == ()
    assert LANGUAGE.format(template.text) == template.text
    assert len(template.about) > 40
    assert template.title
