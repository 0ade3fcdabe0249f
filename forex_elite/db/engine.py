"""The connection pool of this process. Everybody connects as role `app`, which row-level security binds."""

from __future__ import annotations

import base64
import hashlib
import hmac

from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

APP_ROLE = "app"

_engine: AsyncEngine | None = None


def app_password(signing_key: str) -> str:
    """The password of role `app`, derived from the server's secret, so that it is stored nowhere."""
    digest = hmac.new(signing_key.encode(), b"postgresql role app", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def app_url(owner_url: str, signing_key: str) -> URL:
    """The owner's address with the application role's name and password in place of the owner's."""
    url = make_url(owner_url).set(drivername="postgresql+psycopg")
    return url.set(username=APP_ROLE, password=app_password(signing_key))


async def connect(url: URL | str, *, pool_size: int = 20) -> AsyncEngine:
    """Open the pool of this process; a second call replaces the first."""
    global _engine  # noqa: PLW0603
    await disconnect()
    _engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_use_lifo=True,
        connect_args={"prepare_threshold": 2, "application_name": "forex-elite", "connect_timeout": 5},
    )
    return _engine


async def disconnect() -> None:
    """Close the pool."""
    global _engine  # noqa: PLW0603
    if _engine is not None:
        await _engine.dispose()
        _engine = None


def engine() -> AsyncEngine:
    """The pool; `connect` must have run."""
    assert _engine is not None, "the database is not connected"
    return _engine
