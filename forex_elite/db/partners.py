"""Queries about introducing brokers: applications, tiers, clients, and their books."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import errors
from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.partners import (
    Client,
    Line,
    Partner,
    PartnerState,
    Payout,
    PayoutState,
    RevenueDay,
    Statement,
    Subscription,
    Tier,
)
from forex_elite.errors import Conflict


class CodeTaken(Conflict):
    """Another partner has this code; choose another."""

    code = "code-taken"


class TierExists(Conflict):
    """A tier with this minimum exists; change that one."""

    code = "tier-exists"


class PayoutRequested(Conflict):
    """The payout of this month has been asked for already."""

    code = "payout-requested"


_PARTNER = """
    select p.*, u.display_name, u.email, (select count(*) from users c where c.ib_id = p.id) as clients
    from ib_partners p join users u on u.id = p.user_id
"""


def _partner(row: Row) -> Partner:
    return Partner(
        id=row["id"],
        user_id=row["user_id"],
        code=row["code"],
        state=PartnerState(row["state"]),
        about=row["about"],
        reason=row["reason"],
        created_at=row["created_at"],
        decided_at=row["decided_at"],
        display_name=row["display_name"],
        email=row["email"],
        clients=row["clients"],
    )


async def find_partner(uow: UnitOfWork, user_id: UUID) -> Partner | None:
    """What a person is as a partner."""
    row = await uow.row(_PARTNER + "where p.user_id = %s", (user_id,))
    return _partner(row) if row else None


async def get_partner(uow: UnitOfWork, partner_id: UUID, *, for_update: bool = False) -> Partner | None:
    """A partner by id."""
    row = await uow.row(_PARTNER + "where p.id = %s" + (" for update of p" if for_update else ""), (partner_id,))
    return _partner(row) if row else None


async def list_partners(uow: UnitOfWork) -> list[Partner]:
    """All partners, open applications first, then by name."""
    rows = await uow.rows(_PARTNER + "order by p.state <> 'applied', lower(u.display_name), p.id")
    return [_partner(row) for row in rows]


async def apply(uow: UnitOfWork, *, user_id: UUID, code: str, about: str, now: datetime) -> UUID:
    """Store an application, or a new one after a refusal. Raises CodeTaken."""
    try:
        found = await uow.value(
            "insert into ib_partners as p (id, user_id, code, is_approved, created_at, state, about, reason) "
            "values (%(id)s, %(user)s, %(code)s, false, %(now)s, 'applied', %(about)s, '') "
            "on conflict (user_id) do update set code = excluded.code, about = excluded.about, state = 'applied', "
            "reason = '', created_at = excluded.created_at where p.state = 'refused' returning id",
            {"id": uuid7(), "user": user_id, "code": code, "about": about, "now": now},
        )
    except errors.UniqueViolation as taken:
        raise CodeTaken("Another partner has this code. Choose another.", field="code") from taken
    assert found is not None, "the caller has looked"
    return UUID(str(found))


async def is_code_of_partner(uow: UnitOfWork, code: str) -> bool:
    """Whether somebody approved has this code."""
    return bool(
        await uow.value("select 1 from ib_partners where is_approved and lower(code) = lower(btrim(%s))", (code,))
    )


async def decide(
    uow: UnitOfWork, partner: Partner, state: PartnerState, *, reason: str, by: UUID, now: datetime
) -> None:
    """Approve, refuse or suspend; the person's role follows, unless they are staff."""
    is_approved = state is PartnerState.APPROVED
    await uow.run(
        "update ib_partners set state = %(state)s, is_approved = %(approved)s, reason = %(reason)s, "
        "decided_at = %(now)s, decided_by = %(by)s where id = %(id)s",
        {
            "state": state.value,
            "approved": is_approved,
            "reason": reason,
            "now": now,
            "by": by,
            "id": partner.id,
        },
    )
    await uow.run(
        "update users set role = %s where id = %s and role = %s",
        ("ib" if is_approved else "user", partner.user_id, "user" if is_approved else "ib"),
    )


# --- tiers ----------------------------------------------------------------------------------------------------------


def _tier(row: Row) -> Tier:
    return Tier(
        id=row["id"],
        name=row["name"],
        min_lots=row["min_lots"],
        per_lot=row["per_lot"],
        subscription_percent=row["subscription_percent"],
        symbol_rates={symbol: Decimal(rate) for symbol, rate in row["symbol_rates"].items()},
    )


async def list_tiers(uow: UnitOfWork) -> list[Tier]:
    """All tiers, the lowest first."""
    return [_tier(row) for row in await uow.rows("select * from ib_tiers order by min_lots")]


