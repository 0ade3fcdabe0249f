"""What an author waits for: a project of two hundred versions, a draft of ten thousand lines, a letter, the page."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Request, Response, Route, async_playwright, expect

from forex_elite.cli import chromium
from tests.benchmarks.conftest import Bench, Table
from tests.benchmarks.measure import milliseconds, percentile
from tests.benchmarks.test_mql5_speed import program as source_of
from tests.browser.program import running
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]
LINES = 10_000
VERSIONS = 200
KEYS = 200
COMMENT = "\n// where the trend ends and the range begins, we wait"
CODE = "\nif(total > 3) return;"
LINE = "double line_{n} = {n}.5; // a line of an ordinary length, number {n}\n"


MONACO = """() => {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const part = (kind) => loaded.find((name) => /[/]monaco-[^/]*$/.test(name) && name.endsWith(kind));
  return { js: part(".js"), css: part(".css") };
}"""
"""Where the page got the editor's script and styles from."""
ALONE = """<!doctype html><link rel=stylesheet href="{css}"><div id=box style="position: absolute; inset: 0"></div>
<script type=module>
  import {{ create, open, watch }} from "{js}";
  const answered = async () => ({{ ok: true, body: {{ items: [], takes_standard: true }} }});
  const model = create("Large.mq5", await (await fetch("/alone/text")).text());
  watch(model, {{ name: "Large.mq5", ask: answered, tell() {{}}, elsewhere() {{}} }});
  open(box, {{ language: "mql5", automaticLayout: true }}).setModel(model);
  box.dataset.ready = true;
</script>"""


async def test_a_large_project_saves_and_opens_in_time(bench: Bench, table: Table) -> None:
    text = "".join(LINE.format(n=n) for n in range(LINES))
    body = {"name": "Large", "files": [{"path": "Large.mq5", "text": text}]}
    made = (await bench.trader.post("/api/ea/projects", body)).json()
    address = f"/api/ea/projects/{made['id']}"
    base = (await bench.trader.get(address)).json()["files"][0]["sha256"]
    saves = []
    for n in range(VERSIONS):
        edit = {"offset": 0, "length": 0, "text": f"// {n}\n"}
        change = {"op": "edit", "path": "Large.mq5", "base_sha256": base, "edits": [edit]}
        began = time.perf_counter()
        answer = await bench.trader.patch(f"{address}/draft", {"changes": [change]})
        saves.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text
        base = answer.json()["files"][0]["sha256"]
        assert (await bench.trader.post(f"{address}/versions", {"message": f"Number {n}"})).status_code == 201
    opens = []
    for _ in range(50):
        began = time.perf_counter()
        opened = (await bench.trader.get(address)).json()
        opens.append(time.perf_counter() - began)
    assert opened["project"]["version_count"] == VERSIONS
    table.add("Draft of 10,000 lines saved, answer at the client", milliseconds(saves), "p50 ≤ 50 ms")
    table.add("Project with 200 versions opened", milliseconds(opens), "p95 ≤ 300 ms")


