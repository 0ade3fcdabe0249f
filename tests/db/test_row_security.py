"""Whose rows are whose, proven with raw SQL as the application's role: no service stands between."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

from forex_elite.domain.identity import Role, service
from tests.db.rows import OWNED, Person, add_account, become

WITHOUT_OWNER = {
    "users": "its owner is the row itself; policies compare its id",
    "erasures": "who a pseudonym was, sealed: the server's own, under a policy too",
    "login_attempts": "about an e-mail address nobody has proven yet; the server's own, under a policy too",
    "feature_settings": "of the whole installation; a policy lets everybody read and staff write",
    "leaderboard_boards": "how many are ranked; the server's own",
    "leaderboard_closings": "which periods were closed; the server's own",
    "leaderboard_prizes": "what staff promises; told through the server",
    "ib_tiers": "what partners earn by; the super_admin's to change",
    "ib_revenue_runs": "which days were computed; the server's own",
}
"""Tables without a column `user_id`; row-level security is forced on them all the same."""

APPEND_ONLY = {
    "trade_events",
    "balance_operations",
    "ea_artifacts",
    "ea_version_files",
    "ea_generation_events",
    "ea_deployment_events",
}
OF_THE_PERSON_ALONE = (
    "notification_channels",
    "notification_settings",
    "notification_codes",
    "notification_deliveries",
    "prepared_files",
    "prepared_chunks",
)
"""Not even for staff: addresses, codes and archives."""
SECRETS = {"user_credentials", "recovery_codes", "password_resets"}
SEALED = {
    *("audit_log", "audit_heads"),
    *("leaderboard_entries", "leaderboard_results", "ib_revenue", "ib_payouts", "subscriptions"),
    *SECRETS,
}
"""Not even their owner's to write: see tests/services/test_audit.py, tests/db/test_social_security.py and below."""
OPEN = [table for table in OWNED if table not in SEALED]
Connection = psycopg.Connection[Any]


def run(connection: Connection, statement: str, *names: str, values: tuple[object, ...] = ()) -> psycopg.Cursor[Any]:
    return connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)), values)  # type: ignore[arg-type]


def owners_seen(connection: Connection, table: str) -> set[object]:
    return {row[0] for row in run(connection, "select user_id from {}", table)}


def test_every_table_has_forced_row_security_and_a_policy(owner: Engine) -> None:
    with owner.connect() as connection:
        found = connection.execute(
            text(
                "select c.relname, c.relrowsecurity, c.relforcerowsecurity, "
                "exists (select 1 from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname), "
                "exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id') "
                "from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace "
                "and c.relname <> 'alembic_version' and not c.relispartition"
            )
        ).all()

    assert {row[0] for row in found} == {table.name for table in SQLModel.metadata.tables.values()}
    assert [row[0] for row in found if not all(row[1:4])] == []
    assert {row[0] for row in found if not row[4]} == set(WITHOUT_OWNER)


def test_no_partition_can_be_read_past_its_table(owner: Engine) -> None:
    with owner.connect() as connection:
        found = connection.execute(
            text(
                "select c.relname from pg_class c where c.relispartition and c.relkind = 'r' and "
                "(has_table_privilege('app', c.oid, 'select') or has_table_privilege('app', c.oid, 'insert'))"
            )
        ).scalars()

        assert list(found) == []


def test_the_application_role_owns_nothing_and_cannot_pass_by(owner: Engine) -> None:
    with owner.connect() as connection:
        role = connection.execute(
            text(
                "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication "
                "from pg_roles where rolname = 'app'"
            )
        ).one()
        owned = connection.execute(text("select count(*) from pg_class where relowner = 'app'::regrole")).scalar()
        may = connection.execute(
            text(
                "select has_schema_privilege('app', 'public', 'create'), "
                "has_table_privilege('app', 'alembic_version', 'select'), "
                "(select count(*) from pg_auth_members where member = 'app'::regrole)"
            )
        ).one()

    assert not any(role)
    assert owned == 0
    assert not any(may)


