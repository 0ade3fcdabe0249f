"""`/api/auth`: register, log in, log out, me, password and sessions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from forex_elite.api.callers import Acting, address_of, refuse_foreign_site
from forex_elite.domain.people import Grant, Person
from forex_elite.services import password_reset, people, sessions
from forex_elite.settings import settings

router = APIRouter(prefix="/api/auth", tags=["people"])

Password = Annotated[str, Field(max_length=1000)]


class Registration(BaseModel):
    """A new account."""

    email: Annotated[str, Field(max_length=254)]
    password: Password
    display_name: Annotated[str, Field(max_length=200)]
    ib_code: Annotated[str | None, Field(max_length=32)] = None


class LogIn(BaseModel):
    """Proof of identity; `otp` is the code of the authenticator app or a recovery code, where one is asked for."""

    email: Annotated[str, Field(max_length=254)]
    password: Password
    otp: Annotated[str | None, Field(max_length=64)] = None


class NewPassword(BaseModel):
    """The password there is and the one there shall be."""

    current: Password
    new: Password


class Forgotten(BaseModel):
    """Whose password was forgotten."""

    email: Annotated[str, Field(max_length=254)]


class Accepted(BaseModel):
    """The same answer whether there is such an account or not."""

    message: str = "If there is an account with this address, a link is on its way. It is good for 30 minutes."


class Reset(BaseModel):
    """The new password, with the token of the link that was mailed."""

    token: Annotated[str, Field(max_length=200)]
    password: Password


class UserOut(BaseModel):
    """A person as the API shows them."""

    id: UUID
    email: str
    display_name: str
    role: str
    is_onboarded: bool
    created_at: AwareDatetime


class GrantOut(BaseModel):
    """A fresh session."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105  the OAuth name of the scheme
    expires_in: int
    user: UserOut


class SessionOut(BaseModel):
    """One live session."""

    id: UUID
    created_at: AwareDatetime
    last_seen_at: AwareDatetime
    expires_at: AwareDatetime
    address: str
    user_agent: str
    is_current: bool


class SessionsOut(BaseModel):
    """All live sessions; there is only one page of them."""

    items: list[SessionOut]
    next_cursor: str | None = None


class Ended(BaseModel):
    """How many sessions were ended."""

    ended: int


def _user(person: Person) -> UserOut:
    return UserOut(
        id=person.id,
        email=person.email,
        display_name=person.display_name,
        role=person.role.value,
        is_onboarded=person.is_onboarded,
        created_at=person.created_at,
    )


def _grant(grant: Grant, response: Response) -> GrantOut:
    response.set_cookie(
        sessions.COOKIE,
        grant.cookie_token,
        max_age=grant.expires_in_s,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings().url.startswith("https://"),
    )
    response.headers["Cache-Control"] = "no-store"
    return GrantOut(access_token=grant.access_token, expires_in=grant.expires_in_s, user=_user(grant.person))


@router.post("/register", status_code=201, dependencies=[Depends(refuse_foreign_site)])
async def register(body: Registration, request: Request, response: Response) -> GrantOut:
    """Make an account and log in; the first one becomes super_admin."""
    grant = await people.register(
        body.email,
        body.password,
        body.display_name,
        ib_code=body.ib_code,
        address=address_of(request),
        user_agent=request.headers.get("user-agent", ""),
    )
    return _grant(grant, response)


@router.post("/login", dependencies=[Depends(refuse_foreign_site)])
async def log_in(body: LogIn, request: Request, response: Response) -> GrantOut:
    """Log in; sets the browser's cookie and returns a bearer token for scripts."""
    grant = await people.log_in(
        body.email,
        body.password,
        otp=body.otp,
        address=address_of(request),
        user_agent=request.headers.get("user-agent", ""),
    )
    return _grant(grant, response)


@router.post("/forgot", status_code=202, dependencies=[Depends(refuse_foreign_site)])
async def forgot(body: Forgotten, request: Request) -> Accepted:
    """Have a link to set a new password sent by e-mail."""
    await password_reset.ask(body.email, address=address_of(request))
    return Accepted()


@router.post("/reset", status_code=204, dependencies=[Depends(refuse_foreign_site)])
async def reset(body: Reset, request: Request) -> None:
    """Set a new password by the link that was mailed; all sessions and API tokens end."""
    await password_reset.reset(body.token, body.password, address=address_of(request))


@router.post("/logout", status_code=204)
async def log_out(actor: Acting, response: Response) -> None:
    """End this session."""
    await people.log_out(actor)
    response.delete_cookie(sessions.COOKIE, path="/", httponly=True, samesite="lax")


@router.get("/me")
async def me(actor: Acting) -> UserOut:
    """The person behind this session."""
    return _user(await people.get_profile(actor))


@router.post("/password")
async def change_password(actor: Acting, body: NewPassword) -> Ended:
    """Change the password; every other session ends."""
    return Ended(ended=await people.change_password(actor, body.current, body.new))


@router.get("/sessions")
async def list_sessions(actor: Acting) -> SessionsOut:
    """Live sessions, last used first."""
    found = await sessions.list_sessions(actor)
    return SessionsOut(items=[SessionOut.model_validate(one, from_attributes=True) for one in found])


@router.delete("/sessions/{session_id}", status_code=204)
async def revoke_session(actor: Acting, session_id: UUID) -> None:
    """End one session; its cookie and bearer token stop working at once."""
    await sessions.revoke(actor, session_id)


@router.post("/sessions/revoke-others")
async def revoke_other_sessions(actor: Acting) -> Ended:
    """End every session but this one."""
    return Ended(ended=await sessions.revoke_others(actor))
