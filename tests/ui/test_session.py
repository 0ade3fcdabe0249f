from __future__ import annotations

import inspect
from typing import Any

import pytest
import reflex as rx

from forex_elite.domain.identity import Actor, Role
from forex_elite.errors import Conflict
from forex_elite.ui import session
from forex_elite.ui.session import SessionState, requires
from tests.ui.conftest import run, told, with_role


class GuardedState(rx.State):
    """A state of this file only."""

    seen: list[str] = []  # noqa: RUF012  a var's default, copied for each state

    @rx.event
    @requires()
    async def note(self, actor: Actor, text: str) -> None:
        self.seen = [*self.seen, f"{actor.person_id} {text}"]

    @rx.event
    @requires(Role.ADMIN)
    async def administer(self, actor: Actor) -> None:
        self.seen = ["administered"]

    @rx.event
    @requires()
    async def refuse(self, actor: Actor) -> Any:
        self.seen = ["started"]
        yield
        raise Conflict("It has changed.")


async def test_a_handler_gets_the_actor_of_the_session_and_the_browsers_arguments(signed_in, who) -> None:
    state = GuardedState()

    await run(state, "note", "hello")

    assert state.seen == [f"{who.actor.person_id} hello"]


def test_the_browser_cannot_name_the_actor() -> None:
    handler = GuardedState.event_handlers["note"].fn

    assert list(inspect.signature(handler).parameters) == ["self", "text"]


async def test_without_a_session_nothing_runs_and_the_person_is_sent_to_log_in(signed_in) -> None:
    signed_in(None)
    state = GuardedState()

    events = await run(state, "note", "hello")

    assert state.seen == []
    assert "/login?next=/" in told(events)


async def test_a_session_that_ended_is_said_to_have_ended(signed_in, monkeypatch) -> None:
    signed_in(None)
    monkeypatch.setattr(session, "_token", lambda _header: "a token that is no longer good")

    events = await run(GuardedState(), "note", "hello")

    assert "/login?reason=expired&next=/" in told(events)


async def test_a_role_that_is_not_named_is_refused(signed_in, who) -> None:
    state = GuardedState()

    events = await run(state, "administer")
    assert state.seen == []
    assert "not-allowed" in told(events)

    signed_in(with_role(who, Role.ADMIN))
    await run(state, "administer")
    assert state.seen == ["administered"]


async def test_who_has_not_accepted_the_disclaimer_is_sent_to_onboarding(signed_in, who) -> None:
    from dataclasses import replace

    signed_in(replace(who, person=replace(who.person, onboarded_at=None)))

    events = await run(GuardedState(), "note", "hello")

    assert "/onboarding" in told(events)


async def test_a_refusal_becomes_one_toast_with_its_code(signed_in) -> None:
    state = GuardedState()

    events = await run(state, "refuse")

    assert len(events) == 1
    assert "It has changed." in told(events)
    assert "conflict" in told(events)
    assert state.seen == ["started"]


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("fe_session=abc", "abc"),
        ("theme=dark; fe_session=abc; other=1", "abc"),
        ("", ""),
        ("fe_session", ""),
        ("xfe_session=abc", ""),
    ],
)
def test_the_token_is_read_from_the_cookie_header(header, token) -> None:
    assert session._token(header) == token


async def test_the_browser_is_told_a_name_and_a_role_and_nothing_of_the_session(signed_in, who, preferences) -> None:
    state = SessionState()

    await run(state, "load")

    sent = str(state.get_delta())
    assert "Marta Kovács" in sent
    assert "Trader" in sent
    assert str(who.session_id) not in sent
    assert str(who.person.id) not in sent


async def test_log_in_is_skipped_by_who_is_signed_in(signed_in) -> None:
    assert "/" in told(await run(SessionState(), "skip_if_signed_in"))

    signed_in(None)
    assert await run(SessionState(), "skip_if_signed_in") == []
