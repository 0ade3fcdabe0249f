"""The open positions on screen, the dialog about one of them, and the orders whose answer is awaited."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import reflex as rx

from forex_elite import clock
from forex_elite.domain.identity import Actor
from forex_elite.domain.orders import OrderReceipt
from forex_elite.domain.paging import Page
from forex_elite.domain.positions import HEDGING, FloatingGroup
from forex_elite.domain.protection import BreakEven, DistanceUnit, Protection, Trailing
from forex_elite.domain.signals import TradeInfo
from forex_elite.errors import InvalidInput, NotFound
from forex_elite.services import accounts, onboarding, positions
from forex_elite.ui import figures, handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.pages.positions.awaited import AwaitedOrdersMixin, in_place
from forex_elite.ui.pages.positions.rows import (
    DOING,
    Choice,
    FloatingRow,
    PositionRow,
    ProtectionForm,
    floating_row,
    position_row,
    protection_form,
)
from forex_elite.ui.paging import PagingMixin
from forex_elite.ui.session import public, requires
from forex_elite.ui.shell.state import ShellState, account_titles

PAGE = 50
REFRESH = timedelta(seconds=15)
"""What merely floats is followed by the browser; so often it gets the terminals' own figures again."""
MOST_AWAITED = 200
_PORTIONS = {"25", "50", "75", "100", "lots"}
NO_ROW = PositionRow(
    "", "", "", "", "", "", "", "", "", "bid", 5, "", "", "", "", 0.0, 0.0, "", "", 0.0, 0.0, 2, "", "", "", "", ""
)


def _id(text: str) -> UUID:
    return identifier(text, "position")


def number(text: str, field: str) -> float | None:
    """A number a person typed, None for nothing. Raises InvalidInput."""
    value = figures.read(text, field, "1.08640")
    return None if value is None else float(value)


