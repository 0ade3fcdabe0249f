"""The order ticket before the risk gate: what may be asked for, and which question says no."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forex_elite.domain.levels import LevelUnusable
from forex_elite.domain.limits import TradingHours
from forex_elite.domain.risk import AccountState, OpenOrder, RiskLimits
from forex_elite.domain.ticket import OrderRequest, PendingOrderInfo, check_change, judge_order
from forex_elite.domain.trading import Level, LevelKind, OrderType, Quote, Side, SymbolSpec
from forex_elite.errors import InvalidInput

NOW = datetime(2026, 3, 17, 10, 0, tzinfo=UTC)
ID = UUID(int=1)
EURUSD = SymbolSpec("EURUSD", "EUR", "USD", 5, 0.00001, 0.00001, 1.0, 100_000, 0.01, 100, 0.01, 10)
ACCOUNT = AccountState(
    id=ID,
    login=700001,
    is_online=True,
    is_trade_allowed=True,
    is_enabled=True,
    balance=10_000,
    equity=9_000,
    currency="USD",
    symbols=(EURUSD,),
    day_start_balance=10_000,
    quotes={"EURUSD": Quote(1.1, 1.1001, NOW)},
)
PIPS20 = Level(LevelKind.PIPS, 20)


def ask(**changes: Any) -> OrderRequest:
    return OrderRequest(**{"account_id": ID, "symbol": "EURUSD", "side": Side.BUY, "volume_lots": 0.1, **changes})


@pytest.mark.parametrize(
    ("account", "request_", "code"),
    [
        ({"is_online": False}, {}, "account-offline"),
        ({"is_trade_allowed": False}, {}, "trading-not-permitted"),
        ({"is_enabled": False}, {}, "account-disabled"),
        ({"kill_switch": True}, {}, "kill-switch"),
        (
            {"limits": RiskLimits(week=dict.fromkeys(range(7), (TradingHours(time(12), time(13)),)))},
            {},
            "outside-trading-hours",
        ),
        ({"limits": RiskLimits(week={5: (TradingHours(time(0), time(0)),)})}, {}, "outside-trading-hours"),
        ({"limits": RiskLimits(daily_loss=900)}, {}, "daily-loss-limit"),
        ({"limits": RiskLimits(daily_loss=5000), "day_start_balance": None}, {}, "daily-loss-unknown"),
        ({"limits": RiskLimits(max_open_positions=2), "open_positions": 2}, {}, "max-open-positions"),
        ({"limits": RiskLimits(max_lots=0.05)}, {}, "max-lots"),
        ({"symbols": ()}, {}, "symbol-unknown"),
        ({"symbols": (replace(EURUSD, trade_mode=0),)}, {}, "symbol-not-tradable"),
        ({}, {"volume_lots": 0.001}, "size-below-minimum"),
        ({}, {"volume_lots": None, "risk_percent": 1.0}, "stop-missing"),
        ({}, {"sl": Level(LevelKind.PRICE, 1.2)}, "level-unusable"),
        ({}, {"tp": Level(LevelKind.PRICE, 1.0)}, "level-unusable"),
        ({}, {"order_type": OrderType.LIMIT, "price": 1.2}, "level-unusable"),
        ({"quotes": {}}, {"volume_lots": None, "risk_percent": 1.0, "sl": PIPS20}, "no-price"),
        (
            {"quotes": {"EURUSD": Quote(1.1, 1.1001, NOW - timedelta(minutes=5))}},
            {"volume_lots": None, "risk_percent": 1.0, "sl": PIPS20},
            "no-price",
        ),
    ],
)
def test_the_gate_holds_an_order_by_hand_as_it_holds_an_alert(
    account: dict[str, Any], request_: dict[str, Any], code: str
) -> None:
    decision = judge_order(ask(**request_), replace(ACCOUNT, **account), NOW)

    assert decision.refusal is not None
    assert (decision.refusal.code, decision.order) == (code, None)
    assert not decision.checks[-1].ok


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"volume_lots": None, "risk_percent": 1.0},
        {"volume_lots": None, "risk_percent": 1.0, "sl": PIPS20},
        {"order_type": OrderType.LIMIT, "price": 1.2},
    ],
)
def test_an_order_by_hand_is_told_nothing_of_alerts_and_strategies(order: dict[str, Any]) -> None:
    for account in (ACCOUNT, replace(ACCOUNT, quotes={})):
        decision = judge_order(ask(**order), account, NOW)
        told = " ".join(check.detail for check in decision.checks) + (
            decision.refusal.reason if decision.refusal else ""
        )
        assert "alert" not in told
        assert "strategy" not in told


def test_a_price_on_the_wrong_side_is_told_with_the_symbols_digits() -> None:
    refusal = judge_order(ask(order_type=OrderType.LIMIT, price=1.9), ACCOUNT, NOW).refusal

    assert refusal is not None
    assert refusal.reason == "A buy limit must be below the market at 1.10010, not at 1.90000"


def test_a_permitted_order_is_what_was_asked_for_and_shows_only_questions_about_the_account() -> None:
    decision = judge_order(ask(sl=PIPS20), ACCOUNT, NOW)

    assert isinstance(decision.order, OpenOrder)
    assert (decision.order.volume_lots, decision.order.requested_price) == (0.1, 1.1001)
    assert decision.order.loss_at_stop == pytest.approx(20)
    assert [check.name for check in decision.checks] == [
        "Symbol resolved", "Account ready", "Trading hours", "Daily loss", "Daily target", "Drawdown", "Agent's guard",
        "Open positions", "Max lots", "Sizing", "Loss per trade", "Kill switch",
    ]  # fmt: skip


def test_risk_is_of_the_balance_and_snapped_down_to_the_brokers_step() -> None:
    decision = judge_order(ask(volume_lots=None, risk_percent=0.5, sl=Level(LevelKind.PIPS, 33)), ACCOUNT, NOW)

    assert isinstance(decision.order, OpenOrder)
    assert decision.order.volume_lots == 0.15  # 50 USD over 330 USD a lot
    assert decision.order.loss_at_stop == pytest.approx(49.5)


def test_a_mapping_of_tickers_does_not_move_a_symbol_picked_by_hand() -> None:
    twin = replace(EURUSD, name="EURUSD.r")
    mapped = replace(ACCOUNT, symbols=(EURUSD, twin), symbol_map={"EURUSD": "EURUSD.r"})

    decision = judge_order(ask(), mapped, NOW)

    assert isinstance(decision.order, OpenOrder)
    assert decision.order.symbol == "EURUSD"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"volume_lots": None}, "volume_lots"),
        ({"risk_percent": 1.0}, "volume_lots"),
        ({"volume_lots": float("nan")}, "volume_lots"),
        ({"volume_lots": -1}, "volume_lots"),
        ({"volume_lots": None, "risk_percent": 11.0}, "risk_pct"),
        ({"volume_lots": None, "risk_percent": float("nan")}, "risk_pct"),
        ({"price": 1.1}, "price"),
        ({"order_type": OrderType.LIMIT}, "price"),
        ({"order_type": OrderType.STOP, "price": float("inf")}, "price"),
        ({"sl": Level(LevelKind.PRICE, 0)}, "sl"),
        ({"tp": Level(LevelKind.PIPS, float("inf"))}, "tp"),
    ],
)
def test_what_means_nothing_is_no_order(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(**changes)

    assert refused.value.details["field"] == field


@given(
    risk=st.floats(min_value=0.01, max_value=10),
    pips=st.floats(min_value=2, max_value=5000),
    balance=st.floats(min_value=10, max_value=1e7),
)
def test_no_order_by_risk_ever_risks_more_than_was_asked(risk: float, pips: float, balance: float) -> None:
    account = replace(ACCOUNT, balance=balance, equity=balance, day_start_balance=balance)

    decision = judge_order(ask(volume_lots=None, risk_percent=risk, sl=Level(LevelKind.PIPS, pips)), account, NOW)

    if isinstance(decision.order, OpenOrder):
        assert decision.order.loss_at_stop is not None
        assert decision.order.loss_at_stop <= balance * risk / 100 + 1e-6
    else:
        assert decision.refusal is not None
        assert decision.refusal.code in {"size-below-minimum", "level-unusable"}


WAITING = PendingOrderInfo(
    id=ID, account_id=ID, ticket=7, symbol="EURUSD", side="buy", order_type="limit", volume=1, price=1, sl=0, tp=0,
    magic=0, comment="", placed_at=NOW, reported_at=NOW,
)  # fmt: skip


@pytest.mark.parametrize(
    ("price", "sl", "tp", "fault"),
    [
        (1.09, 1.08, 1.10, None),
        (1.09, 0, 0, None),
        (1.09, 1.10, 0, LevelUnusable),
        (1.09, 0, 1.08, LevelUnusable),
        (1.09, 1.08999, 0, LevelUnusable),
        (0, 0, 0, InvalidInput),
        (1.09, float("nan"), 0, InvalidInput),
        (1.09, 0, -1, InvalidInput),
    ],
)
def test_new_terms_of_a_pending_order_stand_or_are_refused(
    price: float, sl: float, tp: float, fault: type[Exception] | None
) -> None:
    if fault is None:
        check_change(WAITING, EURUSD, price=price, sl=sl, tp=tp)
        return
    with pytest.raises(fault):
        check_change(WAITING, EURUSD, price=price, sl=sl, tp=tp)
