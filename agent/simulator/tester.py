"""The simulated Strategy Tester: replays bars on a paper account of its own for one simple expert that is built in.

It cannot run MQL5. Asked to test any other program it says so in its journal and writes no report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from agent.simulator import constants as mt5
from agent.simulator.account import BrokerTerms
from agent.simulator.log_files import LogFile
from agent.simulator.replay import Recording, recording_of
from agent.simulator.server_time import ServerZone
from agent.simulator.stand_in import BUILTIN, BUILTIN_PATH, read_stand_in
from agent.simulator.structures import TradeDeal
from agent.simulator.terminal import SimulatedTerminal
from agent.terminal import text_files
from agent.terminal.chart_files import enum_timeframe
from agent.terminal.folder import TerminalFolder
from agent.terminal.presets import read_preset

MOST_BARS: Final = 20_000
CANNOT: Final = "cannot run MQL5 here"
_MARKET_ORDER: Final = {"buy": mt5.ORDER_TYPE_BUY, "sell": mt5.ORDER_TYPE_SELL}
_DIRECTIONS: Final = {mt5.DEAL_ENTRY_IN: "in", mt5.DEAL_ENTRY_OUT: "out"}


@dataclass(frozen=True, slots=True)
class _Task:
    symbol: str
    timeframe: str
    first_s: int
    last_s: int
    terms: BrokerTerms
    lots: float
    fast: int
    slow: int


def run(folder: TerminalFolder, told: dict[str, str], simulation: dict[str, Any], journal: LogFile) -> int:
    """Test what `[Tester]` tells (keys in small letters); the exit status. The report's folder must be there."""
    path = told.get("expert", "").replace("\\", "/")
    program = read_stand_in(folder.experts.joinpath(*path.split("/")).with_name(f"{path.rpartition('/')[2]}.ex5"))
    if program is None:
        journal.write("Tester", f"{path} not found", 2)
        return 1
    if program.builtin != BUILTIN:
        journal.write("Tester", f"simulated terminal: {CANNOT}; only {BUILTIN_PATH} can be tested", 2)
        return 1
    try:
        inputs = read_preset(text_files.read(folder.tester_presets / told.get("expertparameters", "")))
    except OSError:
        inputs = {}
    task = _task(told, simulation, inputs)
    problem, deals, bars = _replay(task)
    if problem:
        journal.write("Tester", problem, 2)
        return 1
    report = _report(task, program.name, inputs, deals, bars)
    (folder.root / f"{told['report']}.htm").write_bytes(text_files.encode(report))
    journal.write("Tester", f"{program.name} on {task.symbol},{task.timeframe}: test passed")
    return 0


def _task(told: dict[str, str], simulation: dict[str, Any], inputs: dict[str, str]) -> _Task:
    leverage = told.get("leverage", "1:100").rpartition(":")[2]
    terms = BrokerTerms(
        balance=float(told.get("deposit", 10_000)),
        currency=told.get("currency", "USD"),
        leverage=int(leverage),
        seed=int(simulation.get("seed", 1)),
        catalogue=str(simulation.get("catalogue", "standard")),
        server_zone=str(simulation.get("server_zone", "NY+7")),
    )
    first, last = (_server_seconds(told[name]) for name in ("fromdate", "todate"))
    fast, slow = int(inputs.get("FastPeriod", 12)), int(inputs.get("SlowPeriod", 26))
    lots = float(inputs.get("Lots", 0.1))
    return _Task(told["symbol"], told.get("period", "H1"), first, last, terms, lots, fast, slow)


def _server_seconds(day: str) -> int:
    return int(datetime.strptime(day, "%Y.%m.%d").replace(tzinfo=UTC).timestamp())


def _replay(task: _Task) -> tuple[str, list[TradeDeal], int]:
    """Why it cannot be tested (empty when it was), the deals, and the number of bars."""
    zone = ServerZone(task.terms.server_zone)
    clock = [zone.to_utc(task.last_s * 1000)]
    market = SimulatedTerminal(task.terms, now_ms=lambda: clock[0])
    market.initialize()
    if not market.symbol_select(task.symbol, True):
        return f"{task.symbol} does not exist", [], 0
    bars = market.copy_rates_range(task.symbol, enum_timeframe(task.timeframe), task.first_s, task.last_s)
    if bars is None or not task.slow < len(bars) <= MOST_BARS or not 0 < task.fast < task.slow:
        count = 0 if bars is None else len(bars)
        return f"{count} bars with periods {task.fast} and {task.slow} cannot be tested", [], count
    start_ms = clock[0] = zone.to_utc(task.first_s * 1000)
    recording = _recording(bars, lambda server_s: zone.to_utc(server_s * 1000) - start_ms)
    desk = SimulatedTerminal(task.terms, recordings={task.symbol: recording}, now_ms=lambda: clock[0])
    desk.initialize()
    desk.symbol_select(task.symbol, True)
    closes = [float(price) for price in bars["close"]]
    side = ""
    for number in range(task.slow, len(bars)):
        fast, slow = closes[number - task.fast : number], closes[number - task.slow : number]
        difference = sum(fast) / task.fast - sum(slow) / task.slow
        if (wanted := "buy" if difference > 0 else "sell") != side:
            side = wanted
            clock[0] = zone.to_utc(int(bars["time"][number]) * 1000 + 1000)
            _turn(desk, task, side)
    clock[0] = zone.to_utc(task.last_s * 1000)
    _close(desk, task)
    return "", list(desk.history_deals_get(0, task.last_s + 86_400) or ()), len(bars)


