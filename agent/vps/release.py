"""Releases of the agent: one zip file, known by its SHA-256 and signed by the server this agent was paired with.

The public key is kept from the pairing on, so that whoever takes over the address later cannot hand out programs.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agent.protocol import Release

MAX_BYTES: Final = 32 * 1024 * 1024
TRIAL_S: Final = 60.0


class ReleaseRefused(Exception):
    """The offered program is not what the paired server signed, or does not run here; the present one stays."""


def signed_words(version: str, sha256: str) -> bytes:
    """What the signature of a release covers."""
    return f"forex-elite-agent release\n{version}\n{sha256}\n".encode()


def verify(release: Release, content: bytes, public_key: bytes) -> None:
    """Raises ReleaseRefused unless the content is the release's and the release is signed with the key."""
    if len(content) != release.size or hashlib.sha256(content).hexdigest() != release.sha256:
        raise ReleaseRefused("the downloaded program is not the announced one")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            bytes.fromhex(release.signature), signed_words(release.version, release.sha256)
        )
    except (InvalidSignature, ValueError) as error:
        raise ReleaseRefused("the program is not signed by the server this agent was paired with") from error


def fingerprint(program: Path) -> str:
    """The SHA-256 of a program file."""
    return hashlib.sha256(program.read_bytes()).hexdigest()


def try_out(program: Path) -> str:
    """Let a new program import everything it needs; returns its version or raises ReleaseRefused."""
    command = [sys.executable, str(program), "self-check"]
    try:
        tried = subprocess.run(command, capture_output=True, text=True, timeout=TRIAL_S, check=False)  # noqa: S603  # verified by signature
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReleaseRefused(f"the new program does not start here: {error}") from error
    if tried.returncode != 0:
        raise ReleaseRefused(f"the new program does not run here: {tried.stderr.strip()[-500:]}")
    return tried.stdout.strip()
