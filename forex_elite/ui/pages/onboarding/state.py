"""Onboarding: read the disclaimer, set the limits, begin."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.domain.people import DISCLAIMER_VERSION
from forex_elite.errors import InvalidInput
from forex_elite.services import consents, onboarding, people
from forex_elite.ui import handlers
from forex_elite.ui.preferences import RiskRow, read_risk, risk_row
from forex_elite.ui.session import requires


class OnboardingState(rx.State):
    """The form and what is wrong with it."""

    risk: RiskRow = RiskRow()
    errors: dict[str, str] = {}
    is_busy: bool = False
    is_loaded: bool = False
    is_renewal: bool = False
    asked: list[str] = []

    @rx.event
    @requires(onboarded=False)
    async def load(self, actor: Actor) -> Any:
        """Start from the stored preferences; whoever has been here agrees to new texts only, or goes on."""
        self.is_renewal = (await people.get_profile(actor)).is_onboarded
        self.asked = [document.kind for document in await consents.to_accept(actor)]
        if self.is_renewal and not self.asked:
            return rx.redirect("/")
        self.risk = risk_row(await onboarding.get_preferences(actor))
        self.is_loaded = True
        return None

    @rx.event
    @requires(onboarded=False)
    async def finish(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Store consent and preferences together, then open the overview."""
        self.errors = {}
        if not form.get("accept"):
            self.errors = {"accept": "Tick the box to go on; without it nothing can be traded from here."}
            return
        self.is_busy = True
        yield
        address = str(self.router.session.client_ip or "")
        try:
            if self.is_renewal:
                await consents.accept(
                    actor, {kind: form.get(f"version_{kind}", "") for kind in self.asked}, address=address
                )
            else:
                wanted = read_risk(form, await onboarding.get_preferences(actor))
                await onboarding.complete(actor, DISCLAIMER_VERSION, wanted, address=address)
            yield rx.redirect("/")
        except InvalidInput as refusal:
            self.errors = {handlers.field_of(refusal): refusal.message}
        finally:
            self.is_busy = False
