from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from forex_elite.domain.people import Preferences
from forex_elite.domain.signals import SignalCounts, TradeInfo
from forex_elite.domain.terminals import AccountInfo, DataAge, DataSource
from forex_elite.ui.pages.overview.rows import account_card, loss_share, meter_tone, position_row, positions_head, strip
from forex_elite.ui.shell.state import account_titles
from tests.ui.conftest import NOW

QUIET = SignalCounts(0, {}, {}, None, None)
PREFERENCES = Preferences(daily_loss_percent=Decimal(4), max_open_positions=10)


def account(**values) -> AccountInfo:
    given = {
        "id": uuid4(),
        "user_id": uuid4(),
        "agent_id": uuid4(),
        "agent_name": "vps",
        "login": 51204418,
        "server": "ICMarketsSC-Live07",
        "broker": "IC Markets",
        "name": "Prime",
        "currency": "USD",
        "leverage": 100,
        "margin_mode": 2,
        "trade_mode": 2,
        "balance": Decimal("24870.10"),
        "credit": Decimal(0),
        "equity": Decimal("25208.40"),
        "profit": Decimal("338.30"),
        "margin": Decimal("3304.20"),
        "margin_free": Decimal("21904.20"),
        "margin_level": Decimal(763),
        "day_start_balance": Decimal("24795.80"),
        "is_trade_allowed": True,
        "is_enabled": True,
        "is_killed": False,
        "is_online": True,
        "data_source": DataSource.LIVE,
        "data_age": DataAge.FRESH,
        "synced_at": NOW,
        "open_positions": 3,
        "algo_status": "running",
        **values,
    }
    return AccountInfo(**given)


def trade(**values) -> TradeInfo:
    given = {
        "id": uuid4(),
        "account_id": uuid4(),
        "account_login": 51204418,
        "currency": "USD",
        "ticket": 1,
        "symbol": "EURUSD",
        "side": "buy",
        "volume": Decimal("0.50"),
        "open_price": Decimal("1.08412"),
        "open_time": NOW,
        "sl": Decimal("1.08112"),
        "tp": Decimal("1.09112"),
        "current_price": Decimal("1.08642"),
        "close_price": None,
        "close_time": None,
        "profit": Decimal("115.00"),
        "swap": Decimal("-1.20"),
        "commission": Decimal("-3.50"),
        "magic": 7,
        "comment": "",
        "is_closed": False,
        "source": "Signal · fx-momo",
        "digits": 5,
        "pips": Decimal(23),
        "reported_at": NOW,
        **values,
    }
    return TradeInfo(**given)


def test_a_card_shows_the_reported_figures_with_sign_and_age() -> None:
    card = account_card(account(), PREFERENCES)

    assert (card.equity, card.day, card.day_percent) == ("25,208.40", "+412.60", "+1.66%")
    assert (card.word, card.state_word, card.open_words) == ("Live", "Trading", "3 open")
    assert card.margin_level == "763%"
    assert card.reported_at == "2026-03-20T14:32:06.218Z"


def test_a_stored_account_says_so_and_one_without_a_start_of_day_claims_no_result() -> None:
    card = account_card(account(data_source=DataSource.STORED, day_start_balance=None, is_online=False), PREFERENCES)

    assert (card.word, card.tone, card.is_stored) == ("Stored", "warn", True)
    assert (card.day, card.day_percent, card.loss_used) == ("\u2013", "", "")
    assert card.state_word == "Agent away"


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"is_killed": True, "is_enabled": False}, "Stopped"),
        ({"is_enabled": False}, "Not enabled"),
        ({"is_trade_allowed": False}, "Algo trading off"),
    ],
)
def test_a_card_says_why_an_account_does_not_trade(values, word) -> None:
    assert account_card(account(**values), PREFERENCES).state_word == word


def test_the_daily_loss_is_measured_from_the_brokers_midnight() -> None:
    loss, limit, percent = loss_share(account(equity=Decimal(24000), day_start_balance=Decimal(25000)), Decimal(4))

    assert (loss, limit, percent) == (Decimal(1000), Decimal(1000), 100.0)
    assert loss_share(account(), Decimal(4))[0] == 0
    assert loss_share(account(day_start_balance=Decimal(0)), Decimal(4)) == (0, 0, 0.0)


