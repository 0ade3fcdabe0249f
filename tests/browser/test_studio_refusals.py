"""What the EA studio does not take is said where it was asked for, and nothing that was typed is lost."""

from __future__ import annotations

import re
import unicodedata

from playwright.async_api import FilePayload, Locator, Page, Route, ViewportSize, expect

from tests.browser.test_studio import EMPTY, compiled, compiler, editor_open, open_project, outline_of
from tests.browser.visitor import Visitor
from tests.ea.endpoint import StandIn

PHONE = ViewportSize(width=390, height=844)


def assistant_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Assistant")


async def inside(part: Locator, page: Page) -> bool:
    """Whether the whole of a part stands in the window."""
    box, window = await part.bounding_box(), page.viewport_size
    assert box is not None
    assert window is not None
    return box["x"] >= 0 and box["y"] >= 0 and box["y"] + box["height"] <= window["height"]


async def test_the_wizard_says_at_once_what_a_field_takes_and_its_buttons_stay_in_sight(beginner: Visitor) -> None:
    page = beginner.page
    beginner.expect_complaint("422")
    await page.goto("/studio?new=wizard")
    dialog = page.get_by_role("dialog", name="New project")
    create = dialog.get_by_role("button", name="Create project")
    for size in (page.viewport_size, PHONE):
        assert size is not None
        await page.set_viewport_size(size)
        await expect(create).to_be_visible()
        assert await inside(create, page)

    name = dialog.get_by_label("Name", exact=True)
    await expect(name).to_be_focused()
    begins = dialog.get_by_role("radio")
    await begins.and_(page.locator("[aria-checked=true]")).press("ArrowLeft")
    await expect(dialog.get_by_label("Fast average, bars")).to_have_count(0)
    await page.keyboard.press("ArrowRight")
    await expect(dialog.get_by_label("Fast average, bars")).to_be_visible()
    await name.fill("Стратегия")
    await expect(dialog.get_by_text("letters from a to z without accents")).to_be_visible()
    await name.fill("Strategy")
    await expect(dialog.locator(".err")).to_have_count(0)

    fast = dialog.get_by_label("Fast average, bars")
    await fast.fill("many")
    await expect(dialog.get_by_text("Use a whole number from 1 to 1000.")).to_be_visible()
    await dialog.get_by_label("Name", exact=True).focus()
    await create.click()
    await expect(fast).to_be_focused()
    await fast.fill("60")
    await create.click()
    await expect(dialog.get_by_text('Use less than 50, or raise "Slow average, bars" first.')).to_be_visible()
    await expect(fast).to_be_focused()
    await fast.fill("10")
    await create.click()
    await editor_open(page)


async def test_a_dialog_that_is_refused_stays_open_with_what_was_typed(beginner: Visitor) -> None:
    page = beginner.page
    beginner.expect_complaint("409")
    made = await open_project(beginner, name="Refused")
    await page.get_by_role("button", name="Settings of Refused").click()
    tags = page.get_by_label("Tags")
    long = "a very long tag that nobody would type"
    await tags.fill(f"swing, {long}")
    await page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog", name="Settings of Refused")
    await expect(dialog).to_contain_text("is too long: a tag has at most 24 characters")
    await expect(tags).to_have_value(f"swing, {long}")
    await tags.fill("swing")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(dialog).to_be_hidden()

    await beginner.call(
        "POST", f"/api/ea/projects/{made['id']}/presets", {"name": "Careful", "values": {"InpMagic": "1"}}, status=201
    )
    await page.get_by_role("button", name="Save as").click()
    preset = page.get_by_role("dialog", name="Save as a preset")
    await preset.get_by_label("Name", exact=True).fill("careful")
    await preset.get_by_role("button", name="Save preset").click()
    await expect(preset).to_contain_text('There is a preset "careful" already.')
    await expect(preset.get_by_label("Name", exact=True)).to_have_value("careful")
    await preset.get_by_label("Name", exact=True).fill("Bold")
    await preset.get_by_role("button", name="Save preset").click()
    await expect(preset).to_be_hidden()
    await expect(page.get_by_label("Preset", exact=True)).to_contain_text("Bold")


