"""What the doctor found: one line each, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Grade(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `remedy` says what to do; empty when nothing has to be done."""

    grade: Grade
    subject: str
    words: str
    remedy: str = ""


def ok(subject: str, words: str) -> Finding:
    """All is well."""
    return Finding(Grade.OK, subject, words)


def warning(subject: str, words: str, remedy: str) -> Finding:
    """It works, but not well."""
    return Finding(Grade.WARNING, subject, words, remedy)


def fault(subject: str, words: str, remedy: str) -> Finding:
    """The agent cannot work like this."""
    return Finding(Grade.FAULT, subject, words, remedy)


_BY_CODE: Final[Mapping[int, str]] = {
    -2: "Check login, server and path in agent.toml; an account with one-time passwords cannot be used.",
    -6: "The broker refused the log-in. Check account number, server name and password; log in once by hand in that "
    "terminal with 'Save password' ticked.",
    -8: "Python trading is off in the terminal: Tools, Options, Expert Advisors, untick 'Disable automated trading via "
    "external Python API'.",
    -10003: "No terminal runs from that path and none could be started. Check the path; run the terminal once by hand; "
    "do not start the agent as a service or as another user than the terminal.",
    -10004: "Start the terminal, wait until it is connected, then try again.",
    -10005: "The terminal does not answer. Is a dialog open in it, or is it still updating? Close and restart it.",
}
"""By `last_error` of the MetaTrader5 package (its code, where the connection failed)."""

_BY_WORDS: Final = (
    ("Algo Trading is switched off", "Press the Algo Trading button (Ctrl+E) in the terminal's toolbar."),
    ("forbids trading from Python", _BY_CODE[-8]),
    ("investor password", "Log in with the master password: an investor log-in can look, not trade."),
    ("forbids automated trading", "Ask the broker to allow Expert Advisors on this account."),
    ("logged in at", "The server name is not the one configured. Copy it from the terminal's title bar or journal."),
    (
        "logged in to account",
        "Another account is open in this terminal. Log in to the configured one, or correct login.",
    ),
    ("connected to the terminal in", "Two terminals were mixed up. Give each its own folder and its own full path."),
    (
        "no connection to its broker",
        "Look at the connection bar at the terminal's lower right; check network and server.",
    ),
    ("runs on Windows only", "Run the agent on the Windows machine of the terminal, or use mt5linux or the simulator."),
    (
        "time zone is not known",
        "Wait for a fresh tick: open the market watch, add EURUSD. At the weekend this is normal.",
    ),
    ("no mt5linux server", "Start the mt5linux server first, on this machine's loopback address."),
)
"""By the adapter's own sentences (agent/terminal/session.py), where no code of the package tells."""


def remedy_for(words: str, code: int = 0) -> str:
    """What a person can do about a terminal that does not work."""
    for sentence, remedy in _BY_WORDS:
        if sentence in words:
            return remedy
    return _BY_CODE.get(code, "Look into the terminal's journal (Toolbox, Journal) for the reason.")
