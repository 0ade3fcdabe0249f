"""Files of a deployment inside the terminal's tree: the expert verified by its hash, its preset, its templates."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from agent.experts.artifacts import Artifacts, digest
from agent.experts.failure import JobFailed
from agent.experts.wishes import Wish
from agent.protocol import DeploymentState
from agent.terminal import bridge_files, text_files
from agent.terminal.bridge_files import ChartWish
from agent.terminal.chart_files import enum_timeframe
from agent.terminal.folder import OWN, NameRefused, TerminalFolder, safe_path
from agent.terminal.presets import preset


async def place(wish: Wish, folder: TerminalFolder, artifacts: Artifacts) -> None:
    """Put the expert and its preset where the terminal finds them, and read the expert back.

    Raises JobFailed (`name-refused`, `deploy-failed`, `deploy-damaged`, and what `Artifacts` raises).
    """
    try:
        name = safe_path(wish.file)
    except NameRefused as problem:
        raise JobFailed("name-refused", str(problem)) from problem
    target = folder.own_experts / name
    if not await asyncio.to_thread(_is_in_place, target, wish.deployment.sha256):
        content = await artifacts.fetch(wish.deployment.sha256)
        try:
            await asyncio.to_thread(text_files.write_bytes, target, content)
        except OSError as problem:
            raise JobFailed("deploy-failed", f"{target.name} cannot be written: {problem}") from problem
        if not await asyncio.to_thread(_is_in_place, target, wish.deployment.sha256):
            text = f"{target.name} does not read back as it was written; a virus scanner may hold it"
            raise JobFailed("deploy-damaged", text)
    try:
        await asyncio.to_thread(text_files.write, folder.presets / preset_name(wish), preset(wish.deployment.inputs))
    except OSError as problem:
        raise JobFailed("deploy-failed", f"the preset cannot be written: {problem}") from problem


def preset_name(wish: Wish) -> str:
    """The `.set` with a deployment's inputs, for `[StartUp]` and for a person at the terminal."""
    return f"{OWN}-{wish.key}.set"


def _is_in_place(target: Path, sha256: str) -> bool:
    try:
        return digest(target.read_bytes()) == sha256
    except OSError:
        return False


def send_wishes(folder: TerminalFolder, wishes: Iterable[Wish], revision: int, mode: int) -> None:
    """Write the templates, then the letter to the bridge that names them. Raises JobFailed (`letter-not-written`)."""
    rows = list(wishes)
    try:
        text_files.write(folder.files / bridge_files.PAUSE_TEMPLATE, bridge_files.PAUSE_TEXT)
        for wish in rows:
            place = folder.files / wish.template(mode)
            if not place.exists():
                text_files.write(place, wish.template_text(mode))
        bridge_files.send(folder.files, revision, [_chart(wish, mode) for wish in rows])
    except OSError as problem:
        raise JobFailed("letter-not-written", f"the bridge's folder cannot be written: {problem}") from problem
    _clear_templates(folder, {wish.template(mode) for wish in rows})


def _chart(wish: Wish, mode: int) -> ChartWish:
    return ChartWish(
        wish.key,
        wish.deployment.symbol,
        enum_timeframe(wish.deployment.timeframe),
        wish.expert,
        wish.template(mode),
        is_running=wish.state is DeploymentState.RUNNING,
    )


def _clear_templates(folder: TerminalFolder, wanted: set[str]) -> None:
    for path in folder.files.glob("fe_*_*.tpl"):
        if path.name not in wanted:
            path.unlink(missing_ok=True)
