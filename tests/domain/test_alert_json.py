"""JSON alerts: every usual spelling means what its author meant, and doubt is refused with a reason."""

import json
from datetime import UTC, datetime

import pytest

from forex_elite.domain.alerts import Alert, AlertAction, AlertUnreadable, Dialect, read_alert
from forex_elite.domain.protection import BreakEven, DistanceUnit, Protection, Trailing
from forex_elite.domain.trading import Level, LevelKind, OrderType, Side, SizingMode

BUY, SELL = Side.BUY, Side.SELL
OPEN, CLOSE, CLOSE_ALL, CANCEL, MODIFY = AlertAction


def read(**fields: object) -> Alert:
    return read_alert(json.dumps(fields).encode())


def code_of(body: bytes | str) -> str:
    with pytest.raises(AlertUnreadable) as refused:
        read_alert(body.encode() if isinstance(body, str) else body)
    assert len(refused.value.message) > 10
    return refused.value.code


def test_the_alert_of_the_design_is_read_in_full() -> None:
    alert = read_alert(
        b'{"id":"8f21c0","action":"buy","symbol":"USDJPY","price":151.398,"sl":150.900,"tp":152.300,'
        b'"risk":0.55,"time":"2026-03-20T14:32:05Z"}',
        "application/json",
    )
    assert alert == Alert(
        action=OPEN,
        dialect=Dialect.JSON,
        symbol="USDJPY",
        side=BUY,
        price=151.398,
        sl=Level(LevelKind.PRICE, 150.9),
        tp=Level(LevelKind.PRICE, 152.3),
        risk=0.55,
        alert_id="8f21c0",
        sent_at=datetime(2026, 3, 20, 14, 32, 5, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("word", "action", "side", "order_type"),
    [
        ("buy", OPEN, BUY, OrderType.MARKET),
        ("SELL", OPEN, SELL, OrderType.MARKET),
        (" Long ", OPEN, BUY, OrderType.MARKET),
        ("enter_short", OPEN, SELL, OrderType.MARKET),
        ("buy limit", OPEN, BUY, OrderType.LIMIT),
        ("sell-stop", OPEN, SELL, OrderType.STOP),
        ("ORDER_TYPE_BUY_STOP", OPEN, BUY, OrderType.STOP),
        ("exit", CLOSE, None, OrderType.MARKET),
        ("flat", CLOSE, None, OrderType.MARKET),
        ("close_long", CLOSE, BUY, OrderType.MARKET),
        ("exitShort", CLOSE, SELL, OrderType.MARKET),
        ("closeall", CLOSE_ALL, None, OrderType.MARKET),
        ("cancel", CANCEL, None, OrderType.MARKET),
        ("cancelLong", CANCEL, BUY, OrderType.MARKET),
    ],
)
def test_a_command_word_is_read_whatever_its_spelling(
    word: str, action: AlertAction, side: Side | None, order_type: OrderType
) -> None:
    alert = read(action=word, symbol="EURUSD", price=1.1)
    assert (alert.action, alert.side, alert.order_type) == (action, side, order_type)


@pytest.mark.parametrize(
    "fields",
    [
        {"side": "buy", "ticker": "EURUSD"},
        {"signal": "buy", "instrument": "FX:EURUSD"},
        {"order": "buy", "pair": "EUR/USD"},
        {"data": {"action": "buy"}, "ticker": "eurusd"},
        {"data": {"action": "buy", "symbol": "OANDA:EUR_USD"}},
        {"strategy": {"order": {"action": "buy"}}, "ticker": "EURUSD"},
        {"strategy": {"order_action": "buy"}, "ticker": "EURUSD"},
        {"strategy.order.action": "buy", "ticker": "EURUSD"},
        {"action": "open", "side": "long", "symbol": "EURUSD"},
        {"type": "buy", "symbol": "EURUSD"},
        {"action": "buy", "tv_exchange": "FX", "tv_instrument": "EURUSD", "bot_uuid": "x", "secret": "s"},
    ],
)
def test_the_action_and_symbol_are_found_under_their_usual_names(fields: dict[str, object]) -> None:
    alert = read(**fields)
    assert (alert.action, alert.side, alert.symbol, alert.alert_id) == (OPEN, BUY, "EURUSD", None)


@pytest.mark.parametrize(
    ("fields", "sl"),
    [
        ({"sl": 1.05}, Level(LevelKind.PRICE, 1.05)),
        ({"sl": "1.05"}, Level(LevelKind.PRICE, 1.05)),
        ({"stopLoss": 1.05}, Level(LevelKind.PRICE, 1.05)),
        ({"stop_loss": "20pips"}, Level(LevelKind.PIPS, 20)),
        ({"sl": "20 Pips"}, Level(LevelKind.PIPS, 20)),
        ({"sl": "1%"}, Level(LevelKind.PERCENT, 1)),
        ({"sl_pips": 20}, Level(LevelKind.PIPS, 20)),
        ({"stop_loss_percent": "1.5"}, Level(LevelKind.PERCENT, 1.5)),
        ({"sl": {"pips": 20}}, Level(LevelKind.PIPS, 20)),
        ({"sl": {"value": 1, "unit": "%"}}, Level(LevelKind.PERCENT, 1)),
        ({"stopLoss": {"type": "stop", "percent": 5}}, Level(LevelKind.PERCENT, 5)),
        ({"stopLoss": {"stopPrice": 1.05}}, Level(LevelKind.PRICE, 1.05)),
        ({"sl": 0}, None),
        ({"sl": None}, None),
        ({"sl": ""}, None),
    ],
)
def test_a_stop_is_read_as_price_pips_or_percent(fields: dict[str, object], sl: Level | None) -> None:
    assert read(action="buy", symbol="EURUSD", **fields).sl == sl
    assert read(action="buy", symbol="EURUSD", **{_target(name): value for name, value in fields.items()}).tp == sl


def _target(name: str) -> str:
    return name.replace("sl", "tp").replace("stopLoss", "takeProfit").replace("stop_loss", "take_profit")


@pytest.mark.parametrize("name", ["volume", "lots", "quantity", "qty", "lot_size"])
def test_the_volume_is_found_under_its_usual_names(name: str) -> None:
    assert read(action="buy", symbol="EURUSD", **{name: "0.30"}).volume_lots == 0.3


@pytest.mark.parametrize(
    ("given", "instant"),
    [
        ("2026-03-20T14:32:05Z", datetime(2026, 3, 20, 14, 32, 5, tzinfo=UTC)),
        ("2026-03-20T16:32:05+02:00", datetime(2026, 3, 20, 14, 32, 5, tzinfo=UTC)),
        ("2026-03-20 14:32:05", datetime(2026, 3, 20, 14, 32, 5, tzinfo=UTC)),
        (1774017125, datetime(2026, 3, 20, 14, 32, 5, tzinfo=UTC)),
        (1774017125000, datetime(2026, 3, 20, 14, 32, 5, tzinfo=UTC)),
    ],
)
def test_the_time_of_an_alert_is_utc(given: object, instant: datetime) -> None:
    assert read(action="buy", symbol="EURUSD", timestamp=given).sent_at == instant


def test_timenow_is_believed_before_the_time_of_the_bar() -> None:
    alert = read(action="buy", symbol="EURUSD", time="2026-03-20T14:00:00Z", timenow="2026-03-20T14:32:05Z")
    assert alert.sent_at == datetime(2026, 3, 20, 14, 32, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("action", "position", "previous", "expected"),
    [
        ("buy", "long", "flat", (OPEN, BUY, True)),
        ("buy", "long", "short", (OPEN, BUY, True)),
        ("buy", "long", "long", (OPEN, BUY, True)),
        ("buy", "long", None, (OPEN, BUY, True)),
        ("sell", "short", "long", (OPEN, SELL, True)),
        ("sell", "flat", "long", (CLOSE, BUY, False)),
        ("sell", "flat", None, (CLOSE, BUY, False)),
        ("buy", "flat", "short", (CLOSE, SELL, False)),
        ("buy", "flat", None, (CLOSE, SELL, False)),
        (None, "flat", None, (CLOSE, None, False)),
        (None, "flat", "long", (CLOSE, BUY, False)),
        (None, "short", "long", (OPEN, SELL, True)),
        ("exit", "flat", "long", (CLOSE, None, False)),
        ("long", None, "short", (OPEN, BUY, True)),
        ("flat", None, "short", (CLOSE, SELL, False)),
    ],
)
def test_an_order_is_read_in_the_light_of_the_position_it_leads_to(
    action: str | None, position: str | None, previous: str | None, expected: tuple[AlertAction, Side | None, bool]
) -> None:
    given = {"action": action, "market_position": position, "prev_market_position": previous}
    alert = read(symbol="EURUSD", qty="100000", **{name: value for name, value in given.items() if value})
    assert (alert.action, alert.side, alert.close_opposite) == expected
    if alert.action is CLOSE and action != "exit" and position == "flat":
        assert alert.volume_lots is None, "a flat position is closed whole, whatever the order's size"


def test_an_order_against_the_position_it_leaves_open_is_a_partial_close() -> None:
    sizes = {"market_position_size": "1", "prev_market_position_size": "4"}
    alert = read(action="sell", symbol="EURUSD", market_position="long", prev_market_position="long", **sizes)
    assert (alert.action, alert.side, alert.percent) == (CLOSE, BUY, 75)


def test_an_order_against_the_position_without_sizes_is_refused() -> None:
    body = {"action": "sell", "symbol": "EURUSD", "market_position": "long"}
    assert code_of(json.dumps(body)) == "alert-field-missing"


def test_the_sentiment_of_traderspost_is_a_market_position() -> None:
    assert read(ticker="EURUSD", action="sell", sentiment="flat").action is CLOSE
    assert read(ticker="EURUSD", action="buy", sentiment="bullish").side is BUY


def test_a_strategy_alert_in_the_form_of_3commas_is_read() -> None:
    alert = read(
        secret="s",
        max_lag="300",
        timestamp="2026-03-20T14:32:05Z",
        trigger_price="1.1",
        tv_exchange="FX",
        tv_instrument="EURUSD",
        action="sell",
        bot_uuid="b",
        strategy_info={"market_position": "flat", "prev_market_position": "long"},
        order={"amount": "1000", "currency_type": "base"},
    )
    assert (alert.action, alert.side, alert.symbol, alert.max_age_s) == (CLOSE, BUY, "EURUSD", 300)


@pytest.mark.parametrize(
    ("fields", "percent", "lots"),
    [
        ({"action": "close", "percent": 50}, 50, None),
        ({"action": "closelong", "close_percent": "25%"}, 25, None),
        ({"action": "partial_close", "percent": 10}, 10, None),
        ({"action": "close", "qty": 0.2}, None, 0.2),
        ({"action": "close"}, None, None),
    ],
)
def test_a_close_may_be_partial(fields: dict[str, object], percent: float | None, lots: float | None) -> None:
    alert = read(symbol="EURUSD", **fields)
    assert (alert.action, alert.percent, alert.volume_lots) == (CLOSE, percent, lots)


def test_a_pending_order_takes_its_price_from_the_order_and_not_from_the_close() -> None:
    alert = read(action="buy", order_type="limit", symbol="EURUSD", limitPrice=1.05, close=1.1)
    assert (alert.order_type, alert.price) == (OrderType.LIMIT, 1.05)
    assert code_of('{"action":"buylimit","symbol":"EURUSD","close":1.1}') == "alert-field-missing"


def test_stops_are_changed_and_removed() -> None:
    alert = read(action="newsltplong", symbol="EURUSD", sl=1.05, tp=0)
    assert (alert.action, alert.side, alert.sl) == (MODIFY, BUY, Level(LevelKind.PRICE, 1.05))
    assert (alert.tp, alert.remove_tp, alert.remove_sl) == (None, True, False)


def test_everything_is_closed_without_a_symbol() -> None:
    assert read(action="closeall").symbol is None
    assert read(action="closeall", symbol="EURUSD").symbol is None


def test_json_inside_a_text_is_found() -> None:
    assert read_alert(b'Gold trend {x} fired: {"action":"sell","symbol":"XAUUSD"} done').symbol == "XAUUSD"


def test_a_text_that_was_encoded_once_more_is_unwrapped() -> None:
    assert read_alert(json.dumps('{"action":"sell","symbol":"XAUUSD"}').encode()).side is SELL
    assert read_alert(json.dumps("ID,sell,XAUUSD").encode()).side is SELL


def test_a_byte_order_mark_and_blanks_are_no_obstacle() -> None:
    assert read_alert(b'\xef\xbb\xbf\r\n {"action":"sell","symbol":"XAUUSD"} \n').side is SELL


def test_a_list_of_one_alert_is_that_alert() -> None:
    assert read_alert(b'[{"action":"sell","symbol":"XAUUSD"}]').side is SELL


def test_risk_in_money_says_so() -> None:
    alert = read(action="buy", symbol="EURUSD", risk_money=50)
    assert (alert.risk, alert.risk_mode) == (50, SizingMode.MONEY_AT_RISK)


def test_a_plot_without_a_value_does_not_matter_where_nobody_reads_it() -> None:
    assert read_alert(b'{"action":"buy","symbol":"EURUSD","rsi":NaN}').side is BUY


def test_break_even_and_trailing_come_along_with_the_entry() -> None:
    alert = read(
        action="buy", symbol="EURUSD", be_trigger=10, trail={"x": 1}, trail_dist="1.5 atr", trailStep="0.5 atr"
    )
    assert alert.protection == Protection(
        break_even=BreakEven(trigger=10), trailing=Trailing(distance=1.5, step=0.5, unit=DistanceUnit.ATR)
    )
    assert alert.notes == ("trail is not acted on",)


def test_options_nobody_acts_on_are_noted() -> None:
    assert read(action="buy", symbol="EURUSD", trailing_stop=20).notes == ("trailingstop is not acted on",)


@pytest.mark.parametrize("action", ["closelong", "close", "closeall", "cancel"])
def test_figures_of_the_entry_that_have_no_value_do_not_hold_up_an_exit(action: str) -> None:
    alert = read_alert(b'{"action":"%s","symbol":"EURUSD","price":NaN,"sl":NaN,"tp":"nan"}' % action.encode())
    assert not alert.is_entry
    assert (alert.price, alert.sl, alert.tp, alert.risk) == (None, None, None, None)


def test_a_flat_position_is_closed_whole_whatever_the_contracts() -> None:
    assert read(action="flat", symbol="EURUSD", qty=100000).volume_lots is None


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "buy", "order": "limit"},
        {"side": "buy", "order": "limit"},
        {"side": "buy", "type": "limit"},
        {"type": "buylimit"},
        {"action": "buylimit", "order_type": "limit"},
        {"action": "open", "type": "buy_limit"},
    ],
)
def test_a_limit_order_is_never_taken_for_a_market_order(fields: dict[str, object]) -> None:
    alert = read(symbol="EURUSD", price=1.05, **fields)
    assert (alert.side, alert.order_type, alert.price) == (BUY, OrderType.LIMIT, 1.05)


