"""The desk's jobs apart from charts: files over HTTP, compiles that go wrong, results told once, state on disk."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from uuid_utils.compat import uuid7

from agent.client import ServerClient
from agent.clocks import Clock, Deadline
from agent.config import TerminalSetup
from agent.experts.artifacts import Artifacts, digest
from agent.experts.compiling import compile_request
from agent.experts.desk import ExpertDesk
from agent.experts.failure import JobFailed
from agent.experts.wishes import Wish, Wishes
from agent.protocol import CompileRequest, Deployment, DeploymentState, Job, JobAccount, JobError, ResultStatus
from agent.simulator.installation import SimulatedProgram
from agent.simulator.quirks import set_quirks
from agent.terminal import text_files
from agent.terminal.config import TerminalConfig
from agent.terminal.folder import TerminalFolder
from agent.terminal.metaeditor import Running
from agent.terminal.start_config import split_command_line, switches
from agent.terminal_process import HeldJob
from tests.agent.experts_world import compile_payload, deployment_payload
from tests.agent.fake_server import Failure, FakeServer
from tests.agent.station_world import AGENT, Child

SHA = digest(b"content")


@pytest.fixture
async def client(server: FakeServer) -> AsyncIterator[ServerClient]:
    async with ServerClient(server.url, server.agent_id, lambda: server.key) as made:
        yield made


@pytest.fixture
def artifacts(client: ServerClient, tmp_path: Path) -> Artifacts:
    return Artifacts(client, tmp_path / "artifacts")


# --- files ------------------------------------------------------------------------------------------------------------


async def test_a_file_is_fetched_once_and_a_damaged_copy_again(
    server: FakeServer, artifacts: Artifacts, tmp_path: Path
) -> None:
    server.artifacts[SHA] = b"content"

    assert [await artifacts.fetch(SHA) for _ in range(3)] == [b"content"] * 3
    (tmp_path / "artifacts" / SHA).write_bytes(b"damaged")
    assert await artifacts.fetch(SHA) == b"content"

    assert server.requests.count(f"GET /artifacts/{SHA}") == 2


@pytest.mark.parametrize(("there", "code"), [(b"another content", "artifact-damaged"), (None, "artifact-missing")])
async def test_a_file_that_is_missing_or_not_what_it_says_is_not_used(
    server: FakeServer, artifacts: Artifacts, tmp_path: Path, there: bytes | None, code: str
) -> None:
    if there is not None:
        server.artifacts[SHA] = there

    with pytest.raises(JobFailed) as failure:
        await artifacts.fetch(SHA)

    assert failure.value.code == code
    assert not (tmp_path / "artifacts" / SHA).exists()


async def test_an_upload_outlives_a_server_that_is_away_for_a_moment(server: FakeServer, artifacts: Artifacts) -> None:
    server.failures += [Failure("/artifacts", "reset"), Failure("/artifacts", 503)]

    reference = await artifacts.upload(b"content", "x.ex5", kind="ex5")

    assert (reference.sha256, reference.size) == (SHA, 7)
    assert server.artifacts[SHA] == b"content"


async def test_a_file_too_large_is_not_sent(server: FakeServer, artifacts: Artifacts) -> None:
    with pytest.raises(JobFailed) as failure:
        await artifacts.upload(bytes(8 * 1024 * 1024 + 1), "x.ex5", kind="ex5")

    assert failure.value.code == "artifact-too-large"
    assert server.requests == []


# --- compiling --------------------------------------------------------------------------------------------------------


class CopyingEditor:
    """A MetaEditor whose program is the bytes of its source, and whose log tells what lay beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = TerminalFolder(folder)
        (folder / "MQL5" / "Include").mkdir(parents=True)
        (folder / "MQL5" / "Include" / "Own.mqh").write_bytes(b"the terminal's own")
        self.folder.metaeditor.write_bytes(b"")
        self.seen: dict[str, bytes] = {}

    def run_metaeditor(self, line: str) -> Running:
        told = switches(split_command_line(line)[1:])
        source, mql5 = Path(told["compile"]), Path(told["include"])
        for place in (source.parent, mql5):
            files = (path for path in place.rglob("*.*") if path.is_file())
            self.seen |= {path.relative_to(place).as_posix(): path.read_bytes() for path in files}
        source.with_suffix(".ex5").write_bytes(source.read_bytes())
        log = f"{source}(3,4) : warning 43: careful\n{mql5}/Include/Own.mqh(1,1) : warning 1: own\n"
        Path(told["log"]).write_bytes(text_files.encode(log + "Result: 0 errors, 2 warnings\n"))
        return subprocess.Popen([sys.executable, "-c", "import sys; sys.exit(1)"])


