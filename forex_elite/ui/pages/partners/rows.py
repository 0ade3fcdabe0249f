"""What the browser may see of partners: clients, revenue, statements, tiers, applications and payouts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from forex_elite.domain.partners import (
    CURRENCY,
    MOVES,
    PAYOUT_MOVES,
    Client,
    Dashboard,
    Partner,
    PartnerState,
    Payout,
    PayoutState,
    RevenueDay,
    Statement,
    Subscription,
    Tier,
)
from forex_elite.ui import figures
from forex_elite.ui.pages.analytics.rows import Point

STATE_MARKS = {
    PartnerState.APPLIED: ("Applied", "info", "clock"),
    PartnerState.APPROVED: ("Approved", "up", "check"),
    PartnerState.REFUSED: ("Refused", "crit", "x"),
    PartnerState.SUSPENDED: ("Suspended", "warn", "pause"),
}
PAYOUT_MARKS = {
    PayoutState.REQUESTED: ("Requested", "info", "clock"),
    PayoutState.APPROVED: ("Approved", "acc", "check"),
    PayoutState.REFUSED: ("Refused", "crit", "x"),
    PayoutState.PAID: ("Paid", "up", "check"),
}
VERBS = {"approved": "Approve", "refused": "Refuse", "suspended": "Suspend", "paid": "Mark as paid"}


@dataclass(frozen=True, slots=True)
class Stat:
    """A figure with its unit and what it is."""

    label: str
    value: str
    unit: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client of a partner."""

    id: str
    name: str
    since: str
    accounts: str
    lots_30d: str
    lots: str
    revenue: str
    last_trade: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A month; `can_request` while its payout may be asked for."""

    month: str
    title: str
    lots: str
    spread: str
    subscription: str
    total: str
    word: str
    tone: str
    icon: str
    note: str
    can_request: bool


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier."""

    id: str
    name: str
    min_lots: str
    per_lot: str
    percent: str
    rates: str


@dataclass(frozen=True, slots=True)
class Move:
    """Something the owner may decide."""

    state: str
    verb: str


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner or an application, and what may become of it."""

    id: str
    name: str
    email: str
    code: str
    about: str
    reason: str
    clients: str
    since: str
    word: str
    tone: str
    icon: str
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A payout, and what may become of it."""

    id: str
    partner: str
    month: str
    amount: str
    word: str
    tone: str
    icon: str
    note: str
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class FeeRow:
    """What somebody pays."""

    id: str
    email: str
    fee: str
    span: str


def money(amount: Decimal) -> str:
    """An amount in the partners' currency, without it."""
    return figures.money(amount, CURRENCY)


def month_title(month: date) -> str:
    """`March 2026`."""
    return f"{month:%B %Y}"


def stats(found: Dashboard, today: date) -> list[Stat]:
    """The strip above the desk."""
    this_month = [day for day in found.days if day.day >= today.replace(day=1)]
    tier = found.tier
    nearest = next((one for one in found.tiers if one.min_lots > found.lots_30d), None)
    hint = f"{figures.lots(nearest.min_lots - found.lots_30d)} lots to {nearest.name}" if nearest else ""
    return [
        Stat("Tier", tier.name if tier else "None yet", "", hint or "the highest there is"),
        Stat("Lots in 30 days", figures.lots(found.lots_30d), "lots", "closed on clients' live accounts"),
        Stat(
            "Revenue this month", money(sum((day.total for day in this_month), Decimal(0))), CURRENCY, "up to yesterday"
        ),
        Stat("Clients", f"{found.partner.clients:,}", "", "registered with your code"),
    ]


def curve(days: Sequence[RevenueDay], today: date) -> list[Point]:
    """Revenue of the last 90 days, summed up day by day."""
    by_day = {day.day: day for day in days}
    if not by_day:
        return []
    start, total, points = min(by_day), Decimal(0), []
    points.append(Point(f"{start - timedelta(days=1):%d %b}", 0.0, "Before: 0.00 " + CURRENCY))
    while start < today:
        one = by_day.get(start)
        total += one.total if one else Decimal(0)
        own = money(one.total) if one else money(Decimal(0))
        points.append(Point(f"{start:%d %b}", float(total), f"{start:%d %b}: {own}, in all {money(total)} {CURRENCY}"))
        start += timedelta(days=1)
    return points


def client_row(client: Client) -> ClientRow:
    """A client as a row."""
    return ClientRow(
        id=str(client.id),
        name=client.display_name,
        since=figures.day(client.registered_at),
        accounts=str(client.accounts),
        lots_30d=figures.lots(client.lots_30d),
        lots=figures.lots(client.lots),
        revenue=money(client.revenue),
        last_trade=f"{client.last_trade_on:%d %b %Y}" if client.last_trade_on else figures.MISSING,
    )


def statement_row(one: Statement) -> StatementRow:
    """A month as a row."""
    if one.payout is not None:
        word, tone, icon = PAYOUT_MARKS[one.payout.state]
    else:
        word, tone, icon = ("Open", "line", "") if one.is_over else ("Running", "line", "clock")
    return StatementRow(
        month=f"{one.month:%Y-%m}",
        title=month_title(one.month),
        lots=figures.lots(one.lots),
        spread=money(one.spread),
        subscription=money(one.subscription),
        total=money(one.total),
        word=word,
        tone=tone,
        icon=icon,
        note=one.payout.note if one.payout else "",
        can_request=one.is_over and one.payout is None and one.total > 0,
    )


def tier_row(tier: Tier) -> TierRow:
    """A tier as a row."""
    rates = ", ".join(f"{symbol} {money(rate)}" for symbol, rate in sorted(tier.symbol_rates.items()))
    return TierRow(
        id=str(tier.id),
        name=tier.name,
        min_lots=figures.lots(tier.min_lots),
        per_lot=money(tier.per_lot),
        percent=figures.percent(tier.subscription_percent),
        rates=rates or figures.MISSING,
    )


def partner_row(partner: Partner) -> PartnerRow:
    """A partner as a row."""
    word, tone, icon = STATE_MARKS[partner.state]
    moves = sorted(MOVES[partner.state], key=list(PartnerState).index)
    return PartnerRow(
        id=str(partner.id),
        name=partner.display_name,
        email=partner.email,
        code=partner.code,
        about=partner.about,
        reason=partner.reason,
        clients=f"{partner.clients:,}",
        since=figures.day(partner.created_at),
        word=word,
        tone=tone,
        icon=icon,
        moves=tuple(Move(state.value, VERBS[state.value]) for state in moves),
    )


def payout_row(payout: Payout) -> PayoutRow:
    """A payout as a row."""
    word, tone, icon = PAYOUT_MARKS[payout.state]
    moves = sorted(PAYOUT_MOVES[payout.state], key=[*PayoutState][::-1].index)
    return PayoutRow(
        id=str(payout.id),
        partner=f"{payout.partner_name} · {payout.partner_code}",
        month=month_title(payout.month),
        amount=money(payout.amount),
        word=word,
        tone=tone,
        icon=icon,
        note=payout.note,
        moves=tuple(Move(state.value, VERBS[state.value]) for state in moves),
    )


def fee_row(one: Subscription) -> FeeRow:
    """A subscription as a row."""
    until = f" to {one.until:%d %b %Y}" if one.until else ""
    return FeeRow(str(one.id), one.email, money(one.monthly_fee), f"from {one.since:%d %b %Y}{until}")
