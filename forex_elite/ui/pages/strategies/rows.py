"""What the browser may see of strategies, and how a form becomes a draft."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from forex_elite.domain.levels import plain
from forex_elite.domain.signals import StrategyInfo
from forex_elite.domain.strategies import TRADINGVIEW_ADDRESSES, StrategyDraft
from forex_elite.domain.terminals import AccountInfo
from forex_elite.domain.trading import Level, LevelKind, SizingMode
from forex_elite.errors import InvalidInput
from forex_elite.ui import figures
from forex_elite.ui.shell.state import account_title

SIZING = (
    ("percent_equity", "% of equity at the stop", "% of equity"),
    ("percent_balance", "% of balance at the stop", "% of balance"),
    ("money_at_risk", "Money at the stop", "at the stop"),
    ("fixed_lots", "Fixed lots", "lots"),
)
"""Sizing mode, words in the form, words after the figure."""

ACCOUNT_FIELD = "account-"


@dataclass(frozen=True, slots=True)
class StrategyRow:
    """One strategy in the list."""

    id: str
    name: str
    is_enabled: bool
    accounts: str
    sizing: str
    pairs: str
    address: str


@dataclass(frozen=True, slots=True)
class AccountOption:
    """An account a strategy may trade."""

    id: str
    title: str
    login: str
    note: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class StrategyForm:
    """The rules of one strategy as the fields start with them."""

    name: str = ""
    sizing_mode: str = "percent_equity"
    sizing_value: str = "1.00"
    risk_override_pct: str = ""
    allowed_pairs: str = ""
    allowed_sources: str = ""
    max_signal_age_s: str = "60"
    max_lots: str = ""
    default_sl: str = ""
    default_sl_unit: str = "pips"
    default_tp: str = ""
    default_tp_unit: str = "pips"
    use_alert_volume: bool = True
    close_opposite: bool = False


def _figure(value: Decimal) -> str:
    return f"{value:.2f}" if value == value.quantize(Decimal("0.01")) else f"{value.normalize():f}"


def _level_parts(level: Level | None) -> tuple[str, str]:
    return ("", "pips") if level is None else (plain(level.value), level.kind.value)


def sizing_words(mode: str, value: Decimal) -> str:
    """`0.50 % of equity`, `0.10 lots`."""
    after = next((words for name, _, words in SIZING if name == mode), mode)
    return f"{_figure(value)} {after}".replace(" %", "%")


def strategy_row(strategy: StrategyInfo, accounts: Sequence[AccountInfo]) -> StrategyRow:
    """A strategy as its row."""
    names = [account_title(account) for account in accounts if account.id in strategy.account_ids]
    pairs = strategy.allowed_pairs
    shown = ", ".join(pairs[:3]) + (f" and {len(pairs) - 3} more" if len(pairs) > 3 else "")  # noqa: PLR2004
    return StrategyRow(
        id=str(strategy.id),
        name=strategy.name,
        is_enabled=strategy.is_enabled,
        accounts=", ".join(names) if names else "No account",
        sizing=sizing_words(strategy.sizing_mode, strategy.sizing_value),
        pairs=shown or "All symbols",
        address=f"{strategy.secret_prefix}…",
    )


def strategy_form(strategy: StrategyInfo) -> StrategyForm:
    """A strategy's rules as the form starts with them."""
    override, most = strategy.risk_override_pct, strategy.max_lots
    sl, sl_unit = _level_parts(strategy.default_sl)
    tp, tp_unit = _level_parts(strategy.default_tp)
    return StrategyForm(
        name=strategy.name,
        sizing_mode=strategy.sizing_mode,
        sizing_value=_figure(strategy.sizing_value),
        risk_override_pct="" if override is None else _figure(override),
        max_lots="" if most is None else _figure(most),
        default_sl=sl,
        default_sl_unit=sl_unit,
        default_tp=tp,
        default_tp_unit=tp_unit,
        use_alert_volume=strategy.use_alert_volume,
        close_opposite=strategy.close_opposite,
        allowed_pairs=", ".join(strategy.allowed_pairs),
        allowed_sources="\n".join(strategy.allowed_sources),
        max_signal_age_s=str(strategy.max_signal_age_s),
    )


