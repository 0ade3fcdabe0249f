"""`forex-elite-agent doctor`: what is missing between this machine, its terminals and the server, in words."""

from __future__ import annotations

import asyncio
import json
import platform
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from agent import __version__
from agent.assigned import remembered
from agent.client import KeyRefused, Rejected, ServerAway, ServerClient
from agent.command import child_command, instance_of
from agent.config import AgentConfig, ConfigInvalid, TerminalSetup, parse
from agent.lock import AlreadyHeld, FileLock
from agent.protocol import Heartbeat, TerminalState
from agent.terminal.config import TerminalConfig
from agent.terminal.discovery import FoundTerminal, find_terminals
from agent.terminal.gateway import Terminal, TerminalUnavailable
from agent.vps.finding import Finding, Grade, fault, ok, remedy_for, warning
from agent.vps.self_check import missing_packages

TERMINAL_S: Final = 90.0
_ROOM: Final = 200 * 1024 * 1024
_CLOCK_S: Final = 2.0
_MARKS: Final = {Grade.OK: "ok     ", Grade.WARNING: "warning", Grade.FAULT: "FAULT  "}


def doctor(arguments: Sequence[str]) -> int:
    """Look at everything and print it; 1 when something keeps the agent from working."""
    findings: list[Finding] = []
    for finding in examine(arguments):
        findings.append(finding)
        sys.stdout.write(f"{_MARKS[finding.grade]}  {finding.subject}: {finding.words}\n")
        if finding.remedy:
            sys.stdout.write(f"         → {finding.remedy}\n")
        sys.stdout.flush()
    faults = sum(finding.grade is Grade.FAULT for finding in findings)
    sys.stdout.write("\nEverything is in order.\n" if not faults else f"\n{faults} thing(s) must be put right.\n")
    return 1 if faults else 0


def examine(arguments: Sequence[str]) -> Iterator[Finding]:
    """Findings as they come, the cheap ones first."""
    yield from _machine()
    try:
        config = parse(arguments)
    except ConfigInvalid as error:
        yield fault("configuration", str(error), "Correct it, or run the setup command of the agents page again.")
        yield from _installed(find_terminals())
        return
    setups = [*config.terminals, *remembered(config.state_dir)]
    if setups:
        yield ok("configuration", f"agent {config.agent_id}, {len(setups)} terminal(s)")
    else:
        words = f"agent {config.agent_id} runs the accounts assigned to it, and none is yet"
        yield warning("configuration", words, "Add an account on the accounts page and assign it to this agent.")
    is_running = yield from _folder(config)
    yield from asyncio.run(_server(config, is_running=is_running))
    for setup in setups:
        yield from _terminal(setup, is_running=is_running)


def _machine() -> Iterator[Finding]:
    words = f"{platform.python_version()} on {platform.system()} {platform.release()}, agent {__version__}"
    if struct.calcsize("P") * 8 != 64:  # noqa: PLR2004
        yield fault("Python", f"{words}, 32 bit", "The MetaTrader5 package needs a 64-bit Python.")
    else:
        yield ok("Python", words)
    if wrong := missing_packages():
        yield fault("packages", "; ".join(wrong), "Run the setup command of the agents page again; it installs them.")
    else:
        yield ok("packages", "all there, in the versions the agent was built with")


def _installed(terminals: Iterable[FoundTerminal]) -> Iterator[Finding]:
    found = list(terminals)
    if not found:
        yield fault(
            "terminals",
            "no MetaTrader 5 terminal was found on this machine",
            "Install one from your broker and log in once; a portable copy in its own folder per account is best.",
        )
    for terminal in found:
        account = f"account {terminal.login} at {terminal.server}" if terminal.login else "never logged in"
        yield ok("terminal found", f"{terminal.program} ({account})")


def _folder(config: AgentConfig) -> Generator[Finding, None, bool]:
    """Findings about the state folder; returns whether an agent is at work in it."""
    place = config.state_dir
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(place / "agent.lock")
    except OSError as error:
        yield fault("state folder", f"{place}: {error}", "Let this user write there, or choose another --state-dir.")
        return False
    free = shutil.disk_usage(place).free
    if free < _ROOM:
        yield fault("disk", f"{free // 2**20} MiB free", "Free some space: no order is sent that cannot be journalled.")
    try:
        with lock:
            yield ok("state folder", f"{place}, {free // 2**30} GiB free, no agent is running")
            return False
    except AlreadyHeld:
        yield ok("state folder", f"{place}, an agent is running")
        return True


