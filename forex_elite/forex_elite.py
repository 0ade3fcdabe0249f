"""The composition root: the pages with their guards, the HTTP API, and what starts and ends with the server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx
from fastapi import FastAPI

from forex_elite import realtime
from forex_elite.api.app import create_app
from forex_elite.api.edge import Edge
from forex_elite.scheduler import timers
from forex_elite.services import runtime
from forex_elite.settings import settings


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


class CounterState(rx.State):
    count: int = 0

    @rx.event
    def add(self) -> None:
        self.count += 1


def index() -> rx.Component:
    return rx.el.main(rx.el.h1("ForexElite"), rx.el.button(CounterState.count, on_click=CounterState.add))


app = rx.App(api_transformer=[web(), Edge])
app.register_lifespan_task(resources)
app.add_page(index, route="/", title="ForexElite")
