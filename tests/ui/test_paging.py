"""A list by cursor, as every page turns it."""

from __future__ import annotations

from uuid import UUID

import pytest
import reflex as rx

from forex_elite.domain.identity import Role
from forex_elite.domain.paging import Page
from forex_elite.errors import DatabaseUnavailable
from forex_elite.services import agents, alerts, audit, health, logs, users, work_queue
from forex_elite.ui.pages.admin.audit.state import AuditState
from forex_elite.ui.pages.admin.health.state import InstallationState
from forex_elite.ui.pages.admin.logs.state import LogsState
from forex_elite.ui.pages.admin.queue.agents_state import WatchedAgentsState
from forex_elite.ui.pages.admin.queue.state import QueueState
from forex_elite.ui.pages.admin.users.state import UsersState
from forex_elite.ui.paging import PagingMixin
from tests.ui.conftest import run, with_role

ROWS = [UUID(int=n) for n in range(1, 6)]
SIZE = 2


class ListState(PagingMixin, rx.State):
    """Five rows in pages of two."""

    rows: list[int] = []  # noqa: RUF012  a var's default, copied for each state
    _is_away: bool = False

    async def _fill(self, actor) -> None:
        with self._loading():
            if self._is_away:
                raise DatabaseUnavailable("The database does not answer.")
            after = self._cursor()
            start = ROWS.index(after) + 1 if after else 0
            more = start + SIZE < len(ROWS)
            page = Page(tuple(ROWS[start : start + SIZE]), str(ROWS[start + SIZE - 1]) if more else None)
            self.rows = [row.int for row in page.items]
            self._turned(page.next_cursor)


@pytest.fixture
async def state(signed_in, who) -> ListState:
    state = ListState()
    await state._fill_first(who.actor)
    return state


def shown(state: ListState) -> tuple[list[int], bool, bool]:
    return state.rows, state.has_previous, state.has_next


async def test_a_list_is_turned_to_its_end_and_back(state) -> None:
    assert shown(state) == ([1, 2], False, True)

    for expected in (([3, 4], True, True), ([5], True, False), ([5], True, False)):
        await run(state, "next_page")
        assert shown(state) == expected

    for expected in (([3, 4], True, True), ([1, 2], False, True), ([1, 2], False, True)):
        await run(state, "previous_page")
        assert shown(state) == expected


async def test_a_filter_leads_back_to_the_first_page(state, who) -> None:
    await run(state, "next_page")
    await state._fill_first(who.actor)

    assert shown(state) == ([1, 2], False, True)


async def test_looking_again_stays_on_the_page(state, who) -> None:
    await run(state, "next_page")
    await state._fill(who.actor)

    assert shown(state) == ([3, 4], True, True)


async def test_what_cannot_be_loaded_says_its_code_and_leaves_the_rows(state, who) -> None:
    assert (state.is_loaded, state.error_code) == (True, "")
    state._is_away = True
    await run(state, "next_page")
    assert state.error_code == "database-unavailable"
    assert shown(state) == ([1, 2], False, True)

    state._is_away = False
    await state._fill(who.actor)
    assert (shown(state), state.error_code) == (([3, 4], True, True), "")


async def test_a_fault_nobody_expected_is_not_taken_for_loaded(signed_in, who, monkeypatch) -> None:
    state = ListState()
    monkeypatch.setattr("tests.ui.test_paging.ROWS", None)

    with pytest.raises(TypeError):
        await state._fill(who.actor)

    assert not state.is_loaded


LISTS = [
    (UsersState, users, "list_users", ("next_page", "previous_page"), ("choose_role", "admin")),
    (AuditState, audit, "list_records", ("next_page", "previous_page"), ("choose_action", "admin.")),
    (LogsState, logs, "watch", ("next_page", "previous_page"), ("look_for", "part", "error")),
    (InstallationState, alerts, "watch", ("next_page", "previous_page"), ("show_over", True)),
    (WatchedAgentsState, agents, "watch", ("next_page", "previous_page"), ("look_for", "vps")),
    (QueueState, work_queue, "list_jobs", ("next_page", "previous_page"), ("choose", "stuck")),
]


@pytest.mark.parametrize(
    ("kind", "service", "listing", "turns", "narrow"), LISTS, ids=[kind.__name__ for kind, *_ in LISTS]
)
async def test_the_lists_of_administration_ask_for_the_page_they_turn_to(
    signed_in, who, monkeypatch, kind, service, listing, turns, narrow
) -> None:
    signed_in(with_role(who, Role.ADMIN))
    asked: list[UUID | None] = []

    async def listed(_actor, *_, cursor, limit, **__):
        asked.append(cursor)
        page = Page((), str(UUID(int=len(asked))))
        return (page, (0, 0)) if service is agents else page

    async def nothing(_actor):
        return ()

    monkeypatch.setattr(service, listing, listed)
    monkeypatch.setattr(work_queue, "depths", nothing)
    monkeypatch.setattr(health, "look", nothing)
    monkeypatch.setattr("forex_elite.ui.pages.admin.health.state.check_rows", list)
    on, back = turns
    state = kind()

    for event in (narrow, (on,), (on,), (back,), narrow):
        assert await run(state, *event) == []

    assert asked == [None, UUID(int=1), UUID(int=2), UUID(int=1), None]
    assert (state.has_previous, state.has_next, state.error_code) == (False, True, "")
