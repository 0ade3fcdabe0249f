"""The strategies page: list, rules, address, alert text, test alert."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from forex_elite.domain.identity import Actor
from forex_elite.domain.signals import StrategyInfo
from forex_elite.domain.terminals import AccountInfo
from forex_elite.errors import ForexEliteError, InvalidInput
from forex_elite.services import accounts, onboarding, signal_record, strategies
from forex_elite.services.strategies import Webhook
from forex_elite.ui import handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.pages.strategies.builder import ACTIONS, EXPLAINED, UNITS, BuilderForm, build
from forex_elite.ui.pages.strategies.rows import (
    AccountOption,
    StrategyForm,
    StrategyRow,
    account_options,
    consequence,
    draft_of,
    is_local,
    read_draft,
    strategy_form,
    strategy_row,
    test_symbol,
)
from forex_elite.ui.session import public, requires

_BUILDER_CHOICES = {
    "template": set(EXPLAINED),
    "action": {name for name, _ in ACTIONS},
    "sl_unit": {name for name, _ in UNITS},
    "tp_unit": {name for name, _ in UNITS},
}
_LONGEST = 200


def _hand_over(webhook: Webhook) -> EventSpec:
    return handlers.hand_over(webhook_url=webhook.url, webhook_secret=webhook.secret)


class StrategiesState(LoadingMixin, rx.State):
    """The list, and the strategy that is open: `chosen` is its id, `new` for one that is being made, else empty."""

    rows: list[StrategyRow] = []
    options: list[AccountOption] = []
    form: StrategyForm = StrategyForm()
    chosen: str = ""
    is_enabled: bool = True
    version: int = 0
    is_local: bool = False
    errors: dict[str, str] = {}
    builder: BuilderForm = BuilderForm()
    explained: str = EXPLAINED["strategy_order"]
    text: str = ""
    text_error: str = ""
    test_symbol: str = "EURUSD"
    test_comment: str = signal_record.TEST_COMMENT
    consequence: str = ""
    dialog: str = ""
    is_busy: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> Any:
        """Load the list and open the first strategy; `?new=1` starts a new one."""
        query = self.router.url.query_parameters
        await self._reload(actor)
        self._compose()
        wanted = query.get("id", "") or (self.rows[0].id if self.rows else "")
        if query.get("new") == "1":
            return await self._begin(actor)
        if wanted:
            return await self._open(actor, wanted)
        self.chosen = ""
        return None

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """Strategies or accounts were changed elsewhere; the form that is open is left alone."""
        await self._reload(actor)

    @rx.event
    @requires()
    async def open_strategy(self, actor: Actor, strategy_id: str) -> Any:
        """Show one strategy's rules."""
        return await self._open(actor, strategy_id)

    @rx.event
    @requires()
    async def begin(self, actor: Actor) -> Any:
        """Start a new strategy from the person's preferences."""
        return await self._begin(actor)

    @rx.event
    @requires()
    async def save(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Create the strategy, or replace its rules."""
        self.is_busy, self.errors = True, {}
        yield
        try:
            draft = read_draft(form, is_enabled=self.is_enabled)
            if self.chosen == "new":
                strategy, webhook = await strategies.create(actor, draft)
                done = handlers.toast("ok", f"Strategy {strategy.name} created", "Copy its address into TradingView.")
            else:
                strategy, webhook = await strategies.update(actor, self._chosen_id(), draft)
                done = handlers.toast("ok", f"Strategy {strategy.name} saved", "Its rules hold from the next alert on.")
            await self._reload(actor)
            yield await self._show(actor, strategy, webhook)
            yield done
        except InvalidInput as refusal:
            self.errors = handlers.problems_of(refusal)
        finally:
            self.is_busy = False

    @rx.event
    @requires()
    async def toggle(self, actor: Actor, strategy_id: str) -> Any:
        """Switch a strategy on or off at once."""
        strategy, _ = await strategies.get(actor, identifier(strategy_id, "strategy"))
        saved, _ = await strategies.update(actor, strategy.id, draft_of(strategy, is_enabled=not strategy.is_enabled))
        if self.chosen == strategy_id:
            self.is_enabled = saved.is_enabled
        await self._reload(actor)
        words = "on" if saved.is_enabled else "off"
        detail = "" if saved.is_enabled else "Its alerts are kept and discarded."
        return handlers.toast("ok", f"{saved.name} switched {words}", detail)

    @rx.event
    @requires()
    async def fill_sources(self, actor: Actor, sources: str) -> None:
        """Put a list of addresses into the form (TradingView's own)."""
        self.form = replace(self.form, allowed_sources=sources)
        self.version += 1

    @rx.event
    @public
    async def ask(self, dialog: str) -> None:
        """Ask before the address is replaced or the strategy deleted."""
        self.dialog = dialog if dialog in {"rotate", "delete"} else ""

    @rx.event
    @public
    async def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.dialog = ""

    @rx.event
    @requires()
    async def rotate(self, actor: Actor) -> Any:
        """Replace the address."""
        self.is_busy = True
        yield
        try:
            webhook = await strategies.rotate_secret(actor, self._chosen_id())
            self.dialog = ""
            await self._reload(actor)
            yield _hand_over(webhook)
            yield handlers.toast("ok", "New address", "Paste it into every TradingView alert of this strategy.")
        finally:
            self.is_busy = False

    @rx.event
    @requires()
    async def delete(self, actor: Actor) -> Any:
        """Delete the strategy; its alerts stay in the history."""
        self.is_busy = True
        yield
        try:
            name = self.form.name
            await strategies.delete(actor, self._chosen_id())
            self.dialog, self.chosen = "", ""
            await self._reload(actor)
            if self.rows:
                yield await self._open(actor, self.rows[0].id)
            yield handlers.toast("ok", f"Strategy {name} deleted", "Its alerts stay in the history.")
        finally:
            self.is_busy = False

    @rx.event
    @requires()
    async def build(self, actor: Actor, field: str, value: str) -> None:
        """Change one choice of the builder and write the text anew."""
        allowed = _BUILDER_CHOICES.get(field)
        if (allowed is not None and value not in allowed) or field not in BuilderForm.__slots__:
            return
        self.builder = replace(self.builder, **{field: value[:_LONGEST]})
        self._compose()

    def _compose(self) -> None:
        self.explained = EXPLAINED[self.builder.template]
        try:
            self.text, self.text_error = build(self.builder), ""
        except ForexEliteError as refusal:
            self.text_error = refusal.message

    def _chosen_id(self) -> UUID:
        return identifier(self.chosen, "strategy")

    async def _begin(self, actor: Actor) -> EventSpec:
        preferences = await onboarding.get_preferences(actor)
        self.form = StrategyForm(sizing_value=f"{preferences.default_risk_percent:.2f}")
        self.options = account_options(await accounts.list_accounts(actor), None)
        self.chosen, self.is_enabled, self.errors = "new", True, {}
        self.version += 1
        return handlers.hand_over(webhook_url="", webhook_secret="")

    async def _open(self, actor: Actor, strategy_id: str) -> EventSpec:
        strategy, webhook = await strategies.get(actor, identifier(strategy_id, "strategy"))
        return await self._show(actor, strategy, webhook)

    async def _show(self, actor: Actor, strategy: StrategyInfo, webhook: Webhook) -> EventSpec:
        known = await accounts.list_accounts(actor)
        self.form = strategy_form(strategy)
        self.options = account_options(known, strategy.account_ids)
        self.chosen, self.is_enabled, self.errors = str(strategy.id), strategy.is_enabled, {}
        self.is_local = is_local(webhook.url)
        self.test_symbol = test_symbol(strategy)
        self.consequence = consequence(len(strategy.account_ids))
        self.version += 1
        return _hand_over(webhook)

    async def _reload(self, actor: Actor) -> None:
        with self._loading():
            known: tuple[AccountInfo, ...] = await accounts.list_accounts(actor)
            self.rows = [strategy_row(strategy, known) for strategy in await strategies.list_strategies(actor)]
