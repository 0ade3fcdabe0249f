from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from forex_elite.domain.alerts import read_alert
from forex_elite.domain.signals import StrategyInfo
from forex_elite.domain.strategies import check_strategy
from forex_elite.domain.trading import Level, LevelKind, SizingMode
from forex_elite.errors import InvalidInput, Refused
from forex_elite.ui.pages.strategies.builder import TEMPLATES, BuilderForm, build
from forex_elite.ui.pages.strategies.rows import draft_of, read_draft, sizing_words, strategy_form, strategy_row

ACCOUNT = uuid4()
FORM = {
    "name": "London breakout",
    f"account-{ACCOUNT}": "on",
    "sizing_mode": "percent_equity",
    "sizing_value": "0.55",
    "risk_override_pct": "",
    "max_lots": "2.5",
    "default_sl": "20",
    "default_sl_unit": "pips",
    "default_tp": "",
    "default_tp_unit": "percent",
    "allowed_pairs": "eurusd, GBPUSD;  xauusd",
    "allowed_sources": "52.89.214.238\n10.0.0.0/8",
    "max_signal_age_s": "60",
    "close_opposite": "on",
}
STRATEGY = StrategyInfo(
    id=uuid4(),
    user_id=uuid4(),
    name="fx-momo",
    account_ids=(ACCOUNT,),
    sizing_mode="percent_equity",
    sizing_value=Decimal("0.5500"),
    risk_override_pct=None,
    allowed_pairs=("EURUSD", "USDJPY", "GBPJPY", "AUDUSD"),
    allowed_sources=(),
    is_enabled=True,
    max_signal_age_s=60,
    magic=7,
    secret_prefix="x7Kq2m",
    created_at=datetime(2026, 3, 20, tzinfo=UTC),
    updated_at=datetime(2026, 3, 20, tzinfo=UTC),
    default_sl=Level(LevelKind.PIPS, 20.0),
    max_lots=Decimal("2.5"),
)


def test_a_filled_form_becomes_a_draft_the_service_accepts() -> None:
    draft = check_strategy(read_draft(FORM, is_enabled=True))

    assert draft.account_ids == (ACCOUNT,)
    assert draft.sizing_mode is SizingMode.PERCENT_EQUITY
    assert draft.allowed_pairs == ("EURUSD", "GBPUSD", "XAUUSD")
    assert draft.allowed_sources == ("52.89.214.238", "10.0.0.0/8")
    assert draft.default_sl == Level(LevelKind.PIPS, 20.0)
    assert (draft.default_tp, draft.risk_override_pct, draft.max_lots) == (None, None, 2.5)
    assert (draft.use_alert_volume, draft.close_opposite) == (False, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sizing_value", "much"),
        ("sizing_value", "NaN"),
        ("sizing_value", ""),
        ("max_lots", "1,5"),
        ("max_signal_age_s", "inf"),
        ("risk_override_pct", "1e999"),
        ("sizing_mode", "martingale"),
        ("default_sl_unit", "furlongs"),
        ("account-not-an-id", "on"),
    ],
)
def test_what_cannot_be_read_is_refused_by_field(field, value) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_draft({**FORM, field: value}, is_enabled=True)

    expected = {"account-not-an-id": "account_ids", "default_sl_unit": "default_sl"}.get(field, field)
    assert refusal.value.details["field"] == expected


def test_a_saved_strategy_comes_back_into_its_form_unchanged() -> None:
    form = strategy_form(STRATEGY)

    assert (form.sizing_value, form.max_lots, form.default_sl, form.default_sl_unit) == ("0.55", "2.50", "20", "pips")
    assert form.allowed_pairs == "EURUSD, USDJPY, GBPJPY, AUDUSD"


def test_switching_a_strategy_off_changes_nothing_else() -> None:
    on, off = draft_of(STRATEGY, is_enabled=True), draft_of(STRATEGY, is_enabled=False)

    assert {name for name in type(on).__slots__ if getattr(on, name) != getattr(off, name)} == {"is_enabled"}


@pytest.mark.parametrize(
    ("mode", "value", "words"),
    [
        ("percent_equity", Decimal("0.55"), "0.55% of equity"),
        ("fixed_lots", Decimal("0.1"), "0.10 lots"),
        ("money_at_risk", Decimal(50), "50.00 at the stop"),
        ("fixed_lots", Decimal("0.0005"), "0.0005 lots"),
    ],
)
def test_the_list_says_how_orders_are_sized(mode, value, words) -> None:
    assert sizing_words(mode, value) == words


def test_the_list_shows_the_start_of_the_address_only() -> None:
    row = strategy_row(STRATEGY, ())

    assert row.address == "x7Kq2m…"
    assert row.accounts == "No account"
    assert row.pairs == "EURUSD, USDJPY, GBPJPY and 1 more"


@pytest.mark.parametrize("template", [name for name, _ in TEMPLATES])
def test_every_kind_of_alert_text_is_read_back_by_the_server(template) -> None:
    text = build(BuilderForm(template=template, action="sell", risk="0.5"))
    sent = (
        text.replace("{{strategy.order.action}}", "sell")
        .replace("{{ticker}}", "EURUSD")
        .replace("{{strategy.order.price}}", "1.08642")
        .replace("{{close}}", "1.08642")
        .replace("{{timenow}}", "2026-03-20T14:32:05Z")
        .replace("{{strategy.market_position}}", "short")
        .replace("{{strategy.prev_market_position}}", "flat")
        .replace("{{strategy.market_position_size}}", "1")
        .replace("{{strategy.prev_market_position_size}}", "0")
        .replace("{{strategy.position_size}}", "-1")
    )

    alert = read_alert(sent.encode(), "text/plain")

    assert (alert.symbol, alert.side, alert.sl) == ("EURUSD", "sell", Level(LevelKind.PIPS, 20.0))


def test_closing_alerts_carry_neither_stop_nor_risk() -> None:
    text = build(BuilderForm(template="fixed", action="closeall", sl="20", tp="40", risk="1"))

    assert "sl" not in text
    assert "risk" not in text


def test_a_placeholder_may_stand_for_a_level() -> None:
    assert '"sl": {{plot("Stop")}}' in build(BuilderForm(sl='{{plot("Stop")}}', sl_unit="price"))


@pytest.mark.parametrize("value", ["zero", "0", "-1", "nan", "1e400"])
def test_the_builder_refuses_what_is_no_distance(value) -> None:
    with pytest.raises(Refused):
        build(BuilderForm(sl=value))


def test_a_hostile_symbol_stays_a_string() -> None:
    text = build(BuilderForm(template="fixed", symbol='EURUSD", "action": "closeall'))

    assert json.loads(text.replace("{{close}}", "1").replace("{{timenow}}", "x"))["action"] == "buy"
