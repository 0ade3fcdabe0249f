from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from forex_elite.domain.identity import Role
from forex_elite.domain.leaderboard import (
    AccountClass,
    Board,
    BoardKey,
    Measure,
    Period,
    Prize,
    Profile,
    Standing,
)
from forex_elite.domain.partners import RevenueDay
from forex_elite.services import leaderboard, partners
from forex_elite.ui.pages.leaderboard.rows import ends_words, line_row, own_card, page_words
from forex_elite.ui.pages.leaderboard.state import LeaderboardState
from forex_elite.ui.pages.partners.rows import curve
from forex_elite.ui.pages.partners_admin.state import PartnersAdminState
from tests.ui.conftest import DELTA_LIMIT, NOW, run, size_of_delta, told, with_role

PRIZE = Prize(uuid4(), AccountClass.LIVE, Period.MONTH, Measure.RETURN, 1, Decimal(2500), "USD")


def line(rank: int | None = 1, **values) -> Standing:
    given = Standing(
        rank=rank,
        pseudonym=f"trader {rank}",
        currency="USD",
        return_pct=Decimal("18.42"),
        profit=Decimal("1842.10"),
        risk_adjusted=Decimal("3.837"),
        drawdown_pct=Decimal("4.8"),
        trades=212,
        won=136,
        curve=tuple(range(10_000, 10_031)),
        refreshed_at=NOW,
    )
    return replace(given, **values)


def board(*lines: Standing, own: Standing | None = None, **values) -> Board:
    key = BoardKey(
        kind=AccountClass.LIVE, period=Period.MONTH, measure=Measure.RETURN, starts_on=date(2026, 3, 1), currency="USD"
    )
    shown = Profile("me", uuid4(), is_shown=True, counted_from=date(2026, 2, 1))
    given = Board(key, lines, own, shown, 318, ("USD",), (PRIZE,), NOW, "25")
    return replace(given, **values)


def test_a_line_has_signs_units_and_its_prize() -> None:
    row = line_row(line(), board(line()))

    assert (row.rank, row.figure, row.unit, row.tone) == ("1", "+18.42", "%", "up")
    assert (row.drawdown, row.winners, row.profit, row.ratio) == ("\u22124.8%", "64%", "+1,842.10", "3.84")
    assert row.prize == "2,500 USD"
    assert line_row(line(2), board()).prize == ""


def test_ones_own_place_says_how_far_the_first_is() -> None:
    card = own_card(board(line(1), own=line(2, return_pct=Decimal("14.07"), is_own=True)))

    assert (card.place, card.of) == ("2", "of 318")
    assert ("To first place", "4.35 points") in card.lines


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"profile": Profile()}, "You do not take part."),
        ({"own": line(None, reason="few-trades")}, "10 are needed"),
        ({"own": line(None, reason="unverified")}, "not verified"),
        ({"profile": Profile("me", uuid4(), is_shown=True, counted_from=date(2026, 3, 21))}, "on or after 21 Mar"),
    ],
)
def test_who_has_no_place_is_told_why(changes, words) -> None:
    card = own_card(board(line(), **changes))

    assert card.place == ""
    assert words in card.words


def test_the_end_of_a_period_counts_down_in_its_largest_units() -> None:
    assert ends_words(board(), NOW) == "11 d 9 h 27 min"
    last = NOW.replace(day=31, hour=23, minute=59, second=10)
    assert ends_words(board(), last) == "0 min"
    assert ends_words(board(key=replace(board().key, period=Period.ALL)), NOW) == ""


def test_the_page_says_that_only_the_first_hundred_are_listed() -> None:
    assert page_words(25, board(line(26), line(27)), 100) == "26 to 27 of 318, the first 100 are listed"
    assert page_words(0, board(), 100) == ""


@pytest.fixture
def full_board(monkeypatch) -> None:
    async def show(_actor, **_):
        return board(*(line(n) for n in range(1, 26)))

    async def awards(_actor):
        return ()

    monkeypatch.setattr(leaderboard, "board", show)
    monkeypatch.setattr(leaderboard, "list_awards", awards)


async def test_a_full_page_travels_small_and_a_made_up_board_is_refused(signed_in, full_board) -> None:
    state = LeaderboardState()
    await run(state, "load")

    assert len(state.rows) == 25
    assert size_of_delta(state) < DELTA_LIMIT
    assert "invalid-input" in told(await run(state, "choose", "period", "decade"))
    assert "invalid-input" in told(await run(state, "choose", "rows", "x"))
    assert state.period == "month"


@pytest.mark.parametrize("role", [Role.USER, Role.IB])
async def test_prizes_are_nobodys_but_staffs(signed_in, who, full_board, role) -> None:
    signed_in(with_role(who, role))
    state = LeaderboardState()

    for handler, arguments in (("open_prizes", ()), ("add_prize", ({},)), ("drop_prize", (str(uuid4()),))):
        assert "not-allowed" in told(await run(state, handler, *arguments))
    assert state.dialog == ""


@pytest.mark.parametrize("role", [Role.USER, Role.IB, Role.ADMIN])
async def test_partners_are_managed_by_the_super_admin_alone(signed_in, who, monkeypatch, role) -> None:
    async def never(*_, **__):
        raise AssertionError

    for name in ("decide", "decide_payout", "save_tier", "drop_tier", "set_fee"):
        monkeypatch.setattr(partners, name, never)
    signed_in(with_role(who, role))
    state = PartnersAdminState()

    await run(state, "load")
    assert (state.error_code, state.partners) == ("not-allowed", [])
    for handler, arguments in (
        ("ask", ("partner", "x", "approved")),
        ("decide", ({},)),
        ("edit_tier", ("",)),
        ("save_tier", ({},)),
        ("set_fee", ({},)),
    ):
        assert "not-allowed" in told(await run(state, handler, *arguments))


def test_revenue_is_summed_up_over_days_without_any() -> None:
    first = date(2026, 3, 2)
    days = [
        RevenueDay(first, Decimal(1), Decimal(3), Decimal(1)),
        RevenueDay(first + timedelta(days=2), *[Decimal(2)] * 3),
    ]

    points = curve(days, first + timedelta(days=4))

    assert [point.value for point in points] == [0, 4, 4, 8, 8]
