"""One account's terminal and the experts on it: what is wanted is brought about, proven, and kept up.

Desired state first: a wish is on disk before anything is done about it, and a run that fails is taken back, so that no
expert starts later by surprise. A pause or stop is never taken back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from agent.backoff import Backoff
from agent.config import TerminalSetup
from agent.experts import algo_trading, proof, starting
from agent.experts.artifacts import Artifacts
from agent.experts.failure import JobFailed
from agent.experts.placing import place, send_wishes
from agent.experts.starting import Way
from agent.experts.terminal_logs import TerminalLogs
from agent.experts.ties import ChildProcess, Parting
from agent.experts.wishes import Wish, Wishes
from agent.protocol import Deployment, DeploymentReport, DeploymentState, DeploymentStatus
from agent.terminal import bridge_files
from agent.terminal.bridge_files import BRIDGE, BridgeHeartbeat
from agent.terminal.program import TerminalMissing, TerminalProgram
from agent.terminal.start_config import LogIn

log = logging.getLogger(__name__)

START_S: Final = 90.0
"""How long a started terminal may take until its bridge or journal speaks."""
CONFIRM_S: Final = 60.0
FAILED_FOR_S: Final = 5.0
"""How long a failure of the bridge must last; it tries again by itself."""
GRACE_S: Final = 5.0
"""How long something may not be as wanted before it is put right: charts and templates take their time."""
ALIVE_S: Final = 6.0
WATCH_S: Final = 1.0
BRIDGE_AGAIN_S: Final = 1800.0
"""After so long a bridge that failed is given another chance, at the next change."""
_LOOK_S: Final = 0.2
_HEALTH_S: Final = 3.0
_BEATS_S: Final = 3.0
_RUNNING_KNOWN_S: Final = 2.0


class Station:
    """The experts of one account. `change` carries out a job, `watch` keeps up what was brought about."""

    def __init__(
        self,
        setup: TerminalSetup,
        program: TerminalProgram,
        child: ChildProcess,
        artifacts: Artifacts,
        state_dir: Path,
        *,
        send_line: Callable[[dict[str, Any]], None],
        hold: Callable[[], str],
    ) -> None:
        """`hold` says why the account's guard lets no expert run, and nothing when it lets them."""
        self.program = program
        self.folder = program.folder
        self.way = Way.BRIDGE
        self._setup = setup
        self._child = child
        self._artifacts = artifacts
        name = Path(setup.journal_file).stem
        account = (setup.terminal.login, setup.terminal.server)
        self._config = state_dir / f"{name}.ini"
        self.wishes = Wishes(state_dir / f"{name}.json", account)
        self.logs = TerminalLogs(
            self.folder, self.wishes, state_dir / f"{name}.logs.json", account=account, send=send_line
        )
        self._lock = asyncio.Lock()
        self._reports: dict[UUID, DeploymentReport] = {}
        self._sequence, self._heard_at = -1, float("-inf")
        self._heartbeat: BridgeHeartbeat | None = None
        self._started_at = datetime.now(UTC)
        self._bridge_again_at = float("-inf")
        self._running, self._running_at = False, float("-inf")
        self._help_at = float("inf")
        self._help = Backoff(first_s=20.0, most_s=600.0)
        self._hold = hold
        self._heed()

    # --- jobs -------------------------------------------------------------------------------------------------------

    async def deploy(self, deployment: Deployment, job_id: UUID) -> DeploymentReport:
        """Put a deployment's files in place without running it, and prove that it does not run. Raises JobFailed."""
        async with self._lock:
            known = self.wishes.not_superseded(deployment, job_id)
            wish = Wish(deployment, known.state if known else DeploymentState.STOPPED, job_id)
            if known is not None and known.state is DeploymentState.RUNNING and known.deployment != deployment:
                raise JobFailed("deployment-running", "it runs with another version or other inputs; stop it first")
            await place(wish, self.folder, self._artifacts)
            self.wishes.put(wish)
            self._send()
            if (known is None or known.job_id == job_id) and not await self._hears_bridge():
                # nobody has ever started it; a terminal is not restarted only to hear so from the bridge
                report = self._reports[deployment.deployment_id] = proof.off(wish, datetime.now(UTC))
                return report
            return await self._confirm(wish)

    async def change(self, deployment: Deployment, state: DeploymentState, job_id: UUID) -> DeploymentReport:
        """Bring a deployment to a state and prove it. Raises JobFailed."""
        async with self._lock:
            known = self.wishes.not_superseded(deployment, job_id)
            wish = Wish(deployment, state, job_id)
            if state is not DeploymentState.RUNNING:
                if known is not None:
                    wish = replace(wish, deployment=known.deployment)
                self.wishes.put(wish)
                return await self._bring_about(wish)
            self._heed()
            self.wishes.check_run(deployment)
            await place(wish, self.folder, self._artifacts)
            self.wishes.put(wish)
            try:
                report = await self._bring_about(wish)
                await self._permit(wish)
            except (JobFailed, asyncio.CancelledError):
                await self._take_back(wish, known)
                raise
            return self._reports.get(deployment.deployment_id, report)

    def adopt(self, wishes: list[Any]) -> None:
        """Take over what the server wants, where it knows better; `watch` brings it about. Raises JobFailed."""
        self._help_at = 0.0 if self.wishes.adopt(wishes) else self._help_at

    def reports(self) -> list[DeploymentReport]:
        """What every deployment does, as last proven."""
        return list(self._reports.values())

    def hold_child(self) -> None:
        """Keep the child from starting; `restore` lets it go."""
        self._child.forbid()

    async def leave(self, parting: Parting) -> None:
        """End a terminal whose experts would trade on unwatched, and keep them from its next start.

        Raises JobFailed and OSError, the terminal being closed all the same where that can be done.
        """
        if parting is Parting.RESTARTED or not self.wishes.on_charts():
            return
        async with self._lock:
            await starting.close(self.program)
            await asyncio.to_thread(starting.clear_profile, self.folder)
            if parting is Parting.TAKEN:  # the server tells what is wanted to the agent that has the account next
                self.wishes.forget()

    # --- keeping up -------------------------------------------------------------------------------------------------

    async def restore(self) -> None:
        """After the agent's start: have the terminal run with what is wanted before its child asks for it."""
        if not self.wishes.on_charts():
            return
        try:
            async with self._lock:
                await self._help_out()
        finally:
            self._child.release()

    async def watch(self) -> None:
        """Follow logs and heartbeat for ever, and put right what is not as wanted."""
        while True:
            await asyncio.sleep(WATCH_S)
            try:
                await self._watch_once()
            except OSError as problem:
                log.warning("files of terminal %s cannot be read: %s", self._setup.terminal.login, problem)

    def _heed(self) -> None:
        """Take experts off their charts as soon as the account's guard says so, and put them back when it lets them."""
        if self.wishes.hold_back(self._hold()):
            self._help_at = 0.0
            words = f"taken off: {self.wishes.hold}" if self.wishes.hold else "let run again"
            log.warning("terminal %s: its experts are %s", self._setup.terminal.login, words)

    async def _watch_once(self) -> None:
        self._look()
        self._heed()
        if not self.wishes.on_charts() or self._lock.locked():
            return
        async with self._lock:
            reports = [(wish, await self._look_at(wish)) for wish in self.wishes.on_charts()]
            loop = asyncio.get_running_loop()
            if all(report.status is proof.wanted(wish.state) for wish, report in reports):
                self._help_at = float("inf")
                self._help.reset()
            elif self._help_at == float("inf"):
                self._help_at = loop.time() + GRACE_S
            elif loop.time() >= self._help_at:
                self._help_at = loop.time() + self._help.next_s()
                await self._help_out()

    async def _help_out(self) -> None:
        """Bring everything about again; what fails is tried again after a growing pause."""
        try:
            for wish in self.wishes.running():
                await place(wish, self.folder, self._artifacts)
            self._send()
            await self._bring_up()
        except JobFailed as problem:
            log.warning("deployments of account %s: %s", self._setup.terminal.login, problem.message)

    # --- bringing about ---------------------------------------------------------------------------------------------

    async def _bring_about(self, wish: Wish) -> DeploymentReport:
        """Tell the terminal, see that it runs where it must, and wait for the proof."""
        self._send()
        if wish.state is DeploymentState.RUNNING or await self._is_running():
            await self._bring_up()
        return await self._confirm(wish)

    async def _bring_up(self) -> None:
        """Have the terminal run as our way needs it; falls back to the next way when one does not work."""
        loop = asyncio.get_running_loop()
        if loop.time() >= self._bridge_again_at:
            self.way = Way.BRIDGE
        if self.way is Way.BRIDGE:
            if await self._hears_bridge():
                return
            problem = await asyncio.to_thread(starting.install_bridge, self.program)
            if not problem and await self._restart(Way.BRIDGE):
                return
            log.warning(
                "terminal %s: %s; its profile is rewritten at every change instead",
                self._setup.terminal.login,
                problem or "the bridge does not answer",
            )
            self._bridge_again_at = loop.time() + BRIDGE_AGAIN_S
        self.way = Way.PROFILE
        if not await self._restart(Way.PROFILE) and len(self.wishes.running()) == 1:
            log.warning("terminal %s does not heed the profile; [StartUp] is used", self._setup.terminal.login)
            self.way = Way.STARTUP
            await self._restart(Way.STARTUP)

    async def _restart(self, way: Way) -> bool:
        """Close the terminal, write what it starts with, start it; whether bridge or journal then speak."""
        await self._child.hold()
        try:
            await starting.close(self.program)
            line = await asyncio.to_thread(
                starting.prepare_start,
                self.folder,
                self.wishes.on_charts(),
                way,
                LogIn(self._setup.terminal.login, self._setup.terminal.server),
                mode=self._setup.expert_mode,
                config=self._config,
            )
            self._look()
            self._heartbeat, self._sequence, self._heard_at = None, -1, float("-inf")
            self._started_at = datetime.now(UTC).replace(microsecond=0)
            process = await asyncio.to_thread(self.program.start, line)
            loop = asyncio.get_running_loop()
            until = loop.time() + START_S
            while loop.time() < until:
                self._look()
                if self._speaks(way):
                    return True
                if process.poll() is not None and not await self._is_running():
                    return False  # one that updates itself goes on in another process
                await asyncio.sleep(_LOOK_S)
        except (TerminalMissing, OSError) as problem:
            raise JobFailed("terminal-not-started", f"the terminal could not be started: {problem}") from problem
        finally:
            self._child.release()
        return False

    def _speaks(self, way: Way) -> bool:
        """Whether the started terminal has shown that this way works."""
        loaded = self.logs.loaded
        if way is Way.BRIDGE:
            return self._is_alive()
        return all(wish.expert in loaded and loaded[wish.expert] >= self._started_at for wish in self.wishes.running())

    async def _confirm(self, wish: Wish) -> DeploymentReport:
        loop = asyncio.get_running_loop()
        until, failed_since, may_start = loop.time() + CONFIRM_S, None, True
        while True:
            self._look()
            report = await self._look_at(wish)
            if report.status is proof.wanted(wish.state):
                return report
            now = loop.time()
            failed_since = (failed_since or now) if report.status is DeploymentStatus.FAILED else None
            if failed_since is not None and now - failed_since >= FAILED_FOR_S:
                if report.code == proof.CLOSED and may_start:  # it was closed while its last heartbeat was still fresh
                    may_start, failed_since = False, None
                    await self._bring_up()
                    until = loop.time() + CONFIRM_S
                    continue
                raise JobFailed(report.code, report.detail)
            if now >= until:
                text = f"the terminal did not prove within {CONFIRM_S:.0f} s that it is {wish.state}: {report.detail}"
                raise JobFailed(report.code or "not-confirmed", text)
            await asyncio.sleep(_LOOK_S)

    async def _permit(self, wish: Wish) -> None:
        """See that a running expert may trade: the button, and the permission the bridge can give."""
        button = algo_trading.GuardedButton(self.program, self.foreign_experts)
        if not await algo_trading.switch(button, self._button, wanted=True):
            text = "Algo Trading is off in the terminal and could not be switched on; press the button there"
            raise JobFailed("algo-trading-off", text)
        if self.way is not Way.BRIDGE:
            return
        loop = asyncio.get_running_loop()
        until = loop.time() + FAILED_FOR_S
        while loop.time() < until:
            self._look()
            if (await self._look_at(wish)).may_trade:
                return
            await asyncio.sleep(_LOOK_S)
        text = "the bridge may not trade, so no expert it attaches may: save a template by hand and set expert_mode"
        raise JobFailed("bridge-may-not-trade", text)

    async def _button(self) -> bool | None:
        """The Algo Trading button as the terminal tells its child, else as it tells the bridge."""
        health = await self._child.ask_health(_HEALTH_S)
        if health is not None and health.is_algo_trading_on is not None:
            return health.is_algo_trading_on
        self._look()
        return self._heartbeat.is_algo_trading_on if self._is_alive() and self._heartbeat else None

    async def _take_back(self, wish: Wish, before: Wish | None) -> None:
        """A run failed: want again what was wanted before, and let nothing of it stay attached."""
        try:
            self.wishes.take_back(wish, before)
            self._send()
            if self.way is not Way.BRIDGE:
                await self._restart(self.way)
        except JobFailed as problem:
            log.error("a failed start could not be taken back: %s", problem.message)  # noqa: TRY400

    # --- looking ----------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Read logs and heartbeat on."""
        self.logs.read()
        heard = bridge_files.hear(self.folder.files)
        if heard is not None and heard.sequence != self._sequence:
            if self._sequence >= 0:  # the first one may be of a terminal that is closed by now
                self._heard_at = asyncio.get_running_loop().time()
            self._sequence, self._heartbeat = heard.sequence, heard

    async def _hears_bridge(self) -> bool:
        """Whether the bridge speaks; one that was never heard gets the time for two beats."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _BEATS_S
        self._look()
        while not self._is_alive() and self._heartbeat is not None and loop.time() < until:
            await asyncio.sleep(_LOOK_S)
            self._look()
        return self._is_alive()

    async def _is_running(self, *, within_s: float = 0.0) -> bool:
        """Whether the terminal runs, as found out at most so long ago: looking through all processes takes its time."""
        loop = asyncio.get_running_loop()
        if loop.time() - self._running_at >= within_s:
            self._running = await asyncio.to_thread(self.program.is_running)
            self._running_at = loop.time()
        return self._running

    def _is_alive(self) -> bool:
        return asyncio.get_running_loop().time() - self._heard_at <= ALIVE_S

    async def _look_at(self, wish: Wish) -> DeploymentReport:
        now = datetime.now(UTC)
        if self.way is Way.BRIDGE:
            alive = self._heartbeat if self._is_alive() else None
            report = proof.by_bridge(wish, alive, self.wishes.revision, now)
        else:
            report = proof.by_journal(wish, self.logs.loaded, self._started_at, self.way, now)
        is_unheard = report.status is not proof.wanted(wish.state) and not self._is_alive()
        if (is_unheard or self.way is not Way.BRIDGE) and not await self._is_running(within_s=_RUNNING_KNOWN_S):
            report = proof.closed(wish, now)
        known = self.wishes.find(wish.deployment.deployment_id)
        if self.wishes.hold and known is not None and known.state is not wish.state:
            report = report.model_copy(update={"code": "experts-held", "detail": self.wishes.hold})
        self._reports[wish.deployment.deployment_id] = report
        return report

    # --- checks -----------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        send_wishes(self.folder, self.wishes.on_charts(), self.wishes.revision, self._setup.expert_mode)

    def foreign_experts(self) -> list[str]:
        """Experts on charts that are none of ours; switching Algo Trading on would set them free as well."""
        charts = self._heartbeat.charts if self._heartbeat else ()
        ours = {wish.expert for wish in self.wishes.running()} | {BRIDGE}
        return [chart.expert for chart in charts if chart.expert and chart.expert not in ours]
