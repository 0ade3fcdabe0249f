"""The risk gate: between a signal and its orders, one pure function of a frozen snapshot.

Seventeen checks in a fixed order; the first that says no names the reason. What only reduces exposure (close, cancel,
change of stops) is never held up by a limit, the trading hours or the kill switch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from forex_elite.domain import risk_checks as checks
from forex_elite.domain.alerts.alert import Alert, AlertAction
from forex_elite.domain.risk_checks import NOT_FOR_EXITS, Stopped
from forex_elite.domain.risk_sizing import Plan, plan_entry
from forex_elite.domain.risk_snapshot import (
    AccountState,
    Circumstances,
    OwnPosition,
    RiskLimits,
    StrategyRules,
)
from forex_elite.domain.risk_verdict import (
    CancelOrder,
    Check,
    CloseOrder,
    Decision,
    ModifyOrder,
    OpenOrder,
    Order,
    Refusal,
    RefusalStatus,
    Verdict,
)
from forex_elite.domain.sizing import SizeAboveMaximum, Sizing
from forex_elite.domain.trading import Quote, SymbolSpec
from forex_elite.errors import Refused

__all__ = [
    "CHECK_NAMES",
    "AccountState",
    "CancelOrder",
    "Check",
    "Circumstances",
    "CloseOrder",
    "Decision",
    "ModifyOrder",
    "OpenOrder",
    "Order",
    "OwnPosition",
    "Quote",
    "Refusal",
    "RefusalStatus",
    "RiskLimits",
    "Sizing",
    "StrategyRules",
    "Verdict",
    "judge",
    "judge_account",
    "judge_signal",
]

CHECK_NAMES = (
    "Strategy enabled",
    "Source allowed",
    "Symbol resolved",
    "Not a duplicate",
    "Age",
    "Account ready",
    "Automation",
    "Trading hours",
    "Daily loss",
    "Daily target",
    "Drawdown",
    "Agent's guard",
    "Open positions",
    "Max lots",
    "Sizing",
    "Loss per trade",
    "Kill switch",
)


class _Run:
    """The checks of one account so far."""

    def __init__(self) -> None:
        self.checks: list[Check] = []

    def ask(self, name: str, question: Callable[[], str]) -> None:
        """Put one question; a refusal is written down and passed on."""
        try:
            self.checks.append(Check(name, ok=True, detail=question()))
        except Stopped as stopped:
            self.checks.append(Check(name, ok=False, detail=stopped.refusal.reason))
            raise


def judge(
    alert: Alert, rules: StrategyRules, accounts: Iterable[AccountState], circumstances: Circumstances
) -> Verdict:
    """Decide about a signal for every account of its strategy. Never raises for any alert and snapshot."""
    signal_checks, refusal = judge_signal(alert, rules, circumstances)
    decisions = tuple(judge_account(alert, rules, account, circumstances) for account in accounts)
    if not decisions and refusal is None:
        refusal = Refusal("no-account", f"The strategy {rules.name} has no account", RefusalStatus.DISCARDED)
    if decisions:
        refused = [decision.refusal for decision in decisions if decision.refusal is not None]
        refusal = refused[0] if len(refused) == len(decisions) else None
    return Verdict(decisions, refusal, signal_checks)


def judge_signal(
    alert: Alert, rules: StrategyRules, circumstances: Circumstances
) -> tuple[tuple[Check, ...], Refusal | None]:
    """The checks that need no account: strategy, source, duplicate, age."""
    run = _Run()
    try:
        run.ask("Strategy enabled", lambda: checks.strategy_enabled(rules))
        run.ask("Source allowed", lambda: checks.source_allowed(rules, circumstances.source_address))
        run.ask("Not a duplicate", lambda: checks.not_a_duplicate(alert, circumstances))
        run.ask("Age", lambda: checks.fresh(alert, rules, circumstances))
    except Stopped as stopped:
        return tuple(run.checks), stopped.refusal
    return tuple(run.checks), None


def judge_account(alert: Alert, rules: StrategyRules, account: AccountState, circumstances: Circumstances) -> Decision:
    """All checks for one account, in the fixed order, and the order they permit."""
    run, spec = _Run(), None
    try:
        spec = _ask_common(run, alert, rules, account, circumstances)
        order = _entry(run, alert, rules, account, spec, circumstances) if alert.is_entry else _exit(run, alert, spec)
    except Stopped as stopped:
        found, refusal = tuple(run.checks), stopped.refusal
    else:
        return Decision(account_id=account.id, login=account.login, checks=tuple(run.checks), order=order)
    if _is_ready(found) and spec is not None and _own_opposite(alert, rules, account, spec):
        closing = CloseOrder(symbol=spec.name, side=alert.side.opposite if alert.side else None)
        return Decision(account_id=account.id, login=account.login, checks=found, order=closing, entry_refusal=refusal)
    return Decision(account_id=account.id, login=account.login, checks=found, refusal=refusal)


def _ask_common(
    run: _Run, alert: Alert, rules: StrategyRules, account: AccountState, circumstances: Circumstances
) -> SymbolSpec | None:
    """The first six checks, asked of every alert."""
    found: list[SymbolSpec | None] = []

    def resolved() -> str:
        spec, detail = checks.symbol_resolved(alert, rules, account)
        found.append(spec)
        return detail

    run.ask("Strategy enabled", lambda: checks.strategy_enabled(rules))
    run.ask("Source allowed", lambda: checks.source_allowed(rules, circumstances.source_address))
    run.ask("Symbol resolved", resolved)
    run.ask("Not a duplicate", lambda: checks.not_a_duplicate(alert, circumstances))
    run.ask("Age", lambda: checks.fresh(alert, rules, circumstances))
    run.ask("Account ready", lambda: checks.account_ready(account))
    return found[0]


def _entry(
    run: _Run,
    alert: Alert,
    rules: StrategyRules,
    account: AccountState,
    spec: SymbolSpec | None,
    circumstances: Circumstances,
) -> OpenOrder:
    """The checks asked of entries alone, and the order."""
    freed = _own_opposite(alert, rules, account, spec) if spec else 0
    run.ask("Automation", lambda: checks.automation_running(account))
    run.ask("Trading hours", lambda: checks.within_hours(account.limits, circumstances.now))
    run.ask("Daily loss", lambda: checks.daily_loss(account))
    run.ask("Daily target", lambda: checks.daily_target(account))
    run.ask("Drawdown", lambda: checks.drawdown(account))
    run.ask("Agent's guard", lambda: checks.nothing_held(account))
    run.ask("Open positions", lambda: checks.open_positions(account, freed))
    planned = _planned(alert, rules, account, spec, circumstances)
    run.ask("Max lots", lambda: _max_lots(planned, rules, account))
    plans: list[Plan] = []

    def sized() -> str:
        if isinstance(planned, Refused):
            raise checks.rejected(planned.code, planned.message)
        plans.append(planned)
        return planned.detail

    run.ask("Sizing", sized)
    run.ask("Loss per trade", lambda: checks.loss_at_stop(account, plans[0].order))
    run.ask("Kill switch", lambda: checks.kill_switch_off(account))
    return plans[0].order


def _planned(
    alert: Alert,
    rules: StrategyRules,
    account: AccountState,
    spec: SymbolSpec | None,
    circumstances: Circumstances,
) -> Plan | Refused:
    """The plan, or why there is none: asked once, reported by the check it belongs to."""
    assert spec is not None, "an entry without a symbol was refused before"
    try:
        return plan_entry(alert, rules, account, spec, circumstances.now)
    except Refused as error:
        return error


def _max_lots(planned: Plan | Refused, rules: StrategyRules, account: AccountState) -> str:
    if isinstance(planned, SizeAboveMaximum):
        raise checks.limit_met(planned.code, planned.message)
    given = (rules.max_lots, account.limits.max_lots, account.algo.max_lots)
    limits = [limit for limit in given if limit is not None]
    most = f"{min(limits):.2f}" if limits else "no limit"
    if isinstance(planned, Refused):
        return most
    return f"{planned.order.volume_lots:.2f}{' of ' if limits else ', '}{most}"


def _exit(run: _Run, alert: Alert, spec: SymbolSpec | None) -> Order:
    """The order of an alert that only reduces or protects; limits are shown as not asked."""
    for name in CHECK_NAMES[6:]:
        run.ask(name, (lambda: checks.exit_portion(alert)) if name == "Sizing" else (lambda: NOT_FOR_EXITS))
    symbol = spec.name if spec else None
    if alert.action is AlertAction.CANCEL:
        return CancelOrder(symbol=symbol, side=alert.side)
    if alert.action is AlertAction.MODIFY and symbol is not None:
        return ModifyOrder(
            symbol=symbol,
            side=alert.side,
            sl=alert.sl,
            tp=alert.tp,
            remove_sl=alert.remove_sl,
            remove_tp=alert.remove_tp,
        )
    if alert.action is AlertAction.CLOSE_ALL:
        return CloseOrder()
    percent = 100.0 if alert.percent is None else alert.percent
    return CloseOrder(symbol=symbol, side=alert.side, percent=percent, volume_lots=alert.volume_lots)


def _is_ready(found: tuple[Check, ...]) -> bool:
    """Whether only the checks of entries stood in the way."""
    return len(found) > CHECK_NAMES.index("Account ready") + 1


def _own_opposite(alert: Alert, rules: StrategyRules, account: AccountState, spec: SymbolSpec) -> int:
    """How many of the strategy's positions a reversal closes first."""
    if alert.side is None or not alert.is_entry or not (alert.close_opposite or rules.close_opposite):
        return 0
    return account.own_positions.count(OwnPosition(spec.name, alert.side.opposite))
