"""The channels of a person: add, choose events, test, remove; and quiet hours."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.errors import InvalidInput
from forex_elite.services import onboarding
from forex_elite.services.notifications import channels
from forex_elite.ui import handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.pages.channels.rows import ChannelRow, QuietRow, channel_row, quiet_row
from forex_elite.ui.session import public, requires


class ChannelsState(LoadingMixin, rx.State):
    """What the notification settings show."""

    rows: list[ChannelRow] = []
    kinds: list[str] = []
    quiet: QuietRow = QuietRow()
    has_mail_server: bool = True
    has_bot: bool = False
    is_linking: bool = False
    errors: dict[str, str] = {}
    busy: str = ""
    results: dict[str, str] = {}
    removing: str = ""
    removing_name: str = ""
    is_adding_discord: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load channels and quiet hours."""
        self.errors, self.results, self.is_linking = {}, {}, False
        await self._fill(actor)

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """A chat was linked, or a message was sent."""
        await self._fill(actor)

    @rx.event
    @requires()
    async def add_email(self, actor: Actor) -> Any:
        """Tell by e-mail too."""
        await channels.add_email(actor)
        await self._fill(actor)
        return handlers.toast("ok", "E-mail added", "Send a test to see whether it arrives.")

    @rx.event
    @requires()
    async def begin_telegram(self, actor: Actor) -> Any:
        """Show a code that links a chat."""
        code = await channels.begin_link(actor)
        self.is_linking = True
        return handlers.hand_over(link_code=code)

    @rx.event
    @public
    async def ask_discord(self) -> None:
        """Ask for the address of a webhook."""
        self.errors, self.is_adding_discord = {}, True

    @rx.event
    @requires()
    async def add_discord(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Tell a Discord channel too."""
        self.errors = {}
        try:
            await channels.add_discord(actor, str(form.get("webhook", ""))[:300])
        except InvalidInput as refusal:
            self.errors = {handlers.field_of(refusal): refusal.message}
            return None
        self.is_adding_discord = False
        await self._fill(actor)
        return handlers.toast("ok", "Discord added", "Send a test to see whether it arrives.")

    @rx.event
    @requires()
    async def choose(self, actor: Actor, channel_id: str, event: str, on: bool) -> None:
        """Tell an event on a channel, or no more."""
        row = next((one for one in self.rows if one.id == channel_id), None)
        chosen = set(row.events if row else [])
        await channels.choose(actor, identifier(channel_id, "channel"), chosen | {event} if on else chosen - {event})
        await self._fill(actor)

    @rx.event
    @requires()
    async def enable(self, actor: Actor, channel_id: str, on: bool) -> None:
        """Switch a channel on or off."""
        await channels.enable(actor, identifier(channel_id, "channel"), on=on)
        await self._fill(actor)

    @rx.event
    @requires()
    async def test(self, actor: Actor, channel_id: str) -> Any:
        """Send a test and say what became of it."""
        self.busy = channel_id
        yield
        try:
            result = await channels.test(actor, identifier(channel_id, "channel"))
            if result.is_ok:
                words = result.detail or "The other side took it. Look whether it is there."
                yield handlers.toast("ok", "Test sent", words)
            else:
                title = "The test may have arrived" if result.outcome == "unknown" else "The test was not delivered"
                yield handlers.toast("warn" if result.outcome == "unknown" else "crit", title, result.detail)
            self.results = {**self.results, channel_id: result.detail or "Test sent."}
            await self._fill(actor)
        finally:
            self.busy = ""

    @rx.event
    @public
    async def ask_remove(self, channel_id: str, name: str) -> None:
        """Ask before a channel is removed."""
        self.removing, self.removing_name = channel_id, name

    @rx.event
    @public
    async def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.removing, self.removing_name, self.is_adding_discord = "", "", False

    @rx.event
    @requires()
    async def remove(self, actor: Actor) -> Any:
        """Forget a channel and its address."""
        await channels.remove(actor, identifier(self.removing, "channel"))
        self.removing = ""
        await self._fill(actor)
        return handlers.toast("ok", "Channel removed")

    @rx.event
    @requires()
    async def save_quiet(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Set the quiet hours."""
        self.errors = {}
        self.busy = "quiet"
        yield
        try:
            hours = await channels.save_quiet(
                actor,
                str(form.get("quiet_from", "")),
                str(form.get("quiet_until", "")),
                str(form.get("time_zone", "")),
                critical_always=bool(form.get("critical_always")),
            )
            self.quiet = quiet_row(hours)
            yield handlers.toast("ok", "Quiet hours saved" if hours.is_set else "Quiet hours are off")
        except InvalidInput as refusal:
            self.errors = {handlers.field_of(refusal): refusal.message}
        finally:
            self.busy = ""

    async def _fill(self, actor: Actor) -> None:
        with self._loading():
            found = await channels.load(actor)
            zone_name = (await onboarding.get_preferences(actor)).time_zone
            self.rows = [channel_row(one, zone_name) for one in found.items]
            self.kinds = [row.kind for row in self.rows]
            self.quiet = quiet_row(found.quiet)
            self.has_mail_server, self.has_bot = found.has_mail_server, found.has_bot
            if "telegram" in self.kinds:
                self.is_linking = False
