"""What we rely on Reflex for. When an upgrade breaks one of these, the name says what to look at."""

from __future__ import annotations

import functools
import inspect
import sys
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
import reflex as rx
from reflex import assets
from reflex.event import EventHandler

from forex_elite.ui import asset_owner
from forex_elite.ui.components.icon import _Icon


@dataclass(frozen=True, slots=True)
class Row:
    name: str = ""


def _hiding(handler: Any) -> Any:
    @functools.wraps(handler)
    async def wrapped(self: Any, *arguments: Any) -> Any:
        yield await handler(self, "hidden", *arguments)

    signature = inspect.signature(handler)
    kept = [parameter for name, parameter in signature.parameters.items() if name != "secret"]
    wrapped.__signature__ = signature.replace(parameters=kept)
    wrapped.__annotations__ = {n: kind for n, kind in handler.__annotations__.items() if n != "secret"}
    return wrapped


class ContractState(rx.State):
    """A state of this file only."""

    CONSTANT: ClassVar[int] = 7
    rows: list[Row] = []  # noqa: RUF012  a var's default, copied for each state
    volume: float = 0.0
    _private: str = "kept on the server"

    @rx.event
    async def take(self, volume: float) -> None:
        self.volume = volume

    @rx.event
    @_hiding
    async def guarded(self, secret: str, text: str) -> str:
        return f"{secret} {text}"

    async def undecorated(self) -> None:
        self.volume = 1.0

    async def _helper(self) -> None:
        self.volume = 2.0


class ContractMixin(rx.State, mixin=True):
    """Behaviour two states of this file share."""

    shared: list[str] = []  # noqa: RUF012  a var's default, copied for each state
    _private: str = "kept on the server"

    @rx.event
    @_hiding
    async def guarded(self, secret: str, text: str) -> str:
        return await self._answer(f"{secret} {text}")

    @abstractmethod
    async def _answer(self, text: str) -> str:
        """What the state adds."""


class OneState(ContractMixin, rx.State):
    """A state that answers in its own way."""

    async def _answer(self, text: str) -> str:
        self.shared = [text]
        return text


class OtherState(ContractMixin, rx.State):
    """Another one with the same mixin."""

    async def _answer(self, text: str) -> str:
        return text


def test_a_public_method_is_remote_even_without_a_decorator() -> None:
    assert isinstance(ContractState.event_handlers["undecorated"], EventHandler)


def test_a_method_with_an_underscore_is_not_remote() -> None:
    assert "_helper" not in ContractState.event_handlers


async def test_the_type_of_an_argument_is_no_validation() -> None:
    state = ContractState()

    await ContractState.event_handlers["take"].fn(state, "abc")

    assert state.volume == "abc"


def test_a_decorator_below_the_event_may_hide_an_argument_from_the_browser() -> None:
    handler = ContractState.event_handlers["guarded"]

    assert list(handler.get_parameters()) == ["self", "text"]


def test_a_mixin_is_no_state_and_no_parent_of_one() -> None:
    assert OneState.get_parent_state() is rx.State
    assert {OneState, OtherState} <= set(rx.State.get_substates())
    assert ContractMixin not in rx.State.get_substates()


def test_each_state_has_the_vars_of_a_mixin_for_itself() -> None:
    one, other = OneState(), OtherState()
    one.shared = ["one"]

    assert (one.shared, other.shared, OtherState().shared) == (["one"], [], [])
    assert "shared" in OneState.base_vars
    assert "kept on the server" not in str(one.dict())


async def test_the_handlers_of_a_mixin_keep_their_decorators_and_find_what_the_state_adds() -> None:
    handler = OneState.event_handlers["guarded"]
    state = OneState()

    assert list(handler.get_parameters()) == ["self", "text"]
    assert [answer async for answer in handler.fn(state, "text")] == ["hidden text"]
    assert state.shared == ["hidden text"]
    assert handler.fn is not OtherState.event_handlers["guarded"].fn


def test_a_var_with_an_underscore_never_leaves_the_server() -> None:
    state = ContractState()
    state._private = "changed"

    assert "changed" not in str(state.get_delta())
    assert "kept on the server" not in str(state.dict())


def test_one_changed_row_sends_the_whole_list() -> None:
    state = ContractState()
    state.rows = [Row(str(n)) for n in range(50)]
    state._clean()

    state.rows = [Row("changed"), *state.rows[1:]]

    (sent,) = state.get_delta().values()
    assert len(next(value for name, value in sent.items() if name.startswith("rows"))) == 50


def test_a_var_cannot_be_set_on_the_class() -> None:
    with pytest.raises(TypeError):
        ContractState.volume = 1.0


def test_setters_are_not_made() -> None:
    assert not [name for name in ContractState.event_handlers if name.startswith("set_")]


async def test_the_generic_setter_finds_no_setters_to_call() -> None:
    state = ContractState()

    with pytest.raises(AttributeError):
        state.event_handlers["setvar"].fn(state, "volume", 5.0)


def test_a_misspelt_prop_is_taken_for_a_style() -> None:
    assert "sizze" in _Icon.create(name="check", sizze="s").style


def test_aria_props_become_attributes() -> None:
    rendered = str(rx.el.div(aria_label="Prices").render())

    assert "aria-label" in rendered
    assert not rx.el.div(aria_label="Prices").style


def test_a_shared_asset_has_a_path_without_its_hash_to_import() -> None:
    assert str(_Icon.create(name="check").library) == "$/public/external/forex_elite/ui/components/icon/icon.jsx"


def test_the_owner_of_a_shared_asset_is_found_as_reflex_finds_it(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)  # where the links go
    ours = (asset_owner.stack()[0].filename, asset_owner.getmodule(sys._getframe()))
    assert ours == (inspect.stack()[0].filename, inspect.getmodule(sys._getframe()))
    quick = rx.asset("test_framework_contracts.py", shared=True)
    monkeypatch.setattr(assets, "inspect", inspect)
    assert rx.asset("test_framework_contracts.py", shared=True) == quick
