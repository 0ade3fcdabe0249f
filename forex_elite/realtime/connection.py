"""Who is at the other end of a socket: checked at the handshake, and ended when the session ends."""

from __future__ import annotations

from starlette.websockets import WebSocket, WebSocketDisconnect

from forex_elite.domain.people import SignedIn
from forex_elite.errors import DatabaseUnavailable
from forex_elite.services import sessions
from forex_elite.services.origin import is_own_site

NOT_SIGNED_IN = 4401
FOREIGN_SITE = 4403
BAD_REQUEST = 4400
NOT_PERMITTED = 4404
TRY_LATER = 1013


async def admit(socket: WebSocket) -> SignedIn | None:
    """Accept the handshake of a signed-in person from our own pages (or a script with a bearer token), else close.

    The socket is accepted before it is closed, because only then does a browser see the closing code.
    """
    scheme, _, token = socket.headers.get("authorization", "").partition(" ")
    has_bearer = scheme.lower() == "bearer" and bool(token)
    if not is_own_site(socket.headers.get("origin"), socket.headers.get("host", ""), absent=has_bearer):
        await socket.accept()
        await socket.close(FOREIGN_SITE, "cross-origin")
        return None
    if has_bearer:
        person = await sessions.find_bearer(token)
    else:
        person = await sessions.find(socket.cookies.get(sessions.COOKIE, ""))
    await socket.accept()
    if person is None:
        await socket.close(NOT_SIGNED_IN, "not-signed-in")
    return person


async def is_still_signed_in(socket: WebSocket, person: SignedIn) -> bool:
    """Look again once the end of the session is listened for: one that ended in between would never be heard of."""
    try:
        if await sessions.is_live(person.session_id):
            return True
        await socket.close(NOT_SIGNED_IN, "session-ended")
    except DatabaseUnavailable:
        await socket.close(TRY_LATER, "database-unavailable")
    except (WebSocketDisconnect, RuntimeError):
        pass  # the other end has hung up meanwhile
    return False