def test_no_function_runs_with_its_makers_rights(owner: Engine) -> None:
    with owner.connect() as connection:
        found = connection.execute(
            text("select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace")
        ).scalars()

        assert list(found) == []


@pytest.mark.parametrize("table", OPEN)
def test_only_ones_own_rows_are_visible(app: Connection, people: dict[str, Person], table: str) -> None:
    for name, seen in (("alice", {people["alice"].id}), ("bob", {people["bob"].id}), ("charlie", set())):
        become(app, people[name])

        assert owners_seen(app, table) == seen, name


@pytest.mark.parametrize("table", [*OPEN, "users", "ib_partners", "login_attempts", "erasures"])
def test_without_identity_nothing_is_visible_or_written(app: Connection, people: dict[str, Person], table: str) -> None:
    assert run(app, "select 1 from {}", table).fetchall() == []
    become(app, None)

    assert run(app, "select 1 from {}", table).fetchall() == []
    assert run(app, "delete from {}", table).rowcount == 0
    if table not in APPEND_ONLY:
        column = {"erasures": "person_id"}.get(table, "user_id" if table in {*OPEN, "ib_partners"} else "id")
        assert run(app, "update {} set {} = {}", table, column, column).rowcount == 0


@pytest.mark.parametrize("table", OPEN)
def test_nobody_writes_a_row_in_anothers_name(
    app: Connection, owner: Engine, people: dict[str, Person], table: str
) -> None:
    with owner.connect() as connection:
        theirs = connection.execute(
            text(f"select row_to_json(t)::text from {table} t where user_id = :bob limit 1"), {"bob": people["bob"].id}
        ).scalar_one()
    become(app, people["alice"])

    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        run(app, "insert into {0} select * from json_populate_record(null::{0}, %s::json)", table, values=(theirs,))


@pytest.mark.parametrize("table", OPEN)
def test_nobody_changes_deletes_or_gives_away_across_owners(
    app: Connection, people: dict[str, Person], table: str
) -> None:
    alice, bob = people["alice"].id, people["bob"].id
    become(app, people["alice"])

    assert run(app, "delete from {} where user_id = %s", table, values=(bob,)).rowcount == 0
    if table in APPEND_ONLY:
        return  # see below: there is no update at all
    assert run(app, "update {} set user_id = user_id where user_id = %s", table, values=(bob,)).rowcount == 0
    for statement in ("update {} set user_id = %s", "update {} set user_id = %s where user_id = user_id"):
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"), app.transaction():
            run(app, statement, table, values=(bob,))
    assert owners_seen(app, table) == {alice}


def test_an_event_of_a_position_is_never_changed(app: Connection, owner: Engine, people: dict[str, Person]) -> None:
    become(app, people["alice"])
    with pytest.raises(errors.InsufficientPrivilege), app.transaction():
        run(app, "update trade_events set kind = 'closed'")

    with owner.connect() as connection, pytest.raises(Exception, match="append only"):
        connection.execute(text("update trade_events set kind = 'closed'"))


def test_an_identity_ends_with_its_transaction(app: Connection, people: dict[str, Person]) -> None:
    become(app, people["alice"])
    assert len(owners_seen(app, "mt5_agents")) == 1
    app.commit()
    assert owners_seen(app, "mt5_agents") == set()
    app.rollback()

    become(app, people["alice"])
    app.rollback()

    assert owners_seen(app, "mt5_agents") == set()


def test_an_identity_set_inside_a_savepoint_ends_with_it(app: Connection, people: dict[str, Person]) -> None:
    become(app, people["charlie"])
    with app.transaction():
        become(app, people["alice"])
        raise psycopg.Rollback

    assert owners_seen(app, "mt5_agents") == set()


