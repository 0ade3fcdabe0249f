"""The risk gate, rule by rule: who is let through, who is not, with which code, status and figures."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest

from forex_elite.domain.alerts import Alert, read_alert
from forex_elite.domain.limits import TradingHours, Week
from forex_elite.domain.risk import (
    CHECK_NAMES,
    AccountState,
    CancelOrder,
    Circumstances,
    CloseOrder,
    Decision,
    ModifyOrder,
    OpenOrder,
    OwnPosition,
    Quote,
    RiskLimits,
    Sizing,
    StrategyRules,
    judge,
    judge_account,
    judge_signal,
)
from forex_elite.domain.trading import Level, LevelKind, OrderType, Side, SizingMode, SymbolSpec


def weekly(window: TradingHours, days: Iterable[int] = range(7)) -> Week:
    """The same window on several days."""
    return dict.fromkeys(days, (window,))


WHOLE_DAY = TradingHours(time(0), time(0))
NOW = datetime(2026, 3, 20, 14, 32, 6, tzinfo=UTC)  # a Friday
USDJPY = SymbolSpec("USDJPY.r", "USD", "JPY", 3, 0.001, 0.001, 0.66, 100_000, 0.01, 100, 0.01)
RULES = StrategyRules(
    name="fx-momo", sizing=Sizing(SizingMode.PERCENT_EQUITY, 0.5), allowed_pairs=("USDJPY",), risk_override_pct=2
)
ACCOUNT = AccountState(
    id=UUID(int=1),
    login=23190561,
    is_online=True,
    is_trade_allowed=True,
    is_enabled=True,
    balance=24_000,
    equity=24_126.74,
    day_start_balance=24_253.48,
    currency="USD",
    symbols=(USDJPY,),
    open_positions=3,
    limits=RiskLimits(
        max_lots=1,
        max_open_positions=10,
        daily_loss=960,
        week=weekly(TradingHours(time(7), time(20)), range(5)),
    ),
    quotes={"USDJPY.r": Quote(151.39, 151.402)},
)
HERE = Circumstances(now=NOW, received_at=NOW - timedelta(seconds=0.4), source_address="52.89.214.238")
BUY = read_alert(b'{"id":"8f21c0","action":"buy","symbol":"USDJPY","price":151.398,"sl":150.9,"tp":152.3,"risk":0.55}')
CLOSE = read_alert(b'{"action":"closelong","symbol":"USDJPY"}')
PIPS = LevelKind.PIPS


def decide(
    alert: Alert = BUY,
    rules: StrategyRules = RULES,
    account: AccountState = ACCOUNT,
    circumstances: Circumstances = HERE,
) -> Decision:
    return judge_account(alert, rules, account, circumstances)


def opened(decision: Decision) -> OpenOrder:
    assert isinstance(decision.order, OpenOrder), decision.refusal
    return decision.order


def limited(**changes: object) -> AccountState:
    return replace(ACCOUNT, limits=replace(ACCOUNT.limits, **changes))


def test_a_good_alert_passes_every_check_and_becomes_an_order() -> None:
    decision = decide()
    assert [check.name for check in decision.checks] == list(CHECK_NAMES)
    assert [check.detail for check in decision.checks] == [
        "fx-momo",
        "any address",
        "USDJPY = USDJPY.r",
        "id 8f21c0",
        "0.4 of 60 s",
        "23190561",
        "running",
        "07:00 to 20:00 UTC",
        "126.74 of 960.00 USD",
        "no target",
        "no limit",
        "nothing held",
        "3 of 10",
        "0.40 of 1.00",
        "0.55 % of equity by the alert, 50.2 pips",
        "no limit",
        "off",
    ]
    order = opened(decision)
    assert (order.symbol, order.side, order.volume_lots, order.requested_price) == ("USDJPY.r", Side.BUY, 0.4, 151.402)
    assert (order.sl, order.tp) == (BUY.sl, BUY.tp)
    assert order.loss_at_stop == pytest.approx(132.53, abs=0.01)


OFF = replace(ACCOUNT, is_enabled=False)


@pytest.mark.parametrize(
    ("change", "check", "code", "status", "reason"),
    [
        (
            {"rules": replace(RULES, is_enabled=False)},
            "Strategy enabled",
            "strategy-disabled",
            "discarded",
            "The strategy fx-momo is switched off",
        ),
        (
            {"rules": replace(RULES, allowed_sources=("34.212.75.30",))},
            "Source allowed",
            "source-not-allowed",
            "rejected",
            "52.89.214.238 is not on",
        ),
        (
            {"alert": replace(BUY, symbol="EURUSD")},
            "Symbol resolved",
            "symbol-unknown",
            "rejected",
            "EURUSD: the broker has no such symbol",
        ),
        (
            {"rules": replace(RULES, allowed_pairs=("EURUSD",))},
            "Symbol resolved",
            "symbol-not-allowed",
            "rejected",
            "USDJPY is not in the allowed pairs",
        ),
        (
            {"circumstances": replace(HERE, is_duplicate=True)},
            "Not a duplicate",
            "duplicate",
            "duplicate",
            "The same alert was received before",
        ),
        (
            {"circumstances": replace(HERE, now=NOW + timedelta(seconds=61))},
            "Age",
            "expired",
            "expired",
            "61 s old, limit 60 s",
        ),
        ({"account": OFF}, "Account ready", "account-disabled", "discarded", "Account 23190561 is switched off"),
        (
            {"account": replace(ACCOUNT, is_online=False)},
            "Account ready",
            "account-offline",
            "discarded",
            "Account 23190561 is offline",
        ),
        (
            {"account": replace(ACCOUNT, is_trade_allowed=False)},
            "Account ready",
            "trading-not-permitted",
            "discarded",
            "Account 23190561 may not trade",
        ),
        (
            {"account": limited(week=weekly(TradingHours(time(8), time(14))))},
            "Trading hours",
            "outside-trading-hours",
            "discarded",
            "14:32 UTC is outside the trading hours, 08:00 to 14:00 UTC",
        ),
        (
            {"account": limited(week=weekly(WHOLE_DAY, {0}))},
            "Trading hours",
            "outside-trading-hours",
            "discarded",
            "No trading on Friday",
        ),
        (
            {"account": replace(ACCOUNT, equity=23_000)},
            "Daily loss",
            "daily-loss-limit",
            "rejected",
            "Daily loss limit reached: 1,253.48 of 960.00 USD",
        ),
        (
            {"account": limited(daily_loss_percent=0.5)},
            "Daily loss",
            "daily-loss-limit",
            "rejected",
            "Daily loss limit reached: 126.74 of 121.27 USD",
        ),
        (
            {"account": replace(ACCOUNT, day_start_balance=None)},
            "Daily loss",
            "daily-loss-unknown",
            "rejected",
            "has not reported the balance its day began with",
        ),
        (
            {"account": replace(ACCOUNT, open_positions=10)},
            "Open positions",
            "max-open-positions",
            "rejected",
            "Max open positions: 10 open, 10 allowed",
        ),
        (
            {"alert": replace(BUY, volume_lots=1.2)},
            "Max lots",
            "max-lots",
            "rejected",
            "Max lots: 1.20 asked, 1.00 allowed",
        ),
        (
            {"alert": replace(BUY, volume_lots=0.6), "rules": replace(RULES, max_lots=0.5)},
            "Max lots",
            "max-lots",
            "rejected",
            "Max lots: 0.60 asked, 0.50 allowed",
        ),
        ({"alert": replace(BUY, sl=None)}, "Sizing", "stop-missing", "rejected", "needs a stop loss"),
        (
            {"alert": replace(BUY, price=None), "account": replace(ACCOUNT, quotes={})},
            "Sizing",
            "no-price",
            "rejected",
            "No price of USDJPY.r",
        ),
        (
            {"alert": replace(BUY, sl=Level(LevelKind.PRICE, 152.0))},
            "Sizing",
            "level-unusable",
            "rejected",
            "Stop loss of a long: 152.000 must be below",
        ),
        (
            {"alert": replace(BUY, tp=Level(LevelKind.PRICE, 151.0))},
            "Sizing",
            "level-unusable",
            "rejected",
            "Take profit of a long: 151.000 must be above",
        ),
        (
            {"alert": replace(BUY, sl=Level(PIPS, 1))},
            "Sizing",
            "level-unusable",
            "rejected",
            "inside the spread",
        ),
        (
            {"account": replace(ACCOUNT, equity=100, day_start_balance=100)},
            "Sizing",
            "size-below-minimum",
            "rejected",
            "USDJPY.r trades from 0.01",
        ),
        (
            {"account": replace(ACCOUNT, symbols=(replace(USDJPY, tick_value=0),))},
            "Sizing",
            "sizing-impossible",
            "rejected",
            "specification is unusable",
        ),
        (
            {"account": replace(ACCOUNT, kill_switch=True)},
            "Kill switch",
            "kill-switch",
            "discarded",
            "The kill switch is on for account 23190561",
        ),
    ],
)
def test_a_rule_refuses_with_its_code_and_figures(
    change: dict[str, object], check: str, code: str, status: str, reason: str
) -> None:
    decision = decide(**change)
    assert decision.order is None
    assert decision.refusal is not None
    assert (decision.refusal.code, decision.refusal.status) == (code, status)
    assert reason in decision.refusal.reason
    assert decision.refusal.is_limit is (code in {"daily-loss-limit", "max-open-positions", "max-lots"})
    names = [made.name for made in decision.checks]
    assert names == list(CHECK_NAMES[: CHECK_NAMES.index(check) + 1]), "the checks come in their order and stop here"
    assert [made.ok for made in decision.checks] == [True] * (len(names) - 1) + [False]


def test_the_first_rule_in_order_names_the_reason() -> None:
    decision = decide(rules=replace(RULES, is_enabled=False), account=replace(OFF, kill_switch=True))
    assert decision.refusal is not None
    assert decision.refusal.code == "strategy-disabled"


@pytest.mark.parametrize(
    ("body", "order"),
    [
        ("closelong", CloseOrder(symbol="USDJPY.r", side=Side.BUY)),
        ("close", CloseOrder(symbol="USDJPY.r")),
        ("closeall", CloseOrder()),
        ("cancelshort", CancelOrder(symbol="USDJPY.r", side=Side.SELL)),
        ("cancelall", CancelOrder()),
    ],
)
def test_exits_pass_every_limit_and_the_kill_switch(body: str, order: object) -> None:
    stuck = replace(
        limited(week=weekly(TradingHours(time(1), time(2))), max_open_positions=0, max_lots=0.01),
        kill_switch=True,
        equity=1,
        day_start_balance=None,
    )
    alert = read_alert(b'{"action":"%s","symbol":"USDJPY"}' % body.encode())
    decision = decide(alert, account=stuck, rules=replace(RULES, allowed_pairs=("EURUSD",)))
    assert (decision.order, decision.refusal) == (order, None)
    assert [check.ok for check in decision.checks] == [True] * len(CHECK_NAMES)


def test_exits_are_held_up_by_what_makes_them_impossible() -> None:
    for account, code in ((OFF, "account-disabled"), (replace(ACCOUNT, is_online=False), "account-offline")):
        refusal = decide(CLOSE, account=account).refusal
        assert refusal is not None
        assert refusal.code == code


def test_a_partial_close_and_a_change_of_stops_keep_their_figures() -> None:
    half = decide(read_alert(b"601,closelongpct,USDJPY,risk=50")).order
    assert half == CloseOrder(symbol="USDJPY.r", side=Side.BUY, percent=50)
    lots = decide(read_alert(b"601,closelongvol,USDJPY,risk=0.2")).order
    assert lots == CloseOrder(symbol="USDJPY.r", side=Side.BUY, volume_lots=0.2)
    moved = decide(read_alert(b"601,newsltplong,USDJPY,sl=10,tp=0")).order
    assert moved == ModifyOrder(symbol="USDJPY.r", side=Side.BUY, sl=Level(PIPS, 10), remove_tp=True)


@pytest.mark.parametrize("change", [{"percent": 101.0}, {"percent": float("nan")}, {"volume_lots": -1.0}])
def test_an_exit_of_impossible_size_is_refused(change: dict[str, float]) -> None:
    refusal = decide(replace(CLOSE, **change)).refusal
    assert refusal is not None
    assert refusal.code == "sizing-impossible"


def test_an_exit_without_a_symbol_never_becomes_a_close_of_everything() -> None:
    refusal = decide(replace(CLOSE, symbol=None)).refusal
    assert refusal is not None
    assert refusal.code == "symbol-missing"


@pytest.mark.parametrize(
    ("rules", "alert", "lots", "detail"),
    [
        ({"risk_override_pct": None}, {"risk": 5}, 0.36, "0.5 % of equity (risk 5 of the alert not used, override is"),
        ({"risk_override_pct": 2}, {"risk": 0.1}, 0.07, "0.1 % of equity by the alert"),
        ({"risk_override_pct": 1}, {"risk": 5}, 0.72, "1 % of equity by the alert, 5 asked"),
        ({"sizing": Sizing(SizingMode.FIXED_LOTS, 0.3)}, {"risk": 2}, 0.3, "0.3 lots (risk 2 of the alert not used"),
        ({"sizing": Sizing(SizingMode.MONEY_AT_RISK, 50)}, {"risk": 100}, 0.3, "100.00 USD by the alert"),
        ({"sizing": Sizing(SizingMode.MONEY_AT_RISK, 50)}, {"risk": 900}, 1.0, "480.00 USD by the alert, 900 asked"),
        ({"sizing": Sizing(SizingMode.PERCENT_BALANCE, 1)}, {"risk": None}, 0.72, "1 % of balance"),
        ({}, {"risk": 50, "risk_mode": SizingMode.MONEY_AT_RISK}, 0.15, "50.00 USD by the alert"),
        ({}, {"volume_lots": 0.25}, 0.25, "0.25 lots by the alert"),
        ({"use_alert_volume": False}, {"volume_lots": 0.25, "risk": None}, 0.36, "0.5 % of equity"),
    ],
)
def test_whose_size_counts(rules: dict[str, object], alert: dict[str, object], lots: float, detail: str) -> None:
    decision = decide(replace(BUY, **alert), replace(RULES, **rules))
    assert opened(decision).volume_lots == lots
    assert decision.checks[CHECK_NAMES.index("Sizing")].detail.startswith(detail)


def test_sizing_by_risk_is_capped_and_says_so() -> None:
    decision = decide(replace(BUY, sl=Level(PIPS, 5)))
    assert opened(decision).volume_lots == 1.0
    assert decision.checks[CHECK_NAMES.index("Sizing")].detail.endswith("capped at 1 lots")


@pytest.mark.parametrize(
    ("quote", "price", "side", "expected"),
    [
        (Quote(151.39, 151.402), 150.0, Side.BUY, 151.402),
        (Quote(151.39, 151.402), 150.0, Side.SELL, 151.39),
        (None, 151.4, Side.BUY, 151.4),
        (Quote(151.39, 151.402, NOW - timedelta(minutes=5)), 151.4, Side.BUY, 151.4),
        (Quote(151.402, 151.39), 151.4, Side.BUY, 151.4),
        (Quote(float("nan"), 151.39), 151.4, Side.BUY, 151.4),
    ],
)
def test_the_reference_price_is_the_brokers_unless_it_is_useless(
    quote: Quote | None, price: float, side: Side, expected: float
) -> None:
    alert = replace(BUY, price=price, side=side, sl=Level(PIPS, 50), tp=None)
    account = replace(ACCOUNT, quotes={"USDJPY.r": quote} if quote else {})
    assert opened(decide(alert, account=account)).requested_price == expected


@pytest.mark.parametrize(
    ("order_type", "side", "price", "is_right"),
    [
        (OrderType.LIMIT, Side.BUY, 151.0, True),
        (OrderType.LIMIT, Side.BUY, 152.0, False),
        (OrderType.STOP, Side.BUY, 152.0, True),
        (OrderType.STOP, Side.BUY, 151.0, False),
        (OrderType.LIMIT, Side.SELL, 152.0, True),
        (OrderType.STOP, Side.SELL, 151.0, True),
        (OrderType.STOP, Side.SELL, 152.0, False),
    ],
)
def test_a_pending_order_lies_on_its_side_of_the_market(
    order_type: OrderType, side: Side, price: float, is_right: bool
) -> None:
    alert = replace(BUY, order_type=order_type, side=side, price=price, sl=Level(PIPS, 50), tp=None)
    decision = decide(alert)
    if is_right:
        assert (opened(decision).price, opened(decision).order_type) == (price, order_type)
    else:
        assert decision.refusal is not None
        assert decision.refusal.code == "level-unusable"


def test_a_pending_order_at_a_distance_is_placed_from_the_quote() -> None:
    alert = read_alert(b"601,buystop,USDJPY,entry_pips=10,sl=20")
    assert opened(decide(alert)).price == 151.502
    refusal = decide(alert, account=replace(ACCOUNT, quotes={})).refusal
    assert refusal is not None
    assert refusal.code == "no-price"


def test_the_default_stop_of_the_strategy_serves_where_the_alert_has_none() -> None:
    order = opened(decide(replace(BUY, sl=None), replace(RULES, default_sl=Level(PIPS, 50))))
    assert order.sl == Level(PIPS, 50)


REVERSAL = replace(BUY, close_opposite=True)
HOLDS_A_SHORT = replace(ACCOUNT, own_positions=(OwnPosition("USDJPY.r", Side.SELL),), open_positions=10)


def test_a_reversal_does_not_count_the_position_it_closes() -> None:
    assert opened(decide(REVERSAL, account=HOLDS_A_SHORT)).close_opposite
    refusal = decide(BUY, account=HOLDS_A_SHORT).refusal
    assert refusal is not None
    assert refusal.code == "max-open-positions"


def test_a_reversal_whose_entry_is_refused_still_closes_the_other_side() -> None:
    decision = decide(REVERSAL, account=replace(HOLDS_A_SHORT, kill_switch=True))
    assert decision.order == CloseOrder(symbol="USDJPY.r", side=Side.SELL)
    assert decision.entry_refusal is not None
    assert (decision.entry_refusal.code, decision.refusal) == ("kill-switch", None)


@pytest.mark.parametrize(
    "change",
    [
        {"circumstances": replace(HERE, is_duplicate=True)},
        {"circumstances": replace(HERE, now=NOW + timedelta(hours=1))},
        {"account": replace(HOLDS_A_SHORT, is_online=False)},
        {"rules": replace(RULES, is_enabled=False)},
        {"rules": replace(RULES, allowed_pairs=("EURUSD",))},
    ],
)
def test_a_reversal_refused_as_a_whole_closes_nothing(change: dict[str, object]) -> None:
    decision = decide(**({"alert": REVERSAL, "account": HOLDS_A_SHORT} | change))
    assert (decision.order, decision.entry_refusal) == (None, None)


def test_a_strategy_may_always_reverse() -> None:
    rules = replace(RULES, close_opposite=True)
    assert opened(decide(rules=rules, account=HOLDS_A_SHORT)).close_opposite


@pytest.mark.parametrize(
    ("sent", "received", "code"),
    [
        (-59, -1, None),
        (-61, -1, "expired"),
        (+3, -1, None),
        (+3600, -1, None),
        (+3600, -61, "expired"),
        (-1, -61, "expired"),
        (None, -59, None),
        (None, -61, "expired"),
    ],
)
def test_an_alert_is_as_old_as_its_time_says_and_at_least_as_its_receipt(
    sent: int | None, received: int, code: str | None
) -> None:
    alert = replace(BUY, sent_at=None if sent is None else NOW + timedelta(seconds=sent))
    decision = decide(alert, circumstances=replace(HERE, received_at=NOW + timedelta(seconds=received)))
    assert (decision.refusal.code if decision.refusal else None) == code
    assert ("alert clock" in decision.checks[4].detail) is (sent == 3600 and code is None)


def test_the_alert_may_ask_for_a_shorter_life_but_not_a_longer_one() -> None:
    later = replace(HERE, now=NOW + timedelta(seconds=30))
    assert decide(replace(BUY, max_age_s=20), circumstances=later).refusal is not None
    assert decide(replace(BUY, max_age_s=900), circumstances=replace(HERE, now=NOW + timedelta(seconds=90))).refusal


def test_a_bar_time_in_the_alert_is_explained() -> None:
    refusal = decide(replace(BUY, sent_at=NOW - timedelta(hours=1))).refusal
    assert refusal is not None
    assert "{{timenow}}" in refusal.reason


@pytest.mark.parametrize(
    ("hours", "days", "at", "is_open"),
    [
        ((7, 20), None, NOW.replace(hour=7, minute=0, second=0), True),
        ((7, 20), None, NOW.replace(hour=20, minute=0, second=0), False),
        ((22, 5), {4}, NOW.replace(hour=23), True),
        ((22, 5), {4}, NOW.replace(day=21, hour=4), True),
        ((22, 5), {5}, NOW.replace(day=21, hour=4), False),
        ((22, 5), None, NOW.replace(hour=12), False),
        ((0, 0), {4}, NOW, True),
        (None, {4}, NOW, True),
        (None, set(), NOW, False),
    ],
)
def test_trading_hours_may_pass_midnight(
    hours: tuple[int, int] | None, days: set[int] | None, at: datetime, is_open: bool
) -> None:
    window = TradingHours(time(hours[0]), time(hours[1])) if hours else WHOLE_DAY
    account = limited(week=weekly(window, range(7) if days is None else days))
    decision = decide(account=account, circumstances=replace(HERE, now=at, received_at=at))
    assert (decision.order is not None) is is_open


@pytest.mark.parametrize(
    ("source", "allowed", "is_allowed"),
    [
        ("52.89.214.238", ("52.89.214.238",), True),
        ("::ffff:52.89.214.238", ("52.89.214.238",), True),
        ("10.1.2.3", ("10.0.0.0/8",), True),
        ("2001:db8::1", ("2001:db8::/32", "10.0.0.1"), True),
        ("52.89.214.239", ("52.89.214.238",), False),
        ("not an address", ("52.89.214.238",), False),
        (None, ("52.89.214.238",), False),
        ("1.2.3.4", ("nonsense",), False),
        (None, (), True),
    ],
)
def test_the_source_list_holds_addresses_and_networks(
    source: str | None, allowed: tuple[str, ...], is_allowed: bool
) -> None:
    rules = replace(RULES, allowed_sources=allowed)
    assert (decide(rules=rules, circumstances=replace(HERE, source_address=source)).order is not None) is is_allowed


def test_an_allowed_pair_is_met_by_its_variants() -> None:
    for pairs in (("usdjpy",), ("USDJPY.r",), ("EURUSD", "USDJPY.x"), ()):
        assert decide(rules=replace(RULES, allowed_pairs=pairs)).order is not None


def test_a_signal_is_refused_only_when_no_account_takes_it() -> None:
    verdict = judge(BUY, RULES, [ACCOUNT, OFF], HERE)
    assert verdict.is_accepted
    assert verdict.refusal is None
    assert [decision.order is not None for decision in verdict.decisions] == [True, False]
    none = judge(BUY, RULES, [OFF, replace(ACCOUNT, kill_switch=True)], HERE)
    assert not none.is_accepted
    assert none.refusal == none.decisions[0].refusal


def test_a_strategy_without_an_account_says_so() -> None:
    refusal = judge(BUY, RULES, [], HERE).refusal
    assert refusal is not None
    assert refusal.code == "no-account"


def test_the_checks_of_the_signal_need_no_account() -> None:
    checks, refusal = judge_signal(BUY, RULES, HERE)
    assert [check.name for check in checks] == ["Strategy enabled", "Source allowed", "Not a duplicate", "Age"]
    assert refusal is None
    checks, refusal = judge_signal(BUY, replace(RULES, is_enabled=False), HERE)
    assert (len(checks), checks[0].ok, refusal and refusal.code) == (1, False, "strategy-disabled")
