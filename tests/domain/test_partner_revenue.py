"""What partners earn: tiers, rates by symbol, shares of subscriptions, and nothing paid for twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from forex_elite.domain.partners import Earning, Fee, Tier, Volume, earnings, tier_of

DAY = date(2026, 4, 10)
CLIENT = UUID(int=1)
lots = st.decimals(Decimal(0), Decimal(1000), places=2)


def tier(min_lots: str = "0", per_lot: str = "3", percent: str = "20", **rates: str) -> Tier:
    return Tier(
        UUID(int=7),
        f"from {min_lots}",
        Decimal(min_lots),
        Decimal(per_lot),
        Decimal(percent),
        {symbol: Decimal(rate) for symbol, rate in rates.items()},
    )


def test_the_highest_tier_reached_counts_and_below_the_lowest_there_is_none() -> None:
    tiers = [tier("100"), tier("10"), tier("1000")]

    assert tier_of(tiers, Decimal("9.99")) is None
    assert tier_of(tiers, Decimal(10)) == tiers[1]
    assert tier_of(tiers, Decimal("999.99")) == tiers[0]


def test_a_symbol_with_its_own_rate_earns_that_and_others_the_tiers() -> None:
    volumes = [Volume(CLIENT, DAY, "XAUUSD", Decimal(2)), Volume(CLIENT, DAY, "EURUSD", Decimal("0.5"))]

    found = earnings(tier(XAUUSD="7.5"), volumes, [], DAY)

    assert [(one.symbol, one.amount) for one in found] == [("XAUUSD", Decimal("15.0")), ("EURUSD", Decimal("1.5"))]


def test_a_subscription_earns_its_share_of_one_day_of_the_month() -> None:
    found = earnings(tier(percent="20"), [], [Fee(CLIENT, Decimal(30)), Fee(CLIENT, Decimal(15))], DAY)

    assert found == [Earning(CLIENT, DAY, "", Decimal(0), Decimal(20), Decimal("0.3000"))]


@settings(max_examples=40)
@given(reported=st.lists(lots, min_size=1, max_size=6))
def test_lots_are_paid_for_once_however_late_and_in_how_many_parts_they_are_reported(reported: list[Decimal]) -> None:
    paid, earned, total = Decimal(0), Decimal(0), Decimal(0)
    for part in reported:
        total += part
        for line in earnings(tier(), [Volume(CLIENT, DAY, "EURUSD", total, paid)], [], DAY):
            paid += line.lots
            earned += line.amount
        assert earnings(tier(), [Volume(CLIENT, DAY, "EURUSD", total, paid)], [], DAY) == []

    assert paid == total
    assert earned == total * 3


def test_a_trade_told_twice_by_mistake_is_taken_back() -> None:
    found = earnings(tier(), [Volume(CLIENT, DAY, "EURUSD", Decimal(1), paid_lots=Decimal(2))], [], DAY)

    assert [(one.lots, one.amount) for one in found] == [(Decimal(-1), Decimal(-3))]
