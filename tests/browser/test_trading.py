"""The live trading page: from no account at all to orders that were placed, moved, cancelled and filled."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from forex_elite.ui.pages.agents.rows import StartForm, start_command
from tests.browser.program import AgentProcess, Program
from tests.browser.visitor import Visitor


async def held(page: Page, text: str) -> Locator:
    """The one row of the list below the chart that says this."""
    row = page.get_by_role("tabpanel").get_by_role("row").filter(has_text=text).filter(has=page.get_by_role("button"))
    await expect(row).to_have_count(1)
    return row


async def answer(page: Page, title: str, verb: str, *says: str) -> None:
    dialog = page.get_by_role("dialog", name=re.compile(title))
    for words in says:
        await expect(dialog).to_contain_text(re.compile(words))
    await dialog.get_by_role("button", name=re.compile(verb)).click()
    await expect(dialog).to_have_count(0)


async def drag(page: Page, tag: Locator, by_px: float, *, drop: bool = True) -> str:
    """Take hold of a line's tag and move it; what it says on the way."""
    box = await tag.bounding_box()
    assert box is not None
    x, y = box["x"] + 30, box["y"] + box["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x, y + by_px, steps=4)
    said = await tag.inner_text()
    if drop:
        await page.mouse.up()
    return said


async def level(page: Page, label: str) -> float:
    """The price of a pending order's cell."""
    text = await page.get_by_role("tabpanel").get_by_role("button", name=re.compile(f"^{label} of EURUSD")).inner_text()
    return float(text.replace(",", ""))


async def test_a_trader_trades_by_hand_from_the_first_candle_to_the_cancelled_order(
    beginner: Visitor, program: Program, tmp_path: Path
) -> None:
    page = beginner.page
    beginner.expect_complaint("422")  # a stop loss on the wrong side is asked for on purpose
    await page.goto("/trading")
    await expect(page.get_by_role("heading", name="No account to trade on yet")).to_be_visible()
    paired = await beginner.call("POST", "/api/agents", {"name": "vps-paris-1", "kind": "dedicated"}, status=201)
    command = start_command(program.url, paired["id"], paired["pairing_key"], StartForm(kind="simulated"))
    agent = AgentProcess(command, tmp_path)
    await agent.start()
    try:
        await expect(page.get_by_role("region", name="Chart of EURUSD, M15, times in UTC")).to_be_visible()
        await expect(page.locator(".legend")).to_contain_text(re.compile(r"closes in\s*\d\d:\d\d"))
        await buy_with_levels(page)
        await look_at_the_positions_lines(page)
        await place_and_move_a_limit(page)
        await page.reload()
        await page.get_by_role("tab", name="Pending").click()
        await change_by_keyboard_and_cancel(page)
        await trade_with_one_click(page)
        await lose_the_terminal(page, program, agent)
    finally:
        await agent.kill()


async def buy_with_levels(page: Page) -> None:
    ticket = page.get_by_role("region", name="Order ticket")
    await expect(ticket.get_by_role("button", name="Buy", exact=False).first).to_contain_text(re.compile(r"\d"))
    await ticket.get_by_role("radio", name="Risk %").click()
    await expect(ticket).to_contain_text("Needs a stop loss to reckon from.")
    await ticket.get_by_role("radio", name="Pips").click()
    await ticket.get_by_label("Stop loss").fill("40")
    await ticket.get_by_label("Take profit").fill("80")
    await expect(ticket).to_contain_text(re.compile(r"At the stop loss\s*\u2212\d"))
    await expect(ticket).to_contain_text(re.compile(r"Margin needed\s*[\d,.]+"))
    await page.get_by_role("heading", name="Order").click()
    await page.keyboard.press("s")
    await expect(ticket.get_by_role("button", name=re.compile("^Sell .* EURUSD"))).to_be_visible()
    await page.keyboard.press("b")
    await page.keyboard.press("Control+Enter")
    await answer(
        page, r"^Buy 0\.\d\d EURUSD", r"^Buy 0\.\d\d EURUSD", r"At the stop loss .*of the balance", "On account"
    )
    toast = page.get_by_role("status").filter(has_text=re.compile(r"Bought 0\.\d\d EURUSD at 1\.\d{5}"))
    await expect(toast).to_contain_text(re.compile(r"\d+ ms"))
    row = await held(page, "EURUSD")
    await expect(row).to_contain_text("Buy")


async def look_at_the_positions_lines(page: Page) -> None:
    """Its lines are on the chart; the stop can be taken hold of, and says what it would mean before it is sent."""
    chart = page.get_by_role("region", name=re.compile("^Chart of EURUSD"))
    stop = chart.locator(".line-tag.sl.loose")
    await expect(chart.locator(".line-tag.entry")).to_have_count(1)
    await expect(stop).to_have_count(1)
    before = await stop.inner_text()
    assert await drag(page, stop, -12, drop=False) != before
    await page.keyboard.press("Escape")
    await page.mouse.up()
    await expect(stop).to_have_text(before)
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await drag(page, stop, -12)
    await answer(page, "^Move the stop loss of EURUSD", "^Keep", r"At 1\.\d{5}: .*USD.*of the balance")
    await expect(stop).to_have_text(before)


async def place_and_move_a_limit(page: Page) -> None:
    ticket = page.get_by_role("region", name="Order ticket")
    await ticket.get_by_role("radio", name="Limit").click()
    await ticket.get_by_role("radio", name="Lots").click()
    await ticket.get_by_label("Volume").fill("0.20")
    market = float(await ticket.get_by_label("Limit price").input_value())
    await ticket.get_by_label("Limit price").fill(f"{market + 0.01:.5f}")
    await expect(ticket).to_contain_text("A buy limit waits below")
    await ticket.get_by_label("Limit price").fill(f"{market - 0.001:.5f}")
    await ticket.get_by_role("button", name="Buy 0.20 EURUSD limit").click()
    await answer(page, "^Buy 0.20 EURUSD limit", "^Buy 0.20 EURUSD limit", "Waits at")
    await expect(page.get_by_text(re.compile("Placed buy limit 0.20 EURUSD"))).to_be_visible()
    row = await held(page, "limit")
    await expect(row).to_contain_text("0.20")
    old = await level(page, "Price")
    tag = page.locator(".line-tag.entry.loose")
    assert "at SL" in await drag(page, tag, 10)
    await answer(page, "^Move the price of buy limit 0.20 EURUSD", r"^Set 1\.", "at risk")
    await expect(page.get_by_text(re.compile("EURUSD limit: price set to"))).to_be_visible()
    await expect(row).not_to_contain_text(f"{old:.5f}")
    assert await level(page, "Price") < old


async def change_by_keyboard_and_cancel(page: Page) -> None:
    price = await level(page, "Price")
    await page.get_by_role("button", name=re.compile("^Stop loss of EURUSD limit")).focus()
    await page.keyboard.press("Enter")
    field = page.get_by_label(re.compile("^Stop loss of EURUSD limit, Enter saves"))
    await field.fill("9")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name=re.compile("^Stop loss of EURUSD limit")).click()
    await field.fill(f"{price + 0.01:.5f}")
    await page.keyboard.press("Enter")
    await answer(page, "^The stop loss of EURUSD cannot go there", "^Keep", r"The stop loss of a buy is below 1\.")
    await page.get_by_role("button", name=re.compile("^Stop loss of EURUSD limit")).click()
    await field.fill(f"{price - 0.002:.5f}")
    await page.keyboard.press("Enter")
    await answer(page, "^Move the stop loss", "^Set")
    await expect(page.get_by_role("tabpanel")).to_contain_text(f"{price - 0.002:.5f}")
    await page.get_by_role("button", name="Cancel buy limit 0.20 EURUSD").click()
    await answer(page, "^Cancel buy limit 0.20 EURUSD", "^Cancel the order", "It waits at")
    await expect(page.get_by_role("heading", name="No pending order")).to_be_visible()


