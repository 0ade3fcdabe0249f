"""Secrets that must be shown again: encrypted at rest with a key derived from the server's secret."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from forex_elite.settings import settings


@lru_cache(maxsize=8)
def _fernet(signing_key: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"forex-elite vault").derive(
        signing_key.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(secret: str) -> bytes:
    """Encrypt."""
    return _fernet(settings().signing_key()).encrypt(secret.encode())


def unseal(sealed: bytes) -> str:
    """Decrypt; raises cryptography's InvalidToken when the server's secret was replaced."""
    return _fernet(settings().signing_key()).decrypt(sealed).decode()
