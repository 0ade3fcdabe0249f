"""What a visitor waits for: Lighthouse on the log-in page and the overview, and the overview of a large desk."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.async_api import Page, async_playwright

from forex_elite.cli import chromium, frontend
from forex_elite.db import embedded
from tests.api.test_at_size import ACCOUNTS, CLOSED, OPEN, SEED
from tests.benchmarks.conftest import Table, free_port
from tests.benchmarks.measure import milliseconds
from tests.browser.program import Program, running
from tests.browser.trader import Trader
from tests.browser.visitor import Visitor
from tests.world import PASSWORD, Member, calling, pair, register

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

LIGHTHOUSE = "lighthouse@13.5.0"
RUNS = 3
PERFORMANCE = 0.95
ACCESSIBILITY = 1.0
VISITS = 7
MOST_DELTA = 64 * 1024
INTERACTIVE = f"""() => {{
  const look = () => {{
    const isDrawn = document.querySelectorAll("main article").length >= {ACCOUNTS};
    const isBusy = document.querySelector("[aria-busy=true]");
    if (!isDrawn || isBusy) requestAnimationFrame(look);
    else setTimeout(() => (window.interactiveAt = performance.now()));
  }};
  requestAnimationFrame(look);
}}"""
"""When all accounts are drawn and the main thread is free for a click, in milliseconds since the visit began."""
SLOWEST = ("largest-contentful-paint", "first-contentful-paint", "total-blocking-time", "cumulative-layout-shift")


def cache() -> Path:
    """Where the tool is kept between runs, outside the repository."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "forex-elite" / LIGHTHOUSE.replace("@", "-")


async def run(*command: str, cwd: Path) -> None:
    """Run a program of Node's; its output is shown when it fails."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        env=frontend.node_environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode(errors="replace")[-3000:]


@pytest.fixture(scope="module")
async def lighthouse() -> Path:
    """The tool, installed once at its pinned version."""
    place = cache()
    program = place / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        place.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm", path=frontend.node_environment()["PATH"])
        assert npm is not None
        await run(npm, "install", "--prefix", str(place), "--no-save", LIGHTHOUSE, cwd=place)
    return program


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    """The product, pages and all."""
    async with running(tmp_path_factory.mktemp("pages")) as started:
        yield started


@pytest.fixture(scope="module")
async def debugged(site: Program, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[int, Trader]]:
    """A browser Lighthouse can drive, with a trader at work; who is logged in is decided by its cookies.

    Cookies given as extra headers would not reach the sockets, and the page would send us to log in.
    """
    executable = chromium.find()
    if executable is None:
        pytest.fail(f"no browser: install Chromium {chromium.HOW_TO_INSTALL}")
    port = free_port()
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=str(executable), args=chromium.launch_arguments())
        trader = await Trader.begin(launched, site.url, tmp_path_factory.mktemp("agent"))
        context = await playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=str(executable),
            args=[*chromium.launch_arguments(), f"--remote-debugging-port={port}"],
            base_url=site.url,
        )
        yield port, await _signed_in(trader, Visitor(site.url, context, context.pages[0]))
        await context.close()
        await trader.end()
        await launched.close()


async def _signed_in(trader: Trader, visitor: Visitor) -> Trader:
    await trader.log_in(visitor)
    return trader


async def report(tool: Path, url: str, port: int, folder: Path) -> dict[str, Any]:
    """One run of Lighthouse."""
    written = folder / "report.json"
    await run(
        *(str(tool), url, "--preset=desktop", f"--port={port}", "--output=json", f"--output-path={written}"),
        *("--only-categories=performance,accessibility", "--quiet"),
        cwd=folder,
    )
    found: dict[str, Any] = json.loads(written.read_text())
    assert found["finalDisplayedUrl"].rstrip("/") == url.rstrip("/")
    return found


@pytest.mark.parametrize("page", ["/login", "/"], ids=["log-in", "overview"])
async def test_a_page_is_quick_and_accessible(
    page: str, lighthouse: Path, site: Program, debugged: tuple[int, Trader], tmp_path: Path, table: Table
) -> None:
    port, _ = debugged
    # Whoever is signed in has no business on the log-in page: it is measured where the cookie does not go.
    url = site.url.replace("localhost", "127.0.0.1") + page if page == "/login" else site.url + page
    reports = [await report(lighthouse, url, port, tmp_path) for _ in range(RUNS)]
    performance = statistics.median(one["categories"]["performance"]["score"] for one in reports)
    accessibility = min(one["categories"]["accessibility"]["score"] for one in reports)
    last = reports[-1]["audits"]
    details = ", ".join(f"{name} {last[name]['displayValue']}" for name in SLOWEST)
    table.add(f"Lighthouse desktop, {page}: performance", f"{performance:.2f} ({details})", f">= {PERFORMANCE}")
    table.add(f"Lighthouse desktop, {page}: accessibility", f"{accessibility:.2f}", f"{ACCESSIBILITY:.2f}")
    failing = [a["title"] for one in reports for a in one["audits"].values() if a["score"] == 0]
    assert accessibility == ACCESSIBILITY, failing
    assert performance >= PERFORMANCE, details


async def large_desk(url: str, home: Path) -> Member:
    """Somebody with many accounts, open positions and a history."""
    client = calling(url, timeout=60)
    member = await register(client, "dora")
    await pair(member, accounts=ACCOUNTS)
    address = embedded.address_if_running(home)
    assert address is not None
    told = {"open": OPEN, "closed": CLOSED, "accounts": ACCOUNTS, "user": member.id}
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(SEED, told)
        connection.execute("analyze")
    return member


def heard(page: Page, sizes: list[int]) -> None:
    """Note the size of every message that comes by a socket."""
    page.on("websocket", lambda one: one.on("framereceived", lambda frame: sizes.append(len(frame))))


async def test_the_overview_of_a_large_desk_is_soon_there(site: Program, table: Table) -> None:
    member = await large_desk(site.url, site.home)
    executable = chromium.find()
    assert executable is not None
    took, sizes = [], []
    for visit in range(VISITS + 1):
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=str(executable), args=chromium.launch_arguments()
            )
            visitor = await Visitor.arrive(browser, site.url)
            await visitor.call("POST", "/api/auth/login", {"email": member.email, "password": PASSWORD})
            if visit == 0:  # once: the disclaimer, and whatever the server does for the first time
                await visitor.onboard()
            else:
                await visitor.page.add_init_script(f"({INTERACTIVE})()")
                heard(visitor.page, sizes)
                await visitor.page.goto("/")
                at = await visitor.page.wait_for_function("window.interactiveAt")
                took.append(await at.json_value() / 1000)
            await visitor.leave()
            await browser.close()
    await member.client.aclose()
    table.add(
        f"Overview, {ACCOUNTS} accounts, {OPEN} positions, cold browser: interactive", milliseconds(took), "≤ 1500 ms"
    )
    table.add("Largest message to that page", f"{max(sizes) / 1024:.0f} KB", "≤ 64 KB")
    assert max(sizes) <= MOST_DELTA
