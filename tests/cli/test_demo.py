"""`forex-elite demo`: one command, then alerts become orders on a simulated terminal; nothing outlives it."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.cli.conftest import Command, processes_of

Start = Callable[..., Command]
pytestmark = pytest.mark.timeout(300)  # whole servers start and stop here, the slowest by far on a busy machine


def note(home: Path) -> dict[str, str]:
    path = home / "demo.json"
    assert path.stat().st_mode & 0o077 == 0
    written: dict[str, str] = json.loads(path.read_text())
    assert list(written) == ["url", "email", "password", "webhook_url", "agent_id", "account_id"]
    return written


def until_settled(demo: dict[str, str], signal_id: str) -> dict[str, Any]:
    """The signal once it is no longer pending; every look is a request of its own, the server's own limits apply."""
    with httpx.Client(base_url=demo["url"]) as client:
        granted = client.post("/api/auth/login", json={"email": demo["email"], "password": demo["password"]}).json()
        client.headers["Authorization"] = f"Bearer {granted['access_token']}"
        while True:
            found: dict[str, Any] = client.get(f"/api/tv/signals/{signal_id}").raise_for_status().json()
            if found["status"] != "pending":
                return found


def agents_of(home: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            line = process.cmdline()
            if "agent" in line and (str(home / "agent" / "pairing.key") in line or "--child" in line):
                found += [process] if process.environ().get("FOREX_ELITE_HOME") == str(home) else []
        except psutil.Error:
            continue
    return found


def test_an_alert_to_the_demo_becomes_a_position_and_ctrl_c_leaves_no_process(start: Start, home: Path) -> None:
    server = start("demo")
    url = server.until_ready()
    demo = note(home)
    assert demo["url"] == url
    assert demo["email"] in server.output
    assert demo["password"] in server.output

    answer = httpx.post(demo["webhook_url"], json={"action": "buy", "symbol": "EURUSD", "id": "first"})
    assert answer.json()["status"] == "accepted", answer.text
    settled = until_settled(demo, answer.json()["signal_id"])

    assert settled["status"] == "executed", settled
    assert settled["executions"][0]["account_id"] == demo["account_id"]
    assert server.interrupt() == 0, server.output
    assert processes_of(home) == []
    assert "Traceback" not in server.output, server.output
    assert "timeout" not in server.output


def test_a_killed_demo_takes_its_agent_along_and_the_next_one_goes_on(start: Start, home: Path) -> None:
    first = start("demo")
    first.until_ready()
    before = note(home)
    agents = agents_of(home)
    assert agents

    first.process.send_signal(signal.SIGKILL)
    first.finish()
    gone, alive = psutil.wait_procs(agents, timeout=30)

    assert not alive
    assert len(gone) == len(agents)
    second = start("demo")
    second.until_ready()
    after = note(home)
    assert {name: after[name] for name in after if not name.endswith("url")} == {
        name: before[name] for name in before if not name.endswith("url")
    }
    assert after["webhook_url"].rpartition("/")[2] == before["webhook_url"].rpartition("/")[2]
    assert second.interrupt() == 0, second.output
    assert processes_of(home) == []
