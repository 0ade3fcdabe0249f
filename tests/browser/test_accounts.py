"""A trader's accounts from the first one added to the kill switch, at a real browser with a real agent."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from forex_elite.ui.pages.agents.rows import StartForm, start_command
from tests.browser.program import AgentProcess, Program
from tests.browser.test_accessibility import drawn, look
from tests.browser.visitor import Visitor

SECRET = "Br0ker-s3cret!"


async def add_account(page: Page, login: int, name: str, agent: str) -> None:
    await page.get_by_role("button", name="Add account").first.click()
    dialog = page.get_by_role("dialog", name="Add an account")
    await dialog.get_by_role("button", name="Add account").click()
    await expect(dialog.get_by_text("The account number is a whole number above zero.")).to_be_visible()
    await dialog.get_by_label("Account number").fill(str(login))
    await dialog.get_by_label("Broker's server").fill("Sim-Demo")
    await dialog.get_by_label("Password", exact=True).fill(SECRET)
    await dialog.get_by_label("Name").fill(name)
    await dialog.get_by_label("Terminal", exact=True).select_option("Simulated account")
    if agent:
        await dialog.get_by_label("Agent", exact=True).select_option(label=re.compile(agent).pattern)
    await dialog.get_by_role("button", name="Add account").click()
    await expect(page.get_by_text(f"Account {login} added")).to_be_visible()
    await expect(dialog).to_be_hidden()


def row_of(page: Page, login: int) -> Locator:
    return page.get_by_role("row", name=re.compile(str(login)))


async def test_from_the_first_account_to_the_kill_switch(beginner: Visitor, program: Program, tmp_path: Path) -> None:
    page = beginner.page
    login = 10_000 + secrets.randbelow(10**6)
    paired = await beginner.call("POST", "/api/agents", {"name": "pool-1", "kind": "pool"}, status=201)
    command = start_command(program.url, paired["id"], paired["pairing_key"], StartForm(kind="assigned"))
    shell = re.sub(r"\$env:(\w+) = ", r"export \1=", command)
    agent = AgentProcess(shell, tmp_path)
    await agent.start()
    try:
        await page.goto("/agents")
        await expect(page.get_by_role("row", name=re.compile("pool-1"))).to_contain_text("Online")
        await page.goto("/accounts")
        await drawn(page)
        await expect(page.get_by_text("No account yet")).to_be_visible()
        await add_account(page, login, "Prime", "pool-1 (pool)")
        await add_account(page, login + 1, "Spare", "")
        await expect(row_of(page, login)).to_contain_text("Live")
        await expect(row_of(page, login)).to_contain_text("In force")
        await expect(row_of(page, login + 1)).to_contain_text("Server only")
        assert SECRET not in await page.content()

        await page.get_by_role("button", name="New group").click()
        group = page.get_by_role("dialog", name="New group")
        await group.get_by_label("Name").fill("Conservative")
        await group.get_by_role("button", name="Save group").click()
        await expect(page.get_by_text("Group Conservative saved")).to_be_visible()

        await set_up(page, login)
        for number in (login, login + 1):
            await row_of(page, number).get_by_role("switch").click()
        await expect(page.get_by_text("2 of 5 enabled for trading")).to_be_visible()

        await command_all(page, beginner, paired["id"], login)
        await kill(page, login)
    finally:
        await agent.stop()


async def set_up(page: Page, login: int) -> None:
    """Group, limits, hours and symbol names of one account; a wrong figure is said at its field and loses nothing."""
    await row_of(page, login).get_by_role("button", name=re.compile("^Set up")).click()
    dialog = page.get_by_role("dialog", name=re.compile("Prime"))
    await dialog.get_by_label("Group").select_option("Conservative")
    await dialog.get_by_role("button", name="Save", exact=True).click()
    await expect(row_of(page, login)).to_contain_text("Conservative")

    await dialog.get_by_role("button", name="Limits").click()
    await dialog.get_by_role("textbox", name="Daily loss %").fill("500")
    await dialog.get_by_label("At the limit of Daily loss %").select_option("Close all and stop")
    await dialog.get_by_role("textbox", name="Largest position lots").fill("0.5")
    await dialog.get_by_role("button", name="Save limits").click()
    await expect(dialog.get_by_text("Use 0.1 to 100 percent")).to_be_visible()
    await expect(dialog.get_by_role("textbox", name="Largest position lots")).to_have_value("0.5")
    await dialog.get_by_role("textbox", name="Daily loss %").fill("5")
    await dialog.get_by_role("button", name="Save limits").click()
    await expect(page.get_by_text("In force at the server from now on.").first).to_be_visible()
    wrong = await look(page, "layer-account-limits")
    await dialog.get_by_role("button", name="Hours").click()
    await dialog.get_by_role("switch", name="Trade within hours only").click()
    await dialog.get_by_label("Monday").fill("07:00-12:00, 13:00-20:00")
    await dialog.get_by_label("Before the weekend").select_option("Close everything and stop")
    wrong += await look(page, "layer-account-hours")
    for day in ("Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        await dialog.get_by_label(day, exact=True).fill("00:00-00:00")
    await dialog.get_by_label("Before the weekend").select_option("Trade on")
    await dialog.get_by_role("button", name="Save hours").click()
    await dialog.get_by_role("button", name="Symbols").click()
    await dialog.get_by_label("Broker's names").fill("GOLD = XAUUSD")
    await dialog.get_by_role("button", name="Save names").click()
    await dialog.get_by_role("button", name="Limits").click()
    await expect(dialog.get_by_role("textbox", name="Daily loss %")).to_have_value("5")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    assert wrong == []


async def command_all(page: Page, visitor: Visitor, agent_id: str, login: int) -> None:
    """One of two fails and says why; once it has an agent, just that one is tried again."""
    await page.get_by_label("Settings sent with it").select_option("Orange: half size")
    await page.get_by_label("Maximum lot").fill("0,5")
    await page.get_by_role("button", name="Start all").click()  # at once: it may not overtake what was typed
    await expect(page.get_by_text("Use a number with a decimal point")).to_be_visible()
    await page.get_by_label("Maximum lot").fill("")
    await page.get_by_role("button", name="Start all").click()
    answers = page.get_by_role("dialog", name="Start automation")
    await expect(answers).to_contain_text("Started on 1 of 2 accounts; 1 failed")
    await expect(answers.get_by_role("listitem").filter(has_text=str(login + 1))).to_contain_text(
        "No agent is assigned"
    )
    assert await look(page, "layer-answers") == []

    accounts = (await visitor.call("GET", "/api/user/mt5-accounts"))["accounts"]
    spare = next(row["id"] for row in accounts if row["login"] == login + 1)
    await visitor.call("PATCH", f"/api/user/mt5-accounts/{spare}", {"agent_id": agent_id})
    await expect(row_of(page, login + 1)).to_contain_text("Live")
    await answers.get_by_role("button", name="Try the failed one again").click()
    await expect(answers).to_contain_text("Started on 1 account")
    await expect(answers.get_by_role("listitem")).to_have_count(1)
    await answers.get_by_role("button", name="Close").last.click()
    await expect(row_of(page, login)).to_contain_text("safety orange")


async def kill(page: Page, login: int) -> None:
    """From the keyboard: stop everything, see when the agent has it, and allow entries again."""
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox", name="Search or run a command").fill("kill")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Kill switch")
    await expect(dialog.get_by_role("row", name=re.compile(str(login)))).to_contain_text("Entries allowed")
    await dialog.get_by_role("button", name="Stop new entries").click()
    for number in (login, login + 1):
        shown = dialog.get_by_role("row", name=re.compile(str(number)))
        await expect(shown).to_contain_text("Stopped")
        await expect(shown.get_by_role("cell").last).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    assert await look(page, "layer-kill-switch") == []
    await page.set_viewport_size({"width": 390, "height": 900})
    await page.get_by_role("button", name="Close", exact=True).last.click()
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Accounts").click()
    await expect(page.get_by_text("Kill switch", exact=True).filter(visible=True).first).to_be_visible()
    await page.get_by_role("button", name="Kill switch", exact=True).filter(visible=True).first.click()
    await dialog.get_by_role("button", name="Allow entries again").click()
    await dialog.get_by_role("button", name="Yes, allow entries").click()
    await expect(dialog.get_by_role("row", name=re.compile(str(login)))).to_contain_text("Entries allowed")
