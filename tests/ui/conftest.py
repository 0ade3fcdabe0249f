"""A person who is signed in, and handlers run as the framework runs them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import reflex as rx
from reflex_base.utils.format import json_dumps

from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.people import Person, Preferences, SignedIn
from forex_elite.services import onboarding, sessions

NOW = datetime(2026, 3, 20, 14, 32, 6, 218000, tzinfo=UTC)
DELTA_LIMIT = 64 * 1024


@pytest.fixture
def person() -> Person:
    return Person(uuid4(), "marta@example.com", "Marta Kovács", Role.USER, None, NOW, NOW)


@pytest.fixture
def who(person: Person) -> SignedIn:
    session_id = uuid4()
    return SignedIn(Actor(person.id, person.role, session_id=session_id), person, session_id)


@pytest.fixture
def signed_in(who: SignedIn, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says who is signed in from now on; called without arguments, nobody is."""

    def become(found: SignedIn | None = None) -> None:
        async def find(_token: str) -> SignedIn | None:
            return found

        monkeypatch.setattr(sessions, "find", find)

    become(who)
    return become


@pytest.fixture
def preferences(monkeypatch: pytest.MonkeyPatch) -> list[Preferences]:
    """The stored preferences, in a list so that a test may look at what was saved."""
    stored = [Preferences()]

    async def get(_actor: Actor) -> Preferences:
        return stored[-1]

    async def save(_actor: Actor, wanted: Preferences) -> Preferences:
        stored.append(onboarding.check_preferences(wanted))
        return stored[-1]

    monkeypatch.setattr(onboarding, "get_preferences", get)
    monkeypatch.setattr(onboarding, "save_preferences", save)
    return stored


async def run(state: rx.State, name: str, *arguments: Any) -> list[Any]:
    """Run a handler of a state to its end and return the events it gave to the browser."""
    outcome = type(state).event_handlers[name].fn(state, *arguments)
    outcomes = [event async for event in outcome] if inspect.isasyncgen(outcome) else [await outcome]
    return [event for event in outcomes if event is not None]


def told(events: list[Any]) -> str:
    """All events as text, to look for words in."""
    flat: list[Any] = []
    for event in events:
        flat.extend(event if isinstance(event, list) else [event])
    return " ".join(str(event.args) for event in flat)


def size_of_delta(state: rx.State) -> int:
    """How many bytes the state would send now."""
    return len(json_dumps(state.get_delta()))


def with_role(who: SignedIn, role: Role) -> SignedIn:
    return replace(who, actor=replace(who.actor, role=role))
