"""The wire contract, pinned: what version 1 wrote is read for ever; what is written today says at least the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from agent import protocol
from agent.protocol import Message, TradeInstruction, TradeOutcome, TradePayload

GOLDEN: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "protocol_v1.json").read_text())
PARTS = {
    *("AccountConfig", "AccountLimits", "AgentConfig", "AgentIntervals", "AlgoSettings", "ArtifactRef"),
    *("AtrTerms", "BalancePoint", "BreakEven", "CompileMessage", "DeploymentWish", "GuardReport"),
    *("Hold", "HostLoad", "JobAccount", "JobError", "Level", "Limit"),
    *("LogLine", "Message", "PartialClose", "Release", "SourceFile", "SymbolSpec", "TerminalHealth"),
    *("Trailing", "Weekend"),
}
"""Models that travel only inside a message, whose golden text holds them."""


def model(name: str) -> type[BaseModel]:
    found: type[BaseModel] = getattr(protocol, name)
    return found


def test_every_message_has_its_golden_text() -> None:
    messages = {
        name for name, kind in vars(protocol).items() if isinstance(kind, type) and issubclass(kind, Message)
    } - PARTS

    assert messages == set(GOLDEN)


def first_difference(written: Any, golden: Any, where: str = "") -> str:
    """Where a message no longer says what it said; it may say more."""
    if isinstance(golden, dict) and isinstance(written, dict):
        found = (first_difference(written.get(name), value, f"{where}.{name}") for name, value in golden.items())
        return next(filter(None, found), "")
    if isinstance(golden, list) and isinstance(written, list) and len(golden) == len(written):
        pairs = enumerate(zip(written, golden, strict=True))
        return next(filter(None, (first_difference(*pair, f"{where}[{n}]") for n, pair in pairs)), "")
    return "" if written == golden else f"{where}: {golden!r} became {written!r}"


@pytest.mark.parametrize("name", GOLDEN)
def test_a_message_of_version_one_is_read_and_written_alike(name: str) -> None:
    read = model(name).model_validate_json(json.dumps(GOLDEN[name]))

    assert first_difference(json.loads(read.model_dump_json()), GOLDEN[name]) == ""


@pytest.mark.parametrize("name", GOLDEN)
def test_a_newer_peer_may_say_more(name: str) -> None:
    more = {**GOLDEN[name], "a_field_of_version_two": {"deep": [1, 2]}}

    assert model(name).model_validate(more) == model(name).model_validate(GOLDEN[name])


@pytest.mark.parametrize("name", GOLDEN)
def test_a_message_is_never_changed_in_passing(name: str) -> None:
    read = model(name).model_validate(GOLDEN[name])

    with pytest.raises(ValidationError):
        setattr(read, next(iter(model(name).model_fields)), None)


@pytest.mark.parametrize(
    "name",
    [
        *("OpenTrade", "CloseTrades", "CloseMany", "CloseBy", "Flatten"),
        *("ModifyTrade", "ProtectTrade", "ModifyOrder", "CancelOrders"),
    ],
)
def test_an_instruction_is_told_by_its_verb(name: str) -> None:
    read = TypeAdapter(TradeInstruction).validate_python(GOLDEN[name])

    assert type(read) is model(name)


@pytest.mark.parametrize(
    "change",
    [
        {"volume_lots": 0},
        {"volume_lots": -0.1},
        {"volume_lots": float("nan")},
        {"volume_lots": float("inf")},
        {"side": "long"},
        {"symbol": ""},
        {"symbol": "EUR\x00USD"},
        {"symbol": "E" * 33},
        {"order_type": "market_if_touched"},
        {"sl": {"kind": "pips", "value": 0}},
        {"sl": {"kind": "points", "value": 1}},
        {"price": 0},
        {"do": "hedge"},
    ],
)
def test_an_order_that_means_nothing_is_no_message(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TradePayload.model_validate({**GOLDEN["TradePayload"], "instruction": {**GOLDEN["OpenTrade"], **change}})


@pytest.mark.parametrize(
    "protection",
    [
        {},
        {"trailing": {"distance": 0}},
        {"trailing": {"distance": float("nan")}},
        {"trailing": {"distance": 10, "unit": "lots"}},
        {"break_even": {"trigger": 10, "offset": 11}},
        {"trailing": {"distance": 1, "unit": "atr"}, "atr": {"timeframe": "W1"}},
    ],
)
def test_a_protection_that_means_nothing_is_no_message(protection: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TradePayload.model_validate(
            {**GOLDEN["TradePayload"], "instruction": {**GOLDEN["ProtectTrade"], "protection": protection}}
        )


@pytest.mark.parametrize("tag", ["x" * 28, "semi;colon", "tab\t", "é"])
def test_a_tag_survives_every_terminals_comment_field(tag: str) -> None:
    with pytest.raises(ValidationError):
        TradePayload.model_validate({**GOLDEN["TradePayload"], "tag": tag})


def test_an_outcome_may_be_told_in_the_older_words() -> None:
    older = TradeOutcome.model_validate({"broker_order_id": 7, "volume": 0.2, "fill_price": 1.1})

    assert (older.order, older.volume_lots, older.price) == (7, 0.2, 1.1)
