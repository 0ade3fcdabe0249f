"""A person at a browser: a fresh profile, and eyes on everything the browser complains about."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, Response, expect

from tests.world import PASSWORD

PATIENCE_MS = 20_000
ABORTED = "net::ERR_ABORTED"  # the browser's own word for requests a page left behind when it went elsewhere

expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Visitor:
    """One browser profile with one page; `complaints` of the browser fail the test unless they were expected."""

    url: str
    context: BrowserContext
    page: Page
    email: str = ""
    name: str = ""
    complaints: list[str] = field(default_factory=list)
    _expected: list[re.Pattern[str]] = field(default_factory=list)
    _watching: list[tuple[Any, Callable[..., None]]] = field(default_factory=list)

    @classmethod
    async def arrive(
        cls, browser: Browser, url: str, *, width: int = 1440, height: int = 900, page: Page | None = None
    ) -> Visitor:
        """Open a browser profile on the program at `url`; UTC and English, so that pages look the same everywhere.

        `page` is one that another visitor made room on: it is as new, and has the program's scripts at hand.
        """
        if page is None:
            page = await cls._new_page(browser, url)
        await page.set_viewport_size({"width": width, "height": height})
        visitor = cls(url, page.context, page)
        visitor._watch(page)
        return visitor

    @staticmethod
    async def _new_page(browser: Browser, url: str) -> Page:
        context = await browser.new_context(
            base_url=url,
            locale="en-GB",
            timezone_id="UTC",
            reduced_motion="reduce",
            color_scheme="dark",
        )
        context.set_default_timeout(PATIENCE_MS)
        return await context.new_page()

    async def leave(self) -> None:
        """Close the profile; fails for what the browser complained about and nobody expected."""
        await self.context.close()
        self._judge()

    async def make_room(self) -> Page | None:
        """Leave the page to the next visitor, as new; None, and closed, where it does not let go. Fails as `leave`."""
        for event, listener in self._watching:  # what the page asks for once its visitor is logged out is no fault
            self.page.remove_listener(event, listener)
        try:
            await self.page.unroute_all(behavior="ignoreErrors")  # what one test answers itself, the next must not hear
            await self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
            await self.context.clear_cookies()
            await self.page.goto("about:blank")
        except Error:
            await self.leave()
            return None
        self._judge()
        return self.page

    def _judge(self) -> None:
        unexpected = [one for one in self.complaints if not any(known.search(one) for known in self._expected)]
        assert not unexpected, "the browser complained:\n" + "\n".join(unexpected)

    def expect_complaint(self, pattern: str) -> None:
        """Let complaints pass that this regular expression finds."""
        self._expected.append(re.compile(pattern))

    def _watch(self, page: Page) -> None:
        def console(message: ConsoleMessage) -> None:
            if message.type == "error":
                place = (message.location or {}).get("url", "")
                self.complaints.append(f"console: {message.text} ({place})")

        def failed(request: Request) -> None:
            if request.failure and ABORTED not in request.failure:
                self.complaints.append(f"request: {request.method} {request.url}: {request.failure}")

        def answered(response: Response) -> None:
            if response.status >= 400:
                self.complaints.append(f"response: {response.status} {response.request.method} {response.url}")

        def broken(error: Error) -> None:
            self.complaints.append(f"page: {error.stack or error.message}")

        self._watching = [
            ("console", console),
            ("pageerror", broken),
            ("requestfailed", failed),
            ("response", answered),
        ]
        for event, listener in self._watching:
            page.on(event, listener)

    async def register(self, name: str) -> None:
        """Make an account through the API of the browser's own profile; the cookie stays in it."""
        self.name, self.email = name, f"{name.split(maxsplit=1)[0].lower()}-{secrets.token_hex(6)}@example.com"
        body = {"email": self.email, "password": PASSWORD, "display_name": name}
        await self.call("POST", "/api/auth/register", body, status=201)

    async def onboard(self) -> None:
        """Accept the disclaimer on its page."""
        await self.page.goto("/onboarding")
        await self.page.get_by_label("I have read this and accept it.").check()
        await self.page.get_by_role("button", name="Accept and begin").click()
        await expect(self.page.get_by_role("heading", name="Overview", level=1)).to_be_visible()

    async def call(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        """Call the API with this profile's cookie, as a page of ours would."""
        answer = await self.context.request.fetch(path, method=method, data=body, headers={"Origin": self.url})
        assert answer.status == status, f"{method} {path}: {answer.status} {await answer.text()}"
        return await answer.json() if await answer.body() else None
