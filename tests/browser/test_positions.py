"""A trader's hands on open positions: change, close in part, protect, close all, and what the history then holds."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.program import Program
from tests.browser.test_accessibility import look
from tests.browser.trader import Trader
from tests.browser.visitor import Visitor


@pytest.fixture
async def active(browser: Browser, program: Program, tmp_path: Path) -> AsyncIterator[tuple[Trader, Visitor]]:
    """A trader of this test's own, with three open positions, at a browser."""
    trader = await Trader.begin(browser, program.url, tmp_path, "Paul Positions")
    for symbol in ("GBPUSD", "XAUUSD"):
        await trader.alert({"action": "buy", "symbol": symbol, "id": secrets.token_hex(4)})
    visitor = await Visitor.arrive(browser, program.url)
    await trader.log_in(visitor)
    yield trader, visitor
    await visitor.leave()
    await trader.end()


def row_of(page: Page, symbol: str) -> Locator:
    return page.get_by_role("region", name="Open positions").locator("tbody tr").filter(has_text=symbol)


async def change_and_close_in_part(page: Page) -> None:
    euro = row_of(page, "EURUSD")
    await euro.get_by_role("button", name=re.compile("^Stop loss of EURUSD")).click()
    await page.get_by_role("textbox", name=re.compile("^Stop loss of EURUSD")).fill("1.00500")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("EURUSD on", exact=False).first).to_contain_text("changed")
    await expect(euro.get_by_role("button", name=re.compile("^Stop loss of EURUSD"))).to_have_text("1.00500")

    await euro.get_by_role("button", name=re.compile("^Close EURUSD")).click()
    await page.get_by_role("dialog").get_by_role("radio", name="50%").click()
    await page.get_by_role("dialog").get_by_role("button", name="Close 50%").click()
    await expect(page.get_by_text("closed 0.05 lots")).to_be_visible()
    await expect(euro.locator("td").nth(2)).to_have_text("0.05")


async def protect(page: Page) -> list[str]:
    euro = row_of(page, "EURUSD")
    await euro.get_by_role("button", name=re.compile("^Protect EURUSD")).click()
    await page.get_by_label("Distance").fill("500")
    await page.get_by_label("At a profit of").fill("0")
    await page.get_by_role("button", name="Save protection").click()
    await expect(page.get_by_text("must be above 0")).to_be_visible()
    wrong = await look(page, "layer-protect")
    await page.get_by_label("At a profit of").fill("")
    await page.get_by_role("button", name="Save protection").click()
    await expect(
        euro.get_by_role("button", name=re.compile("^Protection of EURUSD.*trailing 500 pips"))
    ).to_be_visible()
    return wrong


async def change_and_cancel_a_pending_order(visitor: Visitor, account_id: str) -> list[str]:
    page = visitor.page
    held = (await visitor.call("GET", "/api/trades?open=true"))["items"]
    price = next(one["open_price"] for one in held if one["symbol"] == "EURUSD")
    body = {"account_id": account_id, "symbol": "EURUSD", "side": "buy", "type": "limit", "volume_lots": 0.1}
    await visitor.call("POST", "/api/orders", {**body, "price": round(price * 0.99, 5)}, status=202)
    await page.get_by_role("navigation", name="Positions").get_by_role("link", name="Pending").click()
    row = page.get_by_role("region", name="Pending orders").locator("tbody tr")
    await expect(row).to_have_count(1)
    await row.get_by_role("button", name=re.compile("^Price of EURUSD")).click()
    new = f"{price * 0.98:.5f}"
    await page.get_by_role("textbox", name=re.compile("^Price of EURUSD")).fill(new)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("EURUSD on").filter(has_text="changed").first).to_be_visible()
    await expect(row.get_by_role("button", name=re.compile("^Price of EURUSD"))).to_have_text(new)
    wrong = await look(page, "positions-pending")
    await row.get_by_role("button", name=re.compile("^Cancel EURUSD")).click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel the order").click()
    await expect(page.get_by_text("the pending order is cancelled")).to_be_visible()
    await expect(page.get_by_role("heading", name="No pending order")).to_be_visible()
    await page.get_by_role("navigation", name="Positions").get_by_role("link", name="Open").click()
    return wrong


