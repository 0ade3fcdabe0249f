"""The way in: from the bytes of a webhook to an alert, or to the reason why not. No other exception leaves here."""

from __future__ import annotations

import json

from forex_elite.domain.alerts.alert import Alert
from forex_elite.domain.alerts.fields import ACTION, POSITION, SYMBOL, Fields
from forex_elite.domain.alerts.json_dialect import read_json
from forex_elite.domain.alerts.line_dialect import MAX_LINE, is_line, read_line
from forex_elite.domain.alerts.refusals import (
    AlertContradictory,
    AlertEmpty,
    AlertNotText,
    AlertNotUnderstood,
    AlertTooDeep,
    AlertTooLarge,
)
from forex_elite.domain.alerts.values import refuse_placeholder, shown
from forex_elite.domain.trading import LevelKind

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16
_EMBEDDED_TRIES = 4
"""How many opening braces in a text are tried as the start of the alert's JSON."""

_EXAMPLE = '{"action":"buy","symbol":"EURUSD","sl":"20 pips"} or ID,buy,EURUSD,sl=20'


def read_alert(body: bytes, content_type: str | None = None, *, plain_unit: LevelKind = LevelKind.PIPS) -> Alert:
    """Read an alert in any dialect; raises a leaf of `AlertUnreadable` with the reason, and nothing else.

    The content type is only quoted in the refusal: TradingView sends `text/plain` for JSON with a number missing,
    and scripts send JSON as a form. `plain_unit` is the unit of a PineConnector `sl=` or `tp=` without one; in JSON
    a bare number is a price.
    """
    if len(body) > MAX_BYTES:
        raise AlertTooLarge(f"The alert has {len(body)} bytes; at most {MAX_BYTES} are read")
    try:
        text = body.decode("utf-8-sig").strip().strip("\ufeff\0").strip()
    except UnicodeDecodeError as error:
        raise AlertNotText(f"The alert is not UTF-8 text (byte {error.start})") from None
    if not text:
        raise AlertEmpty("The alert is empty; paste the text of the strategy page into its message box")
    return _read_text(text, content_type, plain_unit)


def _read_text(text: str, content_type: str | None, plain_unit: LevelKind, *, is_unwrapped: bool = False) -> Alert:
    if text[0] in "{[":
        return read_json(_object_of(text))
    if text[0] == '"' and text[-1] == '"' and not is_unwrapped:
        inside = _loads(text)
        if isinstance(inside, str) and inside.strip():
            return _read_text(inside.strip(), content_type, plain_unit, is_unwrapped=True)
    found = _embedded(text)
    if found is not None:
        return read_json(found)
    if is_line(text):
        return read_line(text, plain_unit)
    refuse_placeholder("", text)
    reason = f"it is longer than {MAX_LINE} characters" if "," in text and len(text) > MAX_LINE else "it is neither"
    raise AlertNotUnderstood(
        f"The alert must be JSON or a PineConnector line, {reason}: {shown(text)}; for example {_EXAMPLE}",
        content_type=content_type,
    )


def _object_of(text: str) -> dict[str, object]:
    value = _loads(text)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, list):
        raise AlertNotUnderstood(f"The alert is a list of {len(value)}; send one alert per message")
    if not isinstance(value, dict):
        raise AlertNotUnderstood(f"The alert must be a JSON object, for example {_EXAMPLE}")
    return value


def _loads(text: str) -> object:
    _check_depth(text)
    try:
        value: object = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        refuse_placeholder("", text)
        near = shown(text[max(error.pos - 12, 0) : error.pos + 12])
        raise AlertNotUnderstood(
            f"The JSON breaks off at line {error.lineno}, column {error.colno}, near {near}: {error.msg.lower()}"
        ) from None
    return value


def _embedded(text: str) -> dict[str, object] | None:
    """The first JSON object inside a text that says something about trading."""
    at = -1
    for _ in range(_EMBEDDED_TRIES):
        at = text.find("{", at + 1)
        if at < 0:
            return None
        _check_depth(text[at:])
        try:
            value, _end = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError:
            continue
        if isinstance(value, dict) and Fields(value).present((*ACTION, *POSITION, *SYMBOL)):
            return value
    return None


def _check_depth(text: str) -> None:
    """Refuse nesting before the decoder recurses into it; brackets inside strings do not count."""
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return
    depth, is_string, is_escaped = 0, False, False
    for character in text:
        if is_escaped:
            is_escaped = False
        elif is_string:
            is_escaped = character == "\\"
            is_string = character != '"'
        elif character == '"':
            is_string = True
        elif character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
        if depth > MAX_DEPTH:
            raise AlertTooDeep(f"The JSON is nested deeper than {MAX_DEPTH} levels; send a flat object")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found and found[name] != value:
            raise AlertContradictory(f"{shown(name)} is given twice with different values; keep one", field="line")
        found[name] = value
    return found


def _as_written(text: str) -> str:
    """Numbers stay text until a field asks for one: quoted and bare are then the same, and nothing overflows."""
    return text


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_as_written, parse_int=_as_written, parse_constant=_as_written
)
