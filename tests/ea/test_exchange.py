"""Projects as zip files: all comes out as it went in, and a hostile archive brings nothing in."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

import httpx
import pytest

from tests.ea.programs import TREND, draft_file, make_project, save_version, write, zipped
from tests.world import Member

FILES = {
    "Trend.mq5": TREND.encode(),
    "Include/Alt.mqh": b"\xff\xfe" + "// Prüfung\r\n".encode("utf-16-le"),
    "Presets/Careful.set": b"\xff\xfe" + "InpLots=0.01\r\n".encode("utf-16-le"),
    "logo.bmp": bytes(range(256)),
}


async def send(member: Member, packed: bytes, name: str = "Imported") -> httpx.Response:
    return await member.client.post(
        f"/api/ea/projects/import?name={name}", headers=member.headers, content=packed, timeout=60
    )


async def exported(member: Member, address: str) -> dict[str, bytes]:
    answer = await member.get(address)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


async def test_a_project_goes_out_and_comes_in_byte_for_byte(alice: Member) -> None:
    answer = await send(alice, zipped({f"My EA/{path}": content for path, content in FILES.items()}))
    assert answer.status_code == 201, answer.text
    project = answer.json()["project"]

    assert await exported(alice, f"/api/ea/projects/{project['id']}/export") == FILES
    version = await save_version(alice, project)
    assert version["origin"] == "imported"
    assert await exported(alice, f"/api/ea/versions/{version['id']}/export") == FILES


async def test_what_is_no_project_file_is_left_out_and_said(alice: Member) -> None:
    answer = await send(
        alice,
        zipped({**FILES, "run.exe": b"MZ", "__MACOSX/x.mq5": b"", ".git/config.txt": b"", "TREND.mq5": b"twice"}),
    )

    assert answer.status_code == 201, answer.text
    assert {one["path"] for one in answer.json()["skipped"]} == {"run.exe", "TREND.mq5"}
    assert await exported(alice, f"/api/ea/projects/{answer.json()['project']['id']}/export") == FILES


def bomb() -> bytes:
    """A hundred files of four megabytes of zeros: 400 MB in a few hundred kilobytes."""
    return zipped({f"f{n}.mqh": bytes(4 * 1024 * 1024) for n in range(100)})


def lying() -> bytes:
    """An archive whose directory says that a file of eight megabytes has ten bytes."""
    packed = bytearray(zipped({"a.mqh": bytes(8 * 1024 * 1024)}))
    at = packed.index(b"PK\x01\x02")
    packed[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(packed)


@pytest.mark.parametrize("make", [bomb, lying])
async def test_a_zip_bomb_is_refused_and_makes_no_project(alice: Member, make: Any) -> None:
    answer = await send(alice, make())

    assert answer.status_code in {413, 422}, answer.text
    assert answer.json()["code"] in {"ea-project-too-large", "archive-unsafe"}
    assert (await alice.get("/api/ea/projects")).json()["items"] == []


@pytest.mark.parametrize(
    "name", ["../../evil.mq5", "a/../../evil.mq5", "/etc/evil.mq5", "..\\evil.mq5", "C:\\evil.mq5", "\\\\host\\x.mq5"]
)
async def test_a_name_that_leads_outside_condemns_the_whole_archive(alice: Member, name: str) -> None:
    answer = await send(alice, zipped({"Good.mq5": b"// good", name: b"// evil"}))

    assert (answer.status_code, answer.json()["code"]) == (422, "archive-unsafe")
    assert (await alice.get("/api/ea/projects")).json()["items"] == []


@pytest.mark.parametrize(
    "packed",
    [b"", b"PK\x03\x04", b"not a zip", zipped({"a.mq5": b"x"})[:-30]],
    ids=["empty", "a beginning", "words", "cut off"],
)
async def test_what_is_no_archive_is_a_clear_error(alice: Member, packed: bytes) -> None:
    answer = await send(alice, packed)

    assert (answer.status_code, answer.json()["code"]) == (422, "archive-unsafe")


async def test_an_archive_without_a_program_is_refused_in_words(alice: Member) -> None:
    includes = zipped({"Lib.mqh": b"// lib", "Careful.set": b"InpLots=1"})
    empty = await make_project(alice, Notes__txt="nothing yet")
    whole = await make_project(alice)

    answer = await send(alice, includes)
    drafts = [
        await alice.client.post(
            f"/api/ea/projects/{project['id']}/draft/import?revision={project['draft_revision']}",
            headers=alice.headers,
            content=includes,
        )
        for project in (empty, whole)
    ]

    assert (answer.status_code, answer.json()["code"]) == (422, "ea-no-program")
    assert "no .mq5 file" in answer.json()["detail"]
    assert [one.status_code for one in drafts] == [422, 200], "includes may join a program that is there"
    assert len((await alice.get("/api/ea/projects")).json()["items"]) == 2


async def test_an_archive_put_into_a_draft_replaces_same_paths_and_loses_nothing(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5="// mine\n", Own__mqh="// own\n")
    revision = (await alice.get(f"/api/ea/projects/{project['id']}")).json()["project"]["draft_revision"]
    address = f"/api/ea/projects/{project['id']}/draft/import?revision="

    answer = await alice.client.post(f"{address}{revision}", headers=alice.headers, content=zipped(FILES))
    assert answer.status_code == 200, answer.text

    assert await exported(alice, f"/api/ea/projects/{project['id']}/export") == {**FILES, "Own.mqh": b"// own\n"}
    (kept,) = (await alice.get(f"/api/ea/projects/{project['id']}/versions")).json()["items"]
    before = await alice.get(f"/api/ea/versions/{kept['id']}/file", path="Trend.mq5")
    assert before.json()["text"] == "// mine\n"
    late = await alice.client.post(f"{address}{revision}", headers=alice.headers, content=zipped(FILES))
    assert (late.status_code, late.json()["code"]) == (409, "draft-moved-on")
    await write(alice, project, "// typed\n")
    assert (await draft_file(alice, project))["text"] == "// typed\n"