async def save_tier(uow: UnitOfWork, tier: Tier) -> Tier | None:
    """Add a tier or change it; returns what it was. Raises TierExists."""
    before = await uow.row("select * from ib_tiers where id = %s for update", (tier.id,))
    try:
        await uow.run(
            "insert into ib_tiers (id, name, min_lots, per_lot, subscription_percent, symbol_rates, updated_at) "
            "values (%(id)s, %(name)s, %(min_lots)s, %(per_lot)s, %(percent)s, %(rates)s, now()) "
            "on conflict (id) do update set name = excluded.name, min_lots = excluded.min_lots, "
            "per_lot = excluded.per_lot, subscription_percent = excluded.subscription_percent, "
            "symbol_rates = excluded.symbol_rates, updated_at = excluded.updated_at",
            {
                "id": tier.id,
                "name": tier.name,
                "min_lots": tier.min_lots,
                "per_lot": tier.per_lot,
                "percent": tier.subscription_percent,
                "rates": Jsonb({symbol: str(rate) for symbol, rate in tier.symbol_rates.items()}),
            },
        )
    except errors.UniqueViolation as taken:
        raise TierExists("There is a tier from this volume on. Change that one.", field="min_lots") from taken
    return _tier(before) if before else None


async def drop_tier(uow: UnitOfWork, tier_id: UUID) -> Tier | None:
    """Remove a tier; returns what it was."""
    row = await uow.row("delete from ib_tiers where id = %s returning *", (tier_id,))
    return _tier(row) if row else None


# --- subscriptions --------------------------------------------------------------------------------------------------


async def list_subscriptions(uow: UnitOfWork) -> list[Subscription]:
    """Who pays what, the newest first."""
    rows = await uow.rows(
        "select s.id, s.user_id, u.email, s.monthly_fee, s.since, s.until from subscriptions s "
        "join users u on u.id = s.user_id order by s.since desc, s.id desc limit 500"
    )
    return [Subscription(**row) for row in rows]


async def set_fee(uow: UnitOfWork, user_id: UUID, fee: Decimal, *, since: date) -> Decimal:
    """What a person pays from a day on; zero ends it. Returns what they paid before."""
    before = await uow.row(
        "update subscriptions set until = greatest(since, %(since)s) where user_id = %(user)s and until is null "
        "returning monthly_fee",
        {"user": user_id, "since": since},
    )
    if fee:
        await uow.run(
            "insert into subscriptions (id, user_id, monthly_fee, since, created_at) values (%s, %s, %s, %s, now())",
            (uuid7(), user_id, fee, since),
        )
    return before["monthly_fee"] if before else Decimal(0)


async def find_user(uow: UnitOfWork, email: str) -> UUID | None:
    """The person with this e-mail address."""
    found: UUID | None = await uow.value("select id from users where lower(email) = lower(%s)", (email,))
    return found


# --- what a partner reads -------------------------------------------------------------------------------------------

_LIVE_LOTS = """
    select coalesce(sum(d.volume), 0) from trade_days d join mt5_accounts a on a.id = d.account_id
    where a.user_id = u.id and a.trade_mode = 2
"""


async def list_clients(uow: UnitOfWork, partner_id: UUID, *, since: date, limit: int) -> list[Client]:
    """Clients with what they closed since then and ever, the busiest first."""
    rows = await uow.rows(
        f"""
        select * from (
            select u.id, u.display_name, u.created_at as registered_at,
                   (select count(*) from mt5_accounts a where a.user_id = u.id and a.removed_at is null) as accounts,
                   ({_LIVE_LOTS} and d.day >= %(since)s) as lots_30d, ({_LIVE_LOTS}) as lots,
                   (select coalesce(sum(r.amount), 0) from ib_revenue r where r.client_id = u.id
                    and r.partner_id = %(partner)s) as revenue,
                   (select max(d.day) from trade_days d where d.user_id = u.id and d.trades > 0) as last_trade_on
            from users u where u.ib_id = %(partner)s) c
        order by lots_30d desc, lots desc, registered_at, id limit %(limit)s
        """,
        {"partner": partner_id, "since": since, "limit": limit},
    )
    return [Client(**row) for row in rows]


async def lots_since(uow: UnitOfWork, partner_id: UUID, *, since: date, until: date) -> Decimal:
    """What all clients closed on live accounts from one day to another, the last not included."""
    lots: Decimal = await uow.value(
        "select coalesce(sum(d.volume), 0) from users u join mt5_accounts a on a.user_id = u.id and a.trade_mode = 2 "
        "join trade_days d on d.account_id = a.id where u.ib_id = %s and d.day >= %s and d.day < %s",
        (partner_id, since, until),
    )
    return lots