def _recording(bars: Any, at_ms: Callable[[int], int]) -> Recording:
    """The bars as ticks: open, low, high and close of each, the usual spread above them."""
    step = max(4, (at_ms(int(bars["time"][1])) - at_ms(int(bars["time"][0]))) // 4)
    ticks = [
        (at_ms(int(bar["time"])) + number * step, float(bar[name]), float("nan"))
        for bar in bars
        for number, name in enumerate(("open", "low", "high", "close"))
    ]
    return recording_of(ticks, ticks[-1][0] + step)


def _turn(desk: SimulatedTerminal, task: _Task, side: str) -> None:
    """Be on this side of the market."""
    _close(desk, task)
    _send(desk, task, _MARKET_ORDER[side], 0)


def _close(desk: SimulatedTerminal, task: _Task) -> None:
    for position in desk.positions_get(symbol=task.symbol) or ():
        _send(desk, task, 1 - position.type, position.ticket)


def _send(desk: SimulatedTerminal, task: _Task, kind: int, position: int) -> None:
    tick = desk.symbol_info_tick(task.symbol)
    if tick is None:
        return
    request: dict[str, Any] = {
        "action": mt5.TRADE_ACTION_DEAL,
        "symbol": task.symbol,
        "volume": task.lots,
        "type": kind,
        "price": tick.ask if kind == mt5.ORDER_TYPE_BUY else tick.bid,
        "type_filling": mt5.ORDER_FILLING_IOC,
        "comment": "tester",
    }
    desk.order_send({**request, "position": position} if position else request)


def _report(task: _Task, name: str, inputs: dict[str, str], deals: list[TradeDeal], bars: int) -> str:
    """The report in the layout of the real one."""
    closed = [deal.profit + deal.swap + deal.commission for deal in deals if deal.entry == mt5.DEAL_ENTRY_OUT]
    gains, losses = sum(one for one in closed if one > 0), sum(one for one in closed if one < 0)
    balance, rows, peak, drawdown = 0.0, [], 0.0, (0.0, 0.0)
    for deal in deals:
        balance += deal.profit + deal.swap + deal.commission + deal.fee
        peak = max(peak, balance)
        drawdown = max(drawdown, (peak - balance, (peak - balance) / peak * 100 if peak else 0.0))
        rows.append(_deal_row(deal, balance))
    dates = " - ".join(datetime.fromtimestamp(at, UTC).strftime("%Y.%m.%d") for at in (task.first_s, task.last_s))
    won = sum(one > 0 for one in closed)
    pairs = {
        "Expert": name,
        "Symbol": task.symbol,
        "Period": f"{task.timeframe} ({dates})",
        "Inputs": ", ".join(f"{key}={value}" for key, value in inputs.items()) or "none",
        "Company": "ForexElite Simulated Markets",
        "Currency": task.terms.currency,
        "Initial Deposit": _money(task.terms.balance),
        "Leverage": f"1:{task.terms.leverage}",
        "Bars": str(bars),
        "Total Net Profit": _money(gains + losses),
        "Gross Profit": _money(gains),
        "Gross Loss": _money(losses),
        "Profit Factor": f"{gains / -losses:.2f}" if losses else "0.00",
        "Balance Drawdown Maximal": f"{_money(drawdown[0])} ({drawdown[1]:.2f}%)",
        "Total Trades": str(len(closed)),
        "Profit Trades (% of total)": f"{won} ({won / len(closed) * 100 if closed else 0:.2f}%)",
    }
    table = "".join(
        f"<tr><td>{escape(key)}:</td><td><b>{escape(value)}</b></td></tr>\n" for key, value in pairs.items()
    )
    columns = "Time,Deal,Symbol,Type,Direction,Volume,Price,Order,Commission,Swap,Profit,Balance,Comment"
    header = "".join(f"<td><b>{column}</b></td>" for column in columns.split(","))
    return (
        f"<html><head><title>Strategy Tester: {escape(name)}</title></head><body>\n"
        f"<table>\n{table}</table>\n<table>\n<tr><th colspan=13>Deals</th></tr>\n<tr>{header}</tr>\n{''.join(rows)}"
        "</table>\n</body></html>\n"
    )


def _deal_row(deal: TradeDeal, balance: float) -> str:
    is_trade = deal.type in _MARKET_ORDER.values()
    cells = (
        datetime.fromtimestamp(deal.time, UTC).strftime("%Y.%m.%d %H:%M:%S"),
        deal.ticket,
        deal.symbol,
        ("buy", "sell")[deal.type] if is_trade else "balance",
        _DIRECTIONS.get(deal.entry, "") if is_trade else "",
        f"{deal.volume:.2f}" if is_trade else "",
        deal.price if is_trade else "",
        deal.order or "",
        _money(deal.commission),
        _money(deal.swap),
        _money(deal.profit),
        _money(balance),
        escape(deal.comment),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"


def _money(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", " ")
