"""Partners' books and standings with raw SQL as the application's role: two partners, their clients, a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import update
from sqlalchemy.engine import Engine

from forex_elite import clock
from forex_elite.db import tables
from forex_elite.domain.identity import Role, service
from tests.db.rows import Person, add, add_person, become, own_everything

Connection = psycopg.Connection[Any]
AS_SERVER = "select set_config('app.role', 'service', true)"
BOOKS = ("ib_revenue", "ib_payouts", "subscriptions")


@pytest.fixture(scope="module")
def cast(owner: Engine) -> Iterator[dict[str, Person]]:
    """North and South are partners with one client each; Stella is nobody's client."""
    now = clock.now()
    found: dict[str, Person] = {}
    with owner.begin() as connection:
        connection.exec_driver_sql(AS_SERVER)
        for side in ("north", "south"):
            partner, client = add_person(connection, side, Role.IB), add_person(connection, f"{side}-client")
            desk = tables.IbPartner(user_id=partner.id, code=f"{side}-desk", is_approved=True, state="approved")
            add(connection, desk)
            partner.ib_id = desk.id
            connection.execute(update(tables.User).where(tables.User.id == client.id).values(ib_id=desk.id))
            own_everything(connection, client)
            day = now.date()
            of_partner = {"user_id": partner.id, "partner_id": desk.id}
            add(
                connection,
                tables.IbRevenue(
                    **of_partner,
                    run_day=day,
                    client_id=client.id,
                    trade_day=day,
                    symbol="EURUSD",
                    tier="One",
                    amount=Decimal(5),
                ),
            )
            add(connection, tables.IbPayout(**of_partner, month=day.replace(day=1), amount=Decimal(5)))
            found |= {side: partner, f"{side}-client": client}
        found["stella"] = add_person(connection, "stella")
        own_everything(connection, found["stella"])
        add(connection, tables.IbTier(name="One", min_lots=Decimal(0), per_lot=Decimal(3)))
    yield found
    with owner.begin() as connection:
        connection.exec_driver_sql(AS_SERVER)
        connection.exec_driver_sql("delete from ib_tiers where name = 'One'")
        connection.exec_driver_sql("delete from ib_partners where code like '%%-desk'")
        connection.exec_driver_sql("delete from users where id = any(%s)", ([one.id for one in found.values()],))


def seen(app: Connection, table: str, column: str = "user_id") -> set[Any]:
    return {row[0] for row in app.execute(f"select {column} from {table}")}  # type: ignore[arg-type]


@pytest.mark.parametrize("table", ["ib_revenue", "ib_payouts"])
def test_a_partner_reads_its_own_books_alone(app: Connection, cast: dict[str, Person], table: str) -> None:
    for side in ("north", "south"):
        become(app, cast[side])
        assert seen(app, table) == {cast[side].id}
    for nobody in ("north-client", "south-client", "stella"):
        become(app, cast[nobody])
        assert seen(app, table) == set()


def test_a_partner_reads_its_own_clients_and_never_anothers(app: Connection, cast: dict[str, Person]) -> None:
    for side, other in (("north", "south"), ("south", "north")):
        become(app, cast[side])
        client = cast[f"{side}-client"].id
        assert seen(app, "users", "id") == {cast[side].id, client}
        assert seen(app, "trade_days") == {client}
        assert seen(app, "mt5_accounts") == {client}
        assert cast[f"{other}-client"].id not in seen(app, "trades")
        for private in ("leaderboard_entries", "leaderboard_profiles", "subscriptions"):
            assert seen(app, private) == set()


def test_partners_see_what_tiers_there_are_and_nobody_else_does(app: Connection, cast: dict[str, Person]) -> None:
    become(app, cast["north"])
    assert seen(app, "ib_tiers", "name") == {"One"}
    for nobody in (cast["stella"], Person(cast["stella"].id, Role.ADMIN), None):
        become(app, nobody)
        assert seen(app, "ib_tiers", "name") == set()


@pytest.mark.parametrize("table", BOOKS)
def test_an_admin_sees_no_partners_books_and_a_super_admin_all(
    app: Connection, cast: dict[str, Person], table: str
) -> None:
    become(app, Person(cast["stella"].id, Role.ADMIN))
    assert seen(app, table) <= {cast["stella"].id}
    become(app, Person(cast["stella"].id, Role.SUPER_ADMIN))
    assert len(seen(app, table)) >= 2


@pytest.mark.parametrize("table", [*BOOKS, "leaderboard_entries", "leaderboard_results"])
def test_nobody_writes_their_own_books_or_standing(app: Connection, cast: dict[str, Person], table: str) -> None:
    who = cast["north"] if table in {"ib_revenue", "ib_payouts"} else cast["stella"]
    become(app, who)
    assert seen(app, table) == {who.id}

    assert app.execute(f"delete from {table}").rowcount == 0  # type: ignore[arg-type]
    if table in {"ib_revenue", "leaderboard_results"}:
        with pytest.raises(errors.InsufficientPrivilege), app.transaction():
            app.execute(f"update {table} set user_id = user_id")  # type: ignore[arg-type]
    else:
        assert app.execute(f"update {table} set user_id = user_id").rowcount == 0  # type: ignore[arg-type]
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"), app.transaction():
        app.execute(
            f'insert into {table} select (jsonb_populate_record(t, \'{{"user_id": "{who.id}"}}\')).* '  # type: ignore[arg-type]
            f"from {table} t"
        )


@pytest.mark.parametrize("table", ["leaderboard_boards", "leaderboard_closings", "ib_revenue_runs"])
def test_what_the_server_notes_for_itself_is_nobody_elses(app: Connection, cast: dict[str, Person], table: str) -> None:
    for role in (Role.USER, Role.IB, Role.ADMIN, Role.SUPER_ADMIN):
        become(app, Person(cast["stella"].id, role, cast["north"].ib_id))
        assert app.execute(f"select 1 from {table}").fetchall() == []  # type: ignore[arg-type]


def test_prizes_are_written_by_staff_alone(app: Connection, cast: dict[str, Person]) -> None:
    add_prize = (
        "insert into leaderboard_prizes (id, kind, period, measure, board_currency, rank, amount, currency, "
        "created_at) values (gen_random_uuid(), 'live', 'week', 'return', '', 1, 10, 'USD', now())"
    )
    for nobody in (cast["stella"], cast["north"], None):
        become(app, nobody)
        with pytest.raises(errors.InsufficientPrivilege), app.transaction():
            app.execute(add_prize)
    become(app, Person(cast["stella"].id, Role.ADMIN))
    assert app.execute(add_prize).rowcount == 1


def test_closing_a_trade_notes_an_entered_account_and_no_other(app: Connection, cast: dict[str, Person]) -> None:
    become(app, service("a test"))
    app.execute("delete from leaderboard_changes")
    stella, other = cast["stella"], cast["north-client"]
    app.execute("update leaderboard_profiles set is_shown = false where user_id = %s", (other.id,))

    for person in (stella, other):
        app.execute("update trade_days set trades = trades + 1 where account_id = %s", (person.account_id,))

    assert seen(app, "leaderboard_changes", "account_id") == {stella.account_id}
