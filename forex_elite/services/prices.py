"""Ticks from agents: the last price of each symbol is kept, and everybody who watches it is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, NotRequired
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from agent.protocol import MAX_TICKS, JobError, Positive, RowsStored, SymbolName, Tick
from forex_elite import bus, clock
from forex_elite.bus import topics
from forex_elite.db import accounts
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.trading import Quote
from forex_elite.errors import InvalidInput
from forex_elite.services import quotes
from forex_elite.services.agents import AgentCaller

_LATEST_MS = 7_258_118_400_000  # the year 2200


class TickRow(TypedDict):
    """What `agent.protocol.Tick` says, as a plain dictionary: a batch of these is read and checked in one pass."""

    symbol: SymbolName
    bid: Positive
    ask: Positive
    time_msc: NotRequired[Annotated[int, Field(ge=0)]]


class TickRows(TypedDict):
    """A whole batch in the first of the two shapes."""

    ticks: Annotated[list[TickRow], Field(max_length=MAX_TICKS)]


_TICK: TypeAdapter[Tick] = TypeAdapter(Tick)
_BATCH: TypeAdapter[TickRows] = TypeAdapter(TickRows)


def read_batch(body: Any) -> list[Any]:
    """The raw ticks of either body shape: `{"ticks":[…]}` or `{"EURUSD":{"bid":…,"ask":…}}`. Raises InvalidInput."""
    if not isinstance(body, dict):
        raise InvalidInput("Send an object with ticks.")
    rows: list[Any]
    if isinstance(body.get("ticks"), list):
        rows = body["ticks"]
    else:
        rows = [{"symbol": name, **(row if isinstance(row, dict) else {})} for name, row in body.items()]
    if len(rows) > MAX_TICKS:
        raise InvalidInput(f"Send at most {MAX_TICKS} ticks in one batch.", field="ticks")
    return rows


def _read(content: bytes) -> tuple[Iterable[TickRow], int, list[JobError]]:
    """The good ticks of a batch, how many there were in all, and why the others were refused. Raises InvalidInput."""
    try:
        rows = _BATCH.validate_json(content)["ticks"]
    except ValidationError:
        return _read_one_by_one(content)
    return rows, len(rows), []


def _read_one_by_one(content: bytes) -> tuple[Iterable[TickRow], int, list[JobError]]:
    try:
        raw_rows = read_batch(json.loads(content))  # lenient: NaN and lone surrogates are refused row by row
    except (ValueError, RecursionError) as malformed:
        raise InvalidInput("Send JSON: an object with ticks.") from malformed
    rows: list[TickRow] = []
    refused: list[JobError] = []
    for raw in raw_rows:
        try:
            tick = _TICK.validate_python(raw)
        except ValidationError as wrong:
            refused.append(JobError(code="tick-refused", message=wrong.errors(include_url=False)[0]["msg"]))
        else:
            rows.append({"symbol": tick.symbol, "bid": tick.bid, "ask": tick.ask, "time_msc": tick.time_msc})
    return rows, len(raw_rows), refused


async def store(caller: AgentCaller, content: bytes) -> RowsStored:
    """Keep and publish the newest tick of each symbol of a batch in JSON; malformed ones are refused one by one."""
    rows, total, refused = _read(content)
    newest: dict[str, TickRow] = {}
    for tick in rows:
        if tick["ask"] < tick["bid"]:
            refused.append(JobError(code="tick-refused", message=f"{tick['symbol']}: the ask is below the bid"))
        elif tick.get("time_msc", 0) > _LATEST_MS:
            refused.append(JobError(code="tick-refused", message=f"{tick['symbol']}: the time is no date"))
        else:
            newest[tick["symbol"]] = tick
    now_ms = int(clock.now().timestamp() * 1000)
    values: dict[str, dict[str, Any]] = {}
    messages = []
    for symbol, tick in newest.items():
        data = {"symbol": symbol, "bid": tick["bid"], "ask": tick["ask"], "ts": tick.get("time_msc") or now_ms}
        topic = topics.price(caller.user_id, symbol)
        values[topic] = data
        values[_agent_key(caller.id, symbol)] = {**data, "received_ms": now_ms}
        messages.append((topic, data))
    await bus.current().publish(messages)
    await bus.current().keep(values)
    quotes.keep(caller.user_id, caller.id, {s: (tick["bid"], tick["ask"]) for s, tick in newest.items()}, now_ms)
    return RowsStored(stored=total - len(refused), refused=refused[:20])


def _agent_key(agent_id: UUID, symbol: str) -> str:
    return f"agent:{agent_id}:price:{symbol}"


@needs(Permission.PRICE_READ)
async def watch_list(actor: Actor, wanted: Sequence[str]) -> tuple[str, ...]:
    """What to show prices of, under the brokers' own names: symbols with open positions first, then the wanted ones."""
    async with unit_of_work(actor) as uow:
        return tuple(await accounts.names_to_watch(uow, actor.person_id, list(wanted)))


async def last_quotes(wanted: list[tuple[UUID, str]]) -> dict[tuple[UUID, str], Quote]:
    """The newest quote per (agent, broker symbol), where one is known."""
    keys = {_agent_key(agent_id, symbol): (agent_id, symbol) for agent_id, symbol in wanted}
    found = await bus.current().last(list(keys))
    return {
        keys[key]: Quote(data["bid"], data["ask"], datetime.fromtimestamp(data["received_ms"] / 1000, UTC))
        for key, data in found.items()
    }


async def last_of_person(user_id: UUID, symbols: list[str]) -> dict[str, dict[str, Any]]:
    """The newest price per symbol from a person's agents: {symbol, bid, ask, ts}."""
    keys = {topics.price(user_id, symbol): symbol for symbol in symbols}
    return {keys[key]: data for key, data in (await bus.current().last(list(keys))).items()}
