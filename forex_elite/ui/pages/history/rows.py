"""What the browser may see of closed trades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from forex_elite.domain.history import Choices, HistoryFilter, Totals, TradeResult
from forex_elite.domain.signals import TradeInfo
from forex_elite.domain.trading import Side
from forex_elite.errors import InvalidInput
from forex_elite.ui import figures

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_KNOWN = {"side": {*Side}, "result": {*TradeResult}}


@dataclass(frozen=True, slots=True)
class TradeRow:
    """One closed trade."""

    id: str
    ticket: str
    symbol: str
    side: str
    side_tone: str
    lots: str
    opened: str
    open_price: str
    closed: str
    close_price: str
    held: str
    pips: str
    pips_tone: str
    swap: str
    commission: str
    net: str
    net_tone: str
    currency: str
    account: str
    source: str
    is_incomplete: bool


@dataclass(frozen=True, slots=True)
class TotalRow:
    """What the filtered trades of one currency add up to."""

    currency: str
    net: str
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as the page holds them; empty means all."""

    symbol: str = ""
    side: str = ""
    source: str = ""
    result: str = ""
    since: str = ""
    until: str = ""

    @property
    def is_any(self) -> bool:
        """Whether anything is filtered."""
        return self != Wanted()

    @property
    def query(self) -> dict[str, str]:
        """What is filtered, as the page's address tells it."""
        return {name: value for name, value in asdict(self).items() if value}


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """The filters of an address; what is none of them, or no choice of theirs, is left out."""
    return Wanted(**{name: value[:32] for name, value in query.items() if is_choice(name, value)})


def is_choice(field: str, value: str) -> bool:
    """Whether a filter may have this value; empty always means all."""
    return field in Wanted.__dataclass_fields__ and (not value or value in _KNOWN.get(field, {value}))


def hold(seconds: float) -> str:
    """How long a trade was held: `4 s`, `12 min`, `3 h 5 min`, `3 d 4 h`."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"


def trade_row(trade: TradeInfo, titles: dict[str, str], zone_name: str) -> TradeRow:
    """A closed trade as its row; without an exit price its closing figures are still to come."""
    is_buy = trade.side == "buy"
    net = trade.net if trade.is_told else None
    closed = trade.close_time or trade.open_time
    return TradeRow(
        id=str(trade.id),
        ticket=str(trade.ticket),
        symbol=trade.symbol,
        side="Buy" if is_buy else "Sell",
        side_tone="up" if is_buy else "down",
        lots=figures.lots(trade.volume),
        opened=figures.day_time(trade.open_time, zone_name),
        open_price=figures.price(trade.open_price, trade.digits),
        closed=figures.day_time(trade.close_time, zone_name),
        close_price=figures.price(trade.close_price, trade.digits),
        held=hold((closed - trade.open_time).total_seconds()),
        pips=figures.pips(trade.pips if trade.is_told else None),
        pips_tone=figures.tone(trade.pips if trade.is_told else None),
        swap=figures.money(trade.swap if trade.is_told else None, trade.currency, signed=True),
        commission=figures.money(trade.commission if trade.is_told else None, trade.currency, signed=True),
        net=figures.money(net, trade.currency, signed=True),
        net_tone=figures.tone(net),
        currency=trade.currency,
        account=titles.get(str(trade.account_id), str(trade.account_login)),
        source=trade.source,
        is_incomplete=not trade.is_told,
    )


def total_row(total: Totals) -> TotalRow:
    """Totals of one currency as their words."""
    rate = figures.percent(100 * total.wins / total.count, places=1) if total.count else figures.MISSING
    parts = [
        figures.count(total.count, "trade"),
        f"{rate} won",
        f"{figures.lots(total.lots)} lots",
        f"swap {figures.money(total.swap, total.currency, signed=True)}",
        f"commission {figures.money(total.commission, total.currency, signed=True)}",
    ]
    return TotalRow(
        currency=total.currency,
        net=figures.money(total.net, total.currency, signed=True),
        tone=figures.tone(total.net),
        words=" · ".join(parts),
    )


def source_choices(choices: Choices) -> list[tuple[str, str]]:
    """Sources to filter by: (magic number as text, name)."""
    return [(str(source.magic), source.name) for source in choices.sources]


def midnight(day: str, zone_name: str, field: str) -> datetime | None:
    """The first instant of a day in a zone, None for no day. Raises InvalidInput."""
    if not day:
        return None
    try:
        at = datetime.combine(datetime.fromisoformat(day).date(), time(), figures.zone(zone_name))
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as malformed:
        raise InvalidInput("Use a date such as 2026-03-20.", field=field) from malformed


def read_filter(wanted: Wanted, account_id: str, zone_name: str) -> HistoryFilter:
    """The filter of the page for the services; the last day is included. Raises InvalidInput."""
    since, until = midnight(wanted.since, zone_name, "since"), midnight(wanted.until, zone_name, "until")
    if since is not None and until is not None and since > until:
        raise InvalidInput("From is later than To.", field="since")
    if until is not None:
        zone = figures.zone(zone_name)
        until = datetime.combine(until.astimezone(zone).date() + timedelta(days=1), time(), zone).astimezone(UTC)
    return HistoryFilter(
        account_id=UUID(account_id) if account_id else None,
        symbol=wanted.symbol or None,
        side=wanted.side or None,
        magic=int(wanted.source) if wanted.source.isdecimal() else None,
        since=since,
        until=until,
        result=TradeResult(wanted.result) if wanted.result else None,
    )


def export_address(wanted: HistoryFilter) -> str:
    """Where the CSV file of a filter is."""
    values = {
        "account_id": wanted.account_id,
        "symbol": wanted.symbol,
        "side": wanted.side,
        "magic": wanted.magic,
        "from": figures.iso(wanted.since) or None,
        "to": figures.iso(wanted.until) or None,
        "result": wanted.result.value if wanted.result else None,
    }
    query = urlencode({name: str(value) for name, value in values.items() if value is not None})
    return "/api/trades/export.csv" + (f"?{query}" if query else "")


def page_words(before: int, shown: int, totals: Sequence[Totals]) -> str:
    """`51 to 100 of 12,345`, or nothing for an empty page."""
    return f"{figures.span(before, shown)} of {sum(total.count for total in totals):,}" if shown else ""
