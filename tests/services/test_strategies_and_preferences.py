"""A strategy's address and its end; what a person may set for themselves; each for its owner alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor, Role, service
from forex_elite.domain.people import DISCLAIMER_VERSION, Preferences
from forex_elite.domain.strategies import StrategyDraft
from forex_elite.errors import ForexEliteError, InvalidInput, NotFound
from forex_elite.services import onboarding, people, signals, strategies
from forex_elite.services.onboarding import DisclaimerOutdated
from forex_elite.services.signals import Delivery, UnknownWebhook
from forex_elite.services.strategies import TooManyStrategies
from tests.world import Member, calling, register


@pytest.fixture(scope="module")
async def members(server_url: str, first_user: Member) -> AsyncIterator[list[Actor]]:
    """Alice owns, Bob has his own, Charlie must see nothing."""
    async with calling(server_url) as caller:
        made = [await register(caller, name) for name in ("alice", "bob", "charlie")]
        yield [Actor(user_id=UUID(one.id), role=Role.USER) for one in made]


@pytest.fixture
def alice(members: list[Actor]) -> Actor:
    return members[0]


@pytest.fixture
def charlie(members: list[Actor]) -> Actor:
    return members[2]


def delivery(secret: str) -> Delivery:
    return Delivery(secret=secret, body=b'{"action":"buy","symbol":"EURUSD"}', source_address=f"test-{uuid4()}")


async def test_an_old_address_is_unknown_the_moment_it_is_rotated(alice: Actor) -> None:
    made, old = await strategies.create(alice, StrategyDraft(name="Rotated"))
    await signals.accept(delivery(old.secret))

    new = await strategies.rotate_secret(alice, made.id)

    assert new.secret != old.secret
    with pytest.raises(UnknownWebhook):
        await signals.accept(delivery(old.secret))
    assert (await signals.accept(delivery(new.secret))).signal_id
    assert (await strategies.get(alice, made.id))[1] == new


async def test_a_deleted_strategy_takes_no_alerts_and_keeps_those_it_had(alice: Actor) -> None:
    made, webhook = await strategies.create(alice, StrategyDraft(name="Ended"))
    receipt = await signals.accept(delivery(webhook.secret))

    await strategies.delete(alice, made.id)

    with pytest.raises(UnknownWebhook):
        await signals.accept(delivery(webhook.secret))
    assert (await signals.get_signal(alice, receipt.signal_id)).info.strategy_name == "Ended"
    assert made.id not in [one.id for one in await strategies.list_strategies(alice)]
    for act in (
        strategies.get(alice, made.id),
        strategies.delete(alice, made.id),
        strategies.rotate_secret(alice, made.id),
    ):
        with pytest.raises(NotFound):
            await act


async def test_a_secret_is_stored_sealed_and_told_apart_from_its_hash(alice: Actor) -> None:
    made, webhook = await strategies.create(alice, StrategyDraft(name="Sealed"))

    async with unit_of_work(service("a test")) as uow:
        stored = await uow.value("select row_to_json(s)::text from tv_strategies s where id = %s", (made.id,))
        sealed = await uow.row("select secret_encrypted, secret_hash from tv_strategies where id = %s", (made.id,))

    assert webhook.secret not in stored
    assert sealed
    assert all(webhook.secret.encode() not in bytes(value) for value in sealed.values())
    assert made.secret_prefix == webhook.secret[:6]
    assert webhook.url.endswith("/webhooks/tv/" + webhook.secret)


async def test_another_persons_strategy_does_not_exist(alice: Actor, charlie: Actor) -> None:
    made, _ = await strategies.create(alice, StrategyDraft(name="Mine"))

    for act in (
        strategies.get(charlie, made.id),
        strategies.update(charlie, made.id, StrategyDraft(name="Theirs")),
        strategies.rotate_secret(charlie, made.id),
        strategies.delete(charlie, made.id),
    ):
        with pytest.raises(NotFound):
            await act
    assert await strategies.list_strategies(charlie) == ()
    assert (await strategies.get(alice, made.id))[0].name == "Mine"


async def test_there_is_a_limit_to_strategies(members: list[Actor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strategies, "MAX_STRATEGIES", 2)
    for n in range(2):
        await strategies.create(members[1], StrategyDraft(name=f"Number {n}"))

    with pytest.raises(TooManyStrategies):
        await strategies.create(members[1], StrategyDraft(name="One more"))


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "bell\x07", "nul\x00", "half \ud800"])
async def test_a_strategy_needs_a_name_that_can_be_shown(alice: Actor, name: str) -> None:
    with pytest.raises(InvalidInput):
        await strategies.create(alice, StrategyDraft(name=name))


# --- preferences -----------------------------------------------------------------------------------------------------

GOOD = Preferences(
    time_zone="Europe/London",
    pnl_palette="safe",
    theme="light",
    default_risk_percent=Decimal("0.5"),
    max_lots=Decimal(2),
    daily_loss_percent=Decimal(3),
    max_open_positions=4,
)


async def test_onboarding_stores_consent_preferences_and_its_end_together(alice: Actor) -> None:
    await onboarding.complete(alice, DISCLAIMER_VERSION, GOOD, address="192.0.2.1")

    kept = await onboarding.get_preferences(alice)
    assert replace(kept, disclaimer_version="", disclaimer_accepted_at=None) == GOOD
    assert kept.disclaimer_version == DISCLAIMER_VERSION
    assert kept.disclaimer_accepted_at is not None
    first = (await people.get_profile(alice)).onboarded_at
    await onboarding.complete(alice, DISCLAIMER_VERSION, GOOD)
    assert (await people.get_profile(alice)).onboarded_at == first is not None


async def test_an_old_disclaimer_cannot_be_accepted_and_nothing_is_stored(charlie: Actor) -> None:
    before = await onboarding.get_preferences(charlie)
    for act in (
        onboarding.complete(charlie, "2020-01", GOOD),
        onboarding.accept_disclaimer(charlie, ""),
        onboarding.accept_disclaimer(charlie, "2020-01"),
    ):
        with pytest.raises(DisclaimerOutdated):
            await act

    assert await onboarding.get_preferences(charlie) == before
    assert not (await people.get_profile(charlie)).is_onboarded


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("default_risk_percent", Decimal(0)),
        ("default_risk_percent", Decimal("10.01")),
        ("default_risk_percent", Decimal("NaN")),
        ("default_risk_percent", Decimal("Infinity")),
        ("default_risk_percent", Decimal(-1)),
        ("max_lots", Decimal(0)),
        ("max_lots", Decimal("1e30")),
        ("daily_loss_percent", Decimal(101)),
        ("daily_loss_percent", Decimal("sNaN")),
        ("max_open_positions", 0),
        ("max_open_positions", 10**12),
        ("pnl_palette", "rainbow"),
        ("theme", "'; drop table users; --"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", "UTC\x00"),
    ],
)
async def test_a_preference_out_of_range_is_refused_by_name_and_changes_nothing(
    charlie: Actor, field: str, value: Any
) -> None:
    before = await onboarding.get_preferences(charlie)

    with pytest.raises(ForexEliteError) as refused:
        await onboarding.save_preferences(charlie, replace(GOOD, **{field: value}))

    assert (refused.value.status, refused.value.details["field"]) == (422, field)
    assert await onboarding.get_preferences(charlie) == before


async def test_preferences_are_ones_own(members: list[Actor]) -> None:
    alice, bob, _ = members
    await onboarding.save_preferences(bob, replace(GOOD, max_open_positions=7))
    await onboarding.save_preferences(alice, replace(GOOD, max_open_positions=9))

    assert (await onboarding.get_preferences(bob)).max_open_positions == 7
