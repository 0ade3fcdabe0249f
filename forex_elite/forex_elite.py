"""The composition root: the pages with their guards, the HTTP API, and what starts and ends with the server."""

import reflex as rx
from fastapi import FastAPI

from forex_elite.api.edge import Edge


def create_app() -> FastAPI:
    api = FastAPI()

    @api.get("/api/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    return api


class CounterState(rx.State):
    count: int = 0

    @rx.event
    def add(self) -> None:
        self.count += 1


def index() -> rx.Component:
    return rx.el.main(rx.el.h1("ForexElite"), rx.el.button(CounterState.count, on_click=CounterState.add))


app = rx.App(api_transformer=[create_app(), Edge])
app.add_page(index, route="/", title="ForexElite")
