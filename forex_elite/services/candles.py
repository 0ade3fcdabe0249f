"""Charts: answered from what is kept at once, while a terminal is asked for what is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from uuid_utils.compat import uuid7

from agent.protocol import MAX_BARS, Bar, HistoryOutcome
from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import candles as queries
from forex_elite.db import logs, queue
from forex_elite.db.candles import SeriesKey
from forex_elite.db.unit_of_work import Row, UnitOfWork, unit_of_work
from forex_elite.domain.candles import MOST_BARS, Chart, Timeframe, Wanted, extended, may_have_older, missing
from forex_elite.domain.identity import Actor
from forex_elite.domain.jobs import JobType
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.terminals import is_online
from forex_elite.errors import NotFound

ANSWER_WITHIN = timedelta(seconds=30)
PRIORITY = -5
"""Orders go first."""

_BAR: TypeAdapter[Bar] = TypeAdapter(Bar)
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)
"""No candle opens later than this, whatever a broker's clock says; later years need not be looked through."""
_LARGEST = 1e11
_MOST_TICKS = 2**53


@needs(Permission.PRICE_READ)
async def chart(
    actor: Actor,
    account_id: UUID,
    symbol: str,
    timeframe: Timeframe,
    *,
    before: datetime | None = None,
    limit: int = MOST_BARS,
) -> Chart:
    """The newest candles of an account's symbol, or the newest before an instant; at most `MOST_BARS`, oldest first.

    What is not kept is asked of the terminal: the topic `jobs` tells the person when it has answered. Raises NotFound
    for an account that is not the actor's, or a symbol its broker does not have.
    """
    now = clock.now()
    limit = max(1, min(limit, MOST_BARS))
    async with unit_of_work(actor) as uow:
        account = await queries.account_of(uow, actor.person_id, account_id, symbol)
        if account is None or not account["has_symbol"]:
            raise NotFound("There is no such account, or its broker does not have this symbol.")
        key = SeriesKey(actor.person_id, account["server"], symbol, timeframe)
        row = await queries.series(uow, key)
        coverage = queries.coverage_of(row)
        found = []
        if coverage is not None:
            found = await queries.list_candles(
                uow, key, since=coverage.first_at, before=before or now + _AHEAD, limit=limit
            )
        wanted = missing(coverage, timeframe, before=before, have=len(found), limit=limit, now=now)
        can_ask = account["agent_id"] is not None and account["is_connected"]
        is_pending = _is_asked(row)
        problem = _problem(row)
        if wanted is not None and can_ask and is_online(account["last_heartbeat_at"], now) and not is_pending:
            is_pending = await _ask(uow, key, account, account_id, wanted, now)
    return Chart(
        candles=tuple(found),
        is_pending=is_pending,
        has_older=coverage is None or len(found) == limit or may_have_older(coverage, now),
        offset_s=coverage.offset_s if coverage else None,
        known_until=coverage.known_until if coverage else None,
        problem=("", "") if is_pending or wanted is None else problem,
    )


def _is_asked(row: Row | None) -> bool:
    return row is not None and row["job_status"] in {"pending", "running"}


def _problem(row: Row | None) -> tuple[str, str]:
    """Why the last question brought nothing."""
    if row is None or row["job_status"] not in {"failed", "expired"}:
        return "", ""
    error = row["job_error"] or {}
    words = {"expired": "The terminal did not answer in time."}.get(row["job_status"], "The terminal has no answer.")
    return str(error.get("code") or row["job_status"]), str(error.get("message") or words)


async def _ask(uow: UnitOfWork, key: SeriesKey, account: Row, account_id: UUID, wanted: Wanted, now: datetime) -> bool:
    job_id = uuid7()
    if not await queries.claim_question(uow, key, job_id, before=wanted.before, now=now):
        return _is_asked(await queries.series(uow, key))  # by somebody who was quicker
    payload: dict[str, Any] = {"symbol": key.symbol, "timeframe": key.timeframe.value, "count": wanted.count}
    if wanted.before is not None:
        payload["before"] = wanted.before.isoformat()
    sql, values = queue.insert(
        job_id=job_id,
        user_id=key.user_id,
        agent_id=account["agent_id"],
        account_id=account_id,
        job_type=JobType.HISTORY,
        payload=payload,
        priority=PRIORITY,
        expires_at=now + ANSWER_WITHIN,
    )
    await uow.run(sql, values)
    uow.tell(topics.jobs_for(account["agent_id"]))
    return True


async def store(uow: UnitOfWork, job: Row, bars: Any, outcome: dict[str, Any] | None) -> None:
    """Keep the bars a terminal answered with, in the transaction that ends their job; malformed ones are left out."""
    asked = await queries.asked_by(uow, job["id"])
    if asked is None or not isinstance(bars, list):
        return
    key, row = asked
    good, refused = read_bars(bars[:MAX_BARS])
    try:
        told = HistoryOutcome.model_validate({**(outcome or {}), "bars": []})
    except ValidationError:
        refused, good = len(bars), []
        told = HistoryOutcome(bars=[], read_at=clock.now())
    if refused:
        await logs.add_log(
            uow,
            user_id=key.user_id,
            agent_id=job["agent_id"],
            level="warning",
            source="history",
            message=f"{refused} bars of {key.symbol} {key.timeframe} were refused: no such times or prices.",
        )
    old = queries.coverage_of(row)
    new = extended(
        old,
        [bar[0] for bar in good],
        before=row["before_at"],
        read_at=min(told.read_at, clock.now()),
        offset_s=told.offset_s,
    )
    if new is None or (row["before_at"] is not None and new == old):
        return
    if old is not None and old.offset_s != new.offset_s:
        await queries.forget(uow, key)
    await queries.store(uow, key, good, new)


def read_bars(raw: list[Any]) -> tuple[list[tuple[Any, ...]], int]:
    """The bars that can be: (opening time, open, high, low, close, volume) in order, and how many others there were."""
    found: dict[datetime, tuple[Any, ...]] = {}
    for one in raw:
        try:
            at_s, opened, high, low, closed, volume = _BAR.validate_python(tuple(one))
        except (ValidationError, TypeError):
            continue
        is_sane = 0 < low <= min(opened, closed) <= max(opened, closed) <= high < _LARGEST
        if is_sane and 0 <= volume < _MOST_TICKS and _EARLIEST.timestamp() <= at_s < _LATEST.timestamp():
            at = datetime.fromtimestamp(at_s, UTC)
            found[at] = (at, opened, high, low, closed, volume)
    return [found[at] for at in sorted(found)], len(raw) - len(found)
