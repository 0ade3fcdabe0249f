"""The limits a person sets hold at the gate for the accounts there are, not only for those to come."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import httpx

from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.people import DISCLAIMER_VERSION
from forex_elite.services import onboarding
from tests.world import Member, buy, make_strategy, pair, send_alert


def _acting(member: Member) -> Actor:
    return Actor(UUID(member.id), Role.USER)


async def _lots_refused(client: httpx.AsyncClient, strategy: dict) -> bool:
    receipt = (await send_alert(client, strategy, buy(volume=0.8))).json()
    return receipt["status"] == "rejected" and "Max lots" in receipt["reason"]


async def test_a_limit_lowered_in_the_settings_holds_for_the_next_alert(
    client: httpx.AsyncClient, alice: Member, bob: Member
) -> None:
    await pair(alice)
    await pair(bob)
    mine, theirs = await make_strategy(alice), await make_strategy(bob)
    assert not await _lots_refused(client, mine)

    stored = await onboarding.get_preferences(_acting(alice))
    await onboarding.save_preferences(_acting(alice), replace(stored, max_lots=Decimal("0.5")))

    assert await _lots_refused(client, mine)
    assert not await _lots_refused(client, theirs)


async def test_the_limits_of_onboarding_hold_for_accounts_that_came_before(
    client: httpx.AsyncClient, alice: Member
) -> None:
    await pair(alice)
    strategy = await make_strategy(alice)

    stored = await onboarding.get_preferences(_acting(alice))
    await onboarding.complete(_acting(alice), DISCLAIMER_VERSION, replace(stored, max_lots=Decimal("0.5")))

    assert await _lots_refused(client, strategy)
