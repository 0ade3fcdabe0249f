"""TradingView alerts: read in every usual dialect, said in words, told apart, and composed for the builder page."""

from __future__ import annotations

from forex_elite.domain.alerts.alert import Alert, AlertAction, Dialect
from forex_elite.domain.alerts.composing import AlertTemplate, compose_alert
from forex_elite.domain.alerts.reading import MAX_BYTES, read_alert
from forex_elite.domain.alerts.refusals import AlertUnreadable
from forex_elite.domain.alerts.wording import duplicate_window_s, fingerprint, read_as

__all__ = [
    "MAX_BYTES",
    "Alert",
    "AlertAction",
    "AlertTemplate",
    "AlertUnreadable",
    "Dialect",
    "compose_alert",
    "duplicate_window_s",
    "fingerprint",
    "read_alert",
    "read_as",
]
