"""A draft is changed by what changed alone, byte for byte, and never over what somebody else wrote meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
import unicodedata
from typing import Any

import httpx
import pytest

from tests.ea.programs import TREND, draft_file, make_project, write
from tests.world import Member

UTF16 = b"\xff\xfe" + "// Prüfung\r\ninput int Länge = 3;\r\n".encode("utf-16-le")


async def patch(member: Member, project: dict[str, Any], *changes: dict[str, Any]) -> httpx.Response:
    return await member.patch(f"/api/ea/projects/{project['id']}/draft", {"changes": list(changes)})


def edit(file: dict[str, Any], *edits: tuple[int, int, str], **more: Any) -> dict[str, Any]:
    listed = [{"offset": offset, "length": length, "text": text} for offset, length, text in edits]
    return {"op": "edit", "path": file["path"], "base_sha256": file["sha256"], "edits": listed, **more}


async def test_only_the_changes_travel_and_the_result_is_what_the_editor_holds(alice: Member) -> None:
    project = await make_project(alice)
    file = await draft_file(alice, project)
    at = TREND.index("20;")
    expected = TREND.replace("20;", "34;").replace("4711", "4712")

    answer = await patch(
        alice,
        project,
        edit(
            file,
            (at, 2, "34"),
            (TREND.index("4711"), 4, "4712"),
            length=len(expected),
            sha256=hashlib.sha256(expected.encode()).hexdigest(),
        ),
    )

    assert answer.status_code == 200, answer.text
    assert answer.json()["revision"] == project["draft_revision"] + 1
    assert (await draft_file(alice, project))["text"] == expected
    assert answer.json()["files"][0]["sha256"] == hashlib.sha256(expected.encode()).hexdigest()


async def test_edits_that_do_not_lead_to_the_editors_text_store_nothing(alice: Member) -> None:
    project = await make_project(alice)
    file = await draft_file(alice, project)

    for wrong in (
        edit(file, (0, 1, ""), length=len(TREND)),
        edit(file, (0, 1, ""), sha256="0" * 64),
        edit(file, (len(TREND) - 1, 5, "x")),
        edit(file, (len(TREND) + 1, 0, "x")),
    ):
        answer = await patch(alice, project, edit(file, (0, 0, "// first\n")), wrong)
        assert answer.status_code in {409, 422}, answer.text
        answer = await patch(alice, project, wrong)
        assert answer.status_code == 422, answer.text
    assert (await draft_file(alice, project))["text"] == TREND


async def test_the_second_of_two_tabs_is_told_both_sides_and_overwrites_nothing(alice: Member) -> None:
    project = await make_project(alice)
    seen = await draft_file(alice, project)

    first = await patch(alice, project, edit(seen, (0, 0, "// from tab one\n")))
    second = await patch(alice, project, edit(seen, (0, 0, "// from tab two\n")))

    assert (first.status_code, second.status_code) == (200, 409)
    problem = second.json()
    assert problem["code"] == "draft-conflict"
    assert problem["theirs"]["text"] == "// from tab one\n" + TREND
    assert problem["yours"]["text"] == "// from tab two\n" + TREND
    assert problem["theirs"]["sha256"] == first.json()["files"][0]["sha256"]
    assert (await draft_file(alice, project))["text"].startswith("// from tab one")

    merged = "// from both\n" + TREND
    kept = {"op": "write", "path": "Trend.mq5", "base_sha256": problem["theirs"]["sha256"], "text": merged}
    assert (await patch(alice, project, kept)).status_code == 200
    assert (await draft_file(alice, project))["text"] == merged


async def test_of_many_saves_at_once_upon_the_same_text_exactly_one_is_taken(alice: Member) -> None:
    project = await make_project(alice)
    seen = await draft_file(alice, project)

    answers = await asyncio.gather(*(patch(alice, project, edit(seen, (0, 0, f"// {n}\n"))) for n in range(6)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]


async def test_a_file_that_was_deleted_elsewhere_is_not_written_again_in_silence(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5=TREND, Lib__mqh="// lib")
    file = await draft_file(alice, project, "Lib.mqh")
    gone = {"op": "delete", "path": "Lib.mqh", "base_sha256": file["sha256"]}
    assert (await patch(alice, project, gone)).status_code == 200

    late = await patch(alice, project, {**gone, "op": "write", "text": "// new lib"})

    assert late.status_code == 409
    assert (late.json()["theirs"], late.json()["yours"]) == (None, {"text": "// new lib"})


async def test_files_keep_their_encoding_and_line_ends_through_an_edit(alice: Member) -> None:
    project = await make_project(alice)
    path = f"/api/ea/projects/{project['id']}/draft/raw?path=Alt.mqh"
    put = await alice.client.put(path, headers=alice.headers, content=UTF16)
    assert put.status_code == 200, put.text
    assert (await alice.client.get(path, headers=alice.headers)).content == UTF16
    file = await draft_file(alice, project, "Alt.mqh")
    assert (file["encoding"], file["text"]) == ("utf-16-le-sig", "// Prüfung\r\ninput int Länge = 3;\r\n")

    await patch(alice, project, edit(file, (3, 7, "Test 🙂")))

    assert (await alice.client.get(path, headers=alice.headers)).content == b"\xff\xfe" + (
        "// Test 🙂\r\ninput int Länge = 3;\r\n".encode("utf-16-le")
    )


async def test_offsets_count_as_javascript_does(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5="// 🙂🙂 ok\n")
    file = await draft_file(alice, project)

    assert (await patch(alice, project, edit(file, (8, 2, "fine")))).status_code == 200
    assert (await draft_file(alice, project))["text"] == "// 🙂🙂 fine\n"
    half = edit(await draft_file(alice, project), (4, 1, ""))
    assert (await patch(alice, project, half)).status_code == 422


async def test_windows_1252_turns_into_utf8_only_when_it_must(alice: Member) -> None:
    project = await make_project(alice)
    path = f"/api/ea/projects/{project['id']}/draft/raw?path=Alt.mqh"
    await alice.client.put(path, headers=alice.headers, content="// Größe\n".encode("cp1252"))
    file = await draft_file(alice, project, "Alt.mqh")
    assert (file["encoding"], file["text"]) == ("cp1252", "// Größe\n")

    await patch(alice, project, edit(file, (0, 0, "// café\n")))
    assert (await alice.client.get(path, headers=alice.headers)).content == "// café\n// Größe\n".encode("cp1252")
    await patch(alice, project, edit(await draft_file(alice, project, "Alt.mqh"), (0, 0, "// 日本\n")))

    assert (await draft_file(alice, project, "Alt.mqh"))["encoding"] == "utf-8-sig"


async def test_windows_1251_is_read_as_such_and_stays_byte_for_byte(alice: Member) -> None:
    project = await make_project(alice)
    path = f"/api/ea/projects/{project['id']}/draft/raw?path=Alt.mqh"
    text = "//— Входные параметры №5\ninput int InpPeriod = 20; // Период средней\n"
    await alice.client.put(path, headers=alice.headers, content=text.encode("cp1251"))
    file = await draft_file(alice, project, "Alt.mqh")

    assert (file["encoding"], file["text"]) == ("cp1251", text)
    assert (await alice.client.get(path, headers=alice.headers)).content == text.encode("cp1251")
    await patch(alice, project, edit(file, (0, 0, "// Да\n")))
    assert (await alice.client.get(path, headers=alice.headers)).content == f"// Да\n{text}".encode("cp1251")


async def test_a_text_that_its_code_page_no_longer_tells_becomes_utf8(alice: Member) -> None:
    project = await make_project(alice)
    path = f"/api/ea/projects/{project['id']}/draft/raw?path=Alt.mqh"
    await alice.client.put(path, headers=alice.headers, content="// Период ы\n".encode("cp1251"))

    await patch(alice, project, edit(await draft_file(alice, project, "Alt.mqh"), (3, 7, "")))

    file = await draft_file(alice, project, "Alt.mqh")
    assert (file["encoding"], file["text"]) == ("utf-8-sig", "// ы\n")


async def test_files_are_moved_and_the_main_file_follows(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5=TREND, Lib__mqh="// lib")
    file = await draft_file(alice, project)

    moved = await patch(
        alice, project, {"op": "move", "path": "Trend.mq5", "base_sha256": file["sha256"], "new_path": "src/Best.mq5"}
    )

    assert moved.json()["entry"] == "src/Best.mq5"
    assert [one["path"] for one in moved.json()["files"]] == ["Lib.mqh", "src/Best.mq5"]
    taken = {"op": "move", "path": "src/Best.mq5", "base_sha256": file["sha256"], "new_path": "LIB.mqh"}
    assert (await patch(alice, project, taken)).status_code == 409


@pytest.mark.parametrize(
    "path",
    [
        *("../x.mq5", "/etc/x.mq5", "C:/x.mq5", "a//b.mq5", "a/./b.mq5", "a\\..\\..\\b.mq5"),
        *("con.mq5", "x.exe", "x", ".mq5", "a /b.mq5", "b.mq5 ", "x?.mq5", "x\u202e.mq5", "~x/x.mq5", ".git/x.mqh"),
        *("d/" * 9 + "x.mq5", "n" * 90 + ".mq5"),
    ],
)
async def test_a_path_that_leads_elsewhere_or_windows_cannot_name_is_refused(alice: Member, path: str) -> None:
    project = await make_project(alice)

    answer = await patch(alice, project, {"op": "write", "path": path, "base_sha256": None, "text": ""})

    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "invalid-input"


async def test_one_name_is_one_file_however_its_letters_are_written(alice: Member) -> None:
    project = await make_project(alice)
    apart = unicodedata.normalize("NFD", "Über uns/Größe.mqh")

    made = await patch(alice, project, {"op": "write", "path": apart, "base_sha256": None, "text": "// 1"})

    assert made.status_code == 200, made.text
    (file,) = [one for one in made.json()["files"] if one["path"] == "Über uns/Größe.mqh"]
    again = {"op": "write", "path": apart, "base_sha256": file["sha256"], "text": "// 2"}
    assert (await patch(alice, project, again)).status_code == 200
    for twin in ("Über uns/GRÖßE.mqh", "über uns/Grösse.mqh"):
        change = {"op": "write", "path": twin, "base_sha256": None, "text": ""}
        assert (await patch(alice, project, change)).status_code == 409, twin
    files = (await alice.get(f"/api/ea/projects/{project['id']}")).json()["files"]
    assert [one["path"] for one in files] == ["Trend.mq5", "Über uns/Größe.mqh"]


async def test_too_much_is_refused_as_a_whole(alice: Member) -> None:
    project = await make_project(alice)
    many = [{"op": "write", "path": f"f{n}.mqh", "base_sha256": None, "text": ""} for n in range(50)]
    for turn in range(3):
        batch = [{**one, "path": f"d{turn}/{one['path']}"} for one in many]
        assert (await patch(alice, project, *batch)).status_code == 200

    answer = await patch(alice, project, *[{**one, "path": f"d4/{one['path']}"} for one in many])

    assert (answer.status_code, answer.json()["code"]) == (413, "ea-project-too-large")
    assert len((await alice.get(f"/api/ea/projects/{project['id']}")).json()["files"]) == 151
    large = await alice.client.put(
        f"/api/ea/projects/{project['id']}/draft/raw?path=big.mqh",
        headers=alice.headers,
        content=b"/" * (4 * 1024 * 1024 + 1),
    )
    assert large.status_code == 413


async def test_nobody_else_reads_or_writes_a_draft(alice: Member, bob: Member, charlie: Member) -> None:
    project = await make_project(alice)
    await make_project(bob)
    file = await draft_file(alice, project)

    for member in (bob, charlie):
        assert (await patch(member, project, edit(file, (0, 0, "//")))).status_code == 404
        for path in ("draft/file?path=Trend.mq5", "draft/raw?path=Trend.mq5", "export", "inputs", "presets", ""):
            address = f"/api/ea/projects/{project['id']}/{path}".rstrip("/")
            assert (await member.client.get(address, headers=member.headers)).status_code == 404, path
    assert (await charlie.get("/api/ea/projects")).json()["items"] == []
    assert len((await bob.get("/api/ea/projects")).json()["items"]) == 1


async def test_a_binary_file_is_kept_and_not_edited_as_text(alice: Member) -> None:
    project = await make_project(alice)
    path = f"/api/ea/projects/{project['id']}/draft/raw?path=logo.bmp"
    await alice.client.put(path, headers=alice.headers, content=b"BM\x00\x01\xff")
    file = await draft_file(alice, project, "logo.bmp")

    assert (file["encoding"], file["text"]) == ("binary", None)
    answer = await patch(alice, project, edit(file, (0, 1, "x")))
    assert (answer.status_code, answer.json()["code"]) == (422, "ea-no-text")


async def test_the_main_file_can_be_named(alice: Member) -> None:
    project = await make_project(alice, A__mq5=TREND, B__mq5=TREND)
    assert project["entry"] == "A.mq5"
    address = f"/api/ea/projects/{project['id']}"

    assert (await alice.patch(address, {"entry": "b.mq5"})).json()["entry"] == "B.mq5"
    assert (await alice.patch(address, {"entry": "C.mq5"})).status_code == 422
    await write(alice, project, TREND + "\n", "A.mq5")
    assert (await alice.get(address)).json()["project"]["entry"] == "B.mq5"
