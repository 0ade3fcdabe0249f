"""The queue as staff watch it: depth by kind, and a page of jobs that have not ended."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite import clock
from forex_elite.domain.identity import Actor
from forex_elite.errors import NotFound
from forex_elite.services import onboarding, work_queue
from forex_elite.ui import figures, handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.pages.admin.queue.rows import DepthRow, JobRow, depth_row, job_row
from forex_elite.ui.paging import StaffPagingMixin
from forex_elite.ui.session import STAFF, public, requires

PAGE = 50
STATUSES = frozenset({"", "pending", "running", "unknown", "stuck"})


class QueueState(StaffPagingMixin, rx.State):
    """What is filtered, the depth, the page of jobs, and which one the open dialog is about."""

    status: str = ""
    depths: list[DepthRow] = []
    rows: list[JobRow] = []
    zone: str = "UTC"
    words: str = ""
    dialog: str = ""
    subject_id: str = ""
    subject_words: str = ""
    is_busy: bool = False
    _zone: str = "UTC"

    @rx.event
    @requires(*STAFF)
    async def load(self, actor: Actor) -> None:
        """Load depth and the oldest jobs."""
        self._zone = (await onboarding.get_preferences(actor)).time_zone
        self.zone = figures.zone_label(self._zone)
        self.status, self.dialog = "", ""
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """It is time to look again."""
        await self._fill(actor)

    @rx.event
    @requires(*STAFF)
    async def choose(self, actor: Actor, status: str) -> None:
        """Show one status only; empty means all that have not ended."""
        self.status = status if status in STATUSES else ""
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def ask(self, actor: Actor, dialog: str, job_id: str) -> None:
        """Ask before something is done about a job."""
        row = next((one for one in self.rows if one.id == job_id), None)
        if row is None or dialog not in {"requeue", "cancel"}:
            raise NotFound("There is no such job.")
        self.subject_id, self.subject_words, self.dialog = row.id, f"{row.type} of {row.email}, {row.where}", dialog

    @rx.event
    @public
    async def close_dialog(self) -> None:
        """Leave the job as it is."""
        self.dialog = ""

    @rx.event
    @requires(*STAFF)
    async def requeue(self, actor: Actor) -> Any:
        """Take the job from its agent and give it out again."""
        self.is_busy = True
        yield
        try:
            await work_queue.requeue(actor, identifier(self.subject_id, "job"))
            yield handlers.toast("ok", "The job waits again")
        finally:
            self.is_busy, self.dialog = False, ""
            await self._fill(actor)

    @rx.event
    @requires(*STAFF)
    async def cancel(self, actor: Actor) -> Any:
        """Cancel a job nobody has claimed."""
        self.is_busy = True
        yield
        try:
            await work_queue.cancel(actor, identifier(self.subject_id, "job"))
            yield handlers.toast("ok", "The job is cancelled")
        finally:
            self.is_busy, self.dialog = False, ""
            await self._fill(actor)

    async def _fill(self, actor: Actor) -> None:
        with self._loading():
            page = await work_queue.list_jobs(actor, status=self.status, cursor=self._cursor(), limit=PAGE)
            depths = await work_queue.depths(actor)
            now = clock.now()
            self.rows = [job_row(job, now, self._zone) for job in page.items]
            self.depths = [depth_row(depth) for depth in depths]
            waiting, stuck = sum(one.pending for one in depths), sum(one.stuck for one in depths)
            self.words = f"{waiting:,} waiting" + (f" · {stuck:,} stuck" if stuck else "")
            self._turned(page.next_cursor)
