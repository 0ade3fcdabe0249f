"""Configuration from the environment or `.env`, under the names people know (README: Configuration)."""

from __future__ import annotations

import secrets
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything an operator may set; each field's name in capitals is the environment variable."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    host: str = "127.0.0.1"
    port: int = 3000
    forex_elite_home: Path = Path(".data")
    database_url: str = ""
    redis_url: str = ""
    secret_key: SecretStr = SecretStr("")
    public_url: str = ""
    llm_base_url: str = "https://api.z.ai/api/paas/v4"
    llm_api_key: SecretStr = SecretStr("")
    llm_model: str = ""
    llm_extra_body: dict[str, Any] = {}
    """Sent along with every request, as JSON: `{"thinking":{"type":"disabled"}}`."""
    llm_extra_headers: dict[str, str] = {}
    llm_read_timeout_s: float = 300.0
    """How long the model may be silent; it thinks before it writes."""
    llm_retry_pauses_s: list[float] = [1.0, 4.0]
    llm_daily_tokens: int = 500_000
    """How many tokens a person may use in a day (UTC)."""
    llm_price_prompt: Decimal = Decimal(0)
    llm_price_completion: Decimal = Decimal(0)
    """What a million tokens cost, in `llm_currency`."""
    llm_currency: str = "USD"
    smtp_url: SecretStr = SecretStr("")
    """`smtp://user:password@host:587` or `smtps://…:465`; or the same in parts, below."""
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_from: str = ""
    telegram_bot_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    """A Bot API server of one's own may stand here."""
    database_pool_size: int = Field(default=20, ge=4)
    """Connections of a server; the leaderboard takes three at a time."""
    trusted_proxy_hops: int = 0

    @property
    def home(self) -> Path:
        """The data folder, absolute."""
        return self.forex_elite_home.expanduser().resolve()

    @property
    def url(self) -> str:
        """The address people type, without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    def signing_key(self) -> str:
        """The server's secret; made on first use and kept in the data folder, readable by its owner alone."""
        if key := self.secret_key.get_secret_value():
            return key
        path = self.home / "secret.key"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text().strip()


@lru_cache
def settings() -> Settings:
    """The settings of this process; `settings.cache_clear()` re-reads the environment."""
    return Settings()
