"""How a simulated installation misbehaves, for tests: a small JSON file in its folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

FILE: Final = "quirks.json"


@dataclass(frozen=True, slots=True)
class Quirks:
    """What goes wrong, or merely differs between builds."""

    editor_tail: Literal["ms", "msec", ""] = "ms"
    """The end of MetaEditor's summary, which changed between builds."""
    editor_hangs: bool = False
    """MetaEditor shows a dialog and never ends."""
    editor_writes_no_ex5: bool = False
    bridge_is_silent: bool = False
    """The bridge is loaded and does nothing."""
    ignores_profile: bool = False
    """`/profile` is not heeded and Default is loaded, as one report has it."""
    expert_mode_is_ignored: bool = False
    """`expertmode` of profile and template does not give the permission to trade, as on an unknown build."""
    button_is_stuck: bool = False
    """A dialog keeps the Algo Trading button from working."""


def set_quirks(folder: Path, **changes: Any) -> None:
    """Make the installation in a folder misbehave from now on; raises TypeError for an unknown quirk."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(json.dumps(asdict(Quirks(**{**_told(folder), **changes}))), encoding="utf-8")


def read_quirks(folder: Path) -> Quirks:
    """How the installation misbehaves; not at all where nothing is said."""
    return Quirks(**_told(folder))


def _told(folder: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told
