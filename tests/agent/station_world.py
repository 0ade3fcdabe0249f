"""A station on a simulated terminal that runs as a process of its own, without supervisor and server."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from agent.config import TerminalSetup
from agent.experts.artifacts import Artifacts, digest
from agent.experts.failure import JobFailed
from agent.experts.holding import Holding
from agent.experts.opening import open_program
from agent.experts.starting import _mark
from agent.experts.station import Station
from agent.guard_file import guard_place
from agent.protocol import Deployment, DeploymentReport, DeploymentState, GuardReport, TerminalHealth, TerminalState
from agent.simulator import faults
from agent.simulator.books import Books
from agent.simulator.installation import SimulatedProgram
from agent.simulator.stand_in import StandIn
from agent.terminal import bridge_files, text_files
from agent.terminal.bridge_files import BRIDGE
from agent.terminal.config import TerminalConfig
from agent.terminal.folder import TerminalFolder
from tests.agent.experts_world import deployment_payload

LOGIN, BROKER = 9001, "Sim-Demo"
AGENT = [sys.executable, "-m", "agent"]
TREND = StandIn("Trend", "0" * 64).content()


class Child:
    """What a station needs of the process that trades: when it had to stand aside, and the button it sees."""

    def __init__(self, books: Path) -> None:
        self.events: list[str] = []
        self.guard: GuardReport | None = None
        self._books = books

    def forbid(self) -> None:
        self.events.append("forbid")

    async def hold(self) -> None:
        self.events.append("hold")

    def release(self) -> None:
        self.events.append("release")

    async def ask_health(self, within_s: float) -> TerminalHealth | None:
        books = Books(self._books)
        try:
            is_on = faults.read_switches(books).algo_trading
        finally:
            books.close()
        return TerminalHealth(login=LOGIN, server=BROKER, state=TerminalState.READY, is_algo_trading_on=is_on)


class LocalArtifacts(Artifacts):
    """Files that are here already."""

    def __init__(self, folder: Path) -> None:
        super().__init__(None, folder)  # type: ignore[arg-type]
        self.contents = {digest(TREND): TREND}

    async def fetch(self, sha256: str) -> bytes:
        if sha256 not in self.contents:
            raise JobFailed("artifact-missing", "the server has no such file")
        return self.contents[sha256]


def put_bridge(folder: TerminalFolder) -> None:
    """The bridge as a compile would leave it."""
    content = StandIn(BRIDGE).content()
    text_files.write_bytes(folder.own_experts / f"{BRIDGE}.ex5", content)
    mark = _mark(bridge_files.SOURCE.read_bytes(), content)
    text_files.write_bytes(folder.own_experts / f"{BRIDGE}.sha256", mark.encode())


class StationWorld:
    """One account's station; `again` is the agent after a restart, on the same folders."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self.books = folder / "books"
        self.setup = TerminalSetup(
            TerminalConfig(login=LOGIN, server=BROKER, state_file=str(self.books)),
            str(folder / "journal" / f"{LOGIN}.sqlite3"),
            folder=str(folder / "terminal"),
        )
        self.lines: list[dict[str, Any]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.artifacts = LocalArtifacts(folder / "artifacts")
        self._open()
        put_bridge(self.folder)

    def _open(self) -> None:
        program = open_program(self.setup, AGENT)
        assert isinstance(program, SimulatedProgram)
        self.program = program
        self.programs = [*getattr(self, "programs", []), program]
        self.folder = program.folder
        self.child = Child(self.books)
        hold = Holding(self.child, guard_place(self.setup.journal_file)).reason
        self.station = Station(
            self.setup,
            program,
            self.child,
            self.artifacts,
            self.state / "experts",
            send_line=self.lines.append,
            hold=hold,
        )

    def again(self) -> Station:
        """The agent was started anew; the terminal goes on as it is."""
        self._open()
        return self.station

    def watch(self) -> None:
        """Let the station look after its terminal."""
        self._tasks.append(asyncio.create_task(self.station.watch()))

    async def change(self, state: str, deployment_id: UUID, **changes: Any) -> DeploymentReport:
        payload = {**deployment_payload(digest(TREND), deployment_id), **changes}
        deployment = Deployment.model_validate(payload)
        return await self.station.change(deployment, DeploymentState(state), uuid7())

    def switch(self, **changes: bool) -> None:
        """Turn switches of the simulated broker."""
        faults.switch(self.books, **changes)

    def is_algo_trading_on(self) -> bool:
        books = Books(self.books)
        try:
            return faults.read_switches(books).algo_trading
        finally:
            books.close()

    def messages(self) -> list[str]:
        """What was streamed to the platform."""
        return [line["message"] for line in self.lines]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for program in self.programs:
            program.kill()
            program._forget()
