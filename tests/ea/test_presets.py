"""Inputs become a form with types; presets go to and from the terminal's `.set` files."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.ea.programs import make_project, save_version, write
from tests.world import Member

PROGRAM = """\
enum ENUM_EXIT
  {
   EXIT_FIXED = 2, // Fixed target
   EXIT_TRAILING   // Trailing stop
  };
input group "Signal"
input int InpPeriod = 2 * 10; // Period
input ENUM_EXIT InpExit = EXIT_TRAILING; // Way out
input ENUM_TIMEFRAMES InpFrame = PERIOD_H1; // Timeframe
sinput string InpNote = "hello"; // Note
input color InpColor = clrRed;
input datetime InpFrom = D'2024.01.02 03:04';
input bool InpOn = true;
void OnTick() {}
"""
SET = b"\xff\xfe" + "; saved\r\nInpPeriod=34||20||1||50||Y\r\nInpNote=a||b\r\n".encode("utf-16-le")


async def imported(member: Member, project: dict[str, Any], name: str, content: bytes) -> httpx.Response:
    """Import a `.set` file as a preset."""
    address = f"/api/ea/projects/{project['id']}/presets/import?name={name}"
    return await member.client.post(address, headers=member.headers, content=content)


async def test_the_inputs_of_a_program_are_a_typed_form(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5=PROGRAM)
    version = await save_version(alice, project)

    for address in (f"/api/ea/projects/{project['id']}/inputs", f"/api/ea/versions/{version['id']}/inputs"):
        items = (await alice.get(address)).json()["items"]
        assert {one["name"]: (one["kind"], one["default"]) for one in items} == {
            "InpPeriod": ("integer", 20),
            "InpExit": ("choice", 3),
            "InpFrame": ("choice", 16385),
            "InpNote": ("text", "hello"),
            "InpColor": ("color", 255),
            "InpFrom": ("date", 1704164640),
            "InpOn": ("bool", True),
        }
        assert items[0]["label"] == "Period"
        assert items[0]["group"] == "Signal"
        assert [one["label"] for one in items[1]["choices"]] == ["Fixed target", "Trailing stop"]


async def test_a_preset_comes_out_as_it_came_in_until_it_is_changed(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5=PROGRAM)

    made = await imported(alice, project, "Careful", SET)

    assert made.status_code == 201, made.text
    preset = made.json()
    assert preset["values"] == {"InpPeriod": "34", "InpNote": "a||b"}
    assert (await alice.get(f"/api/ea/presets/{preset['id']}/file")).content == SET
    changed = await alice.patch(f"/api/ea/presets/{preset['id']}", {"values": {"InpPeriod": "21"}})
    assert (changed.json()["is_imported"], changed.json()["name"]) == (False, "Careful")
    written = (await alice.get(f"/api/ea/presets/{preset['id']}/file")).content
    assert written.startswith(b"\xff\xfe")
    assert written.decode("utf-16").splitlines()[1:] == ["InpPeriod=21"]
    assert written.decode("utf-16").endswith("\r\n")


async def test_names_of_presets_are_taken_once_in_a_project(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5=PROGRAM)
    address = f"/api/ea/projects/{project['id']}/presets"
    one = (await alice.post(address, {"name": "One", "values": {"InpPeriod": "1"}})).json()
    two = (await alice.post(address, {"name": "Two", "values": {"InpPeriod": "2"}})).json()

    again = await alice.post(address, {"name": "ONE", "values": {"InpPeriod": "3"}})
    renamed = await alice.patch(f"/api/ea/presets/{two['id']}", {"name": "one"})

    assert (again.status_code, renamed.status_code) == (409, 409)
    assert again.json()["code"] == renamed.json()["code"] == "preset-exists"
    assert (await alice.delete(f"/api/ea/presets/{one['id']}")).status_code == 204
    assert (await alice.patch(f"/api/ea/presets/{two['id']}", {"name": "one"})).status_code == 200
    assert [found["name"] for found in (await alice.get(address)).json()["items"]] == ["one"]


@pytest.mark.parametrize("content", [b"", b"; only a comment\n", b"no equals sign\n", b"bad name=1\n", b"\x00\x01\x02"])
async def test_what_is_no_preset_is_a_clear_error(alice: Member, content: bytes) -> None:
    project = await make_project(alice, Trend__mq5=PROGRAM)

    answer = await imported(alice, project, "Bad", content)

    assert (answer.status_code, answer.json()["code"]) == (422, "preset-unreadable")


WRONG = {
    "InpPeriod": "many",
    "InpExit": "EXIT_NEVER",
    "InpFrom": "yesterday",
    "InpOn": "perhaps",
    "InpLots": "0.1",
    "InpColor": "pinkish",
}


async def test_values_a_program_does_not_take_are_refused_one_by_one(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5=PROGRAM)
    address = f"/api/ea/projects/{project['id']}/presets"
    good = (await alice.post(address, {"name": "Good", "values": {"InpPeriod": "34", "InpExit": "3"}})).json()

    made = await alice.post(address, {"name": "Wrong", "values": {"InpPeriod": "21", **WRONG}})
    changed = await alice.patch(f"/api/ea/presets/{good['id']}", {"values": {"InpPeriod": "99999999999"}})

    assert (made.status_code, made.json()["code"]) == (422, "ea-inputs-refused")
    assert set(made.json()["problems"]) == set(WRONG)
    assert made.json()["problems"]["InpLots"] == "The program has no such input."
    assert made.json()["errors"][0]["field"].startswith("values.")
    assert (changed.status_code, list(changed.json()["problems"])) == (422, ["InpPeriod"])
    assert [one["values"] for one in (await alice.get(address)).json()["items"]] == [good["values"]]
    assert (await alice.patch(f"/api/ea/presets/{good['id']}", {"name": "Better"})).status_code == 200


async def test_a_preset_for_a_version_has_the_inputs_of_that_version(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5=PROGRAM)
    version = await save_version(alice, project)
    await write(alice, project, "input int InpOther = 1;\nvoid OnTick() {}\n")
    address = f"/api/ea/projects/{project['id']}/presets"
    body = {"name": "Old", "values": {"InpPeriod": "34"}}

    assert (await alice.post(address, body)).status_code == 422
    assert (await alice.post(address, {**body, "version_id": version["id"]})).status_code == 201
    elsewhere = await make_project(alice, Trend__mq5=PROGRAM)
    foreign = await alice.post(f"/api/ea/projects/{elsewhere['id']}/presets", {**body, "version_id": version["id"]})
    assert foreign.status_code == 404


async def test_a_set_file_of_another_program_is_refused(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5=PROGRAM)
    address = f"/api/ea/projects/{project['id']}/presets"

    answer = await imported(alice, project, "Foreign", b"Lots=0.1\r\nInpOn=perhaps\r\n")

    assert (answer.status_code, answer.json()["code"]) == (422, "preset-of-another-program")
    assert "None of its 2 values" in answer.json()["detail"]
    assert "Trend.mq5" in answer.json()["detail"]
    assert (await alice.get(address)).json()["items"] == []


async def test_a_set_file_with_the_program_s_names_and_no_right_value_says_what_is_wrong(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5=PROGRAM)

    answer = await imported(alice, project, "Wrong", b"InpPeriod=soon\r\nInpOn=perhaps\r\n")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")
    assert answer.json()["detail"].startswith("None of its values can be taken. InpPeriod: Use a whole number")


async def test_what_a_set_file_has_beyond_the_program_is_left_out_and_said(alice: Member) -> None:
    project = await make_project(alice, Trend__mq5=PROGRAM)
    content = b"InpPeriod=34\r\nInpOn=perhaps\r\nMagicNumber=7\r\n"

    answer = await imported(alice, project, "Half", content)

    assert answer.status_code == 201, answer.text
    preset = answer.json()
    assert preset["values"] == {"InpPeriod": "34"}
    assert preset["left_out"] == {
        "InpOn": "Use true or false.",
        "MagicNumber": "The program has no such input.",
    }
    assert (await alice.get(f"/api/ea/presets/{preset['id']}/file")).content == content


async def test_presets_are_their_owners_alone(alice: Member, bob: Member, charlie: Member) -> None:
    project = await make_project(alice, Trend__mq5=PROGRAM)
    address = f"/api/ea/projects/{project['id']}/presets"
    preset = (await alice.post(address, {"name": "One", "values": {"InpPeriod": "1"}})).json()

    for member in (bob, charlie):
        assert (await member.post(address, {"name": "Mine", "values": {"InpPeriod": "1"}})).status_code == 404
        assert (await member.get(f"/api/ea/presets/{preset['id']}/file")).status_code == 404
        assert (await member.patch(f"/api/ea/presets/{preset['id']}", {"name": "x"})).status_code == 404
        assert (await member.delete(f"/api/ea/presets/{preset['id']}")).status_code == 404
