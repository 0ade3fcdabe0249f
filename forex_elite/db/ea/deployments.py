"""Queries about experts on accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.ea.deployments import (
    DeploymentEvent,
    DeploymentFilter,
    DeploymentInfo,
    DeploymentResult,
    Desired,
    Limits,
)
from forex_elite.domain.paging import Page
from forex_elite.domain.terminals import is_online

# What the agent told in its heartbeat counts when it came after the last change; until then, what the job answered.
# Of experts that had the same magic number on a symbol each has what ended from its start to the start of the next one;
# the last one started has what is open.
_DEPLOYMENT = """
    select d.*, p.name as project_name, v.number as version_number, av.number as actual_number,
           a.login as account_login, a.server as account_server, a.currency, a.is_connected, g.name as agent_name,
           g.last_heartbeat_at, j.status as job_status,
           case when g.last_heartbeat_at > d.changed_at then r.report end as report,
           coalesce((s.spec ->> 'tick_value')::float / nullif((s.spec ->> 'tick_size')::float, 0), 0) as worth, t.*
    from ea_deployments d
    join ea_projects p on p.id = d.project_id
    join ea_versions v on v.id = d.version_id
    left join ea_versions av on av.id = d.actual_version_id
    join mt5_accounts a on a.id = d.account_id
    left join mt5_agents g on g.id = a.agent_id
    left join jobs j on j.id = d.job_id
    left join symbols s on s.account_id = d.account_id and s.name = d.symbol
    left join lateral (
        select e as report from jsonb_array_elements(g.deployments) e where e ->> 'deployment_id' = d.id::text limit 1
    ) r on true
    left join lateral (
        select range_agg(tstzrange(began, ended)) as held from (
            select e.deployment_id, e.at as began, lead(e.at) over (order by e.at, e.id) as ended
            from ea_deployments o join ea_deployment_events e on e.deployment_id = o.id
            where o.account_id = d.account_id and o.magic = d.magic and o.symbol = d.symbol
                  and e.kind in ('deployed', 'started')
        ) w where deployment_id = d.id
    ) h on true
    left join lateral (
        select count(*) filter (where not o.is_closed) as open_positions,
               coalesce(sum(o.volume) filter (where not o.is_closed), 0) as open_lots,
               coalesce(sum(o.net) filter (where not o.is_closed), 0) as floating,
               coalesce(sum(o.volume) filter (where not o.is_closed and o.side = 'buy' and o.current_price > 0), 0)
                   as bought,
               coalesce(sum(o.volume) filter (where not o.is_closed and o.side = 'sell' and o.current_price > 0), 0)
                   as sold,
               coalesce(sum(o.volume * o.current_price * case o.side when 'buy' then 1 else -1 end)
                        filter (where not o.is_closed), 0) as marked,
               count(*) filter (where o.is_closed) as closed_trades,
               coalesce(sum(case when o.is_closed then o.net else o.booked end), 0) as closed_result,
               count(*) filter (where o.is_closed and o.net > 0) as won,
               coalesce(sum(o.net) filter (where o.is_closed and o.net > 0), 0) as gross_profit,
               coalesce(sum(o.net) filter (where o.is_closed and o.net < 0), 0) as gross_loss
        from (select *, profit + swap + commission as net from trades
              where account_id = d.account_id and magic = d.magic and symbol = d.symbol
              and h.held @> coalesce(close_time, 'infinity')) o
    ) t on true
