"""The main window of a real terminal: the only module that speaks to Windows' desktop.

The Algo Trading button can be toggled, not set, and its state is not in the window: who toggles reads
`terminal_info().trade_allowed` before and after. All of it needs the desktop and elevation the terminal runs under.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Final, Protocol

WINDOW_CLASS: Final = "MetaQuotes::MetaTrader::5.00"
WM_CLOSE: Final = 0x0010
WM_COMMAND: Final = 0x0111
TOGGLE_ALGO_TRADING: Final = 32851
"""Menu command of the button in MetaTrader 5 (33020 was MetaTrader 4's)."""


class NoWindow(Exception):
    """The terminal has no main window here: it is closed, on another desktop, or runs with other rights."""


class TerminalWindow(Protocol):
    """What can be done to a terminal's window."""

    def toggle_algo_trading(self) -> None:
        """Press the Algo Trading button; raises NoWindow. Nothing is known of its effect."""

    def close(self) -> None:
        """Close the terminal as a person does, so that it saves its charts; raises NoWindow."""


class DesktopWindow:
    """The window of the process `pid`; Windows only."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def toggle_algo_trading(self) -> None:
        self._post(WM_COMMAND, TOGGLE_ALGO_TRADING)

    def close(self) -> None:
        self._post(WM_CLOSE, 0)

    def _post(self, message: int, parameter: int) -> None:
        if sys.platform != "win32":
            raise NoWindow("terminals have windows on Windows only")
        handle = _main_window(self._pid)
        if not handle or not ctypes.windll.user32.PostMessageW(handle, message, parameter, 0):
            raise NoWindow("the terminal's main window cannot be reached from the agent's desktop")


def _main_window(pid: int) -> int:
    """The handle of the process's main window, 0 where it has none on this desktop."""
    if sys.platform != "win32":
        return 0
    user32 = ctypes.windll.user32
    found: list[int] = []

    @ctypes.WINFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)
    def look(handle: int, _: Any) -> bool:
        owner = ctypes.c_ulong()
        user32.GetWindowThreadProcessId(ctypes.c_void_p(handle), ctypes.byref(owner))
        name = ctypes.create_unicode_buffer(256)
        user32.GetClassNameW(ctypes.c_void_p(handle), name, len(name))
        if owner.value == pid and name.value == WINDOW_CLASS:
            found.append(handle)
        return not found

    user32.EnumWindows(look, 0)
    return found[0] if found else 0
