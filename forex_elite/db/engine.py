"""The connection pool of this process. Everybody connects as role `app`, which row-level security binds."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.engine import URL, make_url

APP_ROLE = "app"

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

WAIT_S = 1.5
"""How long a request waits for a connection: shorter than the three seconds TradingView waits for its answer."""
RECONNECT_S = 2.0
"""After so long the pool stops trying by itself, whose pauses double; the next request makes it try at once."""

_pool: Pool | None = None
_address = ""


def app_password(signing_key: str) -> str:
    """The password of role `app`, derived from the server's secret, so that it is stored nowhere."""
    digest = hmac.new(signing_key.encode(), b"postgresql role app", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def app_url(owner_url: str, signing_key: str) -> URL:
    """The owner's address with the application role's name and password in place of the owner's."""
    return make_url(owner_url).set(drivername="postgresql", username=APP_ROLE, password=app_password(signing_key))


async def connect(url: URL, *, pool_size: int = 20) -> Pool:
    """Open the pool of this process; a second call replaces the first."""
    global _pool, _address  # noqa: PLW0603
    await disconnect()
    _address = url.render_as_string(hide_password=False)
    _pool = AsyncConnectionPool(
        _address,
        min_size=min(4, pool_size),
        max_size=pool_size,
        timeout=WAIT_S,
        reconnect_timeout=RECONNECT_S,
        kwargs={"prepare_threshold": 1, "application_name": "forex-elite", "connect_timeout": 5},
        open=False,
    )
    await _pool.open()
    return _pool


async def alone(name: str) -> psycopg.AsyncConnection[Any]:
    """A connection outside the pool, for what must outlive a request; `connect` must have run."""
    return await psycopg.AsyncConnection.connect(
        _address, autocommit=True, application_name=name, connect_timeout=5, keepalives_idle=5, keepalives_interval=5
    )


async def disconnect() -> None:
    """Close the pool."""
    global _pool  # noqa: PLW0603
    if _pool is not None:
        await _pool.close()
        _pool = None


def pool() -> Pool:
    """The pool; `connect` must have run."""
    assert _pool is not None, "the database is not connected"
    return _pool
