"""People with one row in every owned table, written as the owner of the database."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection, insert, update
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from forex_elite import clock
from forex_elite.db import tables
from forex_elite.db.unit_of_work import IDENTITY_SQL, identity_parameters
from forex_elite.domain.identity import Actor, Role

OWNED = sorted(
    table.name
    for table in SQLModel.metadata.tables.values()
    if "user_id" in table.columns and table.name != "ib_partners"
)
"""Every table whose rows belong to the person in `user_id`; IB partners are staff's to manage, not their own."""


@dataclass
class Person:
    """Somebody in the database, with the key of one row of theirs per table."""

    id: UUID
    role: Role = Role.USER
    ib_id: UUID | None = None
    agent_id: UUID | None = None
    account_id: UUID | None = None
    strategy_id: UUID | None = None
    signal_id: UUID | None = None
    job_id: UUID | None = None
    group_id: UUID | None = None
    project_id: UUID | None = None
    version_id: UUID | None = None
    generation_id: UUID | None = None
    deployment_id: UUID | None = None
    channel_id: UUID | None = None
    file_id: UUID | None = None

    @property
    def actor(self) -> Actor:
        return Actor(user_id=self.id, role=self.role, ib_id=self.ib_id)


def become(connection: psycopg.Connection[Any], person: Person | Actor | None) -> None:
    """Set the identity for the transaction that is open; None is nobody."""
    actor = person.actor if isinstance(person, Person) else person
    values = identity_parameters(actor) if actor is not None else ("", "", "")
    connection.execute(IDENTITY_SQL.encode(), values)


def add(connection: Connection, row: SQLModel) -> None:
    connection.execute(insert(type(row)), [row.model_dump()])


def add_person(connection: Connection, name: str, role: Role = Role.USER) -> Person:
    user = tables.User(email=f"{name}-{secrets.token_hex(4)}@example.com", display_name=name, role=role.value)
    add(connection, user)
    return Person(user.id, role)


def add_agent(connection: Connection, person: Person) -> UUID:
    row = tables.Agent(
        user_id=person.id, name="vps", pairing_key_hash=secrets.token_bytes(32), pairing_key_prefix="fe_12345"
    )
    add(connection, row)
    return row.id


def add_account(connection: Connection, person: Person, agent_id: UUID) -> UUID:
    row = tables.Account(user_id=person.id, agent_id=agent_id, login=secrets.randbelow(10**9), server="Demo")
    add(connection, row)
    return row.id


def add_job(connection: Connection, person: Person, **values: Any) -> UUID:
    row = tables.Job(
        **{
            "user_id": person.id,
            "agent_id": person.agent_id,
            "account_id": person.account_id,
            "type": "trade",
            "id": uuid7(),
            **values,
        }
    )
    add(connection, row)
    return row.id


def own_everything(connection: Connection, person: Person) -> None:
    """One row of each kind, hanging together as the product's own rows do."""
    me, now, ticket = person.id, clock.now(), secrets.randbelow(10**9)
    person.agent_id = add_agent(connection, person)
    person.account_id = add_account(connection, person, person.agent_id)
    person.job_id = add_job(connection, person)
    strategy = tables.Strategy(
        user_id=me,
        name="Momentum",
        secret_hash=secrets.token_bytes(32),
        secret_encrypted=b"sealed",
        secret_prefix="abc",
        magic=7,
    )
    signal = tables.Signal(user_id=me, strategy_id=strategy.id, body=b"{}")
    person.strategy_id, person.signal_id = strategy.id, signal.id
    of_account = {"user_id": me, "account_id": person.account_id}
    group = tables.AccountGroup(user_id=me, name="Conservative")
    person.group_id = group.id
    for row in (
        group,
        tables.AccountCredential(**of_account, password_encrypted=b"sealed"),
        tables.Session(user_id=me, token_hash=secrets.token_bytes(32), expires_at=now),
        tables.UserSettings(user_id=me),
        tables.UserCredential(user_id=me, password_hash="x"),
        tables.RecoveryCode(user_id=me, code_hash=b"x"),
        tables.PasswordReset(user_id=me, token_hash=secrets.token_bytes(32), expires_at=now),
        tables.ApiToken(user_id=me, name="script", prefix="fe_pat_12345", token_hash=secrets.token_bytes(32)),
        tables.Consent(user_id=me, kind="disclaimer", version="1"),
        tables.Symbol(**of_account, name=f"S{ticket}", canonical="EURUSD", spec={}),
        tables.Trade(**of_account, ticket=ticket, symbol="EURUSD", side="buy", open_time=now),
        tables.TradeEvent(**of_account, ticket=ticket, kind="opened"),
        tables.SystemLog(user_id=me, message="hello"),
        tables.AuditRecord(user_id=me, actor_id=me, actor_role=person.role.value, action="people.register"),
        tables.AccountSnapshot(**of_account, at=now),
        tables.AccountRollup(**of_account, step="day", at=now, first_at=now, last_at=now),
        tables.SyncRun(**of_account, started_at=now, kind="account"),
        tables.BrokerQuote(user_id=me, agent_id=person.agent_id, symbol="EURUSD", at=now),
        tables.QuoteBar(user_id=me, agent_id=person.agent_id, symbol="EURUSD", step_s=60, at=now),
        tables.TradeDay(**of_account, day=now.date()),
        tables.BalanceOperation(**of_account, ticket=ticket, kind="deposit", done_at=now),
        tables.Alert(**of_account, code="account-failing", message="away"),
        tables.RiskEvent(**of_account, code="max-lots", message="too much"),
        tables.TicketOrder(
            **of_account, client_order_id=uuid7(), action="open", symbol="EURUSD", side="buy", order_type="market"
        ),
        tables.PendingOrder(
            **of_account, ticket=ticket, symbol="EURUSD", side="buy", order_type="limit", placed_at=now
        ),
        tables.Candle(user_id=me, server="Demo", symbol="EURUSD", timeframe="H1", time=now),
        tables.CandleSeries(user_id=me, server="Demo", symbol="EURUSD", timeframe="H1"),
        strategy,
        tables.StrategyAccount(**of_account, strategy_id=strategy.id),
        signal,
        tables.SignalExecution(**of_account, signal_id=signal.id, job_id=person.job_id),
        tables.SignalFingerprint(
            user_id=me, strategy_id=strategy.id, fingerprint=secrets.token_bytes(8), signal_id=signal.id, expires_at=now
        ),
    ):
        add(connection, row)
    own_what_is_private(connection, person)
    own_an_expert(connection, person)
    compete(connection, person)