def test_an_identity_that_is_no_id_sees_nothing_rather_than_all(app: Connection, people: dict[str, Person]) -> None:
    app.execute("select set_config('app.user_id', 'anyone', true), set_config('app.role', 'user', true)")

    with pytest.raises(errors.InvalidTextRepresentation):
        owners_seen(app, "mt5_agents")


PRIVATE = {
    "sessions",
    "api_tokens",
    "signal_fingerprints",
    "account_credentials",
    "ea_artifacts",
    "ea_projects",
    "ea_draft_files",
    "ea_versions",
    "ea_version_files",
    "ea_presets",
    "ea_generations",
    "ea_generation_events",
    *OF_THE_PERSON_ALONE,
    "leaderboard_profiles",
    "leaderboard_changes",
    "ea_backtests",
}


@pytest.mark.parametrize("table", [table for table in OPEN if table not in PRIVATE])
def test_an_introducing_broker_reads_its_clients_rows_and_writes_none(
    app: Connection, people: dict[str, Person], table: str
) -> None:
    alice = people["alice"].id
    become(app, people["ivy"])

    assert owners_seen(app, table) == {alice}
    assert run(app, "delete from {} where user_id = %s", table, values=(alice,)).rowcount == 0
    if table not in APPEND_ONLY:
        assert run(app, "update {} set user_id = user_id where user_id = %s", table, values=(alice,)).rowcount == 0


@pytest.mark.parametrize("table", sorted(PRIVATE))
def test_an_introducing_broker_does_not_see_what_is_its_clients_alone(
    app: Connection, people: dict[str, Person], table: str
) -> None:
    become(app, people["ivy"])

    assert owners_seen(app, table) == set()


def test_an_introducing_broker_sees_its_clients_and_itself_alone(app: Connection, people: dict[str, Person]) -> None:
    become(app, people["ivy"])

    seen = {row[0] for row in app.execute("select id from users")}

    assert seen == {people["ivy"].id, people["alice"].id}
    assert app.execute("update users set display_name = 'x' where id = %s", (people["alice"].id,)).rowcount == 0


@pytest.mark.parametrize(
    "change", ["role = 'super_admin'", "role = 'ib'", "is_active = false", "ib_id = gen_random_uuid()"]
)
def test_nobody_promotes_themselves(app: Connection, people: dict[str, Person], change: str) -> None:
    become(app, people["charlie"])

    with pytest.raises(errors.InsufficientPrivilege, match="only staff"):
        run(app, f"update users set {change} where id = %s", values=(people["charlie"].id,))


def test_a_person_may_rename_themselves_and_sees_nobody_else(app: Connection, people: dict[str, Person]) -> None:
    become(app, people["charlie"])

    assert run(app, "update users set display_name = 'C'").rowcount == 1
    assert run(app, "select id from users").fetchall() == [(people["charlie"].id,)]


def test_a_person_cannot_make_others_or_partners(app: Connection, people: dict[str, Person]) -> None:
    become(app, people["charlie"])

    with pytest.raises(errors.InsufficientPrivilege), app.transaction():
        app.execute(
            "insert into users (id, email, display_name, role, is_active, created_at) "
            "values (gen_random_uuid(), 'x@example.com', 'x', 'super_admin', true, now())"
        )
    with pytest.raises(errors.InsufficientPrivilege), app.transaction():
        app.execute(
            "insert into ib_partners (id, user_id, code, is_approved, state, created_at) "
            "values (gen_random_uuid(), %s, 'mine', true, 'approved', now())",
            (people["charlie"].id,),
        )


def test_admins_see_everybody_but_manage_no_partners(app: Connection, people: dict[str, Person]) -> None:
    become(app, Person(people["charlie"].id, Role.ADMIN))
    assert {people["alice"].id, people["bob"].id} <= owners_seen(app, "mt5_accounts")
    assert app.execute("select 1 from ib_partners").fetchall() == []

    become(app, Person(people["charlie"].id, Role.SUPER_ADMIN))
    assert app.execute("select count(*) from ib_partners").fetchall() == [(1,)]
    assert app.execute("select 1 from login_attempts").fetchall() == []