async def trade_with_one_click(page: Page) -> None:
    switch = page.get_by_role("checkbox", name=re.compile("One-click trading"))
    await expect(switch).not_to_be_checked()
    await switch.click()
    await answer(page, "^Turn on one-click trading", "^Trade without asking", "without being asked about")
    await expect(switch).to_be_checked()
    await page.get_by_role("button", name=re.compile("^Sell now")).click()
    await expect(page.get_by_text(re.compile(r"Sold 0\.10 EURUSD at"))).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await switch.click()
    await expect(switch).not_to_be_checked()
    await page.get_by_role("tab", name="Orders").click()
    journal = page.get_by_role("tabpanel").locator("tbody tr")
    await expect(journal).to_have_count(6)
    await expect(journal.filter(has_text="Done")).to_have_count(6)


async def lose_the_terminal(page: Page, program: Program, agent: AgentProcess) -> None:
    await page.get_by_role("radio", name="H1").click()
    await expect(page.get_by_role("region", name=re.compile("^Chart of EURUSD, H1"))).to_be_visible()
    await expect(page.locator(".legend")).to_be_visible()
    await agent.kill()
    program.execute(
        "update mt5_agents set last_heartbeat_at = last_heartbeat_at - interval '31 seconds' where name = 'vps-paris-1'"
    )
    await page.reload()
    ticket = page.get_by_role("region", name="Order ticket")
    await expect(ticket).to_contain_text("The account is offline")
    await expect(ticket.get_by_role("button", name=re.compile("^Buy .* EURUSD"))).to_be_disabled()
    await expect(page.locator(".legend")).to_be_visible()  # the candles that are kept
