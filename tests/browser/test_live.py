"""Pages that stay true by themselves: news by socket, and a connection that is lost and found again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.program import Program, running
from tests.browser.trader import deliver
from tests.browser.visitor import Visitor

LOST = "Connection lost, retrying."
LOADS = {"document", "fetch", "xhr"}


@pytest.fixture(scope="module")
async def frail(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    """A program of these tests' own, to pull the ground from under its pages."""
    async with running(tmp_path_factory.mktemp("frail")) as started:
        yield started


@pytest.fixture
async def owner(browser: Browser, frail: Program) -> AsyncIterator[Visitor]:
    """Somebody on the frail program, with a strategy that trades nothing yet."""
    visitor = await Visitor.arrive(browser, frail.url)
    await visitor.register("Olga Owner")
    await visitor.onboard()
    yield visitor
    await visitor.leave()


async def make_strategy(visitor: Visitor) -> str:
    body = {"name": "Night shift", "account_ids": [], "sizing": {"mode": "fixed_lots", "value": 0.1}}
    made = await visitor.call("POST", "/api/tv/strategies", body, status=201)
    secret: str = made["webhook_secret"]
    return secret


def rows_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Signals").locator("tbody tr")


async def test_a_signal_shows_up_by_socket_without_any_request(owner: Visitor, frail: Program) -> None:
    secret = await make_strategy(owner)
    page = owner.page
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    await page.goto("/signals")
    await expect(page.get_by_text("No signals yet")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.resource_type in LOADS else None)

    await deliver(frail.url, secret, {"action": "buy", "symbol": "EURUSD"})

    await expect(rows_of(page)).to_have_count(1)
    assert asked == []
    assert any(url.endswith("/ws/live") for url in sockets)


async def test_rows_under_the_pointer_do_not_move_until_asked_to(owner: Visitor, frail: Program) -> None:
    secret = await make_strategy(owner)
    page = owner.page
    await page.goto("/signals")
    await deliver(frail.url, secret, {"action": "buy", "symbol": "EURUSD"})
    await expect(rows_of(page)).to_have_count(1)
    await rows_of(page).first.hover()
    await deliver(frail.url, secret, {"action": "buy", "symbol": "GBPUSD"})
    await page.get_by_role("button", name="1 new").click()
    await expect(rows_of(page)).to_have_count(2)
    await expect(rows_of(page).first).to_contain_text("GBPUSD")


async def test_the_page_says_that_the_server_is_away_and_recovers_by_itself(owner: Visitor, frail: Program) -> None:
    secret = await make_strategy(owner)
    page = owner.page
    owner.expect_complaint("ERR_CONNECTION|WebSocket|502|503")
    await page.goto("/signals")
    await expect(page.get_by_text("No signals yet")).to_be_visible()

    await frail.stop()
    await expect(page.get_by_text(LOST)).to_be_visible()
    await frail.start()
    await expect(page.get_by_text(LOST)).to_be_hidden(timeout=60_000)
    await deliver(frail.url, secret, {"action": "buy", "symbol": "EURUSD"})
    await expect(rows_of(page)).to_have_count(1)
    await page.get_by_role("button", name=re.compile("^Refused")).click()
    await expect(page.get_by_role("button", name=re.compile("^Refused"))).to_have_attribute("aria-pressed", "true")


async def test_a_database_that_restarts_is_hardly_noticed(owner: Visitor, frail: Program) -> None:
    secret = await make_strategy(owner)
    page = owner.page
    await page.goto("/signals")
    await expect(page.get_by_text("No signals yet")).to_be_visible()
    with frail.database() as postgres:
        postgres.restart("immediate")
    await page.get_by_role("button", name=re.compile("^Executed")).click()
    await expect(page.get_by_role("button", name=re.compile("^Executed"))).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("button", name="Show all").click()
    await deliver(frail.url, secret, {"action": "buy", "symbol": "EURUSD"})
    await expect(rows_of(page)).to_have_count(1)


async def test_a_database_that_is_away_is_said_and_the_page_recovers_by_itself(owner: Visitor, frail: Program) -> None:
    secret = await make_strategy(owner)
    await deliver(frail.url, secret, {"action": "buy", "symbol": "EURUSD"})
    page = owner.page
    owner.expect_complaint("503|WebSocket")
    await page.goto("/signals")
    await expect(rows_of(page)).to_have_count(1)
    with frail.database_away():
        await page.get_by_role("button", name=re.compile("^Executed")).click()
        await expect(page.get_by_text(LOST)).to_be_visible()
        await expect(rows_of(page)).to_have_count(1)
    await expect(page.get_by_text(LOST)).to_be_hidden(timeout=60_000)
    await page.get_by_role("button", name=re.compile("^Executed")).click()
    await expect(page.get_by_text("No alert of this kind")).to_be_visible()
    await deliver(frail.url, secret, {"action": "buy", "symbol": "GBPUSD"})
    await page.get_by_role("button", name="Show all").click()
    await expect(rows_of(page)).to_have_count(2)
