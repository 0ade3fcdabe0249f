"""The limits a person sets hold at the gate for the accounts there are, not only for those to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import httpx

from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.people import DISCLAIMER_VERSION
from forex_elite.services import onboarding
from tests.world import Member, account_ids, buy, make_strategy, pair, send_alert


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


async def test_changed_limits_and_a_resume_are_brought_to_the_agent_at_once(
    client: httpx.AsyncClient, alice: Member
) -> None:
    vps = await pair(alice)
    path = f"/api/user/mt5-accounts/{(await account_ids(alice))[0]}"

    for ask in (
        client.put(f"{path}/limits", headers=alice.headers, json={"max_lots": {"value": 0.5}}),
        alice.post(f"{path}/resume"),
    ):
        assert (await ask).json()["is_applied"] is False
        job = await vps.claim()
        assert job is not None
        told = job["payload"]["account"]
        assert (job["type"], told["limits"]["max_lots"]["value"]) == ("run", 0.5)
        result = {"algo_status": "running", "is_killed": False, "revision": told["revision"]}
        await vps.finish(job, result=result)
        assert (await alice.get(path)).json()["is_applied"] is True
    assert told["resumed"] == 1
    assert await vps.claim() is None


async def test_no_stop_is_moved_past_the_loss_a_trade_may_have(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    limits = {"max_loss_per_trade": {"value": 60}}
    await client.put(f"/api/user/mt5-accounts/{account}/limits", headers=alice.headers, json=limits)
    at = datetime.now(UTC).isoformat()
    held = {
        "ticket": 11, "symbol": "EURUSD", "side": "buy", "volume": 0.5, "open_price": 1.1, "open_time": at, "sl": 1.099,
        "current_price": 1.1,
    }  # fmt: skip
    waiting = {
        "ticket": 42, "symbol": "EURUSD", "side": "sell", "order_type": "limit", "volume": 0.5, "price": 1.2,
        "sl": 1.201, "placed_at": at,
    }  # fmt: skip
    body = {"login": vps.logins[0], "server": vps.server, "open": [held], "orders": [waiting]}
    assert (await vps.post("trades", body)).json()["refused"] == []
    trade = (await alice.get("/api/trades", open=True)).json()["items"][0]["id"]

    for path, farther, nearer in (
        (f"/api/trades/{trade}", {"sl": 1.0987}, {"sl": 1.0991}),
        (f"/api/accounts/{account}/orders/42", {"sl": 1.2013}, {"sl": 1.2012}),
    ):
        for change in (farther, {"sl": 0}):
            refused = await alice.patch(path, change)
            assert (refused.status_code, refused.json()["code"]) == (422, "max-loss-per-trade"), change
        assert (await alice.patch(path, nearer)).status_code == 202
    refused = await alice.patch(f"/api/accounts/{account}/orders/42", {"price": 1.1997})
    assert refused.json()["detail"] == "Loss per trade: 65.00 of 60.00 USD at the stop. Move it less far away."
