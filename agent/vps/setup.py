"""`forex-elite-agent setup`: puts the agent into its folder, pairs it, and lets it start with every log-on.

A task at log-on and not a service: the terminals need the desktop of the person who is logged on.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

import agent.vps
from agent import __version__
from agent.client import KeyRefused, Rejected, ServerAway, ServerClient
from agent.command import instance_of
from agent.config import AgentConfig, ConfigInvalid, parse
from agent.protocol import Heartbeat
from agent.secret_file import write_secret
from agent.terminal.discovery import FoundTerminal, find_terminals
from agent.vps.attendance import PUBLIC_KEY
from agent.vps.release import fingerprint

TASK: Final = "ForexElite agent"
CONFIG_FILE: Final = "agent.toml"
_NO_CONSOLE: Final = "pythonw.exe"


class SetupFailed(Exception):
    """The agent was not set up; the message says what to do."""


def setup(arguments: Sequence[str]) -> int:
    """Set up step by step, saying what is done; 1 with the reason when it cannot go on."""
    options = _parser().parse_args(arguments)
    try:
        folder = _set_up(options)
    except (SetupFailed, ConfigInvalid, OSError) as error:
        sys.stderr.write(f"forex-elite-agent setup: {error}\n")
        return 1
    _say(f"Done. The agent lives in {folder}; its configuration is {folder / CONFIG_FILE}.")
    _say(f'To look for faults: "{sys.executable}" "{_program(folder)}" doctor --config "{folder / CONFIG_FILE}"')
    return 0


def default_folder() -> Path:
    """Where the agent lives unless told otherwise."""
    local = os.environ.get("LOCALAPPDATA")
    return Path(local) / "ForexElite" / "agent" if local else Path.home() / ".local" / "share" / "forex-elite-agent"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="forex-elite-agent setup")
    parser.add_argument("--server", required=True, help="address of the ForexElite server (https://…)")
    parser.add_argument("--agent-id", required=True)
    parser.add_argument("--release-key", required=True, help="public key of the server's releases, hexadecimal")
    parser.add_argument("--folder", type=Path, default=default_folder())
    parser.add_argument("--insecure", action="store_true", help="allow http:// to another machine")
    parser.add_argument("--simulator", action="store_true", help="a simulated terminal in place of installed ones")
    parser.add_argument("--no-task", action="store_true", help="do not register and start the task at log-on")
    return parser


def _set_up(options: argparse.Namespace) -> Path:
    program = Path(sys.argv[0]).resolve()
    if program.suffix != ".pyz":
        raise SetupFailed("run this from forex-elite-agent.pyz, downloaded from the agents page")
    folder: Path = options.folder.expanduser().resolve()
    (folder / "releases").mkdir(parents=True, exist_ok=True, mode=0o700)
    _say(f"Putting the agent into {folder}")
    name = fingerprint(program)
    shutil.copyfile(program, folder / "releases" / f"{name}.pyz")
    (folder / "releases" / "current").write_text(f"{name}\n", encoding="ascii")
    (folder / "launcher.py").write_bytes(files(agent.vps).joinpath("launcher.py").read_bytes())
    (folder / PUBLIC_KEY).write_bytes(bytes.fromhex(options.release_key))
    key = os.environ.get("FOREX_ELITE_AGENT_KEY") or getpass.getpass("Pairing key (shown once on the agents page): ")
    write_secret(folder / "pairing.key", key.strip())
    terminals = [] if options.simulator else find_terminals()
    _write_config(folder, options, terminals)
    config = parse(["--config", str(folder / CONFIG_FILE)])
    _say("Asking the server whether it knows the key")
    asyncio.run(_pair(config))
    _say("Paired.")
    if not options.no_task:
        _register(folder)
    return folder


def _write_config(folder: Path, options: argparse.Namespace, terminals: list[FoundTerminal]) -> None:
    """Write `agent.toml`; one that is there keeps its terminals, since people edit it."""
    place = folder / CONFIG_FILE
    kept = ""
    if place.exists():
        kept = place.read_text(encoding="utf-8")
        kept = kept[kept.index("[[terminal]]") :] if "[[terminal]]" in kept else ""
    head = [
        f"server = {json.dumps(options.server)}",
        f"agent_id = {json.dumps(options.agent_id)}",
        f"key_file = {json.dumps(str(folder / 'pairing.key'))}",
        f"state_dir = {json.dumps(str(folder / 'state'))}",
        *(["insecure = true"] if options.insecure else []),
        "",
    ]
    tables = kept or "\n".join(_tables(options, terminals))
    place.write_text("\n".join([*head, tables]), encoding="utf-8")


def _tables(options: argparse.Namespace, terminals: list[FoundTerminal]) -> list[str]:
    if options.simulator:
        return ["[[terminal]]", 'kind = "simulator"', "login = 10000001", 'server = "ForexElite-Demo"', ""]
    usable = [terminal for terminal in terminals if terminal.login and terminal.server]
    for terminal in terminals:
        known = f"account {terminal.login} at {terminal.server}" if terminal in usable else "no account: left out"
        _say(f"Found {terminal.program} ({known})")
    if not usable:
        raise SetupFailed(
            "no terminal with an account was found. Install MetaTrader 5, log in once with 'Save password' ticked, "
            "switch Algo Trading on, then run this again"
        )
    lines: list[str] = []
    for terminal in usable:
        lines += [
            "[[terminal]]",
            'kind = "mt5"',
            f"login = {terminal.login}",
            f"server = {json.dumps(terminal.server)}",
            f"path = {json.dumps(str(terminal.program))}",
            f"portable = {str(terminal.is_portable).lower()}",
            "",
        ]
    return lines


async def _pair(config: AgentConfig) -> None:
    """One heartbeat, the first and the last of this process: the installation is known, and may work from now on."""
    beat = Heartbeat(version=__version__, is_last=True).model_dump_json().encode()
    instance = instance_of(_made(config.state_dir))
    async with ServerClient(config.server, config.agent_id, config.read_key, instance=instance) as client:
        try:
            await client.heartbeat(beat)
        except KeyRefused as error:
            raise SetupFailed(
                "the server does not know this key for this agent; rotate it on the agents page"
            ) from error
        except Rejected as error:
            raise SetupFailed(f"the server refuses this installation: {error}") from error
        except ServerAway as error:
            raise SetupFailed(f"the server cannot be reached: {error}") from error


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _register(folder: Path) -> None:
    if sys.platform != "win32":
        _say(f'Start it with: "{sys.executable}" "{folder / "launcher.py"}"')
        return
    quiet = Path(sys.executable).with_name(_NO_CONSOLE)
    program = quiet if quiet.exists() else Path(sys.executable)
    action = f'\\"{program}\\" \\"{folder / "launcher.py"}\\"'
    for what, words in (
        (f'/Create /F /SC ONLOGON /RL LIMITED /TN "{TASK}" /TR "{action}"', "registering the task"),
        (f'/Run /TN "{TASK}"', "starting the task"),
    ):
        # One string, quoted by hand: schtasks wants escaped quotes inside /TR, which list quoting would escape again.
        done = subprocess.run(f"schtasks {what}", capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise SetupFailed(f"{words} failed: {(done.stderr or done.stdout).strip()}")
    _say(f"Registered and started the task '{TASK}': it starts with every log-on of this user.")


def _program(folder: Path) -> Path:
    name = (folder / "releases" / "current").read_text(encoding="ascii").strip()
    return folder / "releases" / f"{name}.pyz"


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
