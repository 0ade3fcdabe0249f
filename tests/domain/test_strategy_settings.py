"""Settings of a strategy: mistakes are named by field, sensible values pass tidied."""

from dataclasses import replace

import pytest

from forex_elite.domain.strategies import (
    TRADINGVIEW_ADDRESSES,
    StrategyDraft,
    check_strategy,
    find_problems,
)
from forex_elite.domain.trading import Level, LevelKind, SizingMode
from forex_elite.errors import InvalidInput

DRAFT = StrategyDraft(name="gold-trend")


def test_the_defaults_are_valid() -> None:
    assert check_strategy(DRAFT) == DRAFT


def test_a_valid_draft_is_tidied() -> None:
    tidy = check_strategy(
        replace(
            DRAFT,
            name="  Gold   trend ",
            allowed_pairs=("fx:eurusd", " EURUSD ", "", "XAUUSD"),
            allowed_sources=(*TRADINGVIEW_ADDRESSES, " 10.0.0.0/8 ", "2001:db8::/64"),
        )
    )
    assert (tidy.name, tidy.allowed_pairs) == ("Gold trend", ("EURUSD", "XAUUSD"))
    assert tidy.allowed_sources[-2:] == ("10.0.0.0/8", "2001:db8::/64")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"sizing_value": 0}, "sizing_value"),
        ({"sizing_value": -1}, "sizing_value"),
        ({"sizing_value": float("nan")}, "sizing_value"),
        ({"sizing_value": float("inf")}, "sizing_value"),
        ({"sizing_value": 501}, "sizing_value"),
        ({"sizing_mode": SizingMode.PERCENT_BALANCE, "sizing_value": 10.01}, "sizing_value"),
        ({"sizing_mode": SizingMode.PERCENT_EQUITY, "sizing_value": 11}, "sizing_value"),
        ({"sizing_mode": SizingMode.MONEY_AT_RISK, "sizing_value": 1e7}, "sizing_value"),
        ({"allowed_pairs": ("EUR;USD",)}, "allowed_pairs"),
        ({"allowed_pairs": tuple(f"S{number}" for number in range(201))}, "allowed_pairs"),
        ({"allowed_sources": ("52.89.214",)}, "allowed_sources"),
        ({"allowed_sources": ("0.0.0.0/0",)}, "allowed_sources"),
        ({"allowed_sources": ("::/0",)}, "allowed_sources"),
        ({"allowed_sources": tuple(f"10.0.0.{number}" for number in range(51))}, "allowed_sources"),
        ({"max_signal_age_s": 0}, "max_signal_age_s"),
        ({"max_signal_age_s": 3601}, "max_signal_age_s"),
        ({"max_signal_age_s": float("nan")}, "max_signal_age_s"),
        ({"risk_override_pct": 0}, "risk_override_pct"),
        ({"risk_override_pct": 10.5}, "risk_override_pct"),
        ({"max_lots": 0}, "max_lots"),
        ({"default_sl": Level(LevelKind.PRICE, 1.1)}, "default_sl"),
        ({"default_sl": Level(LevelKind.PIPS, 0)}, "default_sl"),
        ({"default_tp": Level(LevelKind.PERCENT, 100)}, "default_tp"),
    ],
)
def test_a_mistake_is_named_by_its_field(changes: dict[str, object], field: str) -> None:
    draft = replace(DRAFT, **changes)
    assert list(find_problems(draft)) == [field]
    with pytest.raises(InvalidInput) as refused:
        check_strategy(draft)
    assert refused.value.details["field"] == field


@pytest.mark.parametrize("age", [1, 3600])
def test_the_ends_of_the_signal_age_are_allowed(age: int) -> None:
    assert check_strategy(replace(DRAFT, max_signal_age_s=age)).max_signal_age_s == age


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_strategy(replace(DRAFT, name="", max_lots=-1))
    assert list(refused.value.details["problems"]) == ["name", "max_lots"]
