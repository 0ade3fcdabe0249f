"""Whatever arrives, reading it ends in an alert or in a refusal with words; nothing else ever leaves."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from forex_elite.domain.alerts import (
    Alert,
    AlertAction,
    AlertUnreadable,
    duplicate_window_s,
    fingerprint,
    read_alert,
    read_as,
)
from forex_elite.domain.alerts import fields as names
from forex_elite.domain.alerts.commands import COMMANDS
from forex_elite.domain.levels import is_amount
from forex_elite.domain.trading import LevelKind

KNOWN = sorted(
    {name for group in vars(names).values() if isinstance(group, tuple) for name in group if isinstance(name, str)}
    | {"sl", "tp", "sl_pips", "tp_pct", "stopLoss", "takeProfit", "data", "order", "strategy", "strategy_info", "bar"}
)
WORDS = [*COMMANDS, "eaoff", "limit", "stop", "market", "long", "short", "flat", "EURUSD", "FX:EURUSD", "{{ticker}}"]
NUMBERS = [
    "0",
    "-1",
    "1e999",
    "NaN",
    "Infinity",
    "20pips",
    "1%",
    "1e-320",
    "1.1",
    "9" * 400,
    "0x10",
    "\u0661",
    "1_0",
    "--1",
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(WORDS + NUMBERS),
    st.text(max_size=30),
    st.datetimes().map(str),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KNOWN) | st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from(KNOWN) | st.text(max_size=8), VALUES, max_size=8)
PAIRS = st.tuples(
    st.sampled_from(["sl", "tp", "risk", "price", "vol_lots", "entry_pips", "comment", "time", "id", "betrigger", "x"]),
    st.sampled_from(WORDS + NUMBERS) | st.text(max_size=10),
).map("=".join)
LINES = st.lists(st.one_of(st.sampled_from(WORDS), PAIRS, st.text(max_size=10)), max_size=8).map(",".join)


def read_or_refuse(body: bytes, content_type: str | None = None) -> Alert | None:
    try:
        alert = read_alert(body, content_type)
    except AlertUnreadable as refused:
        check_refusal(refused)
        return None
    check(alert, body)
    return alert


def check_refusal(refused: AlertUnreadable) -> None:
    assert refused.severity == "expected"
    assert refused.code.startswith("alert-")
    assert refused.message.isprintable()
    assert len(refused.message) < 500
    assert all(str(value).isprintable() for name, value in refused.details.items() if name != "content_type")


def check(alert: Alert, body: bytes) -> None:
    for text in (read_as(alert), alert.comment, alert.alert_id or "", *alert.notes):
        assert text.isprintable()
        assert len(text) < 500
    assert len(fingerprint(body, alert)) == 64
    assert duplicate_window_s(alert) >= 30
    for amount in (alert.price, alert.volume_lots, alert.risk, alert.percent, alert.max_age_s):
        assert amount is None or is_amount(amount)
    for level in (alert.sl, alert.tp, alert.entry):
        assert level is None or is_amount(level.value)
    assert alert.percent is None or alert.percent <= 100
    assert alert.sent_at is None or alert.sent_at.utcoffset() is not None
    if alert.symbol is None:
        assert alert.action in {AlertAction.CLOSE_ALL, AlertAction.CANCEL}
    if alert.is_entry:
        assert alert.side is not None
    else:
        assert not alert.close_opposite
        assert alert.risk is None


@given(st.binary(max_size=300), st.none() | st.text(max_size=20))
@example(b"\xef\xbb\xbf", None)
@example(b"\0", None)
@example(b'"', None)
@example(b'"\\ud800"', None)
@example(b'{"\\ud800":"\\udfff","action":"\\ud800"}', None)
@example(b'{"action":"buy","symbol":"EURUSD","comment":"\\ud800\\u0000"}', None)
@example(b'{"action":"buy","symbol":"EURUSD","time":1e11}', None)
@example(b'{"action":"buy","symbol":"EURUSD","time":"9999-12-31T23:59:59-14:00"}', None)
def test_any_bytes_are_read_or_refused(body: bytes, content_type: str | None) -> None:
    read_or_refuse(body, content_type)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(OBJECTS, st.booleans(), st.sampled_from(["", "Alert: ", "{ x "]))
def test_any_json_is_read_or_refused(value: dict[str, object], is_ascii: bool, before: str) -> None:
    text = before + json.dumps(value, ensure_ascii=is_ascii)
    read_or_refuse(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=400)
@given(LINES)
def test_any_line_is_read_or_refused(line: str) -> None:
    read_or_refuse(line.encode("utf-8", "surrogatepass"))


@given(st.sampled_from(["[", "{", '{"a":', '[{"a":', '"{', "x{", '{"a":"{', '\\"{']), st.integers(1, 12000))
def test_any_depth_is_read_or_refused(opening: str, times: int) -> None:
    read_or_refuse((opening * times).encode())


@pytest.mark.parametrize("unit", LevelKind)
@given(st.sampled_from(NUMBERS) | st.floats().map(str))
def test_no_absurd_stop_is_ever_read(unit: LevelKind, stop: str) -> None:
    try:
        alert = read_alert(f"601,buy,EURUSD,sl={stop}".encode(), plain_unit=unit)
    except AlertUnreadable:
        return
    assert alert.sl is None or is_amount(alert.sl.value)
