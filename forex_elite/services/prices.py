"""Ticks from agents: the last price of each symbol is kept, and everybody who watches it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from agent.protocol import MAX_TICKS, JobError, RowsStored, Tick
from forex_elite import bus, clock
from forex_elite.bus import topics
from forex_elite.db import accounts
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.trading import Quote
from forex_elite.errors import InvalidInput
from forex_elite.services.agents import AgentCaller

_TICK: TypeAdapter[Tick] = TypeAdapter(Tick)
_LATEST_MS = 7_258_118_400_000  # the year 2200


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


async def store(caller: AgentCaller, body: Any) -> RowsStored:
    """Keep and publish the newest tick of each symbol; malformed ones are refused one by one."""
    newest: dict[str, Tick] = {}
    refused: list[JobError] = []
    rows = read_batch(body)
    for raw in rows:
        try:
            tick = _TICK.validate_python(raw)
        except ValidationError as wrong:
            refused.append(JobError(code="tick-refused", message=wrong.errors(include_url=False)[0]["msg"]))
            continue
        if tick.ask < tick.bid:
            refused.append(JobError(code="tick-refused", message=f"{tick.symbol}: the ask is below the bid"))
            continue
        if tick.time_msc > _LATEST_MS:
            refused.append(JobError(code="tick-refused", message=f"{tick.symbol}: the time is no date"))
            continue
        newest[tick.symbol] = tick
    now_ms = int(clock.now().timestamp() * 1000)
    values: dict[str, dict[str, Any]] = {}
    messages = []
    for symbol, tick in newest.items():
        data = {"symbol": symbol, "bid": tick.bid, "ask": tick.ask, "ts": tick.time_msc or now_ms}
        topic = topics.price(caller.user_id, symbol)
        values[topic] = data
        values[_agent_key(caller.id, symbol)] = {**data, "received_ms": now_ms}
        messages.append((topic, data))
    await bus.current().keep(values)
    await bus.current().publish(messages)
    return RowsStored(stored=len(rows) - len(refused), refused=refused[:20])


def _agent_key(agent_id: UUID, symbol: str) -> str:
    return f"agent:{agent_id}:price:{symbol}"


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
