"""What the browser may see of agents."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.domain.terminals import AgentInfo, AgentKind
from forex_elite.ui import figures


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One agent in the list."""

    id: str
    name: str
    kind: str
    word: str
    tone: str
    icon: str
    heard_at: str
    version: str
    cpu: str
    memory: str
    accounts: str
    terminals: str
    key_prefix: str
    created: str
    is_online: bool


def agent_row(agent: AgentInfo, zone_name: str) -> AgentRow:
    """An agent as its row; load figures of an agent that is away are not shown."""
    paired = agent.last_heartbeat_at is not None
    if agent.is_online:
        word, tone, icon = "Online", "up", "check"
    elif paired:
        word, tone, icon = "Offline", "crit", "wifi-off"
    else:
        word, tone, icon = "Not paired yet", "info", "key"
    return AgentRow(
        id=str(agent.id),
        name=agent.name,
        kind="Dedicated" if agent.kind is AgentKind.DEDICATED else "Pool",
        word=word,
        tone=tone,
        icon=icon,
        heard_at=figures.iso(agent.last_heartbeat_at),
        version=agent.version or figures.MISSING,
        cpu=figures.percent(agent.cpu_percent, places=0) if agent.is_online else figures.MISSING,
        memory=figures.percent(agent.memory_percent, places=0) if agent.is_online else figures.MISSING,
        accounts=figures.count(agent.account_count, "account"),
        terminals=_terminals(agent),
        key_prefix=agent.key_prefix,
        created=figures.day(agent.created_at, zone_name),
        is_online=agent.is_online,
    )


def _terminals(agent: AgentInfo) -> str:
    if not agent.is_online or not agent.terminals:
        return figures.MISSING
    connected = sum(terminal.get("state") in {"ready", "trading_off"} for terminal in agent.terminals)
    return f"{connected} of {len(agent.terminals)} connected"


def start_command(url: str, agent_id: str, key: str, *, simulated: bool) -> str:
    """What to paste into a terminal on the machine where MetaTrader 5 runs (or anywhere, for the simulated one)."""
    flags = " --simulated" if simulated else ""
    return f"forex-elite-agent --server {url} --agent-id {agent_id} --key {key}{flags}"
