"""Risk preferences as a form: what onboarding and settings share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

import reflex as rx

from forex_elite.domain.people import Preferences
from forex_elite.errors import InvalidInput
from forex_elite.ui.components.fields import Errors, number_field, zone_field


@dataclass(frozen=True, slots=True)
class RiskRow:
    """The risk preferences as the fields start with them."""

    default_risk_percent: str = "1.00"
    max_lots: str = "1.00"
    daily_loss_percent: str = "4.00"
    max_open_positions: str = "10"
    time_zone: str = "UTC"


def risk_row(preferences: Preferences) -> RiskRow:
    """Preferences as the form shows them."""
    return RiskRow(
        default_risk_percent=f"{preferences.default_risk_percent:.2f}",
        max_lots=f"{preferences.max_lots:.2f}",
        daily_loss_percent=f"{preferences.daily_loss_percent:.2f}",
        max_open_positions=str(preferences.max_open_positions),
        time_zone=preferences.time_zone,
    )


def _decimal(form: Mapping[str, Any], field: str) -> Decimal:
    try:
        value = Decimal(str(form.get(field, "")).strip())
    except InvalidOperation as malformed:
        raise InvalidInput("Use a number with a decimal point, such as 1.00.", field=field) from malformed
    if not value.is_finite():
        raise InvalidInput("Use a number with a decimal point, such as 1.00.", field=field)
    return value


def _whole(form: Mapping[str, Any], field: str) -> int:
    value = _decimal(form, field)
    if value != value.to_integral_value():
        raise InvalidInput("Use a whole number.", field=field)
    return int(value)


def read_risk(form: Mapping[str, Any], base: Preferences) -> Preferences:
    """The preferences a form holds, over `base`; refuses the first field that is no number, by name."""
    return replace(
        base,
        default_risk_percent=_decimal(form, "default_risk_percent"),
        max_lots=_decimal(form, "max_lots"),
        daily_loss_percent=_decimal(form, "daily_loss_percent"),
        max_open_positions=_whole(form, "max_open_positions"),
        time_zone=str(form.get("time_zone") or base.time_zone),
    )


def risk_fields(row: rx.Var[RiskRow], errors: Errors) -> rx.Component:
    """The four limits and the time zone."""
    return rx.el.div(
        number_field(
            "default_risk_percent",
            "Risk per trade",
            value=row.default_risk_percent,
            unit="%",
            note="0.01 to 10",
            hint="Of the balance, between entry and stop loss. New strategies start with it.",
            errors=errors,
        ),
        number_field(
            "max_lots",
            "Largest order",
            value=row.max_lots,
            unit="lots",
            note="from 0.01",
            hint="Larger orders are refused, never cut.",
            errors=errors,
        ),
        number_field(
            "daily_loss_percent",
            "Daily loss limit",
            value=row.daily_loss_percent,
            unit="%",
            note="0.1 to 100",
            hint="Per account, of the balance at broker midnight. Beyond it no new entries that day.",
            errors=errors,
        ),
        number_field(
            "max_open_positions",
            "Open positions",
            value=row.max_open_positions,
            unit="positions",
            note="1 to 1,000",
            hint="At most so many on one account.",
            errors=errors,
        ),
        zone_field(
            "time_zone",
            "Time zone",
            value=row.time_zone,
            hint="Times on the pages are shown in it; limits follow the broker's day.",
            errors=errors,
        ),
        class_name="form-grid",
    )