async def test_a_file_may_have_a_name_of_any_script_and_the_field_says_what_none_may_hold(beginner: Visitor) -> None:
    page = beginner.page
    await open_project(beginner)
    await page.get_by_role("button", name="New file", exact=True).click()
    dialog = page.get_by_role("dialog", name="New file")
    field, create = dialog.get_by_label("Name"), dialog.get_by_role("button", name="Create file")
    for wrong, words in (("a:b.mqh", "Letters, digits, spaces"), (".a.mqh", "dot"), ("nul.mqh", "device")):
        await field.fill(wrong)
        await expect(dialog.get_by_text(words)).to_be_visible()
        await expect(create).to_be_disabled()

    await field.fill(unicodedata.normalize("NFD", "Über uns/Größe.mqh"))
    await create.click()

    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("list", name="Files of the project")).to_contain_text("Größe.mqh")


async def test_what_no_change_of_the_program_mends_is_told_and_not_offered_to_be_fixed(beginner: Visitor) -> None:
    page = beginner.page
    await open_project(beginner)
    words = "MetaEditor did not finish within 120 s and was ended"

    async def fails(route: Route) -> None:
        address = route.request.url.removeprefix(page.url.partition("/studio")[0]).removesuffix("/compile")
        version = await beginner.call("GET", address)
        failed = {**version, "state": "failed", "compile_error": words, "error_count": 0}
        await page.route(f"**{address}", lambda asked: asked.fulfill(json=failed))
        told = {"agent_name": "vps", "is_agent_online": True, "message": "vps compiles it."}
        await route.fulfill(status=202, json={"version": {**version, "state": "compiling"}, **told})

    await page.route("**/api/ea/versions/*/compile", fails)
    await compiled(page, "Version 1 did not compile.")
    await expect(compiler(page)).to_contain_text(words)
    await expect(compiler(page)).not_to_contain_text("0 errors")
    await expect(compiler(page).get_by_role("button", name="Have it fixed")).to_have_count(0)
    await page.unroute_all(behavior="wait")


async def test_a_set_file_of_which_only_a_part_fits_says_what_was_left_out(beginner: Visitor) -> None:
    page = beginner.page
    beginner.expect_complaint("422")
    await open_project(beginner)
    magic = page.get_by_role("textbox", name="Magic number")
    await expect(magic).to_be_visible()
    picker = page.locator(".preset-bar input[type=file]")

    await picker.set_input_files(FilePayload(name="Other.set", mimeType="text/plain", buffer=b"Lots=1\r\n"))
    await expect(page.get_by_text("the file was saved from another program")).to_be_visible()
    await picker.set_input_files(
        FilePayload(name="Half.set", mimeType="text/plain", buffer=b"InpMagic=7\r\nLots=1\r\n")
    )
    await expect(page.get_by_text("1 value of Half.set taken, 1 left out")).to_be_visible()
    await expect(magic).to_have_value("7")


async def test_the_assistant_says_beside_the_request_why_it_was_not_asked(beginner: Visitor) -> None:
    page = beginner.page
    beginner.expect_complaint("429")
    await open_project(beginner)
    words = "10,000 of 10,000 tokens are used today."
    problem = {"title": "Too Many Requests", "status": 429, "detail": words, "code": "llm-daily-limit", "errors": []}
    await page.route("**/generate", lambda route: route.fulfill(status=429, json=problem))
    await page.get_by_role("tab", name="Assistant").click()
    asked = page.get_by_label("What shall be different?")
    await asked.fill("Trade less.")
    await page.get_by_role("button", name="Ask").click()
    await expect(assistant_of(page).get_by_role("alert")).to_have_text(words)
    await expect(asked).to_have_value("Trade less.")
    await page.unroute_all(behavior="wait")