_SHARES = """
    coalesce(sum(lots), 0) as lots, coalesce(sum(amount) filter (where symbol <> ''), 0) as spread,
    coalesce(sum(amount) filter (where symbol = ''), 0) as subscription
"""


async def revenue_days(uow: UnitOfWork, partner_id: UUID, *, since: date) -> list[RevenueDay]:
    """What each day since then came to, oldest first."""
    rows = await uow.rows(
        f"select run_day as day, {_SHARES} from ib_revenue where partner_id = %s and run_day >= %s "
        "group by 1 order by 1",
        (partner_id, since),
    )
    return [RevenueDay(**row) for row in rows]


def payout(row: Row) -> Payout:
    """A row of `ib_payouts`, with the partner's code and name where they were asked for."""
    return Payout(
        id=row["id"],
        partner_id=row["partner_id"],
        month=row["month"],
        amount=row["amount"],
        state=PayoutState(row["state"]),
        note=row["note"],
        requested_at=row["requested_at"],
        decided_at=row["decided_at"],
        partner_code=row.get("partner_code", ""),
        partner_name=row.get("partner_name", ""),
    )


async def statements(uow: UnitOfWork, partner_id: UUID, *, today: date, month: date | None = None) -> list[Statement]:
    """The months of a partner, newest first, with their payouts; or one month."""
    rows = await uow.rows(
        f"select date_trunc('month', run_day)::date as month, count(distinct client_id) as clients, {_SHARES} "
        "from ib_revenue where partner_id = %(partner)s and (%(month)s::date is null "
        "or date_trunc('month', run_day)::date = %(month)s) group by 1 order by 1 desc limit 36",
        {"partner": partner_id, "month": month},
    )
    paid = await uow.rows("select * from ib_payouts where partner_id = %s", (partner_id,))
    payouts = {row["month"]: payout(row) for row in paid}
    this_month = today.replace(day=1)
    return [Statement(**row, is_over=row["month"] < this_month, payout=payouts.get(row["month"])) for row in rows]


async def statement_lines(uow: UnitOfWork, partner_id: UUID, month: date, until: date) -> list[Line]:
    """The lines of a month, for export."""
    rows = await uow.rows(
        "select r.run_day, r.client_id, coalesce(u.display_name, '') as client, r.trade_day, r.symbol, r.tier, "
        "r.lots, r.rate, r.amount from ib_revenue r left join users u on u.id = r.client_id "
        "where r.partner_id = %s and r.run_day >= %s and r.run_day < %s "
        "order by r.run_day, client, r.client_id, r.trade_day, r.symbol",
        (partner_id, month, until),
    )
    return [Line(**row) for row in rows]


# --- payouts --------------------------------------------------------------------------------------------------------


async def request_payout(uow: UnitOfWork, partner: Partner, month: date, amount: Decimal, *, now: datetime) -> UUID:
    """Ask for the revenue of a month; what it is now is what is asked for. Raises PayoutRequested."""
    payout_id = uuid7()
    added = await uow.run(
        "insert into ib_payouts (id, user_id, partner_id, month, amount, state, note, requested_at) "
        "values (%s, %s, %s, %s, %s, 'requested', '', %s) on conflict (partner_id, month) do nothing",
        (payout_id, partner.user_id, partner.id, month, amount, now),
    )
    if not added:
        raise PayoutRequested("The payout of this month has been asked for already.")
    return payout_id


async def list_payouts(uow: UnitOfWork) -> list[Payout]:
    """Payouts with their partners, those to decide first."""
    rows = await uow.rows(
        "select o.*, p.code as partner_code, u.display_name as partner_name from ib_payouts o "
        "join ib_partners p on p.id = o.partner_id join users u on u.id = p.user_id "
        "order by o.state not in ('requested', 'approved'), o.requested_at desc, o.id desc limit 200"
    )
    return [payout(row) for row in rows]


async def get_payout(uow: UnitOfWork, payout_id: UUID) -> tuple[Payout, UUID] | None:
    """A payout, locked, and whose it is."""
    row = await uow.row("select * from ib_payouts where id = %s for update", (payout_id,))
    return (payout(row), row["user_id"]) if row else None


async def decide_payout(uow: UnitOfWork, payout_id: UUID, values: dict[str, Any]) -> None:
    """Store a decision: `state`, `note`, `by`, `now`."""
    await uow.run(
        "update ib_payouts set state = %(state)s, note = %(note)s, decided_by = %(by)s, decided_at = %(now)s "
        "where id = %(id)s",
        {**values, "id": payout_id},
    )
