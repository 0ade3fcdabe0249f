"""The ticker asks for prices under the brokers' own names."""

from __future__ import annotations

from uuid import UUID

import httpx

from forex_elite.domain.identity import Actor, Role
from forex_elite.services import prices
from tests.world import EURUSD, XAUUSD, Member, pair

WANTED = ("EURUSD", "USDJPY", "XAUUSD")


def _acting(member: Member) -> Actor:
    return Actor(UUID(member.id), Role.USER)


async def test_wanted_pairs_are_found_under_the_brokers_name_in_the_wanted_order(
    client: httpx.AsyncClient, alice: Member, charlie: Member
) -> None:
    await pair(alice, quoted=False, symbols=[{**XAUUSD, "name": "XAUUSD.r"}, {**EURUSD, "name": "EURUSD.r"}])

    assert await prices.watch_list(_acting(alice), WANTED) == ("EURUSD.r", "XAUUSD.r")
    assert await prices.watch_list(_acting(charlie), WANTED) == ()


async def test_a_pair_two_brokers_have_is_shown_once(client: httpx.AsyncClient, alice: Member) -> None:
    await pair(alice, quoted=False)
    await pair(alice, quoted=False, symbols=[{**EURUSD, "name": "EURUSDm"}])

    shown = await prices.watch_list(_acting(alice), ("EURUSD",))

    assert shown == ("EURUSDm",)
