"""What really is: deployments judged by the bridge's heartbeat or the journal, never by what a call returned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from agent.experts.starting import Way
from agent.experts.wishes import Wish
from agent.protocol import DeploymentReport, DeploymentState, DeploymentStatus
from agent.terminal.bridge_files import BridgeError, BridgeHeartbeat

CLOSED: Final = "terminal-closed"
_OFF: Final = {
    DeploymentState.PAUSED: DeploymentStatus.PAUSED,
    DeploymentState.STOPPED: DeploymentStatus.STOPPED,
}
_FAILURES: Final = {
    "ChartOpen": ("chart-not-opened", "no chart of {symbol} could be opened; check the symbol's name at this broker"),
    "ChartApplyTemplate": ("template-not-applied", "the template was not accepted"),
    "ChartClose": ("chart-not-closed", "the chart could not be closed"),
}


def by_bridge(wish: Wish, heartbeat: BridgeHeartbeat | None, revision: int, now: datetime) -> DeploymentReport:
    """A deployment by a fresh heartbeat; None where the bridge is silent, and then nothing is proven."""
    if heartbeat is None:
        return _report(wish, DeploymentStatus.STARTING, Way.BRIDGE, code="terminal-silent", detail="no heartbeat yet")
    if heartbeat.revision != revision:
        return _report(wish, DeploymentStatus.STARTING, Way.BRIDGE, detail="the bridge has not read it yet")
    chart = heartbeat.chart_with(wish.expert)
    if wish.state is not DeploymentState.RUNNING:
        if chart is None:
            return _report(wish, _OFF[wish.state], Way.BRIDGE, proven_at=now)
        return _failed(wish, heartbeat) or _report(wish, DeploymentStatus.STARTING, Way.BRIDGE, detail="still attached")
    told = wish.deployment
    if chart is not None and (chart.symbol, chart.timeframe) == (told.symbol, told.timeframe):
        may_trade = heartbeat.may_trade and heartbeat.is_algo_trading_on
        return _report(wish, DeploymentStatus.RUNNING, Way.BRIDGE, may_trade=may_trade, proven_at=now)
    return _failed(wish, heartbeat) or _report(wish, DeploymentStatus.STARTING, Way.BRIDGE, detail="being attached")


def by_journal(
    wish: Wish, loaded: Mapping[str, datetime], started_at: datetime, way: Way, now: datetime
) -> DeploymentReport:
    """A deployment by `loaded successfully` and `removed` lines since the terminal's start."""
    is_loaded = wish.expert in loaded and loaded[wish.expert] >= started_at
    if wish.state is not DeploymentState.RUNNING:
        if is_loaded:
            return _report(wish, DeploymentStatus.STARTING, way, detail="still attached")
        return _report(wish, _OFF[wish.state], way, proven_at=now)
    if is_loaded:
        return _report(wish, DeploymentStatus.RUNNING, way, proven_at=loaded[wish.expert])
    return _report(wish, DeploymentStatus.STARTING, way, detail="the journal has not said it is loaded")


def closed(wish: Wish, now: datetime) -> DeploymentReport:
    """A deployment whose terminal is closed: nothing runs there."""
    if wish.state is DeploymentState.RUNNING:
        return _report(wish, DeploymentStatus.FAILED, None, code=CLOSED, detail="its terminal is not running")
    return off(wish, now)


def off(wish: Wish, now: datetime) -> DeploymentReport:
    """A paused or stopped deployment of which it is known, without looking at charts, that nothing of it runs."""
    return _report(wish, _OFF[wish.state], None, proven_at=now)


def wanted(state: DeploymentState) -> DeploymentStatus:
    """The status that proves a wish fulfilled."""
    return DeploymentStatus(state.value)


def _failed(wish: Wish, heartbeat: BridgeHeartbeat) -> DeploymentReport | None:
    error: BridgeError | None = next((one for one in heartbeat.errors if one.key == wish.key), None)
    if error is None:
        return None
    code, words = _FAILURES.get(error.function, ("attach-failed", f"{error.function} failed"))
    detail = f"{words.format(symbol=wish.deployment.symbol)} (MQL5 error {error.number})"
    return _report(wish, DeploymentStatus.FAILED, Way.BRIDGE, code=code, detail=detail)


def _report(
    wish: Wish,
    status: DeploymentStatus,
    way: Way | None,
    *,
    code: str = "",
    detail: str = "",
    may_trade: bool | None = None,
    proven_at: datetime | None = None,
) -> DeploymentReport:
    return DeploymentReport(
        deployment_id=wish.deployment.deployment_id,
        status=status,
        code=code,
        detail=detail,
        way=way or "",
        may_trade=may_trade,
        proven_at=proven_at,
    )
