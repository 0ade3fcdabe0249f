"""What a launched agent owes its launcher, and how it takes in a new release."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from agent.client import KeyRefused, Rejected, ServerAway, ServerClient
from agent.heartbeat import Pulse
from agent.protocol import Release
from agent.vps.release import MAX_BYTES, ReleaseRefused, fingerprint, try_out, verify

log = logging.getLogger(__name__)

ALIVE_S = 5.0
LOOK_S = 15.0
PUBLIC_KEY = "release.pub"


class Attendance:
    """Shows the launcher that this agent lives and is heard, and fetches releases; `swap` ends the agent for the next.

    `is_idle` tells whether no job is in hand: a program is never swapped in the middle of an order.
    """

    def __init__(
        self, folder: Path, client: ServerClient, pulse: Pulse, *, is_idle: Callable[[], bool], swap: Callable[[], None]
    ) -> None:
        self._folder = folder
        self._releases = folder / "releases"
        self._client = client
        self._pulse = pulse
        self._is_idle = is_idle
        self._swap = swap
        self._own = fingerprint(Path(sys.argv[0])) if Path(sys.argv[0]).suffix == ".pyz" else ""
        self._refused: set[str] = set()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._show_life())
            tasks.create_task(self._look_for_releases())

    async def _show_life(self) -> None:
        is_told = False
        while True:
            try:
                (self._folder / "alive").touch()
                if not is_told and self._pulse.is_heard and self._own:
                    (self._releases / "good").write_text(f"{self._own}\n", encoding="ascii")
                    is_told = True
            except OSError as error:
                log.warning("the launcher's folder cannot be written: %s", error)
            await asyncio.sleep(ALIVE_S)

    async def _look_for_releases(self) -> None:
        while True:
            release = self._pulse.config.release
            if self._own and release is not None and self._is_news(release):
                try:
                    await self._take_in(release)
                except ReleaseRefused as refusal:
                    self._refused.add(release.sha256)
                    log.error("release %s is not taken: %s", release.version, refusal)  # noqa: TRY400  # its words say all
                except (ServerAway, KeyRefused, Rejected, OSError) as error:
                    log.warning("release %s could not be fetched, again later: %s", release.version, error)
            await asyncio.sleep(LOOK_S if self._pulse.is_heard else ALIVE_S)

    def _is_news(self, release: Release) -> bool:
        if release.sha256 == self._own or release.sha256 in self._refused:
            return False
        try:
            return release.sha256 not in (self._releases / "refused").read_text(encoding="ascii").split()
        except OSError:
            return True

    async def _take_in(self, release: Release) -> None:
        if release.size > MAX_BYTES:
            raise ReleaseRefused(f"it is larger than {MAX_BYTES} bytes")
        content = await self._client.release()
        verify(release, content, (self._folder / PUBLIC_KEY).read_bytes())
        program = self._releases / f"{release.sha256}.pyz"
        await asyncio.to_thread(_store, program, content)
        version = await asyncio.to_thread(try_out, program)
        log.warning("release %s is ready; the agent restarts with it as soon as no job is in hand", version)
        while not self._is_idle():  # noqa: ASYNC110  # jobs come and go; a second more does not matter
            await asyncio.sleep(1.0)
        (self._releases / "next").write_text(f"{release.sha256}\n", encoding="ascii")
        self._swap()


def _store(program: Path, content: bytes) -> None:
    temporary = program.with_suffix(".part")
    temporary.write_bytes(content)
    temporary.replace(program)
