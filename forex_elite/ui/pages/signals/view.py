"""One alert with everything known about it, as the browser may see it: stages, payload, checks, executions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from forex_elite.domain.signals import ExecutionInfo, ExecutionStatus, SignalDetail, SignalStatus, Stages
from forex_elite.ui import figures
from forex_elite.ui.pages.signals.rows import STATUS_MARKS, action_words, detail_words

STAGES = ("received", "gated", "queued", "claimed", "sent", "filled", "reported")
_BODY_SHOWN = 4_000
_TOKENS_SHOWN = 400
_SHORT_ID = 8
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[{}\[\],:]|[^"{}\[\],:\d-]+|.', re.DOTALL)


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage of an execution; `state`: done, wait, stop (ended here) or doubt (nobody knows)."""

    name: str
    detail: str
    at: str
    step: str
    step_unit: str
    left: float
    width: float
    state: str
    icon: str
    is_slow: bool


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One question of the risk gate and its answer."""

    name: str
    is_ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the payload; `look` is its class."""

    look: str
    text: str


@dataclass(frozen=True, slots=True)
class ExecutionRow:
    """What one account did with the alert."""

    id: str
    account: str
    word: str
    tone: str
    icon: str
    volume: str
    requested: str
    fill: str
    slippage: str
    order_id: str
    reason: str
    reason_code: str
    stages: tuple[StageRow, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    passed: str = ""
    trade_id: str = ""


@dataclass(frozen=True, slots=True)
class SignalView:
    """The detail of one alert; an empty id means none is chosen."""

    id: str = ""
    action: str = ""
    side_tone: str = ""
    symbol: str = ""
    summary: str = ""
    origin: str = ""
    word: str = ""
    tone: str = ""
    icon: str = ""
    total: str = ""
    total_unit: str = ""
    is_test: bool = False
    body: str = ""
    body_note: str = ""
    content_type: str = ""
    tokens: tuple[Token, ...] = ()
    read_as: tuple[str, ...] = ()
    duplicate_of: str = ""
    executions: tuple[ExecutionRow, ...] = ()


def tokens(body: str) -> tuple[Token, ...]:
    """The payload in coloured pieces: keys, strings, numbers, punctuation; any text at all is accepted."""
    found: list[Token] = []
    matches = list(_TOKEN.finditer(body))
    for match in matches[:_TOKENS_SHOWN]:
        text = match[0]
        if text.startswith('"'):
            look = "tok-key" if re.match(r"\s*:", body[match.end() :]) else "tok-str"
        elif text[0].isdigit() or (text[0] == "-" and len(text) > 1):
            look = "tok-num"
        elif text in "{}[],:":
            look = "tok-pun"
        else:
            look = ""
        if found and found[-1].look == look:
            found[-1] = Token(look, found[-1].text + text)
        else:
            found.append(Token(look, text))
    if len(matches) > _TOKENS_SHOWN:
        found.append(Token("", body[matches[_TOKENS_SHOWN].start() :]))
    return tuple(found)


def _details(signal: SignalDetail, execution: ExecutionInfo | None) -> dict[str, str]:
    size = len(signal.body.encode())
    form = "JSON" if signal.body.lstrip().startswith("{") else "text"
    checks = len(execution.checks) if execution else len(signal.checks)
    words = {
        "received": f"{signal.source_address or 'Unknown address'}, {size:,} bytes, {form}",
        "gated": figures.count(checks, "check"),
        "reported": "Stored from the terminal",
    }
    if execution is None:
        return words
    if execution.volume_lots is not None:
        words["gated"] += f", sized {figures.lots(execution.volume_lots)} lots"
    job = str(execution.job_id or "")
    words["queued"] = f"Job {job[:_SHORT_ID]}…{job[-3:]}, committed"
    words["claimed"] = f"By the agent of {execution.account_login}"
    words["sent"] = f"order_send, {execution.account_server}"
    price = figures.symbol_price(execution.fill_price, signal.info.symbol)
    at = "" if price == figures.MISSING else f" at {price}"
    words["filled"] = f"Order {execution.broker_order_id}{at}" if execution.broker_order_id else f"Done{at}"
    return words


def _ending(status: str) -> tuple[str, str]:
    if status == "unknown":
        return "doubt", "alert"
    if status in {"pending", "executed", "partial"}:
        return "wait", "minus"
    return "stop", "x"


def stage_rows(
    stages: Stages, status: str, details: dict[str, str], reason: str, zone_name: str
) -> tuple[StageRow, ...]:
    """The stages passed with the time each took, then where it waits or ended.

    The slowest step is marked. After an end nothing more is shown; while it is open, what is still to come is.
    """
    times: list[tuple[str, datetime]] = [(name, at) for name in STAGES if (at := getattr(stages, name)) is not None]
    is_refused = status in {"rejected", "discarded", "duplicate"} and stages.queued is None
    if is_refused:
        times = [(name, at) for name, at in times if name in {"received", "gated"}]
    start, end = times[0][1], times[-1][1]
    whole = max((end - start) / timedelta(milliseconds=1), 0.001)
    steps = [0.0] + [(b[1] - a[1]) / timedelta(milliseconds=1) for a, b in pairwise(times)]
    slowest = max(steps, default=0.0)
    rows: list[StageRow] = []
    for index, ((name, at), step) in enumerate(zip(times, steps, strict=True)):
        before = (at - start) / timedelta(milliseconds=1) - step
        is_last_refused = is_refused and index == len(times) - 1
        shown, unit = figures.milliseconds(max(step, 0.0))
        rows.append(
            StageRow(
                name=name.capitalize(),
                detail=reason if is_last_refused else details.get(name, ""),
                at=figures.clock_time(at, zone_name, fine=True)[6:],
                step=shown if index == 0 or shown.startswith("<") else f"+{shown}",
                step_unit=unit,
                left=round(min(max(before / whole, 0), 1) * 100, 1),
                width=round(min(max(step / whole, 0.012), 1) * 100, 1),
                state="stop" if is_last_refused else "done",
                icon="x" if is_last_refused else "check",
                is_slow=step == slowest and step > 0 and len(times) > 2,  # noqa: PLR2004
            )
        )
    return (*rows, *([] if is_refused else _to_come(times[-1][0], status, reason)))


def _to_come(last: str, status: str, reason: str) -> list[StageRow]:
    coming = STAGES[STAGES.index(last) + 1 :]
    if not coming or status in {"executed", "partial"}:
        return []
    state, icon = _ending(status)
    shown = coming[:1] if state != "wait" else coming
    return [
        StageRow(
            name=name.capitalize(),
            detail=(reason or "No answer") if state != "wait" else "Waiting" if index == 0 else "",
            at=figures.MISSING,
            step=figures.MISSING,
            step_unit="",
            left=100.0,
            width=0.0,
            state=state,
            icon=icon,
            is_slow=False,
        )
        for index, name in enumerate(shown)
    ]


def _checks(found: tuple[dict[str, object], ...]) -> tuple[CheckRow, ...]:
    return tuple(CheckRow(str(c.get("name", "")), bool(c.get("ok")), str(c.get("detail", ""))) for c in found)


def _passed(checks: tuple[CheckRow, ...]) -> str:
    return f"{sum(check.is_ok for check in checks)} of {len(checks)} passed" if checks else ""


def _points(value: Decimal | None) -> str:
    return figures.MISSING if value is None else f"{figures.pips(value)} points"


def execution_row(signal: SignalDetail, execution: ExecutionInfo, zone_name: str) -> ExecutionRow:
    """What one account did, with its own stages and checks."""
    word, tone, icon = STATUS_MARKS[execution.status.value]
    checks = _checks(execution.checks or signal.checks)
    return ExecutionRow(
        id=str(execution.id),
        account=str(execution.account_login),
        word=word,
        tone=tone,
        icon=icon,
        volume=figures.lots(execution.volume_lots),
        requested=figures.symbol_price(execution.requested_price, signal.info.symbol),
        fill=figures.symbol_price(execution.fill_price, signal.info.symbol),
        slippage=_points(execution.slippage_points),
        order_id=execution.broker_order_id,
        reason=execution.reason,
        reason_code=execution.reason_code,
        stages=stage_rows(
            execution.stages, execution.status.value, _details(signal, execution), execution.reason, zone_name
        ),
        checks=checks,
        passed=_passed(checks),
        trade_id=str(execution.trade_id or ""),
    )


def _without_execution(signal: SignalDetail, zone_name: str) -> ExecutionRow:
    """A signal no account had anything to do with: its own stages and checks stand in."""
    info = signal.info
    word, tone, icon = STATUS_MARKS[info.status.value]
    checks = _checks(signal.checks)
    stages = Stages(received=info.received_at, gated=info.resolved_at)
    return ExecutionRow(
        id="",
        account="",
        word=word,
        tone=tone,
        icon=icon,
        volume=figures.MISSING,
        requested=figures.symbol_price(info.price, info.symbol),
        fill=figures.MISSING,
        slippage=figures.MISSING,
        order_id="",
        reason=info.reason,
        reason_code=info.reason_code,
        stages=stage_rows(stages, info.status.value, _details(signal, None), info.reason, zone_name),
        checks=checks,
        passed=_passed(checks),
    )


def _summary(signal: SignalDetail) -> str:
    info = signal.info
    done = [one for one in info.executions if one.status in {ExecutionStatus.EXECUTED, ExecutionStatus.PARTIAL}]
    if info.status in {SignalStatus.EXECUTED, SignalStatus.PARTIAL} and done:
        lots = sum((one.volume_lots or Decimal(0) for one in done), Decimal(0))
        price = figures.symbol_price(info.fill_price, info.symbol)
        if lots and price != figures.MISSING:
            return f"{figures.lots(lots)} lots at {price}"
    return detail_words(info)


def signal_view(signal: SignalDetail, zone_name: str) -> SignalView:
    """The whole detail."""
    info = signal.info
    word, tone, icon = STATUS_MARKS[info.status.value]
    action, side_tone = action_words(info.action, info.side)
    total, unit = figures.milliseconds(info.to_fill_ms)
    accounts = [str(one.account_login) for one in info.executions]
    target = f" to {accounts[0]}" if len(accounts) == 1 else f" to {len(accounts)} accounts" if accounts else ""
    when = f"{figures.day_time(info.received_at, zone_name)} {figures.zone_label(zone_name)}"
    executions = tuple(execution_row(signal, one, zone_name) for one in info.executions)
    body = signal.body[:_BODY_SHOWN]
    return SignalView(
        id=str(info.id),
        action=action,
        side_tone=side_tone,
        symbol=info.symbol or figures.MISSING,
        summary=_summary(signal),
        origin=f"{info.strategy_name}{target} · {when}",
        word=word,
        tone=tone,
        icon=icon,
        total=total,
        total_unit=unit,
        is_test=info.is_test,
        body=body,
        body_note="" if len(body) == len(signal.body) else f"first {_BODY_SHOWN:,} of {len(signal.body):,} characters",
        content_type=signal.content_type.partition(";")[0] or "no content type",
        tokens=tokens(body),
        read_as=tuple(part for part in signal.read_as.split(", ") if part),
        duplicate_of=str(signal.duplicate_of or ""),
        executions=executions or (_without_execution(signal, zone_name),),
    )
