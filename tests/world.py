"""People, agents, accounts and strategies as tests meet them: made through the API, like everybody makes them."""

from __future__ import annotations

import itertools
import secrets
import socket
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

PASSWORD = "correct horse battery"
_logins = itertools.count(700_001)
_NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

EURUSD = {
    "name": "EURUSD",
    "currency_base": "EUR",
    "currency_profit": "USD",
    "currency_margin": "EUR",
    "digits": 5,
    "point": 0.00001,
    "tick_size": 0.00001,
    "tick_value": 1.0,
    "contract_size": 100000,
    "volume_min": 0.01,
    "volume_max": 100,
    "volume_step": 0.01,
    "trade_mode": 4,
}
XAUUSD = {
    **EURUSD,
    "name": "XAUUSD",
    "currency_base": "XAU",
    "digits": 2,
    "point": 0.01,
    "tick_size": 0.01,
    "contract_size": 100,
}


def listening() -> socket.socket:
    """A socket on a free port for a test's server; it says that it is TCP, or asyncio lets answers wait for 40 ms."""
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    return listener


def calling(url: str, *, timeout: float = 40) -> httpx.AsyncClient:
    """A client of a server of ours, with no identity; without certificates, as reading the world's takes 40 ms."""
    return httpx.AsyncClient(base_url=url, timeout=timeout, verify=_NO_AUTHORITIES)


@dataclass
class Member:
    """A registered person with their bearer token."""

    id: str
    email: str
    token: str
    client: httpx.AsyncClient

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def get(self, path: str, /, **params: Any) -> httpx.Response:
        return await self.client.get(path, headers=self.headers, params=params)

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.client.post(path, headers=self.headers, json=body)

    async def patch(self, path: str, body: Any = None) -> httpx.Response:
        return await self.client.patch(path, headers=self.headers, json=body)

    async def delete(self, path: str) -> httpx.Response:
        return await self.client.delete(path, headers=self.headers)


@dataclass
class Vps:
    """A paired agent as the server hears it, with the accounts on its terminals."""

    id: str
    key: str
    client: httpx.AsyncClient
    logins: list[int] = field(default_factory=list)
    server: str = "Demo-Server"

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Agent-Key": self.key}

    async def post(self, path: str, body: Any) -> httpx.Response:
        return await self.client.post(f"/api/agents/{self.id}/{path}", headers=self.headers, json=body)

    async def get(self, path: str, /, **params: Any) -> httpx.Response:
        return await self.client.get(f"/api/agents/{self.id}/{path}", headers=self.headers, params=params)

    async def beat(self) -> httpx.Response:
        answer = await self.post("heartbeat", {"version": "1.0"})
        assert answer.status_code == 200, answer.text
        return answer

    async def report_account(self, login: int, **changes: Any) -> httpx.Response:
        return await self.post("accounts", {"accounts": [account_row(login, self.server, **changes)]})

    async def quote(self, symbol: str = "EURUSD", bid: float = 1.1, ask: float = 1.1001) -> None:
        answer = await self.post("prices", {"ticks": [{"symbol": symbol, "bid": bid, "ask": ask}]})
        assert answer.json()["stored"] == 1, answer.text

    async def claim(self, wait: float = 0) -> dict[str, Any] | None:
        answer = await self.get("jobs/next", wait=wait)
        assert answer.status_code in {200, 204}, answer.text
        return answer.json() if answer.status_code == 200 else None

    async def finish(self, job: dict[str, Any], status: str = "completed", **more: Any) -> httpx.Response:
        body = {"lease_token": job["lease_token"], "status": status, **more}
        return await self.post(f"jobs/{job['id']}/result", body)


def account_row(login: int, server: str, **changes: Any) -> dict[str, Any]:
    return {
        "login": login,
        "server": server,
        "broker": "Demo Broker",
        "currency": "USD",
        "balance": 10000,
        "equity": 10000,
        "margin_free": 10000,
        "day_start_balance": 10000,
        "reported_at": datetime.now(UTC).isoformat(),
        "symbols": [EURUSD, XAUUSD],
        **changes,
    }


async def register(client: httpx.AsyncClient, name: str) -> Member:
    email = f"{name}-{secrets.token_hex(6)}@example.com"
    answer = await client.post(
        "/api/auth/register", json={"email": email, "password": PASSWORD, "display_name": name.title()}
    )
    assert answer.status_code == 201, answer.text
    client.cookies.clear()
    body = answer.json()
    return Member(body["user"]["id"], email, body["access_token"], client)


async def pair(member: Member, *, accounts: int = 1, quoted: bool = True, **changes: Any) -> Vps:
    """An online agent with accounts that have room for many positions."""
    answer = await member.post("/api/agents", {"name": "vps", "kind": "dedicated"})
    assert answer.status_code == 201, answer.text
    vps = Vps(answer.json()["id"], answer.json()["pairing_key"], member.client)
    await vps.beat()
    for _ in range(accounts):
        login = next(_logins)
        stored = await vps.report_account(login, **changes)
        assert stored.json() == {"stored": 1, "refused": []}, stored.text
        vps.logins.append(login)
    if quoted:
        await vps.quote()
    return vps


async def account_ids(member: Member) -> list[str]:
    return [row["id"] for row in (await member.get("/api/user/mt5-accounts")).json()["accounts"]]


async def make_strategy(member: Member, **changes: Any) -> dict[str, Any]:
    body = {
        "name": "Momentum",
        "account_ids": await account_ids(member),
        "sizing": {"mode": "fixed_lots", "value": 0.1},
        **changes,
    }
    answer = await member.post("/api/tv/strategies", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def send_alert(client: httpx.AsyncClient, strategy: dict[str, Any], body: Any, **options: Any) -> httpx.Response:
    path = "/webhooks/tv/" + strategy["webhook_secret"]
    if isinstance(body, dict):
        return await client.post(path, json=body, **options)
    return await client.post(path, content=body, **options)


def buy(**changes: Any) -> dict[str, Any]:
    return {"action": "buy", "symbol": "EURUSD", "price": 1.1, "id": secrets.token_hex(8), **changes}


async def signal(member: Member, signal_id: str) -> dict[str, Any]:
    answer = await member.get(f"/api/tv/signals/{signal_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
