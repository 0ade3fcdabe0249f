"""What staff switch for the whole installation, as a form."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.features import Features
from forex_elite.domain.identity import Actor
from forex_elite.errors import InvalidInput
from forex_elite.services import features
from forex_elite.ui import handlers
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.session import STAFF, requires

LONGEST_COUNT = 12


def _read_count(form: dict[str, Any]) -> int:
    typed = str(form.get("llm_daily_tokens", "")).replace(",", "").strip()
    if not typed.isascii() or not typed.isdecimal() or len(typed) > LONGEST_COUNT:
        raise InvalidInput("Use a whole number, 0 for none.", field="llm_daily_tokens")
    return int(typed)


class FeaturesState(LoadingMixin, rx.State):
    """The features as they stand, and what is wrong with the form."""

    is_registration_open: bool = True
    llm_daily_tokens: str = ""
    errors: dict[str, str] = {}
    is_busy: bool = False

    @rx.event
    @requires(*STAFF)
    async def load(self, actor: Actor) -> None:
        """Load how they stand."""
        self.errors = {}
        with self._loading():
            self._show(await features.get(actor))

    @rx.event
    @requires(*STAFF)
    async def save(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Set them for everybody."""
        self.is_busy, self.errors = True, {}
        yield
        try:
            self._show(
                await features.change(
                    actor,
                    Features(
                        is_registration_open=bool(form.get("is_registration_open")), llm_daily_tokens=_read_count(form)
                    ),
                )
            )
            yield handlers.toast("ok", "Features saved", "They hold from the next request on.")
        except InvalidInput as refusal:
            self.errors = handlers.problems_of(refusal)
        finally:
            self.is_busy = False

    def _show(self, found: Features) -> None:
        self.is_registration_open = found.is_registration_open
        self.llm_daily_tokens = f"{found.llm_daily_tokens:,}"
