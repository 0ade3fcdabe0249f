"""What agents answer to the studio's jobs, written onto what asked for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from agent.protocol import ArtifactRef, BacktestOutcome, CompileOutcome, DeploymentReport, DeploymentStatus, JobError
from forex_elite.bus import topics
from forex_elite.db import artifacts
from forex_elite.db.ea import backtests, deployments
from forex_elite.db.ea import compiling as queries
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.ea.backtests import BacktestReport
from forex_elite.domain.ea.projects import VersionState
from forex_elite.domain.jobs import JobStatus
from forex_elite.services.ea import projects

_OPEN = frozenset({JobStatus.PENDING, JobStatus.RUNNING, JobStatus.UNKNOWN})
_OFF = frozenset({DeploymentStatus.PAUSED, DeploymentStatus.STOPPED})


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
        "is_running": is_done and report is not None and report.status is DeploymentStatus.RUNNING,
        "is_off": is_done and report is not None and report.status in _OFF,
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


_TEST_ENDS = {
    JobStatus.EXPIRED: "The agent did not take the test in time.",
    JobStatus.CANCELLED: "It was cancelled before an agent took it.",
}


async def settle_backtest(
    uow: UnitOfWork, job: Row, *, result: Mapping[str, Any] | None = None, error: JobError | None = None
) -> None:
    """Write the end of a `backtest` job onto its test: completed only with figures that can be read."""
    found = None if job["status"] in _OPEN else await backtests.lock_by_job(uow, job["id"])
    if found is None:
        return
    outcome = _read_test(result) if job["status"] == JobStatus.COMPLETED else None
    sha256 = await _kept(uow, found["user_id"], outcome.report if outcome else _file_of(result))
    if outcome is not None:
        curve = [point.model_dump(mode="json") for point in outcome.curve]
        told = BacktestReport(outcome.figures, outcome.labels, curve, outcome.deals, outcome.took_s)
        await backtests.finish(uow, found["id"], outcome=asdict(told), report_sha256=sha256)
    else:
        words = error.message if error is not None and error.message else _TEST_ENDS.get(job["status"], "")
        code = error.code if error is not None and error.code else job["status"]
        words = words or "The agent reported no figures."
        await backtests.finish(uow, found["id"], outcome=None, code=code[:64], reason=words, report_sha256=sha256)
    tell_tests(uow, found["user_id"], found["deployment_id"])


def _read_test(result: Mapping[str, Any] | None) -> BacktestOutcome | None:
    try:
        outcome = BacktestOutcome.model_validate(result or {})
    except ValidationError:
        return None
    return outcome if outcome.figures else None


def _file_of(result: Mapping[str, Any] | None) -> ArtifactRef | None:
    """The report of a test whose report could not be read."""
    try:
        return ArtifactRef.model_validate((result or {}).get("report"))
    except ValidationError:
        return None


async def _kept(uow: UnitOfWork, user_id: UUID, file: ArtifactRef | None) -> str | None:
    if file is None:
        return None
    return file.sha256 if file.sha256 in await artifacts.sizes(uow, user_id, [file.sha256]) else None


def tell_tests(uow: UnitOfWork, user_id: UUID, deployment_id: UUID) -> None:
    """Let the person's pages know that a test of a deployment began or ended."""
    uow.tell(topics.of_person(user_id, "deployments"), {"id": str(deployment_id), "backtests": True})
