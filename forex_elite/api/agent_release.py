"""`/api/agent/…` and `/api/agents/{id}/release`: the agent's program, for people who install it and for its update."""

from __future__ import annotations

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request, Response

from agent.protocol import Release
from forex_elite.api.callers import AgentCalling
from forex_elite.services import agent_release
from forex_elite.settings import settings

router = APIRouter(prefix="/api")

_ZIP = "application/zip"
_TAG = "agent release"


@router.get("/agent/release", tags=[_TAG])
async def describe() -> Release:
    """Version, SHA-256 and signature of the agent this server offers."""
    return (await asyncio.to_thread(agent_release.program)).release


@router.get(f"/agent/{agent_release.FILE_NAME}", tags=[_TAG], response_class=Response)
async def download() -> Response:
    """The agent as one file for Python 3.11 or newer. There is no secret in it."""
    program = await asyncio.to_thread(agent_release.program)
    headers = {"Content-Disposition": f'attachment; filename="{agent_release.FILE_NAME}"'}
    return Response(program.content, media_type=_ZIP, headers=headers)


@router.get("/agent/install.ps1", tags=[_TAG], response_class=Response)
async def install(request: Request, agent_id: UUID) -> Response:
    """The PowerShell script of the agents page. The key is not in it; it comes from the environment."""
    server = (settings().public_url or str(request.base_url)).rstrip("/")
    script = await asyncio.to_thread(agent_release.install_script, server, agent_id)
    return Response(script, media_type="text/plain; charset=utf-8")


@router.get("/agents/{agent_id}/release", tags=["agent protocol"], response_class=Response)  # noqa: FAST003  # AgentCalling reads it
async def fetch(_agent: AgentCalling) -> Response:
    """The same file for an agent's own update."""
    return Response((await asyncio.to_thread(agent_release.program)).content, media_type=_ZIP)
