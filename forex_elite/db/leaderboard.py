"""Queries about who takes part in the leaderboard, its boards, prizes, and what was frozen."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from psycopg import errors
from uuid_utils.compat import uuid7

from forex_elite.db.standings import order_by
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.leaderboard import (
    AccountClass,
    Award,
    BoardKey,
    Measure,
    Period,
    Prize,
    Profile,
    Standing,
)
from forex_elite.errors import Conflict


class PseudonymTaken(Conflict):
    """Somebody else takes part under this name; choose another."""

    code = "pseudonym-taken"


class AccountEntered(Conflict):
    """Somebody else takes part with this MetaTrader account; each account is ranked once."""

    code = "account-entered"


class PlaceHasPrize(Conflict):
    """There is a prize for this place already; remove it first."""

    code = "place-has-prize"


async def get_profile(uow: UnitOfWork, user_id: UUID) -> Profile:
    """How somebody takes part; not at all unless they ever entered."""
    row = await uow.row("select * from leaderboard_profiles where user_id = %s", (user_id,))
    if row is None:
        return Profile()
    return Profile(row["pseudonym"], row["account_id"], row["is_shown"], row["entered_at"], row["counted_from"])


async def find_account(uow: UnitOfWork, user_id: UUID, account_id: UUID) -> Row | None:
    """Log-in and server of one of a person's accounts."""
    return await uow.row(
        "select login, server from mt5_accounts where user_id = %s and id = %s and removed_at is null",
        (user_id, account_id),
    )


async def save_profile(uow: UnitOfWork, user_id: UUID, *, profile: Profile, login: int, server: str) -> None:
    """Store how somebody takes part. Raises PseudonymTaken and AccountEntered."""
    try:
        await uow.run(
            """
            insert into leaderboard_profiles (user_id, pseudonym, account_id, login, server, is_shown, entered_at,
                counted_from)
            values (%(user)s, %(pseudonym)s, %(account)s, %(login)s, %(server)s, %(shown)s, %(entered)s, %(counted)s)
            on conflict (user_id) do update set pseudonym = excluded.pseudonym, account_id = excluded.account_id,
                login = excluded.login, server = excluded.server, is_shown = excluded.is_shown,
                entered_at = excluded.entered_at, counted_from = excluded.counted_from
            """,
            {
                "user": user_id,
                "pseudonym": profile.pseudonym,
                "account": profile.account_id,
                "login": login,
                "server": server,
                "shown": profile.is_shown,
                "entered": profile.entered_at,
                "counted": profile.counted_from,
            },
        )
    except errors.UniqueViolation as taken:
        if taken.diag.constraint_name == "uq_leaderboard_profiles_pseudonym":
            raise PseudonymTaken("This name is taken. Choose another.", field="pseudonym") from taken
        raise AccountEntered("Somebody takes part with this account already.", field="account_id") from taken


async def hide(uow: UnitOfWork, user_id: UUID) -> None:
    """Take somebody from the boards; what was frozen stays."""
    await uow.run("update leaderboard_profiles set is_shown = false where user_id = %s", (user_id,))


async def drop_entries(uow: UnitOfWork, user_id: UUID) -> None:
    """Remove somebody's standings (the server's own work); their boards have one less."""
    await uow.run(
        "with gone as (delete from leaderboard_entries where user_id = %s returning *) "
        "update leaderboard_boards b set ranked = ranked - 1 from gone where gone.reason = '' and b.kind = gone.kind "
        "and b.period = gone.period and b.starts_on = gone.starts_on and b.currency = gone.currency",
        (user_id,),
    )


_LINE = """
    p.pseudonym, e.currency, e.return_pct, e.profit, e.risk_adjusted, e.drawdown_pct, e.trades, e.won, e.curve,
    e.refreshed_at, e.user_id, e.reason
"""


def _where(key: BoardKey) -> tuple[str, dict[str, Any]]:
    parts = "e.kind = %(kind)s and e.period = %(period)s and e.starts_on = %(start)s and e.reason = ''"
    values = {"kind": key.kind.value, "period": key.period.value, "start": key.starts_on, "currency": key.currency}
    return parts + (" and e.currency = %(currency)s" if key.measure is Measure.PROFIT else ""), values


def _in_order(key: BoardKey) -> str:
    return ", ".join(f"e.{part.strip()}" for part in order_by(key.measure).split(","))


def standing(row: Row, *, rank: int | None, own: UUID) -> Standing:
    """A row of a board as its value: the person behind it is only told to themselves."""
    return Standing(
        rank=rank,
        pseudonym=row["pseudonym"],
        currency=row["currency"],
        return_pct=row["return_pct"],
        profit=row["profit"],
        risk_adjusted=row["risk_adjusted"],
        drawdown_pct=row["drawdown_pct"],
        trades=row["trades"],
        won=row["won"],
        curve=tuple(row["curve"]),
        refreshed_at=row["refreshed_at"],
        is_own=row["user_id"] == own,
        reason=row["reason"],
    )