def own_what_is_private(connection: Connection, person: Person) -> None:
    """What is of concern to the person alone: how they are told of things, and files made for them."""
    me, now = person.id, clock.now()
    channel = tables.NotificationChannel(user_id=me, kind="telegram", address_key=secrets.token_bytes(32))
    file = tables.PreparedFile(user_id=me, kind="trading", format="pdf", name="report.pdf")
    person.channel_id, person.file_id = channel.id, file.id
    for row in (
        channel,
        tables.NotificationSettings(user_id=me),
        tables.NotificationCode(user_id=me, purpose="link", code_hash=secrets.token_bytes(32), expires_at=now),
        tables.NotificationDelivery(
            user_id=me, channel_id=channel.id, alert_id=uuid7(), event="agent-gone", message="away"
        ),
        file,
        tables.PreparedChunk(user_id=me, file_id=file.id, place=secrets.randbelow(10**6), content=b"%PDF-"),
    ):
        add(connection, row)


def own_an_expert(connection: Connection, person: Person) -> None:
    """A project with all that belongs to one, running on the person's account."""
    me, content = person.id, secrets.token_hex(32)
    artifact = tables.Artifact(user_id=me, sha256=content, size=1, content=b"x")
    project = tables.EaProject(user_id=me, name="Trend")
    person.project_id = project.id
    of_project = {"user_id": me, "project_id": project.id}
    name = f"Trend{secrets.token_hex(4)}"
    file = {"path": f"{name}.mq5", "sha256": content, "size": 1, "encoding": "utf-8"}
    version = tables.EaVersion(
        **of_project, number=1, origin="written", entry="Trend.mq5", sha256=content, file_count=1, size=1
    )
    generation = tables.EaGeneration(**of_project, task="create", prompt="A trend EA", model="m")
    deployment = tables.EaDeployment(
        **of_project,
        group_id=uuid7(),
        version_id=version.id,
        account_id=person.account_id,
        expert="Trend",
        sha256=content,
        symbol="EURUSD",
        timeframe="H1",
    )
    person.version_id, person.generation_id, person.deployment_id = version.id, generation.id, deployment.id
    for row in (
        artifact,
        project,
        tables.EaDraftFile(**of_project, **file, content=b"x"),
        version,
        tables.EaVersionFile(user_id=me, version_id=version.id, **file),
        tables.EaPreset(**of_project, name=name),
        generation,
        tables.EaGenerationEvent(user_id=me, generation_id=generation.id, seq=1, kind="started"),
        deployment,
        tables.EaDeploymentEvent(user_id=me, deployment_id=deployment.id, kind="deployed"),
        tables.EaBacktest(
            user_id=me,
            deployment_id=deployment.id,
            version_id=version.id,
            status="completed",
            outcome={},
            finished_at=clock.now(),
        ),
    ):
        add(connection, row)


def compete(connection: Connection, person: Person) -> None:
    """Take part in the leaderboard with the person's account, and pay for the service."""
    now = clock.now()
    of_account = {"user_id": person.id, "account_id": person.account_id}
    place = {"period": "day", "starts_on": now.date(), "kind": "demo", "currency": "USD"}
    name = secrets.token_hex(8)
    for row in (
        tables.LeaderboardProfile(
            **of_account, pseudonym=name, login=secrets.randbelow(10**9), server="Demo", counted_from=now.date()
        ),
        tables.LeaderboardChange(**of_account),
        tables.LeaderboardEntry(**of_account, **place),
        tables.LeaderboardResult(
            **place, user_id=person.id, measure="return", rank=secrets.randbelow(10**9), pseudonym=name, figures={}
        ),
        tables.Subscription(user_id=person.id, monthly_fee=Decimal(29), since=now.date()),
    ):
        add(connection, row)


def fill(connection: Connection) -> dict[str, Person]:
    """Alice, Bob, Charlie and Ivy (see the fixture `people`)."""
    found = {name: add_person(connection, name) for name in ("alice", "bob", "charlie")}
    ivy = found["ivy"] = add_person(connection, "ivy", Role.IB)
    partner = tables.IbPartner(user_id=ivy.id, code=secrets.token_hex(4), is_approved=True, state="approved")
    add(connection, partner)
    ivy.ib_id = partner.id
    connection.execute(update(tables.User).where(tables.User.id == found["alice"].id).values(ib_id=partner.id))
    for name in ("alice", "bob"):
        own_everything(connection, found[name])
    add(connection, tables.LoginAttempt(email_key=b"x", address="192.0.2.1"))
    add(connection, tables.FeatureSetting(name="is_registration_open", value=True))
    return found
