"""The guard of one account at work, in the child of its terminal: it looks every second, holds entries, and closes.

It needs no server. What it closes goes through the same journal as every order: a close whose answer is missing is
reconciled before anything else is sent, and each try closes what is then still open, position by position.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from agent.clocks import Clock, Deadline
from agent.execute import Ending, Executor, TradeJob
from agent.guard_file import GuardFile
from agent.guards import Entry, Figures, look, refusal
from agent.protocol import (
    BY_HAND,
    Automation,
    CancelOrders,
    CloseTrades,
    GuardReport,
    Hold,
    Level,
    LevelKind,
    LimitAction,
    OpenTrade,
    Side,
    TradePayload,
)
from agent.terminal.gateway import Terminal, TerminalUnavailable

log = logging.getLogger(__name__)

LOOK_S: Final = 1.0
AGAIN_S: Final = (5.0, 10.0, 30.0, 60.0, 300.0)
"""Between tries to close what would not close (requotes, market closed over a weekend)."""
GUARD_MAGIC: Final = 2**31 - 1
OWN_LEASE: Final = UUID(int=0)
"""Marks jobs of the guard itself: no server gave them, none waits for their result."""
_FOREVER_S: Final = 365 * 86400.0
_SCHEDULED: Final = frozenset({"outside-trading-hours", "weekend-stop"})


class Guarding:
    """Looks, decides, and enforces. `refusal_of` is asked by the executor immediately before an entry is sent."""

    def __init__(
        self, terminal: Terminal, file: GuardFile, clock: Clock, say: Callable[[dict[str, Any]], None], account: str
    ) -> None:
        self.file = file
        self._terminal = terminal
        self._clock = clock
        self._say = say
        self._account = account
        self._look_at = 0.0
        self._again_at = 0.0
        self._failures = 0
        self._since: dict[str, Hold] = {}
        self._told: GuardReport | None = None

    # --- before an entry ------------------------------------------------------------------------------------------

    def refusal_of(self, order: OpenTrade, magic: int) -> Hold | None:
        """Why this entry must not be sent now. Figures are read anew; what cannot be read holds."""
        config = self.file.kept.config
        now = datetime.now(UTC)
        if self.file.is_lost:
            return Hold(code="limits-unknown", reason="The agent has lost the account's limits", since=now)
        if config is None:
            return None
        try:
            figures = self._figures()
            if config.limits.max_open_positions is not None:
                figures = replace(figures, waiting=len(self._terminal.orders()))
            is_dear = config.limits.max_loss_per_trade is not None or config.settings.max_loss is not None
            entry = Entry(order.volume_lots, magic not in BY_HAND, self._loss_at_stop(order) if is_dear else None)
        except TerminalUnavailable:
            figures, entry = Figures(now=now), Entry(order.volume_lots, magic not in BY_HAND, None)
        return refusal(config, figures, self.file.kept.memory, entry)

    def is_barred(self, magic: int) -> Hold | None:
        """What bars entries without a look at the terminal: asked once more at the very last moment."""
        config, now = self.file.kept.config, datetime.now(UTC)
        if config is not None and config.killed:
            return Hold(code="kill-switch", reason="The kill switch is on: no new entries", since=now)
        if config is not None and magic not in BY_HAND and config.automation is not Automation.RUNNING:
            state = config.automation.value
            return Hold(code=f"automation-{state}", reason=f"Automation is {state} on this account", since=now)
        return None

    def _figures(self) -> Figures:
        account = self._terminal.account()
        return Figures(
            now=datetime.now(UTC),
            equity=account.equity,
            day=account.day_started_at,
            day_start_balance=account.day_start_balance,
            paid=account.paid,
            gap=account.balance - (account.balance if account.deals_sum is None else account.deals_sum),
            positions=tuple(self._terminal.positions()),
        )

    def _loss_at_stop(self, order: OpenTrade) -> float | None:
        """Account money the order loses at its stop; None without a stop, a price or the worth of a tick."""
        spec = next(iter(self._terminal.symbols([order.symbol])), None)
        if order.sl is None or spec is None:
            return None
        price = order.price
        if price is None:
            tick = next(iter(self._terminal.ticks([order.symbol])), None)
            price = None if tick is None else tick.ask if order.side is Side.BUY else tick.bid
        distance = None if price is None else _distance(order.sl, price, spec.digits, spec.point)
        if distance is None:
            return None
        return distance / spec.tick_size * spec.tick_value * order.volume_lots

    # --- every second ---------------------------------------------------------------------------------------------

    def step(self, executor: Executor) -> Ending | None:
        """Look when it is time, and send one order of the guard's own where one is due.

        Raises what `Executor.run` raises. The ending is None when nothing was sent.
        """
        if time.monotonic() < self._look_at:
            return None
        self._look_at = time.monotonic() + LOOK_S
        config = self.file.kept.config
        if config is None:
            return None
        figures = self._figures()
        ruling = look(config, figures, self.file.kept.memory)
        known = self.file.kept.memory.latches
        for code, latch in ruling.memory.latches.items():
            hold = latch.hold
            if code in known and known[code].hold.action is hold.action:
                continue
            log.warning("account %s: %s (%s)", self._account, hold.reason, hold.action.value.replace("_", " "))
        try:
            self.file.remember(ruling.memory)
        except OSError:
            log.exception("the guard's memory cannot be written; it holds until the agent ends")
        self.report(ruling.holds)
        demand = ruling.demand
        if demand is None or time.monotonic() < self._again_at:
            self._failures = 0 if demand is None else self._failures
            return None
        return self._enforce(executor, demand, has_positions=bool(figures.positions))

    def _enforce(self, executor: Executor, demand: Hold, *, has_positions: bool) -> Ending | None:
        """Cancel, then close; what fails lets the other have its turn, so that neither stands in the other's way."""
        due: list[CancelOrders | CloseTrades] = []
        if self._terminal.orders():
            due.append(CancelOrders(any_magic=True))
        if has_positions and demand.action is LimitAction.CLOSE_ALL:
            due.append(CloseTrades(any_magic=True))
        if not due:
            return None
        instruction = due[self._failures % len(due)]
        job_id = uuid4()
        log.warning("account %s: %s: %s", self._account, demand.reason, _words(instruction))
        ending = executor.run(
            TradeJob(
                job_id,
                OWN_LEASE,
                TradePayload(instruction=instruction, magic=GUARD_MAGIC, tag=f"FE-{job_id.hex[-16:]}"),
                Deadline.after(_FOREVER_S, self._clock),
            )
        )
        settlement = ending.settlement
        if settlement is None or settlement.error is not None or (settlement.result or {}).get("failed"):
            self._again_at = time.monotonic() + AGAIN_S[min(self._failures, len(AGAIN_S) - 1)]
            self._failures += 1
            why = "no answer yet" if settlement is None or settlement.error is None else settlement.error.message
            log.error("account %s: %s did not succeed, trying again: %s", self._account, _words(instruction), why)
        else:
            self._failures = 0
        return ending

    def report(self, holds: tuple[Hold, ...] = ()) -> None:
        """Tell the supervisor what is in force, when that has changed; the server hears it with the next heartbeat."""
        config = self.file.kept.config
        if config is None:
            return
        kept = {hold.code: self._since.get(hold.code, hold) for hold in holds if hold.code not in _SCHEDULED}
        self._since = {
            hold.code: hold.model_copy(update={"since": kept[hold.code].since}) for hold in holds if hold.code in kept
        }
        report = GuardReport(
            revision=config.revision,
            automation=config.automation,
            is_killed=config.killed,
            holds=list(self._since.values()),
        )
        if report != self._told:
            self._told = report
            self._say({"say": "guard", "guard": report.model_dump(mode="json")})

    def changed(self) -> None:
        """The configuration is another one: say so at once, and look at the next turn."""
        self._look_at = 0.0
        self.report(tuple(self._since.values()))


def _distance(stop: Level, price: float, digits: int, point: float) -> float | None:
    match stop.kind:
        case LevelKind.PRICE:
            return abs(price - stop.value)
        case LevelKind.PIPS:
            return stop.value * point * (10 if digits in {3, 5} else 1)
        case LevelKind.PERCENT:
            return price * stop.value / 100


def _words(instruction: CancelOrders | CloseTrades) -> str:
    return "cancelling pending orders" if isinstance(instruction, CancelOrders) else "closing all positions"
