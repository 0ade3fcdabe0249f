"""`forex-elite run` from start to end, as a process: quick refusals, clean stops, recovery from kills."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from forex_elite.db import embedded
from tests.cli.conftest import Command, processes_of

Start = Callable[..., Command]
pytestmark = pytest.mark.timeout(300)  # whole servers start and stop here, the slowest by far on a busy machine


def test_a_taken_port_is_told_before_anything_else_happens(start: Start, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        refused = start("run", PORT=str(number))
        code = refused.finish()

    assert code == 1
    assert f"Port {number} is taken" in refused.output
    assert "Traceback" not in refused.output
    assert not home.exists()


def test_the_server_serves_pages_and_api_and_ctrl_c_leaves_no_process(start: Start, home: Path) -> None:
    server = start("run")
    url = server.until_ready()

    with httpx.Client(base_url=url) as client:
        assert client.get("/api/health").status_code == 200
        page = client.get("/")
        scripts = re.findall(r"/assets/[\w.-]+\.js", page.text)
        script = client.head(scripts[0], headers={"Accept-Encoding": "br"})
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-cache"
    assert script.headers["cache-control"].endswith("immutable")
    assert script.headers["content-encoding"] == "br"
    assert processes_of(home)

    assert server.interrupt() == 0, server.output
    assert processes_of(home) == []
    assert "Traceback" not in server.output, server.output


def test_a_second_server_on_the_same_data_folder_is_refused_and_a_polite_kill_leaves_no_process(
    start: Start, home: Path
) -> None:
    first = start("run")
    url = first.until_ready()

    second = start("run")

    assert second.finish() == 1
    assert url in second.output
    assert httpx.get(f"{url}/api/health").status_code == 200

    first.process.send_signal(signal.SIGTERM)
    assert first.finish() == 0, first.output
    assert processes_of(home) == []


def test_a_server_killed_together_with_its_database_does_not_block_the_next(start: Start, home: Path) -> None:
    first = start("run")
    first.until_ready()
    postmaster = psutil.Process(int((embedded.folder_for(home) / "data" / "postmaster.pid").read_text().split()[0]))
    backends = postmaster.children()
    first.kill()
    for process in (postmaster, *backends):  # some of them may already be leaving on their own
        with suppress(psutil.NoSuchProcess):
            process.kill()

    second = start("run")
    url = second.until_ready()

    assert httpx.get(f"{url}/api/health").status_code == 200
    assert second.interrupt() == 0, second.output
