"""Onboarding: read the disclaimer, set the limits, begin."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.domain.people import DISCLAIMER_VERSION
from forex_elite.errors import InvalidInput
from forex_elite.services import onboarding, people
from forex_elite.ui import handlers
from forex_elite.ui.preferences import RiskRow, read_risk, risk_row
from forex_elite.ui.session import requires


class OnboardingState(rx.State):
    """The form and what is wrong with it."""

    risk: RiskRow = RiskRow()
    errors: dict[str, str] = {}
    is_busy: bool = False
    is_loaded: bool = False

    @rx.event
    @requires(onboarded=False)
    async def load(self, actor: Actor) -> Any:
        """Start from the stored preferences; whoever has been here goes on to the overview."""
        if (await people.get_profile(actor)).is_onboarded:
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
        try:
            wanted = read_risk(form, await onboarding.get_preferences(actor))
            await onboarding.complete(
                actor, DISCLAIMER_VERSION, wanted, address=str(self.router.session.client_ip or "")
            )
            yield rx.redirect("/")
        except InvalidInput as refusal:
            self.errors = {handlers.field_of(refusal): refusal.message}
        finally:
            self.is_busy = False