class PositionsState(PagingMixin, AwaitedOrdersMixin, rx.State):
    """One page of open positions and the groups the browser keeps the totals from."""

    rows: list[PositionRow] = []
    groups: list[FloatingRow] = []
    topics: list[str] = ["trades", "jobs", "accounts"]
    zone: str = "UTC"
    words: str = ""
    total: int = 0
    oldest_at: str = ""
    dialog: str = ""
    subject: PositionRow = NO_ROW
    portion: str = "100"
    lots: str = ""
    others: list[Choice] = []
    form: ProtectionForm = ProtectionForm()
    errors: dict[str, str] = {}
    is_busy: bool = False
    _time_zone: str = "UTC"
    _shown: list[PositionRow] = []
    _shown_at: datetime | None = None

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load the first page."""
        self.dialog = ""
        self._time_zone = (await onboarding.get_preferences(actor)).time_zone
        self.zone = figures.zone_label(self._time_zone)
        await self._fill_first(actor)

    # --- one position -----------------------------------------------------------------------------------------------

    @rx.event
    @requires()
    async def save_level(self, actor: Actor, trade_id: str, which: str, text: str) -> Any:
        """Change a stop loss or take profit in its cell; empty removes it."""
        price = number(text, which)
        levels = {"sl" if which == "sl" else "tp": 0.0 if price is None else price}
        return await self._order(actor, trade_id, "modify", positions.modify(actor, _id(trade_id), **levels))

    @rx.event
    @requires()
    async def ask_close(self, actor: Actor, trade_id: str) -> None:
        """Ask how much to close."""
        self._choose(trade_id, "close")

    @rx.event
    @public
    async def choose_portion(self, portion: str) -> None:
        """Close a quarter, half, three quarters, all, or so many lots."""
        self.portion = portion if portion in _PORTIONS else "100"
        self.errors = {}

    @rx.event
    @public
    async def type_lots(self, lots: str) -> None:
        """How many lots to close."""
        self.lots = lots[:16]

    @rx.event
    @requires()
    async def close(self, actor: Actor) -> Any:
        """Close as much of the position as was chosen."""
        self.is_busy, self.errors = True, {}
        yield
        try:
            if self.portion == "lots":
                sent = positions.close(actor, _id(self.subject.id), volume_lots=number(self.lots, "volume_lots") or 0.0)
            else:
                sent = positions.close(actor, _id(self.subject.id), percent=float(self.portion))
            yield await self._order(actor, self.subject.id, "close", sent)
            self.dialog = ""
        except InvalidInput as refusal:
            self.errors = {"volume_lots": refusal.message}
        finally:
            self.is_busy = False

    @rx.event
    @requires()
    async def ask_close_by(self, actor: Actor, trade_id: str) -> None:
        """Ask which opposite position to close this one by."""
        self._choose(trade_id, "close_by")
        mine = await positions.get(actor, _id(trade_id))
        page = await positions.list_open(actor, account_id=mine.account_id, symbol=mine.symbol, limit=200)
        self.others = [
            Choice(str(one.id), f"#{one.ticket} · {one.side} {figures.lots(one.volume)} lots at {one.open_price:f}")
            for one in page.items
            if one.side != mine.side
        ]
        known = {account.id: account.margin_mode for account in await accounts.list_accounts(actor)}
        if known.get(mine.account_id) != HEDGING:
            self.others = []

    @rx.event
    @requires()
    async def close_by(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Close the two positions by each other."""
        sent = positions.close_by(actor, _id(self.subject.id), _id(str(form.get("other", ""))))
        told = await self._order(actor, self.subject.id, "close_by", sent)
        self.dialog = ""
        return told

    @rx.event
    @requires()
    async def ask_protect(self, actor: Actor, trade_id: str) -> None:
        """Show the position's protection to change it."""
        self._choose(trade_id, "protect")
        self.form = protection_form((await positions.get(actor, _id(trade_id))).protection)

    @rx.event
    @public
    async def choose_unit(self, which: str, unit: str) -> None:
        """Count distances in pips or in ATRs."""
        if unit in {"pips", "atr"} and which in {"be_unit", "trail_unit"}:
            self.form = replace(self.form, **{which: unit})

    @rx.event
    @requires()
    async def protect(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Have the agent keep the protection of the form; an empty form ends it."""
        self.is_busy, self.errors = True, {}
        yield
        try:
            wanted = _read(form, self.form)
            sent = positions.protect(actor, _id(self.subject.id), wanted)
            yield await self._order(actor, self.subject.id, "protect", sent)
            self.dialog = ""
        except InvalidInput as refusal:
            self.errors = handlers.problems_of(refusal)
        finally:
            self.is_busy = False

    @rx.event
    @public
    async def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.dialog, self.errors = "", {}

    @rx.event
    @requires()
    async def await_orders(self, actor: Actor, job_ids: list[str]) -> Any:
        """Tell how these orders of a bulk close end; some may have ended already."""
        self._watched.update({str(identifier(job_id, "order")): "" for job_id in job_ids[:MOST_AWAITED]})
        events = await self._settle(actor)
        await self._fill(actor)
        return events

    # --- inside -----------------------------------------------------------------------------------------------------

    def _choose(self, trade_id: str, dialog: str) -> None:
        found = next((row for row in self.rows if row.id == trade_id), None)
        if found is None:
            raise NotFound("There is no such position any more.")
        self.subject, self.dialog, self.errors = found, dialog, {}
        self.portion, self.lots, self.others = "100", "", []

    async def _order(self, actor: Actor, trade_id: str, do: str, sending: Awaitable[OrderReceipt]) -> Any:
        receipt = await sending
        self._sent(receipt.job_id, trade_id, DOING[do])
        await self._fill(actor)
        if not receipt.reason:
            return None
        return handlers.toast("warn" if receipt.job_id else "crit", receipt.reason, code=receipt.code)

    async def _fill(self, actor: Actor, *, is_held: bool = False) -> None:
        chosen = (await self.get_state(ShellState)).account_id
        account_id = UUID(chosen) if chosen else None
        with self._loading():
            page = await positions.list_open(actor, account_id=account_id, cursor=self._cursor(), limit=PAGE)
            groups = await positions.floating(actor, account_id)
            titles = account_titles(await accounts.list_accounts(actor))
            self._show(page, groups, titles, is_held=is_held)

    def _show(
        self, page: Page[TradeInfo], groups: Sequence[FloatingGroup], titles: dict[str, str], *, is_held: bool
    ) -> None:
        fresh = [self._marked(position_row(trade, titles, self._time_zone)) for trade in page.items]
        if is_held and fresh:
            fresh = in_place(self.rows, fresh, "Closed")
        self.total = sum(group.count for group in groups)
        shown = figures.span(len(self._cursors) * PAGE, len(page.items))
        self.words = f"{shown} of {self.total:,}" if page.items else ""
        self._turned(page.next_cursor)
        now = clock.now()
        is_old = self._shown_at is None or now - self._shown_at >= REFRESH
        firm = [row.firm() for row in fresh]
        if is_old or firm != self._shown:
            self.rows, self._shown, self._shown_at = fresh, firm, now
            self.groups = [floating_row(group) for group in groups]
            self.oldest_at = figures.iso(min((trade.reported_at for trade in page.items), default=None))


def _read(form: dict[str, Any], shown: ProtectionForm) -> Protection | None:
    """The protection a form asks for; None when both halves are empty."""

    def given(field: str) -> float | None:
        return number(str(form.get(field) or ""), field)

    trigger, distance = given("be_trigger"), given("trail_distance")
    if given("be_offset") and trigger is None:
        raise InvalidInput("Say at which profit the stop goes to break-even.", field="be_trigger")
    if distance is None and (given("trail_trigger") or given("trail_step")):
        raise InvalidInput("Say at which distance the stop follows.", field="trail_distance")
    even = None
    if trigger is not None:
        even = BreakEven(unit=DistanceUnit(shown.be_unit), trigger=trigger, offset=given("be_offset") or 0.0)
    trail = None
    if distance is not None:
        trail = Trailing(
            unit=DistanceUnit(shown.trail_unit),
            distance=distance,
            trigger=given("trail_trigger") or 0.0,
            step=given("trail_step") or 0.0,
        )
    period = given("atr_period")
    if period is not None and not period.is_integer():
        raise InvalidInput("Use a whole number of bars.", field="atr_period")
    return Protection(
        break_even=even,
        trailing=trail,
        atr_timeframe=str(form.get("atr_timeframe") or "H1"),
        atr_period=14 if period is None else int(period),
    )
