"""Charts of a simulated terminal: profiles, templates, experts on them, and who may trade.

Like the real ones: a template takes effect later than the call; an expert never gets more permission than the program
that applied its template; the profile is rewritten from memory when the terminal ends, and not when it is killed.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from agent.simulator.log_files import LogFile
from agent.simulator.stand_in import read_stand_in
from agent.terminal import text_files
from agent.terminal.chart_files import (
    ALGO_TRADING,
    ChartFile,
    ChartUnreadable,
    ExpertOnChart,
    read_chart,
    read_profile,
    write_profile,
)
from agent.terminal.folder import TerminalFolder

DEFAULT_PROFILE: Final = "Default"
CHART_WRONG_ID: Final = 4101
CHART_CANNOT_OPEN: Final = 4105
CHART_TEMPLATE: Final = 4107
_DELAY_S: Final = 0.1


@dataclass(slots=True)
class Chart:
    """One open chart; `is_saved` is False for the one `[StartUp]` opened."""

    chart_id: int
    symbol: str
    timeframe: str
    expert: ExpertOnChart | None = None
    may_trade: bool = False
    is_saved: bool = True

    @property
    def title(self) -> str:
        """As logs name it."""
        return f"({self.symbol},{self.timeframe})"


class Charts:
    """All charts of one terminal. `symbols` are those the broker has."""

    def __init__(
        self,
        folder: TerminalFolder,
        symbols: Iterable[str],
        *,
        journal: LogFile,
        experts_log: LogFile,
        is_mode_ignored: Callable[[], bool] = lambda: False,
    ) -> None:
        self.charts: dict[int, Chart] = {}
        self._folder = folder
        self._symbols = frozenset(symbols)
        self._journal = journal
        self._experts_log = experts_log
        self._is_mode_ignored = is_mode_ignored
        self._queue: list[tuple[float, Callable[[], None]]] = []
        self._numbers = itertools.count(133_000_000_000_000_001 + time.time_ns() % 1_000_000_000 * 16)

    def load_profile(self, name: str) -> str:
        """Open the charts of a profile; a missing one is replaced by Default without a word. Returns its name."""
        if not (self._folder.charts / name).is_dir():
            name = DEFAULT_PROFILE
        for saved in read_profile(self._folder.charts / name):
            if saved.symbol in self._symbols:
                number = saved.chart_id if saved.chart_id and saved.chart_id not in self.charts else next(self._numbers)
                self._show(Chart(number, saved.symbol, saved.timeframe), saved.expert)
        if not self.charts:
            self._show(Chart(next(self._numbers), self.first_symbol, "H1"), None)
        return name

    @property
    def first_symbol(self) -> str:
        """Where a chart without a symbol goes."""
        return min(self._symbols, key=lambda name: (not name.startswith("EURUSD"), name))

    def start_up(self, expert: ExpertOnChart, symbol: str, timeframe: str) -> None:
        """The chart of `[StartUp]`."""
        self._show(Chart(next(self._numbers), symbol, timeframe, is_saved=False), expert)

    def save_profile(self, name: str) -> None:
        """Rewrite the profile from memory; what somebody wrote into it meanwhile is lost."""
        saved = [
            ChartFile(chart.symbol, chart.timeframe, chart.expert, chart.chart_id)
            for chart in self.charts.values()
            if chart.is_saved
        ]
        write_profile(self._folder.charts / name, saved)

    def end(self) -> None:
        """The terminal closes: every expert is taken off its chart."""
        for chart in self.charts.values():
            self._unload(chart)

    # --- what a program may call ------------------------------------------------------------------------------------

    def open(self, symbol: str, timeframe: str) -> int:
        """`ChartOpen`: a new chart every time; 0 for a symbol the broker does not have."""
        if symbol not in self._symbols:
            return 0
        number = next(self._numbers)
        self._show(Chart(number, symbol, timeframe), None)
        return number

    def close(self, number: int) -> bool:
        """`ChartClose`: queued."""
        if number not in self.charts:
            return False
        self._later(lambda: self._close(number))
        return True

    def apply_template(self, number: int, path: str, *, caller: Chart) -> int:
        r"""`ChartApplyTemplate`: queued; 0, or the error's number. A path that begins with `\` is under MQL5."""
        place = self._folder.mql5.joinpath(*path.strip("\\/").replace("\\", "/").split("/"))
        if number not in self.charts:
            return CHART_WRONG_ID
        try:
            template = read_chart(text_files.read(place))
        except (OSError, ChartUnreadable):
            return CHART_TEMPLATE
        self._later(lambda: self._apply(number, template.expert, cap=caller.may_trade))
        return 0

    def settle(self) -> None:
        """Do what was queued long enough ago."""
        now = time.monotonic()
        due = [act for at, act in self._queue if at <= now]
        self._queue = [(at, act) for at, act in self._queue if at > now]
        for act in due:
            act()

    # --- inside -----------------------------------------------------------------------------------------------------

    def _later(self, act: Callable[[], None]) -> None:
        self._queue.append((time.monotonic() + _DELAY_S, act))

    def _apply(self, number: int, expert: ExpertOnChart | None, *, cap: bool) -> None:
        chart = self.charts.get(number)
        if chart is not None:
            self._unload(chart)
            self._show(chart, expert, cap=cap)

    def _close(self, number: int) -> None:
        chart = self.charts.pop(number, None)
        if chart is not None:
            self._unload(chart)

    def _show(self, chart: Chart, expert: ExpertOnChart | None, *, cap: bool = True) -> None:
        self.charts[chart.chart_id] = chart
        if expert is None:
            return
        place = self._folder.mql5.joinpath(*expert.path.replace("\\", "/").split("/"))
        program = read_stand_in(place)
        if program is None:
            self._journal.write("Experts", f"expert {expert.name} {chart.title} cannot be loaded: {expert.path}", 2)
            return
        chart.may_trade = expert.may_trade and cap and not self._is_mode_ignored()
        if not chart.may_trade:
            expert = replace(expert, mode=expert.mode & ~ALGO_TRADING)
        chart.expert = expert
        self._journal.write("Experts", f"expert {expert.name} {chart.title} loaded successfully")
        told = ", ".join(f"{name}={value}" for name, value in expert.inputs.items()) or "none"
        speaker = f"{expert.name} {chart.title}"
        self._experts_log.write(speaker, f"inputs: {told}")
        self._experts_log.write(speaker, "simulated terminal: its MQL5 code is not executed here")
        if not chart.may_trade:
            self._experts_log.write(speaker, "automated trading is not permitted to this expert", 2)

    def _unload(self, chart: Chart) -> None:
        if chart.expert is not None:
            self._journal.write("Experts", f"expert {chart.expert.name} {chart.title} removed")
        chart.expert, chart.may_trade = None, False


def expert_at(path: str, inputs: dict[str, str], mode: int) -> ExpertOnChart:
    r"""The expert of a start-up configuration: `path` under MQL5\Experts without its ending."""
    plain = path.replace("/", "\\")
    return ExpertOnChart(Path(plain.replace("\\", "/")).name, f"Experts\\{plain}.ex5", mode, inputs)
