"""Charts over HTTP: answered from what is kept, while the terminal is asked once for what is missing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.world import Member, Vps, account_ids, pair

HOUR_S = 3600


def bars(newest_s: int, count: int, step: int = HOUR_S) -> list[list[Any]]:
    return [[newest_s - n * step, 1.1, 1.2, 1.0, 1.15, 7] for n in reversed(range(count))]


def this_hour() -> int:
    return int(datetime.now(UTC).timestamp()) // HOUR_S * HOUR_S


async def chart(member: Member, account: str, **asked: Any) -> dict[str, Any]:
    wanted = {"account_id": account, "symbol": "EURUSD", "timeframe": "H1", "limit": 100, **asked}
    answer = await member.get("/api/candles", **wanted)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def answer(vps: Vps, rows: list[Any], *, offset_s: int | None = 7200, read_at: datetime | None = None) -> Any:
    job = await vps.claim()
    assert job is not None
    assert job["type"] == "history"
    read = (read_at or datetime.now(UTC)).isoformat()
    done = await vps.finish(job, result={"bars": rows, "offset_s": offset_s, "read_at": read})
    assert done.json() == {"status": "completed"}, done.text
    return job["payload"]


async def test_a_chart_fills_from_the_terminal_and_is_then_answered_from_what_is_kept(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)

    answers = await asyncio.gather(*(chart(alice, account) for _ in range(8)))
    assert all(told["items"] == [] and told["is_pending"] for told in answers)
    payload = await answer(vps, bars(this_hour(), 500))
    assert (payload["symbol"], payload["timeframe"], payload["count"]) == ("EURUSD", "H1", 500)
    assert await vps.claim() is None, "eight charts at once are one question"

    told = await chart(alice, account)
    assert (len(told["items"]), told["is_pending"], told["broker_offset_s"]) == (100, False, 7200)
    assert told["items"][-1] | {"time": ""} == {
        "time": "", "open": 1.1, "high": 1.2, "low": 1.0, "close": 1.15, "volume": 7,
    }  # fmt: skip
    times = [row["time"] for row in told["items"]]
    assert times == sorted(times)
    older = await chart(alice, account, before=told["next_cursor"])
    assert (len(older["items"]), older["is_pending"]) == (100, False)
    assert older["items"][-1]["time"] < times[0]
    assert await vps.claim() is None


async def test_older_candles_are_asked_for_where_the_kept_ones_end(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    await chart(alice, account)
    newest = this_hour()
    await answer(vps, bars(newest, 150))
    first = (await chart(alice, account))["next_cursor"]

    told = await chart(alice, account, before=first)
    assert (len(told["items"]), told["is_pending"]) == (50, True)
    payload = await answer(vps, bars(newest - 150 * HOUR_S, 60))
    assert datetime.fromisoformat(payload["before"]).timestamp() == newest - 149 * HOUR_S
    told = await chart(alice, account, before=first)
    assert len(told["items"]) == 100
    rest = await chart(alice, account, before=told["next_cursor"])
    assert rest["is_pending"]
    await answer(vps, [])
    last = await chart(alice, account, before=told["next_cursor"])
    assert (len(last["items"]), last["is_pending"], last["next_cursor"]) == (10, False, None)


async def test_a_stale_chart_is_shown_at_once_and_asked_to_continue(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    await chart(alice, account)
    await answer(vps, bars(this_hour() - 5 * HOUR_S, 120), read_at=datetime.now(UTC) - timedelta(hours=5))

    told = await chart(alice, account)

    assert (len(told["items"]), told["is_pending"]) == (100, True)
    assert (await answer(vps, bars(this_hour(), 8)))["count"] == 8
    assert len((await chart(alice, account, limit=1000))["items"]) == 125


async def test_another_clock_of_the_broker_begins_the_series_anew(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    await chart(alice, account)
    await answer(vps, bars(this_hour(), 120), read_at=datetime.now(UTC) - timedelta(minutes=5))
    await chart(alice, account)

    await answer(vps, bars(this_hour() - HOUR_S // 2, 110), offset_s=10800)

    told = await chart(alice, account, limit=110)
    assert (len(told["items"]), told["broker_offset_s"]) == (110, 10800)
    assert all(row["time"].endswith("30:00Z") for row in told["items"])


@pytest.mark.parametrize(
    "bad",
    [
        [1, 2],
        "x",
        None,
        [-5, 1.1, 1.2, 1.0, 1.15, 7],
        [10**12, 1.1, 1.2, 1.0, 1.15, 7],
        [1_700_000_000, 1.1, 1.0, 1.2, 1.15, 7],
        [1_700_000_000, "NaN", 1.2, 1.0, 1.1, 7],
        [True, False],
        [1_700_000_000, 1.1, 1.2, 0, 1.1, 7],
        [1_700_000_000, 1.1, 1.2, 1.0, 1.15, -7],
        [1_700_000_000, 1.1, 1e30, 1.0, 1.15, 7],
    ],
)
async def test_a_bar_that_cannot_be_is_left_out_and_the_others_land(alice: Member, bad: Any) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    await chart(alice, account)
    await answer(vps, [*bars(this_hour(), 3), bad])

    assert len((await chart(alice, account))["items"]) == 3


async def test_a_terminal_without_an_answer_is_named_and_not_pestered(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    await chart(alice, account)
    job = await vps.claim()
    assert job is not None
    await vps.finish(job, "failed", error={"code": "symbol-unknown", "message": "this broker has no symbol EURUSD"})

    told = await chart(alice, account)

    assert (told["is_pending"], told["problem"]["code"]) == (False, "symbol-unknown")
    assert await vps.claim() is None


async def test_nobody_is_asked_while_the_terminal_is_away(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    await vps.report_account(vps.logins[0], is_connected=False)

    told = await chart(alice, account)

    assert (told["items"], told["is_pending"], told["problem"]) == ([], False, None)
    assert await vps.claim() is None
