"""What an account's limits forbid now: a pure decision from figures, limits, clock and what was remembered.

Whatever cannot be known holds: a limit without the figure it needs lets no new position open. Closing is never held.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from agent.protocol import AccountConfig, AccountLimits, Automation, Hold, Limit, LimitAction, Weekend
from agent.terminal.gateway import OpenPosition

_WHOLE = 100.0
_WEEK = 7 * 24 * 60
_EDGE = 1e-9
_CENT = 0.01
DAILY = frozenset({"daily-loss", "daily-target"})
_STRENGTH = {LimitAction.STOP_ENTRIES: 0, LimitAction.CLOSE_ONLY: 1, LimitAction.CLOSE_ALL: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The account as its terminal says now, in account currency; None is unknown. `now` is UTC.

    `day` is when the broker's present day began, with the balance of that moment. `paid` is what was paid in so far,
    less what was paid out, as the terminal's deals tell it beside a balance that differs from them by `gap`. `waiting`
    counts pending orders, each of which may become a position at any moment.
    """

    now: datetime
    equity: float | None = None
    day: datetime | None = None
    day_start_balance: float | None = None
    paid: float | None = 0.0
    gap: float = 0.0
    positions: Sequence[OpenPosition] | None = None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Latch:
    """A limit that was reached and goes on holding: for the broker's day it belongs to, or until its owner resumes."""

    hold: Hold
    day: datetime | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What a guard must not forget: the highest equity, and what was reached. `resumed` is the owner's last word.

    `paid` and `gap` are those of the figures the peak was last looked at with.
    """

    peak: float | None = None
    resumed: int = 0
    latches: Mapping[str, Latch] = field(default_factory=dict)
    paid: float | None = None
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is to be remembered from now on, and everything that holds back new entries at this moment."""

    memory: Memory
    holds: tuple[Hold, ...] = ()

    @property
    def demand(self) -> Hold | None:
        """The strongest thing to be done about it, if any: cancelling orders, or closing everything."""
        strongest = max(self.holds, key=lambda hold: _STRENGTH[hold.action], default=None)
        return strongest if strongest is not None and strongest.action is not LimitAction.STOP_ENTRIES else None


@dataclass(frozen=True, slots=True)
class Entry:
    """An order that would open a position. `loss_at_stop` is account money; None when it has no stop or is unknown."""

    lots: float
    is_automated: bool
    loss_at_stop: float | None


def look(config: AccountConfig, figures: Figures, memory: Memory) -> Ruling:
    """Judge the account as it stands: new latches, old ones that are over, and all holds, the oldest first."""
    memory = _carried_over(config, figures, memory)
    latches = dict(memory.latches)
    passing: list[Hold] = []
    for hold in _reached(config.limits, figures, memory):
        is_lasting = hold.code in DAILY or hold.code == "trailing-drawdown" or hold.action is LimitAction.CLOSE_ALL
        if hold.code.endswith("-unknown") or not is_lasting:
            passing.append(hold)
        elif hold.code not in latches:
            latches[hold.code] = Latch(hold, figures.day if hold.code in DAILY else None)
        elif _STRENGTH[hold.action] > _STRENGTH[latches[hold.code].hold.action]:
            known = latches[hold.code]  # a second limit on the same figure was reached, or its owner asks for more
            latches[hold.code] = replace(known, hold=hold.model_copy(update={"since": known.hold.since}))
    lasting = [latch.hold for latch in latches.values()]
    codes = {hold.code for hold in lasting}
    closed = [*_off_hours(config.limits, figures.now)]
    holds = sorted([*lasting, *(hold for hold in [*passing, *closed] if hold.code not in codes)], key=_since)
    return Ruling(replace(memory, latches=latches), tuple(holds))


