"""Alerts written in JSON, and what a strategy's market position makes of a bare buy or sell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from forex_elite.domain.alerts import fields as names
from forex_elite.domain.alerts.alert import Alert, AlertAction, Dialect
from forex_elite.domain.alerts.commands import EVERY_SYMBOL, Command, find_command, read_command, squeeze
from forex_elite.domain.alerts.completing import complete
from forex_elite.domain.alerts.fields import Fields
from forex_elite.domain.alerts.protecting import read_protection
from forex_elite.domain.alerts.refusals import AlertContradictory, CommandUnsupported, FieldInvalid, FieldMissing
from forex_elite.domain.alerts.values import (
    amount_of,
    comment_of,
    flag_of,
    id_of,
    number_of,
    percent_of,
    reference_price_of,
    shown,
    symbol_of,
    text_of,
    time_of,
)
from forex_elite.domain.trading import OrderType, Side, SizingMode


class _Position(StrEnum):
    LONG = "long"
    SHORT = "short"
    FLAT = "flat"

    @property
    def side(self) -> Side:
        return Side.BUY if self is _Position.LONG else Side.SELL


MAX_NOTES = 8
_POSITIONS = {
    "long": _Position.LONG,
    "bullish": _Position.LONG,
    "short": _Position.SHORT,
    "bearish": _Position.SHORT,
    "flat": _Position.FLAT,
}
_SIDES = {"buy": Side.BUY, "long": Side.BUY, "sell": Side.SELL, "short": Side.SELL}
_ORDER_TYPES = {"market": OrderType.MARKET, "limit": OrderType.LIMIT, "stop": OrderType.STOP}


@dataclass(frozen=True, slots=True)
class _Intent:
    """A command in the light of the strategy's position."""

    command: Command
    percent: float | None = None
    is_full_close: bool = False


def read_json(body: dict[str, object]) -> Alert:
    """The alert a JSON object stands for; leaves of `AlertUnreadable` when it does not say what to trade."""
    fields = Fields(body)
    intent, word = _intent(fields)
    command = intent.command
    is_entry, is_close = command.action is AlertAction.OPEN, command.action is AlertAction.CLOSE
    # One text often serves entries and exits; a stop that has no value at the exit must not hold the exit up.
    has_levels = is_entry or command.action is AlertAction.MODIFY
    has_volume = is_entry or (is_close and not intent.is_full_close and squeeze(word) != "flat")
    risk_money = fields.one(names.RISK_MONEY, amount_of) if is_entry else None
    is_every_symbol = squeeze(word) in EVERY_SYMBOL
    protection, used = read_protection(fields.raw) if is_entry else (None, frozenset[str]())
    return complete(
        Alert(
            action=command.action,
            dialect=Dialect.JSON,
            symbol=None if is_every_symbol else fields.one(names.SYMBOL, symbol_of),
            side=command.side,
            order_type=command.order_type,
            price=_price(fields, command.order_type) if is_entry else None,
            protection=protection,
            sl=fields.stop() if has_levels else None,
            tp=fields.target() if has_levels else None,
            volume_lots=fields.one(names.VOLUME, amount_of) if has_volume else None,
            risk=risk_money or (fields.one(names.RISK, _risk_of) if is_entry else None),
            risk_mode=SizingMode.MONEY_AT_RISK if risk_money else None,
            percent=intent.percent or (fields.one(names.PERCENT, percent_of) if is_close else None),
            close_opposite=command.close_opposite or bool(fields.one(names.CLOSE_OPPOSITE, flag_of)),
            max_age_s=fields.one(names.MAX_AGE, amount_of),
            alert_id=fields.first(names.ID, id_of),
            sent_at=fields.first(names.TIME, time_of),
            comment=fields.first(names.COMMENT, lambda _, raw: comment_of(raw)) or "",
            notes=_notes(fields, used, is_close=is_close),
        ),
        portion=command.portion,
        may_be_every_symbol=is_every_symbol,
    )


