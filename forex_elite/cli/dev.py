"""`forex-elite dev`: hot reload through Reflex's own development server, on the same embedded database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack

from forex_elite.cli import claims, database, frontend, run, server
from forex_elite.cli.steps import Steps
from forex_elite.settings import settings

STOP_PATIENCE_S = 10


def dev() -> None:
    """Pages on PORT, API and sockets on the next port; a change to a source file shows within seconds."""
    steps = Steps()
    server.leave_on_signals()
    pages, api = settings().port, settings().port + 1
    for number in (pages, api):
        claims.port(settings().host, number).close()
    with ExitStack() as started:
        started.enter_context(claims.data_folder(settings().home, settings().url))
        mark = frontend.fingerprint()
        build = None
        if not frontend.is_built(mark):  # also prepares .web, which Reflex's own command would do with outside help
            build = started.enter_context(frontend.Build(mark, settings().home / "logs" / "build.log"))
        database.migrate(steps, started.enter_context(database.opened(steps)))
        if build:
            run.watch(steps, build)
        _reload_until_stopped(pages, api)


def _reload_until_stopped(pages: int, api: int) -> None:
    ports = ("--frontend-port", str(pages), "--backend-port", str(api), "--backend-host", settings().host)
    reflex = subprocess.Popen(  # noqa: S603 - our own environment's Reflex
        [sys.executable, "-m", "reflex", "run", "--env", "dev", *ports],
        cwd=frontend.ROOT,
        env=frontend.node_environment(),
        start_new_session=True,  # Vite and the reloader end as one group
    )
    try:
        reflex.wait()
    except KeyboardInterrupt:
        return
    finally:
        if reflex.poll() is None:
            os.killpg(reflex.pid, signal.SIGTERM)
            try:
                reflex.wait(STOP_PATIENCE_S)
            except subprocess.TimeoutExpired:
                os.killpg(reflex.pid, signal.SIGKILL)
                reflex.wait()
