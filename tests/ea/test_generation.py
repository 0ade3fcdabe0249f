"""Programs out of plain words: against an endpoint that streams, fails, stalls, talks nonsense, and errs in MQL5."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from forex_elite import clock
from forex_elite.services.generation import generations, running
from forex_elite.settings import Settings, settings
from tests.ea.endpoint import StandIn, served
from tests.ea.programs import TREND, draft_file, make_project, save_version, write
from tests.world import Member

BROKEN = TREND.replace("InpLots / step", "InpLot / step")
GOOD = f"It buys.\n\nFile: Trend.mq5\n```mql5\n{TREND}```\n"
BAD = f"It buys.\n\nFile: Trend.mq5\n```mql5\n{BROKEN}```\n"


@pytest.fixture
async def model(configured: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StandIn]:
    """The stand-in on a port of its own, and this server set up to ask it."""
    stand_in = StandIn()
    async with served(stand_in) as environment:
        limits = {"LLM_DAILY_TOKENS": "10000", "LLM_PRICE_PROMPT": "1", "LLM_PRICE_COMPLETION": "2"}
        for name, value in (environment | limits).items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        yield stand_in
        stand_in.released.set()
        await running.stop()
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    yield
    clock.shift(timedelta(0))


async def ask(member: Member, project: dict[str, Any], **wish: Any) -> dict[str, Any]:
    body = {"task": "create", "prompt": "Buy when price is above its average.", **wish}
    answer = await member.post(f"/api/ea/projects/{project['id']}/generate", body)
    assert answer.status_code == 202, answer.text
    begun: dict[str, Any] = answer.json()
    return begun


async def finished(member: Member, generation: dict[str, Any]) -> dict[str, Any]:
    await generations.wait_for_end(UUID(generation["id"]))
    found: dict[str, Any] = (await member.get(f"/api/ea/generations/{generation['id']}")).json()
    return found


async def followed(member: Member, generation: dict[str, Any], **headers: str) -> list[tuple[str, dict[str, Any]]]:
    """All steps of a generation as its event stream tells them, until its end."""
    path = f"/api/ea/generations/{generation['id']}/events"
    steps = []
    async with member.client.stream("GET", path, headers={**member.headers, **headers}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        kind = ""
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                steps.append((kind, json.loads(line[6:])))
    return steps


async def versions_of(member: Member, project: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await member.get(f"/api/ea/projects/{project['id']}/versions")).json()["items"]
    return found


async def usage(member: Member) -> dict[str, Any]:
    found: dict[str, Any] = (await member.get("/api/ea/generations/usage")).json()
    return found


async def test_a_wish_becomes_a_version_that_passed_the_check(model: StandIn, alice: Member) -> None:
    model.scripts = [model.says(GOOD, reasoning="The trader wants a trend EA.")]
    body = {"name": "Aufwärts!", "files": []}
    project = (await alice.post("/api/ea/projects", body)).json()

    begun = await ask(alice, project)
    steps = await followed(alice, begun)
    done = await finished(alice, begun)

    assert (done["status"], done["rounds"], done["model"]) == ("completed", 1, "writer-1")
    (version,) = await versions_of(alice, project)
    assert (version["id"], version["origin"], version["generation_id"]) == (done["version_id"], "generated", done["id"])
    assert version["message"] == "Buy when price is above its average."
    stored = await alice.get(f"/api/ea/versions/{version['id']}/file", path="Trend.mq5")
    assert stored.json()["text"] == TREND == (await draft_file(alice, project))["text"]
    kinds = [kind for kind, _ in steps]
    assert kinds[:2] == ["started", "round"]
    assert kinds[-3:] == ["check", "version", "end"]
    assert "".join(data["text"] for kind, data in steps if kind == "answer") == GOOD
    assert "".join(data["text"] for kind, data in steps if kind == "reasoning") == "The trader wants a trend EA."
    (request,) = model.requests
    assert (request["model"], request["stream"], model.keys) == ("writer-1", True, ["Bearer hush"])
    assert "hush" not in json.dumps(steps)
    assert (done["charged_tokens"], done["cost"]) == (1200, pytest.approx(0.0014))
    assert (await usage(alice))["tokens"] == 1200


async def test_an_error_in_the_program_is_handed_back_and_repaired(model: StandIn, alice: Member) -> None:
    model.scripts = [model.says(BAD), model.says(GOOD)]
    project = await make_project(alice)

    begun = await ask(alice, project)
    steps = await followed(alice, begun)

    checks = [data for kind, data in steps if kind == "check"]
    assert [(one["round"], one["errors"]) for one in checks] == [(1, 1), (2, 0)]
    assert checks[0]["findings"][0]["message"] == "undeclared identifier 'InpLot'"
    assert [data["round"] for kind, data in steps if kind == "round"] == [1, 2]
    handed_back = model.requests[1]["messages"]
    assert [one["role"] for one in handed_back] == ["system", "user", "assistant", "user"]
    assert "undeclared identifier 'InpLot'" in handed_back[-1]["content"]
    assert (await finished(alice, begun))["charged_tokens"] == 2400
    assert len(await versions_of(alice, project)) == 2, "the generated one, and the draft it replaced"


async def test_after_three_rounds_with_errors_there_is_no_version(model: StandIn, alice: Member) -> None:
    model.scripts = [model.says(BAD)]
    project = await make_project(alice)

    done = await finished(alice, await ask(alice, project))

    assert (done["status"], done["code"], done["rounds"], done["version_id"]) == (
        *("unrepaired", "llm-unrepaired", 3),
        None,
    )
    assert len(model.requests) == 3
    assert await versions_of(alice, project) == []
    assert (await draft_file(alice, project))["text"] == TREND
    assert done["charged_tokens"] == 3600


@pytest.mark.parametrize(
    "nonsense", ["I like trains.", "```mql5\nvoid OnTick()\n  {\n", "```python\nprint(1)\n```", ""]
)
async def test_nonsense_is_asked_again_and_ends_without_a_version(model: StandIn, alice: Member, nonsense: str) -> None:
    model.scripts = [model.says(nonsense)]
    project = await make_project(alice)

    done = await finished(alice, await ask(alice, project))

    assert (done["status"], done["code"], done["version_id"]) == ("unusable", "llm-unusable", None)
    assert await versions_of(alice, project) == []


@pytest.mark.parametrize(
    "words", ["I cannot help with that.", "Which symbol shall it trade? And how large may the stop be?"]
)
async def test_an_answer_in_words_alone_ends_after_one_round_and_is_charged_once(
    model: StandIn, alice: Member, words: str
) -> None:
    model.scripts = [model.says(words)]
    project = await make_project(alice)

    begun = await ask(alice, project)
    steps = await followed(alice, begun)

    done = await finished(alice, begun)
    assert (done["status"], done["code"], done["rounds"], done["version_id"]) == ("unusable", "llm-unusable", 1, None)
    assert "answered in words" in done["message"]
    assert "".join(data["text"] for kind, data in steps if kind == "answer") == words
    assert len(model.requests) == 1
    assert (done["charged_tokens"], (await usage(alice))["tokens"]) == (1200, 1200)
    assert await versions_of(alice, project) == []
    assert (await draft_file(alice, project))["text"] == TREND


async def test_words_instead_of_a_repair_end_it_too(model: StandIn, alice: Member) -> None:
    model.scripts = [model.says(BAD), model.says("I cannot repair that.")]

    done = await finished(alice, await ask(alice, await make_project(alice)))

    assert (done["status"], done["rounds"], done["version_id"]) == ("unusable", 2, None)
    assert (len(model.requests), done["charged_tokens"]) == (2, 2400)


async def paths_of(member: Member, project: dict[str, Any]) -> list[str]:
    opened = (await member.get(f"/api/ea/projects/{project['id']}")).json()
    return [opened["project"]["entry"], *(one["path"] for one in opened["files"])]


@pytest.mark.parametrize("task", ["create", "change", "fix"])
async def test_the_only_program_of_an_answer_is_the_main_file_whatever_it_is_called(
    model: StandIn, alice: Member, task: str
) -> None:
    changed = TREND.replace("= 20;", "= 34;")
    model.scripts = [model.says(f"File: Better.mq5\n```mql5\n{changed}```\n")]
    project = await make_project(alice)

    done = await finished(alice, await ask(alice, project, task=task))

    assert done["status"] == "completed"
    assert (await draft_file(alice, project))["text"] == changed
    assert await paths_of(alice, project) == ["Trend.mq5", "Trend.mq5"]


async def test_a_program_beside_the_main_file_stays_one_of_its_own(model: StandIn, alice: Member) -> None:
    changed = TREND.replace("= 20;", "= 34;")
    beside = "void OnStart() {}\n"
    model.scripts = [model.says(f"File: Helper.mq5\n```mql5\n{beside}```\nFile: trend.MQ5\n```mql5\n{changed}```\n")]
    project = await make_project(alice)

    done = await finished(alice, await ask(alice, project, task="change"))

    assert done["status"] == "completed"
    assert (await draft_file(alice, project))["text"] == changed
    assert await paths_of(alice, project) == ["Trend.mq5", "Helper.mq5", "Trend.mq5"]


async def test_a_change_of_another_program_of_the_project_is_checked_and_told(model: StandIn, alice: Member) -> None:
    script = "void OnStart() { Print(1); }\n"
    wrong = "void OnStart() { Print(one); }\n"
    model.scripts = [model.says(f"File: Once.mq5\n```mql5\n{text}```\n") for text in (wrong, script)]
    project = await make_project(alice, Trend__mq5=TREND, Once__mq5="void OnStart() {}\n")
    await alice.patch(f"/api/ea/projects/{project['id']}", {"entry": "Trend.mq5"})

    begun = await ask(alice, project, task="change")
    steps = await followed(alice, begun)

    assert [data["errors"] for kind, data in steps if kind == "check"] == [1, 0]
    assert next(data["files"] for kind, data in steps if kind == "version") == ["Once.mq5"]
    assert (await draft_file(alice, project, "Once.mq5"))["text"] == script
    assert (await draft_file(alice, project))["text"] == TREND


async def test_an_answer_that_leaves_the_main_file_out_among_new_programs_is_asked_again(
    model: StandIn, alice: Member
) -> None:
    two = "".join(f"File: {name}.mq5\n```mql5\nvoid OnStart() {{}}\n```\n" for name in ("One", "Two"))
    model.scripts = [model.says(two), model.says(GOOD)]
    project = await make_project(alice)

    done = await finished(alice, await ask(alice, project, task="change"))

    assert (done["status"], done["rounds"]) == ("completed", 2)
    assert "main file Trend.mq5" in model.requests[1]["messages"][-1]["content"]
    assert await paths_of(alice, project) == ["Trend.mq5", "Trend.mq5"]


@pytest.mark.parametrize("code", ["1302", "1303", "1305", "1312", 1302, "rate_limit_exceeded"])
async def test_a_busy_endpoint_is_asked_again(model: StandIn, alice: Member, code: Any) -> None:
    model.scripts = [model.fails(429, code), model.fails(500), model.says(GOOD)]

    begun = await ask(alice, await make_project(alice))
    steps = await followed(alice, begun)

    assert (await finished(alice, begun))["status"] == "completed"
    assert [kind for kind, _ in steps].count("retry") == 2


@pytest.mark.parametrize(
    ("status", "code", "told", "ends"),
    [
        (429, "1113", "llm-quota", "unavailable"),
        (429, "1308", "llm-quota", "unavailable"),
        (429, "1313", "llm-quota", "unavailable"),
        (429, "insufficient_quota", "llm-quota", "unavailable"),
        (429, None, "llm-unavailable", "unavailable"),
        (401, "1002", "llm-misconfigured", "unavailable"),
        (401, None, "llm-misconfigured", "unavailable"),
        (400, "1211", "llm-misconfigured", "unavailable"),
        (400, "1261", "llm-prompt-too-long", "refused"),
        (400, "1301", "llm-refused", "refused"),
        (400, "1210", "llm-refused", "refused"),
        (302, None, "llm-refused", "refused"),
    ],
)
async def test_what_cannot_be_helped_is_not_asked_again_and_costs_nothing(
    model: StandIn, alice: Member, status: int, code: str | None, told: str, ends: str
) -> None:
    model.scripts = [model.fails(status, code, location="http://127.0.0.1:1/")]
    project = await make_project(alice)

    done = await finished(alice, await ask(alice, project))

    assert (done["status"], done["code"], done["version_id"]) == (ends, told, None)
    assert "No version was made" in done["message"]
    assert len(model.requests) == 1
    assert await versions_of(alice, project) == []
    assert (done["charged_tokens"], done["cost"], (await usage(alice))["tokens"]) == (0, 0, 0)


async def test_an_endpoint_that_keeps_failing_is_given_up(model: StandIn, alice: Member) -> None:
    model.scripts = [model.fails(503)]

    done = await finished(alice, await ask(alice, await make_project(alice)))

    assert (done["status"], done["code"], len(model.requests)) == ("unavailable", "llm-unavailable", 3)


@pytest.mark.parametrize("trouble", ["breaks_off", "babbles", "fails_in_the_stream", "refuses_in_the_stream"])
async def test_an_answer_that_goes_wrong_on_the_way_makes_nothing(model: StandIn, alice: Member, trouble: str) -> None:
    scripts = {
        "breaks_off": model.breaks_off("File: Trend.mq5\n```mql5\nvoid OnTick()"),
        "babbles": model.babbles(),
        "fails_in_the_stream": model.fails_in_the_stream("1113"),
        "refuses_in_the_stream": model.fails_in_the_stream("1301"),
    }
    model.scripts = [scripts[trouble]]
    project = await make_project(alice)

    done = await finished(alice, await ask(alice, project))

    assert done["status"] == ("refused" if trouble.startswith("refuses") else "unavailable")
    assert len(model.requests) == 1
    assert (await versions_of(alice, project), done["charged_tokens"]) == ([], 0)


async def test_an_endpoint_that_falls_silent_is_given_up_in_time(
    model: StandIn, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_READ_TIMEOUT_S", "0.3")
    settings.cache_clear()
    model.scripts = [model.stalls()]
    project = await make_project(alice)

    done = await finished(alice, await ask(alice, project))

    assert (done["status"], done["code"], done["charged_tokens"]) == ("unavailable", "llm-timeout", 0)
    assert await versions_of(alice, project) == []


async def test_an_endpoint_nobody_listens_at_is_told(
    model: StandIn, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("LLM_BASE_URL", f"http://127.0.0.1:{free.getsockname()[1]}")
        settings.cache_clear()
        done = await finished(alice, await ask(alice, await make_project(alice)))

    assert (done["status"], done["code"]) == ("unavailable", "llm-unavailable")
    assert "cannot be reached" in done["message"]


async def test_cancelling_ends_it_at_once_and_leaves_nothing(model: StandIn, alice: Member) -> None:
    model.scripts = [model.stalls()]
    project = await make_project(alice)
    begun = await ask(alice, project)
    await model.stalled.wait()

    cancelled = await alice.post(f"/api/ea/generations/{begun['id']}/cancel")

    assert cancelled.json()["status"] == "cancelled"
    await generations.wait_for_end(UUID(begun["id"]))
    assert running.task_of(UUID(begun["id"])) is None
    assert (await followed(alice, begun))[-1][1]["status"] == "cancelled"
    assert await versions_of(alice, project) == []
    again = await alice.post(f"/api/ea/generations/{begun['id']}/cancel")
    assert again.json() == cancelled.json()


async def test_a_stream_that_broke_is_taken_up_where_it_was(model: StandIn, alice: Member) -> None:
    model.scripts = [model.says(GOOD)]
    begun = await ask(alice, await make_project(alice))
    steps = await followed(alice, begun)

    rest = await followed(alice, begun, **{"Last-Event-ID": str(steps[3][1]["seq"])})

    assert rest == steps[4:]
    kept = (await alice.get(f"/api/ea/generations/{begun['id']}/steps")).json()["items"]
    assert [one["seq"] for one in kept] == list(range(1, len(steps) + 1))


async def test_a_server_that_stops_ends_what_is_under_way(model: StandIn, alice: Member) -> None:
    model.scripts = [model.stalls()]
    project = await make_project(alice)
    begun = await ask(alice, project)
    await model.stalled.wait()

    await running.stop()

    done = await finished(alice, begun)
    assert (done["status"], done["code"], done["charged_tokens"]) == ("failed", "interrupted", 0)


async def test_what_a_dead_server_left_behind_is_ended_by_the_clock(
    model: StandIn, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "begin", lambda *_: None)  # the server died right after it had noted the wish
    begun = await ask(alice, await make_project(alice))
    assert await generations.reap() == 0
    clock.shift(timedelta(minutes=2))

    assert await generations.reap() >= 1

    assert (await finished(alice, begun))["code"] == "interrupted"


async def test_a_change_starts_from_the_version_and_keeps_the_other_files(model: StandIn, alice: Member) -> None:
    changed = TREND.replace("= 20;", "= 34;")
    model.scripts = [model.says(f"Done.\n```mql5\n{changed}```")]
    project = await make_project(alice, Trend__mq5=TREND, Lib__mqh="// lib\n")
    first = await save_version(alice, project)

    done = await finished(
        alice, await ask(alice, project, task="change", prompt="Use 34 bars.", version_id=first["id"])
    )

    (made, _) = await versions_of(alice, project)
    assert (done["status"], made["parent_id"], made["file_count"]) == ("completed", first["id"], 2)
    assert (await draft_file(alice, project))["text"] == changed
    told = model.requests[0]["messages"][1]["content"]
    assert f'<source file="Trend.mq5">\n{TREND}' in told
    assert told.endswith("The trader writes:\nUse 34 bars.")


async def test_a_repair_is_told_what_is_wrong(model: StandIn, alice: Member) -> None:
    model.scripts = [model.says(GOOD)]
    project = await make_project(alice, Trend__mq5=BROKEN)

    done = await finished(alice, await ask(alice, project, task="fix", prompt=""))

    assert done["status"] == "completed"
    assert "undeclared identifier 'InpLot'" in model.requests[0]["messages"][1]["content"]


async def test_an_explanation_makes_no_version(model: StandIn, alice: Member) -> None:
    model.scripts = [model.says_at_once("It buys once for each bar.")]
    project = await make_project(alice)

    begun = await ask(alice, project, task="explain", prompt="")
    steps = await followed(alice, begun)

    assert (await finished(alice, begun))["status"] == "completed"
    assert [data["text"] for kind, data in steps if kind == "answer"] == ["It buys once for each bar."]
    assert await versions_of(alice, project) == []


async def test_a_draft_that_was_typed_in_meanwhile_is_left_alone(model: StandIn, alice: Member) -> None:
    model.scripts = [model.stalls()]
    project = await make_project(alice)
    begun = await ask(alice, project)
    await model.stalled.wait()
    model.scripts = [model.says(GOOD)]
    await alice.post(f"/api/ea/generations/{begun['id']}/cancel")
    model.stalled.clear()

    async def type_then_answer(body: dict[str, Any]) -> Any:
        await write(alice, project, "// typed meanwhile\n")
        return await model.says(GOOD)(body)

    model.scripts = [type_then_answer]
    steps = await followed(alice, await ask(alice, project))

    made = next(data for kind, data in steps if kind == "version")
    assert made["is_in_draft"] is False
    assert (await draft_file(alice, project))["text"] == "// typed meanwhile\n"


async def test_the_days_tokens_come_to_an_end_and_begin_anew(
    model: StandIn, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_DAILY_TOKENS", "1200")
    settings.cache_clear()
    model.scripts = [model.says(GOOD)]
    project = await make_project(alice)
    await finished(alice, await ask(alice, project))

    refused = await alice.post(f"/api/ea/projects/{project['id']}/generate", {"prompt": "More"})

    assert (refused.status_code, refused.json()["code"]) == (429, "llm-daily-limit")
    assert 0 < int(refused.headers["retry-after"]) <= 86_401
    assert len(model.requests) == 1
    clock.shift(timedelta(days=1))
    assert (await usage(alice))["tokens"] == 0


async def test_two_may_be_under_way_and_no_third(model: StandIn, alice: Member) -> None:
    model.scripts = [model.stalls()]
    project = await make_project(alice)
    for _ in range(2):
        await ask(alice, project)

    third = await alice.post(f"/api/ea/projects/{project['id']}/generate", {"prompt": "More"})

    assert (third.status_code, third.json()["code"]) == (409, "generation-under-way")


async def test_without_a_key_it_says_so_and_keeps_nothing(alice: Member) -> None:
    project = await make_project(alice)

    answer = await alice.post(f"/api/ea/projects/{project['id']}/generate", {"prompt": "Buy low"})

    assert (answer.status_code, answer.json()["code"]) == (409, "llm-not-configured")
    assert (await usage(alice))["is_available"] is False
    assert (await alice.get(f"/api/ea/projects/{project['id']}/generations")).json()["items"] == []


async def test_a_generation_is_its_owners_alone(model: StandIn, alice: Member, bob: Member, charlie: Member) -> None:
    model.scripts = [model.says(GOOD)]
    project = await make_project(alice)
    begun = await ask(alice, project)
    await finished(alice, begun)

    for member in (bob, charlie):
        for path in ("", "/events", "/steps"):
            assert (await member.get(f"/api/ea/generations/{begun['id']}{path}")).status_code == 404
        assert (await member.post(f"/api/ea/generations/{begun['id']}/cancel")).status_code == 404
        assert (await member.get(f"/api/ea/projects/{project['id']}/generations")).status_code == 404
        wish = await member.post(f"/api/ea/projects/{project['id']}/generate", {"prompt": "Mine"})
        assert wish.status_code == 404
        assert (await usage(member))["tokens"] == 0
