"""A partner's desk: the application, then clients, revenue, statements and payouts."""

from __future__ import annotations

from datetime import date
from typing import Any

import reflex as rx

from forex_elite import clock
from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.partners import Partner, PartnerState
from forex_elite.errors import ForexEliteError, InvalidInput
from forex_elite.services import partners
from forex_elite.ui import handlers
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.pages.analytics.rows import Point
from forex_elite.ui.pages.partners.rows import (
    ClientRow,
    Stat,
    StatementRow,
    TierRow,
    client_row,
    curve,
    month_title,
    statement_row,
    stats,
    tier_row,
)
from forex_elite.ui.session import public, requires

_NO_DESK = "none"


class PartnersState(LoadingMixin, rx.State):
    """What the partners page shows; `stage` is where the person's application stands, or `none`."""

    stage: str = ""
    code: str = ""
    link: str = ""
    reason: str = ""
    can_apply: bool = False
    is_owner: bool = False
    stats: list[Stat] = []
    curve: list[Point] = []
    clients: list[ClientRow] = []
    statements: list[StatementRow] = []
    tiers: list[TierRow] = []
    asking: str = ""
    asking_words: str = ""
    errors: dict[str, str] = {}
    is_busy: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load what there is of the person's partnership."""
        self.errors, self.asking = {}, ""
        await self._fill(actor)

    @rx.event
    @requires()
    async def apply(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Ask to become a partner."""
        self.errors, self.is_busy = {}, True
        yield
        try:
            await partners.apply(actor, str(form.get("code", "")), str(form.get("about", "")))
            await self._fill(actor)
            yield handlers.toast("ok", "Application sent", "The owner of this installation decides.")
        except ForexEliteError as refusal:
            if not handlers.field_of(refusal):
                raise
            self.errors = {handlers.field_of(refusal): refusal.message}
        finally:
            self.is_busy = False

    @rx.event
    @requires()
    async def ask_payout(self, actor: Actor, month: str) -> None:
        """Ask before the revenue of a month is asked for."""
        row = next((one for one in self.statements if one.month == month and one.can_request), None)
        self.asking = row.month if row else ""
        self.asking_words = f"{row.total} USD for {row.title}" if row else ""

    @rx.event
    @requires()
    async def request_payout(self, actor: Actor) -> Any:
        """Ask for the revenue of the month that was asked about."""
        month, self.asking = self.asking, ""
        try:
            first = date.fromisoformat(f"{month}-01")
        except ValueError as wrong:
            raise InvalidInput("There is no such month.", field="month") from wrong
        await partners.request_payout(actor, first)
        await self._fill(actor)
        return handlers.toast("ok", "Payout requested", month_title(first))

    @rx.event
    @public
    async def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.asking = ""

    async def _fill(self, actor: Actor) -> None:
        self.is_owner = actor.role is Role.SUPER_ADMIN
        with self._loading():
            found = await partners.find(actor)
            self._show_partner(found, actor)
            if found is not None and found.state is PartnerState.APPROVED:
                await self._load_desk(actor)

    def _show_partner(self, found: Partner | None, actor: Actor) -> None:
        self.stage = found.state.value if found else _NO_DESK
        self.code = found.code if found else ""
        self.link = partners.referral_link(found.code) if found else ""
        self.reason = found.reason if found else ""
        may = actor.role in {Role.USER, Role.IB}
        self.can_apply = may and (found is None or found.state is PartnerState.REFUSED)

    async def _load_desk(self, actor: Actor) -> None:
        desk = await partners.dashboard(actor)
        today = clock.now().date()
        self.stats = stats(desk, today)
        self.curve = curve(desk.days, today)
        self.clients = [client_row(one) for one in desk.clients[:100]]
        self.statements = [statement_row(one) for one in desk.statements]
        self.tiers = [tier_row(one) for one in desk.tiers]
