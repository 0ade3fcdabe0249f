"""The command line `forex-elite`: a table of commands, each in a module of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from forex_elite.cli import audit, demo, dev, doctor, frontend, mql5, run, upkeep
from forex_elite.errors import ForexEliteError

app = typer.Typer(
    name="forex-elite",
    help="Self-hosted cockpit for MetaTrader 5.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run", help="Run the server: database, migrations, pages, API, on one port.")(run.run)
app.command("demo", help="Run with a demo trader and an agent on a simulated terminal.")(demo.demo)
app.command("dev", help="Run with hot reload.")(dev.dev)
app.command("build", help="Build the pages ahead of a start, if a source has changed.")(run.build)
app.command("migrate", help="Bring the database to the newest schema.")(upkeep.migrate)
app.command("create-user", help="Make an account; the first one becomes super_admin.")(upkeep.create_user)
app.command("doctor", help="Say what is configured, what answers and what is missing.")(doctor.doctor)
app.add_typer(audit.app, name="audit", help="Verify the audit log.")
app.add_typer(mql5.app, name="mql5", help="MQL5 without MetaTrader: check, inputs, outline, format.")


def main() -> None:
    """Entry point. Refusals and faults of ours are told in one paragraph, without a traceback."""
    if home := os.environ.get("FOREX_ELITE_HOME"):
        os.environ["FOREX_ELITE_HOME"] = str(Path(home).expanduser().resolve())
    if sys.argv[1:2] != ["mql5"]:  # that one works on the caller's own files
        os.chdir(frontend.ROOT)  # .env, rxconfig.py and .web are found from here
    try:
        app()
    except ForexEliteError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]{escape(error.message)}[/red]")
        sys.exit(1)


if __name__ == "__main__":
    main()
