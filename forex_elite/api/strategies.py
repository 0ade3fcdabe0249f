"""`/api/tv/strategies`: strategies, their rules and their secret addresses."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from forex_elite.api.callers import Acting
from forex_elite.domain.identity import Actor
from forex_elite.domain.signals import StrategyInfo
from forex_elite.domain.strategies import StrategyDraft
from forex_elite.domain.trading import Level, LevelKind, SizingMode
from forex_elite.services import strategies
from forex_elite.services.strategies import Webhook

router = APIRouter(prefix="/api/tv/strategies", tags=["strategies"])

_MODES = {
    "fixed": "fixed_lots",
    "lots": "fixed_lots",
    "money": "money_at_risk",
    "balance_percent": "percent_balance",
    "equity_percent": "percent_equity",
}

Percent = Annotated[Decimal, Field(ge=0, le=100)]
Symbols = Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=200)]
Addresses = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=50)]


class Sizing(BaseModel):
    """What decides the volume: `value` is lots, account money, or percent, by `mode`."""

    model_config = ConfigDict(populate_by_name=True)

    mode: Annotated[SizingMode, Field(validation_alias=AliasChoices("mode", "type"))] = SizingMode.PERCENT_EQUITY
    value: Annotated[
        Decimal,
        Field(gt=0, le=10_000_000, validation_alias=AliasChoices("value", "lots", "percent", "amount")),
    ] = Decimal(1)

    @field_validator("mode", mode="before")
    @classmethod
    def _short_names(cls, value: Any) -> Any:
        return _MODES.get(value, value) if isinstance(value, str) else value


class Distance(BaseModel):
    """A stop loss or take profit as a distance from the fill price."""

    kind: Literal["pips", "percent"]
    value: Annotated[float, Field(gt=0, le=100_000)]


class NewStrategy(BaseModel):
    """A strategy to make. Empty lists of pairs or sources permit all.

    `default_sl` and `default_tp` are used when an entry brings none; `close_opposite` makes every entry close the
    other side first; with `use_alert_volume` an alert may name its own lots.
    """

    name: Annotated[str, Field(max_length=200)]
    account_ids: Annotated[list[UUID], Field(max_length=50)] = []
    sizing: Sizing = Sizing()
    risk_override_pct: Percent | None = None
    allowed_pairs: Symbols = []
    allowed_sources: Addresses = []
    is_enabled: bool = True
    max_signal_age_s: Annotated[int, Field(ge=1, le=3600)] = 60
    use_alert_volume: bool = True
    max_lots: Annotated[float | None, Field(gt=0)] = None
    close_opposite: bool = False
    default_sl: Distance | None = None
    default_tp: Distance | None = None


class StrategyChange(BaseModel):
    """What to change; fields that are left out stay as they are."""

    name: Annotated[str | None, Field(max_length=200)] = None
    account_ids: Annotated[list[UUID] | None, Field(max_length=50)] = None
    sizing: Sizing | None = None
    risk_override_pct: Percent | None = None
    allowed_pairs: Symbols | None = None
    allowed_sources: Addresses | None = None
    is_enabled: bool | None = None
    max_signal_age_s: Annotated[int | None, Field(ge=1, le=3600)] = None
    use_alert_volume: bool | None = None
    max_lots: Annotated[float | None, Field(gt=0)] = None
    close_opposite: bool | None = None
    default_sl: Distance | None = None
    default_tp: Distance | None = None


class SizingOut(BaseModel):
    """What decides the volume."""

    mode: SizingMode
    value: float


class StrategySummary(BaseModel):
    """A strategy in a list: its secret address comes with `GET /api/tv/strategies/{id}` alone."""

    id: UUID
    name: str
    account_ids: list[UUID]
    sizing: SizingOut
    risk_override_pct: float | None
    allowed_pairs: list[str]
    allowed_sources: list[str]
    is_enabled: bool
    max_signal_age_s: int
    use_alert_volume: bool
    max_lots: float | None
    close_opposite: bool
    default_sl: Distance | None
    default_tp: Distance | None
    magic: int
    created_at: AwareDatetime
    updated_at: AwareDatetime


class StrategyOut(StrategySummary):
    """A strategy with its secret address."""

    webhook_url: str
    webhook_secret: str


class StrategiesOut(BaseModel):
    """All strategies; there is only one page of them."""

    items: list[StrategySummary]
    next_cursor: str | None = None


class SecretOut(BaseModel):
    """A fresh secret address."""

    webhook_url: str
    webhook_secret: str


def _distance(level: Level | None) -> Distance | None:
    return None if level is None else Distance.model_validate(level.written())


def _level(distance: Distance | None) -> Level | None:
    return None if distance is None else Level(LevelKind(distance.kind), distance.value)


def _fields(info: StrategyInfo) -> dict[str, Any]:
    special = {"sizing", "default_sl", "default_tp"}
    return {
        **{name: getattr(info, name) for name in StrategySummary.model_fields.keys() - special},
        "sizing": SizingOut(mode=SizingMode(info.sizing_mode), value=float(info.sizing_value)),
        "default_sl": _distance(info.default_sl),
        "default_tp": _distance(info.default_tp),
    }


def _out(info: StrategyInfo, webhook: Webhook, response: Response) -> StrategyOut:
    response.headers["Cache-Control"] = "no-store"
    return StrategyOut(**_fields(info), webhook_url=webhook.url, webhook_secret=webhook.secret)


async def _changed(actor: Actor, strategy_id: UUID, change: StrategyChange) -> StrategyDraft:
    info, _ = await strategies.get(actor, strategy_id)
    sizing = change.sizing or Sizing(mode=SizingMode(info.sizing_mode), value=info.sizing_value)
    told = change.model_fields_set

    def pick(field: str, present: Any) -> Any:
        value = getattr(change, field)
        return value if field in told and value is not None else present

    def clear(field: str, present: Any) -> Any:  # here null means: no such limit
        return getattr(change, field) if field in told else present

    return StrategyDraft(
        name=pick("name", info.name),
        account_ids=tuple(pick("account_ids", info.account_ids)),
        sizing_mode=sizing.mode,
        sizing_value=float(sizing.value),
        risk_override_pct=clear("risk_override_pct", info.risk_override_pct),
        use_alert_volume=pick("use_alert_volume", info.use_alert_volume),
        max_lots=clear("max_lots", info.max_lots),
        close_opposite=pick("close_opposite", info.close_opposite),
        default_sl=_level(change.default_sl) if "default_sl" in told else info.default_sl,
        default_tp=_level(change.default_tp) if "default_tp" in told else info.default_tp,
        allowed_pairs=tuple(pick("allowed_pairs", info.allowed_pairs)),
        allowed_sources=tuple(pick("allowed_sources", info.allowed_sources)),
        is_enabled=pick("is_enabled", info.is_enabled),
        max_signal_age_s=pick("max_signal_age_s", info.max_signal_age_s),
    )


@router.post("", status_code=201)
async def create(actor: Acting, body: NewStrategy, response: Response) -> StrategyOut:
    """Make a strategy; the answer holds the address to paste into TradingView."""
    draft = StrategyDraft(
        name=body.name,
        account_ids=tuple(body.account_ids),
        sizing_mode=body.sizing.mode,
        sizing_value=float(body.sizing.value),
        risk_override_pct=None if body.risk_override_pct is None else float(body.risk_override_pct),
        use_alert_volume=body.use_alert_volume,
        max_lots=body.max_lots,
        close_opposite=body.close_opposite,
        default_sl=_level(body.default_sl),
        default_tp=_level(body.default_tp),
        allowed_pairs=tuple(body.allowed_pairs),
        allowed_sources=tuple(body.allowed_sources),
        is_enabled=body.is_enabled,
        max_signal_age_s=body.max_signal_age_s,
    )
    return _out(*await strategies.create(actor, draft), response)


@router.get("")
async def list_strategies(actor: Acting) -> StrategiesOut:
    """The caller's strategies, newest first."""
    return StrategiesOut(items=[StrategySummary(**_fields(info)) for info in await strategies.list_strategies(actor)])


@router.get("/{strategy_id}")
async def get(actor: Acting, strategy_id: UUID, response: Response) -> StrategyOut:
    """One strategy with its secret address."""
    return _out(*await strategies.get(actor, strategy_id), response)


@router.patch("/{strategy_id}")
async def change(actor: Acting, strategy_id: UUID, body: StrategyChange, response: Response) -> StrategyOut:
    """Change some settings; the address stays."""
    draft = await _changed(actor, strategy_id, body)
    return _out(*await strategies.update(actor, strategy_id, draft), response)


@router.delete("/{strategy_id}", status_code=204)
async def delete(actor: Acting, strategy_id: UUID) -> None:
    """Delete a strategy; its address dies at once and its alerts stay in the history."""
    await strategies.delete(actor, strategy_id)


@router.post("/{strategy_id}/rotate-secret")
async def rotate_secret(actor: Acting, strategy_id: UUID, response: Response) -> SecretOut:
    """Replace the address; the old one is answered 404 at once."""
    webhook = await strategies.rotate_secret(actor, strategy_id)
    response.headers["Cache-Control"] = "no-store"
    return SecretOut(webhook_url=webhook.url, webhook_secret=webhook.secret)
