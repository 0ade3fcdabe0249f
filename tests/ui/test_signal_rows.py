from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from forex_elite.domain.signals import (
    ExecutionInfo,
    ExecutionStatus,
    SignalCounts,
    SignalDetail,
    SignalInfo,
    SignalStatus,
    Stages,
)
from forex_elite.ui.pages.signals.rows import STATUS_MARKS, TABS, action_words, signal_row, speed_words, tab_counts
from forex_elite.ui.pages.signals.view import signal_view, stage_rows, tokens
from tests.ui.conftest import NOW


def _at(milliseconds: float):
    return NOW + timedelta(milliseconds=milliseconds)


FULL = Stages(NOW, _at(2), _at(5), _at(8), _at(13), _at(79), _at(84))


def execution(status: ExecutionStatus = ExecutionStatus.EXECUTED, stages: Stages = FULL, **values) -> ExecutionInfo:
    given = {
        "id": uuid4(),
        "account_id": uuid4(),
        "account_login": 23190561,
        "account_server": "FPMarkets-Live2",
        "job_id": uuid4(),
        "reason_code": "",
        "reason": "",
        "volume_lots": Decimal("0.80"),
        "requested_price": Decimal("151.398"),
        "fill_price": Decimal("151.402"),
        "slippage_points": Decimal(4),
        "broker_order_id": "23190077",
        "checks": ({"name": "Max lots", "ok": True, "detail": "0.80 of 1.00"},),
        **values,
    }
    return ExecutionInfo(status=status, stages=stages, **given)


def signal(status: SignalStatus = SignalStatus.EXECUTED, executions=(), **values) -> SignalInfo:
    given = {
        "id": uuid4(),
        "strategy_id": uuid4(),
        "strategy_name": "fx-momo",
        "received_at": NOW,
        "resolved_at": _at(84),
        "action": "open",
        "side": "buy",
        "symbol": "USDJPY",
        "price": None,
        "fill_price": Decimal("151.402"),
        "broker_order_id": "23190077",
        "reason_code": "",
        "reason": "",
        "to_fill_ms": 79.0,
        **values,
    }
    return SignalInfo(status=status, executions=tuple(executions), **given)


def detail(info: SignalInfo, body: str = '{"action": "buy"}', **values) -> SignalDetail:
    given = {
        "content_type": "application/json; charset=utf-8",
        "source_address": "52.89.214.238",
        "read_as": "buy USDJPY, sl 20 pips",
        "checks": (),
        "duplicate_of": None,
        **values,
    }
    return SignalDetail(info=info, body=body, **given)


def test_every_status_has_a_word_and_an_icon() -> None:
    for status in {*SignalStatus, *ExecutionStatus}:
        word, _, icon = STATUS_MARKS[status.value]
        assert word
        assert icon


def test_every_status_is_in_exactly_one_filter() -> None:
    listed = [status for statuses in TABS.values() for status in statuses]

    assert sorted(listed) == sorted(status.value for status in SignalStatus)


@pytest.mark.parametrize(
    ("action", "side", "words"),
    [
        ("open", "buy", ("Buy", "up")),
        ("open", "sell", ("Sell", "down")),
        ("close", "buy", ("Close", "")),
        ("close_all", "", ("Close all", "")),
        ("", "", ("\u2013", "")),
        ("<script>", "buy", ("\u2013", "")),
    ],
)
def test_only_an_entry_has_the_tone_of_its_side(action, side, words) -> None:
    assert action_words(action, side) == words


def test_an_executed_signal_shows_its_price_and_time_to_fill() -> None:
    row = signal_row(signal(executions=[execution()]), "UTC")

    assert row.detail == "Filled 151.402"
    assert (row.to_fill, row.to_fill_unit) == ("79", "ms")
    assert row.received == "14:32:06.218"


def test_a_signal_for_several_accounts_says_how_many_filled() -> None:
    both = [execution(), execution(ExecutionStatus.REJECTED, reason="Max lots: 1.20 of 1.00")]

    assert signal_row(signal(SignalStatus.PARTIAL, both), "UTC").detail == "Filled 151.402 on 1 of 2"


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        (Stages(NOW, _at(2), _at(5)), "Waiting for the agent"),
        (Stages(NOW, _at(2), _at(5), _at(8)), "With the agent"),
        (Stages(NOW, _at(2), _at(5), _at(8), _at(13)), "Sent, waiting for the fill"),
    ],
)
def test_a_pending_signal_says_what_it_waits_for(stages, words) -> None:
    pending = signal(
        SignalStatus.PENDING, [execution(ExecutionStatus.PENDING, stages)], fill_price=None, to_fill_ms=None
    )

    assert signal_row(pending, "UTC").detail == words


def test_a_refused_signal_shows_the_reason_of_its_executions() -> None:
    refused = signal(
        SignalStatus.REJECTED, [execution(ExecutionStatus.REJECTED, reason="Daily loss limit reached")], fill_price=None
    )

    assert signal_row(refused, "UTC").detail == "Daily loss limit reached"


