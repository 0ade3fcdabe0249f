"""Compiling: a version goes to an agent that has MetaEditor, and comes back with the program or with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from agent.protocol import CompileRequest, SourceFile
from forex_elite import clock
from forex_elite.db import agents as agent_queries
from forex_elite.db import artifacts, queue
from forex_elite.db.ea import compiling as queries
from forex_elite.db.ea import versions as version_queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.ea.projects import FileInfo, VersionInfo, VersionState
from forex_elite.domain.identity import Actor
from forex_elite.domain.jobs import JobStatus, JobType
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.terminals import AgentInfo, is_online
from forex_elite.errors import Conflict, NotFound
from forex_elite.mql5.diagnostics import Diagnostic
from forex_elite.services import expert_jobs
from forex_elite.services.ea import language, projects, versions

_NOT_SOURCES = (".set", ".md", ".txt")
_INCLUDE_FOLDERS = ("mql5/include/", "include/")
_WAITING = frozenset({JobStatus.PENDING, JobStatus.RUNNING})


class NoCompiler(Conflict):
    """No agent is paired that could compile. Pair one on a machine with MetaTrader 5, or use the built-in check."""

    code = "no-compiler"


@dataclass(frozen=True, slots=True)
class CompileReceipt:
    """What became of the wish to compile, in words. With no agent online the job waits; the built-in check works."""

    version: VersionInfo
    agent_name: str
    is_agent_online: bool
    message: str


@needs(Permission.EXPERT_COMPILE)
async def request(actor: Actor, version_id: UUID) -> CompileReceipt:
    """Have a version compiled.

    A version that is compiled, or being compiled, is left alone; one whose content was compiled before takes over that
    result; a job that waits for an agent that is away moves to one that is there. Raises NotFound, NoProgram,
    NoCompiler.
    """
    async with unit_of_work(actor) as uow:
        version = await queries.lock(uow, actor.person_id, version_id)
        if version is None:
            raise NotFound("There is no such version.")
        if not version.entry:
            raise language.NoProgram("The version has no .mq5 file to compile.", field="entry")
        if version.state is VersionState.COMPILED:
            return CompileReceipt(version, "", is_agent_online=True, message="This version is compiled already.")
        agents = queries.by_readiness(await agent_queries.list_agents(uow, actor.person_id, now=clock.now()))
        if version.state is VersionState.COMPILING and version.compile_job_id is not None:
            waiting = await _waiting(uow, version, agents)
            if waiting is not None:
                return waiting
        elif (alike := await queries.find_compiled_alike(uow, actor.person_id, version.sha256)) is not None:
            return await _take_over(uow, actor, version, alike)
        if not agents:
            raise NoCompiler("No agent is paired that could compile. Pair one, or use the built-in check meanwhile.")
        agent = agents[0]
        job_id = await _enqueue(uow, actor, version, agent)
        await queries.start(uow, version_id, job_id)
        projects.tell(uow, actor.person_id, version.project_id, version_id=str(version_id))
        started = await versions.found(uow, actor, version_id)
    return CompileReceipt(started, agent.name, agent.is_online, _words(agent.name, is_there=agent.is_online))


@needs(Permission.PROJECT_READ)
async def under_way(actor: Actor, version: VersionInfo) -> CompileReceipt | None:
    """Who compiles a version, or is waited for; None when nobody is asked."""
    if version.state is not VersionState.COMPILING or version.compile_job_id is None:
        return None
    async with unit_of_work(actor) as uow:
        return await _waiting(uow, version, ())


def _words(agent_name: str, *, is_there: bool) -> str:
    if is_there:
        return f"{agent_name} compiles it."
    return f"{agent_name} is offline. The job is kept and begins when the agent is back; the built-in check works now."


async def _waiting(uow: UnitOfWork, version: VersionInfo, agents: Sequence[AgentInfo]) -> CompileReceipt | None:
    """The receipt of a job under way; None when it had to be cancelled to be given to an agent that is there."""
    assert version.compile_job_id is not None
    job = await queries.find_job(uow, version.compile_job_id)
    if job is None or job["status"] not in _WAITING:
        return None
    is_there = is_online(job["last_heartbeat_at"], clock.now())
    is_better = bool(agents) and agents[0].is_online and agents[0].id != job["agent_id"]
    if not is_there and is_better and await queue.cancel(uow, job["id"]) is not None:
        return None
    return CompileReceipt(version, job["agent_name"], is_there, _words(job["agent_name"], is_there=is_there))


async def _take_over(uow: UnitOfWork, actor: Actor, version: VersionInfo, alike: VersionInfo) -> CompileReceipt:
    await queries.start(uow, version.id, None)
    await queries.finish(
        uow,
        version.id,
        {
            "state": VersionState.COMPILED.value,
            "error": "",
            "findings": list(alike.findings),
            **{
                name: getattr(alike, name)
                for name in ("error_count", "warning_count", "ex5_sha256", "ex5_size", "log_sha256")
            },
        },
    )
    projects.tell(uow, actor.person_id, version.project_id, version_id=str(version.id))
    done = await versions.found(uow, actor, version.id)
    words = "The same sources were compiled before; that result is used."
    return CompileReceipt(done, "", is_agent_online=True, message=words)


async def _enqueue(uow: UnitOfWork, actor: Actor, version: VersionInfo, agent: AgentInfo) -> UUID:
    files = [
        file
        for file in await version_queries.list_files(uow, version.id)
        if not file.path.lower().endswith(_NOT_SOURCES)
    ]
    request = CompileRequest(
        files=[SourceFile(path=file.path, sha256=file.sha256) for file in files],
        main=version.entry,
        includes=_includes(files),
    )
    return await expert_jobs.enqueue(uow, actor.person_id, agent.id, None, JobType.COMPILE, request)


def _includes(files: Sequence[FileInfo]) -> list[SourceFile]:
    """What `#include <…>` finds: every header under its own path, and those in an Include folder as seen from there."""
    found: dict[str, SourceFile] = {}
    for file in files:
        if not file.path.lower().endswith(".mqh"):
            continue
        found.setdefault(file.path.lower(), SourceFile(path=file.path, sha256=file.sha256))
        folder = next((one for one in _INCLUDE_FOLDERS if file.path.lower().startswith(one)), "")
        if folder:
            inside = file.path[len(folder) :]
            found.setdefault(inside.lower(), SourceFile(path=inside, sha256=file.sha256))
    return list(found.values())


@needs(Permission.PROJECT_READ)
async def check(actor: Actor, version_id: UUID) -> tuple[Diagnostic, ...]:
    """What the built-in front end finds in a version, without any agent. Raises NotFound, NoProgram."""
    version, files = await versions.contents(actor, version_id)
    return await language.diagnose(actor, files, version.entry)


@needs(Permission.PROJECT_READ)
async def program(actor: Actor, version_id: UUID) -> tuple[str, bytes]:
    """The compiled program with its file's name. Raises NotFound while there is none."""
    version, content = await _stored(actor, version_id, "ex5_sha256")
    return version.entry.rpartition("/")[2].rpartition(".")[0] + ".ex5", content


@needs(Permission.PROJECT_READ)
async def log(actor: Actor, version_id: UUID) -> tuple[str, bytes]:
    """The compiler's log with its file's name. Raises NotFound while there is none."""
    version, content = await _stored(actor, version_id, "log_sha256")
    return version.entry.rpartition("/")[2].rpartition(".")[0] + ".log", content


async def _stored(actor: Actor, version_id: UUID, column: str) -> tuple[VersionInfo, bytes]:
    async with unit_of_work(actor) as uow:
        version = await versions.found(uow, actor, version_id)
        wanted = getattr(version, column)
        found = {} if wanted is None else await artifacts.contents(uow, actor.person_id, [wanted])
    if wanted not in found:
        raise NotFound("This version has no such file.")
    return version, found[wanted]
