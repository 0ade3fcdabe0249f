"""What the browser may see of accounts and what is set about them; passwords are not among it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forex_elite.domain.account_setup import AccountGroup, AccountSetup, TerminalKind
from forex_elite.domain.automation import Automation, SafetyMode
from forex_elite.domain.terminals import AgentInfo, DataSource
from forex_elite.ui import figures
from forex_elite.ui.shell.state import account_title

_AUTOMATION = {
    Automation.RUNNING: ("Running", "up", "play"),
    Automation.PAUSED: ("Paused", "warn", "pause"),
    Automation.STOPPED: ("Stopped", "", "stop"),
}
_KINDS = {TerminalKind.MT5: "MetaTrader 5", TerminalKind.SIMULATOR: "Simulated"}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account in the list."""

    id: str
    title: str
    login: str
    server: str
    group: str
    agent: str
    kind: str
    word: str
    tone: str
    icon: str
    reported_at: str
    is_enabled: bool
    auto_word: str
    auto_tone: str
    auto_icon: str
    settings: str
    guard: str
    guard_tone: str
    guard_icon: str
    guard_more: str
    is_held: bool
    is_killed: bool
    equity: str
    currency: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group."""

    id: str
    name: str
    accounts: str


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose."""

    value: str
    words: str


def _settings_words(setup: AccountSetup) -> str:
    algo = setup.algo
    parts = []
    if algo.safety_mode is not SafetyMode.GREEN:
        parts.append(f"safety {algo.safety_mode.value}")
    if algo.max_lots is not None:
        parts.append(f"≤ {algo.max_lots:g} lots")
    if algo.max_loss is not None:
        parts.append(f"≤ {algo.max_loss:,.0f} {setup.info.currency} a trade")
    return " · ".join(parts)


def _guard(setup: AccountSetup, zone_name: str) -> tuple[str, str, str, str]:
    """What holds the account back, or that its agent enforces what is set: word, tone, icon, more words."""
    if setup.killed_at is not None:
        at = figures.clock_time(setup.kill_confirmed_at, zone_name)
        told = f"agent confirmed {at}" if setup.kill_confirmed_at else "agent has not confirmed yet"
        return "Kill switch", "crit", "kill", f"since {figures.clock_time(setup.killed_at, zone_name)}, {told}"
    if setup.holds:
        more = f" and {len(setup.holds) - 1} more" if len(setup.holds) > 1 else ""
        return "Held", "crit", "lock", setup.holds[0] + more
    if setup.info.agent_id is None:
        return "Server only", "warn", "wifi-off", "no agent to enforce its limits"
    if not setup.is_applied:
        return "On its way", "info", "clock", "the agent has yet to confirm the newest settings"
    limits = len(setup.limits.figures) + (setup.limits.week is not None) + (setup.limits.weekend is not None)
    return "In force", "up", "check", f"{figures.count(limits, 'limit')}, agent and server"


def account_row(setup: AccountSetup, zone_name: str) -> AccountRow:
    """An account as its row."""
    info = setup.info
    is_stored = info.data_source is DataSource.STORED
    live = ("Stored", "warn", "clock") if is_stored else ("Live", "up", "")
    if info.synced_at is None:
        live = ("No report yet", "warn", "clock")
    elif info.balance_difference is not None:
        gap = figures.money(info.balance_difference, info.currency, signed=True)
        live = (f"Balance {gap} off its deals", "warn", "triangle")
    auto = _AUTOMATION[setup.automation]
    if setup.killed_at is not None:
        auto = (auto[0], "line", auto[2])  # what is wished for, while nothing runs
    guard, guard_tone, guard_icon, guard_more = _guard(setup, zone_name)
    return AccountRow(
        id=str(info.id),
        title=account_title(info),
        login=str(info.login),
        server=info.server,
        group=setup.group_name,
        agent=info.agent_name,
        kind=_KINDS[setup.kind] if setup.is_assigned else "",
        word=live[0],
        tone=live[1],
        icon=live[2],
        reported_at=figures.iso(info.synced_at),
        is_enabled=info.is_enabled,
        auto_word=auto[0],
        auto_tone=auto[1],
        auto_icon=auto[2],
        settings=_settings_words(setup),
        guard=guard,
        guard_tone=guard_tone,
        guard_icon=guard_icon,
        guard_more=guard_more,
        is_held=bool(setup.holds),
        is_killed=setup.killed_at is not None,
        equity=figures.money(info.equity, info.currency) if info.synced_at is not None else figures.MISSING,
        currency=info.currency if info.synced_at is not None else "",
    )


def group_row(group: AccountGroup) -> GroupRow:
    """A group as its row."""
    return GroupRow(str(group.id), group.name, figures.count(group.account_count, "account"))


def agent_options(agents: Sequence[AgentInfo]) -> list[Option]:
    """The agents an account can be given to."""
    return [
        Option(str(one.id), f"{one.name} ({one.kind.value}{'' if one.is_online else ', offline'})") for one in agents
    ]


def group_options(groups: Sequence[AccountGroup]) -> list[Option]:
    """The groups an account can be put into."""
    return [Option(str(one.id), one.name) for one in groups]
