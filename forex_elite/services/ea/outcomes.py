"""What agents answer to the studio's jobs, written onto what asked for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from agent.protocol import ArtifactRef, CompileOutcome, DeploymentReport, JobError
from forex_elite.bus import topics
from forex_elite.db import artifacts
from forex_elite.db.ea import compiling as queries
from forex_elite.db.ea import deployments
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.ea.projects import VersionState
from forex_elite.domain.jobs import JobStatus, JobType
from forex_elite.services.ea import projects

_OPEN = frozenset({JobStatus.PENDING, JobStatus.RUNNING, JobStatus.UNKNOWN})


async def settle_compile(
    uow: UnitOfWork, job: Row, *, result: Mapping[str, Any] | None = None, error: JobError | None = None
) -> None:
    """Write the end of a compile job onto its version: compiled only with a program that really is there."""
    version = await queries.find_by_job(uow, job["id"])
    if version is None or job["status"] in _OPEN:
        return
    if job["status"] in {JobStatus.CANCELLED, JobStatus.EXPIRED}:
        await queries.give_up(uow, version.id, "The job was cancelled before an agent took it.")
    else:
        outcome = read_outcome(result)
        stored = await artifacts.sizes(
            uow, version.user_id, [one.sha256 for one in (outcome.ex5, outcome.log) if one is not None]
        )
        await queries.finish(uow, version.id, _verdict(JobStatus(job["status"]), outcome, error, stored))
    projects.tell(uow, version.user_id, version.project_id, version_id=str(version.id))


def read_outcome(result: Mapping[str, Any] | None) -> CompileOutcome:
    """The reported outcome; what cannot be read counts as not told."""
    try:
        return CompileOutcome.model_validate(result or {})
    except ValidationError:
        return CompileOutcome()


def _verdict(
    status: JobStatus, outcome: CompileOutcome, error: JobError | None, stored: Mapping[str, int]
) -> dict[str, Any]:
    def kept(file: ArtifactRef | None) -> str | None:
        return file.sha256 if file is not None and file.sha256 in stored else None

    errors = max(int(outcome.errors), sum(one.severity == "error" for one in outcome.messages))
    program = kept(outcome.ex5) if status is JobStatus.COMPLETED and errors == 0 else None
    words = ""
    if program is None:
        words = error.message if error is not None and error.message else ""
        if not words:
            words = f"{errors} errors." if errors else "The agent reported no program."
    return {
        "state": (VersionState.COMPILED if program else VersionState.FAILED).value,
        "error": words,
        "findings": [one.model_dump(mode="json") for one in outcome.messages],
        "error_count": errors,
        "warning_count": int(outcome.warnings),
        "ex5_sha256": program,
        "ex5_size": stored[program] if program else None,
        "log_sha256": kept(outcome.log),
    }


async def settle_deployment(
    uow: UnitOfWork, job: Row, *, result: Mapping[str, Any] | None = None, error: JobError | None = None
) -> None:
    """Write the end of a `deploy`, `run`, `pause` or `stop` onto the deployment whose newest wish it carried."""
    deployment = await deployments.lock_by_job(uow, job["id"])
    if deployment is None or job["status"] in _OPEN:
        return
    report = _read_report(result)
    is_done = job["status"] == JobStatus.COMPLETED
    words = error.message if error is not None and error.message else _ENDS.get(job["status"], "")
    values = {
        "actual": report.status.value if report else ("failed" if not is_done else "pending"),
        "code": report.code if report and is_done else (error.code if error is not None else job["status"])[:64],
        "detail": report.detail if report and is_done else words,
        "may_trade": report.may_trade if report else None,
        "proven_at": report.proven_at if report else None,
        "is_done": is_done and job["type"] != JobType.DEPLOY,
    }
    if is_done and report is None:
        values["code"] = ""
    await deployments.settle(uow, deployment["id"], values)
    data = {
        "job": job["type"],
        "state": values["actual"],
        "code": values["code"],
        "detail": values["detail"],
        "version_id": str(deployment["version_id"]),
        "inputs": deployment["inputs"],
    }
    await deployments.add_event(
        uow, deployment["user_id"], deployment["id"], "confirmed" if is_done else "failed", data
    )
    uow.tell(topics.of_person(deployment["user_id"], "deployments"), {"id": str(deployment["id"])})


_ENDS = {
    JobStatus.EXPIRED: "The agent did not take it in time; nothing was done. Start it again.",
    JobStatus.CANCELLED: "It was cancelled before an agent took it.",
}


def _read_report(result: Mapping[str, Any] | None) -> DeploymentReport | None:
    try:
        return DeploymentReport.model_validate(result) if result else None
    except ValidationError:
        return None
