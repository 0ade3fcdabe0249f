"""The board on screen, one's own place, taking part, and (for staff) prizes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import reflex as rx

from forex_elite import clock
from forex_elite.domain.identity import Actor
from forex_elite.domain.leaderboard import BOARD_SIZE, AccountClass, Board, Measure, Period
from forex_elite.errors import ForexEliteError, InvalidInput
from forex_elite.services import accounts, leaderboard
from forex_elite.ui import figures, handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.pages.leaderboard.rows import (
    AwardRow,
    LineRow,
    OwnCard,
    PrizeRow,
    award_row,
    board_words,
    ends_words,
    line_row,
    own_card,
    page_words,
    prize_row,
)
from forex_elite.ui.paging import PagingMixin
from forex_elite.ui.session import STAFF, public, requires
from forex_elite.ui.shell.state import account_title

PODIUM = 3


def _choice(kind: type, text: str, field: str) -> Any:
    try:
        return kind(text)
    except ValueError as unknown:
        raise InvalidInput("There is no such board.", field=field) from unknown


class LeaderboardState(PagingMixin, rx.State):
    """What the leaderboard page shows."""

    kind: str = "live"
    period: str = "month"
    measure: str = "return"
    currency: str = ""
    currencies: list[str] = []
    rows: list[LineRow] = []
    podium: list[LineRow] = []
    own: OwnCard = OwnCard()
    words: str = ""
    page_words: str = ""
    ends: str = ""
    refreshed_at: str = ""
    is_shown: bool = False
    pseudonym: str = ""
    account_id: str = ""
    choices: list[tuple[str, str]] = []
    awards: list[AwardRow] = []
    prizes: list[PrizeRow] = []
    is_staff: bool = False
    dialog: str = ""
    errors: dict[str, str] = {}
    is_busy: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load the board that was last chosen, from its top."""
        self.dialog, self.errors = "", {}
        await self._fill_first(actor)

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """It is time to look again."""
        await self._fill(actor)

    @rx.event
    @requires()
    async def choose(self, actor: Actor, field: str, value: str) -> None:
        """Another board."""
        kinds = {"kind": AccountClass, "period": Period, "measure": Measure}
        if field in kinds:
            setattr(self, field, _choice(kinds[field], value, field).value)
        elif field == "currency":
            self.currency = value[:8]
        else:
            raise InvalidInput("There is no such board.", field="field")
        if field != "currency":
            self.currency = ""
        await self._fill_first(actor)

    @rx.event
    @requires()
    async def toggle(self, actor: Actor, on: bool) -> Any:
        """Show oneself on the board (after choosing name and account), or disappear from it."""
        if on:
            await self._open_entering(actor)
            return None
        await leaderboard.leave(actor)
        await self._fill(actor)
        return handlers.toast("ok", "You are off the boards", "What was frozen when a period closed stays.")

    @rx.event
    @requires()
    async def open_entering(self, actor: Actor) -> None:
        """Choose name and account."""
        await self._open_entering(actor)

    @rx.event
    @requires()
    async def enter(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Take part."""
        self.errors, self.is_busy = {}, True
        yield
        try:
            try:
                chosen = UUID(str(form.get("account_id", "")))
            except ValueError as malformed:
                raise InvalidInput("Choose an account.", field="account_id") from malformed
            profile = await leaderboard.enter(actor, str(form.get("pseudonym", "")), chosen)
            self.dialog = ""
            await self._fill(actor)
            since = profile.counted_from
            detail = f"Days count from {since:%d %b}, 00:00 UTC on." if since else ""
            yield handlers.toast("ok", f"You take part as {profile.pseudonym}", detail)
        except ForexEliteError as refusal:
            if not handlers.field_of(refusal):
                raise
            self.errors = {handlers.field_of(refusal): refusal.message}
        finally:
            self.is_busy = False

    @rx.event
    @requires(*STAFF)
    async def open_prizes(self, actor: Actor) -> None:
        """All prizes, for staff."""
        await self._load_prizes(actor)
        self.errors, self.dialog = {}, "prizes"

    @rx.event
    @requires(*STAFF)
    async def add_prize(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Promise a prize on the board on screen."""
        self.errors = {}
        try:
            rank, amount = _number(form, "rank"), _number(form, "amount")
            if rank != rank.to_integral_value():
                raise InvalidInput(f"Use a place from 1 to {BOARD_SIZE}.", field="rank")
            await leaderboard.add_prize(
                actor,
                kind=AccountClass(self.kind),
                period=Period(self.period),
                measure=Measure(self.measure),
                rank=int(rank),
                amount=amount,
                currency=str(form.get("currency", "")),
            )
        except ForexEliteError as refusal:
            if not handlers.field_of(refusal):
                raise
            self.errors = {handlers.field_of(refusal): refusal.message}
            return None
        await self._load_prizes(actor)
        await self._fill(actor)
        return handlers.toast("ok", "Prize promised", "It is given when the period closes.")

    @rx.event
    @requires(*STAFF)
    async def drop_prize(self, actor: Actor, prize_id: str) -> Any:
        """Take a prize back."""
        await leaderboard.drop_prize(actor, identifier(prize_id, "prize"))
        await self._load_prizes(actor)
        await self._fill(actor)
        return handlers.toast("ok", "Prize taken back")

    @rx.event
    @public
    async def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.dialog, self.errors = "", {}

    async def _open_entering(self, actor: Actor) -> None:
        listed = await accounts.list_accounts(actor)
        self.choices = [(str(one.id), f"{account_title(one)} · {one.login} · {one.currency}") for one in listed]
        profile = await leaderboard.get_profile(actor)
        self.pseudonym, self.account_id = profile.pseudonym, str(profile.account_id or "")
        self.errors, self.dialog = {}, "enter"

    async def _load_prizes(self, actor: Actor) -> None:
        self.prizes = [prize_row(one) for one in await leaderboard.list_prizes(actor)]

    async def _fill(self, actor: Actor) -> None:
        with self._loading():
            found = await leaderboard.board(
                actor,
                kind=AccountClass(self.kind),
                period=Period(self.period),
                measure=Measure(self.measure),
                currency=self.currency,
                cursor=self._cursors[-1] if self._cursors else None,
            )
            awards = await leaderboard.list_awards(actor)
            self.awards = [award_row(one) for one in awards[:10]]
            self._show(found)
        self.is_staff = actor.role in STAFF

    def _show(self, board: Board) -> None:
        self.rows = [line_row(line, board) for line in board.items]
        if not self._cursors:
            self.podium = self.rows[:PODIUM]
        self.own = own_card(board)
        self.currency = board.key.currency if board.key.measure is Measure.PROFIT else ""
        self.currencies = list(board.currencies) if board.key.measure is Measure.PROFIT else []
        self.words = board_words(board)
        self.page_words = page_words(len(self._cursors) * leaderboard.PAGE, board, BOARD_SIZE)
        self.ends = ends_words(board, clock.now())
        self.refreshed_at = figures.iso(board.refreshed_at)
        self._turned(board.next_cursor)
        self.is_shown = board.profile.is_shown


def _number(form: dict[str, Any], field: str) -> Decimal:
    value = figures.read(str(form.get(field, "")), field)
    if value is None:
        raise InvalidInput("Use a number.", field=field)
    if abs(value) > leaderboard.MOST_MONEY:
        raise InvalidInput(f"Use a number up to {leaderboard.MOST_MONEY:,}.", field=field)
    return value
