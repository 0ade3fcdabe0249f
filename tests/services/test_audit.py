"""The audit log: nobody changes it, everybody reads their own, and every tampering is found and named."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.engine import make_url

from forex_elite.db.engine import app_url
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.audit import BrokenLink
from forex_elite.domain.identity import Actor, Role
from forex_elite.services import audit
from tests.conftest import SECRET_KEY
from tests.db.rows import become
from tests.world import Member

Connection = psycopg.Connection[Any]
INSERT = (
    "insert into audit_log (id, at, user_id, seq, actor_role, action, subject_kind, subject_id, address, user_agent, "
    "previous_hash, hash) values (gen_random_uuid(), now(), %s, 0, 'user', 'x', '', '', '', '', '', '')"
)


def actor(member: Member, role: Role = Role.USER) -> Actor:
    return Actor(user_id=UUID(member.id), role=role)


async def told(member: Member, *actions: str) -> None:
    for action in actions:
        async with unit_of_work(actor(member)) as uow:
            await audit.record(uow, actor(member), action, subject=("agent", "1"), after={"name": "vps"})


async def entries(member: Member) -> list[tuple[int, str]]:
    page = await audit.list_records(actor(member), user_id=UUID(member.id), limit=100)
    return [(entry.seq, entry.action) for entry in reversed(page.items)]


async def broken(member: Member) -> list[BrokenLink]:
    return [link for link in (await audit.verify()).broken if link.user_id == UUID(member.id)]


@pytest.fixture
def owner(database_url: str) -> Iterator[Connection]:
    """Somebody with the owner's rights."""
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


@pytest.fixture
def app(database_url: str) -> Iterator[Connection]:
    """The application's role, whose identity a test sets; what it does is rolled back."""
    address = app_url(str(make_url(database_url).render_as_string(hide_password=False)), SECRET_KEY)
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        yield connection
        connection.rollback()


async def test_an_untouched_chain_holds(alice: Member) -> None:
    first = len(await entries(alice))
    await told(alice, "agents.create", "agents.key.rotate", "agents.delete")

    assert await broken(alice) == []
    assert (await entries(alice))[first:] == [
        (first + 1, "agents.create"),
        (first + 2, "agents.key.rotate"),
        (first + 3, "agents.delete"),
    ]


async def test_records_written_at_once_still_make_one_chain(bob: Member) -> None:
    await asyncio.gather(*(told(bob, "accounts.toggle") for _ in range(20)))

    numbers = sorted(seq for seq, _ in await entries(bob))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 20
    assert await broken(bob) == []


async def test_what_is_rolled_back_leaves_no_record(alice: Member) -> None:
    before = await entries(alice)

    async def fail() -> None:
        async with unit_of_work(actor(alice)) as uow:
            await audit.record(uow, actor(alice), "agents.create")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()

    assert await entries(alice) == before
    assert await broken(alice) == []


@pytest.mark.parametrize(
    ("statement", "at", "what"),
    [
        ("update audit_log set action = 'nothing' where user_id = %(id)s and seq = %(second)s", 2, "was changed"),
        ("update audit_log set after = '{}' where user_id = %(id)s and seq = %(first)s", 1, "was changed"),
        (
            "update audit_log set at = at - interval '1 day' where user_id = %(id)s and seq = %(first)s",
            1,
            "was changed",
        ),
        ("delete from audit_log where user_id = %(id)s and seq = %(second)s", 3, "before this one were removed: 1"),
        ("delete from audit_log where user_id = %(id)s and seq >= %(second)s", 3, "newest records were removed: 2"),
        (
            "insert into audit_log select gen_random_uuid(), at, user_id, seq, actor_id, actor_role, 'forged', "
            "subject_kind, subject_id, address, user_agent, before, after, previous_hash, hash "
            "from audit_log where user_id = %(id)s and seq = %(second)s",
            2,
            "this record was",
        ),
    ],
)
async def test_every_tampering_is_found_and_named(
    charlie: Member, owner: Connection, statement: str, at: int, what: str
) -> None:
    so_far = len(await entries(charlie))
    await told(charlie, "one", "two", "three")
    assert await broken(charlie) == []

    owner.execute("set session_replication_role = replica")  # past every trigger
    places = {"id": UUID(charlie.id), "first": so_far + 1, "second": so_far + 2}
    assert owner.execute(statement, places).rowcount > 0  # type: ignore[arg-type]

    links = await broken(charlie)
    assert any(link.seq == so_far + at and what in link.what for link in links), links


