"""The letter box between agent and bridge EA: `wanted.txt` from us, `heartbeat.txt` from the bridge.

Lines of `name=value`; the last line repeats the first number, so that a file read in the middle of being written is
recognised and left for the next look.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.terminal import text_files
from agent.terminal.chart_files import ChartFile, chart_text, timeframe_of

BRIDGE: Final = "ForexEliteBridge"
SOURCE: Final = Path(__file__).with_name("bridge") / f"{BRIDGE}.mq5"
WANTED: Final = "wanted.txt"
HEARTBEAT: Final = "heartbeat.txt"
APPLIED: Final = "applied.txt"
PAUSE_TEMPLATE: Final = "fe_pause.tpl"
PAUSE_TEXT: Final = chart_text(ChartFile("EURUSD", "H1"))
_FIELDS: Final = 6
_CHART_FIELDS: Final = 4
_ERROR_FIELDS: Final = 3


@dataclass(frozen=True, slots=True)
class ChartWish:
    """One expert wanted on one chart. Paused: the chart without the expert."""

    key: str
    symbol: str
    timeframe: int
    expert: str
    template: str
    is_running: bool


@dataclass(frozen=True, slots=True)
class OpenChart:
    """A chart as the bridge sees it; `expert` is empty where none runs."""

    chart_id: int
    symbol: str
    timeframe: str
    expert: str


@dataclass(frozen=True, slots=True)
class BridgeError:
    """The last call that failed for a chart: MQL5's error number and the function."""

    key: str
    number: int
    function: str


@dataclass(frozen=True, slots=True)
class BridgeHeartbeat:
    """What the bridge says of itself and the charts. `sequence` grows with every look."""

    sequence: int
    revision: int
    build: int = 0
    is_connected: bool = False
    is_algo_trading_on: bool = False
    may_trade: bool = False
    """The bridge's own permission: no expert it attaches can have more."""
    charts: tuple[OpenChart, ...] = ()
    errors: tuple[BridgeError, ...] = ()

    def chart_with(self, expert: str) -> OpenChart | None:
        """The chart an expert runs on."""
        return next((chart for chart in self.charts if chart.expert == expert), None)


def wanted_text(revision: int, wishes: Iterable[ChartWish]) -> str:
    """The letter to the bridge."""
    lines = [f"revision={revision}"]
    for wish in wishes:
        state = "run" if wish.is_running else "pause"
        fields = (wish.key, wish.symbol, str(wish.timeframe), wish.expert, wish.template, state)
        lines.append(f"chart={'|'.join(fields)}")
    return "\n".join([*lines, f"end={revision}", ""])


def read_wanted(text: str) -> tuple[int, list[ChartWish]] | None:
    """The letter as the bridge reads it; None for half a one."""
    try:
        return _whole_letter(text)
    except ValueError:
        return None


def _whole_letter(text: str) -> tuple[int, list[ChartWish]] | None:
    revision, end, wishes = -1, None, []
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name == "revision":
            revision = int(value)
        elif name == "end":
            end = int(value)
        elif name == "chart":
            fields = value.split("|")
            if len(fields) != _FIELDS:
                return None
            key, symbol, timeframe, expert, template, state = fields
            wishes.append(ChartWish(key, symbol, int(timeframe), expert, template, state == "run"))
    return (revision, wishes) if revision >= 0 and end == revision else None


def read_heartbeat(text: str) -> BridgeHeartbeat | None:
    """The bridge's answer; None for half a one or for what is none."""
    values: dict[str, str] = {}
    charts: list[OpenChart] = []
    errors: list[BridgeError] = []
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name == "chart":
            fields = value.split("|")
            if len(fields) == _CHART_FIELDS:
                charts.append(OpenChart(int(fields[0]), fields[1], _timeframe(fields[2]), fields[3]))
        elif name == "error":
            fields = value.split("|")
            if len(fields) == _ERROR_FIELDS:
                errors.append(BridgeError(fields[0], int(fields[1]), fields[2]))
        else:
            values[name] = value
    if "sequence" not in values or values.get("end") != values["sequence"]:
        return None
    return BridgeHeartbeat(
        sequence=int(values["sequence"]),
        revision=int(values.get("revision", -1)),
        build=int(values.get("build", 0)),
        is_connected=values.get("connected") == "1",
        is_algo_trading_on=values.get("terminal_trade_allowed") == "1",
        may_trade=values.get("trade_allowed") == "1",
        charts=tuple(charts),
        errors=tuple(errors),
    )


def _timeframe(number: str) -> str:
    try:
        return timeframe_of(int(number))
    except (KeyError, ValueError):
        return ""


def send(folder: Path, revision: int, wishes: Iterable[ChartWish]) -> None:
    """Put the letter into the box, in one step. Raises OSError."""
    text_files.write_bytes(folder / WANTED, wanted_text(revision, wishes).encode())


def note_applied(folder: Path, charts: Iterable[tuple[str, int, str, str]]) -> None:
    """Tell the bridge what the profile already holds (key, chart, expert, template), so that it is not attached twice.

    Only while the terminal is closed: the file is the bridge's. Raises OSError.
    """
    rows = [f"{key}|{number}|{expert}|{template}\r\n" for key, number, expert, template in charts]
    text_files.write_bytes(folder / APPLIED, "".join(rows).encode())


def applied_charts(folder: Path) -> dict[int, str]:
    """Charts the bridge has opened: their numbers and the deployments' keys."""
    try:
        rows = (folder / APPLIED).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    fields = [row.split("|") for row in rows]
    return {int(row[1]): row[0] for row in fields if len(row) == _CHART_FIELDS and row[1].isdigit() and row[1] != "0"}


def hear(folder: Path) -> BridgeHeartbeat | None:
    """The newest whole heartbeat; None while there is none."""
    try:
        raw = (folder / HEARTBEAT).read_bytes()
    except OSError:
        return None
    try:
        return read_heartbeat(raw.decode("utf-8", "replace"))
    except ValueError:
        return None