@pytest.mark.parametrize(("percent", "tone"), [(0, ""), (69.9, ""), (70, "warn"), (90, "crit"), (100, "crit")])
def test_a_meter_warns_before_the_limit(percent, tone) -> None:
    assert meter_tone(percent) == tone


def test_two_currencies_are_never_added_up() -> None:
    euro = account(currency="EUR", equity=Decimal(1010), day_start_balance=Decimal(1000))

    day = strip([account(), euro], QUIET, PREFERENCES).day

    assert day.value == "+412.60 USD · +10.00 EUR"
    assert day.unit == ""


def test_the_strip_shows_the_worst_account() -> None:
    losing = account(name="Index", equity=Decimal(48153), day_start_balance=Decimal(48280), margin_level=Decimal(701))

    shown = strip([account(), losing], QUIET, PREFERENCES)

    assert (shown.loss.value, shown.loss.corner) == ("127.00", "Index")
    assert (shown.margin.value, shown.margin.corner) == ("701%", "Index")
    assert shown.positions.value == "6"


def test_the_strip_of_nobody_has_no_figures_and_does_not_fail() -> None:
    shown = strip([], QUIET, PREFERENCES)

    assert shown.day.value == "\u2013"
    assert shown.margin.value == "no margin"
    assert shown.positions.value == "0"


def test_the_gate_counts_what_passed_and_names_the_refusals() -> None:
    today = SignalCounts(
        10, {"executed": 6, "duplicate": 3, "expired": 1}, {"duplicate": 3, "symbol-unknown": 1}, None, None
    )

    shown = strip([account()], today, PREFERENCES)

    assert (shown.passed, shown.refused) == ("6", "4")
    assert shown.reasons == "3 duplicate · 1 symbol unknown"


def test_a_position_shows_its_result_with_swap_and_commission() -> None:
    row = position_row(trade(), {})

    assert (row.profit, row.profit_tone) == ("+110.30", "up")
    assert (row.side, row.side_tone, row.lots) == ("Buy", "up", "0.50")
    assert (row.open_price, row.now_price, row.now_of) == ("1.08412", "1.08642", "bid")
    assert (row.range_open, row.range_left, row.range_width) == (30.0, 30.0, 23.0)
    assert row.account == "51204418"


def test_the_way_of_a_sell_runs_from_its_stop_to_its_target_too() -> None:
    sell = trade(
        side="sell",
        open_price=Decimal("192.905"),
        current_price=Decimal("192.611"),
        sl=Decimal("193.405"),
        tp=Decimal("191.405"),
        digits=3,
    )

    row = position_row(sell, {})

    assert (row.range_open, row.range_left, row.range_width) == (25.0, 25.0, 14.7)
    assert row.now_of == "ask"


def test_a_position_without_stop_or_target_says_so() -> None:
    bare = position_row(trade(sl=Decimal(0), tp=Decimal(0), source="", comment=""), {})

    assert not bare.has_range
    assert bare.range_words == "no SL, no TP"
    assert bare.source == "Manual"
    assert position_row(trade(tp=Decimal(0)), {}).range_words == "SL 1.08112, TP \u2013"


def test_a_price_beyond_its_stop_stays_inside_the_bar() -> None:
    row = position_row(trade(current_price=Decimal("1.07000")), {})

    assert row.range_left == 0.0
    assert row.range_left + row.range_width <= 100


def test_the_head_of_the_positions_gives_the_floating_result_and_the_oldest_report() -> None:
    older = trade(reported_at=NOW.replace(second=1))

    head = positions_head([trade(), older])

    assert (head.floating, head.currency) == ("+220.60", "USD")
    assert head.oldest_at == "2026-03-20T14:32:01.218Z"
    assert positions_head([replace(older, currency="EUR"), trade()]).currency == ""


def test_accounts_of_one_name_are_told_apart_by_their_login() -> None:
    one, twin, other = account(name="Ada"), account(name="Ada", login=700_002), account(name="Prop")

    titles = account_titles([one, twin, other])

    assert titles[str(one.id)] == f"Ada {one.login}"
    assert titles[str(twin.id)] == "Ada 700002"
    assert titles[str(other.id)] == "Prop"
