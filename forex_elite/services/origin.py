"""Whether a browser's request comes from our own pages. CORS does not cover socket handshakes, so we look ourselves."""

from __future__ import annotations

from urllib.parse import urlsplit

from forex_elite.settings import settings


def is_own_site(origin: str | None, host: str, *, fetch_site: str | None = None, absent: bool = False) -> bool:
    """Whether `Origin` names this server, by its `Host` or by `PUBLIC_URL`; `absent` answers where there is none.

    Browsers send `Origin` with every write and every socket handshake, scripts usually do not.
    """
    if origin is None:
        return absent or fetch_site == "same-origin"
    theirs = urlsplit(origin)
    return theirs.scheme in {"http", "https"} and theirs.netloc in {host, urlsplit(settings().url).netloc} - {""}
