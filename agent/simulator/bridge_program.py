"""What `ForexEliteBridge` does inside a terminal, step by step as its MQL5 source does it, on simulated charts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from agent.simulator.charts import Chart, Charts
from agent.simulator.views import BUILD
from agent.terminal import text_files
from agent.terminal.bridge_files import APPLIED, HEARTBEAT, PAUSE_TEMPLATE, WANTED, ChartWish, read_wanted
from agent.terminal.chart_files import enum_timeframe, timeframe_of
from agent.terminal.folder import TerminalFolder

PERIOD_S: Final = 0.5
PATIENCE_S: Final = 10.0
MOST_TRIES: Final = 5
_FIELDS: Final = 4


@dataclass(slots=True)
class _Deed:
    key: str
    chart: int = 0
    expert: str = ""
    template: str = ""
    tries: int = 0
    tried_at: float = -1e9
    error: int = 0
    failed: str = ""


class BridgeProgram:
    """The bridge on its own chart."""

    def __init__(
        self,
        charts: Charts,
        folder: TerminalFolder,
        own: Chart,
        *,
        is_algo_trading_on: Callable[[], bool],
        is_connected: Callable[[], bool],
    ) -> None:
        self.own = own
        self._charts = charts
        self._files = folder.files
        self._is_algo_trading_on = is_algo_trading_on
        self._is_connected = is_connected
        self._wishes: list[ChartWish] = []
        self._deeds: dict[str, _Deed] = {}
        self._revision = -1
        self._sequence = 0
        self._looked = -1e9
        self._read_deeds()

    def turn(self) -> None:
        """Look, when it is time."""
        if time.monotonic() - self._looked < PERIOD_S:
            return
        self._looked = time.monotonic()
        self._read_wishes()
        if self._revision >= 0:
            self._close_unwanted()
            for wish in self._wishes:
                self._fulfil(wish)
        self._write_heartbeat()

    def _read_wishes(self) -> None:
        try:
            found = read_wanted((self._files / WANTED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        if found is None or found[0] == self._revision:
            return
        self._revision, self._wishes = found
        for deed in self._deeds.values():
            deed.tries, deed.tried_at, deed.error = 0, -1e9, 0

    def _close_unwanted(self) -> None:
        wanted = {wish.key for wish in self._wishes}
        for deed in [deed for deed in self._deeds.values() if deed.key not in wanted]:
            chart = self._find(deed)
            if chart is not None:
                self._charts.close(chart.chart_id)
            else:
                del self._deeds[deed.key]
                self._save_deeds()

    def _fulfil(self, wish: ChartWish) -> None:
        deed = self._deeds.setdefault(wish.key, _Deed(wish.key))
        deed.expert = wish.expert
        chart = self._find(deed)
        timeframe = timeframe_of(wish.timeframe)
        if chart is not None and (chart.symbol, chart.timeframe) != (wish.symbol, timeframe):
            self._charts.close(chart.chart_id)
            return
        if chart is None:
            if not self._may_try(deed):
                return
            number = self._charts.open(wish.symbol, timeframe)
            if not number:
                deed.error, deed.failed = 4105, "ChartOpen"
                return
            chart = self._charts.charts[number]
            deed.chart, deed.template, deed.tries, deed.tried_at = number, "", 0, -1e9
            self._save_deeds()
        on_chart = chart.expert.name if chart.expert else ""
        if wish.is_running:
            if on_chart != wish.expert or deed.template != wish.template:
                self._apply(deed, chart, wish.template)
        elif on_chart:
            self._apply(deed, chart, "")

    def _apply(self, deed: _Deed, chart: Chart, template: str) -> None:
        if not self._may_try(deed):
            return
        deed.template = template
        self._save_deeds()
        path = f"\\Files\\ForexElite\\{template or PAUSE_TEMPLATE}"
        error = self._charts.apply_template(chart.chart_id, path, caller=self.own)
        if error:
            deed.error, deed.failed = error, "ChartApplyTemplate"

    @staticmethod
    def _may_try(deed: _Deed) -> bool:
        if deed.tries >= MOST_TRIES or time.monotonic() - deed.tried_at < PATIENCE_S:
            return False
        deed.tries += 1
        deed.tried_at = time.monotonic()
        return True

    def _find(self, deed: _Deed) -> Chart | None:
        others = [chart for chart in self._charts.charts.values() if chart is not self.own]
        for chart in others:
            if chart.expert is not None and chart.expert.name == deed.expert:
                deed.chart = chart.chart_id
                return chart
        return next((chart for chart in others if chart.chart_id == deed.chart), None)

    def _save_deeds(self) -> None:
        rows = [f"{deed.key}|{deed.chart}|{deed.expert}|{deed.template}\r\n" for deed in self._deeds.values()]
        text_files.write_bytes(self._files / APPLIED, "".join(rows).encode())

    def _read_deeds(self) -> None:
        try:
            rows = (self._files / APPLIED).read_text(encoding="utf-8").splitlines()
        except OSError:
            return
        for fields in (row.split("|") for row in rows):
            if len(fields) == _FIELDS:
                self._deeds[fields[0]] = _Deed(fields[0], int(fields[1]), fields[2], fields[3])

    def _write_heartbeat(self) -> None:
        self._sequence += 1
        lines = [
            f"sequence={self._sequence}",
            f"revision={self._revision}",
            f"time={int(time.time())}",
            f"build={BUILD}",
            f"connected={int(self._is_connected())}",
            f"terminal_trade_allowed={int(self._is_algo_trading_on())}",
            f"trade_allowed={int(self.own.may_trade and self._is_algo_trading_on())}",
        ]
        for chart in self._charts.charts.values():
            if chart is not self.own:
                expert = chart.expert.name if chart.expert else ""
                lines.append(f"chart={chart.chart_id}|{chart.symbol}|{enum_timeframe(chart.timeframe)}|{expert}")
        for deed in self._deeds.values():
            lines.append(f"deed={deed.key}|{deed.chart}|{deed.template}|{deed.tries}")
            if deed.error:
                lines.append(f"error={deed.key}|{deed.error}|{deed.failed}")
        text = "\r\n".join([*lines, f"end={self._sequence}", ""])
        text_files.write_bytes(self._files / HEARTBEAT, text.encode())
