"""What is wrong with an account reaches its owner on every page, and nobody else."""

from __future__ import annotations

from typing import Any

from playwright.async_api import expect

from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor
from tests.world import Vps, account_row, calling

LOGIN = 8_100_001


async def onboarded(arrive: Arrive, name: str) -> Visitor:
    visitor = await arrive()
    await visitor.register(name)
    await visitor.onboard()
    return visitor


async def test_a_difference_a_sync_and_an_alert_are_seen_by_their_owner_alone(arrive: Arrive) -> None:
    owner, other = await onboarded(arrive, "Nora Novak"), await onboarded(arrive, "Otto Other")
    made: dict[str, Any] = await owner.call("POST", "/api/agents", {"name": "vps"}, status=201)
    async with calling(owner.url) as client:
        vps = Vps(made["id"], made["pairing_key"], client, [LOGIN])
        await vps.beat()
        assert (await vps.report_account(LOGIN)).json()["stored"] == 1
        page = owner.page
        await page.goto("/")
        card = page.get_by_role("article")
        await expect(card).to_contain_text("Trading")
        await expect(page.get_by_role("button", name="Alerts, none open")).to_be_visible()

        await client.post(
            f"/api/agents/{vps.id}/accounts",
            headers=vps.headers,
            json={"accounts": [account_row(LOGIN, vps.server, deals_sum=9_749.5)]},
        )

        await expect(card).to_contain_text("Balance is 250.50 USD more than its deals add up to, since")
        bell = page.get_by_role("button", name="Alerts, 1 not acknowledged")
        await bell.click()
        await page.get_by_role("menuitem", name="more than its deals add up to").click()
        await expect(page.get_by_role("heading", name="Notifications", level=1)).to_be_visible()
        await page.get_by_role("link", name="A balance is not what its deals add up to").click()
        await expect(page.get_by_role("heading", name="Health", level=1)).to_be_visible()
        accounts = page.get_by_role("region", name="Accounts")
        await expect(accounts).to_contain_text("Reachable")
        await expect(accounts).to_contain_text("250.50 USD more than its deals")

        await accounts.get_by_role("button", name="Sync now").click()
        job = await vps.claim(wait=20)
        assert job is not None
        assert job["type"] == "sync"
        await expect(accounts.get_by_role("button", name="Sync now")).to_be_disabled()
        await vps.finish(job, result={})
        await expect(accounts).to_contain_text("Sync now · ")
        await expect(page.get_by_role("region", name="Last sync runs")).to_contain_text("Sync now")

        await page.get_by_role("button", name="Acknowledge", exact=True).click()
        await expect(page.get_by_role("button", name="Alerts, none open")).to_be_visible()
        await expect(page.locator("#alerts")).to_contain_text("Acknowledged, not over yet")
        await vps.report_account(LOGIN, deals_sum=10_000.0)
        await expect(page.locator("#alerts")).to_contain_text("Over since")

    await other.page.goto("/health")
    await expect(other.page.get_by_role("heading", name="Nothing to report")).to_be_visible()
    await expect(other.page.get_by_text("No account yet")).to_be_visible()
