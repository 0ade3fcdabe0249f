"""One person's way through notifications, channels, a report, and out: erased."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.visitor import Visitor
from tests.world import PASSWORD


async def test_a_person_is_told_makes_a_report_and_leaves_for_good(beginner: Visitor) -> None:
    page = beginner.page
    await page.goto("/settings/notifications")
    await page.get_by_role("button", name="Add Discord").click()
    dialog = page.get_by_role("dialog", name="Add Discord")
    await dialog.get_by_label("Webhook address").fill("https://127.0.0.1/api/webhooks/1/x")
    await dialog.get_by_role("button", name="Add Discord").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("Use the address Discord shows")
    await dialog.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Add e-mail").click()
    await page.get_by_role("button", name="Test").click()
    await expect(page.get_by_role("status").filter(has_text="printed on the server's console").first).to_be_visible()
    choice = page.get_by_role("checkbox", name="An order was carried out: E-mail")
    await expect(choice).not_to_be_checked()
    await choice.click()
    await expect(choice).to_be_checked()
    await page.get_by_label("From").fill("22:30")
    await page.get_by_role("button", name="Save quiet hours").click()
    await expect(page.get_by_role("alert").filter(has_text="both ends")).to_be_visible()

    await page.goto("/compliance")
    await page.get_by_label("Format").select_option("pdf")
    await page.get_by_role("button", name="Make the report").click()
    report = page.get_by_role("listitem").filter(has_text="Monthly trading report")
    async with page.expect_download() as downloading:
        await report.get_by_role("link", name="Download").click(timeout=30_000)
    assert re.fullmatch(r"forexelite-trading-\d{4}-\d\d\.pdf", (await downloading.value).suggested_filename)

    await page.goto("/notifications")
    told = page.get_by_role("listitem").filter(has_text="A report or archive is ready")
    await expect(told).to_contain_text("Unread")
    await told.get_by_role("button", name="Mark as read").click()
    await expect(told).not_to_contain_text("Unread")

    await page.goto("/settings/privacy")
    await expect(page.get_by_role("region", name="Consents")).to_contain_text("Privacy notice")
    await page.get_by_role("button", name="Erase me…").click()
    dialog = page.get_by_role("dialog", name="Erase your account?")
    await dialog.get_by_label("Your password").fill("not my password")
    await dialog.get_by_role("button", name="Erase me for good").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("password is wrong")
    await dialog.get_by_label("Your password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Erase me for good").click()
    await expect(page).to_have_url(re.compile(r"/login"))
