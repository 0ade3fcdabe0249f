"""The simulator against the table of the real package; on Windows the same tests run against the package itself."""

from __future__ import annotations

import asyncio
import functools
import importlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.agent.paper import Clock, market_order, paper

API: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "mt5_api.json").read_text())
CHANNELS = ["simulator", "package"] if sys.platform == "win32" else ["simulator"]
TYPES = {"int": int, "float": float, "str": str, "bool": bool}
POSITIONAL_ONLY = [name for name, each in API["functions"].items() if each["calling"].startswith("positional only")]
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "login": (5_000_001,),
    "symbol_info": ("EURUSD",),
    "symbol_info_tick": ("EURUSD",),
    "symbol_select": ("EURUSD",),
    "market_book_add": ("EURUSD",),
    "market_book_get": ("EURUSD",),
    "market_book_release": ("EURUSD",),
    "copy_rates_from": ("EURUSD", 1, 1_700_000_000, 2),
    "copy_rates_from_pos": ("EURUSD", 1, 0, 2),
    "copy_rates_range": ("EURUSD", 1, 1_700_000_000, 1_700_000_100),
    "copy_ticks_from": ("EURUSD", 1_700_000_000, 2, -1),
    "copy_ticks_range": ("EURUSD", 1_700_000_000, 1_700_000_010, -1),
    "order_calc_margin": (0, "EURUSD", 1.0, 1.1),
    "order_calc_profit": (0, "EURUSD", 1.0, 1.1, 1.2),
    "order_check": ({},),
    "order_send": ({},),
    "history_orders_total": (0, 1),
    "history_orders_get": (0, 1),
    "history_deals_total": (0, 1),
    "history_deals_get": (0, 1),
}
NEEDS_CONNECTION = [
    name for name in API["functions"] if name not in ("initialize", "shutdown", "last_error", "Buy", "Sell", "Close")
]


@pytest.fixture(params=CHANNELS)
def module(request: pytest.FixtureRequest) -> Any:
    """The module as imported: not connected to anything."""
    if request.param == "package":
        return importlib.import_module("MetaTrader5")
    api = paper()
    api.shutdown()
    return api


@pytest.fixture
def api() -> Any:
    return paper()


def request(api: Any, **changes: Any) -> dict[str, Any]:
    wanted = {"action": 1, "symbol": "EURUSD", "volume": 0.1, "type": 0, "price": 1.2, "type_filling": 0}
    return wanted | changes


def test_the_table_is_whole() -> None:
    assert (len(API["constants"]), len(API["functions"]), len(API["structs"])) == (223, 35, 11)


@pytest.mark.parametrize("name", API["functions"])
def test_every_function_is_there(module: Any, name: str) -> None:
    assert callable(getattr(module, name))


@pytest.mark.parametrize("name", API["constants"])
def test_every_constant_has_the_packages_value(module: Any, name: str) -> None:
    assert getattr(module, name) == API["constants"][name]


def test_flags_the_package_does_not_name_are_not_named_here_either(module: Any) -> None:
    assert not hasattr(module, "SYMBOL_FILLING_FOK")


@pytest.mark.parametrize("name", API["structs"])
def test_structures_have_the_packages_fields_in_its_order(module: Any, name: str) -> None:
    shape = getattr(module, name)
    expected = [field for field, _ in API["structs"][name]]
    if hasattr(shape, "_fields"):
        assert list(shape._fields) == expected
    else:
        assert shape.n_fields == len(expected)


@pytest.mark.parametrize("name", POSITIONAL_ONLY)
def test_positional_functions_refuse_keywords(module: Any, name: str) -> None:
    with pytest.raises(TypeError):
        getattr(module, name)(symbol="EURUSD")


@pytest.mark.parametrize("name", NEEDS_CONNECTION)
def test_without_a_connection_every_call_fails_with_its_own_value(module: Any, name: str) -> None:
    result = getattr(module, name)(*ARGUMENTS.get(name, ()))
    assert result == {"False": False}.get(API["functions"][name]["on_error"].split(" ")[0])
    assert module.last_error() == (-10004, "No IPC connection")


def test_last_error_is_reset_by_a_good_call(api: Any) -> None:
    assert api.symbol_info("NOSUCH") is None
    assert api.last_error() == (-4, "Terminal: Not found")
    assert api.account_info() is not None
    assert api.last_error() == (1, "Success")


# --- values ---------------------------------------------------------------------------------------------------------