def test_the_timeline_gives_each_stage_its_own_time_and_marks_the_slowest() -> None:
    rows = stage_rows(FULL, "executed", {}, "", "UTC")

    assert [row.name for row in rows] == ["Received", "Gated", "Queued", "Claimed", "Sent", "Filled", "Reported"]
    assert [row.step for row in rows] == ["0", "+2", "+3", "+3", "+5", "+66", "+5"]
    assert [row.name for row in rows if row.is_slow] == ["Filled"]
    assert rows[-1].left + rows[-1].width == pytest.approx(100, abs=0.2)
    assert all(row.state == "done" for row in rows)


def test_a_refusal_at_the_gate_ends_the_timeline_there_with_its_reason() -> None:
    rows = stage_rows(Stages(NOW, _at(2), reported=_at(2)), "rejected", {}, "Max lots: 1.20 of 1.00", "UTC")

    assert [(row.name, row.state) for row in rows] == [("Received", "done"), ("Gated", "stop")]
    assert rows[-1].detail == "Max lots: 1.20 of 1.00"


def test_an_expired_execution_ends_at_the_stage_it_did_not_reach() -> None:
    rows = stage_rows(Stages(NOW, _at(2), _at(5)), "expired", {}, "61 s old, limit 60 s", "UTC")

    assert [(row.name, row.state) for row in rows][-2:] == [("Queued", "done"), ("Claimed", "stop")]
    assert rows[-1].detail == "61 s old, limit 60 s"


def test_an_unknown_execution_shows_a_doubt_after_sending() -> None:
    rows = stage_rows(Stages(NOW, _at(2), _at(5), _at(8), _at(13)), "unknown", {}, "", "UTC")

    assert (rows[-1].name, rows[-1].state) == ("Filled", "doubt")


def test_an_open_execution_shows_what_is_still_to_come() -> None:
    rows = stage_rows(Stages(NOW, _at(2), _at(5)), "pending", {}, "", "UTC")

    assert [(row.name, row.state) for row in rows][3:] == [
        ("Claimed", "wait"),
        ("Sent", "wait"),
        ("Filled", "wait"),
        ("Reported", "wait"),
    ]


def test_clocks_that_run_backwards_do_not_break_the_timeline() -> None:
    rows = stage_rows(Stages(NOW, _at(2), _at(5), _at(8), _at(-40), _at(79)), "executed", {}, "", "UTC")

    assert all(0 <= row.left <= 100 and 0 <= row.width <= 100 for row in rows)


@pytest.mark.parametrize(
    "body",
    [
        '{"id": "8f21", "price": 151.398, "open": true, "list": [1, -2e5]}',
        "ForexElite,buy,EURUSD,sl_pips=20",
        "",
        '{"unclosed": "',
        "\x00\ufffd\u202e<img src=x onerror=alert(1)>",
        '"' * 999,
        "{" * 5000,
    ],
)
def test_the_payload_is_shown_whole_and_unchanged_whatever_it_is(body) -> None:
    assert "".join(token.text for token in tokens(body)) == body


def test_keys_strings_and_numbers_of_the_payload_are_told_apart() -> None:
    looks = {token.text: token.look for token in tokens('{"price": 151.398, "side": "buy"}')}

    assert looks['"price"'] == "tok-key"
    assert looks['"buy"'] == "tok-str"
    assert looks["151.398"] == "tok-num"


def test_a_long_payload_is_cut_for_the_browser_and_says_so() -> None:
    view = signal_view(detail(signal(executions=[execution()]), body="x" * 65_536), "UTC")

    assert len(view.body) == 4_000
    assert view.body_note == "first 4,000 of 65,536 characters"


def test_a_signal_without_execution_still_has_stages_and_checks() -> None:
    info = signal(SignalStatus.REJECTED, reason="No symbol in the alert", fill_price=None, to_fill_ms=None, symbol="")
    check = {"name": "Alert readable", "ok": False, "detail": "No symbol in the alert"}

    view = signal_view(detail(info, checks=(check,)), "UTC")

    assert view.symbol == "\u2013"
    assert [stage.state for stage in view.executions[0].stages] == ["done", "stop"]
    assert view.executions[0].passed == "0 of 1 passed"


def test_the_detail_of_five_accounts_stays_small() -> None:
    checks = tuple({"name": f"Check {n}", "ok": True, "detail": "x" * 60} for n in range(12))
    many = [execution(checks=checks) for _ in range(5)]

    view = signal_view(detail(signal(executions=many), body='{"a": 1}' * 500), "UTC")

    assert len(json.dumps(view, default=lambda row: {n: getattr(row, n) for n in type(row).__slots__})) < 64 * 1024


def test_the_counts_of_the_filters_come_from_the_days_statuses() -> None:
    counts = SignalCounts(
        11, {"executed": 5, "partial": 1, "rejected": 2, "expired": 1, "duplicate": 2}, {}, 86.0, 141.0
    )

    assert tab_counts(counts) == {"all": 11, "executed": 6, "refused": 3, "duplicate": 2, "unknown": 0, "pending": 0}
    assert speed_words(counts) == "p50 86 ms · p99 141 ms"
    assert speed_words(replace(counts, to_fill_p50_ms=None)) == ""
