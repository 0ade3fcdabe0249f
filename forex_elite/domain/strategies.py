"""The settings of a TradingView strategy, checked before they are stored."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from forex_elite.domain.people import check_name
from forex_elite.domain.trading import SizingMode
from forex_elite.errors import InvalidInput

TRADINGVIEW_ADDRESSES = ("52.89.214.238", "34.212.75.30", "54.218.53.128", "52.32.178.7")
"""Where TradingView sends webhooks from (its help page 43000529348)."""

MAX_AGE_S = 3600
MAX_PAIRS = 200
MAX_SOURCES = 50
_RANGES = {
    SizingMode.FIXED_LOTS: (Decimal("0.0001"), Decimal(1000), "lots"),
    SizingMode.MONEY_AT_RISK: (Decimal("0.01"), Decimal(10_000_000), "of account money"),
    SizingMode.PERCENT_BALANCE: (Decimal("0.01"), Decimal(10), "percent"),
    SizingMode.PERCENT_EQUITY: (Decimal("0.01"), Decimal(10), "percent"),
}
_PAIR = re.compile(r"[A-Z0-9][A-Z0-9._#+&\-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyDraft:
    """A strategy as a person wants it. Empty `allowed_pairs` or `allowed_sources` permit all."""

    name: str
    account_ids: tuple[UUID, ...] = ()
    sizing_mode: SizingMode = SizingMode.PERCENT_EQUITY
    sizing_value: Decimal = Decimal(1)
    risk_override_pct: Decimal | None = None
    allowed_pairs: tuple[str, ...] = ()
    allowed_sources: tuple[str, ...] = ()
    is_enabled: bool = True
    max_signal_age_s: int = 60


def check_strategy(draft: StrategyDraft) -> StrategyDraft:
    """The draft with its texts in normal form; InvalidInput names the first field that is wrong and what it takes."""
    low, high, unit = _RANGES[draft.sizing_mode]
    if not draft.sizing_value.is_finite() or not low <= draft.sizing_value <= high:
        raise InvalidInput(f"Use {low} to {high} {unit}.", field="sizing_value")
    override = draft.risk_override_pct
    if override is not None and (not override.is_finite() or not Decimal("0.01") <= override <= 10):  # noqa: PLR2004
        raise InvalidInput("Use 0.01 to 10 percent, or leave it empty.", field="risk_override_pct")
    if not 1 <= draft.max_signal_age_s <= MAX_AGE_S:
        raise InvalidInput(f"Use 1 to {MAX_AGE_S} seconds.", field="max_signal_age_s")
    return StrategyDraft(
        name=check_name(draft.name, field="name"),
        account_ids=tuple(dict.fromkeys(draft.account_ids)),
        sizing_mode=draft.sizing_mode,
        sizing_value=draft.sizing_value,
        risk_override_pct=override,
        allowed_pairs=_pairs(draft.allowed_pairs),
        allowed_sources=_sources(draft.allowed_sources),
        is_enabled=draft.is_enabled,
        max_signal_age_s=draft.max_signal_age_s,
    )


def _pairs(names: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(name.strip().upper() for name in names if name.strip()))
    if len(found) > MAX_PAIRS:
        raise InvalidInput(f"Name at most {MAX_PAIRS} symbols.", field="allowed_pairs")
    for name in found:
        if not _PAIR.fullmatch(name):
            raise InvalidInput(f"{name[:40]!r} is not a symbol such as EURUSD.", field="allowed_pairs")
    return found


def _sources(addresses: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(address.strip() for address in addresses if address.strip()))
    if len(found) > MAX_SOURCES:
        raise InvalidInput(f"Name at most {MAX_SOURCES} addresses.", field="allowed_sources")
    for address in found:
        try:
            ipaddress.ip_network(address, strict=False)
        except ValueError as wrong:
            raise InvalidInput(
                f"{address[:60]!r} is not an address such as 52.89.214.238 or 10.0.0.0/8.", field="allowed_sources"
            ) from wrong
    return found
