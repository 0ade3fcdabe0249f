"""What people agreed to, and what they have yet to agree to because its text has changed."""

from __future__ import annotations

from collections.abc import Mapping

from forex_elite.db import people as queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.consents import DOCUMENTS, Consent, Document, outstanding
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict
from forex_elite.services import audit


class DocumentOutdated(Conflict):
    """A text has a newer version than the one shown; reload the page and read it."""

    code = "document-outdated"


@needs(Permission.PROFILE_READ)
async def to_accept(actor: Actor) -> tuple[Document, ...]:
    """The texts the actor has not agreed to in their present version."""
    return outstanding((one.kind, one.version) for one in await history(actor))


@needs(Permission.PROFILE_READ)
async def history(actor: Actor) -> tuple[Consent, ...]:
    """Everything the actor agreed to, newest first."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_consents(uow, actor.person_id))


@needs(Permission.PROFILE_CHANGE)
async def accept(actor: Actor, versions: Mapping[str, str], *, address: str = "") -> None:
    """Record that the actor agreed to texts, by kind in the version shown. Raises DocumentOutdated."""
    current = {document.kind: document.version for document in DOCUMENTS}
    if any(current.get(kind) != version for kind, version in versions.items()):
        raise DocumentOutdated("A text has changed. Reload the page and read it again.")
    async with unit_of_work(actor) as uow:
        for kind, version in versions.items():
            await queries.add_consent(uow, actor.person_id, kind=kind, version=version, address=address)
        await audit.record(uow, actor, "people.consent", after=dict(versions), address=address or None)
