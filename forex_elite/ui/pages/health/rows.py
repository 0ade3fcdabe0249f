"""What the browser may see of the health of accounts, agents and their synchronisation."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.domain.health import AccountHealth, AgentHealth, AlertInfo, SyncRunInfo
from forex_elite.domain.terminals import DataAge
from forex_elite.ui import figures
from forex_elite.ui.shell.state import account_title

KINDS = {"account": "Account", "trades": "Trades", "request": "Sync now"}
_RUN_MARKS = {
    "ok": ("Stored", "up", "check"),
    "partial": ("In part", "warn", "half"),
    "failed": ("Failed", "crit", "x"),
}
_AGE_WORDS = {
    DataAge.FRESH: "Fresh",
    DataAge.ACCEPTABLE: "Acceptable",
    DataAge.DEGRADED: "Degraded",
    DataAge.CRITICAL: "Critical",
}


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert; `tone` and `icon` say how bad it is, `state` whether it still stands."""

    id: str
    message: str
    word: str
    tone: str
    icon: str
    at: str
    state: str
    is_unread: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class AccountHealthRow:
    """One account."""

    id: str
    title: str
    login: str
    word: str
    tone: str
    icon: str
    updated_at: str
    age_word: str
    run_words: str
    failures: str
    issues: str
    is_syncing: bool
    can_sync: bool


@dataclass(frozen=True, slots=True)
class AgentHealthRow:
    """One agent."""

    id: str
    name: str
    word: str
    tone: str
    icon: str
    heard_at: str
    tick_at: str
    feed_word: str
    feed_tone: str
    accounts: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of the synchronisation."""

    key: str
    time: str
    account: str
    kind: str
    word: str
    tone: str
    icon: str
    stored: str
    refused: str
    duration: str
    error: str


def alert_row(alert: AlertInfo, zone_name: str) -> AlertRow:
    """An alert as its row."""
    is_critical = alert.severity == "critical"
    if alert.closed_at is not None:
        state = f"Over since {figures.day_time(alert.closed_at, zone_name)}"
    elif alert.acknowledged_at is not None:
        state = "Acknowledged, not over yet"
    else:
        state = "Open"
    subject = alert.agent_name or (f"{alert.account_name} {alert.account_login}" if alert.account_login else "")
    times = f"{alert.times} times" if alert.times > 1 else ""
    return AlertRow(
        id=str(alert.id),
        message=alert.message,
        word="Critical" if is_critical else "Warning",
        tone="crit" if is_critical else "warn",
        icon="alert" if is_critical else "triangle",
        at=figures.iso(alert.raised_at),
        state=" · ".join(part for part in (subject, times, state) if part),
        is_unread=alert.acknowledged_at is None,
        is_over=alert.closed_at is not None,
    )


def run_words(run: SyncRunInfo | None) -> str:
    """The last run in a few words: what it was and how long it took."""
    if run is None:
        return "none in 7 days"
    took, unit = figures.milliseconds(float(run.duration_ms))
    outcome = {"ok": "", "partial": ", in part", "failed": " failed"}.get(run.status, "")
    return f"{KINDS.get(run.kind, run.kind)}{outcome} · {took} {unit}"


def account_health_row(found: AccountHealth) -> AccountHealthRow:
    """An account as its row."""
    account = found.account
    if found.is_reachable:
        word, tone, icon = "Reachable", "up", "check"
    elif account.agent_id is None:
        word, tone, icon = "No agent", "warn", "ban"
    else:
        word, tone, icon = "Not reachable", "crit", "wifi-off"
    return AccountHealthRow(
        id=str(account.id),
        title=account_title(account),
        login=str(account.login),
        word=word,
        tone=tone,
        icon=icon,
        updated_at=figures.iso(account.synced_at),
        age_word=_AGE_WORDS[account.data_age],
        run_words=run_words(found.last_run),
        failures=str(found.failures) if found.failures else figures.MISSING,
        issues=" ".join(found.issues),
        is_syncing=found.is_syncing,
        can_sync=account.agent_id is not None,
    )


def agent_health_row(found: AgentHealth) -> AgentHealthRow:
    """An agent as its row."""
    agent = found.agent
    if agent.is_online:
        word, tone, icon = "Online", "up", "check"
    elif agent.last_heartbeat_at is not None:
        word, tone, icon = "Offline", "crit", "wifi-off"
    else:
        word, tone, icon = "Not paired yet", "info", "key"
    if found.last_tick_at is None:
        feed_word, feed_tone = "No price yet", ""
    elif found.is_feed_silent:
        feed_word, feed_tone = "Silent", "warn"
    else:
        feed_word, feed_tone = ("Live", "up") if agent.is_online else ("Away", "")
    return AgentHealthRow(
        id=str(agent.id),
        name=agent.name,
        word=word,
        tone=tone,
        icon=icon,
        heard_at=figures.iso(agent.last_heartbeat_at),
        tick_at=figures.iso(found.last_tick_at),
        feed_word=feed_word,
        feed_tone=feed_tone,
        accounts=figures.count(agent.account_count, "account"),
    )


def run_row(run: SyncRunInfo, place: int, titles: dict[str, str], zone_name: str) -> RunRow:
    """A run as its row."""
    word, tone, icon = _RUN_MARKS.get(run.status, (run.status.title(), "", ""))
    took, unit = figures.milliseconds(float(run.duration_ms))
    return RunRow(
        key=f"{run.started_at.timestamp()}-{place}",
        time=figures.clock_time(run.started_at, zone_name),
        account=titles.get(str(run.account_id), figures.MISSING),
        kind=KINDS.get(run.kind, run.kind),
        word=word,
        tone=tone,
        icon=icon,
        stored=f"{run.stored:,}" if run.kind != "request" else figures.MISSING,
        refused=f"{run.refused:,}" if run.refused else figures.MISSING,
        duration=f"{took} {unit}",
        error=run.error,
    )