async def test_seven_years_are_kept_and_the_chain_goes_on_after_what_was_dropped(
    running: None, owner: Connection
) -> None:
    somebody = str(uuid4())

    async def links() -> list[tuple[int, str]]:
        return [(link.seq, link.what) for link in (await audit.verify()).broken if str(link.user_id) == somebody]

    owner.execute("select set_config('app.role', 'service', false)")
    owner.execute(
        "create table audit_log_2015 partition of audit_log for values from ('2015-01-01 00:00+00') "
        "to ('2016-01-01 00:00+00')"
    )
    owner.execute("alter table audit_log_2015 enable row level security, force row level security")
    for at in ("2015-03-01", "2015-04-01", "2026-01-01", "2026-01-02", "2026-01-03"):
        owner.execute(INSERT.replace("now()", f"'{at}'::timestamptz"), (somebody,))  # type: ignore[arg-type]
    assert await links() == []

    assert owner.execute("select keep_audit()").fetchone() == (1,)

    assert owner.execute("select to_regclass('audit_log_2015')").fetchone() == (None,)
    assert owner.execute("select seq from audit_log where user_id = %s order by seq", (somebody,)).fetchall() == [
        (3,),
        (4,),
        (5,),
    ]
    assert await links() == []
    assert owner.execute("select keep_audit()").fetchone() == (0,)

    owner.execute("set session_replication_role = replica")
    owner.execute("delete from audit_log where user_id = %s and seq = 3", (somebody,))
    assert await links() == [(4, "records before this one were removed: 1")]


def test_the_years_ahead_have_partitions_nobody_reads_directly(owner: Connection) -> None:
    owner.execute("select keep_audit(14)")
    made = owner.execute(
        "select relname, relrowsecurity and relforcerowsecurity, has_table_privilege('app', oid, 'select') "
        "from pg_class where relname ~ '^audit_log_[0-9]{4}$'"
    ).fetchall()
    assert len(made) >= 15
    assert {row[1:] for row in made} == {(True, False)}


def test_the_application_can_only_append(running: None, alice: Member, app: Connection) -> None:
    become(app, actor(alice, Role.SUPER_ADMIN))

    for statement in (
        "update audit_log set action = ''",
        "delete from audit_log",
        "truncate audit_log",
        "delete from audit_heads",
        "select 1 from audit_log_2026",
    ):
        with pytest.raises(errors.InsufficientPrivilege), app.transaction():
            app.execute(statement)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        "seq = seq - 1, hash = (select previous_hash from audit_log r where r.user_id = h.user_id and r.seq = h.seq)",
        "seq = seq + 1",
        "seq = seq + 1, hash = ''",
        "hash = sha256('forged')",
    ],
)
async def test_the_end_of_a_chain_is_moved_by_its_records_alone(alice: Member, app: Connection, change: str) -> None:
    """Else the newest records could be taken away with nothing to tell that they were there."""
    await told(alice, "one", "two")
    become(app, actor(alice))

    assert app.execute(f"update audit_heads h set {change} where user_id = %s", (alice.id,)).rowcount == 1  # type: ignore[arg-type]
    with pytest.raises(errors.InsufficientPrivilege, match="follows its records alone"):
        app.commit()

    assert await broken(alice) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_heads set pruned_seq = seq, pruned_hash = hash where user_id = %s",
        "update audit_heads set user_id = gen_random_uuid() where user_id = %s",
        "insert into audit_heads values (%s, 7, 'x', 0, '')",
    ],
)
async def test_nobody_says_what_was_dropped_or_begins_a_chain_in_the_middle(
    alice: Member, app: Connection, statement: str
) -> None:
    become(app, actor(alice))

    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement, (alice.id,))  # type: ignore[arg-type]


def test_even_the_owner_is_stopped_by_the_trigger(bob: Member, owner: Connection) -> None:
    owner.execute("select set_config('app.role', 'service', false)")
    owner.execute(INSERT, (bob.id,))
    for statement in ("update audit_log set action = ''", "delete from audit_log"):
        with pytest.raises(psycopg.Error, match="append only"):
            owner.execute(statement)  # type: ignore[arg-type]


async def test_people_read_their_own_staff_reads_all_and_strangers_nothing(
    alice: Member, bob: Member, charlie: Member, app: Connection
) -> None:
    await told(alice, "agents.create")
    await told(bob, "agents.create")

    def seen(member: Member, role: Role = Role.USER) -> set[str]:
        become(app, actor(member, role))
        return {str(row[0]) for row in app.execute("select user_id from audit_log")}

    assert seen(alice) == {alice.id}
    assert seen(charlie) <= {charlie.id}
    assert seen(charlie, Role.IB) <= {charlie.id}
    assert {alice.id, bob.id} <= seen(charlie, Role.ADMIN)


def test_nobody_writes_into_anothers_chain(running: None, alice: Member, bob: Member, app: Connection) -> None:
    become(app, actor(alice))

    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        app.execute(INSERT, (bob.id,))


async def test_what_people_do_is_told_with_who_whence_and_the_change(alice: Member, bob: Member) -> None:
    made = (await alice.post("/api/agents", {"name": "vps", "kind": "dedicated"})).json()
    await alice.post(f"/api/agents/{made['id']}/pairing-key")
    await alice.delete(f"/api/agents/{made['id']}")

    answer = await alice.get("/api/audit", action="agents.")
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]

    assert [item["action"] for item in items] == ["agents.delete", "agents.key.rotate", "agents.create"]
    assert {item["subject_id"] for item in items} == {made["id"]}
    assert {(item["actor_id"], item["address"]) for item in items} == {(alice.id, "127.0.0.1")}
    assert items[1]["before"] != items[1]["after"]
    assert made["pairing_key"] not in str(items)
    assert (await bob.get("/api/audit", user_id=alice.id)).json()["items"] == []
