"""The EA studio: a text is checked as it is typed, help comes with the keys, and the inputs are a form."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Locator, Page, Route, expect

from tests.browser.test_accessibility import drawn, look
from tests.browser.visitor import Visitor

SQUIGGLE = ".squiggly-error"
GOES_TO_DEFINITION = "F12"


async def new_draft(page: Page, template: str) -> None:
    await page.get_by_role("button", name="New draft").first.click()
    await page.get_by_role("radio", name=template).check()
    await page.get_by_role("button", name="Create draft").click()
    await expect(page.locator(".editor-box[data-ready=true] .view-line").first).to_be_visible()


def problems(page: Page) -> Locator:
    return page.get_by_role("region", name="Problems")


def outline_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Outline")


async def caret_to(page: Page, line_text: str, *, at_end: bool = True) -> None:
    """Put the caret on the first line that shows this text."""
    await page.locator(".view-line").filter(has_text=line_text).first.click()
    await page.keyboard.press("End" if at_end else "Home")


async def test_a_mistake_is_seen_at_once_fixed_completed_and_its_inputs_set(beginner: Visitor) -> None:
    page = beginner.page
    await page.goto("/studio")
    await expect(page.get_by_text("No drafts yet")).to_be_visible()
    await new_draft(page, "Empty Expert Advisor")
    await expect(problems(page)).to_contain_text("No errors, no warnings, no advice.")

    # A mistake is underlined and listed, and a click on it goes there.
    await caret_to(page, "void OnTick()")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("End")
    await page.keyboard.type("\ndouble price = SymbolInfoDuoble(_Symbol, SYMBOL_BID);\nPrint(price);")
    await expect(page.locator(SQUIGGLE).first).to_be_visible()
    await expect(problems(page)).to_contain_text("SymbolInfoDuoble")
    await expect(page.get_by_role("region", name="Drafts")).to_contain_text("1 errors")
    await page.keyboard.press("Control+Home")
    await problems(page).get_by_role("button", name="SymbolInfoDuoble").click()
    await expect(page.get_by_text("Ln 19, Col 19")).to_be_visible()

    # The fix that is offered puts it right.
    await problems(page).get_by_role("button", name="Fix").click()
    await expect(problems(page)).to_contain_text("No errors, no warnings, no advice.")
    await expect(page.locator(SQUIGGLE)).to_have_count(0)
    await expect(page.locator(".view-lines")).to_contain_text("SymbolInfoDouble(_Symbol,")

    # Members come behind a dot; a chosen method brings its parentheses and tells its parameters.
    await caret_to(page, "input ulong")
    await page.keyboard.type("\ninput double InpLots = 0.1; // Volume, lots\n#include <Trade/Trade.mqh>\nCTrade trade;")
    await expect(outline_of(page).get_by_role("button", name="trade variable")).to_be_visible()
    await caret_to(page, "Print(price);")
    await page.keyboard.type("\ntrade.PositionClos")
    offered = page.locator(".suggest-widget")
    await expect(offered).to_contain_text("PositionClosePartial")
    await page.keyboard.press("Enter")
    await expect(page.locator(".parameter-hints-widget")).to_contain_text("PositionClose(")
    await expect(page.locator(".view-lines")).to_contain_text("trade.PositionClose()")
    await page.keyboard.press("Escape")
    await page.keyboard.type("_Symbol")
    await page.keyboard.press("End")
    await page.keyboard.type(";")
    await expect(problems(page)).to_contain_text("No errors")

    # What is declared is in the outline; definitions are found.
    outline = outline_of(page)
    await expect(outline.get_by_role("button", name="InpLots")).to_be_visible()
    await outline.get_by_role("button", name="OnInit").click()
    await expect(page.get_by_text("Ln 11, Col 5")).to_be_visible()
    await caret_to(page, "trade.PositionClose(", at_end=False)
    await page.keyboard.press(GOES_TO_DEFINITION)
    await expect(page.get_by_text("Ln 9, Col 8")).to_be_visible()

    await set_an_input(page)

    # House style, and everything is still there after a reload.
    await page.get_by_role("button", name="Format").click()
    await expect(page.locator(".view-lines")).to_contain_text("   Print(price);")
    await expect(page.get_by_text(re.compile(r"Kept in this browser \d\d:\d\d"))).to_be_visible()
    await page.reload()
    await expect(page.locator(".view-lines")).to_contain_text("trade.PositionClose(_Symbol);")
    await expect(lots_of(page)).to_have_value("0.25")
    assert await look_at_the_editor(page) == []


def lots_of(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Volume, lots")


async def set_an_input(page: Page) -> None:
    """The inputs are a form that says what it accepts, and MetaTrader's file of them comes from it."""
    lots = lots_of(page)
    await expect(lots).to_have_value("0.1")
    await lots.fill("much")
    await expect(page.get_by_text("A number with a decimal point, such as 0.25.")).to_be_visible()
    await expect(page.get_by_role("button", name=".set")).to_be_disabled()
    await lots.fill("0.25")
    async with page.expect_download() as coming:
        await page.get_by_role("button", name=".set").click()
    path = await (await coming.value).path()
    assert path.read_bytes().decode("utf-16").splitlines() == ["InpMagic=100001", "InpLots=0.25"]


