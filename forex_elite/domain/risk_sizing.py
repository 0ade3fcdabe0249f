"""From an entry alert to an order with a volume: which price, which stop, whose risk, how many lots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from forex_elite.domain.alerts.alert import Alert, Dialect
from forex_elite.domain.alerts.refusals import FieldMissing
from forex_elite.domain.automation import SafetyMode
from forex_elite.domain.levels import (
    LevelUnusable,
    check_stop,
    check_target,
    exact,
    is_amount,
    pip_size,
    plain,
    price_of,
)
from forex_elite.domain.risk_snapshot import QUOTE_MAX_AGE_S, AccountState, StrategyRules
from forex_elite.domain.risk_verdict import OpenOrder
from forex_elite.domain.sizing import (
    Sizing,
    SizingImpossible,
    StopMissing,
    check_spec,
    halved,
    money_at_risk,
    size_by_risk,
    size_fixed,
)
from forex_elite.domain.trading import Level, LevelKind, OrderType, Quote, Side, SizingMode, SymbolSpec
from forex_elite.errors import Refused


class NoPrice(Refused):
    """Neither the broker nor the alert gives a price to reckon from; add the price to the alert."""

    code = "no-price"


@dataclass(frozen=True, slots=True)
class Plan:
    """A sized entry, and how its volume came about, for the trader."""

    order: OpenOrder
    detail: str


def plan_entry(alert: Alert, rules: StrategyRules, account: AccountState, spec: SymbolSpec, now: datetime) -> Plan:
    """The order of an entry alert; leaves of `Refused` when no volume, price or level can be vouched for."""
    check_spec(spec)
    side = alert.side
    if side is None:
        raise FieldMissing("An entry needs a side", field="side")
    quote = usable_quote(account.quotes.get(spec.name), now)
    price = _pending_price(alert, side, quote, spec)
    entry = price if price is not None else _market_price(alert, side, quote)
    sl, tp = alert.sl or rules.default_sl, alert.tp or rules.default_tp
    distance = _check_levels(sl, tp, entry, side, spec)
    if distance is not None and price is None and quote is not None:
        _check_spread(distance, quote)
    sizing, note = effective_sizing(alert, rules, account)
    most = _lower(rules.max_lots, account.limits.max_lots, account.algo.max_lots)
    if sizing.mode.is_by_risk:
        if sl is None:
            raise StopMissing(f"Sizing by risk needs a stop loss, and {_without_stop(alert)}")
        if entry is None or distance is None:
            none = "no quote" if alert.dialect is Dialect.TICKET else "no quote, none in the alert"
            raise NoPrice(f"No price of {spec.name} to reckon the stop distance from: {none}")
        sized = size_by_risk(money_at_risk(sizing, account.balance, account.equity), distance, spec, most)
    else:
        sized = size_fixed(sizing.value, spec, most, distance)
    if account.algo.safety_mode is SafetyMode.ORANGE:
        sized = halved(sized, spec)
    order = OpenOrder(
        symbol=spec.name,
        side=side,
        volume_lots=sized.volume_lots,
        order_type=alert.order_type,
        price=price,
        sl=sl,
        tp=tp,
        requested_price=entry,
        close_opposite=alert.close_opposite or rules.close_opposite,
        loss_at_stop=sized.loss_at_stop,
        protection=alert.protection,
    )
    pips = f", {plain(round(distance / pip_size(spec), 1))} pips" if distance is not None else ""
    capped = f", capped at {plain(sized.volume_lots)} lots" if sized.is_capped else ""
    orange = ", half of it (safety mode orange)" if account.algo.safety_mode is SafetyMode.ORANGE else ""
    return Plan(order, f"{_sizing_words(sizing, account)}{note}{pips}{capped}{orange}")


def usable_quote(quote: Quote | None, now: datetime) -> Quote | None:
    """The quote, unless it is absurd, crossed or too old to reckon with."""
    if quote is None or not is_amount(quote.bid) or not is_amount(quote.ask) or quote.ask < quote.bid:
        return None
    if quote.at is not None and (now - quote.at).total_seconds() > QUOTE_MAX_AGE_S:
        return None
    return quote


def effective_sizing(alert: Alert, rules: StrategyRules, account: AccountState) -> tuple[Sizing, str]:
    """Whose figure counts: the alert's volume, the alert's risk up to the strategy's cap, or the strategy's own."""
    by_hand = alert.dialect is Dialect.TICKET
    if alert.volume_lots is not None and rules.use_alert_volume:
        return Sizing(SizingMode.FIXED_LOTS, alert.volume_lots), "" if by_hand else " by the alert"
    if alert.risk is None:
        return rules.sizing, ""
    asked = f"risk {plain(alert.risk)} of the alert"
    mode = alert.risk_mode or rules.sizing.mode
    if rules.risk_override_pct is None:
        return rules.sizing, f" ({asked} not used, override is off)"
    if not mode.is_by_risk:
        return rules.sizing, f" ({asked} not used with fixed lots)"
    if not is_amount(rules.risk_override_pct) or not is_amount(alert.risk):
        raise SizingImpossible(f"Risk must be a number above zero, not {alert.risk}")
    cap = rules.risk_override_pct
    if mode is SizingMode.MONEY_AT_RISK:
        cap = money_at_risk(Sizing(SizingMode.PERCENT_BALANCE, cap), account.balance, account.equity)
    note = f" by the alert, {plain(alert.risk)} asked" if alert.risk > cap else " by the alert"
    return Sizing(mode, min(alert.risk, cap)), note


def _market_price(alert: Alert, side: Side, quote: Quote | None) -> float | None:
    if quote is not None:
        return quote.ask if side is Side.BUY else quote.bid
    return alert.price if is_amount(alert.price) else None


def _pending_price(alert: Alert, side: Side, quote: Quote | None, spec: SymbolSpec) -> float | None:
    """The price of a pending order, on the side of the market its type belongs to."""
    if alert.order_type is OrderType.MARKET:
        return None
    is_above = (alert.order_type is OrderType.STOP) == (side is Side.BUY)
    market = None if quote is None else quote.ask if side is Side.BUY else quote.bid
    if alert.entry is None:
        if not is_amount(alert.price) or alert.price is None:
            raise NoPrice(f"A {alert.order_type} order needs a price")
        price = float(price_of(Level(LevelKind.PRICE, alert.price), alert.price, spec, is_above=is_above))
    else:
        if market is None or not is_amount(alert.entry.value):
            raise NoPrice(f"No price of {spec.name} to place the {alert.order_type} order from")
        price = float(price_of(alert.entry, market, spec, is_above=is_above))
    if not is_amount(price) or (market is not None and (price <= market if is_above else price >= market)):
        where = "above" if is_above else "below"
        at = "" if market is None else f" at {market:.{spec.digits}f}"
        raise LevelUnusable(
            f"A {side} {alert.order_type} must be {where} the market{at}, not at {price:.{spec.digits}f}"
        )
    return price


def _without_stop(alert: Alert) -> str:
    return "the order has none" if alert.dialect is Dialect.TICKET else "neither the alert nor the strategy has one"


def _check_levels(
    sl: Level | None, tp: Level | None, entry: float | None, side: Side, spec: SymbolSpec
) -> Decimal | None:
    """The stop distance; levels that lie on the wrong side of the entry are refused, with or without sizing by risk."""
    for name, level in (("Stop loss", sl), ("Take profit", tp)):
        if level is not None and not is_amount(level.value):
            raise LevelUnusable(f"{name} must be a number above zero, not {level.value}")
    if entry is None:
        return None
    if tp is not None:
        check_target(tp, entry, side, spec)
    return check_stop(sl, entry, side, spec) if sl is not None else None


def _check_spread(distance: Decimal, quote: Quote) -> None:
    spread = exact(quote.ask) - exact(quote.bid)
    if distance <= spread:
        raise LevelUnusable(f"The stop is {plain(distance)} away, inside the spread of {plain(spread)}")


def _lower(*limits: float | None) -> float | None:
    given = [limit for limit in limits if limit is not None]
    return min(given) if given else None


def _sizing_words(sizing: Sizing, account: AccountState) -> str:
    match sizing.mode:
        case SizingMode.FIXED_LOTS:
            return f"{plain(sizing.value)} lots"
        case SizingMode.MONEY_AT_RISK:
            return f"{sizing.value:,.2f} {account.currency}"
        case SizingMode.PERCENT_BALANCE:
            return f"{plain(sizing.value)} % of balance"
        case SizingMode.PERCENT_EQUITY:
            return f"{plain(sizing.value)} % of equity"
