"""A browser for every browser test; a machine without one fails with the command that installs it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from forex_elite.cli import chromium


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    executable = chromium.find()
    if executable is None:
        pytest.fail(f"no browser: install Chromium {chromium.HOW_TO_INSTALL}")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=str(executable), headless=True, args=chromium.launch_arguments()
        )
        yield launched
        await launched.close()


@pytest.fixture
async def browser_context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A fresh profile: no cookies, no storage; UTC and English, so that pages look the same everywhere."""
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="UTC", reduced_motion="reduce"
    )
    yield context
    await context.close()


@pytest.fixture
async def page(browser_context: BrowserContext) -> Page:
    return await browser_context.new_page()
