"""The terminal adapter over the paper broker: every method of the gateway, and what each failure means for an order."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from agent.protocol import Level, LevelKind, OrderType, Side, TerminalState
from agent.simulator import Fault, FaultKind, SimulatedTerminal
from agent.simulator.instruments import EURUSD
from agent.simulator.views import Installation
from agent.terminal.config import SimulationConfig, TerminalConfig
from agent.terminal.connect import open_terminal
from agent.terminal.gateway import OrderInvalid, SendClass, TerminalUnavailable
from agent.terminal.mt5 import Mt5Terminal, load_package
from tests.agent.paper import FLAT, TAG, Clock, Recorder, adapter, close, open_trade, paper, pips


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(clock: Clock) -> Recorder:
    return Recorder(paper(clock, prices=FLAT))


@pytest.fixture
def terminal(api: Recorder, clock: Clock) -> Mt5Terminal:
    return adapter(api, clock)


# --- orders ---------------------------------------------------------------------------------------------------------


def test_a_market_order_is_sent_once_with_everything_snapped(terminal: Mt5Terminal, api: Recorder) -> None:
    result = open_trade(terminal, volume_lots=0.129, sl=pips(20), tp=Level(kind=LevelKind.PERCENT, value=1))
    assert result.outcome is SendClass.DONE
    assert (result.volume_lots, result.price, result.requested_price) == (0.12, 1.1001, 1.1001)
    assert (result.retcode, result.order, result.position) == (10009, result.position, terminal.positions()[0].ticket)
    assert api.sent == [
        {
            "action": 1,
            "symbol": "EURUSD",
            "volume": 0.12,
            "type": 0,
            "price": 1.1001,
            "sl": 1.0981,
            "tp": 1.1111,
            "deviation": 20,
            "type_time": 0,
            "type_filling": 0,
            "magic": 7,
            "comment": TAG,
        }
    ]


def test_a_position_is_read_with_its_times_in_utc(terminal: Mt5Terminal, clock: Clock) -> None:
    open_trade(terminal, side=Side.SELL, sl=pips(30))
    position = terminal.positions()[0]
    assert (position.side, position.volume_lots, position.open_price) == (Side.SELL, 0.1, 1.1)
    assert (position.sl, position.tp, position.magic, position.comment) == (1.103, 0.0, 7, TAG)
    assert position.opened_at == clock.now()


def test_a_pending_order_is_placed_read_and_cancelled(terminal: Mt5Terminal, api: Recorder, clock: Clock) -> None:
    result = open_trade(terminal, order_type=OrderType.LIMIT, price=1.0901, sl=pips(10))
    assert (result.outcome, result.volume_lots, result.price, result.position) == (SendClass.PLACED, 0.0, 0.0, None)
    order = terminal.orders()[0]
    assert (order.ticket, order.side, order.order_type) == (result.order, Side.BUY, OrderType.LIMIT)
    assert (order.price, order.sl, order.placed_at) == (1.0901, 1.0891, clock.now())
    assert api.sent[0]["type_filling"] == 2
    assert terminal.cancel_order(order).outcome is SendClass.DONE
    assert terminal.orders() == []
    assert terminal.cancel_order(order).outcome is SendClass.REFUSED


def test_a_position_is_closed_in_part_and_whole(terminal: Mt5Terminal, api: Recorder) -> None:
    open_trade(terminal, volume_lots=0.3)
    part = close(terminal, terminal.positions()[0], 0.119)
    assert (part.outcome, part.volume_lots, part.price) == (SendClass.DONE, 0.11, 1.1)
    left = terminal.positions()[0]
    assert left.volume_lots == 0.19
    whole = close(terminal, left, 5.0)
    assert (whole.volume_lots, whole.position) == (0.19, left.ticket)
    assert terminal.positions() == []
    assert [each["position"] for each in api.sent[1:]] == [left.ticket, left.ticket]
    assert close(terminal, left, 0.19).outcome is SendClass.REFUSED


def test_levels_are_set_moved_and_removed(terminal: Mt5Terminal) -> None:
    open_trade(terminal)
    position = terminal.positions()[0]
    assert terminal.modify_position(position, sl=1.0900049, tp=1.12).outcome is SendClass.DONE
    moved = terminal.positions()[0]
    assert (moved.sl, moved.tp) == (1.09, 1.12)
    same = terminal.modify_position(moved, sl=1.09, tp=1.12)
    assert (same.outcome, same.retcode) == (SendClass.DONE, 10025)
    assert terminal.modify_position(moved, sl=0, tp=0).outcome is SendClass.DONE
    assert terminal.positions()[0].sl == 0.0
    with pytest.raises(OrderInvalid):
        terminal.modify_position(moved, sl=1.15, tp=0)


@pytest.mark.parametrize(
    "changes",
    [
        {"symbol": "NOSUCH"},
        {"volume_lots": 0.001},
        {"volume_lots": float("nan")},
        {"sl": Level(kind=LevelKind.PRICE, value=1.2)},
        {"tp": Level(kind=LevelKind.PRICE, value=1.0)},
        {"sl": pips(0.05)},
        {"order_type": OrderType.LIMIT},
        {"order_type": OrderType.STOP, "price": 1.05},
        {"magic": -1},
    ],
)
def test_an_order_that_cannot_be_right_is_never_sent(
    terminal: Mt5Terminal, api: Recorder, changes: dict[str, Any]
) -> None:
    with pytest.raises(OrderInvalid):
        open_trade(terminal, **changes)
    assert api.sent == []


@pytest.mark.parametrize(("first_quote_s", "outcome"), [(0.0, "done"), (1.0, "done"), (60.0, "not_sent")])
def test_an_unselected_symbol_is_selected_and_its_first_quote_awaited(
    clock: Clock, first_quote_s: float, outcome: str
) -> None:
    terminal = adapter(paper(clock, first_quote_s=first_quote_s), clock)
    assert open_trade(terminal, symbol="FX:NZDUSD").outcome == outcome


def test_a_suffix_broker_with_a_view_only_twin_trades_the_tradable_one(clock: Clock) -> None:
    terminal = adapter(paper(clock, catalogue="suffix"), clock)
    open_trade(terminal, symbol="EURUSD")
    assert terminal.positions()[0].symbol == "EURUSD.r"


def test_a_netting_account_answers_with_its_position(clock: Clock) -> None:
    terminal = adapter(paper(clock, prices=FLAT, margin_mode=0), clock)
    first, second = open_trade(terminal), open_trade(terminal)
    assert first.position == second.position == terminal.positions()[0].ticket
    assert second.order != second.position
    held = terminal.positions()[0]
    close(terminal, held, 0.2)
    assert terminal.positions() == []
    with pytest.raises(OrderInvalid, match="closed already"):
        close(terminal, held, 0.2)


def test_closing_on_a_netting_account_never_turns_the_position_round(clock: Clock) -> None:
    terminal = adapter(paper(clock, prices=FLAT, margin_mode=0), clock)
    open_trade(terminal, volume_lots=0.3)
    before = terminal.positions()[0]
    close(terminal, before, 0.2)
    assert close(terminal, before, 0.3).volume_lots == 0.1
    assert terminal.positions() == []


def test_another_filling_mode_is_tried_only_on_10030(clock: Clock) -> None:
    strange = replace(EURUSD, name="OTHER", selected=True, filling_mode=2, pending_return=False)
    api = Recorder(paper(clock, instruments=[strange]))
    terminal = adapter(api, clock)
    result = open_trade(terminal, symbol="OTHER", order_type=OrderType.LIMIT, price=0.9)
    assert result.outcome is SendClass.PLACED
    assert [each["type_filling"] for each in api.sent] == [2, 1]
    api.plan(Fault(FaultKind.REFUSE, code=10030, times=None))
    assert open_trade(terminal, symbol="OTHER").outcome is SendClass.REFUSED
    assert len(api.sent) == 5


@pytest.mark.parametrize(
    ("fault", "outcome", "positions"),
    [
        (Fault(FaultKind.REQUOTE), SendClass.NEW_PRICE, 0),
        (Fault(FaultKind.REFUSE, code=10019), SendClass.REFUSED, 0),
        (Fault(FaultKind.REFUSE, code=10012), SendClass.UNKNOWN, 0),
        (Fault(FaultKind.MISREPORT, code=10012), SendClass.UNKNOWN, 1),
        (Fault(FaultKind.MISREPORT, code=10008), SendClass.PLACED, 1),
        (Fault(FaultKind.FAIL, code=-10005), SendClass.UNKNOWN, 0),
        (Fault(FaultKind.FAIL_AFTER, code=-10005), SendClass.UNKNOWN, 1),
        (Fault(FaultKind.FAIL_AFTER, code=-10002), SendClass.UNKNOWN, 1),
        (Fault(FaultKind.FAIL, code=-10004), SendClass.NOT_SENT, 0),
        (Fault(FaultKind.FAIL, code=-2), SendClass.NOT_SENT, 0),
    ],
    ids=lambda each: f"{each.kind}{each.code}" if isinstance(each, Fault) else "",
)
def test_every_bad_answer_to_an_order_is_told_apart_and_never_sent_again(
    terminal: Mt5Terminal, api: Recorder, fault: Fault, outcome: SendClass, positions: int
) -> None:
    api.plan(fault)
    assert open_trade(terminal).outcome is outcome
    assert len(api.sent) == 1
    assert len(terminal.positions()) == positions


def test_a_partial_fill_says_how_much(terminal: Mt5Terminal, clock: Clock) -> None:
    ioc_only = replace(EURUSD, name="OTHER", selected=True, filling_mode=2)
    api = paper(clock, instruments=[ioc_only])
    api.plan(Fault(FaultKind.PARTIAL, fraction=0.5))
    result = open_trade(adapter(api, clock), symbol="OTHER", volume_lots=0.3)
    assert (result.outcome, result.volume_lots) == (SendClass.PARTIAL, 0.15)


def test_a_call_that_breaks_on_the_way_is_unknown(terminal: Mt5Terminal, api: Recorder) -> None:
    def broken() -> None:
        raise ConnectionError("the other interpreter is gone")

    api.broken = broken
    result = open_trade(terminal)
    assert result.outcome is SendClass.UNKNOWN
    assert len(terminal.positions()) == 1


def test_an_unreadable_answer_is_unknown(terminal: Mt5Terminal, api: Recorder) -> None:
    api.broken = object
    assert open_trade(terminal).outcome is SendClass.UNKNOWN


def test_a_price_left_out_of_the_answer_is_read_from_the_deals(terminal: Mt5Terminal, api: Recorder) -> None:
    api.plan(Fault(FaultKind.SPLIT))
    real = api._api.order_send
    api._api.order_send = lambda request: real(request)._replace(price=0.0, volume=0.0)
    result = open_trade(terminal)
    assert (result.outcome, result.price, result.volume_lots) == (SendClass.DONE, 1.1001, 0.1)


@pytest.mark.parametrize(
    ("switch", "outcome"),
    [
        ({"algo_trading": False}, SendClass.REFUSED),
        ({"python_api": False}, SendClass.REFUSED),
        ({"investor": True}, SendClass.REFUSED),
        ({"expert_allowed": False}, SendClass.REFUSED),
        ({"connected": False}, SendClass.NOT_SENT),
        ({"process_alive": False}, SendClass.NOT_SENT),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_nothing_is_sent_without_permission_or_connection(
    terminal: Mt5Terminal, api: Recorder, switch: dict[str, bool], outcome: SendClass
) -> None:
    open_trade(terminal)
    position = terminal.positions()[0]
    api.switch(**switch)
    for result in (open_trade(terminal), close(terminal, position, 0.1)):
        assert result.outcome is outcome
        assert result.text
    assert len(api.sent) == 1


def test_a_guard_stops_the_order_at_the_last_moment(terminal: Mt5Terminal, api: Recorder) -> None:
    def guard() -> None:
        raise TimeoutError("too late")

    terminal.guard_sending(guard)
    with pytest.raises(TimeoutError):
        open_trade(terminal)
    assert api.sent == []


# --- connection and health ------------------------------------------------------------------------------------------


def test_a_healthy_terminal_is_ready(terminal: Mt5Terminal) -> None:
    health = terminal.health()
    assert (health.state, health.login, health.is_trade_allowed, health.detail) == (
        TerminalState.READY,
        5_000_001,
        True,
        "",
    )
    assert health.ping_ms == 1.5


@pytest.mark.parametrize(
    ("switch", "state", "word"),
    [
        ({"algo_trading": False}, TerminalState.TRADING_OFF, "Algo Trading"),
        ({"python_api": False}, TerminalState.TRADING_OFF, "Python"),
        ({"investor": True}, TerminalState.TRADING_OFF, "investor"),
        ({"expert_allowed": False}, TerminalState.TRADING_OFF, "automated"),
        ({"connected": False}, TerminalState.UNREACHABLE, "no connection"),
        ({"process_alive": False}, TerminalState.UNREACHABLE, "-10004"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_health_says_in_words_what_is_missing(
    terminal: Mt5Terminal, api: Recorder, switch: dict[str, bool], state: TerminalState, word: str
) -> None:
    api.switch(**switch)
    health = terminal.health()
    assert (health.state, health.is_trade_allowed) == (state, False)
    assert word in health.detail


@pytest.mark.parametrize(
    ("changes", "word"), [({"login": 99}, "-6"), ({"server": "Elsewhere"}, "-6"), ({"password": "wrong"}, "-6")]
)
def test_a_log_in_that_fails_is_unavailable(clock: Clock, changes: dict[str, Any], word: str) -> None:
    api = paper(clock)
    api.shutdown()
    terminal = Mt5Terminal(api, replace(TerminalConfig(), **changes), clock.now, clock.sleep)
    with pytest.raises(TerminalUnavailable, match=word):
        terminal.connect()


def test_a_neighbours_terminal_is_not_traded(clock: Clock) -> None:
    class Strayed(Recorder):
        def initialize(self, **_: Any) -> bool:
            return self._api.initialize()

    api = Strayed(paper(clock))
    config = TerminalConfig(path="C:\\mine\\terminal64.exe")
    terminal = Mt5Terminal(api, config, clock.now, clock.sleep)
    with pytest.raises(TerminalUnavailable, match="not to the one"):
        terminal.connect()
    api.initialize()
    assert open_trade(terminal).outcome is SendClass.NOT_SENT
    assert terminal.health().state is TerminalState.UNREACHABLE
    assert api.sent == []


def test_the_path_is_compared_without_case_and_kind_of_slash(clock: Clock) -> None:
    api = SimulatedTerminal(now_ms=clock.now_ms, installation=Installation("C:\\MT5\\One\\terminal64.exe"))
    config = TerminalConfig(path="C:\\mt5\\one\\Terminal64.exe")
    Mt5Terminal(api, config, clock.now, clock.sleep).connect()


def test_connecting_again_leaves_a_good_connection_alone(terminal: Mt5Terminal, api: Recorder) -> None:
    api.plan(Fault(FaultKind.FAIL, call="initialize"))
    terminal.connect()
    terminal.close()
    with pytest.raises(TerminalUnavailable):
        terminal.connect()
    terminal.connect()
    assert terminal.health().state is TerminalState.READY


@pytest.mark.parametrize("read", ["positions", "orders", "account"])
def test_an_error_is_never_an_empty_list(terminal: Mt5Terminal, api: Recorder, read: str) -> None:
    call = {"positions": "positions_get", "orders": "orders_get", "account": "account_info"}[read]
    api.plan(Fault(FaultKind.FAIL, call=call, code=-10005))
    with pytest.raises(TerminalUnavailable) as caught:
        getattr(terminal, read)()
    assert caught.value.code == -10005


def test_the_real_package_is_asked_for_on_windows_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(TerminalUnavailable):
        load_package(TerminalConfig(kind="mt5"))


class FakeMt5Linux:
    """mt5linux as it behaves: it prints, and it hands every call to another interpreter."""

    def __init__(self, host: str, port: int) -> None:
        print("Connecting....")  # noqa: T201
        self.where = (host, port)
        self._api = paper(Clock(), prices=FLAT)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)


def test_mt5linux_is_used_by_configuration_and_keeps_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], clock: Clock
) -> None:
    monkeypatch.setitem(sys.modules, "mt5linux", SimpleNamespace(MetaTrader5=FakeMt5Linux))  # type: ignore[arg-type]
    api = load_package(TerminalConfig(kind="mt5linux", port=19999))
    assert capsys.readouterr().out == ""
    terminal = Mt5Terminal(api, TerminalConfig(), clock.now, clock.sleep)
    terminal.connect()
    assert open_trade(terminal).outcome is SendClass.DONE
    api._client._api.plan(Fault(FaultKind.RAISE, call="positions_get"), Fault(FaultKind.RAISE, call="terminal_info"))
    with pytest.raises(TerminalUnavailable):
        terminal.positions()
    assert open_trade(terminal).outcome is SendClass.NOT_SENT


def test_an_absent_mt5linux_server_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mt5linux", None)  # type: ignore[arg-type]  # as if not installed
    with pytest.raises(TerminalUnavailable):
        load_package(TerminalConfig(kind="mt5linux"))


def test_a_simulated_terminal_is_opened_by_its_configuration(tmp_path: Any) -> None:
    terms = SimulationConfig(balance=777.0, currency="EUR", netting=True, leverage=30)
    config = TerminalConfig(login=42, server="Paper", state_file=str(tmp_path / "books"), simulation=terms)
    terminal = open_terminal(config)
    terminal.connect()
    account = terminal.account()
    assert (account.login, account.server, account.balance, account.currency) == (42, "Paper", 777.0, "EUR")
    assert (account.leverage, account.margin_mode) == (30, 0)
    terminal.close()
