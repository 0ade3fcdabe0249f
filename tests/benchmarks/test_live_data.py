"""Prices, positions and accounts: how fast what agents report is stored and seen."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from tests.benchmarks.conftest import ROOT, Bench, Table, ready
from tests.benchmarks.measure import Sender
from tests.world import Vps, account_ids

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

SYMBOLS = [f"SYM{n:02d}" for n in range(28)]
BATCH = 500
ROUNDS, ROUND_S, CONNECTIONS = 3, 3.0, 4
SOCKETS, WATCHED, CHANGES_PER_S, WATCH_S = 200, SYMBOLS[:10], 10, 10.0
ROWS, ROWS_AT_ONCE = 20_000, 500
TERMINALS = 7


def request(vps: Vps, path: str, host: str, body: Any) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (
        f"POST /api/agents/{vps.id}/{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"X-Agent-Key: {vps.key}\r\nContent-Length: {len(content)}\r\n\r\n"
    ).encode() + content


async def exchange(sender: Sender, wire: bytes) -> bytes:
    """Send a prepared request; the body of its answer."""
    sender.writer.write(wire)
    head = await sender.reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head, head
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return await sender.reader.readexactly(length)


async def test_ticks_accepted_by_one_process(bench: Bench, table: Table) -> None:
    (vps,) = await bench.agents(1)
    senders = [await bench.sender() for _ in range(CONNECTIONS)]
    ticks = [
        {
            "symbol": SYMBOLS[n % len(SYMBOLS)],
            "bid": 1.1 + n / 1e5,
            "ask": 1.1002 + n / 1e5,
            "time_msc": 1_700_000_000_000,
        }
        for n in range(BATCH)
    ]
    wire = request(vps, "prices", senders[0].host, {"ticks": ticks})
    rates = []
    for _ in range(ROUNDS):
        ends = time.monotonic() + ROUND_S

        async def keep_sending(sender: Sender, ends: float = ends) -> int:
            sent = 0
            while time.monotonic() < ends:
                assert json.loads(await exchange(sender, wire))["stored"] == BATCH
                sent += BATCH
            return sent

        began = time.monotonic()
        sent = sum(await asyncio.gather(*(keep_sending(sender) for sender in senders)))
        rates.append(sent / (time.monotonic() - began))
    for sender in senders:
        await sender.close()
    table.add(
        f"Ticks accepted by one process in batches of {BATCH}, best and worst of {ROUNDS} rounds",
        f"{max(rates):,.0f}/s · {min(rates):,.0f}/s",
        "≥ 50,000/s",
    )


@pytest.mark.parametrize("gather", [True, False])
async def test_from_a_tick_batch_to_two_hundred_sockets(bench: Bench, table: Table, *, gather: bool) -> None:
    (vps,) = await bench.agents(1)
    parts = urlsplit(bench.url)
    told = {
        "host": parts.netloc,
        "port": parts.port,
        "token": bench.trader.token,
        "sockets": SOCKETS,
        "symbols": WATCHED,
        "seconds": WATCH_S,
        "gather": gather,
    }
    watching = await ready(
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.benchmarks.watch", json.dumps(told), cwd=ROOT, stdout=PIPE
        )
    )
    server = next(one for one in psutil.Process().children() if "tests.benchmarks.serve" in " ".join(one.cmdline()))
    used = sum(server.cpu_times()[:2])
    sender, due = await bench.sender(), time.monotonic()
    ends, batches = due + WATCH_S - 1.0, 0
    while time.monotonic() < ends:
        stamp = round(time.monotonic() * 1000, 3)
        ticks = [{"symbol": symbol, "bid": stamp, "ask": stamp} for symbol in WATCHED]
        await exchange(sender, request(vps, "prices", sender.host, {"ticks": ticks}))
        batches += 1
        due += 1 / CHANGES_PER_S
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    used = sum(server.cpu_times()[:2]) - used
    await sender.close()
    assert watching.stdout is not None
    seen = json.loads(await watching.stdout.readline())
    await watching.wait()
    assert seen["messages"] >= batches * SOCKETS * len(WATCHED) * 0.9, "messages were lost or overwritten"
    table.add(
        f"Tick batch sent → in a browser socket, {SOCKETS} sockets x {len(WATCHED)} symbols x {CHANGES_PER_S}/s, "
        + ("as our pages listen" if gather else "a frame for each message"),
        " · ".join(f"p{share} {seen['ages'][share]:.1f}" for share in ("50", "95", "99"))
        + f" ms (n {seen['messages']:,}; server {used / (WATCH_S - 1):.0%} of a core)",
        "p50 ≤ 10 ms, p99 ≤ 50 ms" if gather else "",
    )


def closed_trade(n: int) -> dict[str, Any]:
    opened = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=7 * n)
    return {
        "ticket": n + 1,
        "symbol": SYMBOLS[n % len(SYMBOLS)],
        "side": "buy" if n % 2 else "sell",
        "volume": 0.1,
        "open_price": 1.1,
        "open_time": opened.isoformat(),
        "close_price": 1.101,
        "close_time": (opened + timedelta(minutes=5)).isoformat(),
        "profit": (n % 21) - 10.0,
        "commission": -0.7,
    }


async def test_closed_trades_stored(bench: Bench, table: Table) -> None:
    trades = [closed_trade(n) for n in range(ROWS)]

    def reports(vps: Vps) -> list[bytes]:
        account = {"login": vps.logins[0], "server": vps.server}
        parts = (trades[at : at + ROWS_AT_ONCE] for at in range(0, ROWS, ROWS_AT_ONCE))
        return [request(vps, "trades", urlsplit(bench.url).netloc, account | {"closed": part}) for part in parts]

    async def tell(wires: list[bytes]) -> None:
        sender = await bench.sender()
        for wire in wires:
            assert json.loads(await exchange(sender, wire))["stored"] == ROWS_AT_ONCE
        await sender.close()

    alone, *two = map(reports, await bench.agents(3))
    rates = []
    for agents in ([alone], [alone], two):  # new, told again, new from two agents at once
        began = time.monotonic()
        await asyncio.gather(*map(tell, agents))
        rates.append(len(agents) * ROWS / (time.monotonic() - began))
    assert await bench.value("select sum(trades) from trade_days") == 3 * ROWS
    table.add(
        f"Closed trades stored over HTTP in batches of {ROWS_AT_ONCE}, with statistics: "
        "new · told again · new, from two agents at once",
        " · ".join(f"{rate:,.0f}" for rate in rates) + " rows/s",
        "≥ 10,000 rows/s",
    )


async def test_seven_accounts_synced(bench: Bench, table: Table, tmp_path: Path) -> None:
    made = (await bench.trader.post("/api/agents", {"name": "seven"})).json()
    key_file = tmp_path / "key"
    key_file.write_text(made["pairing_key"])
    terminals = "\n".join(
        f'[[terminal]]\nkind = "simulator"\nlogin = {5_000_001 + n}\nserver = "Bench-{n}"\n' for n in range(TERMINALS)
    )
    (tmp_path / "agent.toml").write_text(terminals)
    agent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "agent", "--insecure", "--server", bench.url, "--agent-id", made["id"]),
        *(
            "--key-file",
            str(key_file),
            "--state-dir",
            str(tmp_path / "state"),
            "--config",
            str(tmp_path / "agent.toml"),
        ),
        cwd=ROOT,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(90):
            while len(await account_ids(bench.trader)) < TERMINALS:
                await asyncio.sleep(0.2)
        await asyncio.sleep(5)  # the first reports and the past are behind them
        accounts = await account_ids(bench.trader)
        times = []
        for _ in range(10):
            began = time.monotonic()
            await asyncio.gather(*(bench.trader.post(f"/api/accounts/{account}/sync") for account in accounts))
            while await bench.value("select count(*) from jobs where type = 'sync' and finished_at is null"):
                await asyncio.sleep(0.005)
            times.append(time.monotonic() - began)
            await asyncio.sleep(0.5)
        assert await bench.value("select count(*) from jobs where type = 'sync' and status <> 'completed'") == 0
    finally:
        agent.terminate()
        await agent.wait()
    times.sort()
    table.add(
        f"{TERMINALS} accounts fully synced on simulated terminals, asked for → all stored and answered",
        f"p50 {times[len(times) // 2]:.2f} · worst {times[-1]:.2f} s (n {len(times)})",
        "≤ 0.5 s",
    )
