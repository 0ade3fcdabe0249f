"""A person at a browser: a fresh profile, and eyes on everything the browser complains about."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, expect

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

    @classmethod
    async def arrive(cls, browser: Browser, url: str, *, width: int = 1440, height: int = 900) -> Visitor:
        """Open a browser profile on the program at `url`; UTC and English, so that pages look the same everywhere."""
        context = await browser.new_context(
            base_url=url,
            viewport={"width": width, "height": height},
            locale="en-GB",
            timezone_id="UTC",
            reduced_motion="reduce",
            color_scheme="dark",
        )
        context.set_default_timeout(PATIENCE_MS)
        visitor = cls(url, context, await context.new_page())
        visitor._watch(visitor.page)
        return visitor

    async def leave(self) -> None:
        """Close the profile; fails for what the browser complained about and nobody expected."""
        await self.context.close()
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

        page.on("console", console)
        page.on("pageerror", lambda error: self.complaints.append(f"page: {error.stack or error.message}"))
        page.on("requestfailed", failed)
        page.on("response", answered)

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
