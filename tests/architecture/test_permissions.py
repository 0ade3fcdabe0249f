"""Whoever acts is checked: every service's function that takes an actor names the permission it needs."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator
from typing import Any

from forex_elite import services
from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.permissions import GRANTS, SCOPES, Permission, is_permitted, scopes_with_reads
from forex_elite.ui.pages.settings.rows import SCOPE_GROUPS

INSIDE = {"forex_elite.services.generation.running": "works for generations.start, which was checked"}
"""Modules whose functions are called by other services alone."""


def _functions() -> Iterator[tuple[str, Any]]:
    for module in pkgutil.walk_packages(services.__path__, "forex_elite.services."):
        loaded = importlib.import_module(module.name)
        for name, function in vars(loaded).items():
            if inspect.isfunction(function) and function.__module__ == module.name and not name.startswith("_"):
                yield f"{module.name}.{name}", function


def _takes_actor_first(function: Any) -> bool:
    names = list(inspect.signature(function).parameters)
    return bool(names) and typing.get_type_hints(function).get(names[0]) is Actor


def test_every_function_of_a_service_that_takes_an_actor_names_its_permission() -> None:
    open_doors = [
        name
        for name, function in _functions()
        if name.rpartition(".")[0] not in INSIDE
        and _takes_actor_first(function)
        and not hasattr(function, "permission")
    ]

    assert not open_doors, f"put @needs(Permission.…) above: {open_doors}"


def test_every_permission_is_needed_somewhere() -> None:
    needed = {function.permission for _, function in _functions() if hasattr(function, "permission")}

    assert needed == set(Permission)


def test_every_scope_of_a_token_has_its_words() -> None:
    listed = [scope for _, scopes in SCOPE_GROUPS for scope, _ in scopes]

    assert sorted(listed) == sorted(SCOPES)


def test_no_scope_opens_administration_or_the_proofs_themselves() -> None:
    everything = scopes_with_reads(frozenset(one.value for one in Permission))
    owner = Actor(user_id=None, role=Role.SUPER_ADMIN, scopes=everything)

    assert not is_permitted(owner, Permission.SECURITY_MANAGE)
    assert not any(is_permitted(owner, one) for one in Permission if one.startswith("admin:"))


def test_a_broker_may_no_more_than_a_user_and_an_admin_gives_no_roles() -> None:
    assert Permission.ROLE_SET not in GRANTS[Role.ADMIN]
    assert GRANTS[Role.USER] < GRANTS[Role.ADMIN] < GRANTS[Role.SUPER_ADMIN]
