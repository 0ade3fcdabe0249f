"""The Algo Trading button: read, pressed at most twice, and read again. It can be toggled, never set."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from agent.experts.failure import JobFailed
from agent.terminal.window import NoWindow

log = logging.getLogger(__name__)

MOST_PRESSES: Final = 2
EFFECT_S: Final = 3.0
_LOOK_S: Final = 0.25


class Button(Protocol):
    """What can press it."""

    def toggle_algo_trading(self) -> None:
        """Press it; raises NoWindow."""


class GuardedButton:
    """The button of a program, pressed only where no foreign expert would be set free by it."""

    def __init__(self, program: Button, foreign: Callable[[], list[str]]) -> None:
        """`foreign` names the experts on charts that are none of ours."""
        self._program = program
        self._foreign = foreign

    def toggle_algo_trading(self) -> None:
        """Press it; raises JobFailed (`algo-trading-off`) where it must not be pressed, NoWindow."""
        others = self._foreign()
        if others:
            text = f"Algo Trading is off, and switching it on would also start {', '.join(others[:3])}"
            raise JobFailed("algo-trading-off", f"{text}; press the button in the terminal if that is wanted")
        self._program.toggle_algo_trading()


async def switch(
    button: Button, read: Callable[[], Awaitable[bool | None]], *, wanted: bool, effect_s: float = EFFECT_S
) -> bool:
    """Bring the button to `wanted`; whether it is there, as the terminal itself says.

    Pressing needs a state known for certain: a press in doubt could switch off what was on. Where the state cannot be
    read nothing is pressed.
    """
    for _ in range(MOST_PRESSES):
        state = await read()
        if state is None or state is wanted:
            return state is wanted
        try:
            await asyncio.to_thread(button.toggle_algo_trading)
        except NoWindow as problem:
            log.warning("the Algo Trading button cannot be pressed: %s", problem)
            return False
        if await _becomes(read, wanted=wanted, within_s=effect_s):
            return True
    return False


async def _becomes(read: Callable[[], Awaitable[bool | None]], *, wanted: bool, within_s: float) -> bool:
    loop = asyncio.get_running_loop()
    until = loop.time() + within_s
    while loop.time() < until:
        if await read() is wanted:
            return True
        await asyncio.sleep(_LOOK_S)
    return False
