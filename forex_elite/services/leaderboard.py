"""Taking part in the leaderboard, and reading it: pseudonyms and figures, never who is behind them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from forex_elite import clock
from forex_elite.db import leaderboard as queries
from forex_elite.db.unit_of_work import Row, UnitOfWork, unit_of_work
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.leaderboard import (
    BOARD_SIZE,
    CLOSING,
    AccountClass,
    Award,
    Board,
    BoardKey,
    Measure,
    Period,
    Prize,
    Profile,
    begins,
)
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import InvalidInput, NotFound
from forex_elite.services import audit, standings

PAGE = 25
MAX_PSEUDONYM = 24
MIN_PSEUDONYM = 3
AWARDS_SHOWN = 50
BOARDS_KEPT = 32
"""So many boards' orders are held; one of 100,000 people takes 1.6 MB."""
MOST_MONEY = Decimal(10_000_000)
_READER = service("leaderboard")


def check_pseudonym(name: str) -> str:
    """The trimmed name, or InvalidInput saying what is accepted. An e-mail address is refused: it is no pseudonym."""
    trimmed = " ".join(name.split())
    if not MIN_PSEUDONYM <= len(trimmed) <= MAX_PSEUDONYM or not trimmed.isprintable() or "@" in trimmed:
        raise InvalidInput(
            f"Use {MIN_PSEUDONYM} to {MAX_PSEUDONYM} printable characters, and no e-mail address.", field="pseudonym"
        )
    return trimmed


@needs(Permission.LEADERBOARD_READ)
async def get_profile(actor: Actor) -> Profile:
    """How the actor takes part."""
    async with unit_of_work(actor) as uow:
        return await queries.get_profile(uow, actor.person_id)


@needs(Permission.LEADERBOARD_ENTER)
async def enter(actor: Actor, pseudonym: str, account_id: UUID) -> Profile:
    """Take part with one account under a pseudonym; a new account counts from the next day (UTC) on.

    Coming back with the same account goes on where it was: leaving does not wipe out losses. Raises InvalidInput,
    NotFound, PseudonymTaken and AccountEntered.
    """
    name = check_pseudonym(pseudonym)
    now = clock.now()
    async with unit_of_work(actor) as uow:
        account = await queries.find_account(uow, actor.person_id, account_id)
        if account is None:
            raise NotFound("There is no such account.", field="account_id")
        before = await queries.get_profile(uow, actor.person_id)
        goes_on = before.account_id == account_id
        after = Profile(
            pseudonym=name,
            account_id=account_id,
            is_shown=True,
            entered_at=before.entered_at if goes_on else now,
            counted_from=before.counted_from if goes_on else now.date() + timedelta(days=1),
        )
        await queries.save_profile(
            uow, actor.person_id, profile=after, login=account["login"], server=account["server"]
        )
        await audit.record(
            uow,
            actor,
            "leaderboard.enter",
            subject=("account", account_id),
            before=_told(before),
            after=_told(after),
        )
    async with unit_of_work(_READER) as uow:
        if not goes_on:
            await queries.drop_entries(uow, actor.person_id)
        await standings.refresh_one(uow, account_id)
    return after


@needs(Permission.LEADERBOARD_ENTER)
async def leave(actor: Actor) -> None:
    """Disappear from the boards at once; places of closed periods stay as they were frozen."""
    async with unit_of_work(actor) as uow:
        before = await queries.get_profile(uow, actor.person_id)
        if not before.is_shown:
            return
        await queries.hide(uow, actor.person_id)
        await audit.record(
            uow, actor, "leaderboard.leave", before=_told(before), after=_told(replace(before, is_shown=False))
        )
    async with unit_of_work(_READER) as uow:
        await queries.drop_entries(uow, actor.person_id)


def _told(profile: Profile) -> dict[str, object]:
    return {"pseudonym": profile.pseudonym, "account_id": profile.account_id, "is_shown": profile.is_shown}


def _offset(cursor: str | None) -> int:
    if not cursor:
        return 0
    if not cursor.isdecimal() or len(cursor) > len(str(BOARD_SIZE)) or int(cursor) >= BOARD_SIZE:
        raise InvalidInput("There is no such page.", field="cursor")
    return int(cursor)


