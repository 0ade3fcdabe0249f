"""From what happened in a handler to what the person sees: toasts, and field errors."""

from __future__ import annotations

import json
import logging
from typing import Literal
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from forex_elite.errors import DatabaseUnavailable, ForexEliteError

_log = logging.getLogger(__name__)

Kind = Literal["ok", "info", "warn", "crit"]


def toast(kind: Kind, title: str, detail: str = "", code: str = "") -> EventSpec:
    """The event that shows one message at the bottom right; `crit` stays until it is dismissed."""
    return rx.call_script(_shown(kind, title, detail, code))


def _shown(kind: Kind, title: str, detail: str = "", code: str = "") -> str:
    message = json.dumps({"kind": kind, "title": title, "detail": detail, "code": code})
    return f"window.dispatchEvent(new CustomEvent('toast', {{detail: {message}}}))"


def hand_over(**secrets: str) -> EventSpec:
    """The event that gives secrets to the page that shows them, past every state.

    A state lies in the server's memory, pickled in Redis when there are many workers, and returns to the browser with
    each reload; a secret handed over lives in the page alone, until it is left or "" is handed over in its place.
    """
    told = json.dumps(secrets).replace("<", "\\u003c")
    return rx.call_script(f"window.dispatchEvent(new CustomEvent('secrets', {{detail: {told}}}))")


def reload_page_data() -> EventSpec:
    """The event that makes the page on screen load what it shows again."""
    return rx.call_script("window.dispatchEvent(new Event('reload'))")


def keep_in_address(query: dict[str, str]) -> EventSpec:
    """The event that writes what a page shows into its address, so that a reload or a bookmark shows it again."""
    address = f"?{urlencode(query)}" if query else ""
    return rx.call_script(f"history.replaceState(history.state, '', location.pathname + {json.dumps(address)})")


def explain(error: ForexEliteError) -> EventSpec:
    """One toast for a refusal or a fault, with its stable code; faults are logged here, refusals are not errors.

    While the database is away the page says so and goes on trying, so that message leaves by itself.
    """
    if error.severity == "fault":
        _log.error("event failed: %s", error.code, exc_info=error)
    if isinstance(error, DatabaseUnavailable):
        said = _shown("warn", error.message, code=error.code)
        return rx.call_script(f"{said}; window.dispatchEvent(new Event('away'))")
    return toast("crit", error.message, code=error.code)


def on_exception(exception: Exception) -> EventSpec:
    """The app's last net: a fault nobody expected is logged once and shown with code `internal`."""
    if isinstance(exception, ForexEliteError):
        return explain(exception)
    _log.error("event failed unexpectedly", exc_info=exception)
    return toast("crit", "Something went wrong on the server. Nothing was lost; try again.", code="internal")


def problems_of(error: ForexEliteError) -> dict[str, str]:
    """All messages of a refusal by form field, as far as it names fields; the first one at least."""
    problems = error.details.get("problems")
    if isinstance(problems, dict) and problems:
        return {str(field): str(message) for field, message in problems.items()}
    return {field_of(error): error.message}


def field_of(error: ForexEliteError) -> str:
    """The form field a refusal is about, or an empty string."""
    return str(error.details.get("field", ""))
