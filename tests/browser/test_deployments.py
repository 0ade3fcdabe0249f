"""An expert from its source to two accounts and off them again, at a real browser with a real agent."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, Route, expect

from tests.browser.program import AgentProcess, Program
from tests.browser.test_accessibility import drawn, look
from tests.browser.visitor import Visitor
from tests.ea.programs import TREND
from tests.faults.processes import eventually

TERMINAL = '[[terminal]]\nkind = "simulator"\nlogin = {login}\nserver = "Sim-Demo"\nsettle_s = 0.3\n'
REPORT = {
    "figures": {"Initial Deposit": 10000, "Total Net Profit": 412.6, "Gross Profit": 1210.4, "Gross Loss": -797.8,
                "Profit Factor": 1.52, "Total Trades": 48, "Profit Trades (% of total)": 27,
                "Profit Trades (% of total) %": 56.25, "Balance Drawdown Maximal": 188.2,
                "Balance Drawdown Maximal %": 1.84, "Bars": 1560},
    "labels": {"Symbol": "EURUSD"},
    "curve": [{"at": f"2026.05.{day:02} 12:00:00", "balance": 10000 + day * 15 + day % 4 * 20} for day in range(1, 29)],
    "deals": 96,
    "took_s": 41.0,
}  # fmt: skip


async def begin_agent(visitor: Visitor, url: str, folder: Path, logins: tuple[int, int]) -> AgentProcess:
    """An agent that runs two simulated terminals."""
    paired = await visitor.call("POST", "/api/agents", {"name": "vps-1", "kind": "dedicated"}, status=201)
    (folder / "agent.toml").write_text("".join(TERMINAL.format(login=login) for login in logins))
    command = (
        f"export FOREX_ELITE_AGENT_KEY='{paired['pairing_key']}'\n"
        f"forex-elite-agent --server {url} --agent-id {paired['id']} --config agent.toml --state-dir state"
    )
    agent = AgentProcess(command, folder)
    await agent.start()
    return agent


async def new_version(visitor: Visitor, project: dict[str, Any], message: str) -> dict[str, Any]:
    made: dict[str, Any] = await visitor.call(
        "POST", f"/api/ea/projects/{project['id']}/versions", {"message": message}, status=201
    )
    return made


async def second_version(visitor: Visitor, project: dict[str, Any]) -> None:
    """Give an input another name, have it compiled, and wait until it is."""
    path, draft = "Trend.mq5", f"/api/ea/projects/{project['id']}/draft"
    base = (await visitor.call("GET", f"/api/ea/projects/{project['id']}"))["files"][0]["sha256"]
    change = {"op": "write", "path": path, "base_sha256": base, "text": TREND.replace("InpPeriod", "InpBars")}
    await visitor.call("PATCH", draft, {"changes": [change]})
    version = await new_version(visitor, project, "Second")
    address = f"/api/ea/versions/{version['id']}"
    await visitor.call("POST", f"{address}/compile", status=202)

    async def is_compiled() -> bool:
        return bool((await visitor.call("GET", address))["state"] == "compiled")

    await eventually(is_compiled, 60)


def rows(page: Page) -> Locator:
    return page.get_by_role("region", name="Deployments, one a row").locator("tbody tr")


async def act(page: Page, button: str, verb: str, result: str, told: str = "") -> None:
    """Do something to all deployments by the bar over the list, and wait for what every account answers."""
    if not await page.get_by_label("Choose all").is_checked():
        await page.get_by_label("Choose all").check()
    await page.get_by_role("group", name="What to do with the chosen ones").get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog")
    if told:
        await expect(dialog.get_by_text(told)).to_have_count(2)
    if verb:
        await dialog.get_by_role("button", name=verb).click()
    await expect(dialog.get_by_role("status")).to_contain_text("on 2 of 2 accounts")
    await expect(dialog.get_by_role("listitem").filter(has_text=result)).to_have_count(2)
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(rows(page).filter(has_text=result)).to_have_count(2)


async def test_an_expert_goes_to_two_accounts_is_changed_and_stopped(
    beginner: Visitor, program: Program, tmp_path: Path
) -> None:
    page, login = beginner.page, 10_000 + secrets.randbelow(10**6)
    await page.goto("/deployments")
    await expect(page.get_by_role("link", name="Open the studio")).to_be_visible()
    agent = await begin_agent(beginner, program.url, tmp_path, (login, login + 1))
    try:
        await page.goto("/accounts")
        await expect(page.get_by_role("row", name=re.compile(str(login + 1)))).to_contain_text("Live")
        body = {"name": "Trend", "files": [{"path": "Trend.mq5", "text": TREND}]}
        project = await beginner.call("POST", "/api/ea/projects", body, status=201)
        version = await new_version(beginner, project, "First")
        wrong = await deploy(page, version, login)
        await act(page, "Pause", "Pause 2", "Paused")
        await second_version(beginner, project)
        await act(page, "Change version…", "Change version 2", "Paused", told="InpPeriod=34")
        await nothing_runs_nor_needs_a_look(page)
        await act(page, "Start", "", "Running")
        await expect(rows(page).filter(has_text="v2")).to_have_count(2)
        await act(
            page,
            "Roll back…",
            "Roll back 2",
            "Running",
            told="from version 2 to version 1, with the inputs of that time.",
        )
        await expect(rows(page).filter(has_text="v1")).to_have_count(2)
        await page.get_by_label("Choose all").uncheck()
        wrong += await look(page, "deployments-running")
        await on_a_phone(page)
        wrong += await in_detail(page, program, login)
        assert wrong == []
    finally:
        await agent.stop()


async def deploy(page: Page, version: dict[str, Any], login: int) -> list[str]:
    """From the studio's link: compile, choose accounts and inputs, see what stands in the way, send."""
    await page.goto(f"/deployments?version={version['id']}")
    dialog = page.get_by_role("dialog", name="Deploy an expert")
    await expect(dialog.get_by_text("This version is not compiled yet.")).to_be_visible()
    for number in (login, login + 1):
        await dialog.get_by_role("checkbox", name=re.compile(str(number))).check()
    checks = dialog.get_by_role("region", name="Checks before anything is sent")
    await expect(checks.get_by_text("The version is not compiled yet. Compile it first.")).to_have_count(2)
    await expect(dialog.get_by_role("button", name="Deploy to 2 accounts")).to_be_disabled()
    await dialog.get_by_role("button", name="Compile it").click()
    await expect(checks.get_by_text(re.compile("checks passed"))).to_have_count(2)
    await dialog.get_by_label("Symbol").fill("NOTHING")
    await expect(checks.get_by_text("nothing is sent here")).to_have_count(2)
    await dialog.get_by_label("Symbol").fill("EURUSD")
    await dialog.get_by_label("Period of the average").fill("34")
    await dialog.get_by_label("Loss of a day").fill("250")
    await expect(checks.get_by_text(re.compile("checks passed"))).to_have_count(2)
    wrong = await look(page, "layer-deploy")
    await dialog.get_by_role("button", name="Deploy to 2 accounts").click()
    sent = page.get_by_role("dialog", name="Deployed")
    await expect(sent.get_by_role("listitem").filter(has_text="Running")).to_have_count(2)
    await sent.get_by_role("button", name="Close").last.click()
    await expect(rows(page)).to_have_count(2)
    return wrong


