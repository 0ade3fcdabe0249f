"""What a trader may set on a strategy, checked before it is stored."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from uuid import UUID

from forex_elite.domain.levels import is_amount, plain
from forex_elite.domain.risk_snapshot import DEFAULT_MAX_SIGNAL_AGE_S
from forex_elite.domain.trading import Level, LevelKind, SizingMode
from forex_elite.errors import InvalidInput

TRADINGVIEW_ADDRESSES = ("52.89.214.238", "34.212.75.30", "54.218.53.128", "52.32.178.7")
"""Where TradingView's webhooks come from (tradingview.com/support/solutions/43000529348)."""

MAX_NAME = 64
MAX_PAIRS = 200
MAX_SOURCES = 50
MAX_RISK_PERCENT = 10.0
"""The most of an account that one trade may risk; more is refused as a slip of the pen."""

MAX_RISK_MONEY = 1_000_000.0
MAX_LOTS = 500.0
MIN_SIGNAL_AGE_S, MAX_SIGNAL_AGE_S = 1, 3600
WIDEST_IPV4, WIDEST_IPV6 = 8, 32
"""Prefix lengths; a wider network would let in a good part of the internet by a typing error."""

_PAIR = re.compile(r"[A-Z0-9._#+&!/ -]{2,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyDraft:
    """A strategy's settings as typed; empty lists of pairs and sources permit all, None sets no limit."""

    name: str
    account_ids: tuple[UUID, ...] = ()
    is_enabled: bool = True
    sizing_mode: SizingMode = SizingMode.FIXED_LOTS
    sizing_value: float = 0.01
    allowed_pairs: tuple[str, ...] = ()
    allowed_sources: tuple[str, ...] = ()
    max_signal_age_s: float = DEFAULT_MAX_SIGNAL_AGE_S
    risk_override_pct: float | None = None
    use_alert_volume: bool = True
    max_lots: float | None = None
    close_opposite: bool = False
    default_sl: Level | None = None
    default_tp: Level | None = None


def check_strategy(draft: StrategyDraft) -> StrategyDraft:
    """The settings, tidied; `InvalidInput` with the first problem as its message and all of them in `problems`."""
    problems = find_problems(draft)
    if problems:
        field, message = next(iter(problems.items()))
        raise InvalidInput(message, field=field, problems=problems)
    return _tidied(draft)


def find_problems(draft: StrategyDraft) -> dict[str, str]:
    """What is wrong with the settings, by field and in the order of the form; empty when nothing is."""
    draft = _tidied(draft)
    found = {
        "name": _name_problem(draft.name),
        "sizing_value": _sizing_problem(draft.sizing_mode, draft.sizing_value),
        "allowed_pairs": _pairs_problem(draft.allowed_pairs),
        "allowed_sources": _sources_problem(draft.allowed_sources),
        "max_signal_age_s": _range_problem(
            "Maximum signal age", draft.max_signal_age_s, MIN_SIGNAL_AGE_S, MAX_SIGNAL_AGE_S, "s"
        ),
        "risk_override_pct": _optional_problem("Risk override", draft.risk_override_pct, MAX_RISK_PERCENT, "%"),
        "max_lots": _optional_problem("Max lots", draft.max_lots, MAX_LOTS, "lots"),
        "default_sl": _level_problem("Default stop loss", draft.default_sl),
        "default_tp": _level_problem("Default take profit", draft.default_tp),
    }
    return {field: problem for field, problem in found.items() if problem}


def _tidied(draft: StrategyDraft) -> StrategyDraft:
    pairs = (pair.strip().upper().rsplit(":", 1)[-1] for pair in draft.allowed_pairs)
    sources = (source.strip() for source in draft.allowed_sources)
    return replace(
        draft,
        name=" ".join(draft.name.split()),
        account_ids=tuple(dict.fromkeys(draft.account_ids)),
        sizing_value=float(draft.sizing_value),
        risk_override_pct=None if draft.risk_override_pct is None else float(draft.risk_override_pct),
        max_lots=None if draft.max_lots is None else float(draft.max_lots),
        allowed_pairs=tuple(dict.fromkeys(pair for pair in pairs if pair)),
        allowed_sources=tuple(dict.fromkeys(source for source in sources if source)),
    )


def _name_problem(name: str) -> str | None:
    if not name:
        return "A strategy needs a name"
    if len(name) > MAX_NAME:
        return f"The name has {len(name)} characters, at most {MAX_NAME}"
    return None if name.isprintable() else "The name must be printable characters"


def _sizing_problem(mode: SizingMode, value: float) -> str | None:
    match mode:
        case SizingMode.FIXED_LOTS:
            return _range_problem("Fixed volume", value, 0, MAX_LOTS, "lots")
        case SizingMode.MONEY_AT_RISK:
            return _range_problem("Money at risk", value, 0, MAX_RISK_MONEY, "of account money")
        case SizingMode.PERCENT_BALANCE | SizingMode.PERCENT_EQUITY:
            return _range_problem("Risk", value, 0, MAX_RISK_PERCENT, "%")


def _pairs_problem(pairs: tuple[str, ...]) -> str | None:
    if len(pairs) > MAX_PAIRS:
        return f"{len(pairs)} pairs, at most {MAX_PAIRS}; leave the list empty to allow all"
    wrong = next((pair for pair in pairs if not _PAIR.fullmatch(pair)), None)
    return None if wrong is None else f'"{wrong[:40]}" is not a symbol, write for example EURUSD'


def _sources_problem(sources: tuple[str, ...]) -> str | None:
    if len(sources) > MAX_SOURCES:
        return f"{len(sources)} addresses, at most {MAX_SOURCES}"
    for source in sources:
        try:
            network = ipaddress.ip_network(source, strict=False)
        except ValueError:
            return f'"{source[:40]}" is not an IP address or network, write for example 52.89.214.238'
        if network.prefixlen < (WIDEST_IPV4 if network.version == 4 else WIDEST_IPV6):  # noqa: PLR2004
            return f"{source} is too wide a network; leave the list empty to allow every address"
    return None


def _range_problem(what: str, value: float, least: float, most: float, unit: str) -> str | None:
    if is_amount(value) and least <= value <= most:
        return None
    lower = f"from {plain(float(least))}" if least else "above 0"
    return f"{what} must be {lower} to {plain(float(most))} {unit}, not {plain(float(value))}"


def _optional_problem(what: str, value: float | None, most: float, unit: str) -> str | None:
    return None if value is None else _range_problem(what, value, 0, most, unit)


def _level_problem(what: str, level: Level | None) -> str | None:
    if level is None:
        return None
    if level.kind is LevelKind.PRICE:
        return f"{what} must be a distance, in pips or percent: a price fits one moment only"
    return _range_problem(what, level.value, 0, 100_000 if level.kind is LevelKind.PIPS else 99, level.kind)
