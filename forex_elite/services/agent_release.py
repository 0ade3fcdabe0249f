"""The agent as one file: built from this installation's own `agent` package, the same bytes every time, and signed.

The signing key is derived from the server's secret. Agents keep its public half from their pairing on and refuse
programs of any other signature.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import agent
from agent.protocol import Release
from forex_elite.errors import InvalidInput
from forex_elite.settings import settings

FILE_NAME = "forex-elite-agent.pyz"
_MAIN = b"import sys\n\nfrom agent.__main__ import main\n\nsys.exit(main())\n"
_SHEBANG = b"#!/usr/bin/env python3\n"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = frozenset({"__pycache__"})
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/-]*)?")


@dataclass(frozen=True, slots=True)
class Program:
    """The file agents run, with what its signature covers."""

    content: bytes
    release: Release


def _signing_key() -> Ed25519PrivateKey:
    secret = settings().signing_key().encode()
    seed = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"forex-elite agent releases").derive(secret)
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> bytes:
    """The 32 bytes agents check signatures with."""
    return _signing_key().public_key().public_bytes_raw()


def program() -> Program:
    """The agent of this installation. Blocks for some milliseconds the first time."""
    return _built(settings().signing_key())


@lru_cache(maxsize=1)
def _built(_secret: str) -> Program:
    content = _SHEBANG + _zipped(Path(agent.__file__).parent)
    sha256 = hashlib.sha256(content).hexdigest()
    # The words of agent/vps/release.py, which the server may not import; a test holds the two together.
    words = f"forex-elite-agent release\n{agent.__version__}\n{sha256}\n".encode()
    signature = _signing_key().sign(words).hex()
    return Program(content, Release(version=agent.__version__, sha256=sha256, size=len(content), signature=signature))


def _zipped(package: Path) -> bytes:
    """The package as a zip whose bytes depend on nothing but the files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(zipfile.ZipInfo("__main__.py", _EPOCH), _MAIN, zipfile.ZIP_DEFLATED)
        for path in sorted(package.rglob("*")):
            if path.is_file() and not _LEFT_OUT & set(path.parts) and path.suffix != ".pyc":
                name = f"agent/{path.relative_to(package).as_posix()}"
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def install_script(server: str, agent_id: UUID) -> str:
    """PowerShell that installs the agent on a Windows machine: Python's packages, the program, then its own setup.

    Raises InvalidInput for an address that could leave the quotes it stands in.
    """
    if not _ADDRESS.fullmatch(server):
        raise InvalidInput("Set PUBLIC_URL: this address cannot stand in a script.")
    release = program().release
    package = Path(agent.__file__).parent
    script = (package / "vps" / "install.ps1").read_text(encoding="utf-8")
    values = {
        "VERSION": release.version,
        "SERVER": server,
        "REQUIREMENTS": (package / "requirements.txt").read_text(encoding="utf-8").strip(),
        "FILE": FILE_NAME,
        "SHA256": release.sha256,
        "PLAIN": "--insecure" if server.startswith("http://") else "",
        "AGENT": str(agent_id),
        "RELEASE_KEY": public_key().hex(),
    }
    return re.sub(r"@([A-Z0-9_]+)@", lambda found: values[found[1]], script)
