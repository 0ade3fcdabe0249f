"""`python -m agent` (`forex-elite-agent`): the supervisor; other processes of the agent are told by a first flag.

`--child` is the process of one terminal, `--simulated` a stand-in for one of its programs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the agent until it is told to stop; 0 after an orderly end, 2 when it cannot start as configured."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == ["--child"]:
        # The child never pays for the supervisor's imports.
        from agent.serve import serve  # noqa: PLC0415
        from agent.terminal.connect import open_terminal  # noqa: PLC0415

        return serve(open_terminal)
    if arguments[:1] == ["--simulated"]:
        from agent.simulator.programs import run_program  # noqa: PLC0415

        return run_program(*arguments[1:])
    from agent.command import run  # noqa: PLC0415

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
