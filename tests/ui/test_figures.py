from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from forex_elite.errors import InvalidInput
from forex_elite.ui import figures

AT = datetime(2026, 3, 20, 14, 32, 6, 218000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "currency", "signed", "text"),
    [
        (Decimal("25208.4"), "USD", False, "25,208.40"),
        (Decimal("407.16"), "USD", True, "+407.16"),
        (Decimal("-126.74"), "USD", True, "\u2212126.74"),
        (Decimal(0), "USD", True, "0.00"),
        (Decimal("-0.004"), "USD", True, "0.00"),
        (Decimal(1234567), "JPY", False, "1,234,567"),
        (Decimal("123456789012.34"), "EUR", False, "123,456,789,012.34"),
        (None, "USD", True, "\u2013"),
    ],
)
def test_money_has_separators_its_currencys_decimals_and_a_true_minus(value, currency, signed, text) -> None:
    assert figures.money(value, currency, signed=signed) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (Decimal("1.0864"), 5, "1.08640"),
        (Decimal("2412.3"), 2, "2,412.30"),
        (Decimal(0), 5, "\u2013"),
        (None, 5, "\u2013"),
    ],
)
def test_a_price_is_padded_to_the_symbols_digits_and_zero_means_none(value, digits, text) -> None:
    assert figures.price(value, digits) == text


@pytest.mark.parametrize(
    ("value", "symbol", "text"),
    [
        (Decimal("1.0864"), "EURUSD", "1.08640"),
        (Decimal("151.402"), "USDJPY.r", "151.402"),
        (Decimal("2404.1"), "XAUUSD", "2,404.10"),
        (Decimal(39205), "US30", "39,205.0"),
        (Decimal("0.1234567"), "EURUSD", "0.1234567"),
        (None, "EURUSD", "\u2013"),
    ],
)
def test_a_price_without_specification_is_padded_to_the_usual_digits_and_never_cut(value, symbol, text) -> None:
    assert figures.symbol_price(value, symbol) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal(23), "+23.0"), (Decimal("-11.84"), "\u221211.8"), (Decimal(0), "0.0"), (None, "\u2013")],
)
def test_pips_have_one_decimal_and_their_sign(value, text) -> None:
    assert figures.pips(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.5"), "0.50"),
        (Decimal("0.001"), "0.001"),
        (Decimal("0.00005"), "0.0000"),
        (Decimal(12), "12.00"),
        (None, "\u2013"),
    ],
)
def test_lots_have_two_decimals_or_the_steps_own_up_to_four(value, text) -> None:
    assert figures.lots(value) == text


@pytest.mark.parametrize(
    ("value", "signed", "places", "text"),
    [
        (Decimal("1.654"), True, 2, "+1.65%"),
        (Decimal("-0.26"), True, 2, "\u22120.26%"),
        (14.0, False, 0, "14%"),
        (None, True, 2, "\u2013"),
    ],
)
def test_percent_stands_without_a_space(value, signed, places, text) -> None:
    assert figures.percent(value, signed=signed, places=places) == text


def test_no_margin_in_use_is_said_in_words() -> None:
    assert figures.margin_level(Decimal(0), Decimal(0)) == "no margin"
    assert figures.margin_level(Decimal("1248.4"), Decimal(800)) == "1,248%"


@pytest.mark.parametrize(
    ("value", "tone"), [(Decimal("0.01"), "up"), (Decimal("-0.01"), "down"), (Decimal(0), "flat"), (None, "flat")]
)
def test_zero_and_unknown_have_no_tone(value, tone) -> None:
    assert figures.tone(value) == tone


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        (None, ("\u2013", "")),
        (0, ("0", "ms")),
        (0.4, ("<1", "ms")),
        (84.2, ("84", "ms")),
        (1240, ("1.24", "s")),
        (42_000, ("42", "s")),
        (180_000, ("3", "min")),
    ],
)
def test_a_duration_is_a_figure_and_its_unit(value, parts) -> None:
    assert figures.milliseconds(value) == parts


def test_times_are_shown_in_the_persons_zone_which_is_named_once() -> None:
    assert figures.clock_time(AT, fine=True) == "14:32:06.218"
    assert figures.clock_time(AT, "Asia/Tokyo") == "23:32:06"
    assert figures.day_time(AT, "America/New_York") == "20 Mar, 10:32:06"
    assert figures.zone_label("Asia/Ho_Chi_Minh") == "Ho Chi Minh"
    assert figures.zone_label("UTC") == "UTC"
    assert figures.iso(AT) == "2026-03-20T14:32:06.218Z"


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "\x00"])
def test_an_unknown_zone_is_utc(name) -> None:
    assert figures.clock_time(AT, name) == "14:32:06"


def test_what_is_missing_is_an_en_dash() -> None:
    assert {figures.clock_time(None), figures.day_time(None), figures.day(None)} == {"\u2013"}
    assert figures.iso(None) == ""


@pytest.mark.parametrize(
    ("name", "text"), [("Marta Kovács", "MK"), ("prince", "P"), ("Ana de la Cruz", "AC"), ("— !", "?"), ("", "?")]
)
def test_initials_are_one_or_two_capitals(name, text) -> None:
    assert figures.initials(name) == text


def test_a_count_has_its_noun() -> None:
    assert figures.count(1, "account") == "1 account"
    assert figures.count(1200, "account") == "1,200 accounts"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("", None),
        ("  ", None),
        ("0.2", "0.2"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-3", "-3"),
        ("\u22123.5", "-3.5"),
        ("4,148.75", "4148.75"),
        ("1,000", "1000"),
        ("12,345,678", "12345678"),
    ],
)
def test_a_figure_is_read_as_it_is_written(typed, value) -> None:
    assert figures.read(typed, "volume") == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    "typed",
    ["0,2", "2,5", "1,1600", "1.000,50", "0,100", ",5", "1,00", "1e3", "NaN", "inf", "abc", "1 000", "٣", "--1"],
)
def test_a_comma_for_a_point_is_refused_and_never_makes_it_more(typed) -> None:
    with pytest.raises(InvalidInput, match="decimal point"):
        figures.read(typed, "volume")
