"""Compile the pages and build the front end: a process of its own, started by `forex-elite`.

    python -m forex_elite.ui.build FINGERPRINT

Reflex's own command line would also edit .gitignore and ask remote hosts for newer releases.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reflex.utils import build, path_ops, prerequisites
from reflex.utils.frontend_skeleton import initialize_web_directory
from reflex_base import constants
from reflex_base.environment import environment
from reflex_base.utils import log

STAMP = "forex-elite.fingerprint"
INSTALLING = "forex-elite.installing"  # left behind: npm was cut short, and what it installed cannot be trusted


def main(fingerprint: str) -> None:
    """Build into `.web/build/client`, unless a process before us already built the same sources."""
    log.enable_managed_logging()
    environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
    environment.REFLEX_COMPILE_CONTEXT.set(constants.CompileContext.EXPORT)
    web = prerequisites.get_web_dir()
    stamp = web / constants.Dirs.BUILD_DIR / STAMP
    prerequisites.initialize_reflex_user_directory()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with path_ops.file_lock(web), _in_one_order(Path.cwd() / constants.Bun.ROOT_LOCKFILE_DIR / "package.json"):
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        installing = web / INSTALLING
        if installing.exists() or _made_by_another_release(web):
            print("Preparing the front end", flush=True)  # noqa: T201 - progress for whoever started us
            shutil.rmtree(web, ignore_errors=True)
            initialize_web_directory()
        print("Compiling pages", flush=True)  # noqa: T201
        installing.touch()
        prerequisites.get_compiled_app(prerender_routes=True, use_rich=False, trigger="export")
        installing.unlink()
        build.setup_frontend(Path.cwd())
        print("Building the front end", flush=True)  # noqa: T201
        build.build()
        stamp.write_text(fingerprint)


@contextmanager
def _in_one_order(manifest: Path) -> Iterator[None]:
    """Leave npm's manifest in one order of keys, whatever npm made of it: the repository sees real changes only."""
    try:
        yield
    finally:
        if manifest.exists():
            manifest.write_text(json.dumps(json.loads(manifest.read_text()), indent=2, sort_keys=True) + "\n")


def _end_with_parent() -> None:
    """Wait for the end of input, which comes when our parent is gone, and end this whole group with it."""
    while os.read(0, 4096):  # unbuffered: Python aborts when it ends while a thread waits in a buffered read
        continue
    os.killpg(os.getpgrp(), signal.SIGTERM)


def _made_by_another_release(web: Path) -> bool:
    about = web / constants.Reflex.JSON
    return not about.exists() or json.loads(about.read_text()).get("version") != constants.Reflex.VERSION


if __name__ == "__main__":
    main(sys.argv[1])
