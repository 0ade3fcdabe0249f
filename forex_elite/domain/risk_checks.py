"""The single questions of the risk gate. Each answers with a detail for the trader, or refuses by raising `Stopped`."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from forex_elite.domain.alerts.alert import Alert, AlertAction
from forex_elite.domain.automation import Automation, SafetyMode
from forex_elite.domain.levels import is_amount, plain
from forex_elite.domain.limits import Week, session_start
from forex_elite.domain.risk_snapshot import (
    CLOCK_SKEW_S,
    AccountState,
    Circumstances,
    RiskLimits,
    StrategyRules,
)
from forex_elite.domain.risk_verdict import OpenOrder, Refusal, RefusalStatus
from forex_elite.domain.symbols import canonical, resolve
from forex_elite.domain.trading import SymbolSpec
from forex_elite.errors import Refused

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOT_FOR_EXITS = "not asked of exits"
WHOLE = 100


class Stopped(Exception):
    """A check said no; carries the refusal from the check to the gate and never leaves the gate."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


def rejected(code: str, reason: str) -> Stopped:
    """Cannot or must not be acted on."""
    return Stopped(Refusal(code, reason))


def limit_met(code: str, reason: str) -> Stopped:
    """A risk limit says no."""
    return Stopped(Refusal(code, reason, is_limit=True))


def discarded(code: str, reason: str) -> Stopped:
    """Understood, and deliberately switched off."""
    return Stopped(Refusal(code, reason, RefusalStatus.DISCARDED))


def strategy_enabled(rules: StrategyRules) -> str:
    """The strategy is switched on."""
    if not rules.is_enabled:
        raise discarded("strategy-disabled", f"The strategy {rules.name} is switched off")
    return rules.name


def source_allowed(rules: StrategyRules, source: str | None) -> str:
    """The alert came from an address on the strategy's list."""
    if not rules.allowed_sources:
        return "any address"
    if source is None or not is_listed(source, rules.allowed_sources):
        raise rejected(
            "source-not-allowed", f"{source or 'An unknown address'} is not on the strategy's list of sources"
        )
    return source


def is_listed(address: str, allowed: Iterable[str]) -> bool:
    """Whether an IP address is in `allowed`, which holds addresses and CIDR networks; unreadable ones match none."""
    try:
        ip = ipaddress.ip_address(address.strip())
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return any(network is not None and ip in network for network in map(_network, allowed))


@lru_cache(maxsize=4096)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def symbol_resolved(alert: Alert, rules: StrategyRules, account: AccountState) -> tuple[SymbolSpec | None, str]:
    """The broker has the symbol, and an entry's is among the allowed pairs; None when every symbol is meant."""
    if alert.symbol is None:
        if alert.action not in {AlertAction.CLOSE_ALL, AlertAction.CANCEL}:
            raise rejected("symbol-missing", "No symbol in the alert")
        return None, "every symbol"
    try:
        spec = resolve(alert.symbol, account.symbols, account.symbol_map, is_entry=alert.is_entry)
    except Refused as error:
        raise rejected(error.code, error.message) from None
    if alert.is_entry and rules.allowed_pairs:
        allowed = {pair.strip().upper() for pair in rules.allowed_pairs}
        names = {alert.symbol.upper(), spec.name.upper()}
        pairs = {canonical(alert.symbol), canonical(spec.name, spec.currency_base, spec.currency_profit)}
        if not allowed & names and not {canonical(pair) for pair in allowed} & pairs:
            raise rejected("symbol-not-allowed", f"{alert.symbol} is not in the allowed pairs of {rules.name}")
    same = spec.name.upper() == alert.symbol.upper()
    return spec, spec.name if same else f"{alert.symbol} = {spec.name}"


def not_a_duplicate(alert: Alert, circumstances: Circumstances) -> str:
    """The alert has not been received before."""
    if circumstances.is_duplicate:
        raise Stopped(Refusal("duplicate", "The same alert was received before", RefusalStatus.DUPLICATE))
    if alert.alert_id is not None:
        return f"id {alert.alert_id}"
    return "by its time" if alert.sent_at is not None else "by its text"


