"""`python -m agent` (`forex-elite-agent`): the supervisor, or one of the commands beside it.

`setup` puts it onto a machine, `doctor` says what is missing, `self-check` tells whether it runs here, `version` which
it is. `--child`, `doctor-terminal` and `--simulated` are for the program itself: the process of one terminal, or a
stand-in for one of a terminal's programs.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

from agent import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Run the agent until it is told to stop; 0 after an orderly end, 2 when it cannot start as configured."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    # Imports stand where they are needed: the child never pays for the supervisor's, nor one command for another's.
    match arguments[:1]:
        case ["--child"]:
            from agent.serve import serve  # noqa: PLC0415
            from agent.terminal.connect import open_terminal  # noqa: PLC0415

            _settle()
            return serve(open_terminal)
        case ["--simulated"]:
            from agent.simulator.programs import run_program  # noqa: PLC0415

            return run_program(*arguments[1:])
        case ["doctor-terminal"]:
            from agent.terminal.connect import open_terminal  # noqa: PLC0415
            from agent.vps.doctor import look_at_terminal  # noqa: PLC0415

            return look_at_terminal(open_terminal)
        case ["doctor"]:
            from agent.vps.doctor import doctor  # noqa: PLC0415

            return doctor(arguments[1:])
        case ["setup"]:
            from agent.vps.setup import setup  # noqa: PLC0415

            return setup(arguments[1:])
        case ["self-check"]:
            from agent.vps.self_check import self_check  # noqa: PLC0415

            return self_check()
        case ["version" | "--version"]:
            sys.stdout.write(f"{__version__}\n")
            return 0
    from agent.command import run  # noqa: PLC0415

    _settle()
    return run(arguments)


def _settle() -> None:
    """Spare the garbage collector what was imported and stays: no order waits while it looks at all of that."""
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
