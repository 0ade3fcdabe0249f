"""PineConnector lines: commands, keys and units as traders already write them."""

from datetime import UTC, datetime

import pytest

from forex_elite.domain.alerts import AlertAction, AlertUnreadable, Dialect, read_alert, read_as
from forex_elite.domain.protection import BreakEven, DistanceUnit, Protection, Trailing
from forex_elite.domain.trading import Level, LevelKind, OrderType, Side, SizingMode

OPEN, CLOSE, CLOSE_ALL, CANCEL, MODIFY = AlertAction
PIPS, PRICE, PERCENT = LevelKind.PIPS, LevelKind.PRICE, LevelKind.PERCENT


def test_the_line_of_the_design_is_read() -> None:
    alert = read_alert(b"60123456789,buy,EURUSD,sl=20,tp=40,risk=1", "text/plain")
    assert (alert.dialect, alert.action, alert.side, alert.symbol) == (Dialect.PINECONNECTOR, OPEN, Side.BUY, "EURUSD")
    assert (alert.sl, alert.tp, alert.risk, alert.risk_mode) == (Level(PIPS, 20), Level(PIPS, 40), 1, None)
    assert (alert.alert_id, alert.has_identity) == (None, False), "the licence id is the sender's, not the alert's"


def test_blanks_and_capitals_do_not_matter() -> None:
    assert read_alert(b" 601 , BUY , US30.Cash , SL = 20 , \n") == read_alert(b"601,buy,US30.CASH,sl=20")


@pytest.mark.parametrize(
    ("unit", "expected"), [(PIPS, Level(PIPS, 2)), (PRICE, Level(PRICE, 2)), (PERCENT, Level(PERCENT, 2))]
)
def test_a_plain_stop_has_the_unit_the_strategy_says(unit: LevelKind, expected: Level) -> None:
    assert read_alert(b"601,buy,EURUSD,sl=2", plain_unit=unit).sl == expected


@pytest.mark.parametrize(
    ("line", "action", "side"),
    [
        ("601,bull,EURUSD", OPEN, Side.BUY),
        ("601,short,EURUSD", OPEN, Side.SELL),
        ("601,closelong,EURUSD", CLOSE, Side.BUY),
        ("601,closeshort,EURUSD", CLOSE, Side.SELL),
        ("601,closelongshort,EURUSD", CLOSE, None),
        ("601,closeall,closeall", CLOSE_ALL, None),
        ("601,closeall", CLOSE_ALL, None),
        ("601,closeall,EURUSD,comment=x", CLOSE_ALL, None),
        ("601,closealleaoff,closealleaoff", CLOSE_ALL, None),
        ("601,cancellong,EURUSD", CANCEL, Side.BUY),
        ("601,cancelshort,EURUSD", CANCEL, Side.SELL),
        ("601,newsltplong,EURUSD,sl=10", MODIFY, Side.BUY),
        ("601,newsltpshort,EURUSD,tp_price=1.05", MODIFY, Side.SELL),
    ],
)
def test_a_command_is_read(line: str, action: AlertAction, side: Side | None) -> None:
    alert = read_alert(line.encode())
    assert (alert.action, alert.side) == (action, side)
    assert alert.symbol == (None if action is CLOSE_ALL else "EURUSD")


@pytest.mark.parametrize(
    ("line", "side"),
    [
        ("601,closelongopenshort,EURUSD", Side.SELL),
        ("601,closelongsell,EURUSD", Side.SELL),
        ("601,closeshortopenlong,EURUSD", Side.BUY),
    ],
)
def test_a_reversal_closes_the_other_side_first(line: str, side: Side) -> None:
    alert = read_alert(line.encode())
    assert (alert.action, alert.side, alert.close_opposite) == (OPEN, side, True)


