"""The composition root: the pages with their guards, the HTTP API, and what starts and ends with the server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import reflex as rx
from fastapi import FastAPI

from forex_elite import realtime
from forex_elite.api.app import create_app
from forex_elite.api.edge import Edge
from forex_elite.scheduler import timers
from forex_elite.services import runtime
from forex_elite.settings import settings
from forex_elite.ui import handlers, site


def web() -> FastAPI:
    """The API with the sockets; Reflex mounts its pages behind it."""
    api = create_app()
    api.router.routes.extend(realtime.ROUTES)
    return api


@asynccontextmanager
async def resources() -> AsyncIterator[None]:
    """Database pool, bus and timers, for as long as the server runs."""
    async with runtime.running(settings()), timers.running():
        yield


app = rx.App(
    stylesheets=site.STYLESHEETS,
    head_components=site.head(),
    html_lang="en",
    toaster=None,
    app_wraps=site.app_wraps(),
    backend_exception_handler=handlers.on_exception,
    api_transformer=[web(), partial(Edge, pages=frozenset(entry.route for entry in site.PAGES))],
)
app.register_lifespan_task(resources)
site.add_pages(app)
