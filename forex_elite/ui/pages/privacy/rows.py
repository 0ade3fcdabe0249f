"""What the browser may see of consents."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.domain.consents import DOCUMENTS, Consent
from forex_elite.ui import figures

_CURRENT = {document.kind: document for document in DOCUMENTS}


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A text somebody agreed to."""

    key: str
    title: str
    version: str
    at: str
    address: str
    is_current: bool


def consent_row(consent: Consent, place: int, zone_name: str) -> ConsentRow:
    """A consent as its row."""
    document = _CURRENT.get(consent.kind)
    return ConsentRow(
        key=str(place),
        title=document.title if document else consent.kind,
        version=consent.version,
        at=figures.day_time(consent.accepted_at, zone_name),
        address=consent.address or figures.MISSING,
        is_current=document is not None and document.version == consent.version,
    )