def test_not_even_staff_and_the_servers_own_work_see_a_stored_password(
    app: Connection, people: dict[str, Person]
) -> None:
    for who in (Person(people["charlie"].id, Role.ADMIN), Person(people["charlie"].id, Role.SUPER_ADMIN), service("x")):
        become(app, who)

        assert owners_seen(app, "account_credentials") == set()
        assert run(app, "update account_credentials set password_encrypted = 'x'").rowcount == 0


@pytest.mark.parametrize("table", [*OF_THE_PERSON_ALONE, "erasures"])
def test_staff_sees_neither_channels_nor_archives_nor_who_was_erased(
    app: Connection, people: dict[str, Person], table: str
) -> None:
    for role in (Role.ADMIN, Role.SUPER_ADMIN):
        become(app, Person(people["charlie"].id, role))

        assert run(app, "select 1 from {}", table).fetchall() == []
        assert run(app, "delete from {}", table).rowcount == 0


@pytest.mark.parametrize("table", sorted(SECRETS))
def test_what_proves_a_person_is_read_by_the_servers_own_work_alone(
    app: Connection, people: dict[str, Person], table: str
) -> None:
    alice = people["alice"]
    for who in (
        None,
        alice,
        people["ivy"],
        Person(people["charlie"].id, Role.ADMIN),
        Person(people["charlie"].id, Role.SUPER_ADMIN),
    ):
        become(app, who)

        assert owners_seen(app, table) == set()
        assert run(app, "update {} set user_id = user_id", table).rowcount == 0
        assert run(app, "delete from {}", table).rowcount == 0
    become(app, service("a test"))
    assert {alice.id, people["bob"].id} <= owners_seen(app, table)


@pytest.mark.parametrize(
    ("change", "whom"),
    [
        ("role = 'admin'", "alice"),
        ("ib_id = null", "alice"),
        ("is_active = false", "ivy"),
        ("email = 'mine@example.com'", "ivy"),
    ],
)
def test_an_admin_gives_no_roles_and_leaves_brokers_alone(
    app: Connection, people: dict[str, Person], change: str, whom: str
) -> None:
    become(app, Person(people["charlie"].id, Role.ADMIN))

    with pytest.raises(errors.InsufficientPrivilege):
        run(app, f"update users set {change} where id = %s", values=(people[whom].id,))


def test_an_admin_suspends_an_ordinary_user(app: Connection, people: dict[str, Person]) -> None:
    become(app, Person(people["charlie"].id, Role.ADMIN))

    assert run(app, "update users set is_active = false where id = %s", values=(people["alice"].id,)).rowcount == 1


def test_an_admin_makes_no_staff(app: Connection, people: dict[str, Person]) -> None:
    become(app, Person(people["charlie"].id, Role.ADMIN))

    with pytest.raises(errors.InsufficientPrivilege, match="super_admin"):
        app.execute(
            "insert into users (id, email, display_name, role, is_active, created_at) "
            "values (gen_random_uuid(), 'y@example.com', 'y', 'admin', true, now())"
        )


@pytest.mark.parametrize("change", ["role = 'user'", "is_active = false"])
def test_the_last_super_admin_stays(app: Connection, people: dict[str, Person], change: str) -> None:
    become(app, service("a test"))
    app.execute("update users set role = 'super_admin' where id = %s", (people["charlie"].id,))
    become(app, Person(people["charlie"].id, Role.SUPER_ADMIN))

    with pytest.raises(errors.RestrictViolation, match="last super_admin"):
        run(app, f"update users set {change} where id = %s", values=(people["charlie"].id,))


