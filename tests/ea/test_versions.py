"""Versions are numbered, hashed, never change, can be compared, and bring nothing to an end when they come back."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest

from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from tests.ea.programs import TREND, draft_file, make_project, save_version, write
from tests.world import Member


async def test_a_version_is_what_the_draft_was_and_stays_it(alice: Member) -> None:
    project = await make_project(alice)

    first = await save_version(alice, project, "Start")
    await write(alice, project, TREND + "// later\n")
    second = await save_version(alice, project)

    assert (first["number"], first["origin"], first["message"], first["author"]) == (1, "written", "Start", "Alice")
    assert (second["number"], second["parent_id"]) == (2, first["id"])
    assert first["sha256"] != second["sha256"]
    kept = await alice.get(f"/api/ea/versions/{first['id']}/file", path="Trend.mq5")
    assert kept.json()["text"] == TREND
    opened = (await alice.get(f"/api/ea/projects/{project['id']}")).json()
    assert [one["number"] for one in opened["versions"]] == [2, 1]
    assert (opened["project"]["current_number"], opened["project"]["version_count"]) == (2, 2)


async def test_a_draft_that_did_not_change_makes_no_other_version(alice: Member) -> None:
    project = await make_project(alice)

    first, again = await save_version(alice, project), await save_version(alice, project, "Again")

    assert (first["is_new"], again["is_new"], again["id"]) == (True, False, first["id"])


@pytest.mark.parametrize(
    "change", ["number = 9", "sha256 = repeat('0', 64)", "message = 'x'", "origin = 'generated'", "entry = 'x.mq5'"]
)
async def test_not_even_the_server_changes_a_version(alice: Member, change: str) -> None:
    version = await save_version(alice, await make_project(alice))

    with pytest.raises(psycopg.errors.RestrictViolation, match="never changes"):
        async with unit_of_work(service("a test")) as uow:
            await uow.run(f"update ea_versions set {change} where id = %s", (UUID(version["id"]),))


@pytest.mark.parametrize("table", ["ea_version_files", "ea_artifacts"])
async def test_the_files_of_a_version_cannot_be_updated_at_all(alice: Member, table: str) -> None:
    await save_version(alice, await make_project(alice))

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with unit_of_work(service("a test")) as uow:
            await uow.run(f"update {table} set size = 0 where user_id = %s", (UUID(alice.id),))


async def test_a_difference_names_files_and_counts_lines(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5=TREND, Old__mqh="// old\n")
    first = await save_version(alice, project)
    old = await draft_file(alice, project, "Old.mqh")
    await alice.patch(
        f"/api/ea/projects/{project['id']}/draft",
        {"changes": [{"op": "delete", "path": "Old.mqh", "base_sha256": old["sha256"]}]},
    )
    await write(alice, project, "// one\n// two\n", "New.mqh")
    await write(alice, project, TREND.replace("20;", "34;"))
    second = await save_version(alice, project)
    expected = {
        "New.mqh": ("added", 2, 0),
        "Old.mqh": ("removed", 0, 1),
        "Trend.mq5": ("changed", 1, 1),
    }

    between = await alice.get(f"/api/ea/versions/{second['id']}/diff", against=first["id"])
    to_draft = await alice.get(f"/api/ea/versions/{first['id']}/diff")

    for answer in (between, to_draft):
        found = {one["path"]: (one["kind"], one["lines_added"], one["lines_removed"]) for one in answer.json()["items"]}
        assert found == expected


async def test_restoring_makes_a_new_draft_and_keeps_work_that_was_in_no_version(alice: Member) -> None:
    project = await make_project(alice)
    first = await save_version(alice, project)
    draft = await write(alice, project, TREND + "// unsaved work\n")

    restored = await alice.post(f"/api/ea/versions/{first['id']}/restore", {"revision": draft["revision"]})

    assert restored.status_code == 200, restored.text
    kept = restored.json()["kept"]
    assert (kept["number"], kept["origin"]) == (2, "written")
    saved = await alice.get(f"/api/ea/versions/{kept['id']}/file", path="Trend.mq5")
    assert saved.json()["text"].endswith("// unsaved work\n")
    assert (await draft_file(alice, project))["text"] == TREND
    third = await save_version(alice, project)
    assert (third["number"], third["origin"], third["sha256"]) == (3, "restored", first["sha256"])


async def test_restoring_over_a_draft_that_moved_on_is_refused(alice: Member) -> None:
    project = await make_project(alice)
    first = await save_version(alice, project)
    draft = await write(alice, project, TREND + "// 1\n")
    await write(alice, project, TREND + "// 2\n")

    answer = await alice.post(f"/api/ea/versions/{first['id']}/restore", {"revision": draft["revision"]})

    assert (answer.status_code, answer.json()["code"]) == (409, "draft-moved-on")
    assert (await draft_file(alice, project))["text"].endswith("// 2\n")


async def test_a_fork_lives_a_life_of_its_own(alice: Member) -> None:
    project = await make_project(alice)
    version = await save_version(alice, project)
    await write(alice, project, "// changed\n")

    fork = await alice.post(f"/api/ea/projects/{project['id']}/fork", {"name": "Copy", "version_id": version["id"]})

    assert fork.status_code == 201, fork.text
    assert fork.json()["forked_from_id"] == project["id"]
    assert (await draft_file(alice, fork.json()))["text"] == TREND
    assert (await save_version(alice, fork.json()))["number"] == 1


async def test_projects_are_renamed_tagged_searched_and_archived(alice: Member) -> None:
    one = await make_project(alice, "Trend follower")
    await make_project(alice, "Mean reversion")
    address = f"/api/ea/projects/{one['id']}"

    changed = (await alice.patch(address, {"name": " London  trend ", "tags": ["Live", "live", "FX "]})).json()

    assert (changed["name"], changed["tags"]) == ("London trend", ["live", "fx"])
    assert [found["id"] for found in (await alice.get("/api/ea/projects", tag="LIVE")).json()["items"]] == [one["id"]]
    assert [found["id"] for found in (await alice.get("/api/ea/projects", q="london")).json()["items"]] == [one["id"]]
    assert (await alice.get("/api/ea/projects/tags")).json()["items"] == ["fx", "live"]
    assert (await alice.patch(address, {"archived": True})).json()["archived_at"]
    assert [found["name"] for found in (await alice.get("/api/ea/projects")).json()["items"]] == ["Mean reversion"]
    assert len((await alice.get("/api/ea/projects", archived=True)).json()["items"]) == 1
    assert (await alice.patch(address, {"archived": False})).json()["archived_at"] is None


async def test_lists_come_in_pages(alice: Member) -> None:
    for number in range(3):
        project = await make_project(alice, f"P{number}")
    for number in range(3):
        await write(alice, project, f"// {number}\n")
        await save_version(alice, project)

    first = (await alice.get("/api/ea/projects", limit=2)).json()
    rest = (await alice.get("/api/ea/projects", limit=2, cursor=first["next_cursor"])).json()
    assert [one["name"] for one in (*first["items"], *rest["items"])] == ["P2", "P1", "P0"]
    assert rest["next_cursor"] is None
    address = f"/api/ea/projects/{project['id']}/versions"
    newest = (await alice.get(address, limit=2)).json()
    oldest = (await alice.get(address, limit=2, cursor=newest["next_cursor"])).json()
    assert [one["number"] for one in (*newest["items"], *oldest["items"])] == [3, 2, 1]


async def test_a_version_is_its_owners_alone(alice: Member, bob: Member, charlie: Member) -> None:
    version = await save_version(alice, await make_project(alice))
    theirs = await save_version(bob, await make_project(bob))

    for member in (bob, charlie):
        for path in ("", "/file?path=Trend.mq5", "/raw?path=Trend.mq5", "/export", "/diff", "/inputs"):
            address = f"/api/ea/versions/{version['id']}{path}"
            assert (await member.client.get(address, headers=member.headers)).status_code == 404, path
        answer = await member.post(f"/api/ea/versions/{version['id']}/restore", {"revision": 1})
        assert answer.status_code == 404
    mixed = await alice.get(f"/api/ea/versions/{version['id']}/diff", against=theirs["id"])
    assert mixed.status_code == 404
