"""The agent as one file: setup, launcher, update and roll-back against a running server."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.protocol import Release
from agent.vps import release as agents_view
from agent.vps.launcher import Launcher
from agent.vps.release import ReleaseRefused, signed_words, verify
from forex_elite.services import agent_release
from tests.world import Member

NEW = "9.9.9"


@pytest.fixture
def program(configured: Any, tmp_path: Path) -> Path:
    place = tmp_path / agent_release.FILE_NAME
    place.write_bytes(agent_release.program().content)
    return place


def changed(replace: dict[str, Callable[[str], str]]) -> agent_release.Program:
    """A program of this server with some of its files changed, signed as every other."""
    source = zipfile.ZipFile(io.BytesIO(agent_release.program().content))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            text = source.read(name)
            archive.writestr(name, replace[name](text.decode()) if name in replace else text)
    content = target.getvalue()
    sha256 = hashlib.sha256(content).hexdigest()
    signature = agent_release._signing_key().sign(signed_words(NEW, sha256)).hex()
    return agent_release.Program(content, Release(version=NEW, sha256=sha256, size=len(content), signature=signature))


def newer(text: str) -> str:
    return text.replace('__version__ = "', f'__version__ = "{NEW}" #')


def test_the_same_files_make_the_same_program(configured: Any) -> None:
    first = agent_release.program().content
    agent_release._built.cache_clear()

    assert agent_release.program().content == first


def test_the_program_runs_as_it_is_and_holds_no_secret(program: Path) -> None:
    command = [sys.executable, str(program), "self-check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd="/", check=False)

    assert (done.returncode, done.stdout.strip()) == (0, agent_release.program().release.version), done.stderr
    assert agent_release._signing_key().private_bytes_raw() not in program.read_bytes()


def test_its_packages_are_those_the_server_itself_is_tested_with() -> None:
    root = Path(__file__).parents[2]
    locked = {line.split(" ;")[0].lower() for line in (root / "requirements.lock").read_text().splitlines()}
    wanted = [line.split(" ;")[0].lower() for line in (root / "agent" / "requirements.txt").read_text().splitlines()]

    assert set(wanted) <= locked


def test_a_program_of_another_key_or_content_is_refused(configured: Any) -> None:
    told = agent_release.program()
    verify(told.release, told.content, agent_release.public_key())

    stranger = Ed25519PrivateKey.generate()
    forged = told.release.model_copy(
        update={"signature": stranger.sign(signed_words(told.release.version, told.release.sha256)).hex()}
    )
    with pytest.raises(ReleaseRefused, match="not signed"):
        verify(forged, told.content, agent_release.public_key())
    with pytest.raises(ReleaseRefused, match="not the announced"):
        verify(told.release, told.content + b"x", agent_release.public_key())
    with pytest.raises(ReleaseRefused, match="not signed"):
        verify(told.release.model_copy(update={"version": "0.0.1"}), told.content, agent_release.public_key())


async def test_the_install_script_names_server_agent_and_program_and_no_key(client: httpx.AsyncClient) -> None:
    agent_id = "01a214b9-9446-7729-9289-2ff22d250783"
    script = (await client.get(f"/api/agent/install.ps1?agent_id={agent_id}")).text

    assert "@" not in script.replace("@'", "").replace("'@", "").replace("@(", "")
    assert str(client.base_url).rstrip("/") in script
    assert agent_id in script
    assert agent_release.program().release.sha256 in script
    refused = await client.get("/api/agent/install.ps1", params={"agent_id": "'; evil"})
    assert refused.status_code == 422
    foreign = await client.get(f"/api/agent/install.ps1?agent_id={agent_id}", headers={"Host": "a';evil'"})
    assert foreign.status_code in {400, 422}


@asynccontextmanager
async def launched(folder: Path) -> AsyncIterator[psutil.Process]:
    """The installed launcher, as the task at log-on starts it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(folder / "launcher.py"), start_new_session=True, stdin=asyncio.subprocess.DEVNULL
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            await process.wait()


async def until(condition: Callable[[], Any], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            await asyncio.sleep(0.1)


async def version_heard(member: Member) -> str:
    (agent,) = (await member.get("/api/agents")).json()["items"]
    return str(agent["version"]) if agent["is_online"] else ""


@pytest.mark.timeout(240)
async def test_setup_start_update_and_roll_back(
    alice: Member, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paired = (await alice.post("/api/agents", {"name": "vps", "kind": "dedicated"})).json()
    folder = tmp_path / "installed"
    told = ["--server", str(alice.client.base_url).rstrip("/"), "--agent-id", paired["id"]]
    told += ["--release-key", agent_release.public_key().hex(), "--folder", str(folder), "--simulator", "--no-task"]
    environment = {**os.environ, "FOREX_ELITE_AGENT_KEY": paired["pairing_key"]}
    setup = await asyncio.create_subprocess_exec(
        sys.executable, str(program), "setup", *told, env=environment, stdout=-1, stderr=-1
    )
    said, complaint = await setup.communicate()
    assert setup.returncode == 0, complaint.decode()
    assert "Paired." in said.decode()
    assert paired["pairing_key"] not in (folder / "agent.toml").read_text()

    async with launched(folder):
        await until(lambda: _is(version_heard(alice), agent_release.program().release.version))

        good = changed({"agent/__init__.py": newer})
        monkeypatch.setattr(agent_release, "program", lambda: good)
        await until(lambda: _is(version_heard(alice), NEW), 120)
        await until(lambda: (folder / "releases" / "current").read_text().strip() == good.release.sha256)

        crash = "raise SystemExit(9)\n"
        bad = changed(
            {
                "agent/__init__.py": newer,
                "agent/command.py": lambda text: text.replace(
                    "def run(arguments: Sequence[str]) -> int:\n",
                    f"def run(arguments: Sequence[str]) -> int:\n    {crash}",
                ),
            }
        )
        monkeypatch.setattr(agent_release, "program", lambda: bad)
        await until(lambda: _reads(folder / "releases" / "refused", bad.release.sha256), 120)
        await until(lambda: _is(version_heard(alice), NEW))
        assert (folder / "releases" / "current").read_text().strip() == good.release.sha256


async def _is(found: Any, wanted: str) -> bool:
    return await found == wanted


def _reads(place: Path, wanted: str) -> bool:
    return place.exists() and wanted in place.read_text()


@pytest.mark.timeout(60)
async def test_an_agent_that_hangs_is_killed_and_started_again(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    releases.mkdir()
    (releases / "current").write_text("hanging\n")
    (releases / "hanging.pyz").write_text(
        f"import time, pathlib\npathlib.Path({str(tmp_path)!r}, 'starts').open('a').write('x')\ntime.sleep(600)\n"
    )
    launcher = Launcher(tmp_path, stale_s=2.0)
    running = asyncio.create_task(asyncio.to_thread(launcher.run))
    await until(lambda: (tmp_path / "starts").exists() and len((tmp_path / "starts").read_text()) >= 2, 40)
    launcher.stop()
    launcher._kill()
    await running


def test_both_sides_sign_the_same_words(configured: Any) -> None:
    told = agent_release.program()
    key = agent_release._signing_key().public_key()

    key.verify(
        bytes.fromhex(told.release.signature), agents_view.signed_words(told.release.version, told.release.sha256)
    )
