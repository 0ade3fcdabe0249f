"""From rows of the database to the frozen snapshot the risk gate judges, and from its orders to job payloads."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

from forex_elite.db.unit_of_work import Row
from forex_elite.domain.automation import Automation, read_settings
from forex_elite.domain.limits import NAMES, read_week, read_weekend
from forex_elite.domain.risk import (
    AccountState,
    CancelOrder,
    CloseOrder,
    ModifyOrder,
    OpenOrder,
    Order,
    OwnPosition,
    RiskLimits,
    StrategyRules,
)
from forex_elite.domain.sizing import Sizing
from forex_elite.domain.terminals import is_online
from forex_elite.domain.trading import Level, Quote, Side, SizingMode, SymbolSpec
from forex_elite.services import prices

_SPEC_FIELDS = tuple(SymbolSpec.__dataclass_fields__)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def rules_of(row: Row) -> StrategyRules:
    """A strategy's rules."""
    return StrategyRules(
        name=row["name"],
        sizing=Sizing(SizingMode(row["sizing_mode"]), float(row["sizing_value"])),
        is_enabled=row["is_enabled"],
        allowed_pairs=tuple(row["allowed_pairs"]),
        allowed_sources=tuple(row["allowed_sources"]),
        max_signal_age_s=row["max_signal_age_s"],
        risk_override_pct=_number(row["risk_override_pct"]),
        use_alert_volume=row["use_alert_volume"],
        max_lots=_number(row["max_lots"]),
        close_opposite=row["close_opposite"],
        default_sl=Level.read(row["default_sl"]),
        default_tp=Level.read(row["default_tp"]),
    )


def spec_of(stored: dict[str, Any]) -> SymbolSpec:
    """A stored symbol specification."""
    return SymbolSpec(**{field: stored[field] for field in _SPEC_FIELDS if field in stored})


def limits_of(row: Row) -> RiskLimits:
    """An account's limits."""
    figures = {name: _number(row[name]) for name in NAMES if name != "max_open_positions"}
    return RiskLimits(
        max_open_positions=row["max_open_positions"],
        week=read_week(row["trading_hours"]),
        weekend=read_weekend(row["weekend"]),
        **figures,
    )


async def accounts_of(rows: list[Row], now: datetime) -> tuple[AccountState, ...]:
    """The accounts with the newest quotes of the symbols that may be meant."""
    wanted = [(row["agent_id"], spec["name"]) for row in rows if row["agent_id"] for spec in row["specs"]]
    quotes = await prices.last_quotes(wanted)
    return tuple(_account(row, quotes, now) for row in rows)


def _account(row: Row, quotes: dict[tuple[UUID, str], Quote], now: datetime) -> AccountState:
    specs = tuple(spec_of(spec) for spec in row["specs"])
    known = {spec.name: quotes[row["agent_id"], spec.name] for spec in specs if (row["agent_id"], spec.name) in quotes}
    return AccountState(
        id=row["id"],
        login=row["login"],
        is_online=is_online(row["last_heartbeat_at"], now) and row["is_connected"],
        is_trade_allowed=row["is_trade_allowed"],
        is_enabled=row["is_enabled_for_trading"],
        balance=float(row["balance"]),
        equity=float(row["equity"]),
        currency=row["currency"],
        symbols=specs,
        kill_switch=row["killed_at"] is not None,
        day_start_balance=_number(row["day_start_balance"]),
        open_positions=row["open_positions"],
        limits=limits_of(row),
        symbol_map=row["symbol_map"],
        own_positions=tuple(OwnPosition(one["symbol"], Side(one["side"])) for one in row["own_positions"]),
        quotes=known,
        peak_equity=_number(row["peak_equity"]),
        holds=tuple(str(hold.get("reason", hold.get("code", ""))) for hold in row["guard_holds"]),
        automation=Automation(row["automation"]),
        algo=read_settings(row["ea_settings"]),
    )


def tag_of(job_id: UUID) -> str:
    """The mark a job's orders carry as their comment: 25 characters, of 27 that survive every terminal."""
    return "FE-" + base64.urlsafe_b64encode(job_id.bytes).decode().rstrip("=")


def _level(level: Level | None) -> dict[str, Any] | None:
    return None if level is None else level.written()


def _text(value: Any) -> str | None:
    return None if value is None else str(value.value if hasattr(value, "value") else value)


def instruction_of(order: Order) -> dict[str, Any]:
    """The order as the wire contract's trade instruction."""
    match order:
        case OpenOrder():
            return {
                "do": "open",
                "symbol": order.symbol,
                "side": order.side.value,
                "order_type": order.order_type.value,
                "volume_lots": order.volume_lots,
                "price": order.price,
                "sl": _level(order.sl),
                "tp": _level(order.tp),
                "requested_price": order.requested_price,
                "close_opposite": order.close_opposite,
                "protection": None if order.protection is None else order.protection.written(),
            }
        case CloseOrder():
            return {
                "do": "close",
                "symbol": order.symbol,
                "side": _text(order.side),
                "percent": order.percent,
                "volume_lots": order.volume_lots,
            }
        case CancelOrder():
            return {"do": "cancel", "symbol": order.symbol, "side": _text(order.side)}
        case ModifyOrder():
            return {
                "do": "modify",
                "symbol": order.symbol,
                "side": _text(order.side),
                "sl": _level(order.sl),
                "tp": _level(order.tp),
                "remove_sl": order.remove_sl,
                "remove_tp": order.remove_tp,
            }


def payload_of(order: Order, job_id: UUID, magic: int) -> dict[str, Any]:
    """A trade job's payload."""
    return {"instruction": instruction_of(order), "magic": magic, "tag": tag_of(job_id)}
