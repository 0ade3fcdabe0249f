"""What an agent is told at its start: flags, environment and an optional TOML file; flags win, then environment."""

from __future__ import annotations

import argparse
import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from agent.terminal.chart_files import EXPERT_MODE
from agent.terminal.config import SimulationConfig, TerminalConfig

KINDS: Final = ("simulator", "mt5", "mt5linux")
_SETTLE_S = {"simulator": 1.0}
_SETTLE_REAL_S = 30.0
_STALL_S = {"simulator": 30.0}
_STALL_REAL_S = 90.0


class ConfigInvalid(Exception):
    """The agent cannot start as told; the message says which setting to change."""


@dataclass(frozen=True, slots=True)
class TerminalSetup:
    """One terminal under this agent: its own configuration, and how patient the agent is with it."""

    terminal: TerminalConfig
    journal_file: str
    settle_s: float = _SETTLE_REAL_S
    """How long "nothing found" must hold before an unanswered order counts as never executed."""
    stall_s: float = _STALL_REAL_S
    """How long the child may say nothing before it is killed and started again."""
    folder: str = ""
    """The terminal's portable folder; empty where its programs and files cannot be reached from here."""
    expert_mode: int = EXPERT_MODE
    """What this build writes as `expertmode` for an expert that may trade (see a template saved by hand)."""

    @property
    def account(self) -> tuple[int, str]:
        """Under which the terminal is looked up; brokers are not strict about capitals in server names."""
        return account_key(self.terminal.login, self.terminal.server)

    def as_json(self) -> dict[str, Any]:
        """The form sent to the child over its pipe, never over a command line."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> TerminalSetup:
        """Read back what `as_json` wrote."""
        terminal = dict(values["terminal"])
        terminal["simulation"] = SimulationConfig(**terminal["simulation"])
        return cls(**{**values, "terminal": TerminalConfig(**terminal)})


def account_key(login: int, server: str) -> tuple[int, str]:
    """How an account is looked up."""
    return login, server.casefold()


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """Everything the supervisor needs."""

    server: str
    agent_id: UUID
    state_dir: Path
    terminals: tuple[TerminalSetup, ...]
    key_file: Path | None = None
    exit_with_parent: bool = False
    log_level: str = "info"

    def read_key(self) -> str:
        """The pairing key, read anew each time, so that a rotated one takes effect. Raises ConfigInvalid."""
        if self.key_file is None:
            key = os.environ.get("FOREX_ELITE_AGENT_KEY", "")
            source = "FOREX_ELITE_AGENT_KEY"
        else:
            source = str(self.key_file)
            try:
                key = self.key_file.read_text(encoding="utf-8")
            except OSError as error:
                raise ConfigInvalid(f"the pairing key cannot be read: {error}") from error
        if not key.strip().isascii() or not key.strip():
            raise ConfigInvalid(f"{source} holds no pairing key; copy it from the agents page")
        return key.strip()


def parse(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> AgentConfig:
    """Read flags, environment and file; raises ConfigInvalid (argparse itself ends the process on unknown flags)."""
    flags = _parser().parse_args(argv)
    told = _read_file(flags.config)

    def setting(name: str, variable: str) -> str:
        value = getattr(flags, name) or environment.get(variable) or told.get(name) or ""
        return str(value)

    server = setting("server", "FOREX_ELITE_SERVER")
    agent_id = setting("agent_id", "FOREX_ELITE_AGENT_ID")
    state_dir = Path(setting("state_dir", "FOREX_ELITE_AGENT_STATE") or ".forex-elite-agent").expanduser().resolve()
    key_file = setting("key_file", "FOREX_ELITE_AGENT_KEY_FILE")
    if not server:
        raise ConfigInvalid("--server is missing: the address of your ForexElite, such as https://trade.example.com")
    _check_server(server, is_insecure_allowed=bool(flags.insecure or told.get("insecure")))
    try:
        identity = UUID(agent_id)
    except ValueError as error:
        raise ConfigInvalid("--agent-id is missing or is no agent id; copy it from the agents page") from error
    terminals = _terminals(flags, told, environment, state_dir)
    config = AgentConfig(
        server=server,
        agent_id=identity,
        state_dir=state_dir,
        terminals=terminals,
        key_file=Path(key_file).expanduser() if key_file else None,
        exit_with_parent=flags.exit_with_parent,
        log_level=setting("log_level", "FOREX_ELITE_AGENT_LOG") or "info",
    )
    config.read_key()
    return config


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="forex-elite-agent", description="The ForexElite agent beside MetaTrader 5.")
    parser.add_argument("--config", type=Path, help="TOML file with any of these settings and [[terminal]] tables")
    parser.add_argument("--server", help="address of the ForexElite server (https://…)")
    parser.add_argument("--agent-id", help="id of this agent, from the agents page")
    parser.add_argument("--key-file", help="file with the pairing key (or set FOREX_ELITE_AGENT_KEY)")
    parser.add_argument("--state-dir", help="folder for the journal and simulated accounts")
    parser.add_argument("--insecure", action="store_true", help="allow http:// to another machine (key goes in clear)")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when standard input is closed")
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"))
    terminal = parser.add_argument_group("one terminal")
    terminal.add_argument("--terminal", choices=KINDS, default=None)
    terminal.add_argument("--login", type=int, help="account number")
    terminal.add_argument("--broker-server", help="the broker's server name, such as Broker-Demo")
    terminal.add_argument("--path", help="terminal64.exe of a portable installation")
    return parser


def _read_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigInvalid(f"{path} cannot be read: {error}") from error


def _terminals(
    flags: argparse.Namespace, told: dict[str, Any], environment: Mapping[str, str], state_dir: Path
) -> tuple[TerminalSetup, ...]:
    tables = list(told.get("terminal", []))
    if flags.terminal is not None:
        tables = [{"kind": flags.terminal, "login": flags.login, "server": flags.broker_server, "path": flags.path}]
    if not tables:
        raise ConfigInvalid("no terminal: give --terminal with --login and --broker-server, or [[terminal]] tables")
    terminals = tuple(_terminal(table, environment, state_dir) for table in tables)
    if len({terminal.account for terminal in terminals}) < len(terminals):
        raise ConfigInvalid("the same account is listed twice; one terminal per account")
    return terminals


def _terminal(table: Mapping[str, Any], environment: Mapping[str, str], state_dir: Path) -> TerminalSetup:
    values = {name: value for name, value in table.items() if value is not None}
    kind, login, server = values.setdefault("kind", "mt5"), values.get("login"), values.get("server")
    if kind not in KINDS:
        raise ConfigInvalid(f"terminal kind {kind!r} is unknown; use one of {', '.join(KINDS)}")
    if not isinstance(login, int) or isinstance(login, bool) or login <= 0 or not isinstance(server, str) or not server:
        raise ConfigInvalid("each terminal needs its account number (login) and the broker's server name (server)")
    if "password" in values:
        raise ConfigInvalid("a password does not belong into the configuration; name a password_file")
    settle_s = float(values.pop("settle_s", _SETTLE_S.get(kind, _SETTLE_REAL_S)))
    stall_s = float(values.pop("stall_s", _STALL_S.get(kind, _STALL_REAL_S)))
    expert_mode = int(values.pop("expert_mode", EXPERT_MODE))
    values["password"] = _password(values.pop("password_file", ""), login, environment)
    place = f"{login}@{re.sub(r'[^A-Za-z0-9.-]+', '_', server)}"
    if kind == "simulator":
        values.setdefault("state_file", str(state_dir / "simulator" / place))
    try:
        values["simulation"] = SimulationConfig(**values.get("simulation", {}))
        terminal = TerminalConfig(**values)
    except TypeError as error:
        raise ConfigInvalid(f"terminal {login}: {error}") from error
    folder = _folder(terminal, state_dir / "terminals" / place)
    journal = str(state_dir / "journal" / f"{place}.sqlite3")
    return TerminalSetup(terminal, journal, settle_s, stall_s, folder, expert_mode)


def _folder(terminal: TerminalConfig, simulated: Path) -> str:
    """Where the terminal's programs and files are: beside its program when that runs portable, as ours must."""
    if terminal.kind == "simulator":
        return str(simulated)
    return str(Path(terminal.path).parent) if terminal.kind == "mt5" and terminal.path and terminal.portable else ""


def _password(file: str, login: int, environment: Mapping[str, str]) -> str:
    if not file:
        return environment.get(f"FOREX_ELITE_MT5_PASSWORD_{login}", "")
    try:
        return Path(file).expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigInvalid(f"the password of account {login} cannot be read: {error}") from error


def _check_server(server: str, *, is_insecure_allowed: bool) -> None:
    parts = urlsplit(server)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigInvalid(f"{server!r} is no web address; it starts with https://")
    if parts.username or parts.password:
        raise ConfigInvalid("the server's address must not carry a user or password")
    if parts.scheme == "http" and not is_insecure_allowed and not _is_loopback(parts.hostname):
        raise ConfigInvalid("http:// would send the pairing key in clear; use https:// (or --insecure if you must)")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
