"""An account as the accounts page sets it up: where its terminal runs, its group, its limits and its automation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from forex_elite.domain.automation import AlgoSettings, Automation
from forex_elite.domain.limits import Limits
from forex_elite.domain.people import check_name
from forex_elite.domain.terminals import AccountInfo
from forex_elite.errors import InvalidInput

MAX_LOGIN = 2**53
MAX_PASSWORD = 128
MAX_PATH = 260
MAX_SERVER = 128
MOST_SYMBOLS = 500
_SYMBOL = 32


class TerminalKind(StrEnum):
    """What stands behind an account: a MetaTrader 5 terminal, or a paper broker."""

    MT5 = "mt5"
    SIMULATOR = "simulator"


@dataclass(frozen=True, slots=True)
class AccountGroup:
    """Accounts that are started, paused and stopped together."""

    id: UUID
    name: str
    account_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account a person adds. The password leaves only encrypted, and only for the agent that logs in with it.

    `terminal_path` is the terminal64.exe of a portable installation of its own: an agent needs it to start a terminal
    of kind mt5, since one installation holds one account at a time.
    """

    login: int
    server: str
    password: str = ""
    name: str = ""
    kind: TerminalKind = TerminalKind.MT5
    terminal_path: str = ""
    agent_id: UUID | None = None
    group_id: UUID | None = None

    def __repr__(self) -> str:
        """Without the password."""
        return f"NewAccount({self.login}@{self.server})"


@dataclass(frozen=True, slots=True)
class AccountSetup:
    """An account with everything its owner sets about it; `holds` is what the agent's guard holds back, in words.

    The agent enforces revision `applied` of what is set; the newest is `revision`.
    """

    info: AccountInfo
    kind: TerminalKind
    label: str
    terminal_path: str
    is_assigned: bool
    has_password: bool
    group_id: UUID | None
    group_name: str
    automation: Automation
    algo: AlgoSettings
    limits: Limits
    has_own_limits: bool
    symbol_map: Mapping[str, str]
    holds: tuple[str, ...]
    revision: int
    applied: int
    killed_at: datetime | None
    kill_confirmed_at: datetime | None
    is_agent_online: bool

    @property
    def is_applied(self) -> bool:
        """The agent enforces what is set."""
        return self.applied >= self.revision


def check_account(new: NewAccount) -> NewAccount:
    """Return the account or refuse the first field that cannot be. Raises InvalidInput."""
    if not 0 < new.login < MAX_LOGIN:
        raise InvalidInput("The account number is a whole number above zero.", field="login")
    if not 1 <= len(new.server) <= MAX_SERVER or not new.server.isprintable() or new.server != new.server.strip():
        raise InvalidInput("Write the broker's server as the terminal shows it, such as Broker-Live02.", field="server")
    check_password(new.password)
    check_path(new.terminal_path)
    if new.agent_id is not None:
        check_startable(new.kind, new.terminal_path, has_password=bool(new.password))
    if new.name:
        check_name(new.name, field="name")
    return new


def check_password(password: str) -> str:
    """Return a broker's password; its rules are the broker's, ours only say what can be stored and sent."""
    if len(password) > MAX_PASSWORD or not password.isprintable():
        raise InvalidInput(f"Use at most {MAX_PASSWORD} printable characters.", field="password")
    return password


def check_path(path: str) -> str:
    """Return the path of a terminal64.exe, or an empty text."""
    if len(path) > MAX_PATH or not path.isprintable() or (path and not path.lower().endswith(".exe")):
        raise InvalidInput("Give the full path of the installation's terminal64.exe.", field="terminal_path")
    return path


def check_startable(kind: TerminalKind, path: str, *, has_password: bool) -> None:
    """Refuse to give an agent an account it could not start a terminal for. Raises InvalidInput."""
    if kind is TerminalKind.MT5 and not path:
        raise InvalidInput(
            "An agent needs the terminal64.exe of an installation of its own for this account.", field="terminal_path"
        )
    if kind is TerminalKind.MT5 and not has_password:
        raise InvalidInput("An agent needs the password to log in.", field="password")


def check_symbol_map(symbols: Mapping[str, str]) -> dict[str, str]:
    """Return the map with signal names in capitals, or refuse it. Raises InvalidInput."""
    if len(symbols) > MOST_SYMBOLS:
        raise InvalidInput(f"Map at most {MOST_SYMBOLS} symbols.", field="symbol_map")
    checked: dict[str, str] = {}
    for name, broker in symbols.items():
        for one in (name, broker):
            if not 1 <= len(one.strip()) <= _SYMBOL or not one.isprintable():
                raise InvalidInput(f"Use 1 to {_SYMBOL} printable characters a symbol.", field="symbol_map")
        wanted = name.strip().upper()
        if wanted in checked:
            raise InvalidInput(f"{wanted} is mapped twice.", field="symbol_map")
        checked[wanted] = broker.strip()
    return checked