async def page(uow: UnitOfWork, key: BoardKey, *, own: UUID, offset: int, limit: int) -> list[Standing]:
    """A page of a board, by an index in its order."""
    where, values = _where(key)
    order = _in_order(key)
    rows = await uow.rows(
        f"select {_LINE} from (select * from leaderboard_entries e where {where} order by {order} "
        f"limit %(limit)s offset %(offset)s) e join leaderboard_profiles p on p.user_id = e.user_id order by {order}",
        {**values, "limit": limit, "offset": offset},
    )
    return [standing(row, rank=offset + place, own=own) for place, row in enumerate(rows, 1)]


async def own_line(uow: UnitOfWork, key: BoardKey, user_id: UUID) -> Standing | None:
    """Somebody's own line of a board's period, without their place; a reason when they have none."""
    row = await uow.row(
        f"select {_LINE}, e.kind from leaderboard_entries e "
        "join leaderboard_profiles p on p.user_id = e.user_id "
        "where e.user_id = %(user)s and e.period = %(period)s and e.starts_on = %(start)s",
        {"user": user_id, "period": key.period.value, "start": key.starts_on},
    )
    return standing(row, rank=None, own=user_id) if row is not None and row["kind"] == key.kind.value else None


async def order(uow: UnitOfWork, key: BoardKey) -> bytes:
    """Who is on a board, first place first: sixteen bytes of a person's id each, by an index in this order."""
    where, values = _where(key)
    found = await uow.value(
        f"select string_agg(uuid_send(user_id), ''::bytea) from (select e.user_id from leaderboard_entries e "
        f"where {where} order by {_in_order(key)}) ranked",
        values,
    )
    return bytes(found or b"")


async def counts(uow: UnitOfWork, key: BoardKey) -> list[Row]:
    """How many are ranked in a period, by currency of their accounts, the most first."""
    return await uow.rows(
        "select currency, ranked, refreshed_at from leaderboard_boards "
        "where kind = %s and period = %s and starts_on = %s and ranked > 0 order by ranked desc, currency",
        (key.kind.value, key.period.value, key.starts_on),
    )


# --- prizes ---------------------------------------------------------------------------------------------------------


def _prize(row: Row) -> Prize:
    return Prize(
        row["id"],
        AccountClass(row["kind"]),
        Period(row["period"]),
        Measure(row["measure"]),
        row["rank"],
        row["amount"],
        row["currency"],
    )


async def list_prizes(uow: UnitOfWork) -> list[Prize]:
    """All prizes, by board and place."""
    rows = await uow.rows("select * from leaderboard_prizes order by kind desc, period, measure, board_currency, rank")
    return [_prize(row) for row in rows]


async def board_prizes(uow: UnitOfWork, key: BoardKey) -> list[Prize]:
    """The prizes of one board, first place first."""
    rows = await uow.rows(
        "select * from leaderboard_prizes where kind = %s and period = %s and measure = %s and board_currency = %s "
        "order by rank",
        (
            key.kind.value,
            key.period.value,
            key.measure.value,
            key.currency if key.measure is Measure.PROFIT else "",
        ),
    )
    return [_prize(row) for row in rows]


async def add_prize(uow: UnitOfWork, prize: Prize) -> None:
    """Promise a prize. Raises PlaceHasPrize."""
    try:
        await uow.run(
            "insert into leaderboard_prizes (id, kind, period, measure, board_currency, rank, amount, currency, "
            "created_at) values (%s, %s, %s, %s, %s, %s, %s, %s, now())",
            (
                prize.id,
                prize.kind.value,
                prize.period.value,
                prize.measure.value,
                prize.currency if prize.measure is Measure.PROFIT else "",
                prize.rank,
                prize.amount,
                prize.currency,
            ),
        )
    except errors.UniqueViolation as taken:
        raise PlaceHasPrize("There is a prize for this place already. Remove it first.", field="rank") from taken


async def drop_prize(uow: UnitOfWork, prize_id: UUID) -> Prize | None:
    """Take a prize back; returns what it was."""
    row = await uow.row("delete from leaderboard_prizes where id = %s returning *", (prize_id,))
    return _prize(row) if row else None


def new_prize_id() -> UUID:
    """The key of a prize to be."""
    return uuid7()


async def list_awards(uow: UnitOfWork, *, limit: int, since: date) -> list[Award]:
    """The prizes that were won in periods since then, newest first: what row-level security lets the actor see."""
    rows = await uow.rows(
        "select * from leaderboard_results where prize_amount is not null and starts_on >= %s "
        "order by closed_at desc, kind, measure, rank limit %s",
        (since, limit),
    )
    return [award(row) for row in rows]


def award(row: Row) -> Award:
    """A frozen row that won a prize."""
    return Award(
        kind=AccountClass(row["kind"]),
        period=Period(row["period"]),
        starts_on=row["starts_on"],
        measure=Measure(row["measure"]),
        rank=row["rank"],
        pseudonym=row["pseudonym"],
        amount=row["prize_amount"],
        currency=row["prize_currency"],
        figures={name: str(value) for name, value in row["figures"].items()},
        closed_at=row["closed_at"],
    )