async def test_sources_reach_the_compiler_byte_for_byte_and_findings_name_them(
    server: FakeServer, artifacts: Artifacts, tmp_path: Path
) -> None:
    main, include = text_files.encode("int OnInit()\n{ return(0); }\n"), b"\xef\xbb\xbf// \xe4\xb8\xad\r\n"
    server.artifacts |= {digest(main): main, digest(include): include}
    editor = CopyingEditor(tmp_path / "mt5")
    request = CompileRequest.model_validate(
        {
            "files": [{"path": "EA/Main.mq5", "sha256": digest(main)}, {"path": "EA/lib\\a.mqh", "text": "// ж\r\n"}],
            "main": "EA\\Main.mq5",
            "includes": [{"path": "My/b.mqh", "sha256": digest(include)}],
        }
    )

    outcome = await compile_request(request, editor, artifacts, tmp_path / "build")  # type: ignore[arg-type]

    assert server.artifacts[outcome["ex5"]["sha256"]] == main
    assert editor.seen["lib/a.mqh"] == "// ж\r\n".encode()
    assert editor.seen["Include/My/b.mqh"] == include
    assert editor.seen["Include/Own.mqh"] == b"the terminal's own"
    assert [one["file"] for one in outcome["messages"]] == ["EA/Main.mq5", "Own.mqh"]
    assert not (tmp_path / "build").exists()


async def test_sources_with_names_of_any_script_are_compiled_and_keep_their_names(
    artifacts: Artifacts, tmp_path: Path
) -> None:
    editor = CopyingEditor(tmp_path / "mt5")
    payload = compile_payload(name=unicodedata.normalize("NFD", "Größe.mq5"))
    payload["files"].append({"path": "Über uns/-策略.mqh", "text": ""})

    outcome = await compile_request(CompileRequest.model_validate(payload), editor, artifacts, tmp_path / "b")  # type: ignore[arg-type]

    assert {"Größe.mq5", "Über uns/-策略.mqh"} <= set(editor.seen)
    assert outcome["messages"][0]["file"] == "Größe.mq5"
    assert outcome["ex5"]["name"] == "Größe.ex5"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "../x.mq5"}, "name-refused"),
        ({"name": "x.mqh"}, "main-missing"),
        ({"main": "other.mq5"}, "main-missing"),
        ({"includes": [{"path": "C:/x.mqh", "text": ""}]}, "name-refused"),
        ({"includes": [{"path": "x.mqh:stream.mqh", "text": ""}]}, "name-refused"),
        ({"files": [{"path": "a.mq5", "text": ""}, {"path": "A.MQ5", "text": ""}], "main": "a.mq5"}, "name-refused"),
        (
            {"files": [{"path": "ö.mq5", "text": ""}, {"path": "O\u0308.MQ5", "text": ""}], "main": "ö.mq5"},
            "name-refused",
        ),
    ],
)
async def test_names_from_outside_are_checked_before_they_become_paths(
    artifacts: Artifacts, tmp_path: Path, changes: dict[str, Any], code: str
) -> None:
    editor = CopyingEditor(tmp_path / "mt5")
    payload = {**compile_payload(name=changes.pop("name", "Trend.mq5")), **changes}

    with pytest.raises(JobFailed) as failure:
        await compile_request(CompileRequest.model_validate(payload), editor, artifacts, tmp_path / "b")  # type: ignore[arg-type]

    assert failure.value.code == code
    assert editor.seen == {}


async def test_a_metaeditor_that_hangs_ends_the_job_and_not_the_agent(artifacts: Artifacts, tmp_path: Path) -> None:
    folder = TerminalFolder(tmp_path / "terminal")
    program = SimulatedProgram(folder, TerminalConfig(state_file=str(tmp_path / "books")), AGENT)
    set_quirks(folder.root, editor_hangs=True)
    started: list[Any] = []

    def run(line: str) -> Running:
        started.append(SimulatedProgram.run_metaeditor(program, line))
        return started[0]  # type: ignore[no-any-return]

    program.run_metaeditor = run  # type: ignore[method-assign]
    request = CompileRequest.model_validate(compile_payload())
    with pytest.raises(JobFailed) as failure:
        await compile_request(request, program, artifacts, tmp_path / "build", timeout_s=0.5)

    assert failure.value.code == "compile-timed-out"
    assert started[0].poll() is not None


# --- the desk ---------------------------------------------------------------------------------------------------------


class Told(list[tuple[str, ResultStatus, str]]):
    """Results as the supervisor would hear them."""

    def __call__(
        self, held: HeldJob, status: ResultStatus, *, error: JobError | None, result: dict[str, Any] | None = None
    ) -> None:
        self.append((held.job_id, status, error.code if error else ""))