def _price(fields: Fields, order_type: OrderType) -> float | None:
    """The price of a pending order, or the reference price of a market order, where zero stands for none."""
    if order_type is OrderType.MARKET:
        return fields.first(names.LAST_PRICE, reference_price_of)
    return fields.one(names.STOP_ENTRY if order_type is OrderType.STOP else names.PRICE, amount_of)


def _notes(fields: Fields, used: frozenset[str], *, is_close: bool) -> tuple[str, ...]:
    notes = [f"{name[:40]} is not acted on" for name in fields.exits_of_an_expert() if name not in used][:MAX_NOTES]
    if not is_close and fields.present(names.PERCENT):
        notes.append("percent counts for closes only")
    return tuple(notes)


def _risk_of(field: str, raw: object) -> float | None:
    text = text_of(field, raw)
    return amount_of(field, text.removesuffix("%") if text else None)


def _intent(fields: Fields) -> tuple[_Intent, str]:
    """What is to be done, and the word that said so."""
    position = fields.one(names.POSITION, _position_of) or _flat_side(fields)
    word = fields.first(names.ACTION, _action_of) or ""
    is_position = position is None and bool(fields.present(names.PREVIOUS)) and squeeze(word) in _POSITIONS
    if is_position:  # {{strategy.market_position}} written into the action itself
        position = _POSITIONS[squeeze(word)]
    command = None if is_position else _command(fields, word, has_position=position is not None)
    if position is None or not (command is None or command.is_plain_order):
        assert command is not None
        return _Intent(command), word
    previous = fields.one(names.PREVIOUS, _position_of)
    if command is None and position is _Position.FLAT:
        return _Intent(Command(AlertAction.CLOSE, side=_closed_side(previous, None)), is_full_close=True), word
    side = command.side if command else position.side
    assert side is not None
    return _in_position(fields, side, position, previous), word


def _in_position(fields: Fields, side: Side, position: _Position, previous: _Position | None) -> _Intent:
    """What an order of `side` means for a strategy that stands in `position` after it, `previous` before.

    Flat after it: the order closed what there was. On the order's own side after it: it opened, added or reversed, so
    that nothing of the other side may remain. On the other side after it: it only reduced.
    """
    if position is _Position.FLAT:
        return _Intent(Command(AlertAction.CLOSE, side=_closed_side(previous, side)), is_full_close=True)
    if position.side is side:
        return _Intent(Command(AlertAction.OPEN, side, close_opposite=True))
    if previous is not None and previous is not position:
        raise AlertContradictory(
            f"A {side} cannot lead from {previous} to {position}; check action and market_position", field="action"
        )
    return _Intent(Command(AlertAction.CLOSE, side=position.side), percent=_reduction(fields), is_full_close=True)


def _closed_side(previous: _Position | None, order_side: Side | None) -> Side | None:
    if previous is not None and previous is not _Position.FLAT:
        return previous.side
    return order_side.opposite if order_side else None


def _reduction(fields: Fields) -> float:
    after, before = fields.one(names.SIZE, number_of), fields.one(names.PREVIOUS_SIZE, number_of)
    if after is None or before is None:
        raise FieldMissing(
            "The order goes against the position it leaves open, so it is a partial close; add"
            " market_position_size and prev_market_position_size to say how much",
            field="market_position_size",
        )
    after, before = abs(after), abs(before)
    if not 0 < after < before:
        raise AlertContradictory(
            f"A partial close must make the position smaller: {before:g} before, {after:g} after",
            field="market_position_size",
        )
    return max(round((before - after) / before * 100, 4), 0.0001)


def _command(fields: Fields, word: str, *, has_position: bool) -> Command | None:
    """The command, with side and order type filled in from their own fields."""
    side = fields.one(names.SIDE, _side_of)
    typed = _type_of(fields)
    if word:
        command = read_command(word)
    elif typed is not None and typed.side is not None:
        command = typed
    elif side:
        command = Command(AlertAction.OPEN, side)
    elif has_position:
        return None
    else:
        raise FieldMissing('No action in the alert; add "action": "{{strategy.order.action}}"', field="action")
    _refuse_second_action(fields, command)
    if typed is not None and command.action is AlertAction.OPEN:
        command = _with_type(command, typed)
    return _with_side(fields, command, side) if side and command.side is not side else command


