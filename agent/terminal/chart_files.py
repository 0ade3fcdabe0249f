"""Chart files: templates (`.tpl`), the charts of a profile (`chartNN.chr`) and their order (`order.wnd`).

The shape is that of files real terminals wrote: properties, then `<expert>` with its `<inputs>`, then the windows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from agent.terminal import text_files
from agent.terminal.presets import Value, written

ALGO_TRADING: Final = 1
"""Bit of `expertmode` that lets the expert trade; without it the expert runs and may not."""
EXPERT_MODE: Final = 33
"""What newer builds save for an expert that may trade; the meaning of bit 5 is not documented."""
ORDER_FILE: Final = "order.wnd"

_PERIODS: Final = {
    **{f"M{n}": (0, n, n) for n in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)},
    **{f"H{n}": (1, n, 0x4000 + n) for n in (1, 2, 3, 4, 6, 8, 12)},
    "D1": (2, 1, 0x4000 + 24),
    "W1": (3, 1, 0x8001),
    "MN1": (4, 1, 0xC001),
}
"""Timeframe → kind (0 minutes, 1 hours, 2 days, 3 weeks, 4 months) and size in a chart file; its number in MQL5."""


@dataclass(frozen=True, slots=True)
class ExpertOnChart:
    r"""An expert as a chart file names it: `path` is under MQL5, like `Experts\ForexElite\Name.ex5`."""

    name: str
    path: str
    mode: int = EXPERT_MODE
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def may_trade(self) -> bool:
        """The permission saved with it."""
        return bool(self.mode & ALGO_TRADING)


@dataclass(frozen=True, slots=True)
class ChartFile:
    """What we need to know of a chart."""

    symbol: str
    timeframe: str
    expert: ExpertOnChart | None = None
    chart_id: int = 0


class ChartUnreadable(Exception):
    """The file is no chart file."""


def enum_timeframe(timeframe: str) -> int:
    """The value of `ENUM_TIMEFRAMES` (H1 is 16385)."""
    return _PERIODS[timeframe][2]


def timeframe_of(number: int) -> str:
    """The timeframe of an `ENUM_TIMEFRAMES` value; raises KeyError."""
    return {value: name for name, (_, _, value) in _PERIODS.items()}[number]


def expert_on_chart(name: str, path: str, inputs: Mapping[str, Value], *, mode: int = EXPERT_MODE) -> ExpertOnChart:
    """An expert with its inputs as they are written."""
    return ExpertOnChart(name, path, mode, {key: written(value) for key, value in inputs.items()})


def chart_text(chart: ChartFile) -> str:
    """The text of a `.tpl` or `.chr`. Applied as a template, the chart's own symbol and timeframe stay."""
    kind, size, _ = _PERIODS[chart.timeframe]
    lines = [
        "<chart>",
        f"id={chart.chart_id}",
        f"symbol={chart.symbol}",
        "description=",
        f"period_type={kind}",
        f"period_size={size}",
        "digits=5",
        "tick_size=0.000000",
        "position_time=0",
        "scale_fix=0",
        "scale=8",
        "mode=1",
        "fore=0",
        "grid=1",
        "volume=0",
        "scroll=1",
        "shift=1",
        "shift_size=20.000000",
        "fixed_pos=0.000000",
        "ohlc=1",
        "windows_total=1",
        "",
    ]
    if chart.expert is not None:
        lines += [
            "<expert>",
            f"name={chart.expert.name}",
            f"path={chart.expert.path}",
            f"expertmode={chart.expert.mode}",
            "<inputs>",
            *(f"{name}={value}" for name, value in chart.expert.inputs.items()),
            "</inputs>",
            "</expert>",
            "",
        ]
    lines += [
        "<window>",
        "height=100.000000",
        "objects=0",
        "",
        "<indicator>",
        "name=Main",
        "path=",
        "apply=1",
        "show_data=1",
        "scale_inherit=0",
        "scale_line=0",
        "</indicator>",
        "</window>",
        "</chart>",
        "",
    ]
    return "\n".join(lines)


def read_chart(text: str) -> ChartFile:
    """Read a chart file back; raises ChartUnreadable."""
    lines = [line.strip() for line in text.splitlines()]
    if "<chart>" not in lines:
        raise ChartUnreadable("there is no <chart> in it")
    head = _values(_until(iter(lines[lines.index("<chart>") + 1 :]), "<"))
    expert = None
    if "<expert>" in lines:
        rest = iter(lines[lines.index("<expert>") + 1 :])
        told = _values(_until(rest, "<inputs>", "</expert>"))
        inputs = _values(_until(rest, "</inputs>"))
        expert = ExpertOnChart(told.get("name", ""), told.get("path", ""), _number(told.get("expertmode")), inputs)
    kind, size = _number(head.get("period_type")), _number(head.get("period_size"), 1)
    timeframe = next((name for name, each in _PERIODS.items() if each[:2] == (kind, size)), "")
    if not head.get("symbol") or not timeframe:
        raise ChartUnreadable("it names no symbol or no timeframe")
    return ChartFile(head["symbol"], timeframe, expert, _number(head.get("id")))


def _until(lines: Iterator[str], *ends: str) -> list[str]:
    taken = []
    for line in lines:
        if line.startswith(ends):
            break
        taken.append(line)
    return taken


def _values(lines: Sequence[str]) -> dict[str, str]:
    pairs = (line.partition("=") for line in lines)
    return {name: value for name, separator, value in pairs if separator}


def _number(text: str | None, default: int = 0) -> int:
    try:
        return int(text or default)
    except ValueError:
        return default


def write_profile(folder: Path, charts: Sequence[ChartFile]) -> None:
    """Write a profile; charts that were there before and are not meant any more are gone. Raises OSError.

    Only of use while the terminal is closed: it rewrites the profile from memory when it ends.
    """
    names = [f"chart{number:02}.chr" for number in range(1, len(charts) + 1)]
    for name, chart in zip(names, charts, strict=True):
        text_files.write(folder / name, chart_text(chart))
    text_files.write(folder / ORDER_FILE, "".join(f"{name}\n" for name in names))
    for path in folder.glob("*.chr"):
        if path.name not in names:
            path.unlink()


def read_profile(folder: Path) -> list[ChartFile]:
    """The charts of a profile in their order; unreadable ones are left out, as the terminal does."""
    try:
        names = text_files.read(folder / ORDER_FILE).split()
    except OSError:
        names = sorted(path.name for path in folder.glob("*.chr"))
    charts = []
    for name in names:
        try:
            charts.append(read_chart(text_files.read(folder / name)))
        except (OSError, ChartUnreadable):
            continue
    return charts


def with_expert(chart: ChartFile, expert: ExpertOnChart | None) -> ChartFile:
    """The same chart with another expert, or none."""
    return replace(chart, expert=expert)
