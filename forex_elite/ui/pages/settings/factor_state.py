"""The second factor on the settings page: set up, switched off, recovery codes made anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.errors import Refused
from forex_elite.services import onboarding, two_factor
from forex_elite.ui import figures, handlers
from forex_elite.ui.session import public, requires

PROOF = "factor_password"
"""Another section of the page is called `password` already."""
_STEPS = frozenset({"begin", "disable", "renew"})


def _problems(refusal: Refused) -> dict[str, str]:
    found = handlers.problems_of(refusal)
    return {PROOF if field == "password" else field: message for field, message in found.items()}


class FactorState(rx.State):
    """How it stands, and the dialog that is open: `begin` or `confirm` the factor, its `codes`, `disable`, `renew`."""

    is_enabled: bool = False
    since: str = ""
    codes_left: int = 0
    dialog: str = ""
    errors: dict[str, str] = {}
    is_busy: bool = False
    is_loaded: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load how it stands."""
        self.dialog, self.errors = "", {}
        await self._reload(actor)

    @rx.event
    @public
    async def open(self, step: str) -> None:
        """Begin a change; each asks for the password again."""
        self.dialog, self.errors = (step if step in _STEPS else ""), {}

    @rx.event
    @public
    async def close(self) -> Any:
        """Close what is open; what was shown is gone."""
        self.dialog, self.errors = "", {}
        return handlers.hand_over(otp_secret="", otp_picture="", recovery_codes="")

    @rx.event
    @requires()
    async def begin(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Make a secret and show it this once, as a picture and as text."""
        with self._step():
            yield
            made = await two_factor.begin(actor, str(form.get(PROOF, "")))
            self.dialog = "confirm"
            yield handlers.hand_over(otp_secret=made.secret, otp_picture=made.picture)

    @rx.event
    @requires()
    async def confirm(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Put the factor in force and show the recovery codes this once."""
        with self._step():
            yield
            codes = await two_factor.confirm(actor, str(form.get("code", "")))
            await self._reload(actor)
            self.dialog = "codes"
            yield handlers.hand_over(otp_secret="", otp_picture="", recovery_codes="\n".join(codes))

    @rx.event
    @requires()
    async def renew(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Make new recovery codes and show them this once."""
        with self._step():
            yield
            codes = await two_factor.renew_recovery_codes(actor, str(form.get(PROOF, "")), str(form.get("code", "")))
            await self._reload(actor)
            self.dialog = "codes"
            yield handlers.hand_over(recovery_codes="\n".join(codes))

    @rx.event
    @requires()
    async def disable(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Ask for no code any more."""
        with self._step():
            yield
            await two_factor.disable(actor, str(form.get(PROOF, "")), str(form.get("code", "")))
            await self._reload(actor)
            self.dialog = ""
            yield handlers.toast("ok", "Two-factor log-in is off", "Your password alone opens your account.")

    @contextmanager
    def _step(self) -> Iterator[None]:
        """Around a change: busy meanwhile, and a refusal is said at the fields it is about."""
        self.is_busy, self.errors = True, {}
        try:
            yield
        except Refused as refusal:
            self.errors = _problems(refusal)
        finally:
            self.is_busy = False

    async def _reload(self, actor: Actor) -> None:
        found = await two_factor.status(actor)
        zone = (await onboarding.get_preferences(actor)).time_zone
        self.is_enabled = found.is_enabled
        self.since = figures.day(found.enabled_at, zone)
        self.codes_left = found.recovery_codes_left
        self.is_loaded = True
