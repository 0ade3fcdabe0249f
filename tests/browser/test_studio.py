"""The EA studio: write, compile, compare and restore; generate; two browsers on one draft."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from playwright.async_api import Locator, Page, Route, expect

from tests.browser.conftest import Arrive
from tests.browser.test_accessibility import HEIGHT, drawn, look
from tests.browser.visitor import Visitor
from tests.ea.endpoint import StandIn
from tests.ea.programs import TREND
from tests.world import PASSWORD

SQUIGGLE = ".squiggly-error"
GOES_TO_DEFINITION = "F12"
COMPILES = "F7"
COMPILED_WITHIN_MS = 60_000
EMPTY = """\
#property version "1.00"
input ulong InpMagic = 100001; // Magic number
int OnInit()
  {
   return(INIT_SUCCEEDED);
  }
void OnTick()
  {
  }
"""


async def open_project(visitor: Visitor, text: str = EMPTY, name: str = "Journey") -> dict[str, Any]:
    """A project with one program, made through the API and shown in the studio."""
    body = {"name": name, "files": [{"path": "Journey.mq5", "text": text}]}
    made: dict[str, Any] = await visitor.call("POST", "/api/ea/projects", body, status=201)
    await visitor.page.goto(f"/studio?project={made['id']}")
    await editor_open(visitor.page)
    return made


async def editor_open(page: Page) -> None:
    await expect(page.locator(".editor-box[data-ready=true] .view-line").first).to_be_visible()


def problems(page: Page) -> Locator:
    return page.get_by_role("region", name="Problems")


def compiler(page: Page) -> Locator:
    return page.get_by_role("region", name="Compiler")


def outline_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Outline")


def source(page: Page) -> Locator:
    """The text in the editor."""
    return page.locator(".studio-middle > .editor .view-lines").first


async def caret_to(page: Page, line_text: str, *, at_end: bool = True) -> None:
    """Put the caret on the first line that shows this text."""
    await page.locator(".view-line").filter(has_text=line_text).first.click()
    await page.keyboard.press("End" if at_end else "Home")


async def compiled(page: Page, words: str) -> None:
    await page.keyboard.press(COMPILES)
    await expect(compiler(page)).to_contain_text(words, timeout=COMPILED_WITHIN_MS)


async def test_a_program_is_begun_written_compiled_put_right_and_compared(at_work: Visitor) -> None:
    page = at_work.page
    await page.goto("/studio")
    await page.get_by_role("button", name="New project").first.click()
    await page.get_by_label("Name", exact=True).fill("Journey")
    await page.get_by_role("button", name="Create project").click()
    await editor_open(page)
    await expect(problems(page)).to_contain_text("No errors")

    # A mistake is underlined as it is typed, and the compiler of the agent names its line too.
    await source(page).click()
    await page.keyboard.press("Control+End")
    await page.keyboard.insert_text("\nvoid Broken()\n  {\n   Prnt(1);\n  }\n")
    await expect(page.locator(SQUIGGLE).first).to_be_visible()
    await expect(problems(page)).to_contain_text("Prnt")
    await expect(page.get_by_role("region", name="Files")).to_contain_text("1 errors")
    await compiled(page, "Version 1 did not compile")
    await page.keyboard.press("Control+Home")
    await compiler(page).get_by_role("button", name="Prnt").click()
    await expect(page.get_by_text(re.compile(r"^Ln \d\d, Col"))).to_be_visible()

    # The fix that is offered puts it right; what compiled can be deployed and downloaded.
    await page.get_by_role("tab", name="Problems").click()
    await problems(page).get_by_role("button", name="Fix").click()
    await expect(page.locator(SQUIGGLE)).to_have_count(0)
    await compiled(page, "Version 2 compiled")
    async with page.expect_download() as coming:
        await compiler(page).get_by_role("button", name=".ex5").click()
    assert (await coming.value).suggested_filename.endswith(".ex5")
    deploy = page.get_by_role("link", name="Deploy", exact=True).first
    await expect(deploy).to_have_attribute("href", re.compile(r"version="))

    # Versions: what each is, side by side, and an old one as the draft again.
    await page.get_by_role("tab", name="Versions").click()
    versions = page.get_by_role("region", name="Versions")
    await versions.locator(".version").filter(has_text="Failed, 1 error").get_by_role("button").first.click()
    await versions.get_by_role("button", name="Compare with the draft").click()
    differing = page.get_by_role("dialog", name="Version 1 and the draft")
    await expect(differing.locator(".diff-editor, .monaco-diff-editor").first).to_contain_text("Print(1);")
    await differing.get_by_role("button", name="Close").click()
    await versions.get_by_role("button", name="Restore").click()
    await page.get_by_role("button", name="Restore version 1").click()
    await expect(source(page)).to_contain_text("Prnt(1);")
    await page.wait_for_load_state("networkidle")
    assert await look_at_the_studio(page) == []


async def look_at_the_studio(page: Page) -> list[str]:
    """What is wrong with the studio with a project in it and, on a phone, with its drawers."""
    await drawn(page)
    wrong = await look(page, "studio-editing")
    await page.set_viewport_size({"width": 390, "height": HEIGHT})
    await page.get_by_role("button", name="Assistant, inputs and versions").click()
    wrong += await look(page, "studio-versions")
    await page.get_by_role("tab", name="Inputs").click()
    wrong += await look(page, "studio-inputs")
    return wrong


async def test_help_comes_with_the_keys_and_inputs_are_a_form_with_presets(beginner: Visitor) -> None:
    page = beginner.page
    made = await open_project(beginner)
    await caret_to(page, "input ulong")
    await page.keyboard.type("\ninput double InpLots = 0.1; // Volume, lots\n#include <Trade/Trade.mqh>\nCTrade trade;")
    await expect(outline_of(page).get_by_role("button", name="trade variable")).to_be_visible()

    # Members come behind a dot; a chosen method brings its parentheses and tells its parameters.
    await caret_to(page, "void OnTick()")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("End")
    await page.keyboard.type("\ntrade.PositionClos")
    await expect(page.locator(".suggest-widget.visible")).to_contain_text("PositionClosePartial")
    await page.keyboard.press("Enter")
    await expect(page.locator(".parameter-hints-widget")).to_contain_text("PositionClose(")
    await expect(source(page)).to_contain_text("trade.PositionClose()")
    await page.keyboard.press("Escape")
    await page.keyboard.type("_Symbol")
    await page.keyboard.press("End")
    await page.keyboard.type(";")
    await expect(problems(page)).to_contain_text("No errors")
    await outline_of(page).get_by_role("button", name="OnInit").click()
    await expect(page.get_by_text("Ln 6, Col 5")).to_be_visible()
    await caret_to(page, "trade.PositionClose(", at_end=False)
    await page.keyboard.press(GOES_TO_DEFINITION)
    await expect(page.get_by_text("Ln 5, Col 8")).to_be_visible()

    # The inputs say what they accept; a preset keeps values on the server, a .set holds them for MetaTrader.
    lots = page.get_by_role("textbox", name="Volume, lots")
    await expect(lots).to_have_value("0.1")
    await lots.fill("much")
    await expect(page.get_by_text("A number with a decimal point, such as 0.25.")).to_be_visible()
    await lots.fill("0.25")
    await page.get_by_role("button", name="Save as").click()
    await page.get_by_label("Name", exact=True).fill("Careful")
    await page.get_by_role("button", name="Save preset").click()
    await expect(page.get_by_label("Preset", exact=True)).to_contain_text("Careful")
    async with page.expect_download() as coming:
        await page.get_by_role("button", name=".set", exact=True).click()
    path = await (await coming.value).path()
    assert "InpLots=0.25" in path.read_bytes().decode("utf-16").splitlines()

    # House style; saved without asking; and everything is there in another browser.
    await page.get_by_role("button", name="Format").click()
    await expect(page.get_by_text(re.compile(r"^Saved \d\d:\d\d"))).to_be_visible()
    stored = await beginner.call("GET", f"/api/ea/projects/{made['id']}/draft/file?path=Journey.mq5")
    assert "   trade.PositionClose(_Symbol);" in stored["text"]


async def test_enter_takes_no_proposal_for_what_was_typed_before_the_server_answered(beginner: Visitor) -> None:
    page = beginner.page
    await open_project(beginner)
    await caret_to(page, "#property version")
    await page.keyboard.type("\nSym")
    await expect(page.locator(".suggest-widget.visible")).to_contain_text("SymbolInfoDouble")
    answered = asyncio.Event()

    async def late(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    await page.route("**/api/mql5/complete", late)
    await page.keyboard.type("zzz\n#include <Trade/Trade.mqh>\nCTrade trade;")
    answered.set()
    lines = page.locator(".view-line")
    await expect(lines.filter(has_text=re.compile("^Symzzz$"))).to_have_count(1)
    await expect(lines.filter(has_text=re.compile("^#include.<Trade/Trade.mqh>$"))).to_have_count(1)
    await expect(lines.filter(has_text=re.compile("^CTrade.trade;$"))).to_have_count(1)
    await page.unroute_all(behavior="wait")


async def test_proposals_follow_the_word_both_ways_and_the_server_is_asked_once(beginner: Visitor) -> None:
    page = beginner.page
    await open_project(beginner)
    await caret_to(page, "#property version")
    await page.keyboard.press("Enter")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.url.endswith("/api/mql5/complete") else None)
    proposed = page.locator(".suggest-widget.visible .monaco-list-row")
    await page.keyboard.type("S")
    await expect(proposed.first).to_be_visible()
    await page.keyboard.type("ymid")
    await expect(proposed.first).to_contain_text("SymbolInfoDouble")
    row, name = await proposed.first.bounding_box(), await proposed.first.locator(".label-name").bounding_box()
    assert row is not None
    assert name is not None
    assert row["y"] <= name["y"] <= name["y"] + name["height"] <= row["y"] + row["height"], (
        "the name is seen in its row"
    )
    for _ in range(4):
        await page.keyboard.press("Backspace")
    await page.keyboard.type("eri")
    await expect(proposed.filter(has_text="SeriesInfoInteger")).to_be_visible()
    await expect(proposed.filter(has_text="SymbolInfoDouble")).to_have_count(0)
    assert len(asked) == 1


async def test_a_name_among_too_many_to_tell_is_found_with_more_letters(beginner: Visitor) -> None:
    page = beginner.page
    await open_project(beginner, f"{EMPTY}\n" + "".join(f"double total{number};\n" for number in range(400)))
    await caret_to(page, "#property version")
    await page.keyboard.press("Enter")
    proposed = page.locator(".suggest-widget.visible .monaco-list-row")
    await page.keyboard.type("t")
    await expect(proposed.first).to_be_visible()
    async with page.expect_response("**/api/mql5/complete"):
        await page.keyboard.type("otal39")
    await page.keyboard.type("7")
    await expect(proposed.filter(has_text="total397")).to_be_visible()


async def test_two_browsers_on_one_draft_lose_nothing(beginner: Visitor, arrive: Arrive) -> None:
    page = beginner.page
    made = await open_project(beginner)
    second = await arrive()
    second.expect_complaint("409|Failed to load resource")
    await second.call("POST", "/api/auth/login", {"email": beginner.email, "password": PASSWORD})
    await second.page.goto(f"/studio?project={made['id']}")
    await editor_open(second.page)

    # What one saves appears with the other, who was not typing.
    await caret_to(page, "#property version")
    await page.keyboard.type(" // first")
    await expect(source(second.page)).to_contain_text("// first")

    # While the second cannot reach the server, both go on; then the second is asked, and nothing is overwritten.
    beginner.expect_complaint("ERR_FAILED|Failed to load resource")
    second.expect_complaint("ERR_CONNECTION_REFUSED|ERR_FAILED")
    await second.page.route("**/api/ea/projects/*/draft", lambda route: route.abort("connectionrefused"))
    await caret_to(second.page, "void OnTick()")
    await second.page.keyboard.type(" // second")
    await expect(second.page.get_by_text("Offline: kept here, trying again")).to_be_visible()
    await caret_to(page, "int OnInit()")
    await page.keyboard.type(" // again first")
    await expect(page.get_by_text(re.compile(r"^Saved \d\d:\d\d"))).to_be_visible()
    await second.page.unroute_all(behavior="wait")
    choice = second.page.get_by_role("dialog", name="Journey.mq5 was changed elsewhere")
    await expect(choice.locator(".monaco-diff-editor")).to_contain_text("// second")
    await expect(choice.locator(".monaco-diff-editor")).to_contain_text("// again first")
    await choice.get_by_role("button", name="Save the right side").click()
    await expect(source(page)).to_contain_text("// second")
    stored = await beginner.call("GET", f"/api/ea/projects/{made['id']}/draft/file?path=Journey.mq5")
    assert "// first" in stored["text"]
    assert "// second" in stored["text"]
    assert "// again first" not in stored["text"]


async def test_what_the_server_cannot_check_is_said_and_the_text_is_safe(beginner: Visitor) -> None:
    page = beginner.page
    beginner.expect_complaint("mql5/(diagnose|outline|inputs|complete)")
    beginner.expect_complaint("Failed to load resource")
    await open_project(beginner)
    await expect(problems(page)).to_contain_text("No errors")
    await page.route("**/api/mql5/diagnose", lambda route: route.abort("connectionrefused"))
    await caret_to(page, "void OnTick()")
    await page.keyboard.type(" ")
    await expect(problems(page)).to_contain_text("Not checked.")
    await page.unroute("**/api/mql5/diagnose")
    await problems(page).get_by_role("button", name="Retry").click()
    await expect(problems(page)).to_contain_text("No errors")


async def test_plain_words_become_a_version_after_a_round_of_repair(beginner: Visitor, model: StandIn) -> None:
    page = beginner.page
    broken = TREND.replace("InpLots / step", "InpLot / step")
    model.scripts = [
        model.says(f"It buys.\n\nFile: Trend.mq5\n```mql5\n{broken}```\n", reasoning="A trend program is wanted."),
        model.says(f"Put right.\n\nFile: Trend.mq5\n```mql5\n{TREND}```\n"),
    ]
    await page.goto("/studio?new=words")
    await page.get_by_role("button", name="Create project").click()
    await page.get_by_label("What shall the program do?").fill("Buy above the average.")
    await page.get_by_role("button", name="Ask").click()
    assistant = page.get_by_role("region", name="Assistant")
    await expect(assistant).to_contain_text("handed back to be fixed")
    await expect(assistant).to_contain_text("Version 1.")
    await expect(assistant.get_by_text("Reasoning")).to_be_visible()
    await expect(assistant).to_contain_text("2,400 of")
    await expect(source(page)).to_contain_text("InpLots")

    # An endpoint that fails says so, costs nothing and can be asked again.
    model.scripts = [model.fails(401, "invalid_api_key")]
    await assistant.get_by_role("radio", name="Explain").click()
    await assistant.get_by_role("button", name="Ask").click()
    await expect(assistant.get_by_role("alert")).to_contain_text("does not take the key")
    model.scripts = [model.says("It buys above the average.")]
    await assistant.get_by_role("button", name="Retry").click()
    await expect(assistant).to_contain_text("It buys above the average.")


async def test_a_yes_or_no_input_is_a_switch_beside_its_words(beginner: Visitor) -> None:
    page = beginner.page
    text = "input bool InpTrail = true; // Use a trailing stop\ninput int InpBars = 5; // Bars\nvoid OnTick() {}\n"
    body = {"name": "Yes or no", "files": [{"path": "Trail.mq5", "text": text}]}
    made = await beginner.call("POST", "/api/ea/projects", body, status=201)
    await page.goto(f"/studio?project={made['id']}")
    await page.get_by_role("tab", name="Inputs").click()

    switch = page.get_by_role("switch", name="Use a trailing stop")
    await expect(switch).to_be_checked()
    words = page.locator("label").filter(has_text="Use a trailing stop")
    ends, begins = await words.bounding_box(), await switch.bounding_box()
    assert ends is not None
    assert begins is not None
    assert ends["height"] < 2 * begins["height"]
    assert ends["x"] + ends["width"] <= begins["x"]
    assert abs(ends["y"] - begins["y"]) < begins["height"]
    await switch.click()
    await expect(switch).not_to_be_checked()