async def look_at_the_editor(page: Page) -> list[str]:
    """What is wrong with the studio with a text in it, its dialog and, on a phone, its drawers."""
    await drawn(page)
    wrong = await look(page, "studio-editing")
    await page.set_viewport_size({"width": 390, "height": 900})
    await page.get_by_role("button", name="Inputs", exact=True).click()
    await expect(lots_of(page)).to_be_visible()
    wrong += await look(page, "studio-inputs")
    await page.set_viewport_size({"width": 390, "height": 900})
    await page.locator(".drawer-shade").click(position={"x": 8, "y": 300})
    await page.get_by_role("button", name="Drafts and outline").click()
    await page.get_by_role("button", name="New draft").first.click()
    wrong += await look(page, "studio-new")
    return wrong


async def test_what_the_server_cannot_check_is_said_and_the_text_is_safe(beginner: Visitor) -> None:
    page = beginner.page
    beginner.expect_complaint("mql5/(diagnose|outline|inputs|complete)")
    beginner.expect_complaint("Failed to load resource")
    await page.goto("/studio")
    await new_draft(page, "Script")
    await expect(problems(page)).to_contain_text("No errors")
    await page.route("**/api/mql5/diagnose", lambda route: route.abort("connectionrefused"))
    await caret_to(page, "void OnStart()")
    await page.keyboard.type(" ")
    await expect(problems(page)).to_contain_text("Not checked.")
    await page.unroute("**/api/mql5/diagnose")
    await problems(page).get_by_role("button", name="Retry").click()
    await expect(problems(page)).to_contain_text("No errors")


async def test_enter_takes_no_proposal_for_what_was_typed_before_the_server_answered(beginner: Visitor) -> None:
    page = beginner.page
    await page.goto("/studio")
    await new_draft(page, "Script")
    await caret_to(page, "#property version")
    await page.keyboard.type("\nSym")
    await expect(page.locator(".suggest-widget.visible")).to_contain_text("SymbolInfoDouble")
    answered = asyncio.Event()

    async def late(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    await page.route("**/api/mql5/complete", late)
    await page.keyboard.type("qx\n#include <Trade/Trade.mqh>\nCTrade trade;")
    answered.set()
    lines = page.locator(".view-line")
    await expect(lines.filter(has_text=re.compile("^Symqx$"))).to_have_count(1)
    await expect(lines.filter(has_text=re.compile("^#include.<Trade/Trade.mqh>$"))).to_have_count(1)
    await expect(lines.filter(has_text=re.compile("^CTrade.trade;$"))).to_have_count(1)
    await page.unroute_all(behavior="wait")