def test_every_field_of_every_structure_has_the_packages_type(api: Any) -> None:
    market_order(api)
    done = market_order(api, buy=False)
    tick = api.symbol_info_tick("EURUSD")
    api.order_send(
        {
            "action": 5,
            "symbol": "EURUSD",
            "volume": 0.1,
            "type": 2,
            "price": round(tick.bid - 0.01, 5),
            "type_filling": 2,
        }
    )
    api.market_book_add("EURUSD")
    rows = [
        api.account_info(),
        api.terminal_info(),
        api.symbol_info("EURUSD"),
        api.symbol_info("NZDUSD"),
        tick,
        done,
        done.request,
        api.order_check(request(api)),
        api.positions_get()[0],
        api.orders_get()[0],
        api.history_deals_get(0, 4e9)[1],
        api.market_book_get("EURUSD")[0],
    ]
    assert {type(row).__name__ for row in rows} == set(API["structs"])
    for row in rows:
        for name, kind in API["structs"][type(row).__name__]:
            if kind in TYPES:
                assert type(getattr(row, name)) is TYPES[kind], (type(row).__name__, name)
        assert list(row._asdict()) == [name for name, _ in API["structs"][type(row).__name__]]


def test_rates_and_ticks_are_packed_rows_of_sixty_bytes(api: Any) -> None:
    rates = api.copy_rates_from_pos("EURUSD", api.TIMEFRAME_M1, 0, 10)
    ticks = api.copy_ticks_from("EURUSD", int(rates["time"][0]), 10, api.COPY_TICKS_ALL)
    assert rates.dtype == np.dtype([tuple(each) for each in API["rates_dtype"]])
    assert ticks.dtype == np.dtype([tuple(each) for each in API["ticks_dtype"]])
    assert rates.dtype.itemsize == ticks.dtype.itemsize == 60


def test_nothing_there_is_an_empty_tuple_and_an_error_is_none(api: Any) -> None:
    assert api.positions_get() == ()
    assert api.orders_get(symbol="EURUSD") == ()
    assert api.history_orders_get(0, 1) == ()
    assert api.positions_get("EURUSD") is None


# --- arguments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["positions_get", "orders_get"])
def test_position_and_order_filters_refuse_unnamed_arguments(api: Any, name: str) -> None:
    assert getattr(api, name)("EURUSD") is None
    assert api.last_error() == (-2, "Unnamed arguments not allowed")


def test_symbols_get_takes_one_unnamed_group_and_no_more(api: Any) -> None:
    assert api.symbols_get("*JPY*") == api.symbols_get(group="*JPY*")
    assert api.symbols_get("*", "*") is None
    assert api.last_error() == (-2, "Invalid number of arguments")


def test_groups_are_applied_from_left_to_right(api: Any) -> None:
    names = [each.name for each in api.symbols_get(group="*USD*, !*EUR*, EURUSD")]
    assert "EURUSD" in names
    assert "GBPUSD" in names
    assert "EURJPY" not in names
    assert [each.name for each in api.symbols_get(group="*USD*,!*USD*")] == []


CALL_FORMS = {
    "directly": lambda send, req: send(req),
    "unpacked": lambda send, req: send(*(req,)),
    "to_thread": lambda send, req: asyncio.run(asyncio.to_thread(send, req)),
    "partial": lambda send, req: functools.partial(send, req)(),
    "keywords": lambda send, req: send(**req),
}


@pytest.mark.parametrize("form", CALL_FORMS)
@pytest.mark.parametrize("name", ["order_send", "order_check"])
def test_call_forms_that_reach_the_terminal(api: Any, name: str, form: str) -> None:
    assert CALL_FORMS[form](getattr(api, name), request(api)).retcode in (0, 10009)


def _submit(send: Any, req: dict[str, Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(send, req).result()


def _run_in_executor(send: Any, req: dict[str, Any]) -> Any:
    async def run() -> Any:
        return await asyncio.get_running_loop().run_in_executor(None, send, req)

    return asyncio.run(run())


TRAPS = {
    "star_star_empty": lambda send, req: send(*(req,), **{}),  # noqa: PIE804  # the trap itself
    "submit": _submit,
    "run_in_executor": _run_in_executor,
}


@pytest.mark.parametrize("form", TRAPS)
@pytest.mark.parametrize("name", ["order_send", "order_check"])
def test_an_empty_keyword_object_makes_the_call_fail_before_anything_is_sent(api: Any, name: str, form: str) -> None:
    assert TRAPS[form](getattr(api, name), request(api)) is None
    assert api.last_error() == (-2, "Unnamed arguments not allowed")
    assert api.positions_total() == 0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("volume", 1),
        ("price", 1),
        ("sl", 0),
        ("tp", "1.2"),
        ("stoplimit", None),
        ("volume", np.float32(0.1)),
        ("magic", 7.0),
        ("magic", np.int64(7)),
        ("magic", -1),
        ("magic", 1 << 64),
        ("type", "0"),
        ("action", 1 << 32),
        ("deviation", 2.5),
        ("position", "1"),
        ("expiration", datetime(2026, 1, 1, tzinfo=UTC)),
        ("symbol", b"EURUSD"),
        ("comment", None),
        ("comment", "x" * 30),
        ("comment", "x" * 28 + "\U0001f600"),
        ("symbol", "E" * 30),
    ],
)
def test_a_request_with_a_wrong_type_never_leaves_the_client(api: Any, key: str, value: Any) -> None:
    assert api.order_send(request(api, **{key: value})) is None
    assert api.last_error() == (-2, f'Invalid "{key}" argument')


