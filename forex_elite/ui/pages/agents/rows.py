"""What the browser may see of agents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from forex_elite.domain.terminals import AgentInfo, AgentKind
from forex_elite.ui import figures

SIMULATED = ("10000001", "ForexElite-Demo")
"""Account number and server of the simulated terminal's first account."""

KEY_MARK = "PAIRING-KEY"
"""Stands for the key in the start command; the page puts the key in its place, the server keeps it nowhere."""

_BROKER_SERVER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")


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


@dataclass(frozen=True, slots=True)
class StartForm:
    """What the start command needs to know about the terminal beside the agent."""

    kind: str = "install"
    """`install` on Windows, `mt5` started by hand there, or `simulator`."""
    login: str = ""
    broker_server: str = ""


def start_command(url: str, agent_id: str, key: str, form: StartForm) -> str:
    """What to paste on the machine of the terminal: PowerShell for MetaTrader 5, any shell for the simulated one.

    `install` fetches and runs the server's script, which finds the terminals by itself.
    An agent of kind `assigned` runs the accounts given to it on the accounts page, and names none itself.

    The key goes through the environment, where other users of the machine do not see it. What is not yet known, or
    would not survive a shell, stands as a capital word to replace.
    """
    if form.kind == "install":
        return f"$env:FOREX_ELITE_AGENT_KEY = '{key}'; irm '{url}/api/agent/install.ps1?agent_id={agent_id}' | iex"
    login = form.login if form.login.isdecimal() and form.login.isascii() else "ACCOUNT"
    broker = form.broker_server if _BROKER_SERVER.fullmatch(form.broker_server) else "BROKER-SERVER"
    shell = (
        f"$env:FOREX_ELITE_AGENT_KEY = '{key}'\n"
        if form.kind in {"mt5", "assigned"}
        else f"export FOREX_ELITE_AGENT_KEY='{key}'\n"
    )
    kind, login, broker = ("mt5", login, broker) if form.kind == "mt5" else ("simulator", *SIMULATED)
    plain = " --insecure" if is_in_clear(url) else ""
    terminal = f'--terminal {kind} --login {login} --broker-server "{broker}"'
    if form.kind == "assigned":
        terminal = "--assigned"
    return f"{shell}forex-elite-agent --server {url}{plain} --agent-id {agent_id} {terminal}"


def is_in_clear(url: str) -> bool:
    """Whether the key would travel unencrypted to another machine."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}
