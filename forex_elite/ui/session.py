"""Who is at the page. The cookie is read on the server at every event; the browser is told a name and a role only."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar
from urllib.parse import quote

import reflex as rx

from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.people import SignedIn
from forex_elite.errors import ForexEliteError, NotAllowed
from forex_elite.services import onboarding, sessions
from forex_elite.ui import figures, handlers

Handler = TypeVar("Handler", bound=Callable[..., Any])

ROLE_NAMES = {
    Role.USER: "Trader",
    Role.IB: "Introducing broker",
    Role.ADMIN: "Administrator",
    Role.SUPER_ADMIN: "Owner of this installation",
}

STAFF = (Role.ADMIN, Role.SUPER_ADMIN)
"""Who may open the pages of administration."""


def _token(cookie_header: str) -> str:
    """The session token in a Cookie header, or an empty string."""
    try:
        morsel = SimpleCookie(cookie_header).get(sessions.COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


async def _signed_in(state: rx.State) -> SignedIn | None:
    return await sessions.find(_token(state.router.headers.cookie))


def _log_in_first(state: rx.State) -> rx.event.EventSpec:
    """To the log-in page, which comes back here; with a reason when there was a session before."""
    had_session = bool(_token(state.router.headers.cookie))
    here = state.router.url.path + (f"?{state.router.url.query}" if state.router.url.query else "")
    reason = "reason=expired&" if had_session else ""
    return rx.redirect(f"/login?{reason}next={quote(here or '/', safe='/')}")


async def _refusal(state: rx.State, who: SignedIn | None, roles: tuple[Role, ...], *, onboarded: bool) -> Any:
    if who is None:
        return _log_in_first(state)
    if onboarded and (not who.person.is_onboarded or who.must_agree):
        return rx.redirect("/onboarding")
    if roles and who.actor.role not in roles:
        return handlers.explain(NotAllowed("Your role does not permit this."))
    return None


def requires(*roles: Role, onboarded: bool = True) -> Callable[[Handler], Handler]:
    """Guard a handler (below `@rx.event`): it gets the acting `Actor` as its first argument, or is not called at all.

    The session is looked up at every event, so a revoked one ends here. Any role will do unless some are named.
    Refusals raised inside become one toast. The actor is never taken from the browser: the handler's public
    signature does not have it.
    """

    def guard(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def guarded(self: rx.State, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            try:
                who = await _signed_in(self)
                refusal = await _refusal(self, who, roles, onboarded=onboarded)
                if refusal is not None or who is None:
                    yield refusal
                    return
                outcome = handler(self, who.actor, *args, **kwargs)
                if inspect.isasyncgen(outcome):
                    async for event in outcome:
                        yield event
                else:
                    yield await outcome
            except ForexEliteError as error:
                yield handlers.explain(error)

        signature = inspect.signature(handler)
        kept = [parameter for name, parameter in signature.parameters.items() if name != "actor"]
        assert len(kept) == len(signature.parameters) - 1, f"{handler.__qualname__} must take the actor"
        guarded.__signature__ = signature.replace(parameters=kept)
        guarded.__annotations__ = {name: kind for name, kind in handler.__annotations__.items() if name != "actor"}
        guarded.is_guarded = True
        guarded.roles = roles
        return guarded

    return guard


def public(handler: Handler) -> Handler:
    """Mark a handler that anybody may call: it shows nothing of a person and changes nothing."""
    handler.is_public = True
    return handler


class SessionState(rx.State):
    """The person as the pages greet them; no identity is decided from here."""

    display_name: str = ""
    email: str = ""
    initials: str = ""
    role: str = ""
    role_name: str = ""
    theme: str = ""
    pnl_palette: str = ""
    time_zone: str = "UTC"
    is_signed_in: bool = False
    is_staff: bool = False

    @rx.event
    @requires(onboarded=False)
    async def load(self, actor: Actor) -> None:
        """Greet: name, role and appearance of the person signed in."""
        who = await _signed_in(self)
        assert who is not None
        preferences = await onboarding.get_preferences(actor)
        self.display_name = who.person.display_name
        self.email = who.person.email
        self.initials = figures.initials(who.person.display_name)
        self.role = who.person.role.value
        self.role_name = ROLE_NAMES[who.person.role]
        self.is_staff = who.person.role in STAFF
        self.theme = preferences.theme
        self.pnl_palette = preferences.pnl_palette
        self.time_zone = preferences.time_zone
        self.is_signed_in = True

    @rx.event
    @public
    async def skip_if_signed_in(self) -> Any:
        """Log-in and registration are of no use to somebody who is signed in."""
        who = await _signed_in(self)
        return rx.redirect("/" if who.person.is_onboarded else "/onboarding") if who else None
