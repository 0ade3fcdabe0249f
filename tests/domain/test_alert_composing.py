"""What the builder writes, TradingView fills in, and the reader understands as it was meant."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forex_elite.domain.alerts import AlertAction, AlertTemplate, AlertUnreadable, Dialect, compose_alert, read_alert
from forex_elite.domain.trading import Level, LevelKind, Side
from forex_elite.errors import Refused

FILLED = {
    "{{ticker}}": "EURUSD",
    "{{strategy.order.action}}": "buy",
    "{{strategy.order.price}}": "1.08412",
    "{{strategy.position_size}}": "100000",
    "{{strategy.market_position}}": "long",
    "{{strategy.prev_market_position}}": "short",
    "{{strategy.market_position_size}}": "1",
    "{{strategy.prev_market_position_size}}": "1",
    "{{close}}": "1.08412",
    "{{timenow}}": "2026-03-20T14:32:05Z",
    '{{plot("Stop")}}': "1.0725",
}

AMOUNTS = st.integers(1, 10**7).map(lambda value: value / 10**4)
LEVELS = st.one_of(
    st.builds(Level, st.sampled_from([LevelKind.PIPS, LevelKind.PRICE]), AMOUNTS),
    st.builds(Level, st.just(LevelKind.PERCENT), st.integers(1, 9999).map(lambda value: value / 100)),
)


def filled(text: str, **changes: str) -> bytes:
    values = FILLED | {"{{" + name + "}}": value for name, value in changes.items()}
    for name, value in values.items():
        text = text.replace(name, value)
    assert not re.search(r"\{\{.*\}\}", text), "the builder uses a placeholder TradingView does not have"
    return text.encode()


@pytest.mark.parametrize("template", [AlertTemplate.STRATEGY_ORDER, AlertTemplate.PINECONNECTOR, AlertTemplate.FIXED])
@given(sl=st.none() | LEVELS, tp=st.none() | LEVELS, risk=st.none() | AMOUNTS, volume=st.none() | AMOUNTS)
def test_what_is_composed_is_read_back(
    template: AlertTemplate, sl: Level | None, tp: Level | None, risk: float | None, volume: float | None
) -> None:
    volume = None if risk is not None else volume
    alert = read_alert(filled(compose_alert(template, action="buy", sl=sl, tp=tp, risk=risk, volume_lots=volume)))
    assert (alert.action, alert.side, alert.symbol) == (AlertAction.OPEN, Side.BUY, "EURUSD")
    assert (alert.sl, alert.tp, alert.risk, alert.volume_lots) == (sl, tp, risk, volume)
    assert alert.has_identity
    assert alert.dialect is (Dialect.PINECONNECTOR if template is AlertTemplate.PINECONNECTOR else Dialect.JSON)


@pytest.mark.parametrize(
    ("action", "position", "previous", "expected"),
    [
        ("buy", "long", "flat", (AlertAction.OPEN, Side.BUY)),
        ("sell", "short", "long", (AlertAction.OPEN, Side.SELL)),
        ("sell", "flat", "long", (AlertAction.CLOSE, Side.BUY)),
        ("buy", "flat", "short", (AlertAction.CLOSE, Side.SELL)),
    ],
)
def test_a_market_position_alert_never_opens_on_an_exit(
    action: str, position: str, previous: str, expected: tuple[AlertAction, Side]
) -> None:
    changes = {
        "strategy.order.action": action,
        "strategy.market_position": position,
        "strategy.prev_market_position": previous,
    }
    alert = read_alert(filled(compose_alert(AlertTemplate.MARKET_POSITION, risk=1), **changes))
    assert (alert.action, alert.side) == expected


def test_a_market_position_alert_scales_out_by_the_share_that_was_sold() -> None:
    changes = {
        "strategy.order.action": "sell",
        "strategy.prev_market_position": "long",
        "strategy.market_position_size": "1",
        "strategy.prev_market_position_size": "4",
    }
    alert = read_alert(filled(compose_alert(AlertTemplate.MARKET_POSITION), **changes))
    assert (alert.action, alert.side, alert.percent) == (AlertAction.CLOSE, Side.BUY, 75)


def test_a_plot_may_give_the_stop() -> None:
    text = compose_alert(AlertTemplate.STRATEGY_ORDER, sl='{{plot("Stop")}}')
    assert read_alert(filled(text)).sl == Level(LevelKind.PRICE, 1.0725)


def test_a_plot_without_a_value_is_refused_by_name() -> None:
    text = compose_alert(AlertTemplate.STRATEGY_ORDER, sl='{{plot("Stop")}}')
    with pytest.raises(AlertUnreadable, match="sl is"):
        read_alert(filled(text.replace('{{plot("Stop")}}', "NaN")))


@pytest.mark.parametrize("template", AlertTemplate)
def test_an_alert_pasted_without_being_filled_in_is_refused_as_such(template: AlertTemplate) -> None:
    with pytest.raises(AlertUnreadable) as refused:
        read_alert(compose_alert(template, action="buy").encode())
    assert refused.value.code == "alert-placeholder-left"


@pytest.mark.parametrize("template", [AlertTemplate.FIXED, AlertTemplate.PINECONNECTOR])
def test_exits_are_composed_too(template: AlertTemplate) -> None:
    assert read_alert(filled(compose_alert(template, action="closelong"))).side is Side.BUY
    assert read_alert(filled(compose_alert(template, action="closeall"))).action is AlertAction.CLOSE_ALL
    partial = read_alert(filled(compose_alert(template, action="closelongpct", percent=50)))
    assert (partial.action, partial.percent) == (AlertAction.CLOSE, 50)
    pending = read_alert(filled(compose_alert(template, action="buylimit", price=1.05)))
    assert pending.price == 1.05


@pytest.mark.parametrize(
    "wrong",
    [{"action": "hold"}, {"action": None}, {"action": "buy", "risk": float("nan")}, {"action": "buy", "risk": -1}],
)
def test_what_could_not_be_read_is_not_composed(wrong: dict[str, object]) -> None:
    with pytest.raises(Refused):
        compose_alert(AlertTemplate.FIXED, **wrong)
