"""Each way of writing an alert, sent to the real webhook, and the order the agent is given for it."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from agent.protocol import TradePayload
from forex_elite import clock
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor, Role, service
from forex_elite.services import jobs, kill_switch, signals
from forex_elite.services.rates import RateLimit
from tests.world import Member, Vps, account_ids, buy, calling, make_strategy, pair, register, send_alert, signal

_numbers = itertools.count()


@dataclass
class Desk:
    """A trader whose one account is known inside out: 10,000 USD, EURUSD at 1.10000 / 1.10010."""

    member: Member
    vps: Vps
    account_id: str
    strategy: dict[str, Any]

    @property
    def actor(self) -> Actor:
        return Actor(user_id=UUID(self.member.id), role=Role.USER)

    async def set(self, **columns: Any) -> None:
        """Put the account into a state its terminal or its owner could have put it into."""
        async with unit_of_work(service("a test")) as uow:
            for column, value in columns.items():
                await uow.run(f"update mt5_accounts set {column} = %s where id = %s", (value, self.account_id))

    async def obey(self, command: str) -> None:
        """Take the command the agent is given before everything else, and confirm it."""
        job = await self.vps.claim()
        assert job is not None
        assert (job["type"], job["payload"]["scope"]) == (command, "account")
        await self.vps.finish(job, result={"algo_status": "running"})

    async def change(self, **settings: Any) -> None:
        answer = await self.member.patch(f"/api/tv/strategies/{self.strategy['id']}", settings)
        assert answer.status_code == 200, answer.text

    async def send(self, body: Any, **options: Any) -> dict[str, Any]:
        answer = await send_alert(self.vps.client, self.strategy, body, **options)
        assert answer.status_code == 200, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt

    async def order(self, body: Any) -> dict[str, Any]:
        """The instruction the agent gets for an alert; the job is ended at once, without a position."""
        receipt = await self.send(body)
        assert receipt["status"] == "accepted", receipt
        job = await self.vps.claim()
        assert job is not None
        payload = TradePayload.model_validate(job["payload"])
        assert (payload.magic, job["type"]) == (self.strategy["magic"], "trade")
        assert len(payload.tag) == 25
        await self.vps.finish(job, "failed", error={"code": "test", "message": "not sent"})
        return {key: value for key, value in payload.instruction.model_dump(mode="json").items() if value is not None}

    async def refused(self, body: Any, code: str, status: str, *, is_limit: bool = False) -> dict[str, Any]:
        """The signal of an alert that must not lead to a job."""
        receipt = await self.send(body)
        told = await signal(self.member, receipt["signal_id"])
        assert (told["status"], told["reason_code"]) == (status, code), told["reason"]
        assert told["reason"]
        assert receipt["reason"] == told["reason"]
        assert receipt["status"] == ("discarded" if status == "expired" else status)
        assert await self.vps.claim() is None
        async with unit_of_work(service("a test")) as uow:
            events = await uow.rows("select code, message from risk_events where signal_id = %s", (told["id"],))
        assert [(row["code"], row["message"]) for row in events] == ([(code, told["reason"])] if is_limit else [])
        return told


@pytest.fixture(scope="module")
async def trader(server_url: str, first_user: Member) -> AsyncIterator[tuple[Member, Vps, str]]:
    async with calling(server_url) as caller:
        member = await register(caller, "desk")
        vps = await pair(member)
        yield member, vps, (await account_ids(member))[0]


@pytest.fixture
async def desk(trader: tuple[Member, Vps, str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """The trader's account in good order, and a strategy of the test's own."""
    member, vps, account = trader
    monkeypatch.setattr(signals, "_alerts_per_secret", RateLimit(per_second=1000, burst=1000))
    await vps.beat()
    await vps.report_account(vps.logins[0])
    await vps.quote("EURUSD", 1.1, 1.1001)
    made = Desk(member, vps, account, await make_strategy(member, account_ids=[account]))
    await made.set(
        killed_at=None,
        is_enabled_for_trading=True,
        max_lots=None,
        max_open_positions=None,
        daily_loss=None,
        daily_loss_percent=None,
        trading_hours=None,
    )
    yield made
    clock.shift(timedelta(0))
    await member.delete(f"/api/tv/strategies/{made.strategy['id']}")


def unique(**fields: Any) -> dict[str, Any]:
    return {"symbol": "EURUSD", "id": f"n{next(_numbers)}", **fields}


PIPS = {"kind": "pips", "value": 20.0}
OPEN: list[tuple[Any, dict[str, Any]]] = [
    (unique(action="buy"), {"do": "open", "side": "buy", "order_type": "market", "volume_lots": 0.1}),
    (unique(action="sell", volume=0.25), {"do": "open", "side": "sell", "volume_lots": 0.25}),
    (unique(action="LONG", lots="0.3"), {"do": "open", "side": "buy", "volume_lots": 0.3}),
    (unique(action="buy", sl=1.09, tp=1.12), {"sl": {"kind": "price", "value": 1.09}}),
    (unique(action="buy", sl="20 pips", tp="1.5%"), {"sl": PIPS, "tp": {"kind": "percent", "value": 1.5}}),
    (unique(action="buy_limit", price=1.08), {"order_type": "limit", "price": 1.08, "side": "buy"}),
    (unique(action="sell_stop", price=1.08), {"order_type": "stop", "price": 1.08, "side": "sell"}),
    (unique(action="buy", type="limit", price=1.09), {"order_type": "limit", "price": 1.09}),
    (
        unique(action="sell", market_position="short", prev_market_position="long"),
        {"do": "open", "side": "sell", "close_opposite": True},
    ),
    (
        unique(action="buy", market_position="long", prev_market_position="flat"),
        {"do": "open", "side": "buy", "close_opposite": True},
    ),
    ("ID,buy,EURUSD,sl=20,tp=40,vol_lots=0.2", {"side": "buy", "volume_lots": 0.2, "sl": PIPS}),
    ("ID,selllimit,EURUSD,price=1.2,vol_lots=0.1", {"side": "sell", "order_type": "limit", "price": 1.2}),
    ("ID,buystop,EURUSD,price=1.2,sl_pips=20,vol_lots=0.1", {"order_type": "stop", "price": 1.2, "sl": PIPS}),
]


@pytest.mark.parametrize(("alert", "expected"), OPEN)
async def test_an_entry_becomes_an_order_to_open(desk: Desk, alert: Any, expected: dict[str, Any]) -> None:
    order = await desk.order(alert)

    assert (order["do"], order["symbol"]) == ("open", "EURUSD")
    assert {key: order.get(key) for key in expected} == expected


CLOSE: list[tuple[Any, dict[str, Any]]] = [
    (unique(action="close"), {"do": "close", "symbol": "EURUSD", "percent": 100.0}),
    (unique(action="closelong"), {"do": "close", "symbol": "EURUSD", "side": "buy", "percent": 100.0}),
    (unique(action="closeshort"), {"do": "close", "symbol": "EURUSD", "side": "sell"}),
    (unique(action="close", percent=50), {"do": "close", "percent": 50.0}),
    (unique(action="close", volume=0.05), {"do": "close", "volume_lots": 0.05}),
    ({"action": "closeall", "id": f"n{next(_numbers)}"}, {"do": "close", "percent": 100.0}),
    (
        unique(action="sell", market_position="flat", prev_market_position="long"),
        {"do": "close", "side": "buy", "percent": 100.0},
    ),
    (
        unique(
            action="sell",
            market_position="long",
            prev_market_position="long",
            market_position_size=1,
            prev_market_position_size=4,
        ),
        {"do": "close", "side": "buy", "percent": 75.0},
    ),
    ("ID,closelong,EURUSD", {"do": "close", "side": "buy"}),
    ("ID,closeall", {"do": "close"}),
    ("ID,closelongpct,EURUSD,risk=25", {"do": "close", "side": "buy", "percent": 25.0}),
    (unique(action="cancel"), {"do": "cancel", "symbol": "EURUSD"}),
    ("ID,cancellong,EURUSD", {"do": "cancel", "symbol": "EURUSD", "side": "buy"}),
    (unique(action="modify", sl=1.05), {"do": "modify", "symbol": "EURUSD", "sl": {"kind": "price", "value": 1.05}}),
]


@pytest.mark.parametrize(("alert", "expected"), CLOSE)
async def test_an_exit_becomes_an_order_that_only_reduces_or_protects(
    desk: Desk, alert: Any, expected: dict[str, Any]
) -> None:
    await desk.set(killed_at=datetime.now(UTC), max_open_positions=0)  # no limit holds an exit up

    order = await desk.order(alert)

    assert {key: order.get(key) for key in expected} == expected
    if "side" not in expected:
        assert "side" not in order
    if alert == "ID,closeall" or (isinstance(alert, dict) and "symbol" not in alert):
        assert "symbol" not in order


@pytest.mark.parametrize(
    ("sizing", "alert", "lots"),
    [
        ({"mode": "fixed_lots", "value": 0.17}, {}, 0.17),
        # 20 pips are 200 points of 1 USD a lot and tick: 200 USD a lot
        ({"mode": "money_at_risk", "value": 50}, {"sl": "20 pips"}, 0.25),
        ({"mode": "percent_balance", "value": 1}, {"sl": "20 pips"}, 0.5),
        ({"mode": "percent_equity", "value": 1}, {"sl": "20 pips"}, 0.25),
        ({"mode": "percent_equity", "value": 1}, {"sl": "20 pips", "risk": 2}, 0.25),  # not for the alert to say
        ({"mode": "percent_balance", "value": 1}, {"sl": "30 pips"}, 0.33),  # 0.3333, never rounded up
        ({"mode": "fixed_lots", "value": 0.199}, {}, 0.19),
    ],
)
async def test_the_volume_follows_the_strategys_sizing(
    desk: Desk, sizing: dict[str, Any], alert: dict[str, Any], lots: float
) -> None:
    await desk.set(balance=10_000, equity=5_000)
    await desk.change(sizing=sizing)

    order = await desk.order(unique(action="buy", **alert))

    assert order["volume_lots"] == lots


@pytest.mark.parametrize(("asked", "lots"), [(0.5, 0.12), (2, 0.5), (9, 0.5)])
async def test_an_alert_may_name_its_risk_up_to_the_strategys_cap(desk: Desk, asked: float, lots: float) -> None:
    await desk.set(equity=5_000)
    await desk.change(sizing={"mode": "percent_equity", "value": 1}, risk_override_pct=2)

    order = await desk.order(unique(action="buy", sl="20 pips", risk=asked))

    assert order["volume_lots"] == lots


async def test_a_strategys_own_stops_are_used_when_an_alert_brings_none(desk: Desk) -> None:
    await desk.change(default_sl={"kind": "pips", "value": 20}, default_tp={"kind": "percent", "value": 2})

    bare = await desk.order(unique(action="buy"))
    own = await desk.order(unique(action="buy", sl="5 pips"))

    assert (bare["sl"], bare["tp"]) == (PIPS, {"kind": "percent", "value": 2.0})
    assert own["sl"] == {"kind": "pips", "value": 5.0}


# --- refusals --------------------------------------------------------------------------------------------------------


async def test_a_disabled_strategy_discards(desk: Desk) -> None:
    await desk.change(is_enabled=False)

    await desk.refused(buy(), "strategy-disabled", "discarded")


async def test_a_source_that_is_not_listed_is_rejected(desk: Desk) -> None:
    await desk.change(allowed_sources=["52.89.214.238"])

    await desk.refused(buy(), "source-not-allowed", "rejected")


@pytest.mark.parametrize(
    ("change", "code"),
    [({"symbol": "NOPE"}, "symbol-unknown"), ({"symbol": "GBPUSD"}, "symbol-unknown")],
)
async def test_a_symbol_the_broker_does_not_have_is_rejected(desk: Desk, change: dict[str, Any], code: str) -> None:
    await desk.refused(buy(**change), code, "rejected")


async def test_a_pair_that_is_not_allowed_is_rejected(desk: Desk) -> None:
    await desk.change(allowed_pairs=["XAUUSD"])

    await desk.refused(buy(), "symbol-not-allowed", "rejected")


async def test_the_same_alert_again_is_a_duplicate_that_names_the_first(desk: Desk) -> None:
    alert = buy()
    first = await desk.send(alert)
    job = await desk.vps.claim()
    assert job is not None
    await desk.vps.finish(job, "failed", error="no")

    told = await desk.refused(alert, "duplicate", "duplicate")

    assert told["duplicate_of"] == first["signal_id"]


async def test_an_alert_that_is_too_old_by_its_own_time_is_expired(desk: Desk) -> None:
    old = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()

    told = await desk.refused(buy(time=old), "expired", "expired")

    assert "limit 60 s" in told["reason"]


async def test_an_accepted_alert_expires_by_its_own_time_while_it_waits(desk: Desk) -> None:
    sent_at = (datetime.now(UTC) - timedelta(seconds=50)).isoformat()
    receipt = await desk.send(buy(time=sent_at))
    assert receipt["status"] == "accepted"
    clock.shift(timedelta(seconds=11))

    assert await desk.vps.claim() is None
    await jobs.expire_late()

    assert (await signal(desk.member, receipt["signal_id"]))["status"] == "expired"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"is_enabled_for_trading": False}, "account-disabled"),
        ({"is_connected": False}, "account-offline"),
        ({"is_trade_allowed": False}, "trading-not-permitted"),
        ({"trading_hours": json.dumps({})}, "outside-trading-hours"),
        ({"killed_at": datetime(2026, 1, 1, tzinfo=UTC)}, "kill-switch"),
    ],
)
async def test_an_account_that_may_not_trade_discards(desk: Desk, state: dict[str, Any], code: str) -> None:
    await desk.set(**state)

    told = await desk.refused(buy(), code, "discarded")

    assert [one["reason_code"] for one in told["executions"]] == [code]


async def test_an_agent_that_fell_silent_makes_its_account_offline(desk: Desk) -> None:
    clock.shift(timedelta(seconds=45))

    await desk.refused(buy(), "account-offline", "discarded")


@pytest.mark.parametrize(
    ("state", "alert", "code"),
    [
        ({"daily_loss": 100, "day_start_balance": 10_000, "equity": 9_890}, {}, "daily-loss-limit"),
        ({"daily_loss_percent": 1, "day_start_balance": 10_000, "equity": 9_900}, {}, "daily-loss-limit"),
        ({"max_open_positions": 0}, {}, "max-open-positions"),
        ({"max_lots": 0.05}, {"volume": 0.1}, None),
    ],
)
async def test_a_limit_refuses_and_is_written_down_as_a_risk_event(
    desk: Desk, state: dict[str, Any], alert: dict[str, Any], code: str | None
) -> None:
    await desk.set(**state)

    receipt = await desk.send(buy(**alert))

    told = await signal(desk.member, receipt["signal_id"])
    assert told["status"] == "rejected"
    assert code is None or told["reason_code"] == code
    assert await desk.vps.claim() is None
    async with unit_of_work(desk.actor) as uow:
        events = await uow.rows("select code, account_id::text from risk_events where signal_id = %s", (told["id"],))
    assert events == [{"code": told["reason_code"], "account_id": desk.account_id}]


async def test_a_daily_loss_limit_without_the_days_start_fails_closed(desk: Desk) -> None:
    await desk.set(daily_loss=100, day_start_balance=None)

    await desk.refused(buy(), "daily-loss-unknown", "rejected")


async def test_sizing_by_risk_without_a_stop_is_rejected(desk: Desk) -> None:
    await desk.change(sizing={"mode": "percent_equity", "value": 1})

    receipt = await desk.send(buy())

    assert receipt["status"] == "rejected"
    assert "stop" in receipt["reason"].lower()


async def test_a_strategy_without_accounts_discards(desk: Desk) -> None:
    await desk.change(account_ids=[])

    await desk.refused(buy(), "no-account", "discarded")


async def test_the_kill_switch_stops_entries_lets_exits_pass_and_can_be_lifted(desk: Desk) -> None:
    assert len(await kill_switch.throw(desk.actor)) == 1
    await desk.obey("stop")
    await desk.refused(buy(), "kill-switch", "discarded")
    assert (await desk.order(unique(action="close")))["do"] == "close"

    assert len(await kill_switch.lift(desk.actor, account_ids=[UUID(desk.account_id)])) == 1
    await desk.obey("run")

    assert (await desk.order(unique(action="buy")))["do"] == "open"


async def test_a_stranger_cannot_touch_the_kill_switch(desk: Desk, charlie: Member) -> None:
    from forex_elite.errors import NotFound

    stranger = Actor(user_id=UUID(charlie.id), role=Role.USER)

    with pytest.raises(NotFound):
        await kill_switch.throw(stranger, account_ids=[UUID(desk.account_id)])
    assert await kill_switch.throw(stranger) == ()
    assert (await desk.order(unique(action="buy")))["do"] == "open"
