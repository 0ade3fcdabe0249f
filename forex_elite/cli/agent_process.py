"""An agent as a child of this process: started, started again when it fails, ended with us however we end."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from forex_elite.cli.frontend import ROOT

PAUSE_S = 2.0  # before a failed agent is started again
STOP_PATIENCE_S = 10.0
PRIVATE = ("DATABASE_URL", "SECRET_KEY", "REDIS_URL", "LLM_API_KEY")


@dataclass(frozen=True)
class AgentSetup:
    """Which agent, for which server, with which simulated account."""

    server: str
    agent_id: UUID
    key_file: Path
    state_dir: Path
    login: int
    broker_server: str

    @property
    def command(self) -> list[str]:
        """`python -m agent` with its flags; the key itself is in no command line."""
        return [
            *(sys.executable, "-m", "agent", "--exit-with-parent", "--insecure"),  # it never leaves this machine
            *("--server", self.server, "--agent-id", str(self.agent_id)),
            *("--key-file", str(self.key_file), "--state-dir", str(self.state_dir)),
            *("--terminal", "simulator", "--login", str(self.login), "--broker-server", self.broker_server),
        ]


async def keep_running(setup: AgentSetup, log: Path) -> None:
    """Run the agent until cancelled; then stop it gently, and firmly if it will not."""
    log.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *setup.command,
                cwd=ROOT,
                env={name: value for name, value in os.environ.items() if name not in PRIVATE},
                stdin=PIPE,  # never written to: it closes when this process ends, and the agent ends with it
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl+C reaches us alone; the agent is stopped in its turn
            )
        try:
            await process.wait()
        finally:
            await _stop(process)
        await asyncio.sleep(PAUSE_S)


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_PATIENCE_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