def test_features_are_read_by_all_who_are_signed_in_and_set_by_staff(
    app: Connection, people: dict[str, Person]
) -> None:
    become(app, people["alice"])
    assert app.execute("select count(*) from feature_settings").fetchone() == (1,)
    assert app.execute("update feature_settings set value = 'false'").rowcount == 0

    become(app, Person(people["charlie"].id, Role.ADMIN))
    assert app.execute("update feature_settings set value = 'false'").rowcount == 1


def test_a_password_hangs_on_no_account_of_another(app: Connection, owner: Engine, people: dict[str, Person]) -> None:
    bob = people["bob"]
    assert bob.agent_id is not None
    with owner.begin() as connection:
        without_one = add_account(connection, bob, bob.agent_id)
    become(app, people["alice"])

    with pytest.raises(errors.ForeignKeyViolation):
        run(
            app,
            "insert into account_credentials (account_id, user_id, password_encrypted, version, updated_at) "
            "values (%s, %s, 'x', 1, now())",
            values=(without_one, people["alice"].id),
        )


def test_the_servers_own_work_sees_what_it_must(app: Connection, people: dict[str, Person]) -> None:
    become(app, service("a test"))

    assert {people["alice"].id, people["bob"].id} <= owners_seen(app, "tv_strategies")


@pytest.mark.parametrize(
    ("statement", "mixed"),
    [
        ("update mt5_accounts set agent_id = %s", "agent_id"),
        ("update mt5_accounts set group_id = %s", "group_id"),
        ("update jobs set agent_id = %s", "agent_id"),
        ("update jobs set account_id = %s", "account_id"),
        ("update symbols set account_id = %s", "account_id"),
        ("update trades set account_id = %s", "account_id"),
        ("update tv_strategy_accounts set account_id = %s", "account_id"),
        ("update tv_strategy_accounts set strategy_id = %s", "strategy_id"),
        ("update tv_signals set strategy_id = %s", "strategy_id"),
        ("update signal_executions set signal_id = %s", "signal_id"),
        ("update signal_executions set account_id = %s", "account_id"),
        ("update signal_executions set job_id = %s", "job_id"),
        ("update signal_fingerprints set strategy_id = %s", "strategy_id"),
        ("update ea_projects set current_version_id = %s", "version_id"),
        ("update ea_draft_files set project_id = %s", "project_id"),
        ("update ea_presets set project_id = %s", "project_id"),
        ("update ea_versions set compile_job_id = %s", "job_id"),
        ("update ea_generations set project_id = %s", "project_id"),
        ("update ea_deployments set version_id = %s", "version_id"),
        ("update ea_deployments set account_id = %s", "account_id"),
        ("update ea_deployments set job_id = %s", "job_id"),
        ("update notification_deliveries set channel_id = %s", "channel_id"),
        ("update prepared_chunks set file_id = %s", "file_id"),
        ("update leaderboard_profiles set account_id = %s", "account_id"),
        ("update ea_backtests set deployment_id = %s", "deployment_id"),
        ("update ea_backtests set job_id = %s", "job_id"),
    ],
)
def test_what_is_ones_own_cannot_hang_on_what_is_anothers(
    app: Connection, people: dict[str, Person], statement: str, mixed: str
) -> None:
    become(app, people["alice"])

    with pytest.raises(errors.ForeignKeyViolation):
        run(app, statement, values=(getattr(people["bob"], mixed),))


def test_every_reference_between_owned_tables_carries_the_owner(owner: Engine) -> None:
    with owner.connect() as connection:
        found = connection.execute(
            text(
                """
                select c.conrelid::regclass || ' ' || c.conname from pg_constraint c
                where c.contype = 'f' and c.confrelid not in ('users'::regclass, 'ib_partners'::regclass)
                and not exists (select 1 from pg_attribute a
                                where a.attrelid = c.conrelid and a.attnum = any (c.conkey) and a.attname = 'user_id')
                """
            )
        ).scalars()

        assert list(found) == []
