"""What a trader's closed trades say: sums from PostgreSQL, ratios of daily returns from empyrical.

The library brings pandas and scipy, whose import takes seconds: it happens in a worker thread, with the first question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from forex_elite.db import history as queries
from forex_elite.db.unit_of_work import Row, unit_of_work
from forex_elite.domain.history import Analytics, HistoryFilter, Ratios, Slice
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs

TRADING_DAYS = 252
"""Days of a year that returns are scaled by."""
FEWEST_DAYS = 5
_SATURDAY = 5

FORMULAS = {
    "net": "Profit + swap + commission of the closed trades, and of what was closed of open ones",
    "win_rate": "Winning trades / all trades",
    "profit_factor": "Gross profit / gross loss",
    "expectancy": "(Gross profit - gross loss) / number of trades",
    "average_hold": "Mean time from opening to closing",
    "max_drawdown": "Largest fall of the summed results from their peak, closing by closing",
    "sharpe": "empyrical.sharpe_ratio: mean / standard deviation of daily returns, times √252, risk-free rate 0",
    "sortino": "empyrical.sortino_ratio: annualised mean daily return / downside deviation, target 0",
    "max_drawdown_pct": "empyrical.max_drawdown of daily returns",
    "annual_volatility_pct": "empyrical.annual_volatility of daily returns",
    "daily_return": "Result of the day / balance at its start; weekdays on which nothing was closed count 0",
    "start_balance": "Present balance less everything booked since; exact while nothing was paid in or out",
}


@needs(Permission.POSITION_READ)
async def examine(actor: Actor, wanted: HistoryFilter, *, zone: str = "UTC") -> tuple[Analytics, ...]:
    """The actor's closed trades of a filter, examined by currency: two currencies are never added."""
    async with unit_of_work(actor) as uow:
        rows = await queries.slices(uow, actor.person_id, wanted, zone=zone)
        falls = await queries.drawdowns(uow, actor.person_id, wanted)
        starts = await queries.balances(uow, actor.person_id, wanted.account_id, wanted.since)
        sources = {source.magic: source.name for source in (await queries.choices(uow, actor.person_id)).sources}
    by_currency: dict[str, list[Row]] = {}
    for row in rows:
        by_currency.setdefault(row["currency"], []).append(row)
    found = []
    for currency, slices in by_currency.items():
        start = starts.get(currency, Decimal(0))
        by_day = _slices(slices, "day")
        ratios = await asyncio.to_thread(ratios_of, start, [(date.fromisoformat(day.key), day.net) for day in by_day])
        found.append(_examined(currency, slices, start, falls.get(currency, Decimal(0)), by_day, ratios, sources))
    return tuple(found)


def _examined(
    currency: str,
    rows: Sequence[Row],
    start: Decimal,
    fall: Decimal,
    by_day: tuple[Slice, ...],
    ratios: Ratios,
    sources: dict[int, str],
) -> Analytics:
    whole = next(row for row in rows if all(row[f"g_{name}"] for name in ("symbol", "hour", "weekday", "magic", "day")))
    by_source = sorted(_slices(rows, "magic", sources), key=lambda one: -one.net)
    return Analytics(
        currency=currency,
        start_balance=start,
        total=queries.slice_of(whole, ""),
        losses=whole["losses"],
        max_drawdown=fall,
        ratios=ratios,
        by_symbol=tuple(sorted(_slices(rows, "symbol"), key=lambda one: -one.net)),
        by_hour=_slices(rows, "hour"),
        by_weekday=_slices(rows, "weekday"),
        by_source=tuple(by_source),
        by_day=by_day,
    )


def _slices(rows: Iterable[Row], by: str, names: dict[int, str] | None = None) -> tuple[Slice, ...]:
    return tuple(queries.slice_of(row, (names or {}).get(row[by], str(row[by]))) for row in rows if row[f"g_{by}"] == 0)


def daily_returns(start: Decimal, days: Sequence[tuple[date, Decimal]]) -> list[float] | None:
    """Returns of every day from the first to the last trade, weekends only where something was closed.

    The return of a day is its result by the balance at its start. None when a balance was not above zero: money must
    have been paid in that is not known here.
    """
    results = dict(days)
    if not results:
        return []
    day, last, balance, found = min(results), max(results), start, list[float]()
    while day <= last:
        result = results.get(day)
        if result is not None or day.weekday() < _SATURDAY:
            if balance <= 0:
                return None
            found.append(float((result or Decimal(0)) / balance))
            balance += result or Decimal(0)
        day += timedelta(days=1)
    return found


def ratios_of(start: Decimal, days: Sequence[tuple[date, Decimal]]) -> Ratios:
    """Sharpe, Sortino, drawdown and volatility of daily results over a start balance; slow at its first call."""
    returns = daily_returns(start, days)
    if returns is None:
        note = "The balance counted back was not above zero, so money was paid in; returns cannot be told."
        return Ratios(note=note)
    if len(returns) < FEWEST_DAYS:
        return Ratios(days=len(returns), note=f"Ratios need at least {FEWEST_DAYS} trading days.")
    import empyrical  # noqa: PLC0415  # seconds, and 100 MB that a server without this question never needs
    import numpy as np  # noqa: PLC0415

    series = np.array(returns)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Ratios(
            sharpe=_finite(empyrical.sharpe_ratio(series, annualization=TRADING_DAYS)),
            sortino=_finite(empyrical.sortino_ratio(series, annualization=TRADING_DAYS)),
            max_drawdown_pct=_finite(-100 * empyrical.max_drawdown(series)),
            annual_volatility_pct=_finite(100 * empyrical.annual_volatility(series, annualization=TRADING_DAYS)),
            days=len(returns),
        )


def _finite(value: object) -> float | None:
    number = float(str(value))
    return number if abs(number) < float("inf") else None
