"""Two traders at one server at the same time: each sees their own accounts, positions and signals, and no others."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, WebSocket, expect

from tests.browser.program import Program
from tests.browser.trader import Trader
from tests.browser.visitor import Visitor


def everything_heard(page: Page) -> list[str]:
    """All a page is told from now on, by whatever socket."""
    heard: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on(
            "framereceived",
            lambda frame: heard.append(frame if isinstance(frame, str) else frame.decode(errors="replace")),
        )

    page.on("websocket", listen)
    return heard


@pytest.fixture
async def neighbour(browser: Browser, program: Program, tmp_path: Path) -> AsyncIterator[tuple[Trader, Visitor]]:
    """Another trader with an agent of their own, at a browser of their own."""
    trader = await Trader.begin(browser, program.url, tmp_path, "Uma Upstairs")
    visitor = await Visitor.arrive(browser, program.url)
    await trader.log_in(visitor)
    yield trader, visitor
    await visitor.leave()
    await trader.end()


async def test_each_of_two_traders_sees_only_their_own_live_data(
    trader: Trader, at_work: Visitor, neighbour: tuple[Trader, Visitor]
) -> None:
    other, theirs = neighbour
    mine, their = everything_heard(at_work.page), everything_heard(theirs.page)
    for page, own, foreign in ((at_work.page, trader, other), (theirs.page, other, trader)):
        await page.goto("/")
        await expect(page.get_by_role("article").first).to_contain_text(str(own.account["login"]))
        assert str(foreign.account["login"]) not in await page.locator("body").inner_text()
        await page.goto("/positions")
    await expect(at_work.page.locator("[aria-busy=true]")).to_have_count(0)
    their_rows = theirs.page.get_by_role("region", name="Open positions").locator("tbody tr")
    await expect(their_rows).to_have_count(1)

    await other.alert({"action": "sell", "symbol": "XAUUSD", "id": secrets.token_hex(4)})

    await expect(their_rows).to_have_count(2)
    gold = their_rows.filter(has_text="XAUUSD")
    await expect(gold.locator(".live-figure[data-source=browser]").first).to_be_visible()
    (trade,) = [
        row for row in (await theirs.call("GET", "/api/trades?open=true"))["items"] if row["symbol"] == "XAUUSD"
    ]
    await expect(at_work.page.get_by_text("XAUUSD #")).to_have_count(0)
    for heard, own, foreign in ((mine, trader, other), (their, other, trader)):
        told = "\n".join(heard)
        assert '"topic":"prices:EURUSD"' in told, "prices come live"
        assert own.account["id"] in told
        assert foreign.account["id"] not in told
        assert foreign.strategy["id"] not in told
    assert trade["id"] in "\n".join(their)
    assert trade["id"] not in "\n".join(mine)
    asked = f"/api/trades?open=true&account_id={other.account['id']}"
    assert (await at_work.call("GET", asked))["items"] == []
