"""`/api/auth/two-factor` and `/api/auth/tokens`: the second factor and API tokens of the person who calls."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from forex_elite.api.callers import Acting
from forex_elite.domain.permissions import SCOPES
from forex_elite.services import api_tokens, two_factor

router = APIRouter(prefix="/api/auth", tags=["people"])

Secret = Annotated[str, Field(max_length=1000)]
Code = Annotated[str, Field(max_length=64)]


class FactorOut(BaseModel):
    """Whether a code is asked for at log-in, since when, and how many recovery codes are left."""

    is_enabled: bool
    enabled_at: AwareDatetime | None
    recovery_codes_left: int


class PasswordIn(BaseModel):
    """The password again."""

    password: Secret


class CodeIn(BaseModel):
    """A code of the authenticator app."""

    code: Code


class ProofIn(BaseModel):
    """The password again, with a code of the app or a recovery code."""

    password: Secret
    code: Code


class EnrolmentOut(BaseModel):
    """A secret that is not in force yet: as text, as an address for apps, and as a QR code (SVG data URI)."""

    secret: str
    address: str
    picture: str


class RecoveryOut(BaseModel):
    """Recovery codes, shown this once; each works once."""

    recovery_codes: list[str]


class TokenIn(BaseModel):
    """A token to be made; without `days` it is good until it is revoked."""

    name: Annotated[str, Field(max_length=200)]
    scopes: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=100)]
    days: Annotated[int | None, Field(ge=1, le=api_tokens.LONGEST_DAYS)] = None


class TokenOut(BaseModel):
    """A token as its owner sees it."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    last_used_at: AwareDatetime | None


class NewTokenOut(TokenOut):
    """A token that was just made; `token` is told this once."""

    token: str


class TokensOut(BaseModel):
    """All live tokens; there is only one page of them. `scopes` lists what a token can be made for."""

    items: list[TokenOut]
    next_cursor: str | None = None
    scopes: list[str]


def _never_kept(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"


@router.get("/two-factor")
async def two_factor_status(actor: Acting) -> FactorOut:
    """How it stands with the second factor."""
    return FactorOut.model_validate(await two_factor.status(actor), from_attributes=True)


@router.post("/two-factor")
async def begin_two_factor(actor: Acting, body: PasswordIn, response: Response) -> EnrolmentOut:
    """Make a secret for an authenticator app; it is in force once confirmed."""
    _never_kept(response)
    return EnrolmentOut.model_validate(await two_factor.begin(actor, body.password), from_attributes=True)


@router.post("/two-factor/confirm")
async def confirm_two_factor(actor: Acting, body: CodeIn, response: Response) -> RecoveryOut:
    """Put the secret in force with a code of it."""
    _never_kept(response)
    return RecoveryOut(recovery_codes=list(await two_factor.confirm(actor, body.code)))


@router.post("/two-factor/disable", status_code=204)
async def disable_two_factor(actor: Acting, body: ProofIn) -> None:
    """Ask for no code any more."""
    await two_factor.disable(actor, body.password, body.code)


@router.post("/two-factor/recovery-codes")
async def renew_recovery_codes(actor: Acting, body: ProofIn, response: Response) -> RecoveryOut:
    """Make new recovery codes; the old ones stop working."""
    _never_kept(response)
    return RecoveryOut(recovery_codes=list(await two_factor.renew_recovery_codes(actor, body.password, body.code)))


@router.get("/tokens")
async def list_tokens(actor: Acting) -> TokensOut:
    """Live API tokens, newest first."""
    found = await api_tokens.list_tokens(actor)
    items = [TokenOut.model_validate(one, from_attributes=True) for one in found]
    return TokensOut(items=items, scopes=[scope.value for scope in SCOPES])


@router.post("/tokens", status_code=201)
async def create_token(actor: Acting, body: TokenIn, response: Response) -> NewTokenOut:
    """Make an API token; use it as `Authorization: Bearer`."""
    _never_kept(response)
    info, token = await api_tokens.create(actor, body.name, body.scopes, days=body.days)
    shown = TokenOut.model_validate(info, from_attributes=True)
    return NewTokenOut(**shown.model_dump(), token=token)


@router.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(actor: Acting, token_id: UUID) -> None:
    """End a token at once."""
    await api_tokens.revoke(actor, token_id)