def refusal(config: AccountConfig, figures: Figures, memory: Memory, entry: Entry) -> Hold | None:
    """Why an entry must not be sent now; None when it may."""
    now, limits, settings = figures.now, config.limits, config.settings
    if config.killed:
        return Hold(code="kill-switch", reason="The kill switch is on: no new entries", since=now)
    if entry.is_automated:
        if config.automation is not Automation.RUNNING:
            state = config.automation.value
            return Hold(code=f"automation-{state}", reason=f"Automation is {state} on this account", since=now)
        if settings.safety_mode == "red":
            return Hold(code="safety-red", reason="Safety mode is red: no automated entries", since=now)
    held = look(config, figures, memory).holds
    if held:
        return held[0]
    lots = [limits.max_lots.value] if limits.max_lots is not None else []
    loss = [limits.max_loss_per_trade.value] if limits.max_loss_per_trade is not None else []
    if entry.is_automated:
        lots += [] if settings.max_lots is None else [settings.max_lots]
        loss += [] if settings.max_loss is None else [settings.max_loss]
    count, taken = limits.max_open_positions, len(figures.positions or ()) + figures.waiting
    if count is not None and taken >= count.value:
        return _full(taken, count, now, LimitAction.STOP_ENTRIES)
    if lots and not entry.lots <= min(lots) + _EDGE:
        return Hold(code="max-lots", reason=f"Max lots: {entry.lots:g} asked, {min(lots):g} allowed", since=now)
    if loss:
        return _too_dear(entry, min(loss), now)
    return None


def _too_dear(entry: Entry, most: float, now: datetime) -> Hold | None:
    if entry.loss_at_stop is None or not math.isfinite(entry.loss_at_stop):
        reason = f"Loss per trade: {most:,.2f} allowed, and the loss at the stop is not known"
        return Hold(code="stop-missing", reason=reason, since=now)
    if entry.loss_at_stop > most + 0.005:  # half a cent: the gate computed with another tick of the price
        reason = f"Loss per trade: {entry.loss_at_stop:,.2f} at the stop, {most:,.2f} allowed"
        return Hold(code="max-loss-per-trade", reason=reason, since=now)
    return None


def _since(hold: Hold) -> datetime:
    return hold.since


def _carried_over(config: AccountConfig, figures: Figures, memory: Memory) -> Memory:
    """What still counts of what was remembered: nothing after the owner resumed, nothing of another day."""
    if config.resumed > memory.resumed:
        memory = Memory(resumed=config.resumed)
    kept = {
        code: latch
        for code, latch in memory.latches.items()
        if _is_set(config.limits, code) and (latch.day is None or figures.day is None or latch.day == figures.day)
    }
    memory = replace(memory, latches=kept)
    if not (config.limits.trailing_drawdown or config.limits.trailing_drawdown_percent):
        return replace(memory, peak=None, paid=None)
    return memory if figures.paid is None else _risen(figures, memory, figures.paid)


def _risen(figures: Figures, memory: Memory, paid: float) -> Memory:
    """The peak goes along with what was paid in or out since the last look, and up with the equity.

    A broker who takes old deals away changes what was paid and the gap at once: then nothing was paid.
    """
    is_same = memory.paid is not None and abs(figures.gap - memory.gap) < _CENT
    moved = paid - memory.paid if is_same and memory.paid is not None else 0.0
    equity = figures.equity
    known = [] if memory.peak is None else [memory.peak + moved]
    known += [] if equity is None or not math.isfinite(equity) else [equity]
    return replace(memory, peak=max(known, default=None), paid=paid, gap=figures.gap)


def _is_set(limits: AccountLimits, code: str) -> bool:
    name = code.replace("-", "_")
    return any(getattr(limits, one, None) is not None for one in (name, f"{name}_percent"))


def _reached(limits: AccountLimits, figures: Figures, memory: Memory) -> Iterator[Hold]:
    """The limits that are reached, or whose figures are not known."""
    equity = _finite(figures.equity)
    day = _finite(figures.day_start_balance) if figures.day is not None else None
    yield from _against(
        "daily-loss", limits.daily_loss, limits.daily_loss_percent, day, _less(day, equity), figures.now
    )
    yield from _against(
        "daily-target", limits.daily_target, limits.daily_target_percent, day, _less(equity, day), figures.now
    )
    peak = _finite(memory.peak) if figures.paid is not None else None
    yield from _against(
        "trailing-drawdown",
        limits.trailing_drawdown,
        limits.trailing_drawdown_percent,
        peak,
        _less(peak, equity),
        figures.now,
    )
    yield from _of_positions(limits, figures)


