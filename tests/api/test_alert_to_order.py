"""The spine: an alert becomes a job, the job becomes a fill, the signal tells the truth."""

from __future__ import annotations

import asyncio

import httpx

from tests.world import Member, account_ids, buy, make_strategy, pair, send_alert, signal


async def test_an_alert_becomes_a_filled_order_with_every_stage_timed(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)

    receipt = (await send_alert(client, strategy, buy(sl=1.09, tp=1.12))).json()
    assert receipt["status"] == "accepted"
    job = await vps.claim()
    assert job is not None
    instruction = job["payload"]["instruction"]
    assert (instruction["do"], instruction["symbol"], instruction["volume_lots"]) == ("open", "EURUSD", 0.1)
    done = await vps.finish(
        job,
        result={
            "retcode": 10009,
            "order": 77,
            "position": 77,
            "price": 1.10012,
            "volume_lots": 0.1,
            "sent_at": job["server_time"],
            "filled_at": job["server_time"],
        },
    )
    assert done.json() == {"status": "completed"}

    told = await signal(alice, receipt["signal_id"])
    assert told["status"] == "executed"
    assert (told["fill_price"], told["broker_order_id"]) == (1.10012, "77")
    (execution,) = told["executions"]
    assert all(execution["stages"].values())
    assert execution["slippage_points"] == 2.0


async def test_a_waiting_agent_is_answered_when_the_job_is_committed(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)

    waiting = asyncio.create_task(vps.claim(wait=20))
    receipt = (await send_alert(client, strategy, buy())).json()

    job = await asyncio.wait_for(waiting, 5)
    assert job is not None
    assert (await signal(alice, receipt["signal_id"]))["executions"][0]["job_id"] == job["id"]


async def test_the_same_alert_fifty_times_at_once_makes_one_job(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    alert = buy()

    answers = await asyncio.gather(*(send_alert(client, strategy, alert) for _ in range(50)))

    told = [answer.json()["status"] for answer in answers]
    assert sorted(set(told)) == ["accepted", "duplicate"]
    assert told.count("accepted") == 1
    assert await vps.claim() is not None
    assert await vps.claim() is None
    feed = (await alice.get("/api/tv/signals", limit=100)).json()["items"]
    assert len(feed) == 50


async def test_one_alert_reaches_every_account_of_its_strategy(client: httpx.AsyncClient, alice: Member) -> None:
    first, second = await pair(alice), await pair(alice)
    strategy = await make_strategy(alice)

    receipt = (await send_alert(client, strategy, buy())).json()
    for vps, price in ((first, 1.1), (second, 1.2)):
        job = await vps.claim()
        assert job is not None
        await vps.finish(job, result={"order": 1, "price": price, "volume_lots": 0.1})

    told = await signal(alice, receipt["signal_id"])
    assert told["status"] == "executed"
    assert told["fill_price"] == 1.15
    assert {one["account_id"] for one in told["executions"]} == set(await account_ids(alice))


async def test_a_partly_refused_signal_is_partial(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice, accounts=2)
    strategy = await make_strategy(alice)

    receipt = (await send_alert(client, strategy, buy())).json()
    one, other = await vps.claim(), await vps.claim()
    assert one is not None
    assert other is not None
    await vps.finish(one, result={"order": 5, "price": 1.1, "volume_lots": 0.1})
    assert (await signal(alice, receipt["signal_id"]))["status"] == "pending"
    await vps.finish(other, "failed", error={"code": "no-money", "message": "No money"})

    told = await signal(alice, receipt["signal_id"])
    assert told["status"] == "partial"
    assert "No money" in [execution["reason"] for execution in told["executions"]]


async def test_an_unreadable_alert_is_kept_with_its_reason(client: httpx.AsyncClient, alice: Member) -> None:
    await pair(alice)
    strategy = await make_strategy(alice)

    answer = await send_alert(client, strategy, b"\xff\xfe\x00 nothing to read")

    assert answer.status_code == 200
    assert answer.json()["status"] == "rejected"
    told = await signal(alice, answer.json()["signal_id"])
    assert told["status"] == "rejected"
    assert told["reason"]


async def test_a_second_entry_at_once_cannot_pass_the_last_free_position(
    client: httpx.AsyncClient, alice: Member
) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)

    answers = await asyncio.gather(*(send_alert(client, strategy, buy()) for _ in range(14)))

    told = [answer.json()["status"] for answer in answers]
    assert told.count("accepted") == 10  # the limit a new account starts with
    assert told.count("rejected") == 4
    assert all([await vps.claim() for _ in range(10)])
    assert await vps.claim() is None
