"""The main job end to end: from an empty server to an alert that became an order somebody can see."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

import httpx
from playwright.async_api import Page, expect

from tests.browser.program import AgentProcess, Program
from tests.browser.trader import Trader, deliver
from tests.browser.visitor import Visitor
from tests.world import PASSWORD

STAGES = ["Received", "Gated", "Queued", "Claimed", "Sent", "Filled", "Reported"]
CLOCK = re.compile(r"\d\d\.\d\d\d")


async def register_on_the_page(page: Page, email: str) -> None:
    await page.goto("/")
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    await page.get_by_role("link", name="Create an account").click()
    await page.get_by_label("Name").fill("Ada Alder")
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()


async def accept_the_disclaimer(page: Page) -> None:
    await expect(page.get_by_role("heading", name="Before the first order")).to_be_visible()
    await page.get_by_role("button", name="Accept and begin").click()
    await expect(page.get_by_text("Tick the box to go on")).to_be_visible()
    await page.get_by_label("I have read this and accept it.").check()
    await page.get_by_role("button", name="Accept and begin").click()
    await expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()


async def create_an_agent(page: Page) -> str:
    """The start command for the simulated terminal, as the page shows it once."""
    await page.get_by_role("link", name="Pair an agent").first.click()
    dialog = page.get_by_role("dialog", name="New agent")
    await dialog.get_by_label("Name").fill("vps-london-1")
    await dialog.get_by_role("button", name="Create agent").click()
    pairing = page.get_by_role("dialog", name="Pair vps-london-1")
    await expect(pairing).to_contain_text("This key is shown once.")
    await expect(pairing.get_by_text("Waiting for its first heartbeat…")).to_be_visible()
    command = pairing.get_by_label("Start command")
    await expect(command).to_contain_text("/api/agent/install.ps1?agent_id=")
    await pairing.get_by_role("radio", name="Start by hand").click()
    await expect(command).to_contain_text("--terminal mt5 --login ACCOUNT")
    await pairing.get_by_role("radio", name="Simulated").click()
    await expect(command).to_contain_text("--terminal simulator")
    return await command.inner_text()


async def create_a_strategy(page: Page) -> str:
    """The webhook address of the new strategy."""
    await page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Strategies").click()
    await page.get_by_role("button", name="Create a strategy").click()
    await page.get_by_role("textbox", name="Name").fill("London breakout")
    await expect(page.get_by_role("group", name="Accounts").get_by_role("checkbox")).to_be_checked()
    await page.get_by_label("Size orders by").select_option("Fixed lots")
    await page.get_by_label("Amount").fill("0.20")
    await page.get_by_role("button", name="Create strategy").click()
    await expect(page.get_by_text("Strategy London breakout created")).to_be_visible()
    return await webhook_address(page)


async def webhook_address(page: Page) -> str:
    place = page.get_by_role("group", name="webhook address")
    shown = place.get_by_role("button", name="Show webhook address")
    if await shown.get_attribute("aria-pressed") == "false":
        await shown.click()
    return await place.locator("code").inner_text()


async def test_a_newcomer_turns_a_real_alert_into_an_order_they_can_see(
    stranger: Visitor, program: Program, tmp_path: Path
) -> None:
    page = stranger.page
    await register_on_the_page(page, f"ada-{secrets.token_hex(6)}@example.com")
    await accept_the_disclaimer(page)

    agent = AgentProcess(await create_an_agent(page), tmp_path)
    await agent.start()
    try:
        await expect(page.get_by_text("The agent is online.")).to_be_visible()
        await page.get_by_role("button", name="I have copied the key").click()
        row = page.get_by_role("row", name=re.compile("vps-london-1"))
        await expect(row).to_contain_text("Online")
        await expect(row).to_contain_text("1 account")
        await page.goto("/agents")
        await expect(row).to_contain_text("Online")
        await expect(page.get_by_text("FOREX_ELITE_AGENT_KEY")).to_have_count(0)

        webhook = await create_a_strategy(page)
        await page.keyboard.press("g")
        await page.keyboard.press("s")
        await expect(page.get_by_text("No signals yet")).to_be_visible()
        alert = {"action": "buy", "symbol": "EURUSD", "sl": "40 pips", "tp": "80 pips"}
        told = await deliver(program.url, webhook.rpartition("/")[2], alert)
        assert told["status"] == "accepted"

        signal = page.get_by_role("region", name="Signals").get_by_role("row", name=re.compile("EURUSD"))
        await expect(signal).to_contain_text("Executed")
        detail = page.get_by_role("region", name="Alert in detail")
        stages = detail.get_by_role("list").first.get_by_role("listitem")
        await expect(stages).to_have_count(len(STAGES))
        for stage, name in zip(await stages.all(), STAGES, strict=True):
            await expect(stage).to_contain_text(name)
            await expect(stage).to_contain_text(CLOCK)
        await expect(detail).to_contain_text("0.20 lots")
        await detail.get_by_role("link", name="Show the trade").click()
        await expect(page.get_by_role("dialog", name=re.compile("EURUSD"))).to_contain_text(
            "By an alert of London breakout"
        )
        await page.keyboard.press("Escape")

        await page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Overview").click()
        position = page.get_by_role("row", name=re.compile("EURUSD.*Buy"))
        await expect(position).to_contain_text("0.20")
        await expect(position).to_contain_text("London breakout")
        await expect(page.get_by_role("article")).to_contain_text("1 open")

        await send_a_test_alert(page)
        await replace_the_address(page, webhook)
        await switch_the_strategy_off(page, program)
        await lose_the_agent(page, program, agent)
    finally:
        await agent.kill()


async def send_a_test_alert(page: Page) -> None:
    await page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Strategies").click()
    await page.get_by_role("button", name="Send test alert").click()
    await expect(page.get_by_text("This is a real order.")).to_be_visible()
    await page.get_by_role("button", name=re.compile("^Send buy")).click()
    await expect(page.get_by_text("Accepted: it is on its way to the agent.")).to_be_visible()
    await page.get_by_role("link", name="See what becomes of it").click()
    first = page.get_by_role("region", name="Signals").locator("tbody tr").first
    await expect(first).to_contain_text("Test")
    await expect(first).to_contain_text("Executed")


async def replace_the_address(page: Page, old: str) -> None:
    await page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Strategies").click()
    await page.get_by_role("button", name="Replace…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Replace address").click()
    await expect(page.get_by_text("Paste it into every TradingView alert")).to_be_visible()
    assert await webhook_address(page) != old
    async with httpx.AsyncClient() as client:
        assert (await client.post(old, json={"action": "buy", "symbol": "EURUSD"})).status_code == 404


async def switch_the_strategy_off(page: Page, program: Program) -> None:
    secret = (await webhook_address(page)).rpartition("/")[2]
    await page.get_by_role("switch", name="London breakout enabled").click()
    await expect(page.get_by_text("Its alerts are kept and discarded.")).to_be_visible()
    told = await deliver(program.url, secret, {"action": "sell", "symbol": "EURUSD"})
    assert told["status"] == "discarded"
    await page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Signals").click()
    first = page.get_by_role("region", name="Signals").locator("tbody tr").first
    await expect(first).to_contain_text("Discarded")


async def lose_the_agent(page: Page, program: Program, agent: AgentProcess) -> None:
    await page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Agents").click()
    row = page.get_by_role("row", name=re.compile("vps-london-1"))
    await expect(row).to_contain_text("Online")
    await agent.kill()
    program.execute(
        "update mt5_agents set last_heartbeat_at = last_heartbeat_at - interval '31 seconds' "
        "where user_id = (select user_id from mt5_agents order by created_at desc limit 1)"
    )
    await expect(row).to_contain_text("Offline")


async def test_two_people_see_only_their_own(at_work: Visitor, beginner: Visitor, trader: Trader) -> None:
    await at_work.page.goto("/")
    await expect(at_work.page.get_by_role("article")).to_contain_text(str(trader.account["login"]))
    for path in ("/", "/signals", "/signals/strategies", "/agents"):
        await at_work.page.goto(path)
        await beginner.page.goto(path)
        await expect(
            at_work.page.get_by_text(re.compile("London breakout|vps-london-1")).filter(visible=True).first
        ).to_be_visible()
        await expect(
            beginner.page.get_by_text(re.compile(r"No (signals|strategy|agent) yet")).filter(visible=True).first
        ).to_be_visible()
        await expect(beginner.page.get_by_text(re.compile("London breakout|vps-london-1"))).to_have_count(0)
    signal_id = (await at_work.call("GET", "/api/tv/signals"))["items"][0]["id"]
    await beginner.page.goto(f"/signals?id={signal_id}")
    await expect(beginner.page.get_by_text("There is no such signal.")).to_be_visible()
    await expect(beginner.page.get_by_role("main").get_by_text("EURUSD")).to_have_count(0)
