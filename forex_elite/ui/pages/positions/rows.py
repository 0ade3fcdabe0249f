"""What the browser may see of open positions, shaped from what the services hand out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from forex_elite.domain.positions import FloatingGroup, OpenPosition
from forex_elite.domain.protection import Protection, words
from forex_elite.domain.signals import ExecutionStatus, TradeInfo
from forex_elite.domain.ticket import OrderState
from forex_elite.ui import figures

DOING = {"close": "Closing", "close_by": "Closing", "modify": "Changing", "protect": "Protecting"}


@dataclass(frozen=True, slots=True)
class PositionRow:
    """One open position. Its result at a price is `base + per_price * price`; `profit` is the terminal's own figure."""

    id: str
    ticket: str
    symbol: str
    side: str
    side_tone: str
    lots: str
    opened: str
    open_price: str
    now_price: str
    quote: str
    digits: int
    sl: str
    tp: str
    pips: str
    pips_tone: str
    pips_base: float
    pips_per_price: float
    profit: str
    profit_tone: str
    base: float
    per_price: float
    cents: int
    currency: str
    account: str
    source: str
    protection: str
    protection_words: str
    doing: str = ""
    fault: str = ""
    booked: str = ""
    """What partial closes of it have booked already."""

    def firm(self) -> PositionRow:
        """The row without what merely floats with the price: the browser follows that by itself."""
        return replace(self, now_price="", pips="", pips_tone="", profit="", profit_tone="", base=0.0, per_price=0.0)


@dataclass(frozen=True, slots=True)
class FloatingRow:
    """Positions that move with one price, for the totals the browser keeps."""

    currency: str
    symbol: str
    quote: str
    count: int
    reported: float
    base: float
    per_price: float
    cents: int


@dataclass(frozen=True, slots=True)
class BulkRow:
    """What a bulk close would do to one account."""

    account: str
    count: int
    result: str
    tone: str
    currency: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several to choose from."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class ProtectionForm:
    """A protection as its form starts with it."""

    be_trigger: str = ""
    be_offset: str = ""
    be_unit: str = "pips"
    trail_trigger: str = ""
    trail_distance: str = ""
    trail_step: str = ""
    trail_unit: str = "pips"
    atr_timeframe: str = "H1"
    atr_period: str = "14"


def position_row(trade: TradeInfo, titles: dict[str, str], zone_name: str) -> PositionRow:
    """An open position as its row."""
    is_buy = trade.side == "buy"
    net = trade.net
    per_price = trade.per_price if trade.current_price else 0.0
    pip_way = (1 if is_buy else -1) / trade.pip if trade.pip else 0.0
    lines = words(trade.protection) if trade.protection else []
    return PositionRow(
        id=str(trade.id),
        ticket=str(trade.ticket),
        symbol=trade.symbol,
        side="Buy" if is_buy else "Sell",
        side_tone="up" if is_buy else "down",
        lots=figures.lots(trade.volume),
        booked=figures.money(trade.booked, trade.currency, signed=True) if trade.partial_closes else "",
        opened=figures.day_time(trade.open_time, zone_name),
        open_price=figures.price(trade.open_price, trade.digits),
        now_price=figures.price(trade.current_price, trade.digits),
        quote="bid" if is_buy else "ask",
        digits=trade.digits,
        sl=figures.level(trade.sl, trade.digits),
        tp=figures.level(trade.tp, trade.digits),
        pips=figures.pips(trade.pips),
        pips_tone=figures.tone(trade.pips),
        pips_base=-float(trade.open_price) * pip_way,
        pips_per_price=pip_way,
        profit=figures.money(net, trade.currency, signed=True),
        profit_tone=figures.tone(net),
        base=float(net) - per_price * float(trade.current_price),
        per_price=per_price,
        cents=figures.cents(trade.currency),
        currency=trade.currency,
        account=titles.get(str(trade.account_id), str(trade.account_login)),
        source=trade.source,
        protection=_short(trade.protection),
        protection_words="; ".join(lines),
    )