async def close_everything(page: Page, login: str) -> list[str]:
    await page.get_by_role("button", name="Close several…").click()
    dialog = page.get_by_role("dialog", name="Close several positions")
    await expect(dialog.get_by_role("button", name="Close 3 positions")).to_be_visible()
    await dialog.get_by_label(re.compile("^Type")).fill("1")
    await dialog.get_by_role("button", name="Close 3 positions").click()
    await expect(dialog.get_by_text(f"Type {login} to confirm.")).to_be_visible()
    wrong = await look(page, "layer-bulk")
    await dialog.get_by_label(re.compile("^Type")).fill(login)
    await dialog.get_by_role("button", name="Close 3 positions").click()
    await expect(page.get_by_text("closed 3 positions")).to_be_visible()
    await expect(page.get_by_text("No open position")).to_be_visible()
    return wrong


async def read_the_story(page: Page) -> list[str]:
    """What happened to the trade is told in its detail, which gives the focus back to the row it was opened from."""
    opener = page.get_by_role("region", name="Closed trades").get_by_role("button", name=re.compile("^EURUSD #"))
    await opener.focus()
    await page.keyboard.press("Enter")
    detail = page.get_by_role("dialog", name=re.compile("^EURUSD #"))
    story = detail.get_by_role("list").first.get_by_role("listitem")
    await expect(story.first).to_contain_text(re.compile("Opened.*0.10 lots at .*By an alert of London breakout"))
    await expect(story.filter(has_text="Stop loss").first).to_contain_text(re.compile("→ 1.00500.*By hand"))
    await expect(story.filter(has_text="Partly closed")).to_contain_text("0.05 of 0.10 lots closed, 0.05 left")
    await expect(story.last).to_contain_text(re.compile("Closed.*The last 0.05 lots; .* USD net in all.*By hand"))
    orders = detail.get_by_role("list").last.get_by_role("listitem")
    await expect(orders.first).to_contain_text(re.compile("Open 0.10 lots.*Asked .*Filled .*Done after "))
    await expect(orders.first.get_by_role("link", name="Show the alert")).to_have_attribute(
        "href", re.compile("^/signals\\?id=")
    )
    wrong = await look(page, "layer-trade")
    await page.keyboard.press("Escape")
    await expect(detail).to_be_hidden()
    await expect(opener).to_be_focused()
    return wrong


async def exported(page: Page) -> list[dict[str, str]]:
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="CSV").click()
    file = await (await downloading.value).path()
    return list(csv.DictReader(io.StringIO(await asyncio.to_thread(file.read_text), newline="")))


async def test_positions_are_changed_closed_and_found_again_in_the_history(active: tuple[Trader, Visitor]) -> None:
    trader, visitor = active
    page, login = visitor.page, str(trader.account["login"])
    held = (await visitor.call("GET", "/api/trades?open=true"))["items"]
    await page.goto("/positions?trade=" + next(one["id"] for one in held if one["symbol"] == "EURUSD"))
    detail = page.get_by_role("dialog", name=re.compile("^EURUSD #"))
    await expect(detail.get_by_role("list").first.get_by_role("listitem")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(detail).to_be_hidden()
    await expect(page.get_by_role("region", name="Open positions").locator("tbody tr")).to_have_count(3)
    total = page.get_by_role("group", name="Floating results by account currency")
    await expect(total.locator("[data-currency=USD]")).to_have_attribute("data-source", "browser")
    await expect(row_of(page, "EURUSD").locator(".live-figure[data-source=browser]").first).to_be_visible()
    await change_and_close_in_part(page)
    wrong = await protect(page)
    wrong += await change_and_cancel_a_pending_order(visitor, trader.account["id"])
    wrong += await close_everything(page, login)

    await page.get_by_role("navigation", name="Positions").get_by_role("link", name="History").click()
    trades = page.get_by_role("region", name="Closed trades").locator("tbody tr")
    await expect(trades).to_have_count(3)
    await page.get_by_label("Symbol").select_option("EURUSD")
    await expect(trades).to_have_count(1)
    wrong += await read_the_story(page)
    (told,) = await exported(page)
    assert (told["symbol"], told["account"], told["volume_lots"]) == ("EURUSD", login, "0.1000")

    await page.get_by_role("navigation", name="Positions").get_by_role("link", name="Analytics").click()
    await expect(page.get_by_text("Ratios need at least 5 trading days.")).to_be_visible(timeout=60_000)
    await expect(page.get_by_role("region", name="By symbol").locator("tbody tr")).to_have_count(3)
    wrong += await look(page, "positions-analytics-few")
    assert wrong == []