async def test_words_without_a_program_are_shown_as_such_and_the_request_can_be_mended(
    beginner: Visitor, model: StandIn
) -> None:
    page = beginner.page
    asks = "Which symbol shall it **trade**?\n\n- EURUSD\n- GBPUSD\n\n| Stop |\n|---|\n| 20 |\n"
    model.scripts = [model.says(f"{asks}\n<img src=x onerror=alert(1)>")]
    await open_project(beginner)
    await page.get_by_role("tab", name="Assistant").click()
    await page.get_by_label("What shall be different?").fill("Trade less.")
    await page.get_by_role("button", name="Ask").click()
    assistant = assistant_of(page)
    await expect(assistant.get_by_role("alert")).to_contain_text("The model answered in words and wrote no program.")
    await expect(assistant.locator("strong")).to_have_text("trade")
    await expect(assistant.get_by_role("listitem").filter(has_text=re.compile("^EURUSD$"))).to_be_visible()
    await expect(assistant.get_by_role("cell", name="20")).to_be_visible()
    await expect(assistant.locator("img")).to_have_count(0)
    await expect(assistant.get_by_text("1,200 tokens counted")).to_be_visible()
    await expect(assistant.get_by_text("1,200 tokens", exact=True)).to_have_count(0)
    await assistant.get_by_role("button", name="Edit").click()
    await expect(page.get_by_label("What shall be different?")).to_have_value("Trade less.")


async def test_a_generation_is_in_sight_again_after_a_reload(beginner: Visitor, model: StandIn) -> None:
    page = beginner.page
    model.released.clear()
    model.scripts = [model.drips("Thinking about the average. ")]
    await open_project(beginner)
    tab, inputs = page.get_by_role("tab", name="Assistant"), page.get_by_role("tab", name="Inputs")
    await tab.click()
    await page.get_by_label("What shall be different?").fill("Trade less.")
    await page.get_by_role("button", name="Ask").click()
    await expect(assistant_of(page)).to_contain_text("Thinking about the average.")

    await page.reload()
    await expect(tab).to_have_attribute("aria-selected", "true")
    await expect(assistant_of(page)).to_contain_text("Thinking about the average.")
    await inputs.click()
    model.released.set()
    ended = page.get_by_text("The model answered in words and wrote no program.")
    await expect(ended).to_have_count(1)
    await expect(ended).to_be_hidden()

    # It ended out of sight, so it is shown once more; then it has been seen.
    await page.reload()
    await expect(tab).to_have_attribute("aria-selected", "true")
    await expect(ended).to_be_visible()
    await expect(assistant_of(page)).to_contain_text("Thinking about the average.")
    await page.reload()
    await editor_open(page)
    await expect(assistant_of(page)).to_be_hidden()
    await expect(inputs).to_have_attribute("aria-selected", "true")


async def test_the_last_file_takes_its_outline_and_inputs_along(beginner: Visitor) -> None:
    page = beginner.page
    await open_project(beginner)
    await expect(outline_of(page).get_by_role("button", name="OnInit")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Magic number")).to_be_visible()

    await page.get_by_role("button", name="Delete Journey.mq5").click()
    await page.get_by_role("button", name="Delete file").click()

    await expect(page.get_by_role("heading", name="The project is empty")).to_be_visible()
    await expect(outline_of(page).get_by_role("button")).to_have_count(0)
    await expect(page.get_by_role("textbox", name="Magic number")).to_have_count(0)


async def test_how_a_file_is_written_is_told_in_words_and_a_wrong_address_too(beginner: Visitor) -> None:
    page = beginner.page
    beginner.expect_complaint("404|422")
    made = await open_project(beginner)
    await expect(page.locator(".studio-status")).to_contain_text("UTF-8")
    for name, raw, words in (
        ("Wide.mqh", EMPTY.encode("utf-16"), "UTF-16 LE with BOM"),
        ("Old.mqh", "// Период средней\n".encode("cp1251"), "Windows-1251, assumed"),
    ):
        await page.locator(".studio-part input[type=file]").first.set_input_files(
            FilePayload(name=name, mimeType="text/plain", buffer=raw)
        )
        await expect(page.locator(".studio-status")).to_contain_text(words)
    await expect(page.locator(".view-line").filter(has_text="Период")).to_be_visible()

    for wrong in ("nope", made["id"][:-4] + "0000"):
        await page.goto(f"/studio?project={wrong}")
        await expect(page.get_by_role("heading", name="There is no such project")).to_be_visible()
        await expect(page.get_by_role("alert")).to_contain_text("the address is wrong")
