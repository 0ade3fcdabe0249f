"""The rules of states, read from the classes themselves: what is public is remote, so it must be meant to be."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass

import pytest
import reflex as rx
from reflex.event import EventHandler

import forex_elite.ui
from forex_elite.ui import site


def _modules() -> None:
    for module in pkgutil.walk_packages(forex_elite.ui.__path__, "forex_elite.ui."):
        if module.name != "forex_elite.ui.build":
            importlib.import_module(module.name)


def _states() -> list[type[rx.State]]:
    """Every state of ours once, whatever mixins it is made of; a mixin is no state by itself."""
    _modules()
    found: set[type[rx.State]] = set()
    waiting = [rx.State]
    while waiting:
        fresh = set(waiting.pop().__subclasses__()) - found
        found |= fresh
        waiting += fresh
    ours = (state for state in found if state.__module__.startswith("forex_elite.") and not state._mixin)
    return sorted(ours, key=lambda state: state.__qualname__)


STATES = _states()
each_state = pytest.mark.parametrize("state", STATES, ids=[state.__qualname__ for state in STATES])


def _own(state: type[rx.State]) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in vars(state).items() if not name.startswith("_"))


def test_the_walk_finds_the_states_of_all_pages() -> None:
    assert {"OverviewState", "SignalsState", "StrategiesState", "AgentsState", "SettingsState"} <= {
        state.__name__ for state in STATES
    }


def test_the_walk_finds_each_state_once_and_no_mixin() -> None:
    names = [state.get_full_name() for state in STATES]

    assert len(names) == len(set(names))
    assert not [name for name in names if "mixin" in name]


def test_handlers_of_a_mixin_are_handlers_of_each_state_and_keep_its_guard() -> None:
    bound = [
        (state, name, value)
        for state in STATES
        for mixin in state._mixins()
        for name, value in vars(mixin).items()
        if inspect.isfunction(value) and not name.startswith("_")
    ]

    assert {"SignalsState.previous_page", "UsersState.next_page", "PositionsState.changed"} <= {
        f"{state.__name__}.{name}" for state, name, _ in bound
    }
    for state, name, fn in bound:
        handler = state.event_handlers[name].fn
        assert (handler.is_guarded, handler.roles) == (True, fn.roles), f"{state.__qualname__}.{name}"


@each_state
def test_every_public_method_is_an_event_or_a_var(state: type[rx.State]) -> None:
    plain = [name for name, value in _own(state) if inspect.isfunction(value) and name not in state.event_handlers]

    assert not plain, f"{state.__qualname__}: name helpers with an underscore, decorate handlers: {plain}"


@each_state
def test_every_handler_is_guarded_or_marked_public(state: type[rx.State]) -> None:
    open_doors = [
        name
        for name, handler in state.event_handlers.items()
        if isinstance(handler, EventHandler)
        and handler.fn.__module__.startswith("forex_elite.")
        and not getattr(handler.fn, "is_guarded", False)
        and not getattr(handler.fn, "is_public", False)
    ]

    assert not open_doors, f"{state.__qualname__}: put @requires(...) or @public below @rx.event: {open_doors}"


def _real(bases: Iterable[type]) -> list[type]:
    return [base for base in bases if issubclass(base, rx.State) and not base._mixin]


@each_state
def test_states_add_what_their_mixins_need(state: type[rx.State]) -> None:
    assert not state.__abstractmethods__


@each_state
def test_states_are_flat(state: type[rx.State]) -> None:
    *mixins, root = state.__bases__

    assert root is rx.State, f"{state.__qualname__}: name rx.State last, after its mixins"
    assert all(issubclass(mixin, rx.State) and mixin._mixin for mixin in mixins), f"{state.__qualname__}: mixins only"
    assert _real(state.__mro__[1:]) == [rx.State], f"{state.__qualname__}: an event would load its parents too"
    assert not _real(state.__subclasses__()), f"{state.__qualname__}: an event would load its children too"


def _leaves(annotation: object) -> Iterator[object]:
    arguments = typing.get_args(annotation)
    if arguments:
        for argument in arguments:
            yield from _leaves(argument)
    else:
        yield annotation


@each_state
def test_vars_are_plain_values_or_frozen_rows(state: type[rx.State]) -> None:
    plain = {str, int, float, bool, type(None), ...}
    for name, annotation in typing.get_type_hints(state).items():
        if name.startswith("_") or name not in state.base_vars:
            continue
        for leaf in _leaves(annotation):
            is_row = is_dataclass(leaf) and leaf.__dataclass_params__.frozen
            is_ours = getattr(leaf, "__module__", "").startswith("forex_elite.ui.")
            assert leaf in plain or (is_row and is_ours), f"{state.__qualname__}.{name}: {leaf} may not be a var"


@each_state
def test_nothing_secret_is_kept_in_the_browsers_storage(state: type[rx.State]) -> None:
    storage = (rx.LocalStorage, rx.Cookie, rx.SessionStorage)

    assert not [name for name, value in _own(state) if isinstance(value, storage)]


def test_every_page_that_is_not_public_loads_through_a_guard() -> None:
    for entry in site.PAGES:
        if not entry.is_public:
            assert entry.on_load, entry.route
            assert all(getattr(handler.fn, "is_guarded", False) for handler in entry.on_load), entry.route
