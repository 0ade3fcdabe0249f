"""A trader who is set up: an agent process on a simulated terminal, its account, a strategy, and some alerts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, expect

from forex_elite.ui.pages.agents.rows import StartForm, start_command
from tests.browser.program import AgentProcess
from tests.browser.visitor import Visitor
from tests.world import PASSWORD, calling


@dataclass
class Trader:
    """What tests need to know of the trader."""

    url: str
    email: str
    name: str
    agent: AgentProcess
    account: dict[str, Any]
    strategy: dict[str, Any]
    _self: Visitor

    @classmethod
    async def begin(cls, browser: Browser, url: str, folder: Path, name: str = "Tara Trader") -> Trader:
        """Register, accept the disclaimer, pair an agent, make a strategy and let a few alerts come in."""
        visitor = await Visitor.arrive(browser, url)
        await visitor.register(name)
        await visitor.onboard()
        paired = await visitor.call("POST", "/api/agents", {"name": "vps-london-1", "kind": "dedicated"}, status=201)
        command = start_command(url, paired["id"], paired["pairing_key"], StartForm(kind="simulated"))
        own = 20_000_000 + secrets.randbelow(10_000_000)  # instead of the number every simulated terminal begins with
        agent = AgentProcess(f"{command} --login {own}", folder)
        await agent.start()
        account = await first_account(visitor)
        body = {
            "name": "London breakout",
            "account_ids": [account["id"]],
            "sizing": {"mode": "fixed_lots", "value": 0.1},
            "allowed_pairs": ["EURUSD", "GBPUSD", "XAUUSD"],
        }
        strategy = await visitor.call("POST", "/api/tv/strategies", body, status=201)
        made = cls(url, visitor.email, name, agent, account, strategy, visitor)
        bought = {"action": "buy", "symbol": "EURUSD", "sl": "40 pips", "tp": "80 pips", "id": secrets.token_hex(4)}
        await made.alert(bought)
        await made.alert(bought)
        await made.alert({"action": "sell", "symbol": "USDJPY"})
        await made.alert("this is no alert")
        await made.settled(4)
        return made

    async def end(self) -> None:
        """Stop the agent and close the browser."""
        await self.agent.stop()
        await self._self.leave()

    async def log_in(self, visitor: Visitor) -> None:
        """Give another browser a session of this trader."""
        visitor.email, visitor.name = self.email, self.name
        await visitor.call("POST", "/api/auth/login", {"email": self.email, "password": PASSWORD})

    async def alert(self, body: dict[str, Any] | str) -> dict[str, Any]:
        """Deliver an alert to the strategy's address as TradingView does."""
        return await deliver(self.url, self.strategy["webhook_secret"], body)

    async def settled(self, count: int) -> None:
        """Wait until so many signals have come in and all are decided."""
        await self._self.page.goto("/signals")
        rows = self._self.page.get_by_role("region", name="Signals").locator("tbody tr")
        await expect(rows).to_have_count(count)
        await expect(rows.filter(has_text="Pending")).to_have_count(0)


async def deliver(url: str, secret: str, body: dict[str, Any] | str) -> dict[str, Any]:
    """POST an alert over real HTTP, without any cookie."""
    async with calling(url, timeout=30) as client:
        path = f"/webhooks/tv/{secret}"
        sent = client.post(path, json=body) if isinstance(body, dict) else client.post(path, content=body)
        answer = await sent
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


async def first_account(visitor: Visitor) -> dict[str, Any]:
    """The account an agent reports, as soon as the overview shows it online."""
    await visitor.page.goto("/")
    await expect(visitor.page.get_by_role("article").first).to_contain_text("Trading")
    found: dict[str, Any] = (await visitor.call("GET", "/api/user/mt5-accounts"))["accounts"][0]
    return found
