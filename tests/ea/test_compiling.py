"""A version goes to an agent with a compiler and comes back compiled or failed, never half."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from forex_elite import clock
from tests.ea.programs import TREND, compiled, make_project, save_version, upload, write
from tests.world import Member, Vps, pair

ERROR = {
    "file": "Trend.mq5",
    "line": 7,
    "column": 3,
    "code": "256",
    "severity": "error",
    "message": "undeclared identifier",
}


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    yield
    clock.shift(timedelta(0))


async def version_of(member: Member, version: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await member.get(f"/api/ea/versions/{version['id']}")).json()
    return found


async def ask(member: Member, version: dict[str, Any]) -> dict[str, Any]:
    answer = await member.post(f"/api/ea/versions/{version['id']}/compile")
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def prepared(member: Member, **files: str) -> tuple[Vps, dict[str, Any]]:
    vps = await pair(member, accounts=0, quoted=False)
    return vps, await save_version(member, await make_project(member, **files))


async def test_a_compiled_version_has_its_program_its_log_and_its_warnings(alice: Member) -> None:
    vps, version = await prepared(alice, Trend__mq5=TREND, Lib__mqh="// lib\n")
    told = await ask(alice, version)
    assert (told["is_agent_online"], told["version"]["state"]) == (True, "compiling")
    job = await vps.claim()
    assert job is not None
    files = {one["path"]: one["sha256"] for one in (await version_of(alice, version))["files"]}
    assert job["payload"]["main"] == "Trend.mq5"
    assert {one["path"]: one["sha256"] for one in job["payload"]["files"]} == files

    warning = {**ERROR, "severity": "warning", "code": "43", "message": "possible loss of data"}
    result = {
        "messages": [warning],
        "warnings": 1,
        "ex5": await upload(vps, b"EX5"),
        "log": await upload(vps, b"\xff\xfel\x00"),
    }
    await vps.finish(job, result=result)

    done = await version_of(alice, version)
    assert (done["state"], done["warning_count"], done["ex5_size"]) == ("compiled", 1, 3)
    assert done["findings"] == [warning]
    program = await alice.get(f"/api/ea/versions/{version['id']}/ex5")
    assert (program.content, program.headers["content-disposition"]) == (b"EX5", 'attachment; filename="Trend.ex5"')
    assert (await alice.get(f"/api/ea/versions/{version['id']}/log")).content == b"\xff\xfel\x00"


async def test_headers_of_the_project_are_found_as_the_front_end_finds_them(alice: Member) -> None:
    vps = await pair(alice, accounts=0, quoted=False)
    project = await make_project(alice)
    for path in ("Include/Mine/Lib.mqh", "Local.mqh", "MQL5/Include/Other.mqh"):
        await write(alice, project, f"// {path}\n", path)
    await write(alice, project, "InpLots=1\n", "Careful.set")
    await ask(alice, await save_version(alice, project))

    job = await vps.claim()

    assert job is not None
    assert {one["path"] for one in job["payload"]["includes"]} == {
        *("Include/Mine/Lib.mqh", "Mine/Lib.mqh", "Local.mqh", "MQL5/Include/Other.mqh", "Other.mqh"),
    }
    assert "Careful.set" not in {one["path"] for one in job["payload"]["files"]}


@pytest.mark.parametrize(
    ("status", "result", "error", "words"),
    [
        ("completed", {"messages": [ERROR], "errors": 1}, None, "1 errors."),
        ("failed", {"messages": [ERROR], "errors": 1}, {"code": "x", "message": "It does not compile."}, "It does"),
        ("failed", None, {"code": "compiler-missing", "message": "MetaEditor was not found."}, "MetaEditor"),
        ("completed", None, None, "no program"),
        ("completed", {"ex5": {"sha256": "0" * 64, "size": 3}}, None, "no program"),
        ("completed", {"ex5": "nonsense", "messages": 5}, None, "no program"),
    ],
)
async def test_without_a_program_a_version_is_failed_with_the_reasons(
    alice: Member, status: str, result: Any, error: Any, words: str
) -> None:
    vps, version = await prepared(alice)
    await ask(alice, version)
    job = await vps.claim()
    assert job is not None

    await vps.finish(job, status, result=result, error=error)

    done = await version_of(alice, version)
    assert (done["state"], done["ex5_sha256"]) == ("failed", None)
    assert words in done["compile_error"]
    assert (await alice.get(f"/api/ea/versions/{version['id']}/ex5")).status_code == 404
    assert (await ask(alice, version))["version"]["state"] == "compiling"


async def test_while_no_agent_is_online_the_job_is_kept_and_the_built_in_check_helps(alice: Member) -> None:
    vps, version = await prepared(alice, Trend__mq5=TREND.replace("InpLots /", "InpLot /"))
    clock.shift(timedelta(minutes=5))

    told = await ask(alice, version)

    assert (told["is_agent_online"], told["version"]["state"]) == (False, "compiling")
    assert "offline" in told["message"]
    waiting = (await alice.get(f"/api/ea/versions/{version['id']}")).json()["compiler"]
    assert waiting == {name: told[name] for name in ("agent_name", "is_agent_online", "message")}
    checked = (await alice.post(f"/api/ea/versions/{version['id']}/check")).json()
    assert checked["error_count"] == 1
    assert checked["items"][0]["message"] == "undeclared identifier 'InpLot'"
    job = await vps.claim()
    assert job is not None
    assert job["id"] == told["version"]["compile_job_id"]


async def test_a_job_that_waits_for_an_agent_that_is_away_moves_to_one_that_is_there(alice: Member) -> None:
    _, version = await prepared(alice)
    clock.shift(timedelta(minutes=5))
    first = await ask(alice, version)
    assert first["is_agent_online"] is False
    other = await pair(alice, accounts=0, quoted=False)

    second = await ask(alice, version)

    assert second["is_agent_online"] is True
    job = await other.claim()
    assert job is not None
    assert job["id"] == second["version"]["compile_job_id"] != first["version"]["compile_job_id"]


async def test_without_any_agent_compiling_is_refused_and_the_check_still_works(alice: Member) -> None:
    version = await save_version(alice, await make_project(alice))

    answer = await alice.post(f"/api/ea/versions/{version['id']}/compile")

    assert (answer.status_code, answer.json()["code"]) == (409, "no-compiler")
    assert (await alice.post(f"/api/ea/versions/{version['id']}/check")).json()["error_count"] == 0
    assert (await version_of(alice, version))["state"] == "draft"


async def test_asking_twice_makes_one_job_and_a_cancelled_one_gives_the_draft_back(alice: Member) -> None:
    vps, version = await prepared(alice)
    job_ids = {(await ask(alice, version))["version"]["compile_job_id"] for _ in range(2)}
    (job_id,) = job_ids

    assert (await alice.post(f"/api/jobs/{job_id}/cancel")).status_code == 204

    assert (await version_of(alice, version))["state"] == "draft"
    assert await vps.claim() is None


async def test_an_agent_that_is_deleted_takes_no_version_with_it(alice: Member) -> None:
    vps, version = await prepared(alice)
    await ask(alice, version)

    assert (await alice.delete(f"/api/agents/{vps.id}")).status_code == 204

    assert (await version_of(alice, version))["state"] == "draft"


async def test_the_same_sources_are_compiled_once(alice: Member) -> None:
    vps, version = await prepared(alice)
    await compiled(alice, vps, version)
    project = await make_project(alice, "Same again")

    told = await ask(alice, await save_version(alice, project))

    assert told["version"]["state"] == "compiled"
    assert told["version"]["ex5_sha256"] == (await version_of(alice, version))["ex5_sha256"]
    assert await vps.claim() is None


async def test_a_program_without_a_main_file_is_refused(alice: Member) -> None:
    _, version = await prepared(alice, Lib__mqh="// lib")

    answer = await alice.post(f"/api/ea/versions/{version['id']}/compile")

    assert (answer.status_code, answer.json()["code"]) == (422, "ea-no-program")


async def test_nobody_compiles_or_downloads_anothers_version(alice: Member, bob: Member, charlie: Member) -> None:
    vps, version = await prepared(alice)
    await pair(bob, accounts=0, quoted=False)
    await compiled(alice, vps, version)

    for member in (bob, charlie):
        for method, path in (("POST", "compile"), ("POST", "check"), ("GET", "ex5"), ("GET", "log")):
            answer = await member.client.request(
                method, f"/api/ea/versions/{version['id']}/{path}", headers=member.headers
            )
            assert answer.status_code == 404, path