def account_options(accounts: Sequence[AccountInfo], chosen: Sequence[UUID] | None) -> list[AccountOption]:
    """All accounts, those of the strategy chosen; for a new one (None) those enabled for trading."""
    return [
        AccountOption(
            id=str(account.id),
            title=account_title(account),
            login=str(account.login),
            note="" if account.is_enabled else "not enabled for trading",
            is_chosen=account.is_enabled if chosen is None else account.id in chosen,
        )
        for account in accounts
    ]


def _number(form: Mapping[str, Any], field: str) -> float:
    try:
        value = float(str(form.get(field, "")).strip())
    except ValueError as malformed:
        raise InvalidInput("Use a number with a decimal point, such as 0.50.", field=field) from malformed
    if not math.isfinite(value):
        raise InvalidInput("Use a number with a decimal point, such as 0.50.", field=field)
    return value


def _optional(form: Mapping[str, Any], field: str) -> float | None:
    return _number(form, field) if str(form.get(field, "")).strip() else None


def _level(form: Mapping[str, Any], field: str) -> Level | None:
    value = _optional(form, field)
    if value is None:
        return None
    try:
        return Level(LevelKind(str(form.get(f"{field}_unit", ""))), value)
    except ValueError as unknown:
        raise InvalidInput("Choose pips, % or price.", field=field) from unknown


def _list(text: Any) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[\s,;]+", str(text or "")) if part)


def read_draft(form: Mapping[str, Any], *, is_enabled: bool) -> StrategyDraft:
    """The draft a form holds, ranges unchecked; refuses the first field that cannot be read, by name."""
    try:
        mode = SizingMode(str(form.get("sizing_mode", "")))
    except ValueError as unknown:
        raise InvalidInput("Choose how orders are sized.", field="sizing_mode") from unknown
    chosen = [key.removeprefix(ACCOUNT_FIELD) for key in form if key.startswith(ACCOUNT_FIELD) and form[key]]
    try:
        accounts = tuple(UUID(account_id) for account_id in chosen)
    except ValueError as malformed:
        raise InvalidInput("One of these accounts does not exist.", field="account_ids") from malformed
    return StrategyDraft(
        name=str(form.get("name", "")),
        account_ids=accounts,
        is_enabled=is_enabled,
        sizing_mode=mode,
        sizing_value=_number(form, "sizing_value"),
        allowed_pairs=_list(form.get("allowed_pairs")),
        allowed_sources=_list(form.get("allowed_sources")),
        max_signal_age_s=_number(form, "max_signal_age_s"),
        risk_override_pct=_optional(form, "risk_override_pct"),
        use_alert_volume=bool(form.get("use_alert_volume")),
        max_lots=_optional(form, "max_lots"),
        close_opposite=bool(form.get("close_opposite")),
        default_sl=_level(form, "default_sl"),
        default_tp=_level(form, "default_tp"),
    )


def draft_of(strategy: StrategyInfo, *, is_enabled: bool) -> StrategyDraft:
    """The strategy as it is, switched on or off."""
    override, most = strategy.risk_override_pct, strategy.max_lots
    return StrategyDraft(
        name=strategy.name,
        account_ids=strategy.account_ids,
        is_enabled=is_enabled,
        sizing_mode=SizingMode(strategy.sizing_mode),
        sizing_value=float(strategy.sizing_value),
        allowed_pairs=strategy.allowed_pairs,
        allowed_sources=strategy.allowed_sources,
        max_signal_age_s=strategy.max_signal_age_s,
        risk_override_pct=None if override is None else float(override),
        use_alert_volume=strategy.use_alert_volume,
        max_lots=None if most is None else float(most),
        close_opposite=strategy.close_opposite,
        default_sl=strategy.default_sl,
        default_tp=strategy.default_tp,
    )


TRADINGVIEW = "\n".join(TRADINGVIEW_ADDRESSES)


def test_symbol(strategy: StrategyInfo) -> str:
    """The symbol a test alert starts with: the first allowed one."""
    return strategy.allowed_pairs[0] if strategy.allowed_pairs else "EURUSD"


def is_local(url: str) -> bool:
    """Whether an address means this machine or network only, so that TradingView cannot reach it."""
    host = urlsplit(url).hostname or ""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host


def consequence(count: int) -> str:
    """What a test alert does."""
    return f"Opens a position on {figures.count(count, 'account')}, if the risk gate lets it pass."
