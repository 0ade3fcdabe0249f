"""Keeps the leases of jobs in hand, and takes back what nobody may begin any more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from agent.client import KeyRefused, LeaseLost, Rejected, ServerAway, ServerClient
from agent.clocks import Clock, Deadline
from agent.terminal_process import HeldJob

log = logging.getLogger(__name__)

WATCH_S = 1.0


class Holder(Protocol):
    """Who has jobs in hand: a terminal, or the desk for experts."""

    def in_hand(self) -> list[HeldJob]:
        """Jobs that wait here or are being done."""

    def withdraw(self, held: HeldJob) -> bool:
        """Take a job back that has not begun; False when it has."""

    def lease_moved(self, held: HeldJob) -> None:
        """Let whoever does the job know that it may take longer."""


class Leases:
    """Extends leases a third of their time before they end; `expired` is told of jobs withdrawn as too old."""

    def __init__(
        self,
        client: ServerClient,
        clock: Clock,
        holders: Callable[[], Sequence[Holder]],
        *,
        expired: Callable[[HeldJob], None],
    ) -> None:
        self._client = client
        self._clock = clock
        self._holders = holders
        self._expired = expired

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await asyncio.sleep(WATCH_S)
            in_hand = [(holder, held) for holder in self._holders() for held in holder.in_hand()]
            await asyncio.gather(*(self._watch(holder, held) for holder, held in in_hand))

    async def _watch(self, holder: Holder, held: HeldJob) -> None:
        is_late = held.expires is not None and held.expires.is_past(self._clock)
        if is_late and not held.question and holder.withdraw(held):
            self._expired(held)
            return
        if held.lease.remaining_s(self._clock) > held.lease_s * 2 / 3:
            return
        asked = Deadline.after(held.lease_s, self._clock)
        try:
            await self._client.extend(held.job_id, held.lease_token)
        except LeaseLost:
            if holder.withdraw(held):
                log.warning("job %s was taken back by the server before it began", held.job_id)
        except (ServerAway, KeyRefused, Rejected) as error:
            log.debug("a lease could not be extended: %s", error)
        else:
            held.lease = asked
            holder.lease_moved(held)
