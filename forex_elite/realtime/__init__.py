"""Sockets to the browser."""

from __future__ import annotations

from starlette.routing import WebSocketRoute

from forex_elite.realtime import live, prices

ROUTES = [
    WebSocketRoute("/ws/live", live.serve),
    WebSocketRoute("/ws/prices/{instrument:path}", prices.serve),
]
