"""Any alert and any snapshot give a decision, and no decision breaks a promise."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forex_elite.domain.alerts import Alert, AlertAction, Dialect
from forex_elite.domain.automation import AlgoSettings, Automation, SafetyMode
from forex_elite.domain.levels import exact, is_amount
from forex_elite.domain.limits import TradingHours, Weekend, WeekendAction
from forex_elite.domain.risk import (
    CHECK_NAMES,
    AccountState,
    Circumstances,
    CloseOrder,
    Decision,
    ModifyOrder,
    OpenOrder,
    OwnPosition,
    Quote,
    RefusalStatus,
    RiskLimits,
    Sizing,
    StrategyRules,
    judge,
)
from forex_elite.domain.sizing import loss_per_lot
from forex_elite.domain.trading import Level, LevelKind, OrderType, Side, SizingMode, SymbolSpec

NOW = datetime(2026, 3, 20, 14, 32, 6, tzinfo=UTC)
ABSURD = st.floats() | st.sampled_from([0.0, -1.0, 1e-320, 1e300, 1e12, 1e-10])


def mostly(sane: st.SearchStrategy[float]) -> st.SearchStrategy[float]:
    return st.sampled_from([sane] * 99 + [ABSURD]).flatmap(lambda chosen: chosen)


def rarely(value: bool) -> st.SearchStrategy[bool]:
    return st.sampled_from([not value] * 40 + [value])


PRICES = mostly(st.integers(900_000, 1_300_000).map(lambda value: value / 1_000_000))
QUOTES = st.tuples(PRICES, st.integers(0, 300)).map(lambda made: Quote(made[0], made[0] + made[1] / 1_000_000))
TIMES = st.integers(-45, 20).map(lambda seconds: NOW + timedelta(seconds=seconds))
LEVELS = st.one_of(
    st.builds(Level, st.just(LevelKind.PRICE), PRICES),
    st.builds(Level, st.just(LevelKind.PIPS), mostly(st.integers(1, 500).map(float))),
    st.builds(Level, st.just(LevelKind.PIPS), st.just(50.0)),
    st.builds(Level, st.just(LevelKind.PERCENT), mostly(st.floats(0.01, 5))),
)
SYMBOLS = st.sampled_from([*["EURUSD"] * 40, "EURUSD.R", "GOLD", "GBPUSD", "", None])
MODES = st.sampled_from(SizingMode)
ALERTS = st.builds(
    Alert,
    action=st.sampled_from([AlertAction.OPEN] * 20 + [*AlertAction]),
    dialect=st.sampled_from(Dialect),
    symbol=SYMBOLS,
    side=st.sampled_from([*[*Side] * 6, None]),
    order_type=st.sampled_from([OrderType.MARKET] * 5 + [*OrderType]),
    price=st.none() | PRICES,
    entry=st.none() | LEVELS,
    sl=st.none() | LEVELS,
    tp=st.none() | LEVELS,
    volume_lots=st.none() | mostly(st.floats(0.01, 3)),
    risk=st.none() | mostly(st.floats(0.1, 5)),
    risk_mode=st.none() | MODES,
    percent=st.none() | mostly(st.floats(0.1, 100)),
    close_opposite=st.booleans(),
    max_age_s=st.none() | mostly(st.floats(1, 300)),
    alert_id=st.none() | st.just("7"),
    sent_at=st.none() | TIMES,
)
SPECS = st.builds(
    SymbolSpec,
    name=st.sampled_from([*["EURUSD"] * 16, "EURUSD.r", "GOLD"]),
    currency_base=st.sampled_from(["EUR", "EUR", "XAU", ""]),
    currency_profit=st.just("USD"),
    digits=st.sampled_from([5] * 20 + [2, -1, 400]),
    point=mostly(st.just(0.00001)),
    tick_size=mostly(st.just(0.00001)),
    tick_value=mostly(st.floats(0.1, 2)),
    contract_size=mostly(st.just(100_000.0)),
    volume_min=mostly(st.just(0.01)),
    volume_max=mostly(st.just(50.0)),
    volume_step=mostly(st.just(0.01)),
    stops_level_points=mostly(st.just(0.0)),
    trade_mode=st.sampled_from([4] * 24 + [0, 3]),
)
WINDOWS = st.one_of(*[st.just(TradingHours(time(7), time(20)))] * 3, st.builds(TradingHours, st.times(), st.times()))
LIMITS = st.builds(
    RiskLimits,
    max_lots=st.none() | mostly(st.floats(0.01, 2)),
    max_open_positions=st.none() | st.integers(-1, 40),
    daily_loss=st.none() | mostly(st.floats(1, 1e6)),
    daily_loss_percent=st.none() | mostly(st.floats(0.1, 100)),
    max_loss_per_trade=st.none() | st.none() | mostly(st.floats(1, 1e6)),
    daily_target=st.none() | st.none() | mostly(st.floats(1, 1e6)),
    daily_target_percent=st.none() | st.none() | mostly(st.floats(0.1, 100)),
    trailing_drawdown=st.none() | st.none() | mostly(st.floats(1, 1e6)),
    trailing_drawdown_percent=st.none() | st.none() | mostly(st.floats(0.1, 100)),
    week=st.none() | st.dictionaries(st.integers(0, 6), st.lists(WINDOWS, max_size=2).map(tuple), min_size=4),
    weekend=st.sampled_from([None, None, Weekend(WeekendAction.STOP)]),
)
ACCOUNTS = st.builds(
    AccountState,
    id=st.just(UUID(int=1)),
    login=st.just(7),
    is_online=rarely(False),
    is_trade_allowed=rarely(False),
    is_enabled=rarely(False),
    balance=mostly(st.floats(100, 100_000)),
    equity=mostly(st.floats(100, 100_000)),
    currency=st.just("USD"),
    symbols=st.lists(SPECS, min_size=1, max_size=2, unique_by=lambda spec: spec.name).map(tuple),
    kill_switch=rarely(True),
    day_start_balance=st.sampled_from([1000.0, 50_000.0]) | st.none() | mostly(st.floats(100, 100_000)),
    open_positions=st.integers(0, 4),
    limits=LIMITS,
    symbol_map=st.sampled_from([{}] * 12 + [{"EURUSD": "EURUSD.r"}]),
    own_positions=st.lists(st.builds(OwnPosition, st.sampled_from(["EURUSD", "EURUSD.r"]), st.sampled_from(Side))).map(
        tuple
    ),
    quotes=st.dictionaries(
        st.sampled_from(["EURUSD"] * 6 + ["EURUSD.r", "GOLD"]),
        QUOTES | st.builds(Quote, PRICES, PRICES, st.none() | TIMES),
    ),
    peak_equity=st.none() | mostly(st.floats(100, 100_000)),
    holds=st.sampled_from([()] * 24 + [("Trailing drawdown reached",)]),
    automation=st.sampled_from([Automation.RUNNING] * 24 + list(Automation)),
    algo=st.builds(
        AlgoSettings,
        st.none() | mostly(st.floats(0.01, 2)),
        st.none() | st.none() | mostly(st.floats(1, 1e6)),
        st.sampled_from([*[SafetyMode.GREEN] * 10, SafetyMode.ORANGE, SafetyMode.ORANGE, SafetyMode.RED]),
    ),
)
RULES = st.builds(
    StrategyRules,
    name=st.just("s"),
    sizing=st.builds(Sizing, MODES, mostly(st.floats(0.01, 5))),
    is_enabled=rarely(False),
    allowed_pairs=st.just(()) | st.just(("EURUSD",)),
    allowed_sources=st.sampled_from([()] * 24 + [("10.0.0.0/8", "nonsense")]),
    max_signal_age_s=mostly(st.floats(30, 300)),
    risk_override_pct=st.none() | mostly(st.floats(0.1, 3)),
    use_alert_volume=st.booleans(),
    max_lots=st.none() | mostly(st.floats(0.01, 2)),
    close_opposite=st.booleans(),
    default_sl=st.none() | LEVELS,
    default_tp=st.none() | LEVELS,
)
CIRCUMSTANCES = st.builds(
    Circumstances,
    now=st.just(NOW),
    received_at=TIMES,
    source_address=st.none() | st.sampled_from(["10.1.1.1", "junk", ""]),
    is_duplicate=rarely(True),
)


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(ALERTS, RULES, ACCOUNTS, CIRCUMSTANCES)
def test_any_alert_and_snapshot_give_a_decision_that_keeps_its_promises(
    alert: Alert, rules: StrategyRules, account: AccountState, circumstances: Circumstances
) -> None:
    verdict = judge(alert, rules, [account], circumstances)
    decision = verdict.decisions[0]
    assert (decision.order is None) is (decision.refusal is not None)
    assert verdict.is_accepted is (verdict.refusal is None)
    check_list(decision)
    match decision.order:
        case OpenOrder() as order:
            check_open(order, alert, rules, account)
        case CloseOrder() as order if decision.entry_refusal is not None:
            assert alert.is_entry
            assert order.side is not None
            assert OwnPosition(order.symbol or "", order.side) in account.own_positions
        case CloseOrder() as order:
            assert not alert.is_entry
            assert (order.symbol is None) is (alert.action is AlertAction.CLOSE_ALL)
            assert 0 < order.percent <= 100
        case ModifyOrder() as order:
            assert all(level is None or is_amount(level.value) for level in (order.sl, order.tp))
    if decision.refusal is not None and not alert.is_entry:
        assert not decision.refusal.is_limit
        assert decision.refusal.code not in {"kill-switch", "outside-trading-hours", "symbol-not-allowed"}


def check_list(decision: Decision) -> None:
    names = [check.name for check in decision.checks]
    assert names == list(CHECK_NAMES[: len(names)])
    refusal = decision.refusal or decision.entry_refusal
    assert [check.ok for check in decision.checks] == [True] * (len(names) - 1) + [refusal is None]
    if refusal is None:
        assert names == list(CHECK_NAMES)
    else:
        assert refusal.reason
        assert refusal.status in RefusalStatus
        assert decision.checks[-1].detail == refusal.reason


def check_open(order: OpenOrder, alert: Alert, rules: StrategyRules, account: AccountState) -> None:
    assert alert.is_entry
    assert not account.kill_switch
    spec = next(spec for spec in account.symbols if spec.name == order.symbol)
    volume = exact(order.volume_lots)
    assert exact(spec.volume_min) <= volume <= exact(spec.volume_max)
    assert volume % exact(spec.volume_step) == 0
    for limit in (rules.max_lots, account.limits.max_lots, account.algo.max_lots):
        assert limit is None or volume <= exact(limit)
    assert account.limits.max_open_positions is None or account.limits.max_open_positions > 0
    check_limits(order, account)
    if rules.use_alert_volume and alert.volume_lots is not None:
        assert volume <= exact(alert.volume_lots)
    elif rules.sizing.mode.is_by_risk and alert.risk_mode in {None, rules.sizing.mode}:
        check_risk(order, spec, rules, account)


def check_limits(order: OpenOrder, account: AccountState) -> None:
    """Nothing passes that a limit forbids, and nothing that a limit cannot be held against."""
    limits, start, equity = account.limits, account.day_start_balance, account.equity
    assert (account.automation, account.holds) == (Automation.RUNNING, ())
    assert account.algo.safety_mode is not SafetyMode.RED
    for most in (limits.daily_loss, limits.daily_loss_percent and (start or 0) * limits.daily_loss_percent / 100):
        assert most is None or (start is not None and start - equity < most)
    for most in (limits.daily_target, limits.daily_target_percent and (start or 0) * limits.daily_target_percent / 100):
        assert most is None or (start is not None and equity - start < most)
    peak, percent = account.peak_equity, limits.trailing_drawdown_percent
    for most in (limits.trailing_drawdown, percent and (peak or 0) * percent / 100):
        assert most is None or (peak is not None and peak - equity < most)
    for most in (limits.max_loss_per_trade, account.algo.max_loss):
        assert most is None or (order.loss_at_stop is not None and order.loss_at_stop <= most)
    assert limits.week is None or limits.week.get(NOW.weekday()) or limits.week.get(NOW.weekday() - 1)
    assert limits.weekend is None or limits.weekend.began_at(NOW) is None


def check_risk(order: OpenOrder, spec: SymbolSpec, rules: StrategyRules, account: AccountState) -> None:
    """The loss at the stop, reckoned anew, is within the strategy's risk or the cap of the override."""
    assert order.sl is not None
    assert order.requested_price is not None
    entry = exact(order.requested_price)
    distance = {
        LevelKind.PRICE: abs(exact(order.sl.value) - entry),
        LevelKind.PIPS: exact(order.sl.value) * exact(spec.point) * (10 if spec.digits in {3, 5} else 1),
        LevelKind.PERCENT: entry * exact(order.sl.value) / 100,
    }[order.sl.kind]
    base = account.equity if rules.sizing.mode is SizingMode.PERCENT_EQUITY else account.balance
    own, cap = exact(rules.sizing.value), exact(rules.risk_override_pct or 0)
    if rules.sizing.mode is SizingMode.MONEY_AT_RISK:
        most = max(own, exact(base) * cap / 100)
    else:
        most = exact(base) * max(own, cap) / 100
    loss = exact(order.volume_lots) * loss_per_lot(spec, distance)
    assert loss <= most * (1 + exact(1e-12))
    assert order.loss_at_stop is not None
    assert abs(exact(order.loss_at_stop) - loss) <= loss * exact(1e-9)