def _short(protection: Protection | None) -> str:
    if protection is None:
        return ""
    parts = [name for name, part in (("BE", protection.break_even), ("Trail", protection.trailing)) if part]
    return " + ".join(parts)


def floating_row(group: FloatingGroup) -> FloatingRow:
    """A group of positions as the browser computes with it."""
    return FloatingRow(
        currency=group.currency,
        symbol=group.symbol,
        quote=group.quote,
        count=group.count,
        reported=float(group.reported),
        base=float(group.base),
        per_price=float(group.per_price),
        cents=figures.cents(group.currency),
    )


def protection_form(protection: Protection | None) -> ProtectionForm:
    """A protection as its form shows it; without one the usual distances stand as examples only."""
    if protection is None:
        return ProtectionForm()
    even, trail = protection.break_even, protection.trailing
    return ProtectionForm(
        be_trigger=f"{even.trigger:g}" if even else "",
        be_offset=f"{even.offset:g}" if even and even.offset else "",
        be_unit=even.unit.value if even else "pips",
        trail_trigger=f"{trail.trigger:g}" if trail and trail.trigger else "",
        trail_distance=f"{trail.distance:g}" if trail else "",
        trail_step=f"{trail.step:g}" if trail and trail.step else "",
        trail_unit=trail.unit.value if trail else "pips",
        atr_timeframe=protection.atr_timeframe,
        atr_period=str(protection.atr_period),
    )


def bulk_rows(
    found: Sequence[OpenPosition], titles: dict[str, str], currencies: dict[str, str]
) -> tuple[list[BulkRow], str]:
    """What a bulk close would do, by account, and what to type before it does.

    That is the number of the account; where there are several, how many positions are closed on all of them.
    """
    by_account: dict[str, list[OpenPosition]] = {}
    for position in found:
        by_account.setdefault(str(position.account_id), []).append(position)
    rows = []
    for account_id, positions in by_account.items():
        currency = currencies.get(account_id, "")
        title, login = titles.get(account_id, ""), str(positions[0].login)
        result = sum((position.result for position in positions), start=positions[0].result * 0)
        rows.append(
            BulkRow(
                account=title if title.endswith(login) else f"{title} {login}".strip(),
                count=len(positions),
                result=figures.money(result, currency or "USD", signed=True),
                tone=figures.tone(result),
                currency=currency,
            )
        )
    if len(by_account) > 1:
        return rows, str(len(found))
    return rows, str(found[0].login) if found else ""


def outcome_words(order: OrderState) -> tuple[str, str, str]:
    """How an order ended, for a toast: kind, title, detail. Empty title while it has not."""
    subject = f"{order.symbol} on {order.account_login}" if order.symbol else f"Account {order.account_login}"
    match order.status:
        case ExecutionStatus.PENDING:
            return "ok", "", ""
        case ExecutionStatus.UNKNOWN:
            return "warn", f"{subject}: no answer yet", "The agent is looking in the terminal what became of the order."
        case ExecutionStatus.EXECUTED:
            return "ok", f"{subject}: {_done(order)}", ""
        case ExecutionStatus.PARTIAL:
            return "warn", f"{subject}: done in part", order.reason[:300] or _done(order).capitalize()
    return "crit", f"{subject}: not done", order.reason or f"The order {order.status.value}."


def _done(order: OrderState) -> str:
    match order.action:
        case "close" | "close_by":
            price = f" at {float(order.fill_price):.10g}" if order.fill_price else ""
            return f"closed {figures.lots(order.filled_lots or 0)} lots{price}"
        case "close_many" | "flatten":
            return f"closed {figures.count(order.closed, 'position')}"
        case "protect":
            return "the agent keeps the protection"
        case "cancel":
            return "the pending order is cancelled"
    return "changed"