@needs(Permission.LEADERBOARD_READ)
async def board(
    actor: Actor,
    *,
    kind: AccountClass,
    period: Period,
    measure: Measure,
    currency: str = "",
    cursor: str | None = None,
    limit: int = PAGE,
) -> Board:
    """A page of the first hundred, the actor's own line wherever it is, and the prizes of this board.

    Boards by profit are one per currency; without `currency` the one with the most people.
    """
    offset = _offset(cursor)
    starts_on = begins(period, clock.now().date())
    key = BoardKey(kind=kind, period=period, measure=measure, starts_on=starts_on, currency=currency)
    async with unit_of_work(_READER) as uow:
        profile = await queries.get_profile(uow, actor.person_id)
        counted = await queries.counts(uow, key)
        by_currency = {row["currency"]: row["ranked"] for row in counted}
        if measure is Measure.PROFIT and not currency:
            key = replace(key, currency=next(iter(by_currency), "USD"))
        total = by_currency.get(key.currency, 0) if measure is Measure.PROFIT else sum(by_currency.values())
        size = min(max(1, limit), BOARD_SIZE - offset)
        items = await queries.page(uow, key, own=actor.person_id, offset=offset, limit=size)
        own = await queries.own_line(uow, key, actor.person_id)
        if own is not None and not own.reason and (measure is not Measure.PROFIT or own.currency == key.currency):
            own = replace(own, rank=await _orders.place(uow, key, counted, actor.person_id))
        prizes = await queries.board_prizes(uow, key)
    end = offset + len(items)
    return Board(
        key=key,
        items=tuple(items),
        own=own,
        profile=profile,
        total=total,
        currencies=tuple(sorted(by_currency)),
        prizes=tuple(prizes),
        refreshed_at=max((row["refreshed_at"] for row in counted), default=None),
        next_cursor=str(end) if end < min(total, BOARD_SIZE) and len(items) == size else None,
    )


class _Orders:
    """Everybody's places on the boards that were looked at last, each read once after it changed.

    Counting who is ahead would read the board for each person who looks: row-level security lets no index skip rows
    by a figure.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[BoardKey, tuple[object, bytes]] = OrderedDict()
        self._reading = asyncio.Lock()

    async def place(self, uow: UnitOfWork, key: BoardKey, counted: Sequence[Row], user_id: UUID) -> int | None:
        """Somebody's place, from 1; `counted` tells when the board changed last."""
        board = key if key.measure is Measure.PROFIT else replace(key, currency="")
        stamp = [tuple(row.values()) for row in counted]
        async with self._reading:
            known, order = self._kept.get(board, (None, b""))
            found = _find(order, user_id) if known == stamp else None
            if found is None:
                order = await queries.order(uow, board)
                found = _find(order, user_id)
            self._kept[board] = stamp, order
            self._kept.move_to_end(board)
            while len(self._kept) > BOARDS_KEPT:
                self._kept.popitem(last=False)
        return found


_orders = _Orders()


def _find(order: bytes, user_id: UUID) -> int | None:
    size = len(user_id.bytes)
    at = order.find(user_id.bytes)
    while at % size and at >= 0:
        at = order.find(user_id.bytes, at + 1)
    return at // size + 1 if at >= 0 else None


@needs(Permission.LEADERBOARD_READ)
async def list_awards(actor: Actor) -> tuple[Award, ...]:
    """Prizes won in the last year: the actor's own, for staff everybody's."""
    async with unit_of_work(actor) as uow:
        since = clock.now().date() - timedelta(days=366)
        return tuple(await queries.list_awards(uow, limit=AWARDS_SHOWN, since=since))


@needs(Permission.PRIZE_MANAGE)
async def list_prizes(actor: Actor) -> tuple[Prize, ...]:
    """All prizes, for staff."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_prizes(uow))


@needs(Permission.PRIZE_MANAGE)
async def add_prize(
    actor: Actor,
    *,
    kind: AccountClass,
    period: Period,
    measure: Measure,
    rank: int,
    amount: Decimal,
    currency: str,
) -> Prize:
    """Promise a prize for a place, for every period of this kind that closes from now on.

    Raises NotAllowed, InvalidInput and PlaceHasPrize.
    """
    if period not in CLOSING:
        raise InvalidInput("Prizes are for a day, a week or a month: all time never closes.", field="period")
    if not 1 <= rank <= BOARD_SIZE:
        raise InvalidInput(f"Use a place from 1 to {BOARD_SIZE}.", field="rank")
    if not amount.is_finite() or not 0 < amount <= MOST_MONEY:
        raise InvalidInput(f"Use an amount above 0, up to {MOST_MONEY:,}.", field="amount")
    code = currency.strip().upper()
    if not (code.isascii() and code.isalpha() and 3 <= len(code) <= 8):  # noqa: PLR2004
        raise InvalidInput("Use a currency code such as USD.", field="currency")
    prize = Prize(queries.new_prize_id(), kind, period, measure, rank, round(amount, 2), code)
    async with unit_of_work(actor) as uow:
        await queries.add_prize(uow, prize)
        await audit.record(uow, actor, "leaderboard.prize.add", subject=("prize", prize.id), after=_prize_told(prize))
    return prize


@needs(Permission.PRIZE_MANAGE)
async def drop_prize(actor: Actor, prize_id: UUID) -> None:
    """Take a prize back before its period closes; what was awarded stays awarded."""
    async with unit_of_work(actor) as uow:
        prize = await queries.drop_prize(uow, prize_id)
        if prize is None:
            raise NotFound("There is no such prize.")
        await audit.record(
            uow, actor, "leaderboard.prize.remove", subject=("prize", prize.id), before=_prize_told(prize)
        )


def _prize_told(prize: Prize) -> dict[str, object]:
    return {
        "board": f"{prize.kind} {prize.period} {prize.measure}",
        "rank": prize.rank,
        "amount": prize.amount,
        "currency": prize.currency,
    }
