"""The journal as the child keeps it: what could not be written now is written later, and nothing is forgotten."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from agent.journal import Entry, Journal, JournalUnavailable, Settlement

log = logging.getLogger(__name__)

_CLOSED_UNTIL = "closed_until"
_PAST = "past"
_PROBE = "writable"
_PROBE_S = 5.0


class Upkeep:
    """Keeps one account's journal: reads what a crash left open, retries writes, knows whether it can be written."""

    def __init__(self, journal: Journal, tell_fault: Callable[[str], None]) -> None:
        self.unresolved: deque[Entry] = deque()
        self.unsaved: dict[str, Settlement] = {}
        self.is_read = False
        self.fault = ""
        self._journal = journal
        self._tell_fault = tell_fault
        self._delivered: dict[str, bool] = {}
        self._marks: dict[str, str] = {}
        self._probe_at = 0.0

    def read(self) -> tuple[list[Entry], datetime | None, str | None] | None:
        """Read what earlier runs left, once: results not yet acknowledged, and how far trades are reported.

        That is the instant up to which closed ones are, and the mark of the back-fill.
        """
        if self.is_read:
            return None
        try:
            self._journal.forget_old()
            self._take_up(self._journal.unresolved())
            outbox, until = self._journal.outbox(), self._journal.mark(_CLOSED_UNTIL)
            past = self._journal.mark(_PAST)
        except JournalUnavailable as error:
            self.report(str(error))
            return None
        self.is_read = True
        self.report("")
        return outbox, None if until is None else datetime.fromisoformat(until), past

    def catch_up(self) -> None:
        """Write what is still to be written; a faulty journal is probed now and then."""
        now = time.monotonic()
        if self.fault and now < self._probe_at:
            return
        self._probe_at = now + _PROBE_S
        try:
            for job_id, settlement in list(self.unsaved.items()):
                self._journal.settle(job_id, settlement)
                del self.unsaved[job_id]
            for job_id, is_lease_lost in list(self._delivered.items()):
                if job_id not in self.unsaved:
                    self._journal.delivered(job_id, is_lease_lost=is_lease_lost)
                    del self._delivered[job_id]
            for name, value in list(self._marks.items()):
                self._journal.set_mark(name, value)
                del self._marks[name]
            if self.fault:
                self._journal.set_mark(_PROBE, str(time.time()))
        except JournalUnavailable as error:
            self.report(str(error))
        else:
            self.report("")

    def save(self, job_id: str, settlement: Settlement) -> None:
        """Settle a job on disk, now or as soon as the journal can be written."""
        try:
            self._journal.settle(job_id, settlement)
        except JournalUnavailable as error:
            self.unsaved[job_id] = settlement
            self.report(str(error))

    def find(self, job_id: str) -> Entry | None:
        """A job's entry with the settlement we know, saved or not; raises JournalUnavailable."""
        if not self.is_read:
            raise JournalUnavailable(self.fault or "the journal has not been read yet")
        try:
            entry = self._journal.find(job_id)
        except JournalUnavailable as error:
            self.report(str(error))
            raise
        if entry is not None and entry.settlement is None and job_id in self.unsaved:
            return replace(entry, settlement=self.unsaved[job_id])
        return entry

    def renew_lease(self, job_id: str, lease_token: str) -> None:
        """Keep the token under which the server wants a result now; in memory alone when the journal is full."""
        try:
            self._journal.renew_lease(job_id, lease_token)
        except JournalUnavailable as error:
            self.report(str(error))

    def delivered(self, job_id: str, *, is_lease_lost: bool) -> None:
        """Note that the server has a result, or no longer takes it under the lease we know."""
        self._delivered[job_id] = is_lease_lost

    def closed_until(self, at: str) -> None:
        """Note how far closed trades are acknowledged."""
        self._marks[_CLOSED_UNTIL] = at

    def past_until(self, mark: str) -> None:
        """Note how far back the past is acknowledged."""
        self._marks[_PAST] = mark

    def resolve_again(self) -> None:
        """Take up intents that turned up without a settlement; an unreadable journal is read anew later."""
        try:
            self._take_up(self._journal.unresolved())
        except JournalUnavailable as error:
            self.is_read = False
            self.report(str(error))

    def _take_up(self, entries: list[Entry]) -> None:
        known = {entry.intent.job_id for entry in self.unresolved} | self.unsaved.keys()
        self.unresolved.extend(entry for entry in entries if entry.intent.job_id not in known)

    def report(self, fault: str) -> None:
        """Tell the supervisor when the journal becomes faulty and when it is well again."""
        if fault == self.fault:
            return
        if fault and not self.fault:
            log.error("journal not writable, so no order will be sent: %s", fault)
            self._probe_at = time.monotonic() + _PROBE_S
        if not fault:
            log.warning("the journal is writable again")
        self.fault = fault
        self._tell_fault(fault)
