"""The API's own document, made once for all tests that walk it."""

from __future__ import annotations

from typing import Any

from forex_elite.api.app import create_app

DOCUMENT: dict[str, Any] = create_app().openapi()
