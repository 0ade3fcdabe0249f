"""Who calls: a person by cookie or bearer token, an agent by its key. And from where."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from forex_elite.domain.identity import Actor
from forex_elite.domain.people import SignedIn
from forex_elite.errors import NotAllowed, NotSignedIn
from forex_elite.services import agents, sessions
from forex_elite.services.agents import AgentCaller
from forex_elite.services.origin import is_own_site
from forex_elite.settings import settings

LONGEST_KEY = 200
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_bearer = HTTPBearer(auto_error=False, description="The access token from log-in or registration.")


class CrossOrigin(NotAllowed):
    """A browser sent this from another site; open ForexElite itself and try again."""

    code = "cross-origin"


def address_of(connection: HTTPConnection) -> str:
    """The caller's network address; forwarded headers count only behind `TRUSTED_PROXY_HOPS` proxies of ours."""
    hops = settings().trusted_proxy_hops
    if hops > 0:
        forwarded = [part.strip() for part in connection.headers.get("x-forwarded-for", "").split(",") if part.strip()]
        if len(forwarded) >= hops:
            return forwarded[-hops][:64]
    return connection.client.host if connection.client else ""


def _is_own(request: Request, *, absent: bool) -> bool:
    headers = request.headers
    return is_own_site(
        headers.get("origin"), headers.get("host", ""), fetch_site=headers.get("sec-fetch-site"), absent=absent
    )


def refuse_foreign_site(request: Request) -> None:
    """For routes that open a session: a browser on another site may not call them; scripts send no Origin."""
    if not _is_own(request, absent=True):
        raise CrossOrigin("This request came from another site.")


async def signed_in(
    request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> SignedIn:
    """The person behind the request. Raises NotSignedIn, and CrossOrigin for a write by cookie from elsewhere."""
    if bearer is not None:
        found = await sessions.find_bearer(bearer.credentials)
    else:
        found = await sessions.find(request.cookies.get(sessions.COOKIE, ""))
        if found is not None and request.method not in _SAFE_METHODS and not _is_own(request, absent=False):
            raise CrossOrigin("This request came from another site.")
    if found is None:
        raise NotSignedIn("Log in first: the session is missing, expired or revoked.")
    return found


def acting(person: Annotated[SignedIn, Depends(signed_in)]) -> Actor:
    """The identity to act under."""
    return person.actor


async def agent_caller(
    agent_id: UUID,
    x_agent_key: Annotated[str, Header(max_length=LONGEST_KEY, description="The pairing key.")] = "",
    x_agent_instance: Annotated[UUID | None, Header(description="Which installation of the agent calls.")] = None,
) -> AgentCaller:
    """The agent in the path, proven by its key. Raises AgentKeyWrong."""
    caller = await agents.prove(agent_id, x_agent_key)
    return caller if x_agent_instance is None else replace(caller, instance=x_agent_instance)


def active_agent_caller(agent: Annotated[AgentCaller, Depends(agent_caller)]) -> AgentCaller:
    """The same for what a suspended person's agent is not given. Raises AgentKeyWrong and OwnerSuspended."""
    agents.check_active(agent)
    return agent


Acting = Annotated[Actor, Depends(acting)]
AgentCalling = Annotated[AgentCaller, Depends(agent_caller)]
ActiveAgentCalling = Annotated[AgentCaller, Depends(active_agent_caller)]
