"""The texts editors were last answered about, so that only changes travel: in this process's memory, and bounded."""

from __future__ import annotations

import sys
from collections import OrderedDict

from forex_elite.domain.artifacts import digest
from forex_elite.errors import Conflict

MAX_BYTES_PER_PERSON = 24_000_000
MAX_BYTES = 96_000_000


class TextUnknown(Conflict):
    """The text that was meant is not held here any more: another process answers, or newer ones took its place.

    Send the whole text.
    """

    code = "mql5-text-unknown"


class HeldTexts:
    """Texts by person and SHA-256; the longest unused go first, of the person beyond hers, of everybody beyond all."""

    def __init__(self, *, per_person: int = MAX_BYTES_PER_PERSON, total: int = MAX_BYTES) -> None:
        self._per_person = per_person
        self._most = total
        self._people: OrderedDict[str, OrderedDict[str, str]] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._hashes: dict[tuple[str, int], str] = {}
        """The SHA-256 of each text that is held, by its person and identity: what did not change is not hashed anew."""

    def hold(self, person: str, text: str) -> str | None:
        """Keep a text; its SHA-256 in UTF-8, or None for one that is too large to be kept."""
        if sys.getsizeof(text) > self._per_person // 2:
            return None
        sha256 = self._hashes.get((person, id(text))) or digest(text.encode())
        texts = self._people.setdefault(person, OrderedDict())
        self._people.move_to_end(person)
        if sha256 not in texts:
            self._sizes[person] = self._sizes.get(person, 0) + sys.getsizeof(text)
            texts[sha256] = text
            self._hashes[person, id(text)] = sha256
        texts.move_to_end(sha256)
        while self._sizes[person] > self._per_person:
            self._drop(person)
        while sum(self._sizes.values()) > self._most:
            self._drop(next(iter(self._people)))
        return sha256

    def find(self, person: str, sha256: str) -> str:
        """A text of this person. Raises TextUnknown, also for a text that others have."""
        texts = self._people.get(person, OrderedDict())
        if sha256 not in texts:
            raise TextUnknown("The text these changes were made upon is not held here; send the whole text.")
        texts.move_to_end(sha256)
        self._people.move_to_end(person)
        return texts[sha256]

    def _drop(self, person: str) -> None:
        texts = self._people[person]
        _, text = texts.popitem(last=False)
        del self._hashes[person, id(text)]
        self._sizes[person] -= sys.getsizeof(text)
        if not texts:
            del self._people[person], self._sizes[person]
