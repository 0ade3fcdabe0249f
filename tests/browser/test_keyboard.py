"""The whole product by keyboard."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.test_accessibility import drawn
from tests.browser.visitor import Visitor


async def test_the_palette_opens_finds_a_page_and_goes_there(at_work: Visitor) -> None:
    page = at_work.page
    await page.goto("/")
    await expect(page.get_by_role("article")).to_be_visible()
    await page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Command palette")
    field = palette.get_by_role("combobox")
    await expect(field).to_be_focused()
    await page.keyboard.type("strat")
    await expect(palette.get_by_role("option").first).to_contain_text("Strategies")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Strategies", level=1)).to_be_visible()
    await expect(palette).to_be_hidden()


async def test_escape_closes_the_palette_and_gives_the_focus_back(at_work: Visitor) -> None:
    page = at_work.page
    await page.goto("/agents")
    await drawn(page)
    opener = page.get_by_role("button", name="New agent")
    await opener.focus()
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog", name="Command palette")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Command palette")).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_a_question_mark_shows_the_shortcuts(at_work: Visitor) -> None:
    page = at_work.page
    await page.goto("/")
    await expect(page.get_by_role("article")).to_be_visible()
    await page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(sheet.get_by_role("listitem").filter(has_text="Command palette")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()


async def test_g_and_a_letter_go_to_a_page(at_work: Visitor) -> None:
    page = at_work.page
    await page.goto("/")
    await expect(page.get_by_role("article")).to_be_visible()
    for letter, heading in (("s", "Signals"), ("a", "Agents"), ("o", "Overview")):
        await page.keyboard.press("g")
        await page.keyboard.press(letter)
        await expect(page.get_by_role("heading", name=heading, level=1, exact=True)).to_be_visible()


async def test_letters_typed_into_a_field_are_not_shortcuts(at_work: Visitor) -> None:
    page = at_work.page
    await page.goto("/signals/strategies")
    name = page.get_by_role("textbox", name="Name")
    await name.fill("")
    await name.press_sequentially("gs?[")
    await expect(name).to_have_value("gs?[")
    await expect(page.get_by_role("heading", name="Strategies", level=1)).to_be_visible()


async def test_j_k_and_enter_walk_through_the_feed(at_work: Visitor) -> None:
    page = at_work.page
    await page.goto("/signals")
    rows = page.get_by_role("region", name="Signals").locator("tbody tr")
    await expect(rows).to_have_count(4)
    await expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    for _ in range(4):
        await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(rows.nth(3)).to_have_attribute("aria-current", "true")
    await expect(page.get_by_role("region", name="Alert in detail")).to_contain_text("EURUSD")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await expect(rows.nth(2)).to_have_attribute("aria-current", "true")
    await expect(page.get_by_role("region", name="Alert in detail")).to_contain_text(re.compile("Duplicate"))


async def test_the_first_tab_stop_skips_to_the_content(at_work: Visitor) -> None:
    page = at_work.page
    await page.goto("/")
    await expect(page.get_by_role("article")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()


async def test_a_menu_opens_moves_and_closes_by_keyboard(at_work: Visitor) -> None:
    page = at_work.page
    await page.goto("/")
    await expect(page.get_by_role("article")).to_be_visible()
    button = page.get_by_role("button", name="Your account")
    await button.press("Enter")
    await expect(page.get_by_role("menuitem", name="Settings")).to_be_focused()
    await page.keyboard.press("End")
    await expect(page.get_by_role("menuitem", name="Log out")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(button).to_be_focused()


async def test_a_page_that_comes_between_two_keys_does_not_swallow_the_second(at_work: Visitor) -> None:
    page = at_work.page
    await page.goto("/")
    await expect(page.get_by_role("article")).to_be_visible()
    # the second key counts for a moment only, which is not what is tried here
    await page.evaluate("const now = Date.now(); Date.now = () => now")
    await page.keyboard.press("g")
    await page.get_by_role("link", name="Signals").click()
    await expect(page.get_by_role("heading", name="Signals", level=1, exact=True)).to_be_visible()
    await page.keyboard.press("a")
    await expect(page.get_by_role("heading", name="Agents", level=1, exact=True)).to_be_visible()