def _with_type(command: Command, typed: Command) -> Command:
    if typed.side is not None and command.side is not None and typed.side is not command.side:
        raise AlertContradictory(f"The action says {command.side}, the type {typed.side}; keep one", field="type")
    if command.order_type is OrderType.MARKET:
        return replace(command, order_type=typed.order_type, side=command.side or typed.side)
    if typed.order_type is not command.order_type:
        raise AlertContradictory(
            f"The action says {command.order_type}, the type {typed.order_type}; keep one", field="type"
        )
    return command


def _with_side(fields: Fields, command: Command, side: Side) -> Command:
    if command.side is not None:
        raise AlertContradictory(
            f"The action says {command.side.position_word}, the side {side.position_word}; keep one", field="side"
        )
    words = {squeeze(str(fields.raw[name])) for name in fields.present(names.SIDE)}
    if command.action is not AlertAction.OPEN and words & {"buy", "sell"}:
        raise FieldInvalid(
            "With a close, side buy or sell could mean the order or the position; write long or short", field="side"
        )
    return replace(command, side=side)


def _refuse_second_action(fields: Fields, command: Command) -> None:
    for name in fields.present(names.ACTION):
        raw = fields.raw[name]
        other = find_command(raw) if isinstance(raw, str) else None
        if other is not None and (other.action, other.side) != (command.action, command.side) and not other.needs_side:
            raise AlertContradictory(f"Two actions in one alert: {name} says {shown(raw)}; keep one", field=name)


def _type_of(fields: Fields) -> Command | None:
    """The order type, as an entry command that may name a side too (`buylimit`); None when there is none."""
    word = fields.first(names.ORDER_TYPE, _word_of)
    if word is None:
        order = fields.raw.get("order")
        word = order if isinstance(order, str) and squeeze(order) in _ORDER_TYPES else None
    if word is None:
        return None
    name = squeeze(word)
    if name in {"stoplimit", "trailingstop"}:
        raise CommandUnsupported(f"{shown(word)} orders are not offered; write market, limit or stop", field="type")
    if name in _ORDER_TYPES:
        return Command(AlertAction.OPEN, order_type=_ORDER_TYPES[name])
    command = find_command(word)
    if command is None or command.action is not AlertAction.OPEN:
        raise FieldInvalid(f"order_type must be market, limit or stop, not {shown(word)}", field="order_type")
    return command


def _flat_side(fields: Fields) -> _Position | None:
    """`"side": "{{strategy.market_position}}"` says flat when the position is gone."""
    is_flat = any(squeeze(str(fields.raw[name])) == "flat" for name in fields.present(names.SIDE))
    return _Position.FLAT if is_flat else None


def _word_of(field: str, raw: object) -> str | None:
    return None if isinstance(raw, dict | list) else text_of(field, raw)


def _action_of(field: str, raw: object) -> str | None:
    """The word of an action field; `signal` and `order` often hold something else and count only as a command."""
    word = _word_of(field, raw)
    return None if word and field in {"signal", "order"} and find_command(word) is None else word


def _side_of(field: str, raw: object) -> Side | None:
    text = text_of(field, raw)
    if text is None or squeeze(text) == "flat":
        return None
    side = _SIDES.get(squeeze(text))
    if side is None:
        raise FieldInvalid(f"{field} must be buy, sell, long or short, not {shown(text)}", field=field)
    return side


def _position_of(field: str, raw: object) -> _Position | None:
    if field == "position" and not (isinstance(raw, str) and squeeze(raw) in _POSITIONS):
        return None  # many authors send the position's size under this name
    text = text_of(field, raw)
    if text is None:
        return None
    position = _POSITIONS.get(squeeze(text))
    if position is None:
        raise FieldInvalid(f"{field} must be long, short or flat, not {shown(text)}", field=field)
    return position
