"""The HTTP application: every route, one place for failures, headers and limits."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi_swagger import patch_fastapi

from forex_elite.api import (
    account_setup,
    administration,
    agent_release,
    agent_work,
    agents,
    audit,
    auth,
    automation,
    candles,
    ea,
    files,
    health,
    history,
    installation,
    jobs,
    leaderboard,
    logs,
    monitoring,
    mql5,
    orders,
    partners,
    positions,
    problem,
    security,
    series,
    signals,
    strategies,
    trades,
    webhooks,
)

TITLE = "ForexElite"
MAX_BODY = 8 * 1024 * 1024
DESCRIPTION = """
People prove themselves by the session cookie or `Authorization: Bearer <token>` (both from log-in, or an API token made
for some permissions), agents by `X-Agent-Key`, TradingView by the secret in the path. Times are UTC, lists are
`{items, next_cursor}`, failures are RFC 9457 problem documents with a stable `code`.
"""


def create_app() -> FastAPI:
    """Put the routes together. Resources are opened by whoever runs it (see `services.runtime`)."""
    app = FastAPI(
        title=TITLE,
        version="1",
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        responses=problem.RESPONSES,
        max_body_size=MAX_BODY,
    )
    problem.install(app)
    for module in (
        webhooks,
        agent_work,
        agent_release,
        auth,
        security,
        agents,
        jobs,
        strategies,
        signals,
        trades,
        audit,
        files,
        monitoring,
        series,
        orders,
        candles,
        history,
        positions,
        account_setup,
        automation,
        logs,
        leaderboard,
        partners,
        *ea.MODULES,
        mql5,
        administration,
        installation,
        health,
    ):  # hot paths first
        app.include_router(module.router)
    patch_fastapi(
        app,
        docs_url="/api/docs",
        redirect_from_root_to_docs=False,
        swagger_js_url="/api/docs/swagger-ui-bundle.js",
        swagger_css_url="/api/docs/swagger-ui.css",
        swagger_favicon_url="/api/docs/favicon.png",
        swagger_ui_parameters={"tryItOutEnabled": True, "persistAuthorization": False, "filter": True},
    )
    return app
