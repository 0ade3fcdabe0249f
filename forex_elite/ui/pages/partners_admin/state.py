"""Partners as the owner of the installation sees them. Services refuse everybody else; the page then says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import reflex as rx

from forex_elite import clock
from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.partners import PartnerState, PayoutState
from forex_elite.errors import ForexEliteError, InvalidInput, NotFound
from forex_elite.services import partners
from forex_elite.ui import figures, handlers
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.pages.partners.rows import (
    VERBS,
    FeeRow,
    PartnerRow,
    PayoutRow,
    TierRow,
    fee_row,
    partner_row,
    payout_row,
    tier_row,
)
from forex_elite.ui.session import public, requires


class PartnersAdminState(LoadingMixin, rx.State):
    """What the page about partners shows, and what is being asked about."""

    partners: list[PartnerRow] = []
    payouts: list[PayoutRow] = []
    tiers: list[TierRow] = []
    fees: list[FeeRow] = []
    today: str = ""
    asking: str = ""
    asking_id: str = ""
    asking_state: str = ""
    asking_title: str = ""
    asking_verb: str = ""
    editing: TierRow = TierRow("", "", "", "", "", "")
    form_key: int = 0
    errors: dict[str, str] = {}
    is_busy: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load everything; whoever may not see it is told so."""
        self.asking, self.errors = "", {}
        await self._fill(actor)

    @rx.event
    @requires(Role.SUPER_ADMIN)
    async def ask(self, actor: Actor, what: str, identifier: str, wanted: str) -> None:
        """Ask before deciding about a partner, a payout or a tier."""
        rows = {
            "partner": [(row.id, f"{row.name} ({row.code})") for row in self.partners],
            "payout": [(row.id, f"{row.amount} USD to {row.partner}, {row.month}") for row in self.payouts],
            "tier": [(row.id, row.name) for row in self.tiers],
        }
        name = dict(rows.get(what, [])).get(identifier)
        if name is None:
            raise NotFound("There is no such row; reload the page.")
        self.asking_verb = "Remove tier" if what == "tier" else VERBS.get(wanted, "")
        self.asking_title = f"{self.asking_verb}: {name}?"
        self.asking, self.asking_id, self.asking_state, self.errors = what, identifier, wanted, {}

    @rx.event
    @requires(Role.SUPER_ADMIN)
    async def decide(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Do what was asked about."""
        words = str(form.get("words", ""))
        self.is_busy = True
        yield
        try:
            wanted = UUID(self.asking_id)
            if self.asking == "partner":
                await partners.decide(actor, wanted, PartnerState(self.asking_state), words)
            elif self.asking == "payout":
                await partners.decide_payout(actor, wanted, PayoutState(self.asking_state), words)
            else:
                await partners.drop_tier(actor, wanted)
            self.asking = ""
            await self._fill(actor)
            yield handlers.toast("ok", "Done", self.asking_title.rstrip("?"))
        except ValueError as malformed:
            raise NotFound("There is no such row; reload the page.") from malformed
        finally:
            self.is_busy = False

    @rx.event
    @requires(Role.SUPER_ADMIN)
    async def edit_tier(self, actor: Actor, tier_id: str) -> None:
        """Put a tier into the form, or an empty one."""
        empty = TierRow("", "", "", "", "", "")
        found = next((tier for tier in await partners.list_tiers(actor) if str(tier.id) == tier_id), None)
        self.editing = empty
        if found is not None:
            rates = ", ".join(f"{symbol} {_plain(rate)}" for symbol, rate in sorted(found.symbol_rates.items()))
            self.editing = TierRow(
                id=tier_id,
                name=found.name,
                min_lots=_plain(found.min_lots),
                per_lot=_plain(found.per_lot),
                percent=_plain(found.subscription_percent),
                rates=rates,
            )
        self.errors, self.form_key = {}, self.form_key + 1

    @rx.event
    @requires(Role.SUPER_ADMIN)
    async def save_tier(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Add the tier in the form, or change it."""
        self.errors = {}
        try:
            await partners.save_tier(
                actor,
                name=str(form.get("name", "")),
                min_lots=_number(form, "min_lots"),
                per_lot=_number(form, "per_lot"),
                subscription_percent=_number(form, "subscription_percent"),
                symbol_rates=_rates(str(form.get("symbol_rates", ""))),
                tier_id=UUID(self.editing.id) if self.editing.id else None,
            )
        except ForexEliteError as refusal:
            if not handlers.field_of(refusal):
                raise
            self.errors = {handlers.field_of(refusal): refusal.message}
            return None
        self.editing, self.form_key = TierRow("", "", "", "", "", ""), self.form_key + 1
        await self._fill(actor)
        return handlers.toast("ok", "Tier saved", "It holds from the next computation on.")

    @rx.event
    @requires(Role.SUPER_ADMIN)
    async def set_fee(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Note what a person pays a month."""
        self.errors = {}
        try:
            try:
                since = date.fromisoformat(str(form.get("since", "")))
            except ValueError as wrong:
                raise InvalidInput("Use a date such as 2026-03-01.", field="since") from wrong
            await partners.set_fee(actor, str(form.get("email", "")), _number(form, "monthly_fee"), since)
        except ForexEliteError as refusal:
            if not handlers.field_of(refusal):
                raise
            self.errors = {handlers.field_of(refusal): refusal.message}
            return None
        await self._fill(actor)
        return handlers.toast("ok", "Fee noted")

    @rx.event
    @public
    async def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.asking = ""

    async def _fill(self, actor: Actor) -> None:
        with self._loading():
            listed = await partners.list_partners(actor)
            payouts = await partners.list_payouts(actor)
            tiers = await partners.list_tiers(actor)
            fees = await partners.list_subscriptions(actor)
            self.partners = [partner_row(one) for one in listed]
            self.payouts = [payout_row(one) for one in payouts]
            self.tiers = [tier_row(one) for one in tiers]
            self.fees = [fee_row(one) for one in fees[:50]]
        if self.error_code:
            self.partners, self.payouts, self.tiers, self.fees = [], [], [], []
        self.today = clock.now().date().isoformat()


def _number(form: dict[str, Any], field: str) -> Decimal:
    return figures.read(str(form.get(field, "")), field) or Decimal(0)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _rates(text: str) -> dict[str, Decimal]:
    """`XAUUSD 7.5, US30 1` as a table."""
    found: dict[str, Decimal] = {}
    for part in filter(None, (one.strip() for one in text.replace(";", ",").split(","))):
        symbol, _, rate = part.replace("=", " ").partition(" ")
        found[symbol] = _number({"symbol_rates": rate or "none"}, "symbol_rates")
    return found
