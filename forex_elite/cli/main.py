"""The command line `forex-elite`. What only reads MQL5 files loads no server, so that it answers within a second."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from forex_elite.errors import ForexEliteError


def main() -> None:
    """Entry point. Refusals and faults of ours are told in one paragraph, without a traceback."""
    if home := os.environ.get("FOREX_ELITE_HOME"):
        os.environ["FOREX_ELITE_HOME"] = str(Path(home).expanduser().resolve())
    try:
        if sys.argv[1:2] == ["mql5"]:  # it works on the caller's own files
            from forex_elite.cli.mql5 import app as mql5  # noqa: PLC0415

            mql5(sys.argv[2:], prog_name="forex-elite mql5")
        else:
            from forex_elite.cli.commands import app  # noqa: PLC0415
            from forex_elite.cli.frontend import ROOT  # noqa: PLC0415

            os.chdir(ROOT)  # .env, rxconfig.py and .web are found from here
            app()
    except ForexEliteError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]{escape(error.message)}[/red]")
        sys.exit(1)


if __name__ == "__main__":
    main()