@pytest.mark.parametrize(
    ("key", "value"),
    [("volume", np.float64(0.1)), ("magic", (1 << 64) - 1), ("magic", True), ("comment", "x" * 29), ("what", object())],
)
def test_a_request_at_the_edge_of_the_rules_is_sent(api: Any, key: str, value: Any) -> None:
    result = api.order_send(request(api, **{key: value}))
    assert result.retcode == 10009
    if key == "magic":
        assert api.positions_get()[0].magic == value
        assert api.history_deals_get(0, 4e9)[-1].magic == value


def test_missing_keys_are_zero_or_empty(api: Any) -> None:
    sent = api.order_send({"action": 1, "symbol": "EURUSD", "volume": 0.1}).request
    assert (sent.type, sent.type_filling, sent.magic, sent.sl, sent.comment) == (0, 0, 0, 0.0, "")


@pytest.mark.parametrize("given", [None, [], "EURUSD"])
def test_a_request_must_be_a_dict(api: Any, given: Any) -> None:
    assert api.order_send(given) is None
    assert api.last_error()[0] == -2


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"login": "5000001"}, (-2, 'Invalid "login" argument')),
        ({"password": 1}, (-2, 'Invalid "password" argument')),
        ({"timeout": "60"}, (-2, 'Invalid "timeout" argument')),
        ({"login": 1}, (-6, "Terminal: Authorization failed")),
        ({"login": 5_000_001, "password": "wrong"}, (-6, "Terminal: Authorization failed")),
        ({"login": 5_000_001, "server": "Other"}, (-6, "Terminal: Authorization failed")),
        ({"path": "C:\\elsewhere\\terminal64.exe"}, (-10003, "IPC initialize failed, MetaTrader 5 x64 not found")),
    ],
)
def test_initialize_says_false_and_why(api: Any, arguments: dict[str, Any], error: tuple[int, str]) -> None:
    assert api.initialize(**arguments) is False
    assert api.last_error() == error
    assert api.account_info() is None


def test_a_failed_start_of_the_terminal_names_the_pipe_server(api: Any) -> None:
    api.switch(process_alive=False)
    assert api.initialize(timeout=5000) is False
    assert api.last_error() == (-10003, "IPC initialize failed, Pipe server didn't answer in 5 sec")


@pytest.mark.parametrize("name", ["copy_rates_from_pos", "copy_ticks_from"])
def test_numbers_of_the_wrong_kind_are_type_errors(api: Any, name: str) -> None:
    with pytest.raises(TypeError):
        getattr(api, name)("EURUSD", 1, 0, "10")


def test_a_naive_date_is_read_in_the_machines_zone(api: Any) -> None:
    at = datetime(2026, 3, 16, 12, 0)  # noqa: DTZ001  # the trap itself
    naive = api.copy_rates_from("EURUSD", api.TIMEFRAME_H1, at, 1)
    aware = api.copy_rates_from("EURUSD", api.TIMEFRAME_H1, at.astimezone(), 1)
    number = api.copy_rates_from("EURUSD", api.TIMEFRAME_H1, int(at.timestamp()), 1)
    assert naive["time"][0] == aware["time"][0] == number["time"][0]


def test_version_has_three_parts(api: Any) -> None:
    assert [type(part) for part in api.version()] == [int, int, str]


def test_the_shortcut_functions_send_without_a_filling_mode(api: Any) -> None:
    bought = api.Buy("EURUSD", 0.1, comment="hand")
    assert (bought.retcode, bought.request.deviation, bought.request.type_filling) == (10009, 10, 0)
    assert api.Sell("GBPUSD", 0.1, ticket=None).retcode == 10009
    assert api.Close("EURUSD") is True
    assert api.Close("EURUSD") is False
    assert [each.symbol for each in api.positions_get()] == ["GBPUSD"]


def test_an_exception_in_the_simulator_is_a_broken_pipe_to_the_caller(
    api: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(api._broker, "send", lambda *_, **__: 1 / 0)
    assert api.order_send(request(api)) is None
    assert api.last_error() == (-10000, "IPC call failed")
    assert "ZeroDivisionError" in caplog.text


def test_the_clock_of_the_fixture_stands_still() -> None:
    clock = Clock()
    assert paper(clock).symbol_info_tick("EURUSD") == paper(clock).symbol_info_tick("EURUSD")
