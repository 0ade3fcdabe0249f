"""Files on their way between server and agent: named by their SHA-256, compared with it at both ends, kept by it."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

from agent.backoff import Backoff
from agent.client import KeyRefused, Missing, Rejected, ServerAway, ServerClient
from agent.experts.failure import JobFailed
from agent.protocol import MAX_ARTIFACT, ArtifactRef
from agent.terminal import text_files

log = logging.getLogger(__name__)

T = TypeVar("T")

_KEPT_S: Final = 30 * 86_400.0
_PATIENCE_S: Final = 600.0


def digest(content: bytes) -> str:
    """The name of a content."""
    return hashlib.sha256(content).hexdigest()


class Artifacts:
    """The agent's copies of files, in one folder; a damaged copy is fetched again."""

    def __init__(self, client: ServerClient, folder: Path) -> None:
        self._client = client
        self._folder = folder

    async def fetch(self, sha256: str) -> bytes:
        """The file with this content. Raises JobFailed (`artifact-missing`, `artifact-damaged`, `server-away`)."""
        kept = self._kept(sha256)
        if kept is not None:
            return kept
        try:
            content = await _patiently(lambda: self._client.download(sha256))
        except Missing as problem:
            text = f"the server has no file {sha256[:12]}…; compile or upload it again"
            raise JobFailed("artifact-missing", text) from problem
        if digest(content) != sha256:
            text = f"the file {sha256[:12]}… arrived with another content; it was not used"
            raise JobFailed("artifact-damaged", text)
        self._keep(sha256, content)
        return content

    async def upload(self, content: bytes, name: str, *, kind: str) -> ArtifactRef:
        """Store a file on the server. Raises JobFailed (`artifact-too-large`, `artifact-refused`, `server-away`)."""
        if len(content) > MAX_ARTIFACT:
            text = f"{name} has {len(content):,} bytes; at most {MAX_ARTIFACT:,} can be stored"
            raise JobFailed("artifact-too-large", text)
        sha256 = digest(content)
        self._keep(sha256, content)
        try:
            await _patiently(lambda: self._client.upload(sha256, content, kind=kind))
        except (Rejected, Missing) as problem:
            raise JobFailed("artifact-refused", f"the server does not take {name}: {problem}") from problem
        return ArtifactRef(sha256=sha256, size=len(content), name=name)

    def clear_old(self) -> None:
        """Remove copies nobody asked for within a month."""
        oldest = time.time() - _KEPT_S
        for path in self._folder.glob("*"):
            try:
                if path.stat().st_mtime < oldest:
                    path.unlink()
            except OSError:
                continue

    def _kept(self, sha256: str) -> bytes | None:
        path = self._folder / sha256
        try:
            content = path.read_bytes()
        except OSError:
            return None
        return content if digest(content) == sha256 else None

    def _keep(self, sha256: str, content: bytes) -> None:
        try:
            text_files.write_bytes(self._folder / sha256, content)
        except OSError as problem:
            log.warning("a file could not be kept here and will be fetched again: %s", problem)


async def _patiently(call: Callable[[], Awaitable[T]]) -> T:
    """The answer of a server that may be away for some minutes. Raises Missing, Rejected, JobFailed."""
    backoff, until = Backoff(), time.monotonic() + _PATIENCE_S
    while True:
        try:
            return await call()
        except (ServerAway, KeyRefused) as problem:
            if time.monotonic() >= until:
                raise JobFailed("server-away", f"the server could not be reached: {problem}") from problem
        await asyncio.sleep(backoff.next_s())
