"""The job queue: claimed once whoever asks, ended by its holder alone, and never in an impossible state."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import errors
from sqlalchemy.engine import Engine

from forex_elite import clock
from forex_elite.db import queue
from forex_elite.db.unit_of_work import UnitOfWork
from forex_elite.domain.identity import service
from forex_elite.domain.jobs import FINAL, LEASE_S, JobStatus, JobType, can_become, may_run_twice
from tests.db.rows import Person, add_account, add_agent, add_job, add_person, become

JOBS, THREADS = 1000, 16
Connection = psycopg.AsyncConnection[Any]
REPEATABLE = [kind.value for kind in JobType if may_run_twice(kind)]


@pytest.fixture
def worker(owner: Engine) -> Person:
    """Somebody with an agent and an account, and nothing queued."""
    with owner.begin() as connection:
        person = add_person(connection, "worker")
        person.agent_id = add_agent(connection, person)
        person.account_id = add_account(connection, person, person.agent_id)
    return person


async def begin(connection: Connection, person: Person) -> UnitOfWork:
    await connection.execute(
        "select set_config('app.user_id', %s, true), set_config('app.role', 'user', true)", (str(person.id),)
    )
    return UnitOfWork(connection, person.actor)


def test_sixteen_agents_threads_claim_a_thousand_jobs_once_each(owner: Engine, app_dsn: str, worker: Person) -> None:
    with owner.begin() as connection:
        queued = {add_job(connection, worker) for _ in range(JOBS)}
    claimed: Counter[UUID] = Counter()
    tokens: set[UUID] = set()
    lock = threading.Lock()
    assert worker.agent_id
    agent_id = worker.agent_id

    async def drain() -> None:
        async with await psycopg.AsyncConnection.connect(app_dsn) as connection:
            await connection.execute("set synchronous_commit = off")  # the claims are tested here, not the disk
            await connection.commit()
            while True:
                row = await (await begin(connection, worker)).row(*queue.claim(agent_id, now=clock.now()))
                await connection.commit()
                if row is None:
                    return
                with lock:
                    claimed[row["id"]] += 1
                    tokens.add(row["lease_token"])

    threads = [threading.Thread(target=asyncio.run, args=(drain(),)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(claimed) == queued
    assert set(claimed.values()) == {1}
    assert len(tokens) == JOBS


@pytest.fixture
def session(app_dsn: str) -> Iterator[Callable[[Callable[[Connection], Coroutine[Any, Any, None]]], None]]:
    """Runs a coroutine with a connection as role `app` and rolls back what it did."""
    with asyncio.Runner() as runner:

        async def opened() -> Connection:
            return await psycopg.AsyncConnection.connect(app_dsn)

        connection = runner.run(opened())

        def run(work: Callable[[Connection], Coroutine[Any, Any, None]]) -> None:
            try:
                runner.run(work(connection))
            finally:
                runner.run(connection.rollback())

        yield run
        runner.run(connection.close())


async def put(uow: UnitOfWork, person: Person, *, kind: str = "trade", age_s: float | None = None) -> UUID:
    job_id = uuid4()
    assert person.agent_id
    await uow.run(
        *queue.insert(
            job_id=job_id,
            user_id=person.id,
            agent_id=person.agent_id,
            account_id=person.account_id,
            job_type=kind,
            payload={},
            expires_at=None if age_s is None else clock.now() + timedelta(seconds=age_s),
        )
    )
    return job_id


async def status(uow: UnitOfWork, job_id: UUID) -> JobStatus:
    return JobStatus(await uow.value("select status from jobs where id = %s", (job_id,)))


def test_a_stale_lease_cannot_finish_extend_or_give_back(session: Any, worker: Person) -> None:
    agent_id = worker.agent_id
    assert agent_id

    async def work(connection: Connection) -> None:
        uow = await begin(connection, worker)
        job_id = await put(uow, worker, kind="sync")
        first = await uow.row(*queue.claim(agent_id, now=clock.now()))
        late = clock.now() + timedelta(seconds=LEASE_S + 1)
        assert first
        assert len(await queue.reap_lost(uow, now=late, repeatable=REPEATABLE)) == 1
        second = await uow.row(*queue.claim(agent_id, now=clock.now()))
        assert second
        assert second["id"] == first["id"] == job_id
        stale, now = first["lease_token"], clock.now()

        assert await queue.finish(uow, job_id, agent_id, stale, status="completed", result={}, error=None) is None
        assert await queue.extend(uow, job_id, agent_id, stale) is None
        assert await queue.give_back(uow, job_id, agent_id, stale, error=None, now=now) is None
        assert await queue.find_ended(uow, job_id, agent_id, stale) is None
        assert await status(uow, job_id) is JobStatus.RUNNING
        assert await queue.finish(
            uow, job_id, agent_id, second["lease_token"], status="completed", result={}, error=None
        )

    session(work)


def test_another_agents_id_opens_nothing_even_with_the_token(session: Any, worker: Person) -> None:
    agent_id, stranger = worker.agent_id, uuid4()
    assert agent_id

    async def work(connection: Connection) -> None:
        uow = await begin(connection, worker)
        job_id = await put(uow, worker)
        assert await uow.row(*queue.claim(stranger, now=clock.now())) is None
        held = await uow.row(*queue.claim(agent_id, now=clock.now()))
        assert held
        token = held["lease_token"]

        assert await queue.finish(uow, job_id, stranger, token, status="completed", result={}, error=None) is None
        assert await queue.extend(uow, job_id, stranger, token) is None
        assert not await queue.belongs_to(uow, job_id, stranger)

    session(work)


def test_a_late_job_is_not_claimed_and_a_future_one_neither(session: Any, worker: Person) -> None:
    agent_id = worker.agent_id
    assert agent_id

    async def work(connection: Connection) -> None:
        uow = await begin(connection, worker)
        late = await put(uow, worker, age_s=-1)
        early = await put(uow, worker)
        await uow.run("update jobs set not_before = now() + interval '1 hour' where id = %s", (early,))

        assert await uow.row(*queue.claim(agent_id, now=clock.now())) is None
        assert [row["id"] for row in await queue.expire_pending(uow, now=clock.now())] == [late]

    session(work)


def test_an_order_of_a_lost_agent_is_never_given_out_again(session: Any, worker: Person) -> None:
    agent_id = worker.agent_id
    assert agent_id

    async def work(connection: Connection) -> None:
        uow = await begin(connection, worker)
        job_id = await put(uow, worker)
        await uow.row(*queue.claim(agent_id, now=clock.now()))
        await queue.reap_lost(uow, now=clock.now() + timedelta(seconds=LEASE_S + 1), repeatable=REPEATABLE)

        assert await status(uow, job_id) is JobStatus.UNKNOWN
        assert await uow.row(*queue.claim(agent_id, now=clock.now())) is None
        assert await queue.expire_pending(uow, now=clock.now() + timedelta(days=365)) == []

    session(work)


IMPOSSIBLE = {
    "ck_jobs_status": ("status = 'resting'",),
    "ck_jobs_finished": (
        "status = 'completed'",
        "status = 'expired'",
        "finished_at = now()",
        "status = 'unknown', lease_token = gen_random_uuid(), claimed_at = now(), finished_at = now()",
    ),
    "ck_jobs_leased": (
        "status = 'running', lease_expires_at = now()",
        "status = 'running', lease_token = gen_random_uuid(), lease_expires_at = now()",
        "status = 'unknown'",
    ),
    "ck_jobs_lease_end": ("status = 'running', lease_token = gen_random_uuid(), claimed_at = now()",),
    "ck_jobs_unleased": ("lease_token = gen_random_uuid()",),
}


@pytest.mark.parametrize(("constraint", "change"), [(name, one) for name, all_ in IMPOSSIBLE.items() for one in all_])
def test_an_impossible_state_cannot_be_stored(
    app: psycopg.Connection[Any], people: dict[str, Person], constraint: str, change: str
) -> None:
    become(app, people["alice"])

    with pytest.raises(errors.CheckViolation) as refused:
        app.execute(f"update jobs set {change}".encode())

    assert refused.value.diag.constraint_name == constraint


# --- random lives of a job ------------------------------------------------------------------------------------------

LATER_S = st.sampled_from([0, LEASE_S + 1, 10_000])
TOKENS = st.sampled_from(["newest", "oldest", "wrong"])
STEPS = st.one_of(
    st.tuples(st.just("claim"), LATER_S),
    st.tuples(st.just("extend"), TOKENS),
    st.tuples(st.just("finish"), TOKENS, st.sampled_from(["completed", "failed", "unknown"])),
    st.tuples(st.just("give_back"), TOKENS, LATER_S),
    st.tuples(st.just("reap"), LATER_S),
    st.tuples(st.just("expire"), LATER_S),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("unsettled"), st.booleans()),
)


class Life:
    """One job, acted on step by step."""

    def __init__(self, uow: UnitOfWork, job_id: UUID, agent_id: UUID) -> None:
        self.uow, self.job_id, self.agent_id = uow, job_id, agent_id
        self.tokens: list[UUID] = []

    def token(self, which: str) -> UUID:
        if which == "wrong" or not self.tokens:
            return UUID(int=7)
        return self.tokens[-1 if which == "newest" else 0]

    async def step(self, name: str, *told: Any) -> None:
        uow, job_id, agent_id = self.uow, self.job_id, self.agent_id
        at = clock.now() + timedelta(seconds=told[-1] if told and isinstance(told[-1], int) else 0)
        match name:
            case "claim":
                row = await uow.row(*queue.claim(agent_id, now=at))
                self.tokens += [row["lease_token"]] if row else []
            case "extend":
                await queue.extend(uow, job_id, agent_id, self.token(told[0]))
            case "finish":
                await queue.finish(
                    uow, job_id, agent_id, self.token(told[0]), status=told[1], result=None, error={"code": "x"}
                )
            case "give_back":
                await queue.give_back(uow, job_id, agent_id, self.token(told[0]), error=None, now=at)
            case "reap":
                await queue.reap_lost(uow, now=at, repeatable=REPEATABLE)
            case "expire":
                await queue.expire_pending(uow, now=at)
            case "cancel":
                await queue.cancel(uow, job_id)
            case "unsettled":
                for row in await queue.take_unsettled(uow, agent_id, include_running=told[0]):
                    self.tokens.append(row["lease_token"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["trade", "sync"]),
    age_s=st.sampled_from([None, 60]),
    steps=st.lists(STEPS, min_size=4, max_size=14),
)
def test_whatever_happens_a_job_moves_along_its_state_machine(
    session: Any, worker: Person, kind: str, age_s: int | None, steps: list[Any]
) -> None:
    agent_id = worker.agent_id
    assert agent_id

    async def work(connection: Connection) -> None:
        uow = await begin(connection, worker)
        life = Life(uow, await put(uow, worker, kind=kind, age_s=age_s), agent_id)
        before, sent_once = JobStatus.PENDING, 0
        for name, *told in steps:
            held = await uow.value("select lease_token from jobs where id = %s", (life.job_id,))
            await life.step(name, *told)
            after = await status(uow, life.job_id)
            assert after is before or can_become(before, after), (name, told, before, after)
            assert before not in FINAL or after is before
            if name in {"extend", "finish", "give_back"} and life.token(told[0]) != held:
                assert after is before, f"{name} with a stale token"
            lost = name == "reap" and before is JobStatus.RUNNING
            assert not (lost and kind == "trade" and after is JobStatus.PENDING), "an order was given out again"
            sent_once += name == "claim" and after is JobStatus.RUNNING and before is JobStatus.PENDING
            before = after
        attempts = await uow.value("select attempts from jobs where id = %s", (life.job_id,))
        assert attempts == sent_once <= 3

    session(work)


def test_the_server_expires_and_reaps_for_everybody(session: Any, worker: Person) -> None:
    agent_id = worker.agent_id
    assert agent_id

    async def work(connection: Connection) -> None:
        uow = await begin(connection, worker)
        late = await put(uow, worker, age_s=-1)
        await connection.execute("select set_config('app.user_id', '', true), set_config('app.role', 'service', true)")
        everybody = UnitOfWork(connection, service("expiry"))

        assert late in [row["id"] for row in await queue.expire_pending(everybody, now=clock.now())]

    session(work)
