"""How an alert is said back to the trader, and when two are the same one."""

import pytest

from forex_elite.domain.alerts import duplicate_window_s, fingerprint, read_alert, read_as
from forex_elite.domain.trading import SizingMode


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            b'{"action":"buy","symbol":"USDJPY","sl":150.9,"tp":152.3,"risk":0.55}',
            "buy USDJPY, risk 0.55 %, sl 150.900, tp 152.300",
        ),
        (b"601,sell,XAUUSD,sl=20,tp_pct=1,vol_lots=0.1", "sell XAUUSD, 0.1 lots, sl 20 pips, tp 1 %"),
        (b"601,buy,EURUSD,vol_dollar=50,sl=20", "buy EURUSD, risk 50 of account money, sl 20 pips"),
        (b"601,buystop,EURUSD,entry_pips=15", "buy stop EURUSD 15 pips from the market"),
        (b"601,selllimit,EURUSD,price=1.25", "sell limit EURUSD at 1.250"),
        (b"601,closelongsell,EURUSD", "sell EURUSD, closing any long first"),
        (b"601,closelong,EURUSD", "close the long EURUSD"),
        (b"601,closelongpct,EURUSD,risk=50", "close 50 % of the long EURUSD"),
        (b"601,closeshortvol,EURUSD,risk=0.5", "close 0.5 lots of the short EURUSD"),
        (b"601,closelongshort,EURUSD", "close long and short EURUSD"),
        (b"601,closeall", "close every position of the strategy"),
        (b"601,cancelshort,EURUSD", "cancel pending sell orders of EURUSD"),
        (b'{"action":"cancelall"}', "cancel pending orders of every symbol"),
        (b"601,newsltplong,EURUSD,sl=10,tp=0", "change the long EURUSD, sl 10 pips, remove tp"),
    ],
)
def test_an_alert_is_said_in_one_line(body: bytes, words: str) -> None:
    assert read_as(read_alert(body), digits=3) == words


def test_the_unit_of_the_risk_is_the_strategys() -> None:
    alert = read_alert(b"601,buy,EURUSD,risk=50,sl=20")
    assert read_as(alert, sizing=SizingMode.MONEY_AT_RISK) == "buy EURUSD, risk 50 of account money, sl 20 pips"


def test_the_same_body_has_the_same_fingerprint_and_another_body_another() -> None:
    one, other = b'{"action":"buy","symbol":"EURUSD"}', b'{"action":"sell","symbol":"EURUSD"}'
    assert fingerprint(one, read_alert(one)) == fingerprint(one + b"\n", read_alert(one + b"\n"))
    assert fingerprint(one, read_alert(one)) != fingerprint(other, read_alert(other))
    assert len(fingerprint(b"\xff")) == 64


def test_the_window_for_duplicates_is_wider_for_an_alert_with_an_identity() -> None:
    plain = read_alert(b"601,buy,EURUSD")
    named = read_alert(b"601,buy,EURUSD,id=7")
    timed = read_alert(b"601,buy,EURUSD,time=2026-03-20T14:32:05Z")
    assert not plain.has_identity
    assert named.has_identity
    assert timed.has_identity
    assert duplicate_window_s(None) == duplicate_window_s(plain) < duplicate_window_s(named) < duplicate_window_s(timed)
