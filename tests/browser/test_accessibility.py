"""Every page of the page table, with data and empty, in both themes, wide and on a phone: axe-core finds nothing.

The pages come from the table in the composition root, so a new page is looked at without a word here. With `SHOTS` set,
a picture of each is left in `shots/`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from forex_elite.ui.site import PAGES, PageEntry
from tests.browser.program import Program
from tests.browser.trader import Trader
from tests.browser.visitor import Visitor

SHOTS = Path(__file__).parent / "shots" if os.environ.get("SHOTS") else None
THEMES = ("dark", "light")
LAID_OUT_ALIKE = "light"
"""A theme is colours: widths that were tried in the other one need not be tried in this one."""
WIDTHS = (1440, 1100, 768, 390)
LOOKED_AT = (1440, 390)
HEIGHT = 900
CONTRAST = '{runOnly: ["color-contrast", "link-in-text-block"], resultTypes: ["violations"]}'
ALL_RULES = '{resultTypes: ["violations"]}'
EXAMINED = {("dark", 1440): ALL_RULES, ("light", 1440): CONTRAST, ("dark", 390): ALL_RULES}
"""What axe looks for: a theme differs by its colours alone, which are the same at any width."""
SET_THEME = """theme => {
  localStorage.setItem("theme", theme);
  document.documentElement.classList.remove("dark", "light");
  document.documentElement.classList.add(theme);
  document.documentElement.style.colorScheme = theme;
}"""
OVERFLOW = """() => {
  const root = document.documentElement;
  return root.scrollWidth <= root.clientWidth ? "" : [...document.querySelectorAll("body *")]
    .filter(node => node.getBoundingClientRect().right > root.clientWidth + 1)
    .map(node => `${node.tagName.toLowerCase()}.${node.className}`).slice(-5).join(" ") || "unknown";
}"""
VIOLATIONS = """async () => (await axe.run(document, %s)).violations
  .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`))"""

PARAMETERS: dict[str, str] = {}
"""For pages with a parameter in their address: an address to look at."""


def address(entry: PageEntry) -> str:
    """Where to find a page; a page whose address has parameters must say which to look at."""
    path = PARAMETERS.get(entry.route, entry.route)
    assert "[" not in path, f"{entry.route} takes parameters: add an address for it to PARAMETERS"
    return path


async def drawn(page: Page) -> None:
    """Wait until the page shows what it loaded."""
    await expect(page.get_by_role("heading", level=1).filter(visible=True)).to_have_count(1)
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)


async def look(page: Page, name: str) -> list[str]:
    """What is wrong with the page as it is, in both themes and every width; with SHOTS a picture of each is left.

    Its width is afterwards what it was, its theme the last of `THEMES`.
    """
    wrong: list[str] = []
    before = page.viewport_size
    assert before is not None
    await page.evaluate(Axe().axe_script)
    for theme in THEMES:
        await page.evaluate(SET_THEME, theme)
        for width in WIDTHS:
            rules = EXAMINED.get((theme, width))
            is_pictured = SHOTS is not None and width in LOOKED_AT
            if theme == LAID_OUT_ALIKE and not rules and not is_pictured:
                continue
            await page.set_viewport_size({"width": width, "height": HEIGHT})
            if too_wide := await page.evaluate(OVERFLOW):
                wrong.append(f"{name}, {theme}, {width} px: scrolls sideways because of {too_wide}")
            if SHOTS and is_pictured:
                await page.screenshot(path=SHOTS / f"{name}-{theme}-{width}.png", full_page=True)
            if rules:
                found = await page.evaluate(VIOLATIONS % rules)
                wrong += [f"{name}, {theme}, {width} px: {one}" for one in found]
    await page.set_viewport_size(before)
    return wrong


def named(entry: PageEntry) -> str:
    return entry.route.strip("/").replace("/", "-") or "overview"


INSIDE = [entry for entry in PAGES if not entry.is_public and entry.route != "/onboarding"]
OUTSIDE = [entry for entry in PAGES if entry.is_public]
ONBOARDING = [entry for entry in PAGES if entry.route == "/onboarding"]


def test_every_page_is_looked_at() -> None:
    assert {entry.route for entry in [*INSIDE, *OUTSIDE, *ONBOARDING]} == {entry.route for entry in PAGES}
    assert all(address(entry) for entry in PAGES)


@pytest.fixture(scope="module")
async def desk(trader: Trader, browser: Browser, program: Program) -> AsyncIterator[Visitor]:
    """The trader at one browser for all pages: what it has fetched once it need not fetch for each."""
    visitor = await Visitor.arrive(browser, program.url)
    await trader.log_in(visitor)
    yield visitor
    await visitor.leave()


@pytest.mark.parametrize("entry", INSIDE, ids=named)
async def test_a_page_full_of_data_is_accessible(entry: PageEntry, desk: Visitor) -> None:
    await desk.page.goto(address(entry))
    await drawn(desk.page)
    assert await look(desk.page, named(entry)) == []
    assert desk.complaints == []


async def test_pages_without_data_are_accessible(beginner: Visitor) -> None:
    wrong: list[str] = []
    for entry in INSIDE:
        await beginner.page.goto(address(entry))
        await drawn(beginner.page)
        wrong += await look(beginner.page, f"{named(entry)}-empty")
    assert wrong == []


@pytest.mark.parametrize("entry", OUTSIDE, ids=named)
async def test_a_page_for_strangers_is_accessible(entry: PageEntry, stranger: Visitor) -> None:
    stranger.expect_complaint("404")
    await stranger.page.goto(address(entry))
    await drawn(stranger.page)
    assert await look(stranger.page, named(entry)) == []


async def test_the_disclaimer_is_accessible(newcomer: Visitor) -> None:
    await newcomer.page.goto("/onboarding")
    await drawn(newcomer.page)
    assert await look(newcomer.page, "onboarding") == []


async def test_layers_above_the_pages_are_accessible(beginner: Visitor) -> None:
    page = beginner.page
    wrong: list[str] = []

    await page.goto("/agents")
    await drawn(page)
    await page.get_by_role("button", name="New agent").click()
    await expect(page.get_by_role("dialog", name="New agent")).to_be_visible()
    wrong += await look(page, "layer-new-agent")
    await page.get_by_role("dialog").get_by_label("Name").fill("vps-1")
    await page.get_by_role("dialog").get_by_role("button", name="Create agent").click()
    await expect(page.get_by_role("dialog", name="Pair vps-1")).to_be_visible()
    wrong += await look(page, "layer-pairing")
    await page.get_by_role("button", name="I have copied the key").click()
    await page.get_by_role("button", name="Delete vps-1").filter(visible=True).click()
    wrong += await look(page, "layer-delete")
    await page.get_by_role("button", name="Keep it").click()
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog", name="Command palette")).to_be_visible()
    wrong += await look(page, "layer-palette")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Command palette")).to_be_hidden()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    wrong += await look(page, "layer-shortcuts")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    await page.get_by_role("button", name="Your account").click()
    await expect(page.get_by_role("menuitem", name="Log out")).to_be_visible()
    wrong += await look(page, "layer-menu")
    assert wrong == []