@pytest.mark.parametrize(
    ("line", "percent", "lots"),
    [
        ("601,closelongpct,EURUSD,partial_close_pct=50", 50, None),
        ("601,closelongpct,EURUSD,risk=50", 50, None),
        ("601,closeshortvol,EURUSD,partial_close_vol=0.05", None, 0.05),
        ("601,closeshortvol,EURUSD,risk=0.05", None, 0.05),
    ],
)
def test_a_partial_close_says_how_much(line: str, percent: float | None, lots: float | None) -> None:
    alert = read_alert(line.encode())
    assert (alert.percent, alert.volume_lots, alert.risk) == (percent, lots, None)


@pytest.mark.parametrize(
    ("keys", "order_type", "price", "entry"),
    [
        ("buystop,EURUSD,price=1.2", OrderType.STOP, 1.2, None),
        ("selllimit,EURUSD,entry_price=1.2", OrderType.LIMIT, 1.2, None),
        ("sellstop,EURUSD,entry_pips=15", OrderType.STOP, None, Level(PIPS, 15)),
        ("buylimit,EURUSD,pending_pct=1", OrderType.LIMIT, None, Level(PERCENT, 1)),
        ("buylimit,EURUSD,pending=1.1", OrderType.LIMIT, 1.1, None),
    ],
)
def test_a_pending_order_has_a_price_or_a_distance(
    keys: str, order_type: OrderType, price: float | None, entry: Level | None
) -> None:
    alert = read_alert(f"601,{keys}".encode())
    assert (alert.order_type, alert.price, alert.entry) == (order_type, price, entry)


@pytest.mark.parametrize(
    ("key", "mode"),
    [
        ("vol_dollar", SizingMode.MONEY_AT_RISK),
        ("vol_pct_bal_loss", SizingMode.PERCENT_BALANCE),
        ("vol_pct_eq_loss", SizingMode.PERCENT_EQUITY),
    ],
)
def test_a_volume_key_names_its_own_unit(key: str, mode: SizingMode) -> None:
    alert = read_alert(f"601,buy,EURUSD,{key}=2,sl_pips=20".encode())
    assert (alert.risk, alert.risk_mode, alert.volume_lots) == (2, mode, None)


def test_figures_of_the_entry_that_have_no_value_do_not_hold_up_an_exit() -> None:
    alert = read_alert(b"601,closelong,EURUSD,sl=NaN,tp_price=nan,risk=NaN,price=NaN")
    assert (alert.action, alert.sl, alert.tp, alert.risk, alert.percent) == (CLOSE, None, None, None, None)


def test_lots_are_a_volume() -> None:
    assert read_alert(b"601,buy,EURUSD,vol_lots=0.1,secret=Happy").volume_lots == 0.1


def test_a_comment_may_hold_commas_in_quotes() -> None:
    assert read_alert(b'601,buy,EURUSD,comment="a, b",sl=20').comment == "a, b"


def test_an_id_and_time_of_its_own_make_an_identity() -> None:
    alert = read_alert(b"601,buy,EURUSD,id=7,time=2026-03-20T14:32:05Z")
    assert (alert.alert_id, alert.sent_at) == ("7", datetime(2026, 3, 20, 14, 32, 5, tzinfo=UTC))


def test_break_even_and_trailing_come_along_with_the_entry() -> None:
    alert = read_alert(b"601,buy,XAUUSD,sl=150,betrigger=18,beoffset=18,traildist=15,trailtrig=25,trailstep=5")
    assert alert.protection == Protection(
        break_even=BreakEven(trigger=18, offset=18), trailing=Trailing(distance=15, trigger=25, step=5)
    )
    assert alert.notes == ()
    assert "break-even at 18 pips, plus 18, trailing 15 pips from 25, step 5" in read_as(alert)


def test_distances_may_count_atrs() -> None:
    alert = read_alert(b"601,buy,EURUSD,traildist=2 atr,trailtrig=1atr,atrperiod=20,atrtimeframe=15")
    assert alert.protection == Protection(
        trailing=Trailing(distance=2, trigger=1, unit=DistanceUnit.ATR), atr_timeframe="M15", atr_period=20
    )


