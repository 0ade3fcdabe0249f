"""The table of commands of `forex-elite`, each in a module of its own."""

from __future__ import annotations

import typer

from forex_elite.cli import demo, dev, doctor, mql5, run, upkeep

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
app.add_typer(mql5.app, name="mql5", help="MQL5 without MetaTrader: check, inputs, outline, format.")
