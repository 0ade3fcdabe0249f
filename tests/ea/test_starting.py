"""A project starts from a template or from the wizard, without any key or network."""

from __future__ import annotations

from tests.ea.programs import make_project, save_version
from tests.world import Member


async def test_a_project_made_by_the_wizard_passes_the_built_in_check(alice: Member) -> None:
    offered = (await alice.get("/api/ea/wizard")).json()
    assert offered["entries"] == ["ma_cross", "rsi", "bollinger", "breakout", "macd"]
    strategy = {
        "name": "My first EA",
        "entry": "bollinger",
        "filters": offered["filters"],
        "exits": offered["exits"],
        "positions": "grid",
        "numbers": {"bands_period": 34},
    }
    program = (await alice.post("/api/ea/wizard", strategy)).json()
    body = {"name": "First", "files": [{"path": program["file"], "text": program["text"]}]}

    project = await alice.post("/api/ea/projects", body)

    assert project.status_code == 201, project.text
    version = await save_version(alice, project.json())
    checked = (await alice.post(f"/api/ea/versions/{version['id']}/check")).json()
    assert (checked["items"], version["entry"]) == ([], "My first EA.mq5")
    inputs = (await alice.get(f"/api/ea/versions/{version['id']}/inputs")).json()["items"]
    assert next(one["default"] for one in inputs if one["name"] == "InpBandsPeriod") == 34


async def test_what_the_wizard_cannot_write_is_a_clear_error(alice: Member) -> None:
    wrong = {"name": "x", "entry": "rsi", "numbers": {"rsi_period": 1}}

    answer = await alice.post("/api/ea/wizard", wrong)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "numbers.rsi_period")
    assert "from 2 to 500" in answer.json()["detail"]


async def test_what_has_no_number_or_too_long_a_name_is_said_in_plain_words_at_its_field(alice: Member) -> None:
    wrong = {"name": "x" * 90, "entry": "rsi", "numbers": {"rsi_period": "many"}}

    answer = await alice.post("/api/ea/wizard", wrong)

    assert answer.status_code == 422
    assert {one["field"]: one["message"] for one in answer.json()["errors"]} == {
        "name": "Use at most 80 characters.",
        "numbers.rsi_period": "Use a number.",
    }


async def test_numbers_that_do_not_go_together_say_what_to_do(alice: Member) -> None:
    wrong = {"name": "x", "entry": "ma_cross", "numbers": {"fast_period": 60, "slow_period": 50}}

    (error,) = (await alice.post("/api/ea/wizard", wrong)).json()["errors"]

    assert error == {
        "field": "numbers.fast_period",
        "message": 'Use less than 50, or raise "Slow average, bars" first.',
    }


async def test_every_template_makes_a_project(alice: Member) -> None:
    offered = (await alice.get("/api/ea/templates")).json()["items"]

    assert {one["kind"] for one in offered} == {"expert", "indicator", "script", "library"}
    for template in offered:
        project = await make_project(alice, template["title"][:80], **{template["file"]: template["text"]})
        assert project["entry"] == ("" if template["kind"] == "library" else template["file"])
