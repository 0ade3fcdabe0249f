"""Log lines of terminals and experts: told by whom, about what, read by their owner alone, live and as a file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from forex_elite import bus, clock
from forex_elite.bus import topics
from forex_elite.services import logs
from tests.world import Member, Vps, account_ids, pair


async def send(vps: Vps, *messages: str, **more: Any) -> None:
    now = datetime.now(UTC).isoformat()
    lines = [{"at": now, "level": "info", "source": "journal", "message": text, **more} for text in messages]
    answer = await vps.post("logs", {"lines": lines})
    assert answer.status_code == 204, answer.text


async def messages(member: Member, **query: Any) -> list[str]:
    answer = await member.get("/api/logs", **query)
    assert answer.status_code == 200, answer.text
    return [item["message"] for item in answer.json()["items"]]


async def test_lines_are_found_by_account_deployment_and_level(alice: Member) -> None:
    vps = await pair(alice, accounts=2)
    one, other = await account_ids(alice)
    deployment = str(uuid4())
    of_first = {"login": vps.logins[0], "server": vps.server.upper()}
    await send(vps, "of the first", **of_first)
    await send(vps, "of its expert", **of_first, deployment_id=deployment, level="error")
    await send(vps, "of the second", login=vps.logins[1], server=vps.server, level="warning")
    await send(vps, "of the agent", level="warning")
    await send(vps, "of nobody's account", login=1, server="Elsewhere")

    assert await messages(alice, account_id=one) == ["of its expert", "of the first"]
    assert await messages(alice, account_id=other) == ["of the second"]
    assert await messages(alice, deployment_id=deployment) == ["of its expert"]
    assert await messages(alice, level="warning") == ["of the agent", "of the second", "of its expert"]
    assert len(await messages(alice)) == 5
    (told,) = (await alice.get("/api/logs", deployment_id=deployment)).json()["items"]
    assert (told["account_login"], told["source"], told["agent_id"]) == (vps.logins[0], "journal", vps.id)


async def test_lines_come_in_pages_last_stored_first(alice: Member) -> None:
    vps = await pair(alice)
    await send(vps, *[str(number) for number in range(7)])
    found: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = (await alice.get("/api/logs", **query)).json()
        found += [item["message"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert found == ["6", "5", "4", "3", "2", "1", "0"]


async def test_a_download_is_text_with_one_line_each(alice: Member) -> None:
    vps = await pair(alice)
    await send(vps, "first\nand its second line", login=vps.logins[0], server=vps.server)
    await send(vps, "ä\u0000 next", level="error")

    answer = await alice.get("/api/logs/download")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    last, first = answer.text.splitlines()
    assert first.split("\t")[1:] == ["info", str(vps.logins[0]), "journal", "first ⏎ and its second line"]
    assert last.split("\t")[1:3] == ["error", "-"]
    assert last.split("\t")[0].endswith("Z")
    assert (await alice.get("/api/logs/download", level="error")).text.count("\n") == 1


async def test_nobody_reads_the_lines_of_another(alice: Member, bob: Member, charlie: Member) -> None:
    hers = await pair(alice)
    his = await pair(bob)
    deployment = str(uuid4())
    await send(hers, "hers", login=hers.logins[0], server=hers.server, deployment_id=deployment)
    await send(his, "of an account that is not his", login=hers.logins[0], server=hers.server, deployment_id=deployment)
    (account,) = await account_ids(alice)

    assert await messages(bob, account_id=account) == []
    assert await messages(bob, deployment_id=deployment) == ["of an account that is not his"]
    assert await messages(alice, deployment_id=deployment) == ["hers"]
    assert await messages(charlie) == []
    assert (await charlie.get("/api/logs/download")).text == ""


async def test_the_owner_hears_of_new_lines_at_once(alice: Member) -> None:
    vps = await pair(alice)
    deployment = str(uuid4())
    async with bus.current().subscribe() as subscription:
        topic = topics.of_person(UUID(alice.id), "logs")
        await subscription.add([topic])
        await send(vps, "hello", login=vps.logins[0], server=vps.server, deployment_id=deployment)

        heard = (await subscription.next(10))[topic]

    assert heard == {"agent_id": vps.id, "accounts": await account_ids(alice), "deployments": [deployment]}


async def test_old_lines_are_cleared_away(alice: Member, monkeypatch: Any) -> None:
    vps = await pair(alice)
    await send(vps, "old")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + logs.KEPT * 1.1)

    await logs.clear_old()

    monkeypatch.undo()
    assert await messages(alice) == []