def held(kind: str, payload: dict[str, Any], *, late: bool = False, job_id: UUID | None = None) -> HeldJob:
    clock = Clock()
    now = "2026-01-31T09:56:00Z"
    job = Job.model_validate(
        {
            "id": job_id or uuid7(), "type": kind, "payload": payload, "lease_token": uuid4(),
            "lease_expires_at": now, "server_time": now,
            "account": JobAccount(id=uuid4(), login=9001, server="Sim-Demo"),
        }
    )  # fmt: skip
    lease = Deadline.after(30, clock)
    return HeldJob(job, lease, 30, Deadline.after(-1 if late else 60, clock), 0.0, job.lease_token)


@pytest.fixture
async def desk(client: ServerClient, tmp_path: Path) -> AsyncIterator[tuple[ExpertDesk, Told]]:
    terminal = TerminalConfig(login=9001, server="Sim-Demo", state_file=str(tmp_path / "books"))
    setup = TerminalSetup(terminal, str(tmp_path / "9001.sqlite3"), folder=str(tmp_path / "terminal"))
    told = Told()
    made = ExpertDesk(tmp_path, client, Clock(), command=AGENT, report=told, send_line=lambda _: None)
    made.add(setup, Child(tmp_path / "books"))
    yield made, told
    await made.stop()


async def finished(desk: ExpertDesk) -> None:
    async with asyncio.timeout(30):
        await asyncio.gather(*[work.task for work in desk._work.values() if work.task])


async def test_results_are_told_once_and_again_only_when_asked(desk: tuple[ExpertDesk, Told]) -> None:
    made, told = desk
    job = held("stop", deployment_payload(SHA))
    made.take(job)
    made.take(job)
    assert made.in_hand() == [job]
    await finished(made)

    made.take(held("stop", deployment_payload(SHA), job_id=job.job.id))

    assert told == [(job.job_id, ResultStatus.COMPLETED, "")] * 2
    assert made.in_hand() == []
    assert [report.status.value for report in made.reports()] == ["stopped"]


async def test_a_late_start_a_bad_payload_and_a_foreign_account_are_refused(desk: tuple[ExpertDesk, Told]) -> None:
    made, told = desk
    foreign = held("run", deployment_payload(SHA))
    account = JobAccount(id=uuid4(), login=1, server="Elsewhere")
    foreign.job = foreign.job.model_copy(update={"account": account})
    for job in (
        held("run", deployment_payload(SHA), late=True),
        held("run", deployment_payload(SHA, inputs={"A": "two\nlines"})),
        held("run", deployment_payload(SHA, symbol="EUR|USD")),
        held("run", deployment_payload(SHA, expert="../x")),
        held("backtest", {"expert": "X", "from_date": "2026-01-02", "to_date": "2026-01-01"}),
        foreign,
    ):
        made.take(job)
    await finished(made)

    codes = sorted(code for _, _, code in told)
    assert codes == ["expired", "no-terminal-folder", *["payload-invalid"] * 4]


async def test_what_is_in_hand_is_given_back_when_the_agent_stops(
    desk: tuple[ExpertDesk, Told], server: FakeServer
) -> None:
    made, told = desk
    server.is_away = True
    running = held("deploy", deployment_payload(SHA))
    waiting = held("deploy", deployment_payload(SHA))
    made.take(running)
    made.take(waiting)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert made.withdraw(waiting)
    assert not made.withdraw(running)

    await made.stop()

    assert told == [(running.job_id, ResultStatus.NOT_SENT, "agent-stopping")]


# --- what is wanted, on disk ------------------------------------------------------------------------------------------


def test_wishes_survive_a_restart_and_belong_to_one_account(tmp_path: Path) -> None:
    wishes = Wishes(tmp_path / "w.json", (9001, "Sim-Demo"))
    told = Deployment.model_validate(deployment_payload(SHA))
    wish = Wish(told, DeploymentState.RUNNING, uuid7())
    wishes.put(wish)

    again = Wishes(tmp_path / "w.json", (9001, "Sim-Demo"))

    assert (again.running(), again.revision) == ([wish], wishes.revision)
    assert Wishes(tmp_path / "w.json", (9002, "Sim-Demo")).on_charts() == []


def test_an_unreadable_file_of_wishes_is_set_aside_and_the_server_asked(tmp_path: Path) -> None:
    (tmp_path / "w.json").write_bytes(b'{"revision": 3, "wishes": [{"dep')

    assert Wishes(tmp_path / "w.json", (9001, "Sim-Demo")).on_charts() == []
    assert (tmp_path / "w.json.unreadable").exists()


def test_a_wish_that_cannot_be_kept_is_not_acted_on(tmp_path: Path) -> None:
    (tmp_path / "w").write_bytes(b"a file where a folder should be")
    wishes = Wishes(tmp_path / "w" / "w.json", (9001, "Sim-Demo"))

    with pytest.raises(JobFailed) as failure:
        wishes.put(Wish(Deployment.model_validate(deployment_payload(SHA)), DeploymentState.RUNNING, uuid7()))

    assert failure.value.code == "state-not-saved"
    assert (wishes.on_charts(), wishes.revision) == ([], 0)
