"""What the browser may see of signals in a list."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.domain.signals import ExecutionStatus, SignalCounts, SignalInfo, SignalStatus
from forex_elite.ui import figures

STATUS_MARKS: dict[str, tuple[str, str, str]] = {
    "pending": ("Pending", "info", "spinner"),
    "executed": ("Executed", "up", "check"),
    "partial": ("Partial", "warn", "half"),
    "failed": ("Failed", "crit", "x-circle"),
    "rejected": ("Rejected", "crit", "ban"),
    "discarded": ("Discarded", "", "minus"),
    "duplicate": ("Duplicate", "", "copy"),
    "expired": ("Expired", "warn", "timer"),
    "cancelled": ("Cancelled", "", "minus"),
    "unknown": ("Unknown", "warn", "alert"),
}
"""Word, tone and icon of a status."""

TABS: dict[str, tuple[str, ...]] = {
    "all": (),
    "executed": ("executed", "partial"),
    "refused": ("rejected", "failed", "discarded", "expired"),
    "duplicate": ("duplicate",),
    "unknown": ("unknown",),
    "pending": ("pending",),
}
"""The filters over the feed, and the statuses each shows."""

_ACTIONS = {"close": "Close", "close_all": "Close all", "cancel": "Cancel", "modify": "Change"}


@dataclass(frozen=True, slots=True)
class SignalRow:
    """One alert in the feed."""

    id: str
    received: str
    clock: str
    strategy: str
    action: str
    side_tone: str
    symbol: str
    word: str
    tone: str
    icon: str
    detail: str
    to_fill: str
    to_fill_unit: str
    is_dim: bool
    is_test: bool


def action_words(action: str, side: str) -> tuple[str, str]:
    """What an alert asks for, and the tone of its side (only entries have one)."""
    if action == "open":
        return {"buy": ("Buy", "up"), "sell": ("Sell", "down")}.get(side, ("Open", ""))
    return _ACTIONS.get(action, figures.MISSING), ""


def detail_words(signal: SignalInfo) -> str:
    """One line on how it ended: the fill, the reason, or what it waits for."""
    if signal.status in {SignalStatus.EXECUTED, SignalStatus.PARTIAL}:
        return _filled(signal)
    if signal.status is SignalStatus.PENDING:
        sent = any(one.stages.sent for one in signal.executions)
        claimed = any(one.stages.claimed for one in signal.executions)
        return "Sent, waiting for the fill" if sent else "With the agent" if claimed else "Waiting for the agent"
    if signal.reason:
        return signal.reason
    reasons = dict.fromkeys(one.reason for one in signal.executions if one.reason)
    return next(iter(reasons), figures.MISSING)


def _filled(signal: SignalInfo) -> str:
    verb = {"open": "Filled", "cancel": "Cancelled", "modify": "Changed"}.get(signal.action, "Closed")
    price = figures.symbol_price(signal.fill_price, signal.symbol)
    text = verb if price == figures.MISSING else f"{verb} {price}"
    done = sum(one.status is ExecutionStatus.EXECUTED for one in signal.executions)
    return text if len(signal.executions) < 2 else f"{text} on {done} of {len(signal.executions)}"  # noqa: PLR2004


def signal_row(signal: SignalInfo, zone_name: str) -> SignalRow:
    """An alert as its row."""
    word, tone, icon = STATUS_MARKS[signal.status.value]
    action, side_tone = action_words(signal.action, signal.side)
    to_fill, unit = figures.milliseconds(signal.to_fill_ms)
    return SignalRow(
        id=str(signal.id),
        received=figures.clock_time(signal.received_at, zone_name, fine=True),
        clock=figures.clock_time(signal.received_at, zone_name),
        strategy=signal.strategy_name,
        action=action,
        side_tone=side_tone,
        symbol=signal.symbol or figures.MISSING,
        word=word,
        tone=tone,
        icon=icon,
        detail=detail_words(signal),
        to_fill=to_fill,
        to_fill_unit=unit,
        is_dim=signal.status in {SignalStatus.DUPLICATE, SignalStatus.DISCARDED},
        is_test=signal.is_test,
    )


def tab_counts(counts: SignalCounts) -> dict[str, int]:
    """How many of today's alerts each filter shows."""
    shown = {tab: sum(counts.by_status.get(s, 0) for s in statuses) for tab, statuses in TABS.items()}
    return {**shown, "all": counts.total}


def median_words(counts: SignalCounts) -> str:
    """`p50 86 ms`, or nothing when nothing was filled today."""
    return "" if counts.to_fill_p50_ms is None else f"p50 {' '.join(figures.milliseconds(counts.to_fill_p50_ms))}"


def speed_words(counts: SignalCounts) -> str:
    """`p50 86 ms · p99 141 ms`, or nothing when nothing was filled today."""
    if counts.to_fill_p50_ms is None or counts.to_fill_p99_ms is None:
        return ""
    middle, worst = figures.milliseconds(counts.to_fill_p50_ms), figures.milliseconds(counts.to_fill_p99_ms)
    return f"p50 {' '.join(middle)} · p99 {' '.join(worst)}"
