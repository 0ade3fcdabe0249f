"""A draft that is changed from elsewhere, saved over a bad line, or compiled by an agent that goes away."""

from __future__ import annotations

import re

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Arrive
from tests.browser.program import Program
from tests.browser.test_studio import COMPILES, EMPTY, caret_to, compiler, editor_open, open_project, source
from tests.browser.visitor import Visitor
from tests.world import PASSWORD

SAVED = re.compile(r"^Saved \d\d:\d\d")


async def second_one(visitor: Visitor, arrive: Arrive, project: str) -> Visitor:
    """The same person at another browser, with the same project."""
    second = await arrive()
    await second.call("POST", "/api/auth/login", {"email": visitor.email, "password": PASSWORD})
    await second.page.goto(f"/studio?project={project}")
    await editor_open(second.page)
    return second


async def test_what_comes_from_elsewhere_leaves_the_caret_at_its_place_in_the_text(
    beginner: Visitor, arrive: Arrive
) -> None:
    page = beginner.page
    made = await open_project(beginner, EMPTY)
    second = await second_one(beginner, arrive, made["id"])
    await caret_to(page, "void OnTick()")
    await caret_to(second.page, "#property version")

    await second.page.keyboard.type("\n// put above\n")
    await expect(source(page)).to_contain_text("// put above")
    await page.keyboard.type(" // mine")
    await expect(source(second.page)).to_contain_text("// mine")
    await caret_to(second.page, "void OnTick()", at_end=False)
    await second.page.keyboard.type("/* theirs */ ")
    await expect(source(page)).to_contain_text("theirs")
    await page.keyboard.type("!")
    await expect(source(second.page)).to_contain_text("!")

    stored = await beginner.call("GET", f"/api/ea/projects/{made['id']}/draft/file?path=Journey.mq5")
    assert "/* theirs */ void OnTick() // mine!" in stored["text"]


async def test_an_answer_that_was_lost_on_the_way_is_no_conflict(beginner: Visitor) -> None:
    page = beginner.page
    beginner.expect_complaint("409|Failed to load resource|ERR_CONNECTION")
    made = await open_project(beginner)
    lost: list[str] = []

    async def arrives_without_answer(route: Route) -> None:
        if lost:
            await route.continue_()
            return
        await route.fetch()
        lost.append(route.request.url)
        await route.abort("connectionreset")

    await page.route("**/api/ea/projects/*/draft", arrives_without_answer)
    await caret_to(page, "void OnTick()")
    await page.keyboard.type(" // told")
    await expect(page.get_by_text("Offline: kept here, trying again")).to_be_visible()
    await page.keyboard.type(" and more")
    await expect(page.get_by_text(SAVED)).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.type(".")
    async with page.expect_response("**/draft") as answer:
        await expect(page.get_by_text(SAVED)).to_be_visible()
    assert (await answer.value).ok

    stored = await beginner.call("GET", f"/api/ea/projects/{made['id']}/draft/file?path=Journey.mq5")
    assert "void OnTick() // told and more." in stored["text"]
    await page.unroute_all(behavior="wait")


async def writable(page: Page, words: str) -> None:
    await caret_to(page, "void OnTick()")
    await page.keyboard.type(words)
    await expect(source(page)).to_contain_text(words.strip())


async def test_when_the_agent_goes_away_one_writes_on_and_the_wait_is_still_there_after_a_reload(
    beginner: Visitor, program: Program
) -> None:
    page = beginner.page
    agent = await beginner.call("POST", "/api/agents", {"name": "VPS", "kind": "dedicated"}, status=201)
    seen = "update mt5_agents set last_heartbeat_at = now() - make_interval(mins => %s) where id = %s"
    program.execute(seen, 0, agent["id"])
    await open_project(beginner)
    await page.keyboard.press(COMPILES)
    await expect(compiler(page)).to_contain_text("VPS compiles it.")
    await expect(page.get_by_text("The draft is locked while it is compiled.")).to_be_visible()

    program.execute(seen, 5, agent["id"])
    await expect(compiler(page)).to_contain_text("VPS is offline. The job is kept")
    await writable(page, " // goes on")
    await expect(page.get_by_text(SAVED)).to_be_visible()
    await page.reload()
    await editor_open(page)
    await page.get_by_role("tab", name="Compiler").click()
    await expect(compiler(page)).to_contain_text("VPS is offline. The job is kept")
    await compiler(page).get_by_role("button", name="Check it here").click()
    await expect(compiler(page)).to_contain_text("in the built-in check: 0 errors")