async def _server(config: AgentConfig, *, is_running: bool) -> list[Finding]:
    subject = f"server {config.server}"
    instance = instance_of(config.state_dir)
    asked = datetime.now(UTC)
    async with ServerClient(config.server, config.agent_id, config.read_key, instance=instance) as client:
        if is_running:
            # A heartbeat of ours would speak for the agent at work; whether the key is good its own log says.
            try:
                await client.hello()
            except (ServerAway, Rejected, KeyRefused) as error:
                return [_unreachable(subject, error)]
            return [ok(subject, "answers; the key is in use by the running agent")]
        try:
            reply = await client.heartbeat(Heartbeat(version=__version__, is_last=True).model_dump_json().encode())
        except KeyRefused:
            words = "answers, but does not know this key for this agent"
            return [fault(subject, words, "Rotate the key on the agents page and run the setup with the new one.")]
        except Rejected as error:
            if "agent-elsewhere" in str(error):
                words = "another installation works with this key right now"
                return [
                    fault(
                        subject, words, "Stop that one, or create a second agent on the agents page for this machine."
                    )
                ]
            return [fault(subject, str(error), "Is the server older than this agent? Update the server.")]
        except ServerAway as error:
            return [_unreachable(subject, error)]
    found = [ok(subject, "answers and knows the key")]
    took = datetime.now(UTC) - asked
    ahead = (reply.server_time - asked - took / 2).total_seconds()
    if abs(ahead) > _CLOCK_S:
        remedy = "Switch on automatic time in Windows' date and time settings. Orders are judged by the server's clock."
        found.append(warning("clock", f"{abs(ahead):.1f} s {'behind' if ahead > 0 else 'ahead of'} the server", remedy))
    return found


def _unreachable(subject: str, error: Exception) -> Finding:
    words = str(error)
    if "certificate" in words.casefold():
        return fault(subject, words, "The server's TLS certificate is not trusted here: check address, date and proxy.")
    return fault(
        subject, f"cannot be reached: {words}", "Check the address, the firewall and that the server is running."
    )


def _terminal(setup: TerminalSetup, *, is_running: bool) -> Iterator[Finding]:
    terminal = setup.terminal
    subject = f"terminal {terminal.login} at {terminal.server}"
    if terminal.kind == "simulator" and is_running:
        yield ok(subject, "simulated, at work in the running agent")
        return
    command = [*child_command()[:-1], "doctor-terminal"]
    try:
        looked = subprocess.run(  # noqa: S603  # this very program
            command, input=json.dumps(setup.as_json()), capture_output=True, text=True, timeout=TERMINAL_S, check=False
        )
        told = json.loads(looked.stdout.strip().splitlines()[-1])
    except subprocess.TimeoutExpired:
        yield fault(subject, f"no answer within {TERMINAL_S:.0f} s", remedy_for("", -10005))
    except (ValueError, IndexError):
        yield fault(subject, f"its process ended: {looked.stderr.strip()[-300:]}", remedy_for(""))
    else:
        yield Finding(Grade(told["grade"]), subject, told["words"], told["remedy"])


def look_at_terminal(open_terminal: Callable[[TerminalConfig], Terminal]) -> int:
    """The other end of `_terminal`, in a process of its own because a call into the package cannot be interrupted."""
    setup = TerminalSetup.from_json(json.loads(sys.stdin.read()))
    finding = terminal_finding(setup.terminal, open_terminal)
    told = {"grade": finding.grade, "words": finding.words, "remedy": finding.remedy}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


def terminal_finding(config: TerminalConfig, open_terminal: Callable[[TerminalConfig], Terminal]) -> Finding:
    """Connect to a terminal and say how it stands."""
    subject = f"terminal {config.login} at {config.server}"
    try:
        terminal = open_terminal(config)
        terminal.connect()
        health = terminal.health()
        terminal.close()
    except TerminalUnavailable as error:
        return fault(subject, str(error), remedy_for(str(error), error.code))
    if health.state is TerminalState.UNREACHABLE or not health.is_trade_allowed:
        return fault(subject, health.detail, remedy_for(health.detail))
    if health.detail:
        return warning(subject, health.detail, remedy_for(health.detail))
    return ok(subject, f"connected, build {health.build}, ping {health.ping_ms or 0:.0f} ms, may trade")
