"""The MQL5 language over HTTP: what an editor asks, what a careless or hostile one sends, and who gets an answer."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from forex_elite.mql5 import worker
from forex_elite.services import mql5
from tests.mql5.hostile import HOSTILE
from tests.mql5.mistakes import PROGRAM
from tests.world import Member

MISTAKE = "void OnTick()\n  {\n   double price = Bit;\n   Print(price);\n  }\n"
ROUTES = ("diagnose", "complete", "hover", "signature", "definition", "outline", "inputs", "format")


async def _ask(member: Member, route: str, text: str, **more: object) -> httpx.Response:
    return await member.client.post(f"/api/mql5/{route}", json={"text": text, **more}, headers=member.headers)


@pytest.mark.parametrize("route", ROUTES)
async def test_only_people_who_are_signed_in_are_answered(client: httpx.AsyncClient, route: str) -> None:
    answer = await client.post(f"/api/mql5/{route}", json={"text": "int x;", "line": 1, "column": 1})
    assert answer.status_code == 401


async def test_a_mistake_comes_with_its_place_and_metaeditors_number(alice: Member) -> None:
    (found,) = (await _ask(alice, "diagnose", MISTAKE)).json()["items"]
    assert (found["line"], found["column"], found["end_column"]) == (3, 19, 22)
    assert (found["severity"], found["code"], found["message"]) == ("error", "256", "undeclared identifier 'Bit'")


async def test_a_sound_program_has_no_findings(alice: Member) -> None:
    assert (await _ask(alice, "diagnose", PROGRAM)).json()["items"] == []


async def test_columns_count_as_browsers_count(alice: Member) -> None:
    (found,) = (await _ask(alice, "diagnose", "void OnStart() { Print(/* 🚀 */ Bit); }")).json()["items"]
    assert found["column"] == 33


async def test_an_editor_is_helped_at_the_caret(alice: Member) -> None:
    text = "#include <Trade/Trade.mqh>\nCTrade trade;\nvoid OnTick()\n  {\n   trade.PositionCl\n   trade.Buy(\n  }\n"
    offered = (await _ask(alice, "complete", text, line=5, column=20)).json()["items"]
    assert [one["name"] for one in offered[:3]] == ["PositionClose", "PositionCloseBy", "PositionClosePartial"]
    own = (await _ask(alice, "complete", text, line=4, column=4, standard=False)).json()
    assert own["takes_standard"]
    assert "trade" in {one["name"] for one in own["items"]}
    assert "SymbolInfoDouble" not in {one["name"] for one in own["items"]}
    names = (await alice.client.get("/api/mql5/names", headers=alice.headers)).json()["items"]
    assert {"SymbolInfoDouble", "MODE_EMA", "while"} <= {one["name"] for one in names}
    (form, *_) = (await _ask(alice, "signature", text, line=6, column=14)).json()["items"]
    assert form["active"] == 0
    assert form["parameters"][0].endswith("volume")
    hovered = (
        await _ask(alice, "hover", "void OnTick() { SymbolInfoDouble(_Symbol, SYMBOL_BID); }", line=1, column=20)
    ).json()
    assert hovered["declaration"].startswith("double SymbolInfoDouble(")
    declared = (await _ask(alice, "definition", text, line=5, column=5)).json()
    assert (declared["file"], declared["line"]) == ("untitled.mq5", 2)
    assert (await _ask(alice, "hover", text, line=4, column=3)).json() is None


async def test_the_outline_the_inputs_and_the_house_style(alice: Member) -> None:
    text = (
        'enum Side { Long, Short }; // both\ninput group "Risk"\ninput double Lots=0.1; // Volume\n'
        "input Side Way = Long;\nvoid OnTick(){}\n"
    )
    assert [one["name"] for one in (await _ask(alice, "outline", text)).json()["items"]] == [
        "Side",
        "Lots",
        "Way",
        "OnTick",
    ]
    lots, way = (await _ask(alice, "inputs", text)).json()["items"]
    assert (lots["label"], lots["group"], lots["default"]) == ("Volume", "Risk", "0.1")
    assert [(one["name"], one["value"]) for one in way["choices"]] == [("Long", "0"), ("Short", "1")]
    pretty = (await _ask(alice, "format", text)).json()["text"]
    assert "input double Lots = 0.1; // Volume" in pretty
    assert (await _ask(alice, "format", pretty)).json()["text"] == pretty


async def test_files_of_a_project_are_found_and_changes_to_them_seen(alice: Member) -> None:
    text = '#include "lib/size.mqh"\nvoid OnStart() { Print(Size(1)); }'
    one = {"lib/size.mqh": "int Size(int x) { return(x); }"}
    two = {"lib/size.mqh": "int Size(int x, int y) { return(x + y); }"}
    assert (await _ask(alice, "diagnose", text, files=one)).json()["items"] == []
    assert "wrong parameters count" in (await _ask(alice, "diagnose", text, files=two)).json()["items"][0]["message"]


async def test_what_is_missing_of_the_standard_library_is_said(alice: Member) -> None:
    (found,) = (
        await _ask(alice, "diagnose", "#include <Math/Alglib/alglib.mqh>\nvoid OnStart() { CAlglib::Any(); }")
    ).json()["items"]
    assert (found["severity"], found["code"]) == ("warning", "library-not-covered")
    rows = (await alice.client.get("/api/mql5/support", headers=alice.headers)).json()["items"]
    assert {"part": "Trade/", "level": "full"}.items() <= rows[0].items()


async def test_only_changes_travel_once_a_text_is_held_and_nobody_else_may_build_upon_it(
    alice: Member, bob: Member
) -> None:
    text = '#include "size.mqh"\nvoid OnStart() { Print("🚀", Size(1)); }'
    size = "int Size(int x) { return(x); }"
    told = (await _ask(alice, "diagnose", text, document="a.mq5", files={"size.mqh": size})).json()
    assert told["items"] == []
    assert told["held"].keys() == {"a.mq5", "size.mqh"}
    base, files = told["held"]["a.mq5"], {"size.mqh": {"base_sha256": told["held"]["size.mqh"]}}

    at = text.index("Size(1") + 1  # the rocket takes two units
    changed = {"base_sha256": base, "edits": [{"offset": at, "length": 4, "text": "Siz"}], "length": len(text)}
    body = {"document": "a.mq5", "text": changed, "files": files}
    (found,) = (await alice.post("/api/mql5/diagnose", body)).json()["items"]
    assert (found["message"], found["column"]) == ("undeclared identifier 'Siz'", 30)

    bobs = await bob.post("/api/mql5/diagnose", body)
    assert (bobs.status_code, bobs.json()["code"]) == (409, "mql5-text-unknown")
    for wrong in ({**changed, "length": 5}, {**changed, "edits": [{"offset": 900, "length": 1, "text": ""}]}):
        answer = await alice.post("/api/mql5/diagnose", {**body, "text": wrong})
        assert answer.status_code == 422, answer.text
    many = {**changed, "edits": [{"offset": 0, "length": 0, "text": ""}] * (mql5.MAX_EDITS + 1), "length": None}
    assert (await alice.post("/api/mql5/diagnose", {**body, "text": many})).status_code == 422
    half = {
        f"{n}.mqh": {"base_sha256": base, "edits": [{"offset": 0, "length": 0, "text": "x" * 2_000_000}]}
        for n in range(3)
    }
    together = await alice.post("/api/mql5/diagnose", {**body, "files": half})
    assert (together.status_code, together.json()["errors"][0]["field"]) == (422, "files")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": 5},
        {"text": "x", "line": 0, "column": 1},
        {"text": "x", "line": 1, "column": "y"},
        {"text": "x", "line": 1, "column": 1, "files": {"": "x"}},
        {"text": "x" * 4_000_001, "line": 1, "column": 1},
        {"text": "x", "line": 1, "column": 1, "files": {"a": "x" * 4_000_001}},
    ],
    ids=["nothing", "no text", "line 0", "no column", "a file without a name", "too long", "files too long"],
)
async def test_bad_input_is_refused_by_field(alice: Member, body: dict[str, object]) -> None:
    answer = await alice.client.post("/api/mql5/hover", json=body, headers=alice.headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid-input"
    assert answer.json()["errors"]


async def test_places_beyond_the_text_and_half_characters_harm_nothing(alice: Member) -> None:
    for route in ("complete", "hover", "signature", "definition"):
        assert (await _ask(alice, route, "int x;", line=9_000_000, column=9_000_000)).status_code == 200
    raw = b'{"text": "int \\ud800 x;"}'
    headers = {**alice.headers, "Content-Type": "application/json"}
    answer = await alice.client.post("/api/mql5/diagnose", content=raw, headers=headers)
    assert answer.status_code == 422


async def test_a_newer_text_cancels_the_older_question(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PATIENCE_S", 0.0)
    old = asyncio.create_task(_ask(alice, "diagnose", PROGRAM + "int Twice(int x) { return 2 * x; }\n" * 50_000))
    while not any(one.is_busy for one in mql5._workers):  # noqa: ASYNC110 - no event tells it
        await asyncio.sleep(0)  # until the process has the question
    new = await _ask(alice, "diagnose", MISTAKE)
    assert [one["code"] for one in new.json()["items"]] == ["256"]
    assert ((await old).status_code, (await old).json()["code"]) == (409, "mql5-superseded")


async def test_a_text_beyond_the_bounds_is_refused_and_the_next_one_answered(
    alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    await mql5.stop()
    monkeypatch.setattr(worker.LanguageWorker.__init__, "__defaults__", (0.3,))
    refused = await _ask(alice, "diagnose", PROGRAM + "int Twice(int x) { return 2 * x; }\n" * 100_000)
    assert (refused.status_code, refused.json()["code"]) == (413, "mql5-analysis-too-long")
    await mql5.stop()
    monkeypatch.undo()
    assert (await _ask(alice, "diagnose", PROGRAM)).json()["items"] == []


@pytest.mark.parametrize("name", ["macro bomb", "parentheses", "names", "open comment"])
async def test_a_hostile_text_is_answered_and_the_next_question_too(alice: Member, name: str) -> None:
    answer = await _ask(alice, "diagnose", HOSTILE[name][:4_000_000])
    assert answer.status_code in {200, 413}
    assert (await _ask(alice, "format", "int x=1;")).json() == {"text": "int x = 1;"}


async def test_the_server_answers_others_while_a_text_is_read(alice: Member, bob: Member) -> None:
    slow = asyncio.create_task(_ask(alice, "diagnose", PROGRAM + "int x = 1 + 2;\n" * 200_000))
    for _ in range(5):
        assert (await bob.client.get("/api/auth/me", headers=bob.headers)).status_code == 200
    assert (await slow).status_code in {200, 413}


async def test_one_person_may_not_ask_without_end(alice: Member, bob: Member) -> None:
    wanted = mql5.MAX_WAITING + 8
    answers = await asyncio.gather(*(_ask(alice, "format", PROGRAM * 20, document=f"{n}.mq5") for n in range(wanted)))
    refused = [one for one in answers if one.status_code == 429]
    assert refused
    assert {one.json()["code"] for one in refused} == {"mql5-too-many-requests"}
    assert all(one.headers["Retry-After"] for one in refused)
    assert (await _ask(bob, "format", "int  x;")).status_code == 200