async def test_letters_appear_at_once_and_the_page_is_light(tmp_path: Path, table: Table) -> None:
    executable = chromium.find()
    if executable is None:
        pytest.fail(f"no browser: install Chromium {chromium.HOW_TO_INSTALL}")
    async with running(tmp_path) as program, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(executable), args=chromium.launch_arguments())
        visitor = await Visitor.arrive(browser, program.url)
        await visitor.register("Ada Author")
        await visitor.onboard()
        text = "".join(LINE.format(n=n) for n in range(LINES))
        elsewhere = await scripts_of(visitor.page, "/")
        here = await scripts_of(visitor.page, await project(visitor, text))
        own = {url: content for url, content in here.items() if url not in elsewhere}
        size = sum(len(gzip.compress(content)) for content in own.values())
        await settled(visitor.page)
        work = await keys_cost(visitor.page, COMMENT)
        parts = await visitor.page.evaluate(MONACO)
        await visitor.page.goto(await project(visitor, source_of(LINES)))
        sent: list[int] = []
        visitor.page.on("request", lambda one: sent.append(weight(one)))
        await settled(visitor.page)
        sent.clear()
        coded = await keys_cost(visitor.page, CODE, at="#property")
        async with visitor.page.expect_response("**/draft"):
            await visitor.page.keyboard.press("Space")
        await alone(visitor.page, parts, text)
        bare = await keys_cost(visitor.page, COMMENT)
        await alone(visitor.page, parts, source_of(LINES))
        bare_coded = await keys_cost(visitor.page, CODE, at="#property")
        await visitor.context.close()
        await browser.close()
    table.add("Studio's own scripts, gzipped", f"{size / 1e6:.2f} MB", "≤ 1.2 MB")
    table.add("Main-thread work a key, in 10,000 declarations", milliseconds(work), "p95 ≤ 16 ms")
    table.add("The same in Monaco alone on an empty page", milliseconds(bare), "")
    table.add("Main-thread work a key, in code with proposals", milliseconds(coded), "p95 ≤ 16 ms")
    table.add("The same in Monaco alone, proposals from memory", milliseconds(bare_coded), "")
    table.add("Largest request while typing in 10,000 lines", f"{max(sent) / 1e3:.1f} kB", "changes alone")


async def alone(page: Page, parts: dict[str, str], text: str) -> None:
    """Show a text in Monaco with the language and nothing else: what a letter costs at least."""

    async def answer(route: Route) -> None:
        body = text if route.request.url.endswith("/text") else ALONE.format(**parts)
        await route.fulfill(body=body, content_type="text/html")

    await page.route("**/alone/*", answer)
    await page.goto("/alone/page")
    await expect(page.locator("[data-ready=true] .view-line").first).to_be_visible()
    await page.wait_for_load_state("networkidle")


async def project(visitor: Visitor, text: str) -> str:
    """The address of a new project with this program."""
    body = {"name": "Large", "files": [{"path": "Large.mq5", "text": text}]}
    made = await visitor.call("POST", "/api/ea/projects", body, status=201)
    return f"/studio?project={made['id']}"


def weight(request: Request) -> int:
    """Bytes of a request's body."""
    return len(request.post_data_buffer or b"")


async def settled(page: Page) -> None:
    """Wait until the text is shown, checked and read."""
    await expect(page.locator(".editor-box[data-ready=true] .view-line").first).to_be_visible()
    await expect(page.get_by_role("region", name="Problems")).to_contain_text("Checked")
    await page.wait_for_load_state("networkidle")


async def scripts_of(page: Page, path: str) -> dict[str, bytes]:
    """The scripts a fresh visit to a page loads, by address."""
    found: dict[str, bytes] = {}
    answers: list[Response] = []
    page.on("response", lambda one: answers.append(one) if one.url.endswith(".js") else None)
    await page.goto(path)
    await page.wait_for_load_state("networkidle")
    for answer in answers:
        found[answer.url] = await answer.body()
    return found


async def keys_cost(page: Page, typed: str, at: str = "") -> list[float]:
    """Processor time of the main thread for each of many letters, in seconds: handling, layout and painting.

    What looking costs, two frames and two questions without a letter, is taken off.
    """
    await page.locator(".view-line").filter(has_text=at).first.click()
    await page.keyboard.press("End")
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})

    async def busy() -> float:
        metrics: list[dict[str, Any]] = (await session.send("Performance.getMetrics"))["metrics"]
        return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")

    async def cost(letter: str) -> float:
        before = await busy()
        if letter:
            await page.keyboard.press("Enter" if letter == "\n" else letter)
        await page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return await busy() - before

    measuring = percentile([await cost("") for _ in range(KEYS // 2)], 0.5)
    return [await cost(typed[n % len(typed)]) - measuring for n in range(KEYS)]
