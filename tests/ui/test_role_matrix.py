"""Every handler of every page with every role and a stranger, against the table in tests/roles.py."""

from __future__ import annotations

import inspect
from typing import Any

import reflex as rx
from reflex.event import EventHandler

from forex_elite.domain.identity import Role
from forex_elite.ui import session
from tests.architecture.test_states import STATES
from tests.roles import CALLERS, HANDLERS, Access
from tests.ui.conftest import run, told, with_role

EXPECTED = {
    (state, name): access
    for access, states in HANDLERS.items()
    for state, names in states.items()
    for name in names.split()
}


def _handlers() -> dict[tuple[str, str], tuple[type[rx.State], Any]]:
    return {
        (state.__name__, name): (state, handler.fn)
        for state in STATES
        for name, handler in state.event_handlers.items()
        if isinstance(handler, EventHandler) and handler.fn.__module__.startswith("forex_elite.")
    }


def test_every_handler_has_an_expectation() -> None:
    assert set(_handlers()) == set(EXPECTED), "a handler without an expectation, or one gone: see tests/roles.py"


async def test_every_handler_lets_in_whom_the_table_names(signed_in, who) -> None:
    wrong = []
    for key, (state, handler) in _handlers().items():
        if getattr(handler, "is_public", False):
            if EXPECTED[key] is not Access.ANYBODY:
                wrong.append(f"{key} is open to anybody")
            continue
        arguments = [None] * (len(inspect.signature(handler).parameters) - 1)
        for caller in CALLERS:
            found = None if caller == "stranger" else with_role(who, Role(caller))
            refusal = await session._refusal(state(), found, handler.roles, onboarded=False)
            if (refusal is None) != (caller in EXPECTED[key].value):
                wrong.append(f"{caller}: {key}")
            if caller not in EXPECTED[key].value:
                signed_in(found)
                events = await run(state(), key[1], *arguments)  # runs into the guard, or into None as its arguments
                if len(events) != 1 or not ("not-allowed" in told(events) or "/login" in told(events)):
                    wrong.append(f"{caller}: {key} ran")

    assert wrong == []
