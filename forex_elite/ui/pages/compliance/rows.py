"""What the browser may see of prepared files."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.domain.compliance import TITLES, FileInfo
from forex_elite.ui import figures

_MARKS = {
    "queued": ("Waits", "line", "clock"),
    "running": ("Being made", "info", "refresh"),
    "ready": ("Ready", "up", "check"),
    "failed": ("Failed", "crit", "x"),
}
_KIB = 1024


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file."""

    id: str
    title: str
    name: str
    word: str
    tone: str
    icon: str
    details: str
    progress: float
    href: str
    is_open: bool


def size_words(size: int) -> str:
    """Bytes as `3.4 MiB`."""
    if size < _KIB:
        return f"{size} bytes"
    return f"{size / _KIB:.1f} KiB" if size < _KIB**2 else f"{size / _KIB**2:.1f} MiB"


def file_row(info: FileInfo, zone_name: str) -> FileRow:
    """A file as its row; times in the person's zone, with the zone."""
    word, tone, icon = _MARKS[info.status]
    zone = figures.zone_label(zone_name)
    parts = [f"asked for {figures.day_time(info.created_at, zone_name)} {zone}"]
    if info.status == "ready":
        until = f"until {figures.day_time(info.expires_at, zone_name)} {zone}"
        parts = [size_words(info.size), until, f"SHA-256 {info.sha256[:12]}…"]
    elif info.status == "failed":
        parts = [info.error]
    return FileRow(
        id=str(info.id),
        title=TITLES[info.kind],
        name=info.name,
        word=word,
        tone=tone,
        icon=icon,
        details=" · ".join(parts),
        progress=float(info.progress),
        href=f"/api/files/{info.id}/content" if info.status == "ready" else "",
        is_open=info.status in {"queued", "running"},
    )