def _against(
    code: str, money: Limit | None, percent: Limit | None, base: float | None, amount: float | None, now: datetime
) -> Iterator[Hold]:
    if money is None and percent is None:
        return
    words = code.replace("-", " ").capitalize()
    if base is None or amount is None:
        yield Hold(code=f"{code}-unknown", reason=f"{words}: the terminal has not told the figures it needs", since=now)
        return
    given = [(money.value, money.action)] if money is not None else []
    given += [(base * percent.value / _WHOLE, percent.action)] if percent is not None else []
    reached = [(_STRENGTH[action], most, action) for most, action in given if not amount < most]
    if reached:
        _, most, action = max(reached)
        yield Hold(code=code, reason=f"{words} reached: {amount:,.2f} of {most:,.2f}", action=action, since=now)


def _of_positions(limits: AccountLimits, figures: Figures) -> Iterator[Hold]:
    """Limits on what is open, whoever opened it."""
    count, lots, loss = limits.max_open_positions, limits.max_lots, limits.max_loss_per_trade
    positions, now = figures.positions, figures.now
    if positions is None:
        if count is not None or lots is not None or loss is not None:
            yield Hold(code="positions-unknown", reason="The terminal has not told its open positions", since=now)
        return
    if count is not None and len(positions) > count.value:
        yield _full(len(positions), count, now, count.action)
    big = max((one.volume_lots for one in positions), default=0.0)
    if lots is not None and lots.action is not LimitAction.STOP_ENTRIES and not big <= lots.value + _EDGE:
        reason = f"Max lots: a position of {big:g} is open, {lots.value:g} allowed"
        yield Hold(code="max-lots", reason=reason, action=lots.action, since=now)
    worst = max((-(one.profit + one.swap) for one in positions), default=0.0)
    if loss is not None and loss.action is not LimitAction.STOP_ENTRIES and not worst < loss.value:
        reason = f"Loss per trade: a position has lost {worst:,.2f}, {loss.value:,.2f} allowed"
        yield Hold(code="max-loss-per-trade", reason=reason, action=loss.action, since=now)


def _full(count: int, limit: Limit, now: datetime, action: LimitAction) -> Hold:
    reason = f"Max open positions: {count} open or waiting, {limit.value:g} allowed"
    return Hold(code="max-open-positions", reason=reason, action=action, since=now)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _off_hours(limits: AccountLimits, now: datetime) -> Iterator[Hold]:
    began = None if limits.weekend is None else weekend_start(limits.weekend, now)
    if limits.weekend is not None and began is not None:
        action = LimitAction.CLOSE_ALL if limits.weekend.action == "flatten" else LimitAction.STOP_ENTRIES
        yield Hold(code="weekend-stop", reason="Weekend stop: no new entries", action=action, since=began)
    if limits.week is not None and not is_trading_time(limits.week, now):
        yield Hold(code="outside-trading-hours", reason=f"{now:%H:%M} UTC is outside the trading hours", since=now)


def weekend_start(weekend: Weekend, now: datetime) -> datetime | None:
    """When the running weekend began; None outside of it."""
    begin = _of_week(weekend.since_day, weekend.since)
    length = (_of_week(weekend.until_day, weekend.until) - begin) % _WEEK
    into = (_of_week(now.weekday(), now.time()) - begin) % _WEEK
    return None if into >= length else now.replace(second=0, microsecond=0) - timedelta(minutes=into)


def is_trading_time(week: Mapping[int, Sequence[tuple[time, time]]], now: datetime) -> bool:
    """Whether a window is open; one that passes midnight belongs to the day it began on, equal ends are a whole day."""
    at = now.time().replace(tzinfo=None)
    today, before = week.get(now.weekday(), ()), week.get((now.weekday() - 1) % 7, ())
    return any(
        since == until or (since <= at < until if since < until else at >= since) for since, until in today
    ) or any(until < since and at < until for since, until in before)


def _of_week(day: int, at: time) -> int:
    return day * 24 * 60 + at.hour * 60 + at.minute