def fresh(alert: Alert, rules: StrategyRules, circumstances: Circumstances) -> str:
    """The alert is not too old. Whatever its own time says, it is at least as old as its receipt."""
    most = min(rules.max_signal_age_s, alert.max_age_s or math.inf)
    waited = _seconds(circumstances.now - circumstances.received_at)
    age = waited if alert.sent_at is None else max(waited, _seconds(circumstances.now - alert.sent_at))
    if not age <= most:
        hint = (
            "" if alert.sent_at is None or waited > most else "; if its time is {{time}} of the bar, write {{timenow}}"
        )
        reason = f"{age:.0f} s old, limit {plain(float(most))} s{hint}"
        raise Stopped(Refusal("expired", reason, RefusalStatus.EXPIRED))
    ahead = 0.0 if alert.sent_at is None else _seconds(alert.sent_at - circumstances.received_at)
    skew = f", alert clock {ahead:.0f} s ahead" if ahead > CLOCK_SKEW_S else ""
    return f"{max(age, 0):.1f} of {plain(float(most))} s{skew}"


def _seconds(span: timedelta) -> float:
    return span.total_seconds()


def account_ready(account: AccountState) -> str:
    """The account is switched on, reachable, and its terminal may trade."""
    if not account.is_enabled:
        raise discarded("account-disabled", f"Account {account.login} is switched off for trading")
    if not account.is_online:
        raise discarded("account-offline", f"Account {account.login} is offline: its agent or terminal does not answer")
    if not account.is_trade_allowed:
        raise discarded(
            "trading-not-permitted",
            f"Account {account.login} may not trade: Algo Trading is off or the log-in is read-only",
        )
    return str(account.login)


def automation_running(account: AccountState) -> str:
    """Automated entries are neither paused nor stopped, and the safety mode is not red."""
    if account.automation is not Automation.RUNNING:
        raise discarded(
            f"automation-{account.automation.value}", f"Automation is {account.automation.value} on {account.login}"
        )
    mode = account.algo.safety_mode
    if mode is SafetyMode.RED:
        raise discarded("safety-red", f"Safety mode is red on account {account.login}: no automated entries")
    return "running" if mode is SafetyMode.GREEN else "running, safety mode orange: half size"


def within_hours(limits: RiskLimits, now: datetime) -> str:
    """The present time is inside the account's trading hours, and not in its weekend."""
    weekend = limits.weekend
    if weekend is not None and weekend.began_at(now) is not None:
        until = f"{_WEEKDAYS[weekend.until_day]} {weekend.until:%H:%M} UTC"
        raise discarded("weekend-stop", f"Weekend stop: no new entries until {until}")
    if limits.week is None:
        return "always"
    began = session_start(limits.week, now)
    if began is not None:
        return _windows(limits.week, began)
    if not limits.week.get(now.weekday()):
        raise discarded("outside-trading-hours", f"No trading on {_WEEKDAYS[now.weekday()]}")
    raise discarded(
        "outside-trading-hours", f"{now:%H:%M} UTC is outside the trading hours, {_windows(limits.week, now)}"
    )


def _windows(week: Week, day: datetime) -> str:
    windows = week.get(day.weekday(), ())
    if any(one.since == one.until for one in windows):
        return "all day"
    return ", ".join(f"{one.since:%H:%M} to {one.until:%H:%M} UTC" for one in windows)


def _lower(money: float | None, percent: float | None, base: float) -> float:
    """The lower of a limit in money and one in percent of `base`; 0 when either means nothing, so that it holds."""
    amounts = [] if money is None else [money]
    amounts += [] if percent is None else [base * percent / WHOLE]
    return min(amounts) if all(map(is_amount, amounts)) else 0.0


def _day_start(account: AccountState, what: str) -> float:
    start = account.day_start_balance
    if start is None or not math.isfinite(start) or not math.isfinite(account.equity):
        reason = f"{what}: account {account.login} has not reported the balance its day began with"
        raise rejected(f"{what.lower().replace(' ', '-')}-unknown", reason)
    return start


