"""Closing many positions at once: which, how many on which account, and what is typed before it is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.domain.positions import ResultFilter
from forex_elite.errors import InvalidInput
from forex_elite.services import accounts, positions
from forex_elite.ui import figures, handlers
from forex_elite.ui.pages.positions.rows import BulkRow, bulk_rows
from forex_elite.ui.pages.positions.state import PositionsState
from forex_elite.ui.session import public, requires
from forex_elite.ui.shell.state import ShellState, account_title

FLATTEN = "flatten"
SHOWN = 20


class BulkState(rx.State):
    """The dialog of a bulk close."""

    is_open: bool = False
    which: str = "all"
    symbol: str = ""
    symbols: list[str] = []
    rows: list[BulkRow] = []
    more: int = 0
    count: int = 0
    accounts_count: int = 0
    proof: str = ""
    """What is to be typed."""
    typed: str = ""
    can_flatten: bool = False
    error: str = ""
    is_busy: bool = False
    _ids: list[str] = []
    _account_ids: list[str] = []

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """The page opens anew: nothing that was asked on an earlier visit is asked again."""
        self.is_open = False

    @rx.event
    @requires()
    async def ask(self, actor: Actor) -> None:
        """Open the dialog over all positions that are shown."""
        self.which, self.symbol, self.typed, self.error = "all", "", "", ""
        self.symbols = sorted({one.symbol for one in await positions.floating(actor, await self._account())})
        await self._count(actor)
        self.is_open = True

    @rx.event
    @requires()
    async def choose(self, actor: Actor, which: str) -> None:
        """All, the profitable, the losing, or everything of one account with its pending orders."""
        self.which = which if which in {FLATTEN, *ResultFilter} else "all"
        self.symbol = "" if which == FLATTEN else self.symbol
        await self._count(actor)

    @rx.event
    @requires()
    async def choose_symbol(self, actor: Actor, symbol: str) -> None:
        """One symbol only; empty means any."""
        self.symbol = symbol if symbol in self.symbols else ""
        await self._count(actor)

    @rx.event
    @public
    async def type_number(self, typed: str) -> None:
        """The account number or the count, as a second thought."""
        self.typed, self.error = typed[:24], ""

    @rx.event
    @public
    async def dismiss(self) -> None:
        """Keep everything open."""
        self.is_open = False

    @rx.event
    @requires()
    async def close(self, actor: Actor) -> Any:
        """Close what was counted; several positions only once their proof is typed."""
        if (self.count > 1 or self.which == FLATTEN) and self.typed.strip() != self.proof:
            self.error = f"Type {self.proof} to confirm."
            return
        self.is_busy = True
        yield
        try:
            if self.which == FLATTEN:
                receipts = [await positions.flatten(actor, UUID(self._account_ids[0]))]
            else:
                receipts = list(
                    await positions.close_many(
                        actor,
                        account_ids=[UUID(one) for one in self._account_ids],
                        symbol=self.symbol or None,
                        which=ResultFilter(self.which),
                        trade_ids=[UUID(one) for one in self._ids],
                    )
                )
            self.is_open = False
            yield PositionsState.await_orders([str(receipt.job_id) for receipt in receipts if receipt.job_id])
            sent = sum(receipt.job_id is not None for receipt in receipts)
            yield handlers.toast("info", f"Sent to {figures.count(sent, 'account')}", "Each answers for itself.")
            for receipt in receipts:
                if receipt.reason:
                    yield handlers.toast("warn", receipt.reason, code=receipt.code)
        except InvalidInput as refusal:
            self.error = refusal.message
        finally:
            self.is_busy = False

    async def _account(self) -> UUID | None:
        chosen = (await self.get_state(ShellState)).account_id
        return UUID(chosen) if chosen else None

    async def _count(self, actor: Actor) -> None:
        chosen = await self._account()
        listed = await accounts.list_accounts(actor)
        shown = [one for one in listed if chosen is None or one.id == chosen]
        which = ResultFilter.ALL if self.which == FLATTEN else ResultFilter(self.which)
        found = await positions.list_matching(
            actor, account_ids=None if chosen is None else [chosen], symbol=self.symbol or None, which=which
        )
        rows, self.proof = bulk_rows(
            found, {str(one.id): account_title(one) for one in listed}, {str(one.id): one.currency for one in listed}
        )
        self.rows, self.more, self.accounts_count = rows[:SHOWN], max(0, len(rows) - SHOWN), len(rows)
        self.count = len(found)
        self._ids = [str(one.id) for one in found]
        self._account_ids = list(dict.fromkeys(str(one.account_id) for one in found))
        self.can_flatten = len(shown) == 1
        if self.which == FLATTEN and shown:
            self.proof, self._account_ids = str(shown[0].login), [str(shown[0].id)]
