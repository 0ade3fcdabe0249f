"""`/api/agents` for people: pair, list, rotate, delete."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from forex_elite.api.callers import Acting
from forex_elite.domain.terminals import AgentInfo
from forex_elite.services import agents

router = APIRouter(prefix="/api/agents", tags=["agents"])


class NewAgent(BaseModel):
    """An agent to pair."""

    name: Annotated[str, Field(max_length=200)]
    kind: Literal["dedicated", "pool"] = "dedicated"


class PairingKey(BaseModel):
    """The new key, shown this once."""

    id: UUID
    name: str
    pairing_key: str


class AgentOut(BaseModel):
    """An agent as its owner sees it."""

    id: UUID
    name: str
    kind: str
    key_prefix: str
    created_at: AwareDatetime
    last_heartbeat_at: AwareDatetime | None
    is_online: bool
    version: str
    cpu_percent: float
    memory_percent: float
    account_count: int


class AgentsOut(BaseModel):
    """All agents; there is only one page of them."""

    items: list[AgentOut]
    next_cursor: str | None = None


def _out(info: AgentInfo) -> AgentOut:
    return AgentOut.model_validate(info, from_attributes=True)


@router.post("", status_code=201)
async def create(actor: Acting, body: NewAgent, response: Response) -> PairingKey:
    """Make an agent; its key is in this answer and nowhere else."""
    made, key = await agents.create(actor, body.name, body.kind)
    response.headers["Cache-Control"] = "no-store"
    return PairingKey(id=made.id, name=made.name, pairing_key=key)


@router.get("")
async def list_agents(actor: Acting) -> AgentsOut:
    """The caller's agents, oldest first."""
    return AgentsOut(items=[_out(info) for info in await agents.list_agents(actor)])


@router.delete("/{agent_id}", status_code=204)
async def delete(actor: Acting, agent_id: UUID) -> None:
    """Delete an agent; its key stops working at once and its accounts keep their history."""
    await agents.delete(actor, agent_id)


@router.post("/{agent_id}/pairing-key")
async def rotate_key(actor: Acting, agent_id: UUID, response: Response) -> PairingKey:
    """Replace the key; the old one stops working at once."""
    key = await agents.rotate_key(actor, agent_id)
    response.headers["Cache-Control"] = "no-store"
    names = {info.id: info.name for info in await agents.list_agents(actor)}
    return PairingKey(id=agent_id, name=names.get(agent_id, ""), pairing_key=key)
