"""Sessions as people meet them: wrong passwords, ended sessions, the way back to where they were."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.conftest import Arrive
from tests.browser.program import Program
from tests.browser.trader import Trader
from tests.browser.visitor import Visitor
from tests.faults.processes import eventually
from tests.world import PASSWORD

LOGIN = re.compile(r"/login(\?.*)?$")


async def log_in_on_the_page(visitor: Visitor, password: str = PASSWORD) -> None:
    await visitor.page.get_by_label("E-mail address").fill(visitor.email)
    await visitor.page.get_by_label("Password", exact=True).fill(password)
    await visitor.page.get_by_role("button", name="Log in").click()


async def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(
    stranger: Visitor, beginner: Visitor
) -> None:
    stranger.expect_complaint("401")
    stranger.email = beginner.email
    await stranger.page.goto("/login")
    await log_in_on_the_page(stranger, "not my password")
    refusal = stranger.page.get_by_role("alert")
    await expect(refusal).to_contain_text(re.compile("password", re.IGNORECASE))
    first = await refusal.inner_text()

    stranger.email = "nobody@example.com"
    await log_in_on_the_page(stranger, "not my password")
    await expect(refusal).to_have_text(first.replace("\n", " "), use_inner_text=True)


async def test_somebody_who_is_not_signed_in_logs_in_and_lands_where_they_wanted_to_go(
    stranger: Visitor, trader: Trader
) -> None:
    await stranger.page.goto("/signals/strategies")
    await expect(stranger.page).to_have_url(LOGIN)
    stranger.email = trader.email
    await log_in_on_the_page(stranger)
    await expect(stranger.page).to_have_url(re.compile("/signals/strategies/?$"))
    await expect(stranger.page.get_by_text("London breakout").first).to_be_visible()


async def test_a_way_back_never_leads_to_another_site(stranger: Visitor, trader: Trader) -> None:
    await stranger.page.goto("/login?next=//evil.example/")
    stranger.email = trader.email
    await log_in_on_the_page(stranger)
    await expect(stranger.page).to_have_url(f"{stranger.url}/")


async def test_a_revoked_session_lands_on_the_log_in_page_and_comes_back(arrive: Arrive, beginner: Visitor) -> None:
    other = await arrive()
    other.email = beginner.email
    await other.page.goto("/login")
    await log_in_on_the_page(other)
    await expect(other.page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    await other.page.goto("/signals?tab=executed")
    await expect(other.page.get_by_text("No alert of this kind")).to_be_visible()

    await beginner.page.goto("/settings")
    await beginner.page.get_by_role("button", name="End all others").click()
    await beginner.page.get_by_role("dialog").get_by_role("button", name="End the others").click()

    await expect(other.page).to_have_url(LOGIN)
    await expect(other.page.get_by_text("Your session has ended.")).to_be_visible()
    await log_in_on_the_page(other)
    await expect(other.page).to_have_url(re.compile(r"/signals/?\?tab=executed"))


async def test_logging_out_ends_the_session_for_good(beginner: Visitor) -> None:
    page = beginner.page
    cookies = await beginner.context.cookies()
    await page.get_by_role("button", name="Your account").click()
    await page.get_by_role("menuitem", name="Log out").click()
    await expect(page).to_have_url(LOGIN)
    assert await beginner.context.cookies() == []
    await beginner.context.add_cookies([{k: c[k] for k in ("name", "value", "domain", "path")} for c in cookies])  # type: ignore[misc]
    await page.goto("/agents")
    await expect(page).to_have_url(LOGIN)


async def test_the_session_cookie_is_out_of_reach_for_scripts(beginner: Visitor) -> None:
    (cookie,) = await beginner.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert await beginner.page.evaluate("document.cookie") == ""


async def test_a_forgotten_password_is_set_anew_by_the_link_in_the_mail(
    arrive: Arrive, beginner: Visitor, program: Program
) -> None:
    other = await arrive()
    other.email = beginner.email
    other.expect_complaint("422")
    page = other.page
    await page.goto("/login")
    await page.get_by_role("link", name="Forgotten the password?").click()
    await expect(page.get_by_role("heading", name="Forgotten password")).to_be_visible()
    await page.get_by_label("E-mail address").fill(beginner.email)
    await page.get_by_role("button", name="Send the link").click()
    await expect(page.get_by_role("status")).to_contain_text("a link is on its way")

    async def mailed() -> str:
        found = re.search(rf"mail to {beginner.email}:.*?(/reset#token=\S+)", program.said, re.DOTALL)
        return found[1] if found else ""

    link = await eventually(mailed, 20.0)
    await page.goto(link)
    await page.get_by_label("New password", exact=True).fill("short")
    await page.get_by_role("button", name="Set password").click()
    await expect(page.get_by_text("Use at least 10 characters.")).to_be_visible()
    assert "token" not in page.url, "the link's secret is not left in the address"
    await page.get_by_label("New password", exact=True).fill("another fine passphrase")
    await page.get_by_role("button", name="Set password").click()
    await expect(page.get_by_role("status")).to_contain_text("Your new password is set")

    await expect(beginner.page).to_have_url(LOGIN)
    await page.goto("/")
    await page.goto(link)
    await page.get_by_label("New password", exact=True).fill("yet another passphrase")
    await page.get_by_role("button", name="Set password").click()
    await expect(page.get_by_role("alert")).to_contain_text("was used or has run out")
    await page.get_by_role("link", name="Log in").click()
    await log_in_on_the_page(other, "another fine passphrase")
    await expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()


async def test_pages_wait_behind_the_disclaimer(newcomer: Visitor) -> None:
    await newcomer.page.goto("/signals")
    await expect(newcomer.page.get_by_role("heading", name="Before the first order")).to_be_visible()


async def test_a_changed_password_is_the_one_that_counts(beginner: Visitor, arrive: Arrive) -> None:
    page = beginner.page
    await page.goto("/settings#password")
    await page.get_by_label("Present password").fill(PASSWORD)
    await page.get_by_label("New password", exact=False).first.fill("another fine passphrase")
    await page.get_by_label("New password again").fill("another fine passphrase")
    await page.get_by_role("button", name="Change password").click()
    await expect(page.locator(".toast")).to_contain_text(re.compile("password", re.IGNORECASE))

    other = await arrive()
    other.expect_complaint("401")
    other.email = beginner.email
    await other.page.goto("/login")
    await log_in_on_the_page(other)
    await expect(other.page.get_by_role("alert")).to_be_visible()
    await log_in_on_the_page(other, "another fine passphrase")
    await expect(other.page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