def test_a_name_of_the_signal_is_not_its_action() -> None:
    assert read(signal="Golden cross", side="buy", symbol="EURUSD").side is BUY
    assert code_of('{"signal":"Golden cross","symbol":"EURUSD"}') == "alert-field-missing"


def test_a_price_of_zero_means_at_market() -> None:
    assert read(action="buy", symbol="EURUSD", price=0).price is None
    assert read(action="buy", symbol="EURUSD", price="0", close=1.1).price == 1.1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "alert-empty"),
        (b"  \n", "alert-empty"),
        (b"\xff\xfe\x00", "alert-not-text"),
        (b'{"action":"buy","symbol":"' + b"E" * 70000 + b'"}', "alert-too-large"),
        (b'{"a":' * 5000, "alert-too-deep"),
        (b"[" * 60000, "alert-too-deep"),
        (b'say "' + b'{"a":' * 5000, "alert-too-deep"),
        (b"buy EURUSD", "alert-not-understood"),
        (b"123", "alert-not-understood"),
        (b"[]", "alert-not-understood"),
        (b"[1]", "alert-not-understood"),
        (b'[{"action":"buy"},{"action":"sell"}]', "alert-not-understood"),
        (b'{"action":"buy","symbol":"EURUSD",}', "alert-not-understood"),
        (b'{"action":"buy","symbol":"EURUSD","price":{{close}}}', "alert-placeholder-left"),
        (b'{"action":"{{strategy.order.action}}","symbol":"EURUSD"}', "alert-placeholder-left"),
        (b'{"action":"buy","symbol":"{{ticker}}"}', "alert-placeholder-left"),
        (b"ID,{{strategy.order.action}},EURUSD", "alert-placeholder-left"),
        (b"{}", "alert-field-missing"),
        (b'{"symbol":"EURUSD"}', "alert-field-missing"),
        (b'{"action":"buy"}', "alert-field-missing"),
        (b'{"action":"open","symbol":"EURUSD"}', "alert-field-missing"),
        (b'{"action":"modify","symbol":"EURUSD"}', "alert-field-missing"),
        (b'{"action":"partialclose","symbol":"EURUSD"}', "alert-field-missing"),
        (b'{"action":"hold","symbol":"EURUSD"}', "alert-command-unknown"),
        (b'{"action":"eaoff","symbol":"EURUSD"}', "alert-command-unsupported"),
        (b'{"action":"buy","symbol":"EURUSD","type":"stop_limit"}', "alert-command-unsupported"),
        (b'{"action":"buy","symbol":"EURUSD","sl":NaN}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","sl":"nan"}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","volume":Infinity}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","volume":-Infinity}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","volume":1e999}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","volume":' + b"9" * 5000 + b"}", "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","volume":1e-300}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","volume":0}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","volume":-1}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","volume":true}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","volume":"1,5"}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","volume":"1_0"}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","sl":-20}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","sl":"20 points"}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","sl_points":200}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","sl":"100%"}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","sl":{"amount":5}}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","sl":[1]}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EUR\\u0000USD"}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"<script>"}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","time":"14:32:05Z"}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","time":"0001-01-01T00:00:00+14:00"}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","id":"a\\u0000b"}', "alert-field-invalid"),
        (b'{"action":"close","symbol":"EURUSD","percent":101}', "alert-field-invalid"),
        (b'{"action":"close","symbol":"EURUSD","side":"sell"}', "alert-field-invalid"),
        (b'{"action":"close","symbol":"EURUSD","percent":50,"lots":1}', "alert-contradictory"),
        (b'{"action":"buy","action":"sell","symbol":"EURUSD"}', "alert-contradictory"),
        (b'{"action":"buy","side":"sell","symbol":"EURUSD"}', "alert-contradictory"),
        (b'{"action":"buylimit","type":"stop","symbol":"EURUSD","price":1}', "alert-contradictory"),
        (b'{"action":"buystop","type":"market","symbol":"EURUSD","price":1}', "alert-contradictory"),
        (b'{"action":"buy","type":"sell","symbol":"EURUSD"}', "alert-contradictory"),
        (b'{"action":"buy","type":"limitt","symbol":"EURUSD"}', "alert-field-invalid"),
        (b'{"action":"buy","symbol":"EURUSD","price":-1}', "alert-field-invalid"),
        (b'{"action":"buy","command":"sell","symbol":"EURUSD"}', "alert-contradictory"),
        (b'{"action":"buy","symbol":"EURUSD","ticker":"GBPUSD"}', "alert-contradictory"),
        (b'{"action":"buy","symbol":"EURUSD","sl":1.05,"sl_pips":20}', "alert-contradictory"),
        (
            b'{"action":"buy","symbol":"EURUSD","market_position":"short","prev_market_position":"flat"}',
            "alert-contradictory",
        ),
        (
            b'{"action":"buy","symbol":"EURUSD","market_position":"short","prev_market_position":"long"}',
            "alert-contradictory",
        ),
    ],
)
def test_doubt_is_refused_with_a_stable_code(body: bytes, code: str) -> None:
    assert code_of(body) == code
