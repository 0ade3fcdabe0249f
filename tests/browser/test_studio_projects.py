"""The EA studio around the text: projects tagged, forked, archived and taken along; no compiler; no connection."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import FilePayload, Page, Request, ViewportSize, expect

from tests.browser.test_studio import EMPTY, caret_to, compiler, editor_open, open_project, problems, source
from tests.browser.visitor import Visitor

FOLD, UNFOLD = "Control+Shift+BracketLeft", "Control+Shift+BracketRight"
NARROW = ViewportSize(width=600, height=900)
LARGE = EMPTY + "".join(f"// note {n}: {'what this program is about ' * 3}\n" for n in range(600))
SMALL = 2_000


async def test_a_strategy_of_the_wizard_is_tagged_forked_archived_and_taken_along_as_a_zip(beginner: Visitor) -> None:
    page = beginner.page
    await page.goto("/studio?new=wizard")
    await page.get_by_label(re.compile("^RSI")).check()
    await page.get_by_label(re.compile("^Trailing stop")).check()
    await page.get_by_role("button", name="Create project").click()
    await editor_open(page)
    await expect(problems(page)).to_contain_text("No errors, no warnings, no advice.")

    await page.get_by_role("button", name="Settings of My strategy").click()
    await page.get_by_label("Tags").fill("swing, eurusd")
    await page.get_by_role("button", name="Save", exact=True).click()
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Download the project as a zip").click()
    archive = await asyncio.to_thread((await (await coming.value).path()).read_bytes)

    await page.get_by_role("button", name="Projects", exact=True).click()
    projects = page.get_by_role("region", name="Projects")
    await page.get_by_role("group", name="Tags").get_by_role("button", name="swing").click()
    await projects.get_by_role("button", name="Fork My strategy").click()
    await editor_open(page)
    await page.get_by_role("button", name="Projects", exact=True).click()
    await expect(projects.get_by_role("button", name="Settings of My strategy copy")).to_be_visible()
    await projects.get_by_role("button", name="Archive My strategy", exact=True).click()
    await expect(projects.get_by_role("button", name="Fork My strategy", exact=True)).to_have_count(0)
    await page.get_by_label("Archived").check()
    await projects.get_by_role("button", name="Take back My strategy").click()
    await expect(projects).to_contain_text("No project fits")
    await page.get_by_label("Archived").uncheck()
    await expect(projects.get_by_role("button", name="Fork My strategy", exact=True)).to_be_visible()

    zipped = FilePayload(name="Taken along.zip", mimeType="application/zip", buffer=archive)
    await page.locator(".projects-bar input[type=file]").set_input_files(zipped)
    await editor_open(page)
    await expect(problems(page)).to_contain_text("No errors")
    listed = (await beginner.call("GET", "/api/ea/projects"))["items"]
    drafts = {one["name"]: await beginner.call("GET", f"/api/ea/projects/{one['id']}") for one in listed}
    hashes = {name: [file["sha256"] for file in draft["files"]] for name, draft in drafts.items()}
    assert hashes["Taken along"] == hashes["My strategy"] == hashes["My strategy copy"]
    assert drafts["Taken along"]["project"]["draft_origin"] == "imported"


async def look_around(page: Page) -> None:
    """The map of the text is there where there is room; functions fold; the text can be searched."""
    await expect(page.locator(".minimap canvas").first).to_be_visible()
    wide = page.viewport_size
    await page.set_viewport_size(NARROW)
    await expect(page.locator(".minimap canvas").first).to_be_hidden()
    assert wide is not None
    await page.set_viewport_size(wide)
    await caret_to(page, "int OnInit()")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press(FOLD)
    await expect(source(page)).not_to_contain_text("INIT_SUCCEEDED")
    await page.keyboard.press(UNFOLD)
    await expect(source(page)).to_contain_text("INIT_SUCCEEDED")
    await page.keyboard.press("Control+F")
    await page.get_by_role("textbox", name="Find").fill("note 599")
    await expect(source(page)).to_contain_text("note 599")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+Home")


async def test_without_a_compiler_or_a_connection_nothing_is_lost_and_only_changes_travel(beginner: Visitor) -> None:
    page = beginner.page
    await beginner.call("POST", "/api/agents", {"name": "VPS", "kind": "dedicated"}, status=201)
    made = await open_project(beginner, LARGE)
    await expect(problems(page)).to_contain_text("No errors")
    await page.wait_for_load_state("networkidle")

    # What is typed goes to the checker and into the draft as what it is: a few letters, not the file.
    told: list[tuple[str, int]] = []

    def note(request: Request) -> None:
        if request.method in {"POST", "PATCH"}:
            told.append((request.url.rpartition("/")[2], len(request.post_data or "")))

    page.on("request", note)
    await caret_to(page, "void OnTick()")
    async with page.expect_response("**/api/mql5/inputs"), page.expect_response("**/draft"):
        await page.keyboard.type("\n// bars")
    await expect(page.get_by_text(re.compile(r"^Saved \d\d:\d\d"))).to_be_visible()
    page.remove_listener("request", note)
    assert {"diagnose", "outline", "inputs", "draft"} <= {route for route, _ in told}
    assert max(size for _, size in told) < SMALL < len(LARGE), told

    await look_around(page)

    # The agent is away: the job is kept, and what can be said without it is said.
    await page.keyboard.press("F7")
    await expect(compiler(page)).to_contain_text("VPS is offline. The job is kept")
    await compiler(page).get_by_role("button", name="Check it here").click()
    await expect(compiler(page)).to_contain_text("in the built-in check: 0 errors, 0 warnings")
    (version,) = (await beginner.call("GET", f"/api/ea/projects/{made['id']}"))["versions"]
    assert version["state"] == "compiling"

    # The server is away: leaving is asked about, and staying keeps every letter until it can be saved.
    beginner.expect_complaint("ERR_CONNECTION_REFUSED")
    await page.route("**/api/ea/projects/*/draft", lambda route: route.abort("connectionrefused"))
    await caret_to(page, "void OnTick()")
    await page.keyboard.type(" // unsaved")
    await expect(page.get_by_text("Offline: kept here, trying again")).to_be_visible()
    await page.get_by_role("button", name="Projects", exact=True).click()
    asked = page.get_by_role("dialog", name="Leave without saving?")
    await asked.get_by_role("button", name="Stay").click()
    await expect(source(page)).to_contain_text("// unsaved")
    await page.unroute_all(behavior="wait")
    async with page.expect_response("**/draft"):
        await page.get_by_role("button", name="Save now").click()
    await page.get_by_role("button", name="Projects", exact=True).click()
    await expect(page.get_by_role("region", name="Projects")).to_contain_text("Journey")
    stored = await beginner.call("GET", f"/api/ea/projects/{made['id']}/draft/file?path=Journey.mq5")
    assert "void OnTick() // unsaved" in stored["text"]
