"""Pending orders as the browser may see them, and what their page asks for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from forex_elite.domain.paging import Page
from forex_elite.domain.ticket import PendingOrderInfo
from forex_elite.services import accounts, orders
from forex_elite.ui.pages.pending.rows import pending_row
from forex_elite.ui.pages.pending.state import PAGE, PendingState
from forex_elite.ui.shell.state import ShellState
from tests.ui.conftest import DELTA_LIMIT, NOW, run, size_of_delta, told
from tests.ui.test_overview_rows import account
from tests.ui.test_position_rows import ordered


def waiting(n: int = 1, **values) -> PendingOrderInfo:
    given = {
        "id": UUID(int=n), "account_id": UUID(int=7), "ticket": n, "symbol": "EURUSD", "side": "buy",
        "order_type": "limit", "volume": Decimal("0.2"), "price": Decimal("1.09"), "sl": Decimal(0),
        "tp": Decimal("1.1"), "magic": 0, "comment": "", "placed_at": NOW, "reported_at": NOW, **values,
    }  # fmt: skip
    return PendingOrderInfo(**given)


def test_a_pending_order_waits_for_the_price_it_would_be_filled_at() -> None:
    row = pending_row(waiting(), {str(UUID(int=7)): "Prime"}, "UTC")

    assert (row.side, row.kind, row.lots, row.quote, row.account) == ("Buy", "limit", "0.20", "ask", "Prime")
    assert (row.price, row.sl, row.tp) == ("1.09000", "", "1.10000")
    assert pending_row(waiting(side="sell", digits=2, price=Decimal(4100)), {}, "UTC").quote == "bid"
    assert pending_row(waiting(digits=2, price=Decimal(4100)), {}, "UTC").price == "4100.00", "as one types it"


class Desk:
    """Six hundred pending orders; remembers what was asked, and says how it ended."""

    def __init__(self) -> None:
        self.stored = [waiting(n + 1, symbol=f"SYMBOL{n % 40:02d}.suffix") for n in range(600)]
        self.asked: list[tuple] = []
        self.ended: list = []

    async def list_pending(self, _actor, account_id=None, *, cursor=None, limit=PAGE):
        start = 0 if cursor is None else cursor.int
        items = self.stored[start : start + limit]
        return Page(tuple(items), str(items[-1].id) if start + limit < len(self.stored) else None)

    async def change_pending(self, _actor, account_id, ticket, **changes):
        self.asked.append((account_id, ticket, changes))
        return ordered("pending", action="modify_order")

    async def cancel_pending(self, _actor, account_id, ticket):
        self.asked.append((account_id, ticket, "cancel"))
        return ordered("pending", action="cancel")

    async def find_all(self, _actor, order_ids):
        return tuple(one for one in self.ended if one.id in order_ids)


@pytest.fixture
def desk(monkeypatch, signed_in, preferences) -> tuple[PendingState, Desk]:
    made, shell, state = Desk(), ShellState(), PendingState()
    for name in ("list_pending", "change_pending", "cancel_pending", "find_all"):
        monkeypatch.setattr(orders, name, getattr(made, name))

    async def list_accounts(_actor):
        return [account() for _ in range(50)]

    async def get_state(_self, _kind):
        return shell

    monkeypatch.setattr(accounts, "list_accounts", list_accounts)
    monkeypatch.setattr(PendingState, "get_state", get_state)
    return state, made


async def test_a_page_of_pending_orders_fits_one_message(desk) -> None:
    state, _ = desk
    await run(state, "load")

    assert (len(state.rows), state.words) == (PAGE, "1 to 50")
    assert size_of_delta(state) < DELTA_LIMIT
    await run(state, "next_page")
    assert (state.rows[0].ticket, state.has_previous) == (str(PAGE + 1), True)


@pytest.mark.parametrize(
    ("which", "text", "change"),
    [("price", "1.0850", {"price": 1.085}), ("sl", "1.08", {"sl": 1.08}), ("tp", "", {"tp": 0.0})],
)
async def test_a_price_or_a_level_is_changed_in_its_cell_and_its_end_is_told(desk, which, text, change) -> None:
    state, made = desk
    await run(state, "load")
    await run(state, "save_level", state.rows[0].id, which, text)
    assert (made.asked, state.rows[0].doing) == ([(UUID(int=7), 1, change)], "Changing")

    made.ended.append(ordered("failed", action="modify_order", code="refused", reason="Market closed (10018)"))
    events = await run(state, "changed", ["jobs"], False)

    assert "Market closed" in told(events)
    assert (state.rows[0].doing, state.rows[0].fault) == ("", "Market closed (10018)")


@pytest.mark.parametrize(("which", "text"), [("price", ""), ("price", "0"), ("magic", "1"), ("sl", "soon")])
async def test_what_cannot_be_a_price_changes_nothing(desk, which, text) -> None:
    state, made = desk
    await run(state, "load")

    assert "invalid-input" in told(await run(state, "save_level", state.rows[0].id, which, text))
    assert made.asked == []


async def test_an_order_is_cancelled_only_after_it_was_asked_about(desk) -> None:
    state, made = desk
    await run(state, "load")
    await run(state, "ask_cancel", state.rows[1].id)
    assert (state.is_asking, state.subject.ticket, made.asked) == (True, "2", [])

    await run(state, "cancel")

    assert (made.asked, state.is_asking, state.rows[1].doing) == ([(UUID(int=7), 2, "cancel")], False, "Cancelling")
    made.ended.append(ordered("executed", action="cancel"))
    assert "cancelled" in told(await run(state, "changed", ["jobs"], False))


async def test_rows_under_the_pointer_stay_where_they_are(desk) -> None:
    state, made = desk
    await run(state, "load")
    made.stored = [*made.stored[1:], waiting(601, placed_at=NOW + timedelta(seconds=1))]
    await run(state, "changed", ["trades"], True)
    assert (state.rows[0].ticket, state.rows[0].doing, state.rows[1].doing) == ("1", "Gone", "")

    await run(state, "changed", ["trades"], False)
    assert state.rows[0].ticket == "2"