"""


def _info(row: Row, now: datetime) -> DeploymentInfo:
    report: dict[str, Any] = row["report"] or {}
    told_at = report.get("proven_at")
    proven = [at for at in (row["proven_at"], datetime.fromisoformat(told_at) if told_at else None) if at is not None]
    same = (
        *("id", "group_id", "project_id", "project_name", "version_id", "version_number", "actual_version_id"),
        *("actual_number", "account_id", "account_login", "account_server", "currency", "expert", "sha256", "symbol"),
        *("timeframe", "magic", "job_id", "job_status", "created_at", "changed_at"),
    )
    return DeploymentInfo(
        **{name: row[name] for name in same},
        agent_name=row["agent_name"] or "",
        is_agent_online=is_online(row["last_heartbeat_at"], now) and row["is_connected"],
        inputs=dict(row["inputs"]),
        limits=Limits.read(row["limits"]),
        desired=Desired(row["desired"]),
        actual=report.get("status") or row["actual"],
        code=str(report.get("code", row["code"])),
        detail=str(report.get("detail", row["detail"])),
        may_trade=report.get("may_trade", row["may_trade"]),
        proven_at=max(proven, default=None),
        result=DeploymentResult(
            row["open_positions"],
            row["open_lots"],
            row["floating"],
            row["closed_trades"],
            row["closed_result"],
            row["won"],
            row["gross_profit"],
            row["gross_loss"],
            per_bid=float(row["bought"]) * row["worth"],
            per_ask=-float(row["sold"]) * row["worth"],
            floating_base=float(row["floating"]) - float(row["marked"]) * row["worth"],
        ),
    )


async def list_deployments(
    uow: UnitOfWork,
    user_id: UUID,
    *,
    now: datetime,
    wanted: DeploymentFilter | None = None,
    ids: Sequence[UUID] | None = None,
    before: UUID | None = None,
    limit: int = 200,
) -> Page[DeploymentInfo]:
    """A person's deployments, last made first."""
    wanted = wanted or DeploymentFilter()
    rows = await uow.rows(
        _DEPLOYMENT
        + """
        where d.user_id = %(user)s and (%(project)s::uuid is null or d.project_id = %(project)s)
          and (%(account)s::uuid is null or d.account_id = %(account)s)
          and (%(group)s::uuid is null or d.group_id = %(group)s)
          and (%(desired)s::text is null or d.desired = %(desired)s)
          and (not %(unsettled)s or d.desired = 'running' and d.actual_version_id <> d.version_id
               or d.desired <> coalesce(
                    case when g.last_heartbeat_at > d.changed_at then r.report ->> 'status' end, d.actual))
          and (%(ids)s::uuid[] is null or d.id = any(%(ids)s)) and (%(before)s::uuid is null or d.id < %(before)s)
        order by d.id desc limit %(limit)s
        """,
        {
            "user": user_id,
            "project": wanted.project_id,
            "account": wanted.account_id,
            "group": wanted.group_id,
            "desired": wanted.desired,
            "unsettled": wanted.is_unsettled,
            "ids": None if ids is None else list(ids),
            "before": before,
            "limit": limit + 1,
        },
    )
    items = tuple(_info(row, now) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


async def lock(uow: UnitOfWork, user_id: UUID, deployment_id: UUID) -> Row | None:
    """A person's own deployment with its account's agent, held until the transaction ends."""
    return await uow.row(
        "select d.*, a.agent_id from ea_deployments d join mt5_accounts a on a.id = d.account_id "
        "where d.id = %s and d.user_id = %s for update of d",
        (deployment_id, user_id),
    )


async def lock_by_job(uow: UnitOfWork, job_id: UUID) -> Row | None:
    """The deployment whose newest wish this job carries."""
    return await uow.row("select * from ea_deployments where job_id = %s for update", (job_id,))


async def add(uow: UnitOfWork, user_id: UUID, values: dict[str, Any]) -> UUID:
    """Insert a deployment that nobody has been told of yet."""
    deployment_id = uuid7()
    await uow.run(
        """
        insert into ea_deployments (id, user_id, group_id, project_id, version_id, account_id, expert, sha256, symbol,
            timeframe, magic, inputs, limits, desired, actual, code, detail, created_at, changed_at)
        values (%(id)s, %(user_id)s, %(group_id)s, %(project_id)s, %(version_id)s, %(account_id)s, %(expert)s,
            %(sha256)s, %(symbol)s, %(timeframe)s, %(magic)s, %(inputs)s, %(limits)s, %(desired)s, 'pending', '', '',
            now(), now())
        """,
        {
            **values,
            "inputs": Jsonb(values["inputs"]),
            "limits": Jsonb(values["limits"]),
            "id": deployment_id,
            "user_id": user_id,
        },
    )
    return deployment_id


async def wish(uow: UnitOfWork, deployment_id: UUID, *, desired: Desired, job_id: UUID | None) -> None:
    """Note what is wanted and which job says so."""
    await uow.run(
        "update ea_deployments set desired = %s, job_id = %s, changed_at = now(), code = '', detail = '', "
        "actual = case when %s::uuid is null then actual else 'pending' end where id = %s",
        (desired.value, job_id, job_id, deployment_id),
    )


async def change(uow: UnitOfWork, deployment_id: UUID, values: dict[str, Any]) -> None:
    """Change what runs: version with expert and content, inputs with magic, limits."""
    await uow.run(
        "update ea_deployments set version_id = %(version_id)s, expert = %(expert)s, sha256 = %(sha256)s, "
        "inputs = %(inputs)s, magic = %(magic)s, limits = %(limits)s where id = %(id)s",
        {
            **values,
            "inputs": Jsonb(values["inputs"]),
            "limits": Jsonb(values["limits"]),
            "id": deployment_id,
        },
    )


async def settle(uow: UnitOfWork, deployment_id: UUID, values: dict[str, Any]) -> None:
    """Note what the agent answered."""
    await uow.run(
        "update ea_deployments set actual = %(actual)s, code = %(code)s, detail = %(detail)s, "
        "may_trade = %(may_trade)s, proven_at = coalesce(%(proven_at)s, proven_at), changed_at = now(), "
        "actual_version_id = case when %(is_running)s then version_id when not %(is_off)s then actual_version_id end "
        "where id = %(id)s",
        {**values, "id": deployment_id},
    )


async def add_event(
    uow: UnitOfWork,
    user_id: UUID,
    deployment_id: UUID,
    kind: str,
    data: dict[str, Any],
    *,
    actor_id: UUID | None = None,
) -> None:
    """Add to a deployment's history; without `actor_id` it is what became of it."""
    await uow.run(
        "insert into ea_deployment_events (id, user_id, deployment_id, kind, actor_id, actor_name, data, at) values "
        "(%s, %s, %s, %s, %s, coalesce((select display_name from users where id = %s), ''), %s, now())",
        (uuid7(), user_id, deployment_id, kind, actor_id, actor_id, Jsonb(data)),
    )


async def list_events(
    uow: UnitOfWork, user_id: UUID, deployment_id: UUID, *, before: UUID | None, limit: int
) -> Page[DeploymentEvent]:
    """A deployment's history, newest first."""
    rows = await uow.rows(
        "select id, deployment_id, kind, actor_name, data, at from ea_deployment_events where user_id = %s "
        "and deployment_id = %s and (%s::uuid is null or id < %s) order by id desc limit %s",
        (user_id, deployment_id, before, before, limit + 1),
    )
    items = tuple(DeploymentEvent(**row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


async def find_earlier_version(uow: UnitOfWork, deployment_id: UUID, version_id: UUID) -> Row | None:
    """Another version than this with its inputs: the last one that was proven to run, else the last one wanted.

    A version that was replaced at once leaves no proof: the answer to a job that a newer one followed is not kept.
    """
    return await uow.row(
        "select (data ->> 'version_id')::uuid as version_id, data -> 'inputs' as inputs from ea_deployment_events "
        "where deployment_id = %s and data ->> 'version_id' <> %s and (kind in ('deployed', 'upgraded', 'rolled_back') "
        "or kind = 'confirmed' and data ->> 'state' = 'running') order by kind = 'confirmed' desc, id desc limit 1",
        (deployment_id, str(version_id)),
    )


async def account_facts(uow: UnitOfWork, user_id: UUID, account_ids: Sequence[UUID]) -> list[Row]:
    """What a check before deploying needs of accounts and their symbols."""
    return await uow.rows(
        """
        select a.id, a.login, a.agent_id, a.is_connected, a.is_trade_allowed, a.is_enabled_for_trading, a.killed_at,
               a.symbol_map, g.last_heartbeat_at,
               (select coalesce(jsonb_agg(s.spec), '[]') from symbols s where s.account_id = a.id) as specs
        from mt5_accounts a left join mt5_agents g on g.id = a.agent_id
        where a.user_id = %s and a.id = any(%s) order by array_position(%s::uuid[], a.id)
        """,
        (user_id, list(account_ids), list(account_ids)),
    )


async def same_magic(
    uow: UnitOfWork, account_id: UUID, symbol: str, magic: int, *, but: UUID | None
) -> tuple[list[str], int]:
    """Names of other experts with this magic number on the symbol, and positions that are of none of ours."""
    rows = await uow.rows(
        "select expert from ea_deployments where account_id = %s and symbol = %s and magic = %s "
        "and desired <> 'stopped' and (%s::uuid is null or id <> %s) order by id",
        (account_id, symbol, magic, but, but),
    )
    foreign = await uow.value(
        "select count(*) from trades t where t.account_id = %s and t.symbol = %s and t.magic = %s and not t.is_closed "
        "and not exists (select 1 from ea_deployments d where d.account_id = t.account_id and d.symbol = t.symbol "
        "and d.magic = t.magic)",
        (account_id, symbol, magic),
    )
    return [row["expert"] for row in rows], int(foreign)


async def one_at_a_time(uow: UnitOfWork, user_id: UUID) -> None:
    """Make a person's other starts of experts wait until this transaction ends."""
    await uow.run("select pg_advisory_xact_lock(hashtext(%s))", (f"experts of {user_id}",))


async def used_magics(uow: UnitOfWork, user_id: UUID) -> set[int]:
    """All magic numbers a person's experts and strategies have."""
    rows = await uow.rows(
        "select magic from ea_deployments where user_id = %s and magic is not null "
        "union select magic from tv_strategies where user_id = %s",
        (user_id, user_id),
    )
    return {row["magic"] for row in rows}


async def watched(uow: UnitOfWork, *, since: datetime) -> list[Row]:
    """Running experts with limits, with what they hold and what they have made since that moment."""
    return await uow.rows(
        """
        select d.id, d.user_id, d.limits,
               count(t.id) filter (where not t.is_closed) as positions,
               coalesce(sum(t.volume) filter (where not t.is_closed), 0) as lots,
               coalesce(sum(t.profit + t.swap + t.commission
                            + case when t.is_closed then 0 else t.booked end), 0) as result
        from ea_deployments d
        left join trades t on t.account_id = d.account_id and t.magic = d.magic and t.symbol = d.symbol
             and (not t.is_closed or t.close_time >= %s)
        where d.desired = 'running' and d.limits <> '{}' and d.magic is not null
        group by d.id
        """,
        (since,),
    )
