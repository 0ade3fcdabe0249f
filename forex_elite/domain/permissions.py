"""What each role may do, written once as `area:thing:action`; services check it, the database enforces roles again.

An API token's scopes are permissions too: it may do what its person's role permits and its scopes name.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from forex_elite.domain.identity import Actor, Role
from forex_elite.errors import NotAllowed

P = ParamSpec("P")
T = TypeVar("T")


class Permission(StrEnum):
    """Everything somebody can be permitted to do."""

    PROFILE_READ = "people:profile:read"
    PROFILE_CHANGE = "people:profile:change"
    SECURITY_MANAGE = "people:security:manage"
    AGENT_READ = "terminals:agent:read"
    AGENT_MANAGE = "terminals:agent:manage"
    ACCOUNT_READ = "terminals:account:read"
    ACCOUNT_MANAGE = "terminals:account:manage"
    ACCOUNT_SYNC = "terminals:account:sync"
    PRICE_READ = "market:price:read"
    POSITION_READ = "trading:position:read"
    POSITION_CHANGE = "trading:position:change"
    ORDER_READ = "trading:order:read"
    ORDER_PLACE = "trading:order:place"
    LIMIT_CHANGE = "trading:limit:change"
    KILL_THROW = "trading:kill-switch:throw"
    KILL_LIFT = "trading:kill-switch:lift"
    AUTOMATION_COMMAND = "trading:automation:command"
    SIGNAL_READ = "signals:alert:read"
    STRATEGY_READ = "signals:strategy:read"
    STRATEGY_MANAGE = "signals:strategy:manage"
    WEBHOOK_ROTATE = "signals:webhook:rotate"
    PROJECT_READ = "experts:project:read"
    PROJECT_CHANGE = "experts:project:change"
    EXPERT_COMPILE = "experts:project:compile"
    EXPERT_GENERATE = "experts:project:generate"
    DEPLOYMENT_READ = "experts:deployment:read"
    DEPLOYMENT_COMMAND = "experts:deployment:command"
    LANGUAGE_USE = "experts:language:use"
    JOB_READ = "oversight:job:read"
    JOB_CANCEL = "oversight:job:cancel"
    LOG_READ = "oversight:log:read"
    ALERT_READ = "oversight:alert:read"
    ALERT_ACKNOWLEDGE = "oversight:alert:acknowledge"
    AUDIT_READ = "oversight:audit:read"
    FILE_READ = "oversight:file:read"
    FILE_MAKE = "oversight:file:make"
    CHANNEL_READ = "people:channel:read"
    CHANNEL_MANAGE = "people:channel:manage"
    LEADERBOARD_READ = "social:leaderboard:read"
    LEADERBOARD_ENTER = "social:leaderboard:enter"
    PARTNER_READ = "partners:book:read"
    PARTNER_APPLY = "partners:application:make"
    PAYOUT_REQUEST = "partners:payout:request"

    USER_READ = "admin:user:read"
    USER_SUSPEND = "admin:user:suspend"
    USER_SESSIONS = "admin:user:log-out"
    ROLE_SET = "admin:role:set"
    AGENT_WATCH = "admin:agent:read"
    INSTALLATION_READ = "admin:health:read"
    ALERT_WATCH = "admin:alert:read"
    QUEUE_READ = "admin:queue:read"
    QUEUE_MANAGE = "admin:queue:manage"
    LOG_WATCH = "admin:log:read"
    FEATURE_SET = "admin:feature:set"
    PRIZE_MANAGE = "admin:prize:manage"
    PARTNER_MANAGE = "admin:partner:manage"


_OWNERS_OF_INSTALLATION = frozenset({Permission.ROLE_SET, Permission.PARTNER_MANAGE})
_STAFF = frozenset(one for one in Permission if one.startswith("admin:")) - _OWNERS_OF_INSTALLATION
_EVERYBODY = frozenset(one for one in Permission if not one.startswith("admin:"))

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.USER: _EVERYBODY,
    Role.IB: _EVERYBODY,
    Role.ADMIN: _EVERYBODY | _STAFF,
    Role.SUPER_ADMIN: _EVERYBODY | _STAFF | _OWNERS_OF_INSTALLATION,
    Role.SERVICE: frozenset(Permission),
}
"""Each on one's own things only, whoever one is; what lies under `admin:` is about others' things."""

SCOPES: tuple[Permission, ...] = tuple(
    one for one in Permission if one in _EVERYBODY and one is not Permission.SECURITY_MANAGE
)
"""What a token can be made for: never for passwords, sessions and tokens themselves, nor for administration."""


def scopes_with_reads(scopes: frozenset[str]) -> frozenset[str]:
    """A token's scopes with what they include: whoever may change a thing may read it."""
    known = {one.value for one in SCOPES}
    reads = {f"{one.rpartition(':')[0]}:read" for one in scopes}
    return (scopes | reads) & known


def is_permitted(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's role permits this and, where a token speaks, one of its scopes names it."""
    return permission in GRANTS[actor.role] and (actor.scopes is None or permission in actor.scopes)


def check(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed, naming the permission, unless the actor has it."""
    if not is_permitted(actor, permission):
        who = "This API token" if actor.scopes is not None else "Your role"
        raise NotAllowed(f"{who} does not permit this ({permission}).", permission=permission.value)


def needs(
    permission: Permission,
) -> Callable[[Callable[Concatenate[Actor, P], T]], Callable[Concatenate[Actor, P], T]]:
    """Let a service's function run only for actors with this permission. Raises NotAllowed before it begins."""

    def guard(function: Callable[Concatenate[Actor, P], T]) -> Callable[Concatenate[Actor, P], T]:
        @functools.wraps(function)
        def checked(actor: Actor, *args: P.args, **kwargs: P.kwargs) -> T:
            check(actor, permission)
            return function(actor, *args, **kwargs)

        marked: Any = checked
        marked.permission = permission
        return cast("Callable[Concatenate[Actor, P], T]", marked)

    return guard