async def nothing_runs_nor_needs_a_look(page: Page) -> None:
    """Paused experts with another version to come: no version of theirs is said to run, and all is as wanted."""
    await expect(rows(page).filter(has_text="v2")).to_have_count(2)
    await expect(rows(page).filter(has_text=re.compile("run", re.IGNORECASE))).to_have_count(0)
    await page.get_by_label("Choose all").uncheck()
    await page.get_by_role("button", name="Needs a look", exact=True).click()
    await expect(page.get_by_role("heading", name="No deployment of this kind")).to_be_visible()
    await page.get_by_role("button", name="Show all").click()
    await page.get_by_label("Choose all").check()


async def on_a_phone(page: Page) -> None:
    """The list on a phone tells the magic number and offers every tab."""
    wide = page.viewport_size
    assert wide is not None
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.get_by_text("EURUSD H1, magic 4711").first).to_be_visible()
    for tab in ("All", "Running", "Paused", "Stopped", "Needs a look"):
        await expect(page.get_by_role("button", name=tab, exact=True)).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    async def beyond_what_a_double_holds(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, body=(await answer.text()).replace(":4711,", ":9007199254740993,"))

    await page.route(re.compile(r"/api/ea/deployments(\?|$)"), beyond_what_a_double_holds)
    await page.reload()
    await expect(page.get_by_text("EURUSD H1, magic 9007199254740993").first).to_be_visible()
    await page.unroute_all(behavior="wait")
    await page.reload()
    await page.set_viewport_size(wide)


async def in_detail(page: Page, program: Program, login: int) -> list[str]:
    """One of them: what was said and done, a test, and its end; the other goes on."""
    await rows(page).filter(has_text=str(login + 1)).get_by_role("button", name="Trend", exact=True).click()
    log = page.get_by_role("log")
    await expect(log).to_contain_text("loaded successfully")
    await expect(log).to_contain_text("InpPeriod=34")
    history = page.get_by_role("region", name="History")
    await expect(history.get_by_role("listitem").filter(has_text="Rolled back")).to_contain_text("by Nina Newcomer")
    tests = page.get_by_role("region", name="Tests")
    await tests.get_by_role("button", name="New test").click()
    await page.get_by_role("dialog").get_by_role("button", name="Start test").click()
    await expect(tests).to_contain_text("cannot run MQL5 here")
    program.execute(
        "update ea_backtests set status = 'completed', code = '', reason = '', outcome = %s", json.dumps(REPORT)
    )
    await page.reload()
    await expect(tests.get_by_role("img", name=re.compile("Balance of the test"))).to_be_visible()
    await expect(log).to_contain_text("loaded successfully")
    await drawn(page)
    wrong = await look(page, "deployment")
    await page.get_by_role("button", name="Stop", exact=True).click()
    dialog = page.get_by_role("dialog", name=re.compile("^Stop Trend"))
    await expect(dialog).to_contain_text("The expert and its chart are removed")
    await dialog.get_by_role("button", name="Stop", exact=True).click()
    await expect(dialog.get_by_role("listitem")).to_contain_text("Stopped")
    await dialog.get_by_role("button", name="Close").last.click()
    await page.get_by_role("button", name="All deployments").click()
    await expect(rows(page).filter(has_text=str(login + 1))).to_contain_text("Stopped")
    await expect(rows(page).filter(has_text="Running")).to_have_count(1)
    return wrong
