"""What an author waits for: opening a project with two hundred versions, saving a draft of ten thousand lines."""

from __future__ import annotations

import time

import pytest

from tests.benchmarks.conftest import Bench, Table
from tests.benchmarks.measure import milliseconds

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]
LINES = 10_000
VERSIONS = 200


async def test_a_large_project_saves_and_opens_in_time(bench: Bench, table: Table) -> None:
    text = "".join(f"double line_{n} = {n}.5; // a line of an ordinary length, number {n}\n" for n in range(LINES))
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
