"""What is wanted of every deployment of one account, on disk: it holds without the server, and after a restart."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from agent.experts.artifacts import digest
from agent.experts.failure import JobFailed
from agent.protocol import Deployment, DeploymentState, DeploymentWish
from agent.terminal import text_files
from agent.terminal.chart_files import ChartFile, ExpertOnChart, chart_text, expert_on_chart
from agent.terminal.folder import OWN

log = logging.getLogger(__name__)

_UNREADABLE: Final = ".unreadable"
_MOST_STOPPED: Final = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """One deployment and the state wanted of it. `job_id` said so last; job ids sort by the time they were made."""

    deployment: Deployment
    state: DeploymentState
    job_id: UUID

    @property
    def key(self) -> str:
        """Short and unique: the random end of the deployment's id."""
        return self.deployment.deployment_id.hex[-8:]

    @property
    def expert(self) -> str:
        """The expert's name in the terminal, its own for every deployment: chart, journal and log lines tell which."""
        return f"{self.deployment.expert}-{self.key}"

    @property
    def file(self) -> str:
        """Its file in the agent's folder under Experts."""
        return f"{self.expert}.ex5"

    def on_chart(self, mode: int) -> ExpertOnChart:
        """The expert as a chart file names it."""
        return expert_on_chart(self.expert, f"Experts\\{OWN}\\{self.file}", self.deployment.inputs, mode=mode)

    def template_text(self, mode: int) -> str:
        """The template that puts it on a chart with its inputs."""
        return chart_text(ChartFile(self.deployment.symbol, self.deployment.timeframe, self.on_chart(mode)))

    def template(self, mode: int) -> str:
        """Name of that template; other inputs or another version make another name, so that it is applied again."""
        content = f"{self.deployment.sha256}\n{self.template_text(mode)}"
        return f"fe_{self.key}_{digest(content.encode())[:8]}.tpl"


class Wishes:
    """The wishes of one account. Every change is on disk before anything is done about it."""

    def __init__(self, path: Path, account: tuple[int, str]) -> None:
        """`account`: log-in and server, written along so that a copied file is not taken for another account's."""
        self._path = path
        self._login, self._server = account
        self.revision = 0
        self.hold = ""
        """Why no expert may run now, whatever is wanted of each."""
        self._wishes: dict[UUID, Wish] = {}
        self._read()

    def on_charts(self) -> list[Wish]:
        """Those that want a chart: running and paused ones, all of them paused while they are held back."""
        found = [wish for wish in self._wishes.values() if wish.state is not DeploymentState.STOPPED]
        return [replace(wish, state=DeploymentState.PAUSED) for wish in found] if self.hold else found

    def running(self) -> list[Wish]:
        """Those that want an expert to run, and may have it."""
        return [wish for wish in self.on_charts() if wish.state is DeploymentState.RUNNING]

    def hold_back(self, reason: str) -> bool:
        """Let no expert run for this reason, or for none let them run again; True when that is a change."""
        is_change = bool(reason) != bool(self.hold)
        self.hold = reason
        if is_change and self._wishes:
            try:
                self._change(dict(self._wishes))
            except JobFailed:
                self.revision += 1  # the guard keeps it; only the number must not come twice
        return is_change

    def find(self, deployment_id: UUID) -> Wish | None:
        """What is wanted of a deployment."""
        return self._wishes.get(deployment_id)

    def not_superseded(self, deployment: Deployment, job_id: UUID) -> Wish | None:
        """What was wanted before this job; raises JobFailed (`superseded`) when a later one has spoken."""
        known = self.find(deployment.deployment_id)
        if known is not None and known.job_id > job_id:
            raise JobFailed("superseded", f"a later order has said {known.state} since")
        return known

    def check_run(self, told: Deployment) -> None:
        """Raise JobFailed where it must not run: experts are held back, or its magic number is taken on its symbol."""
        if self.hold:
            raise JobFailed("experts-held", f"{self.hold}; no expert was started")
        for other in self.running():
            same = (other.deployment.magic, other.deployment.symbol) == (told.magic, told.symbol)
            if told.magic is not None and same and other.deployment.deployment_id != told.deployment_id:
                text = f"{other.expert} already trades {told.symbol} with magic number {told.magic}"
                raise JobFailed("magic-taken", text)

    def of_expert(self, expert: str) -> Wish | None:
        """The wish whose expert has this name in the terminal."""
        return next((wish for wish in self._wishes.values() if wish.expert == expert), None)

    def put(self, wish: Wish) -> None:
        """Want this from now on. Raises JobFailed (`state-not-saved`) and changes nothing when it cannot be kept."""
        self._change({**self._wishes, wish.deployment.deployment_id: wish})

    def take_back(self, wish: Wish, before: Wish | None) -> None:
        """Want again what was wanted before; the job that tried something else still counts as the last word."""
        if before is None:
            self.put(replace(wish, state=DeploymentState.STOPPED))
        else:
            self.put(replace(before, job_id=wish.job_id))

    def adopt(self, told: Iterable[DeploymentWish]) -> list[Wish]:
        """Take over what the server says, where no later job has said otherwise here; what changed."""
        changed = []
        for each in told:
            known = self._wishes.get(each.deployment.deployment_id)
            if known is None or known.job_id < each.job_id:
                wish = Wish(each.deployment, each.state, each.job_id)
                changed.append(wish)
        if changed:
            self._change({**self._wishes, **{wish.deployment.deployment_id: wish for wish in changed}})
        return changed

    def forget(self) -> None:
        """Want nothing any more. Raises JobFailed (`state-not-saved`)."""
        self._change({})

    def _change(self, wishes: dict[UUID, Wish]) -> None:
        over = [wish for wish in wishes.values() if wish.state is DeploymentState.STOPPED]
        for wish in sorted(over, key=lambda one: one.job_id, reverse=True)[_MOST_STOPPED:]:
            del wishes[wish.deployment.deployment_id]
        rows = [
            {
                "deployment": wish.deployment.model_dump(mode="json"),
                "state": wish.state,
                "job_id": str(wish.job_id),
                "login": self._login,
                "server": self._server,
            }
            for wish in wishes.values()
        ]
        content = json.dumps({"revision": self.revision + 1, "wishes": rows}).encode()
        try:
            text_files.write_bytes(self._path, content)
        except OSError as problem:
            raise JobFailed("state-not-saved", f"the agent cannot write {self._path}: {problem}") from problem
        self.revision += 1
        self._wishes = wishes

    def _read(self) -> None:
        try:
            kept = json.loads(self._path.read_bytes())
            told = [DeploymentWish.model_validate(row) for row in kept["wishes"]]
            self.revision = int(kept["revision"])
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, ValidationError) as problem:
            # The server knows them too and is asked after every start.
            log.error("the deployments of account %s cannot be read: %s", self._login, problem)  # noqa: TRY400
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_name(self._path.name + _UNREADABLE))
            return
        for each in told:
            if (each.login, each.server) == (self._login, self._server):
                self._wishes[each.deployment.deployment_id] = Wish(each.deployment, each.state, each.job_id)
