"""Tickers become broker symbols by map, by name or by being the only one; never by a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forex_elite.domain.symbols import (
    SymbolAmbiguous,
    SymbolBook,
    SymbolNotTradable,
    SymbolUnknown,
    canonical,
    resolve,
)
from forex_elite.domain.trading import SymbolSpec


def symbol(name: str, base: str = "", profit: str = "", trade_mode: int = 4) -> SymbolSpec:
    return SymbolSpec(name, base, profit, 5, 0.00001, 0.00001, 1.0, 100_000, 0.01, 100, 0.01, trade_mode=trade_mode)


EURUSD = symbol("EURUSD", "EUR", "USD")


@pytest.mark.parametrize(
    ("name", "base", "profit", "expected"),
    [
        ("EURUSD", "EUR", "USD", "EURUSD"),
        ("EURUSD.r", "EUR", "USD", "EURUSD"),
        ("EURUSDm", "EUR", "USD", "EURUSD"),
        ("mEURUSD", "EUR", "USD", "EURUSD"),
        ("EUR/USD", "EUR", "USD", "EURUSD"),
        ("EURUSDm", "", "", "EURUSD"),
        ("XAUUSD-VIP", "XAU", "USD", "XAUUSD"),
        ("XAUUSDc", "", "", "XAUUSD"),
        ("GOLD", "XAU", "USD", "XAUUSD"),
        ("GOLD_", "USD", "USD", "XAUUSD"),
        ("Gold", "", "", "XAUUSD"),
        ("GOLD", "EUR", "EUR", "GOLD"),
        ("SILVER", "XAG", "USD", "XAGUSD"),
        ("#US30.cash", "USD", "USD", "US30"),
        ("US30m", "USD", "USD", "US30"),
        ("NAS100", "USD", "USD", "US100"),
        ("USTEC", "USD", "USD", "US100"),
        ("GER40.cash", "EUR", "EUR", "DE40"),
        ("DE40", "EUR", "USD", "DE40"),
        ("BTCUSD", "BTC", "USD", "BTCUSD"),
        ("AAPL.US", "USD", "USD", "AAPL"),
    ],
)
def test_a_canonical_name_is_the_same_at_every_broker(name: str, base: str, profit: str, expected: str) -> None:
    assert canonical(name, base, profit) == expected


def test_the_map_comes_first() -> None:
    specs = (EURUSD, symbol("EURUSD.r", "EUR", "USD"))
    assert resolve("EURUSD", specs, {"eurusd": "EURUSD.r"}).name == "EURUSD.r"


def test_a_map_to_a_symbol_the_broker_lacks_is_refused_and_not_replaced_by_a_guess() -> None:
    with pytest.raises(SymbolUnknown, match=r"mapped to EURUSD\.x"):
        resolve("EURUSD", (EURUSD,), {"EURUSD": "EURUSD.x"})


def test_the_same_name_comes_before_its_variants() -> None:
    assert resolve("EURUSD", (symbol("EURUSD.r", "EUR", "USD"), EURUSD)) is EURUSD


def test_the_only_variant_is_taken() -> None:
    assert resolve("eurusd", (symbol("EURUSDm", "EUR", "USD"), symbol("GBPUSDm", "GBP", "USD"))).name == "EURUSDm"
    assert resolve("XAUUSD", (symbol("GOLD", "XAU", "USD"),)).name == "GOLD"
    assert resolve("GOLD", (symbol("XAUUSD.c", "XAU", "USD"),)).name == "XAUUSD.c"
    assert resolve("NAS100", (symbol("USTEC", "USD", "USD"),)).name == "USTEC"


def test_two_variants_are_never_guessed_between() -> None:
    with pytest.raises(SymbolAmbiguous, match="XAUUSDc, XAUUSDm"):
        resolve("XAUUSD", (symbol("XAUUSDm", "XAU", "USD"), symbol("XAUUSDc", "XAU", "USD")))


def test_a_view_only_twin_makes_no_ambiguity_and_is_not_traded() -> None:
    twin, real = symbol("USDJPY", "USD", "JPY", trade_mode=0), symbol("USDJPY.r", "USD", "JPY")
    assert resolve("USDJPY", (twin, real)) is real


def test_a_symbol_closed_for_orders_is_refused_for_entries_and_found_for_exits() -> None:
    closed = symbol("EURUSD", "EUR", "USD", trade_mode=3)
    with pytest.raises(SymbolNotTradable):
        resolve("EURUSD", (closed,))
    with pytest.raises(SymbolNotTradable):
        resolve("EURUSD", (closed,), {"EURUSD": "EURUSD"})
    assert resolve("EURUSD", (closed,), is_entry=False) is closed


def test_an_unknown_symbol_is_refused_with_its_neighbours() -> None:
    with pytest.raises(SymbolUnknown, match="EURUSD"):
        resolve("EURGBP", (EURUSD,))


def test_currencies_the_name_does_not_bear_out_are_not_believed() -> None:
    with pytest.raises(SymbolUnknown):
        resolve("EURUSD", (symbol("STOXX50", "EUR", "USD"),))


@given(
    st.lists(
        st.builds(
            symbol,
            st.text(min_size=1, max_size=12),
            st.sampled_from(["EUR", "USD", "XAU", ""]),
            st.sampled_from(["USD", "JPY", ""]),
            st.integers(0, 4),
        ),
        max_size=6,
    ),
    st.text(max_size=12),
)
def test_resolving_gives_a_symbol_of_the_book_or_a_refusal(specs: list[SymbolSpec], wanted: str) -> None:
    try:
        found = SymbolBook(specs).resolve(wanted)
    except (SymbolUnknown, SymbolAmbiguous, SymbolNotTradable):
        return
    assert found in specs
    assert found.is_tradable
