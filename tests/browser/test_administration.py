"""Second factor and API tokens in the settings, and the pages of administration, as people meet them."""

from __future__ import annotations

import re

import pyotp
from playwright.async_api import expect

from forex_elite import clock
from forex_elite.ui.site import PAGES
from tests.browser.conftest import Arrive
from tests.browser.program import Program
from tests.browser.test_accessibility import drawn, look, named
from tests.browser.visitor import Visitor
from tests.world import PASSWORD

ADMIN_PAGES = [entry for entry in PAGES if entry.route.startswith("/admin/")]


async def test_a_second_factor_is_switched_on_asked_for_and_seen(arrive: Arrive, beginner: Visitor) -> None:
    page = beginner.page
    await page.goto("/settings")
    await page.get_by_role("button", name="Switch on").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Your password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Continue").click()
    await expect(dialog.get_by_role("img", name="QR code")).to_be_visible()
    wrong = await look(page, "layer-two-factor")
    await dialog.get_by_role("button", name="Show secret of the app").click()
    secret = await dialog.locator(".secret code").inner_text()
    await dialog.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).at(clock.now()))
    await dialog.get_by_role("button", name="Switch on").click()
    await expect(dialog.get_by_label("Recovery codes")).to_contain_text("-")
    code = (await dialog.get_by_label("Recovery codes").inner_text()).split()[0]
    await dialog.get_by_role("button", name="I have kept the codes").click()
    await expect(page.get_by_text("10 of 10 recovery codes left")).to_be_visible()

    await page.get_by_role("button", name="New token").click()
    await dialog.get_by_label("Name").fill("backtests")
    scope = dialog.get_by_label("Read positions and history")
    await scope.click()
    await expect(scope).to_be_checked()
    wrong += await look(page, "layer-new-token")
    await dialog.get_by_role("button", name="Create token").click()
    await expect(dialog.locator(".secret code")).to_contain_text("fe_pat_")
    await dialog.get_by_role("button", name="I have copied the token").click()
    await expect(page.get_by_text("backtests", exact=True).and_(page.locator("b"))).to_be_visible()

    other = await arrive()
    other.expect_complaint("401")
    await other.page.goto("/login")
    await other.page.get_by_label("E-mail address").fill(beginner.email)
    await other.page.get_by_label("Password", exact=True).fill(PASSWORD)
    await other.page.get_by_role("button", name="Log in").click()
    await other.page.get_by_label("Code of your authenticator app").fill(code)
    await other.page.get_by_role("button", name="Log in").click()
    await expect(other.page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    assert wrong == []


async def test_a_super_admin_makes_an_admin_who_can_make_none(
    arrive: Arrive, beginner: Visitor, program: Program
) -> None:
    beginner.expect_complaint("401")
    owner = await arrive()
    await owner.register("Olga Owner")
    program.execute("update users set role = 'super_admin' where email = %s", owner.email)
    await owner.onboard()
    page = owner.page
    await page.goto("/admin/users")
    await page.get_by_label("Name or e-mail address").fill(beginner.email)
    row = page.get_by_role("row").filter(has_text=beginner.email)
    await expect(page.get_by_role("row")).to_have_count(2)
    await expect(row).to_contain_text("Trader")
    await row.get_by_role("button", name=re.compile("^Role of")).click()
    dialog = page.get_by_role("dialog")
    wrong = await look(page, "layer-role")
    await dialog.get_by_label("Role").select_option("admin")
    await dialog.get_by_role("button", name="Set role").click()
    await expect(row).to_contain_text("Administrator")

    await expect(beginner.page).to_have_url(re.compile("/login"))  # by itself: the new role begins with a new session
    await beginner.call("POST", "/api/auth/login", {"email": beginner.email, "password": PASSWORD})
    await beginner.page.goto("/admin/users")
    await beginner.page.get_by_label("Name or e-mail address").fill(owner.email)
    boss = beginner.page.get_by_role("row").filter(has_text=owner.email)
    await expect(boss).to_contain_text("Owner of this installation")
    await expect(boss.get_by_role("button", name=re.compile("^Sessions of"))).to_be_visible()
    await expect(boss.get_by_role("button", name=re.compile("^(Role of|Suspend|Log out)"))).to_have_count(0)
    program.execute("update users set role = 'user' where email = %s", owner.email)  # one owner, as other tests expect
    assert wrong == []


async def test_administration_is_staffs_and_suspending_shuts_out(
    arrive: Arrive, beginner: Visitor, program: Program
) -> None:
    beginner.expect_complaint("401")
    await beginner.page.goto("/admin/users")
    await expect(beginner.page.get_by_text("For administrators")).to_be_visible()
    await expect(beginner.page.get_by_role("link", name="System logs")).to_have_count(0)
    await beginner.call("POST", "/api/agents", {"name": "vps-suspended"}, status=201)
    staff = await arrive()
    await staff.register("Adam Admin")
    program.execute("update users set role = 'admin' where email = %s", staff.email)
    await staff.onboard()
    wrong: list[str] = []
    for entry in ADMIN_PAGES:
        await staff.page.goto(entry.route)
        await drawn(staff.page)
        wrong += await look(staff.page, f"{named(entry)}-staff")
    await staff.page.goto("/admin/users")
    await staff.page.get_by_label("Name or e-mail address").fill(beginner.email)
    row = staff.page.get_by_role("row").filter(has_text=beginner.email)
    await expect(staff.page.get_by_role("row")).to_have_count(2)
    await row.get_by_role("button", name=re.compile("^Suspend")).click()
    await staff.page.get_by_role("dialog").get_by_role("button", name="Suspend").click()
    await expect(row.get_by_text("Suspended")).to_be_visible()

    await expect(beginner.page).to_have_url(re.compile("/login"))  # by itself: its socket was closed
    await staff.page.goto("/admin/audit")
    await expect(staff.page.get_by_text("admin.user.suspend").first).to_be_visible()
    await staff.page.goto("/admin/queue")
    agents = staff.page.get_by_role("region", name="Agents", exact=True).locator("tbody tr")
    await staff.page.get_by_label("Agent or e-mail address").fill(beginner.email)
    await expect(agents).to_have_count(1)
    await expect(agents).to_contain_text("Owner suspended, all stopped")
    await staff.page.get_by_role("combobox", name="Agents", exact=True).select_option("online")
    await expect(staff.page.get_by_text("No such agent")).to_be_visible()
    assert wrong == []
