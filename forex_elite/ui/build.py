"""Compile the pages and build the front end: a process of its own, started by `forex-elite`.

    python -m forex_elite.ui.build FINGERPRINT

Reflex's own command line would also edit .gitignore and ask remote hosts for newer releases.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from reflex.utils import build, path_ops, prerequisites
from reflex.utils.frontend_skeleton import initialize_web_directory
from reflex_base import constants
from reflex_base.environment import environment
from reflex_base.utils import log

STAMP = "forex-elite.fingerprint"


def main(fingerprint: str) -> None:
    """Build into `.web/build/client`, unless a process before us already built the same sources."""
    log.enable_managed_logging()
    environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
    environment.REFLEX_COMPILE_CONTEXT.set(constants.CompileContext.EXPORT)
    web = prerequisites.get_web_dir()
    stamp = web / constants.Dirs.BUILD_DIR / STAMP
    prerequisites.initialize_reflex_user_directory()
    with path_ops.file_lock(web):
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        if _made_by_another_release(web):
            print("Preparing the front end", flush=True)  # noqa: T201 - progress for whoever started us
            shutil.rmtree(web, ignore_errors=True)
            initialize_web_directory()
        print("Compiling pages", flush=True)  # noqa: T201
        prerequisites.get_compiled_app(prerender_routes=True, use_rich=False, trigger="export")
        build.setup_frontend(Path.cwd())
        print("Building the front end", flush=True)  # noqa: T201
        build.build()
        stamp.write_text(fingerprint)


def _made_by_another_release(web: Path) -> bool:
    about = web / constants.Reflex.JSON
    return not about.exists() or json.loads(about.read_text()).get("version") != constants.Reflex.VERSION


if __name__ == "__main__":
    main(sys.argv[1])