def daily_loss(account: AccountState) -> str:
    """The day's loss, open positions included, is below the limit. Fails closed when the day's start is not known."""
    limits = account.limits
    if limits.daily_loss is None and limits.daily_loss_percent is None:
        return "no limit"
    start = _day_start(account, "Daily loss")
    most = _lower(limits.daily_loss, limits.daily_loss_percent, start)
    loss = max(start - account.equity, 0.0)
    figures = f"{loss:,.2f} of {most:,.2f} {account.currency}"
    if loss >= most:
        raise limit_met("daily-loss-limit", f"Daily loss limit reached: {figures}")
    return figures


def daily_target(account: AccountState) -> str:
    """The day's profit, open positions included, is below the target; once there, the day is over."""
    limits = account.limits
    if limits.daily_target is None and limits.daily_target_percent is None:
        return "no target"
    start = _day_start(account, "Daily target")
    most = _lower(limits.daily_target, limits.daily_target_percent, start)
    profit = account.equity - start
    figures = f"{profit:,.2f} of {most:,.2f} {account.currency}"
    if profit >= most:
        raise limit_met("daily-target", f"Daily target reached: {figures}")
    return figures


def drawdown(account: AccountState) -> str:
    """Equity is less below its highest point than the trailing drawdown allows. Fails closed without that point."""
    limits, peak = account.limits, account.peak_equity
    if limits.trailing_drawdown is None and limits.trailing_drawdown_percent is None:
        return "no limit"
    if peak is None or not math.isfinite(peak) or not math.isfinite(account.equity):
        raise rejected("drawdown-unknown", f"Trailing drawdown: account {account.login} has reported no equity yet")
    most = _lower(limits.trailing_drawdown, limits.trailing_drawdown_percent, peak)
    below = max(peak - account.equity, 0.0)
    figures = f"{below:,.2f} of {most:,.2f} {account.currency}"
    if below >= most:
        raise limit_met("trailing-drawdown", f"Trailing drawdown reached: {figures}")
    return figures


def nothing_held(account: AccountState) -> str:
    """The guard of the agent holds nothing back."""
    if account.holds:
        raise limit_met("held-by-agent", account.holds[0])
    return "nothing held"


def loss_at_stop(account: AccountState, order: OpenOrder) -> str:
    """What the order loses at its stop is within the limits; without a stop that cannot be said, so it is refused."""
    given = [most for most in (account.limits.max_loss_per_trade, account.algo.max_loss) if most is not None]
    if not given:
        return "no limit"
    most = min(given) if all(map(is_amount, given)) else 0.0
    if order.loss_at_stop is None or not math.isfinite(order.loss_at_stop):
        raise rejected("stop-missing", f"Loss per trade: {most:,.2f} {account.currency} allowed, the order has no stop")
    figures = f"{order.loss_at_stop:,.2f} of {most:,.2f} {account.currency}"
    if order.loss_at_stop > most:
        raise limit_met("max-loss-per-trade", f"Loss per trade: {figures} at the stop")
    return figures


def open_positions(account: AccountState, freed: int) -> str:
    """One more position is within the limit; `freed` are closed by the same order first."""
    most = account.limits.max_open_positions
    count = max(account.open_positions - freed, 0)
    if most is None:
        return f"{count}, no limit"
    if count >= most:
        raise limit_met("max-open-positions", f"Max open positions: {count} open, {most} allowed")
    return f"{count} of {most}"


def kill_switch_off(account: AccountState) -> str:
    """The kill switch of the account, or of all, is off."""
    if account.kill_switch:
        raise discarded("kill-switch", f"The kill switch is on for account {account.login}: no new entries")
    return "off"


def exit_portion(alert: Alert) -> str:
    """The share or volume of an exit, and the levels of a change, are figures that mean something."""
    levels = [level.value for level in (alert.sl, alert.tp) if level is not None]
    amounts = [*levels, *(value for value in (alert.percent, alert.volume_lots) if value is not None)]
    if not all(map(is_amount, amounts)) or (alert.percent or 0) > WHOLE:
        raise rejected("sizing-impossible", f"The exit asks for an impossible figure: {amounts}")
    return NOT_FOR_EXITS