def test_exits_of_the_expert_that_are_not_offered_are_noted() -> None:
    alert = read_alert(b"601,buy,EURUSD,traildist=5,atrmultiplier=2,atrperiod=14,betrigger=0")
    assert [note.split()[0] for note in alert.notes] == ["atrmultiplier", "atrperiod"]
    assert alert.protection == Protection(trailing=Trailing(distance=5))


def test_one_text_for_entry_and_exit_is_not_held_up_by_its_trailing_stop() -> None:
    assert read_alert(b"601,closelong,EURUSD,traildist=NaN,trailtrig=5").protection is None


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        (b"trailtrig=5", "alert-field-missing"),
        (b"beoffset=5", "alert-field-missing"),
        (b"traildist=5,trailstep=1 atr", "alert-contradictory"),
        (b"traildist=-5", "alert-field-invalid"),
        (b"traildist=5 lots", "alert-field-invalid"),
        (b"betrigger=5,beoffset=6", "alert-field-invalid"),
        (b"traildist=2 atr,atrtimeframe=W1", "alert-field-invalid"),
        (b"traildist=2 atr,atrperiod=1", "alert-field-invalid"),
    ],
)
def test_a_protection_that_means_nothing_is_refused(keys: bytes, code: str) -> None:
    with pytest.raises(AlertUnreadable) as refused:
        read_alert(b"601,buy,EURUSD," + keys)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("601,buy", "alert-field-missing"),
        ("601,buy,sl=20", "alert-field-missing"),
        ("buy,601,EURUSD", "alert-not-understood"),
        ("601,", "alert-not-understood"),
        ("601,hold,EURUSD", "alert-command-unknown"),
        ("601,buy,EURUSD,sell", "alert-field-invalid"),
        ("601,buy,EURUSD,s1=20", "alert-field-invalid"),
        ("601,buy,EURUSD\n601,sell,EURUSD", "alert-field-invalid"),
        ("601,buy,EURUSD,sl=-20", "alert-field-invalid"),
        ("601,buy,EURUSD,sl=abc", "alert-field-invalid"),
        ("601,buy,EURUSD,risk=0", "alert-field-invalid"),
        ("601,buystop,EURUSD,price=0", "alert-field-invalid"),
        ("601,closelongpct,EURUSD,risk=150", "alert-field-invalid"),
        ("601,buystop,EURUSD", "alert-field-missing"),
        ("601,closelongpct,EURUSD", "alert-field-missing"),
        ("601,closelongvol,EURUSD", "alert-field-missing"),
        ("601,newsltplong,EURUSD", "alert-field-missing"),
        ("601,buy,EURUSD,sl=20,sl=30", "alert-contradictory"),
        ("601,buy,EURUSD,sl=20,sl_pips=20", "alert-contradictory"),
        ("601,buy,EURUSD,risk=1,vol_dollar=5", "alert-contradictory"),
        ("601,buy,EURUSD,risk=1,vol_lots=5", "alert-contradictory"),
        ("601,buy,EURUSD,spread=2", "alert-command-unsupported"),
        ("601,buy,EURUSD,accfilter=1000", "alert-command-unsupported"),
        ("601,buy,EURUSD,vol_pct_bal_margin=1", "alert-command-unsupported"),
        ("601,closelongbuy,EURUSD", "alert-command-unsupported"),
        ("601,cancellongbuystop,EURUSD,price=1", "alert-command-unsupported"),
        ("601,newsltpbuystop,EURUSD,sl=1", "alert-command-unsupported"),
        ("601,eaoff,eaoff", "alert-command-unsupported"),
        ("601,buy,{{ticker}}", "alert-placeholder-left"),
        ("601,buy,EURUSD,sl={{plot_0}}", "alert-placeholder-left"),
        ("601," + "x" * 5000, "alert-not-understood"),
    ],
)
def test_doubt_is_refused_with_a_stable_code(line: str, code: str) -> None:
    with pytest.raises(AlertUnreadable) as refused:
        read_alert(line.encode())
    assert refused.value.code == code
