"""PostgreSQL goes away under a working server and agent: honest answers, nothing lost or doubled, all comes back.

TradingView gives an answer three seconds and sends an alert again after a 5xx; so does the sender here.
"""

from __future__ import annotations

import asyncio
import time
from typing import Literal

import httpx
import psutil
import pytest

from forex_elite.db import embedded
from forex_elite.db.embedded import EmbeddedPostgres
from tests.faults.desk import Desk, buy
from tests.faults.processes import ServerProcess, eventually

TRADINGVIEW_WAITS_S = 3.0


class Sender:
    """Sends alerts as TradingView does, and keeps every answer."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.answers: list[httpx.Response] = []

    async def send(self) -> str:
        """Send one alert, again after every 503, until it is taken; its id within the alert."""
        body = buy()
        while True:
            answer = await self.desk.alert(body)
            self.answers.append(answer)
            if answer.status_code == 200:
                break
            assert is_honest(answer), (answer.status_code, answer.text)
        assert answer.json()["status"] in {"accepted", "duplicate"}, answer.text
        return str(body["id"])

    def signal_of(self, alert_id: str) -> str:
        """The one signal of an alert that is no duplicate."""
        (row,) = self.desk.server.rows(
            "select id from tv_signals where user_id = %s and status <> 'duplicate' "
            "and convert_from(body, 'utf8')::jsonb ->> 'id' = %s",
            self.desk.member.id,
            alert_id,
        )
        return str(row["id"])


def is_honest(answer: httpx.Response) -> bool:
    """Not now, as a problem document that says when to try again."""
    return (
        answer.status_code == 503
        and answer.headers["content-type"] == "application/problem+json"
        and answer.json()["code"] == "database-unavailable"
        and int(answer.headers["retry-after"]) > 0
    )


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_alerts_stream_in_while_postgresql_restarts(
    postgres: EmbeddedPostgres, desk: Desk, mode: Literal["fast", "immediate"]
) -> None:
    await desk.open()
    sender = Sender(desk)

    async def stream() -> list[str]:
        sending = []
        while not restart.done() or len(sending) < 12:
            sending.append(asyncio.create_task(sender.send()))
            await asyncio.wait(sending, timeout=0.15)
        return await asyncio.gather(*sending)

    await asyncio.gather(*(sender.send() for _ in range(3)))
    restart = asyncio.create_task(asyncio.to_thread(postgres.restart, mode))
    alerts = await stream()
    await restart
    alerts.append(await sender.send())

    told = [await desk.told(sender.signal_of(alert)) for alert in alerts]
    assert {one["status"] for one in told} == {"executed"}
    entries = desk.entries()
    assert len(entries) == len(alerts) + 3
    assert {one["broker_order_id"] for one in told} <= {str(entry.order) for entry in entries}


async def test_while_postgresql_is_down_alerts_are_refused_in_time_and_taken_as_soon_as_it_is_back(
    postgres: EmbeddedPostgres, server: ServerProcess, desk: Desk
) -> None:
    await desk.open()
    await desk.told(await desk.accepted())
    body = buy()

    embedded._pg_ctl(postgres.place, "stop", "-m", "fast")
    try:
        for _ in range(3):
            began = time.monotonic()
            answer = await desk.alert(body)
            assert is_honest(answer), answer.text
            assert time.monotonic() - began < TRADINGVIEW_WAITS_S
    finally:
        embedded._launch(postgres.place)

    async def is_taken() -> httpx.Response | None:
        answer = await desk.alert(body)
        return answer if answer.status_code == 200 else None

    answer = await eventually(is_taken, 5)
    assert answer.json()["status"] == "accepted"
    assert (await desk.told(answer.json()["signal_id"], within_s=20))["status"] == "executed"
    assert len(desk.entries()) == 2


async def test_an_alert_that_was_refused_because_the_database_stood_still_is_carried_out_once(
    postgres: EmbeddedPostgres, desk: Desk
) -> None:
    await desk.open()
    body = buy()
    assert postgres.pid is not None
    postmaster = psutil.Process(postgres.pid)
    processes = [postmaster, *postmaster.children()]

    for process in processes:
        process.suspend()
    try:
        refused = await desk.alert(body)
    finally:
        for process in processes:
            process.resume()
    again = await desk.alert(body)

    assert is_honest(refused), refused.text
    assert again.json()["status"] in {"accepted", "duplicate"}
    (job,) = desk.jobs()
    (signal_id,) = [row["signal_id"] for row in desk.executions() if row["job_id"] == job["id"]]
    assert (await desk.told(str(signal_id)))["status"] == "executed"
    assert len(desk.entries()) == 1
