"""The last look at an alert of any dialect: everything its command needs is there, and nothing it cannot mean."""

from __future__ import annotations

from dataclasses import replace

from forex_elite.domain.alerts.alert import Alert, AlertAction
from forex_elite.domain.alerts.commands import Portion
from forex_elite.domain.alerts.refusals import AlertContradictory, FieldMissing
from forex_elite.domain.trading import OrderType


def complete(alert: Alert, *, portion: Portion | None, may_be_every_symbol: bool) -> Alert:
    """The alert, made regular: levels of zero are "none", and fields that do not belong to the action are dropped."""
    if alert.symbol is None and not may_be_every_symbol:
        raise FieldMissing('No symbol in the alert; add "symbol": "{{ticker}}"', field="symbol")
    has_sl, has_tp = alert.sl is not None and alert.sl.value > 0, alert.tp is not None and alert.tp.value > 0
    regular = replace(
        alert,
        sl=alert.sl if has_sl else None,
        tp=alert.tp if has_tp else None,
        remove_sl=alert.action is AlertAction.MODIFY and alert.sl is not None and not has_sl,
        remove_tp=alert.action is AlertAction.MODIFY and alert.tp is not None and not has_tp,
    )
    match regular.action:
        case AlertAction.OPEN:
            return _complete_open(regular)
        case AlertAction.CLOSE:
            return _complete_close(regular, portion)
        case AlertAction.MODIFY:
            if alert.sl is None and alert.tp is None:
                raise FieldMissing("Nothing to change: the alert has neither sl nor tp", field="sl")
            return replace(regular, volume_lots=None, risk=None, risk_mode=None, close_opposite=False)
        case AlertAction.CLOSE_ALL | AlertAction.CANCEL:
            return _bare(regular)


def _complete_open(alert: Alert) -> Alert:
    if alert.side is None:
        raise FieldMissing("An entry needs a side; write buy or sell", field="side")
    if alert.order_type is not OrderType.MARKET and alert.price is None and alert.entry is None:
        raise FieldMissing(f"A {alert.order_type} order needs a price", field="price")
    return alert


def _complete_close(alert: Alert, portion: Portion | None) -> Alert:
    if alert.percent is not None and alert.volume_lots is not None:
        raise AlertContradictory("The close is given in percent and in lots; keep one", field="percent")
    if portion is Portion.PERCENT and alert.percent is None:
        raise FieldMissing("A partial close must say how much: add percent", field="percent")
    if portion is Portion.LOTS and alert.volume_lots is None:
        raise FieldMissing("A partial close must say how much: add the volume in lots", field="volume")
    return replace(_bare(alert), percent=alert.percent, volume_lots=alert.volume_lots)


def _bare(alert: Alert) -> Alert:
    return replace(
        alert,
        order_type=OrderType.MARKET,
        entry=None,
        sl=None,
        tp=None,
        volume_lots=None,
        risk=None,
        risk_mode=None,
        percent=None,
        close_opposite=False,
    )
